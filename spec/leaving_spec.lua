-- Scripts that end, or close their client, while jobs run: nothing crashes, hangs or is left behind, and another process goes on.
local cjson = require "cjson"
local command = require "spec.support.command"
local main_job = require "spec.support.main_job"
local simulator_of = require "spec.support.simulator"

local script = { tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }

describe("a script that ends with jobs running", function()
  local runs = {}
  setup(function() -- all at once: they mostly wait
    for _, host in ipairs { "blocking", "frame", "luv", "cqueues", "copas" } do
      local folder, remove = command.folder()
      local simulator = simulator_of.start { script = script }
      local line = command.line { "spec/hosts/leaving.lua", host, simulator.base_url, folder }
      runs[host] = { folder = folder, remove = remove, simulator = simulator, pipe = io.popen("{ timeout 60 " .. line .. "; } 2>&1; echo \"ended with $?\"") }
    end
  end)
  teardown(function()
    for _, run in pairs(runs) do
      if run.pipe then run.pipe:close() end
      run.simulator:stop()
      run.remove()
    end
  end)

  for _, host in ipairs { "blocking", "frame", "luv", "cqueues", "copas" } do
    it("leaves nothing behind but its records: " .. host, function()
      local run = runs[host]
      local out = run.pipe:read "*a"
      run.pipe:close()
      run.pipe = nil
      assert.equal("0 descriptors, 0 threads left\nended with 0\n", out)
      local client = main_job.client(run.simulator)
      local records = cjson.decode(command.read(run.folder .. "/records"))
      assert.equal(10, #records)
      for _, record in ipairs(records) do
        local result, fault = client:adopt(record):await()
        assert.truthy(result, tostring(fault))
      end
      client:close()
      assert.equal(20, #run.simulator:submissions())
    end)
  end
end)

-- These have Luas of their own, whichever runs the specs.
if _VERSION ~= "Lua 5.4" then return end

describe("two versions of Lua", function()
  local failing = { tasks = script.tasks, faults = { { on = "submit", match = { prompt = "boat 3" }, times = 3, status = 429 } } }

  -- The module as it is shipped, bound to the Lua beside it: that is what a program does that has one in itself.
  local function build(version, folder)
    local library = ("%s/lua%s.so"):format(folder, version)
    local code, out, err = command.shell(("cc -std=c99 -Wall -Wextra -Werror -shared -fPIC -o %s spec/hosts/one_lua.c build/lua%s/retake/core.so "
      .. "$(ls /usr/lib/*/lua/%s/cjson.so | head -n 1) $(pkg-config --cflags --libs lua%s 2>/dev/null || echo -I/usr/include/lua%s -llua%s)")
      :format(library, version, version, version, version, version))
    assert.equal(0, code, out .. err)
    return library
  end

  it("do not collide in one process, each with its module", function()
    local folder, remove = command.folder()
    local simulator = simulator_of.start { script = failing }
    local program = folder .. "/two_luas"
    assert.equal(0, (command.shell(("cc -std=gnu99 -Wall -Wextra -Werror -o %s spec/hosts/two_luas.c -ldl -lpthread"):format(program))))
    local code, out, err = command.shell(("RETAKE_SIMULATOR=%s LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' timeout 60 %s %s %s spec/hosts/few_jobs.lua")
      :format(simulator.base_url, program, build("5.4", folder), build("5.1", folder)))
    remove()
    assert.equal(0, code, err)
    assert.equal("", err)
    for _, version in ipairs { "5.4", "5.1" } do
      assert.equal(2, select(2, out:gsub(("Lua %s: 5 jobs in %%d attempts\n"):format(version), "")), out)
    end
    assert.equal(20, #simulator:submissions { paid = true })
    simulator:stop()
  end)

  it("do not collide as Neovim and its child", function()
    local simulator = simulator_of.start { script = failing }
    local root = select(2, command.shell "pwd"):gsub("\n", "")
    local child = command.line({ "spec/hosts/few_jobs.lua" }, { env = { RETAKE_SIMULATOR = simulator.base_url } })
    local code, out, err = command.shell(("RETAKE_SIMULATOR=%s CHILD=%s LUA_PATH=';;' LUA_CPATH='./build/lua5.1/?.so;;' timeout 60 "
      .. "nvim --headless -u NONE -i NONE -n --cmd %s -c 'luafile spec/hosts/neovim_child.lua'"):format(simulator.base_url, command.quote(child),
      command.quote("set rtp^=" .. root)))
    assert.equal(0, code, out .. err)
    assert.truthy(out:find "Lua 5%.4: 5 jobs in %d attempts", out .. err)
    assert.truthy(out:find "Lua 5%.1: 5 jobs in %d attempts", out .. err)
    assert.equal(10, #simulator:submissions { paid = true })
    simulator:stop()
  end)
end)
