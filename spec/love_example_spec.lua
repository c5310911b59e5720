-- The game of examples/love, with a window, on a screen that nobody looks at. LÖVE has one Lua, so it is played under one of them.
if _VERSION ~= "Lua 5.4" then return end

local cjson = require "cjson"
local command = require "spec.support.command"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local quote = command.quote

-- The first picture is here when the others are half done; the fourth job fails, and the fifth goes on until somebody cancels it.
local function show()
  return {
    tasks = {
      { match = { prompt = "dawn" }, states = { "SUCCEEDED" } },
      { match = { prompt = "thunderstorm" }, states = { { "RUNNING", 0.64 }, "SUCCEEDED" } },
      { match = { prompt = "harbour" }, states = { { "RUNNING", 0.31 }, "SUCCEEDED" } },
      { states = { "RUNNING" } },
    },
    faults = {
      { on = "download", headers = { ["content-type"] = "image/jpeg" }, body = command.read "examples/boat.jpg" }, -- the others are the simulator's PNG
      { on = "submit", match = { prompt = "waterfall" }, status = 400, body = '{"error":"You do not have enough credits to run this task."}' },
    },
  }
end

local SCREEN = [[
timeout 120 Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>%s 2>/dev/null & screen=$!
for try in $(seq 200); do [ -s %s ] && break; sleep 0.1; done
export DISPLAY=:$(cat %s) %s
unset RUNWAYML_API_SECRET LUA_INIT
%s
code=$?
kill $screen
]]

describe("the game for LÖVE", function()
  local folder, remove = command.folder()
  os.execute "mkdir -p build"
  teardown(function() remove() end)

  -- On a screen, and with a folder for its files, of its own.
  local function play(name, films, simulator)
    local home = folder .. "/" .. name
    local display = quote(home .. "/display")
    os.execute("mkdir " .. quote(home))
    local settings = ("XDG_DATA_HOME=%s XDG_RUNTIME_DIR=%s RETAKE_GAME=examples/love RETAKE_PICTURES=build RETAKE_SIMULATOR=%s LUA_PATH=%s LUA_CPATH=%s")
      :format(quote(home), quote(home), simulator.base_url, quote "./?.lua;./lua/?.lua;./lua/?/init.lua;;", quote "./build/lua5.1/?.so;;")
    local runs = {}
    for place, film in ipairs(films) do runs[place] = ("RETAKE_FILM=%s timeout 100 love spec/hosts/love_film"):format(film) end
    local lines = SCREEN:format(display, display, display, settings, table.concat(runs, " && "))
    return io.popen(("{ %s } 2>&1; echo \"ended with $code\""):format(lines), "r"), simulator
  end

  local function seen(pipe)
    local out, told = pipe:read "*a", {}
    pipe:close()
    assert.truthy(out:find "\nended with 0\n$", out)
    for line in out:gmatch "[^\n]+" do
      if line:find "^{" then told[#told + 1] = cjson.decode(line) end
    end
    return told
  end

  local shown, left
  setup(function() -- side by side: they mostly wait
    left = { play("left", { "leave", "come_back" }, simulator_of.start { script = { tasks = { { states = { "PENDING", "SUCCEEDED" } } } } }) }
    shown = { play("shown", { "show" }, simulator_of.start { script = show() }) }
  end)
  teardown(function()
    shown[2]:stop()
    left[2]:stop()
  end)

  it("shows three pictures as they come, tells what went wrong, and frames go on meanwhile", function()
    local told = seen(shown[1])[1]
    assert.equal("frame", told.host)
    for number, state in ipairs { "succeeded", "succeeded", "succeeded", "account.credits", "local.cancelled" } do
      assert.equal(state, told.jobs[number].state)
      if state == "succeeded" then
        assert.is_true(told.jobs[number].frames > 10, told.jobs[number].frames .. " frames")
        assert.is_true(retake.inspect(told.jobs[number].file, { provider = "runway", model = "gen4_turbo", field = "promptImage" }).width > 0)
      end
    end
    local red, green, blue = told.pixel[1], told.pixel[2], told.pixel[3]
    assert.is_true(red > 0.85 and green > 0.75 and blue < 0.76, ("no evening sky: %.2f %.2f %.2f"):format(red, green, blue))
  end)

  it("is photographed into build/", function()
    for _, name in ipairs { "love.png", "love-trouble.png" } do
      local report = retake.inspect("build/" .. name, { provider = "runway", model = "gen4_turbo", field = "promptImage" })
      assert.equal("image/png", report.media_type)
      assert.equal(960, report.width)
      assert.equal(600, report.height)
      assert.is_true(report.size > 20000, "an empty picture")
    end
  end)

  it("is left with jobs running, and goes on with them at its next start", function()
    local told = seen(left[1])
    assert.equal(2, #told)
    for number = 1, 3 do
      assert.equal("poll", told[1].jobs[number].state)
      assert.equal("succeeded", told[2].jobs[number].state)
    end
    assert.equal(3, #told[2].jobs)
    assert.equal(3, #left[2]:submissions())
  end)
end)
