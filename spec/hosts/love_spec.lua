-- LÖVE without a window; love.update steps the client. LÖVE has one Lua, whichever runs the specs, so it is tested under one of them.
if _VERSION ~= "Lua 5.4" then return end

local command = require "spec.support.command"
local conformance = require "spec.hosts.conformance"
local simulator_of = require "spec.support.simulator"

local quote = command.quote

-- SDL wants a folder of its own in the environment, and complains without.
local function line(folder, ...)
  local words = {}
  for place, word in ipairs { ... } do words[place] = quote(word) end
  return ("env -u RUNWAYML_API_SECRET XDG_RUNTIME_DIR=%s LUA_PATH=%s LUA_CPATH=%s timeout 100 love spec/hosts/love %s"):format(quote(folder),
    quote "./?.lua;./lua/?.lua;./lua/?/init.lua;;", quote "./build/lua5.1/?.so;;", table.concat(words, " "))
end

-- Three of the submissions have no answer yet when the game is left.
local left = {
  tasks = { { states = { "PENDING", "SUCCEEDED" } } },
  faults = { { on = "submit", match = { prompt = "slow" }, times = "always", delay = 3 } },
}

local runs = {
  conformance = { script = conformance.script, words = {} },
  waiting = { script = { tasks = { { states = { "RUNNING" } } }, balance = 1e9 }, words = {} },
  restarting = { script = { tasks = { { states = { "RUNNING" } } }, faults = left.faults }, words = { "lives" } },
  quit = { script = left, scene = "leaving", words = { "quit.json", "quit" }, next_scene = "adopting" },
  close = { script = left, scene = "leaving", words = { "close.json", "close" }, next_scene = "adopting" },
}

describe("LÖVE", function()
  local folder, remove
  setup(function() -- all at once: they mostly wait
    folder, remove = command.folder()
    for name, run in pairs(runs) do
      run.simulator = simulator_of.start { script = run.script }
      local url, file = run.simulator.base_url, run.words[1] and folder .. "/" .. run.words[1]
      local commands = line(folder, run.scene or name, url, file, run.words[2])
      if run.next_scene then commands = commands .. " && " .. line(folder, run.next_scene, url, file) end
      run.pipe = io.popen("{ " .. commands .. "; } 2>&1; echo \"ended with $?\"", "r")
    end
  end)
  teardown(function()
    for _, run in pairs(runs) do run.simulator:stop() end
    remove()
  end)

  local function output_of(name)
    local out = runs[name].pipe:read "*a"
    runs[name].pipe:close()
    assert.truthy(out:find "ended with 0\n$", out)
    return out, runs[name].simulator
  end

  it("starts itself anew with jobs running, and nothing is left of the old ones", function()
    local out, lives = output_of "restarting", {}
    for descriptors, threads in out:gmatch "life %d: (%d+) descriptors, (%d+) threads" do lives[#lives + 1] = descriptors .. " " .. threads end
    assert.equal(4, #lives, out)
    assert.equal(lives[2], lives[3], out) -- what LÖVE keeps of its first life is its own
    assert.equal(lives[2], lives[4], out)
  end)

  for _, way in ipairs { "quit", "close" } do
    it("is left with jobs running, and its next start goes on with them: " .. way, function()
      local out, simulator = output_of(way)
      assert.truthy(out:find '"succeeded":17', out)
      assert.truthy(out:find '"submit.unknown":3', out)
      assert.equal(20, #simulator:submissions())
    end)
  end

  it("pays nothing for 1,000 waiting jobs", function()
    local out = output_of "waiting"
    local jobs, share = out:match "(%d+) jobs, (%-?[%d.]+) %% of a core"
    assert.equal("1000", jobs, out)
    assert.is_true(tonumber(share) < 3, out)
  end)

  it("does what every host does", function()
    local out, simulator = output_of "conformance"
    assert.truthy(out:find "[1-9]%d passed, 0 failed\n", out)
    local cancelled = 0
    for _, entry in ipairs(simulator:log()) do cancelled = cancelled + (entry.operation == "cancel" and 1 or 0) end
    assert.equal(1, cancelled)
  end)
end)
