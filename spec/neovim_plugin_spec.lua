-- The plugin of examples/neovim in a real Neovim, against the simulator, whose log is the judge. Neovim has one Lua, whichever runs the specs.
if _VERSION ~= "Lua 5.4" then return end

local command = require "spec.support.command"
local simulator_of = require "spec.support.simulator"

local quote = command.quote
local root = select(2, command.shell "pwd"):gsub("\n", "")

local function line(folder, simulator, mode, files)
  return ("cd %s && env -u RUNWAYML_API_SECRET -u RETAKE_SIMULATOR %s XDG_DATA_HOME=%s LUA_PATH=%s LUA_CPATH=%s RETAKE_BASE_URL=%s RETAKE_MODE=%s "
    .. "timeout 100 nvim --headless -u NONE -i NONE -n --cmd %s --cmd %s -c %s %s"):format(folder, mode == "health" and "RUNWARE_API_KEY=key_never_shown" or "",
    folder .. "/data", quote(root .. "/?.lua;;"), quote(root .. "/build/lua5.1/?.so;;"), simulator.base_url, mode,
    quote("set rtp^=" .. root .. " rtp+=" .. root .. "/examples/neovim"), quote "runtime plugin/retake.lua",
    quote("luafile " .. root .. "/spec/hosts/neovim_plugin.lua"), files or "")
end

local states = { states = { "RUNNING", { "RUNNING", 0.5 }, "SUCCEEDED" } }

describe("the plugin for Neovim", function()
  local runs = {}

  local function begin(mode, script)
    local folder, remove = command.folder()
    local simulator = simulator_of.start { script = script or { tasks = { states } } }
    runs[mode] = { folder = folder, remove = remove, simulator = simulator }
    runs[mode].pipe = io.popen("{ " .. line(folder, simulator, mode) .. "; } 2>&1; echo \"ended with $?\"", "r")
  end

  local function finish(mode, seen, code)
    local run = runs[mode]
    local out = run.pipe:read "*a"
    run.pipe:close()
    run.pipe = nil
    assert.is_nil(out:find "not ok", out)
    assert.truthy(out:find("ended with " .. (code or 0) .. "\n$"), out)
    assert.equal(seen, select(2, ("\n" .. out):gsub("\nok ", "")), out)
    return out, run.simulator, run.folder
  end

  -- all at once: they mostly wait
  setup(function()
    begin "insert"
    begin "gone"
    begin "places"
    begin("order", { tasks = { { states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } }, { states = { "SUCCEEDED" } },
      { states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } } } })
    begin("messages", { tasks = { states }, blocked = { { "naughty", how = "refusal" } } })
    begin("try", { tasks = { { states = { "SUCCEEDED" } } } })
    begin("fail", { tasks = { states }, blocked = { { "naughty", how = "refusal" } } })
    begin("cancel", { tasks = { { states = { "RUNNING" } } } })
    local long = { tasks = { { states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    begin("leave", long)
    begin("crash", long)
  end)
  teardown(function()
    for _, run in pairs(runs) do
      if run.pipe then run.pipe:close() end
      run.simulator:stop()
      run.remove()
    end
  end)

  it("puts a link to the result where the cursor was, whatever was edited meanwhile", function()
    local _, simulator = finish("insert", 11)
    assert.equal(2, #simulator:submissions { paid = true })
  end)

  it("puts a link after the character under the cursor, and in Insert mode at the cursor", function() finish("places", 3) end)

  it("puts links of one place in the order of their jobs, whichever ended first", function() finish("order", 3) end)

  it("says everything in one line, and keeps what was cut", function() finish("messages", 8) end)

  it("is tried without a key, against the simulator of RETAKE_SIMULATOR", function()
    local _, simulator = finish("try", 3)
    assert.equal(1, #simulator:submissions())
  end)

  it("advises nothing that it has no command for", function()
    local words = dofile "examples/neovim/lua/retake_nvim/words.lua"
    local advice = require "retake.advice"
    for _, info in ipairs(require("retake.core").classes()) do
      local fault = { class = info.class, provider = "runway", billed = "yes", task_id = "t", hint = "where it is cleared: client:unblock \"x\"" }
      local text = words.story("Told.\nNext: " .. table.concat(advice.after_failure(fault, { attempts = {} }), "\n      "))
      for _, foreign in ipairs { "client:", "support bundle", "`retake " } do assert.is_nil(text:find(foreign, 1, true), text) end
      assert.truthy(text:find "Next: %u" or info.class == "local.cancelled", info.class .. ": " .. text)
      assert.is_true(#words.headline(fault) > 5 and not words.headline(fault):find "\n")
    end
  end)

  it("keeps the link where its buffer is gone, or must not be changed", function() finish("gone", 5) end)

  it("tells of failures in plain words, and of mistakes", function()
    local _, simulator = finish("fail", 13)
    assert.equal(0, #simulator:submissions { paid = true })
  end)

  it("lists jobs, and cancels them at the provider too", function()
    local _, simulator = finish("cancel", 10)
    local cancelled = 0
    for _, entry in ipairs(simulator:log()) do cancelled = cancelled + (entry.operation == "cancel" and 1 or 0) end
    assert.equal(2, cancelled)
  end)

  -- The next Neovim, in the same folders.
  local function go_on_after(mode)
    local run = runs[mode]
    local _, kept = command.shell(("cat %s/data/nvim/retake/jobs/*.json"):format(run.folder))
    assert.equal(3, select(2, kept:gsub('"version":1', "")), kept)
    assert.is_nil(kept:find "key_of_the_plugin")
    command.write(run.folder .. "/left.md", "Here: \nand there, changed: \n")
    run.pipe = io.popen("{ " .. line(run.folder, run.simulator, "next", "left.md") .. "; } 2>&1; echo \"ended with $?\"", "r")
    finish(mode, 4)
    assert.equal(3, #run.simulator:submissions())
    assert.equal("", (select(2, command.shell(("ls %s/data/nvim/retake/jobs"):format(run.folder)))))
  end

  it("leaves jobs to the next Neovim, which asks for nothing a second time", function()
    finish("leave", 1)
    go_on_after "leave"
  end)

  it("is gone on with after a crash", function()
    finish("crash", 2, 137)
    go_on_after "crash"
  end)

  it("says what is missing, and no key", function()
    command.shell(("nvim --headless -u NONE -i NONE -n -c %s -c quit"):format(quote("helptags " .. root .. "/examples/neovim/doc")))
    local simulator = runs.leave.simulator
    local folder, remove = command.folder()
    local _, out = command.shell("{ " .. line(folder, simulator, "health") .. "; } 2>&1")
    remove()
    for _, part in ipairs { "Neovim %d", "LuaJIT", "retake [%d.]+ found", "cjson found", "libcurl %d", "with a key of setup", "can be written" } do
      assert.truthy(out:find(part), part .. " in " .. out)
    end
    assert.is_nil(out:find "key_", out)
    assert.is_nil(out:find "ERROR", out)
    assert.is_nil(out:find "not ok", out)
  end)
end)
