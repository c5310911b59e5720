local cjson = require "cjson"
local command = require "spec.support.command"
local conformance = require "spec.hosts.conformance"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local quote = command.quote
local root = select(2, command.shell "pwd"):gsub("\n", "")

-- Neovim and LuaJIT have one Lua, whichever runs the specs, so they are tested under one of them.
local with_neovim = _VERSION == "Lua 5.4"

local function lua(script, base_url, mode)
  return ("LUA_PATH=%s LUA_CPATH=%s timeout 100 %s spec/hosts/%s.lua %s %s"):format(quote "./?.lua;./lua/?.lua;./lua/?/init.lua;;",
    quote("./build/" .. command.lua .. "/?.so;;"), command.lua, script, base_url, mode or "")
end

-- LuaJIT has the binary interface of 5.1, and so its module.
local function luajit(script, base_url, mode)
  return ("LUA_PATH=%s LUA_CPATH=%s timeout 100 luajit spec/hosts/%s.lua %s %s"):format(quote "./?.lua;./lua/?.lua;./lua/?/init.lua;;",
    quote "./build/lua5.1/?.so;;", script, base_url, mode or "")
end

-- The plugin's way: the checkout is on the runtime path.
local function neovim(script, base_url, mode)
  return ("LUA_PATH=%s LUA_CPATH=%s RETAKE_BASE_URL=%s RETAKE_MODE=%s timeout 100 nvim --headless -u NONE -i NONE -n --cmd %s -c %s"):format(
    quote(root .. "/?.lua;;"), quote(root .. "/build/lua5.1/?.so;;"), base_url, mode or "", quote("set rtp^=" .. root),
    quote("luafile spec/hosts/" .. script .. ".lua"))
end

local hosts = {
  { name = "a plain script", line = lua, script = "plain" },
  { name = "plain luv, in the main chunk", line = lua, script = "luv", mode = "main" },
  { name = "plain luv, in coroutines of its loop", line = lua, script = "luv", mode = "loop" },
  { name = "a plain script in LuaJIT", line = luajit, script = "plain", own_lua = true },
  { name = "plain luv in LuaJIT, in coroutines of its loop", line = luajit, script = "luv", mode = "loop", own_lua = true },
  { name = "Neovim, in a command", line = neovim, script = "neovim", mode = "main", own_lua = true },
  { name = "Neovim, in coroutines of its loop", line = neovim, script = "neovim", mode = "loop", own_lua = true },
}

describe("every host does the same:", function()
  -- all at once: they mostly wait
  setup(function()
    for _, host in ipairs(hosts) do
      if with_neovim or not host.own_lua then
        host.simulator = simulator_of.start { script = conformance.script }
        host.pipe = io.popen("{ " .. host.line(host.script, host.simulator.base_url, host.mode) .. "; } 2>&1; echo \"ended with $?\"", "r")
      end
    end
  end)

  for _, host in ipairs(hosts) do
    if with_neovim or not host.own_lua then
      it(host.name, function()
        local out = host.pipe:read "*a"
        host.pipe:close()
        local log = host.simulator:log()
        host.simulator:stop()
        assert.truthy(out:find("[1-9]%d passed, 0 failed\r?\n.*ended with 0\n"), out)
        local cancelled = 0
        for _, entry in ipairs(log) do cancelled = cancelled + (entry.operation == "cancel" and 1 or 0) end
        assert.equal(1, cancelled)
      end)
    end
  end
end)

describe("a host at rest", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  before_each(function() simulator:script { tasks = { { states = { "RUNNING" } } } } end)
  teardown(function() simulator:stop() end)

  local function check(line)
    local code, out, err = command.shell(line)
    assert.equal(0, code, err)
    local jobs, share = (out .. err):match "(%d+) jobs, ([%d.]+) %% of a core"
    assert.equal("1000", jobs, out .. err)
    assert.is_true(tonumber(share) < 3, out) -- under 1 in make bench; beside other programs it takes some more
  end

  it("costs nothing with 1,000 jobs waiting: luv", function() check(lua("waiting", simulator.base_url)) end)
  if with_neovim then
    it("costs nothing with 1,000 jobs waiting: Neovim", function() check(neovim("waiting", simulator.base_url)) end)
  end
end)

describe("Neovim", function()
  if not with_neovim then return end

  it("is left with jobs running, and the next process goes on with them", function()
    local simulator, records = simulator_of.start(), os.tmpname()
    local code, out, err = command.shell("RETAKE_RECORDS=" .. records .. " " .. neovim("neovim_leave", simulator.base_url))
    assert.equal(0, code, out .. err)
    assert.equal("", err)
    local client = main_job.client(simulator)
    for _, record in ipairs(cjson.decode(command.read(records))) do
      assert.truthy(client:adopt(record):await())
    end
    client:close()
    assert.equal(20, #simulator:submissions())
    simulator:stop()
    os.remove(records)
  end)
end)

describe("a client on luv that nobody closes", function()
  it("goes with all it had once its job is over", function()
    local simulator = simulator_of.start { script = { tasks = { { states = { "SUCCEEDED" } } } } }
    local code, out, err = command.shell(lua("forgotten", simulator.base_url))
    simulator:stop()
    assert.equal(0, code, err)
    assert.equal("0 left, 0 descriptors\n", out)
  end)
end)

describe("a client on luv with much to do", function()
  -- What was left over came at once, by a timer set to 0, and libuv looked at nothing else until all was done.
  it("leaves the loop to others in between", function()
    local simulator = simulator_of.start { script = { tasks = { { states = { "RUNNING" } } } } }
    local code, out, err = command.shell(lua("busy", simulator.base_url))
    simulator:stop()
    assert.equal(0, code, err)
    assert.equal("rang often\n", out)
  end)
end)

describe("a callback's error that nobody asked for", function()
  it("is told, and the loop goes on", function()
    local simulator = simulator_of.start { script = { tasks = { { states = { "SUCCEEDED" } } } } }
    local code, out, err = command.shell(lua("unheard", simulator.base_url))
    simulator:stop()
    assert.equal(0, code, err)
    assert.equal("succeeded after the error\n", out)
    assert.truthy(err:find("retake: [^\n]*spoken wrong"), err)
  end)
end)

describe("the host is found by itself:", function()
  local function name_with(globals, modules)
    local before = {}
    for name, value in pairs(globals) do rawset(_G, name, value) end
    for name, value in pairs(modules) do before[name], package.loaded[name] = package.loaded[name] or false, value end
    local host = retake.host.detect()
    for name in pairs(globals) do rawset(_G, name, nil) end
    for name, value in pairs(before) do package.loaded[name] = value or nil end
    return host.name
  end

  it("a plain script", function() assert.equal("blocking", name_with({}, { cqueues = false, copas = false, luv = false })) end)
  -- A client made at the top of a script, before the loop runs, was taken for a plain script's: its first await stopped the loop.
  it("cqueues and copas, once a script has required them", function()
    assert.equal("cqueues", name_with({}, { cqueues = require "cqueues", luv = false, copas = false }))
    if not pcall(require, "copas") then return end
    assert.equal("copas", name_with({}, { copas = require "copas", luv = false, cqueues = false }))
  end)
  it("luv, once a script has required it", function() assert.equal("luv", name_with({}, { luv = require "luv" })) end)
  it("cqueues, where a controller runs", function()
    local cqueues, name = require "cqueues", nil
    local controller = cqueues.new()
    controller:wrap(function() name = retake.host.detect().name end)
    assert(controller:loop())
    assert.equal("cqueues", name)
  end)
  it("LÖVE", function() assert.equal("frame", name_with({ love = {} }, {})) end)
end)
