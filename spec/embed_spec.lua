-- The C program of examples/embed, which has a Lua 5.4 of its own, whichever runs the specs.
if _VERSION ~= "Lua 5.4" then return end

local cjson = require "cjson"
local command = require "spec.support.command"
local main_job = require "spec.support.main_job"
local simulator_of = require "spec.support.simulator"

-- Nothing that was allocated may be left, not even what could still be reached.
local VALGRIND = "valgrind --quiet --leak-check=full --show-leak-kinds=all --errors-for-leak-kinds=all --error-exitcode=9 "
  .. "--suppressions=spec/lua_support/valgrind.supp "

describe("a C program with retake in it", function()
  local simulator, folder, remove

  setup(function()
    local code, out, err = command.shell "make -s CI=1 examples"
    assert.equal(0, code, out .. err)
    folder, remove = command.folder()
    simulator = simulator_of.start()
  end)
  before_each(function() simulator:script { tasks = { { states = { { "RUNNING", 0.5 }, "SUCCEEDED" } } } } end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  local function run(options, before)
    local file = folder .. "/boat.png"
    os.remove(file)
    local code, out, err = command.shell(("RETAKE_SIMULATOR=%s LUA_PATH='./lua/?.lua;./lua/?/init.lua;;' LUA_CPATH=';;' timeout 60 %s"
      .. "build/examples/embed %s examples/embed 'a paper boat' %s"):format(simulator.base_url, before or "", options, command.quote(file)))
    return code, out, err, file
  end

  it("finishes a job, and leaves nothing behind", function()
    local code, out, err, file = run("", VALGRIND)
    assert.equal(0, code, err)
    assert.equal(file .. "\n", out)
    assert.truthy(err:find("50 %\n", 1, true), err)
    assert.truthy(err:find(" 0 bytes are left over", 1, true), err)
    assert.truthy(command.read(file):find "^\137PNG")
  end)

  it("is over at lua_close with the job running, and another process goes on with it", function()
    local code, out, err, file = run("--leave poll", VALGRIND)
    assert.equal(0, code, err)
    assert.truthy(err:find(" 0 bytes are left over", 1, true), err)
    local client = main_job.client(simulator)
    assert.truthy(client:adopt(cjson.decode(out)):await())
    client:close()
    assert.equal(1, #simulator:submissions())
    assert.truthy(command.read(file))
  end)

  it("is closed in the middle of a download, and no piece of the file is left", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } }, faults = { { on = "download", action = "slow", times = "always" } } }
    local code, _, err, file = run("--leave download", VALGRIND)
    assert.equal(0, code, err)
    assert.truthy(err:find(" 0 bytes are left over", 1, true), err)
    assert.is_nil(command.read(file))
    assert.equal("", (select(2, command.shell(("ls -A %s"):format(folder)))))
  end)

  it("says where its memory does not suffice, wherever that is", function()
    local short = 0
    for kilobytes = 100, 3100, 250 do
      local code, out, err, file = run("--memory " .. kilobytes)
      assert.truthy(err:find(" 0 bytes are left over", 1, true), kilobytes .. ": " .. err)
      if code == 0 then assert.equal(file .. "\n", out)
      else
        assert.equal(3, code, kilobytes .. ": " .. err)
        assert.truthy(err:find("out of memory", 1, true), err)
        short = short + 1
      end
    end
    assert.is_true(short > 3 and short < 13, short .. " of 13")
    assert.equal(3, (run("--memory 1500", VALGRIND)))
    assert.equal(3, (run("--memory 1", VALGRIND)))
  end)

  it("tells a failure in words", function()
    simulator:script { blocked = { { "boat", how = "refusal" } } }
    local code, out, err = run ""
    assert.equal(1, code)
    assert.equal("", out)
    assert.truthy(#err > 80, err)
  end)

  it("says how it is called", function()
    for _, words in ipairs { "--memory", "--memory -5 a b c", "--memory 5k a b c", "--leave nonsense a b c", "a b" } do
      local code, _, err = command.shell("build/examples/embed " .. words)
      assert.equal(2, code, words)
      assert.truthy(err:find("usage: embed", 1, true), err)
    end
  end)
end)
