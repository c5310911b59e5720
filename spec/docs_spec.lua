local command = require "spec.support.command"
local core = require "retake.core"
local retake = require "retake"

local types = command.read "types/retake.lua"

describe("generated documents", function()
  it("are current: run lua5.4 tools/docs.lua", function()
    local code, out = command.run { "tools/docs.lua", "--check" }
    assert.equal("", out)
    assert.equal(0, code)
  end)
end)

describe("README", function()
  it("holds Lua that compiles, the first of it ten lines at most", function()
    local compile = rawget(_G, "loadstring") or load
    local count = 0
    for block in command.read("README.md"):gmatch "```lua\n(.-)```" do
      count = count + 1
      assert(compile(block))
      if count == 1 then assert.is_true(select(2, block:gsub("[^\n]+\n", "")) <= 10) end
    end
    assert.is_true(count >= 3)
  end)

  it("names all events, and the types tell their fields", function()
    local list = assert(command.read("README.md"):match "\nEvents %(`job:on.-%.\n?")
    local names = assert(list:match "`inspected.-`")
    for _, name in ipairs(require("retake.job.events").names) do
      assert.truthy(names:find("%f[%w_]" .. name .. "%f[^%w_]"), name)
      assert.truthy(types:match("%-%-%-@field event [^\n]*"):find('"' .. name .. '"', 1, true), name)
      assert.truthy(types:find("[-.] " .. name .. ": "), name)
    end
  end)

  it("names options of the command line that there are", function()
    local code, help = command.run { "bin/retake", "generate", "--help" }
    assert.equal(0, code)
    local known = help
    for _, name in ipairs { "check", "explain", "report", "simulate" } do known = known .. select(2, command.run { "bin/retake", name, "--help" }) end
    for name in command.read("README.md"):gmatch "%s`?(%-%-[%l-]+)" do
      assert.is_truthy(known:find(name, 1, true), name)
    end
  end)
end)

-- The functions a stub declares for a table of that name.
local function declared(name)
  local found = {}
  for key in types:gmatch("\nfunction " .. name:gsub("%.", "%%.") .. "[.:]([%w_]+)%(") do found[#found + 1] = key end
  table.sort(found)
  return found
end

local function functions_of(module)
  local found = {}
  for key, value in pairs(module) do
    if type(value) == "function" then found[#found + 1] = key end
  end
  table.sort(found)
  return found
end

describe("types/retake.lua", function()
  it("declares just the public functions", function()
    assert.same(functions_of(retake), declared "retake")
    assert.same(functions_of(retake.policy), declared "policy")
    for _, name in ipairs { "provider", "host", "journal" } do
      assert.same(functions_of(retake[name]), declared("retake." .. name))
    end
    for key, value in pairs(retake) do
      if type(value) == "table" then assert.is_truthy(types:find("\nretake." .. key .. " = ", 1, true), key) end
    end
  end)

  it("knows just the classes of the taxonomy", function()
    local alias, listed, real = types:match "%-%-%-@alias retake%.class\n(.-)\n\n", {}, {}
    for name in alias:gmatch '"([^"]+)"' do listed[#listed + 1] = name end
    for i, info in ipairs(core.classes()) do real[i] = info.class end
    assert.same(real, listed)
  end)

  it("declares methods that there are", function()
    local client = retake.client { providers = { runway = { key = "key_x" } }, host = "virtual" }
    local job = client:start { model = "nobody/nothing" }
    local result, fault = job:await()
    assert.is_nil(result)
    result = require("retake.result").new(job)
    local seen = 0
    for name, object in pairs { client = client, job = job, fault = fault, result = result } do
      for _, method in ipairs(declared(name)) do
        seen = seen + 1
        assert.equal("function", type(object[method]), name .. ":" .. method)
      end
    end
    assert.is_true(seen > 15)
    client:close()
  end)

  it("lists the fields of a fault, no more and no fewer", function()
    local block, listed = types:match "%-%-%-@class retake%.fault : userdata\n(.-)local fault", {}
    for name in block:gmatch "@field ([%w_]+)" do listed[name] = true end
    assert.is_true(listed.attempts)
    listed.attempts = nil -- a job's final fault has it beside its own
    local fault = core.fault { class = "unknown", message = "m", code = "c", field = "f", category = "general", task_id = "t", request_id = "r",
      provider = "p", model = "m", operation = "poll", hint = "h", status = 500, retry_after = 1, credits = 1 }
    local real = {}
    for name in pairs(fault:totable()) do real[name] = true end
    assert.same(real, listed)
  end)

  it("is Lua that loads", function()
    assert(loadfile "types/retake.lua")
  end)
end)
