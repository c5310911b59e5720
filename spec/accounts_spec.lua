local core = require "retake.core"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy
local A = ("a1"):rep(32)

describe("a provider that is like another", function()
  it("is that one under another name, but for the key", function()
    local runway = retake.provider.get "runway"
    local second = retake.provider.define { name = "runway_second", like = "runway", key_variable = "RETAKE_NO_SUCH_KEY" }
    assert.equal("runway", second.service)
    assert.equal("runway", retake.provider.service "runway_second")
    assert.equal("runway", retake.provider.service "runway")
    assert.equal("nobody", retake.provider.service "nobody")
    for _, part in ipairs { "submit", "poll", "base_url", "accepts", "estimate", "assets" } do assert.equal(runway[part], second[part], part) end
    assert.equal("RETAKE_NO_SUCH_KEY", second.key_variable)
    assert.is_nil(retake.provider.define({ name = "runway_third", like = "runway_second" }).key_variable)
    assert.equal("runway", retake.provider.service "runway_third")
    local fault = retake.classify { provider = "runway_second", operation = "poll", status = 200,
      body = '{"id":"1","status":"FAILED","failureCode":"SAFETY.INPUT.TEXT","failure":"Flagged."}' }
    assert.equal("content.input", fault.class)
    assert.equal("runway_second", fault.provider)
  end)

  it("says what else is its own", function()
    local own = { max_side = 100 }
    local second = retake.provider.define { name = "runway_own", like = "runway", base_url = "https://gateway.example", limits = own }
    assert.equal("https://gateway.example", second.base_url)
    assert.equal(own, second.assets.limits_for())
  end)

  it("has to be like one that there is", function()
    for _, like in ipairs { "nobody_at_all", "runway_itself", 5 } do
      local ok, message = pcall(function() retake.provider.define { name = "runway_itself", like = like } end)
      assert.is_false(ok)
      assert.truthy(message:find "accounts_spec.lua:%d+: provider.define: runway_itself: like names no other provider", message)
    end
  end)
end)

describe("the gate between two accounts of a provider", function()
  local function decide(class, fields, options)
    local proposal = { move = "fallback", class = class, failed_at = 100, at = 1e6, provider = "runway", model = "gen4_turbo",
      to_provider = "runway", to_model = "gen4_turbo", account = "a", to_account = "b", content = A }
    for key, value in pairs(fields or {}) do proposal[key] = value end
    return core.gate(options or {}):decide(proposal)
  end

  it("lets what stops the one go to the other, and to no other model of its own", function()
    for _, class in ipairs { "account.unauthorized", "account.forbidden", "account.suspended", "account.credits" } do
      assert.is_true(decide(class))
      assert.equal("elsewhere", select(2, decide(class, { to_model = "gen4.5", to_account = "a" })))
      assert.equal("never", select(2, decide(class, { to_account = "a" })))
    end
  end)

  it("keeps refused content from both, also where another provider may have it", function()
    for _, options in ipairs { {}, { reroute_refused = true } } do
      assert.equal("unchanged", select(2, decide("content.input", nil, options)))
      assert.is_true(decide("content.input", { content_changed = true }, options))
    end
    assert.is_true(decide("content.input", { to_provider = "evolink" }, { reroute_refused = true }))
  end)
end)

describe("two accounts of a provider", function()
  local first, second
  setup(function()
    retake.provider.define { name = "runway_second", like = "runway" }
    first, second = simulator_of.start { key = "key_first" }, simulator_of.start { key = "key_second" }
  end)
  teardown(function()
    first:stop()
    second:stop()
  end)

  local function client_with(options)
    local all = { host = "virtual", providers = { runway = { key = "key_first", base_url = first.base_url },
      runway_second = { key = "key_second", base_url = second.base_url } } }
    for name, value in pairs(options) do all[name] = value end
    return retake.client(all)
  end

  it("are each asked with their own key, and the second pays once the first is out of credits", function()
    first:script { balance = 10 }
    second:script { tasks = { { states = { "SUCCEEDED" } } } }
    local client = client_with { policy = policy.standard { fallback = { "runway_second/gen4_turbo" } } }
    for round = 1, 2 do
      local job = client:start(main_job.request())
      local result, fault = job:await()
      assert(result, tostring(fault))
      assert.equal("runway_second/gen4_turbo", result.model)
      assert.equal("account.credits", job.attempts[1].class)
      assert.equal(round == 2 and "circuit_open" or job.attempts[1].code, job.attempts[1].code)
    end
    assert.equal(1, #first:submissions())
    assert.equal(2, #second:submissions { paid = true })
    local health = client:health()
    assert.equal("open", health["runway/gen4_turbo"].account)
    assert.equal("closed", health["runway_second/gen4_turbo"].account)
    client:close()
  end)

  it("share what was refused: content goes to neither again, by this job or another, until it is unblocked", function()
    first:script { tasks = { { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "flagged" } } } } }
    second:script { tasks = { { states = { "SUCCEEDED" } } } }
    local client = client_with { reroute_refused = true, policy = policy.fallback { "runway_second/gen4_turbo" }, journal = retake.journal.memory() }
    local job = client:start(main_job.request())
    local _, fault = job:await()
    assert.equal("content.input", fault.class)
    local other = main_job.request { model = "runway_second/gen4_turbo" }
    local _, refused = client:start(other):await()
    assert.equal("refused_content", refused.code)
    assert.truthy(refused.hint:find(job.fingerprint, 1, true))
    assert.equal(0, #second:submissions())
    assert.equal("runway", client.journal:each_refusal()().provider)
    assert.is_true(client:unblock(job.fingerprint, "runway_second"))
    assert.is_truthy(client:start(other):await())
    client:close()
  end)

  it("name no variable where the second's key is missing and none was told", function()
    local client = client_with { providers = {}, policy = function() return policy.give_up() end }
    local _, fault = client:start(main_job.request { model = "runway_second/gen4_turbo" }):await()
    assert.equal("account.unauthorized", fault.class)
    assert.equal("set providers.runway_second.key of the client", fault.hint)
    client:close()
  end)

  it("are rehearsed in the provider's own words", function()
    local client = client_with { providers = {}, policy = policy.standard { fallback = { "runway_second/gen4_turbo" } } }
    local ledger, run = client:start(main_job.request { rehearse = { "account.credits", "provider.internal" } })
    assert.equal("runway_second", ledger[2].provider)
    assert.same({}, run.unmet)
    assert.truthy(run.result)
    client:close()
  end)
end)
