-- Wrong arguments throw at the caller's place. Misspelt names were once passed over in silence: an asset was inspected for nothing in
-- particular, a body was classified without its body, a listener waited for what never comes, a provider had no key.
local command = require "spec.support.command"
local events = require "retake.job.events"
local retake = require "retake"

local policy = retake.policy

local function throws(fn, text)
  local ok, message = pcall(fn)
  assert.is_false(ok, text)
  assert.truthy(tostring(message):find "^spec/arguments_spec.lua:%d+: " or tostring(message):find "/arguments_spec.lua:%d+: ", message)
  assert.truthy(message:find(text, 1, true), message)
end

describe("retake.inspect throws at", function()
  local function refused(target, text)
    throws(function() local report = retake.inspect("spec/fixtures/boat.png", target) return report end, text)
  end

  it("an unknown key of the target", function() refused({ modle = "runway/gen4_turbo" }, "unknown key 'modle'") end)

  it("a model without a provider", function()
    refused({ model = "gen4" }, 'a model is written "provider/model", not gen4')
    refused({ model = "gen4", provider = "runwey" }, "unknown provider 'runwey'")
    assert.is_true(retake.inspect("spec/fixtures/boat.png", { model = "gen4_turbo", provider = "runway" }).ok)
  end)

  it("a field that the provider does not know", function()
    refused({ model = "runway/gen4_turbo", field = "imgae" }, "runway/gen4_turbo has no assets in a field imgae")
    refused({ provider = "runware", field = "imgae" }, "runware has no assets in a field imgae")
    for _, field in ipairs { "image", "promptImage", "references[0].uri" } do
      assert.is_true(retake.inspect("spec/fixtures/boat.png", { model = "runway/gen4_turbo", field = field }).ok, field)
    end
  end)
end)

describe("retake.classify throws at", function()
  it("an unknown key", function()
    throws(function() return (retake.classify { status = 400, boddy = "x" }) end, "classify: unknown key 'boddy' in the evidence")
  end)

  it("an unknown operation", function()
    throws(function() return (retake.classify { status = 400, operation = "foo" }) end, "classify: unknown operation 'foo'")
    for _, name in ipairs { "submit", "poll", "cancel", "upload", "download", "asset", "websocket" } do
      assert.is_truthy(retake.classify { status = 400, operation = name }, name)
    end
  end)

  it("nothing where only the provider is unknown: the generic rules are for it", function()
    assert.equal("account.unauthorized", retake.classify({ provider = "nobody", operation = "submit", status = 401 }).class)
  end)
end)

describe("provider.define throws at", function()
  local function define(changes)
    local definition = {
      name = "spec_arguments", base_url = "https://api.example", submit = { encode = function() end, decode = function() end },
      poll = { path = function() end, decode = function() end },
    }
    for key, value in pairs(changes) do definition[key] = value end
    return retake.provider.define(definition), definition
  end
  local function refused(changes, text)
    throws(function() local made = define(changes) return made end, text)
  end
  local function refused_here(definition, text)
    throws(function() retake.provider.define(definition) end, text)
  end

  it("an unknown key", function() refused({ keyvar = "STUDIO_KEY" }, "spec_arguments: unknown key 'keyvar'") end)

  it("an address that a key must not go to", function()
    for _, url in ipairs { "http://api.example", "ftp://api.example", "api.example", "https://user:word@api.example", "" } do
      refused({ base_url = url }, "spec_arguments: base_url has to begin with https:// (http:// for this machine only) and name no user")
    end
    assert.is_truthy(define { base_url = "http://127.0.0.1:8080" })
  end)

  it("a rule that would fit every error", function()
    refused({ rules = { { class = "limit.rate", code = "slow" }, { class = "limit.rate", floor = 5 } } }, "rules: rule 2 has no condition")
    refused({ last_rules = { { class = "limit.rate", unless = "content" } } }, "last_rules: rule 1 has no condition")
    assert.is_truthy(define { rules = { { class = "limit.rate", operation = "submit", status = 418 } } })
  end)

  it("the name of a provider that comes with retake: its key would go where the definition says", function()
    for _, name in ipairs(retake.provider.built_in) do
      local before = retake.provider.get(name)
      refused({ name = name }, name .. " comes with retake: take another name")
      refused_here({ name = name, like = "runway" }, name .. " comes with retake")
      assert.equal(before, retake.provider.get(name))
      assert.is_nil(before.built_in)
    end
    refused({ name = "generic" }, "the name generic is taken")
  end)

  it("nothing where a name of the script's own is defined again, or with a copy", function()
    local first = define {}
    local copy = {}
    for key, value in pairs(first) do copy[key] = value end
    assert.equal(copy, retake.provider.define(copy))
    assert.equal(first, retake.provider.define(first))
    assert.equal(first, retake.provider.get "spec_arguments")
  end)
end)

describe("a job throws at", function()
  it("the name of an event that there is not", function()
    local client = retake.client { host = "virtual" }
    local job = client:start { model = "runway/gen4_turbo", prompt = "x" }
    throws(function() job:on("evnt", print) end, "no event is called 'evnt'")
    throws(function() job:on("submited", print) end, "no event is called 'submited'")
    for _, name in ipairs(events.names) do job:on(name, function() end) end
    job:on("event", function() end)
    client:close()
  end)

  it("no event that is told somewhere", function()
    local known = {}
    for _, name in ipairs(events.names) do known[name] = true end
    local pipe, count = io.popen "cat lua/retake/*.lua lua/retake/job/*.lua", 0
    for name in pipe:read("*a"):gmatch ':emit%(?%s*"([%w_]+)"' do
      count = count + 1
      assert.is_true(known[name], name)
    end
    pipe:close()
    assert.is_true(count > 20)
  end)
end)

describe("a policy throws at", function()
  it("a chain of nothing", function() throws(function() policy.chain {} end, "chain needs a list of policies, one at least") end)

  it("a fallback without a model, and says what is missing", function()
    throws(function() local made = policy.fallback { { duration = 3 } } return made end,
      'fallback: entry 1: the model is missing: model = "provider/model"')
    throws(function() local made = policy.fallback { "runway/gen4.5", {} } return made end, "fallback: entry 2: the model is missing")
    throws(function() local made = policy.fallback { { model = {} } } return made end, 'a model is written "provider/model", not as a table')
    throws(function() local made = policy.fallback { model = "runway/gen4.5", duration = 3 } return made end, "fallback needs a list: {")
    throws(function() local made = policy.standard { fallback = { { duration = 3 } } } return made end, "entry 1: the model is missing")
  end)
end)

describe("a client called with a dot", function()
  it("says so", function()
    local client = retake.client {}
    throws(function() client.start { model = "runway/gen4_turbo" } end, "client:start(...)")
    throws(function() client.adopt {} end, "client:adopt(...)")
    throws(function() client.fetch { url = "https://e.com" } end, "client:fetch(...)")
    throws(function() client.resume "x" end, "client:resume(...)")
    throws(function() client.find "x" end, "client:find(...)")
    throws(function() client.account "runway" end, "client:account(...)")
    client:close()
  end)
end)

describe("retake explain refuses", function()
  local function explain(...)
    return command.run({ "bin/retake", "explain", "-", ... }, { input = "busy" })
  end

  it("what is no status", function()
    for _, status in ipairs { "999999", "0", "99", "429.5", "-1" } do
      local code, _, err = explain("--status", status)
      assert.equal(2, code, status)
      assert.truthy(err:find("--status has to be an HTTP status, such as 429", 1, true), err)
    end
    assert.equal(0, (explain("--status", "429")))
  end)

  it("what is no header", function()
    for _, header in ipairs { "Retry-After 5", ": 5", "", "Retry After: 5" } do
      local code, _, err = explain("--status", "429", "--header", header)
      assert.equal(2, code, header)
      assert.truthy(err:find('--header has to be a line such as "Retry-After: 5"', 1, true), err)
    end
    local code, out = explain("--status", "429", "--header", "Retry-After: 5")
    assert.equal(0, code)
    assert.truthy(out:find("wait 5 s", 1, true))
  end)
end)
