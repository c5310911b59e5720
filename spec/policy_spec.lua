local core = require "retake.core"
local retake = require "retake"

local policy = retake.policy

local function fault(class, fields)
  local all = { class = class, provider = "runway" }
  for key, value in pairs(fields or {}) do all[key] = value end
  return core.fault(all)
end

local function job(fields)
  local all = { tries = 0, tried_models = {}, request = {}, refusals = {}, resent = 0, attempts = {}, provider = "runway", model = "gen4_turbo",
    closed = {}, seconds_left = 3600, age = 0, spent = 0, submissions = 0 }
  for key, value in pairs(fields or {}) do all[key] = value end
  function all:tried(model) return self.tried_models[model] == true end
  function all:refused(what) return self.refusals[what] end
  function all:resends() return self.resent end
  function all:closed_for(model) return self.closed[model] end
  function all:left() return self.seconds_left end
  return all
end

-- The message has to name this file: mistakes in a policy are the script's, and are found where it is made.
local function throws(fn, text)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  assert.truthy(message:find("policy_spec.lua:%d+: "), message)
  assert.truthy(message:find(text, 1, true), message)
end

describe("policies", function()
  it("that name an unknown class or no model fail when they are made", function()
    throws(function() policy.on("limits", policy.give_up) end, "unknown failure class 'limits'")
    throws(function() policy.on({ "limit", "content.x" }, policy.give_up) end, "unknown failure class 'content.x'")
    throws(function() policy.on({}, policy.give_up) end, "on needs a class")
    throws(function() policy.on("limit", {}) end, "has to be a policy")
    throws(function() policy.chain { 5 } end, "chain: entry 1 has to be a policy")
    throws(function() policy.fallback { "gen4.5" } end, "a model is written")
    throws(function() policy.fallback {} end, "fallback needs a model or a list")
    throws(function() policy.backoff { tires = 3 } end, "unknown option 'tires'")
    throws(function() policy.backoff { base = -1 } end, "base has to be a number")
    throws(function() policy.retry(0 / 0) end, "a delay is a number")
    throws(function() policy.retry(-1) end, "a delay is a number")
    throws(function() policy.retry(math.huge) end, "a delay is a number")
    throws(function() policy.revise({ seed = 1 }, math.huge) end, "a delay is a number")
    throws(function() policy.revise {} end, "revise needs a table")
    throws(function() policy.revise { foo = 1 } end, "unknown request field 'foo'")
    throws(function() policy.revise { duration = "x" } end, "duration has to be a number")
    throws(function() policy.fallback { { model = "runway/x", foo = 1 } } end, "fallback: entry 1: unknown request field 'foo'")
    throws(function() policy.standard { foo = 1 } end, "standard: unknown option 'foo'")
    throws(function() policy.fallback "x" end, "a model is written")
  end)

  it("chain: the first that answers decides, and none is no decision", function()
    local asked = {}
    local function says(name, answer) return function() asked[#asked + 1] = name return answer end end
    local decision = policy.chain { says "a", says("b", policy.retry(1)), says "c" } (fault "limit.rate", job())
    assert.equal("retry", decision.kind)
    assert.same({ "a", "b" }, asked)
    assert.is_nil(policy.chain { says "d" } (fault "limit.rate", job()))
    throws(function() policy.chain {} end, "chain needs a list of policies, one at least")
    -- Braces that were forgotten left all but the first policy out without a word.
    throws(function() policy.chain(policy.backoff(), policy.give_up "x") end, "chain needs its policies in one list: chain { first, second }")
    throws(function() policy.chain(policy.retry(1), policy.give_up "x") end, "in one list")
    throws(function() policy.chain(policy.retry(1)) end, "in one list")
    throws(function() policy.chain({ policy.retry(1) }, policy.give_up "x") end, "in one list")
  end)

  it("on: a class, a family, a list, a test", function()
    local yes = function() return policy.give_up "yes" end
    assert.truthy(policy.on("limit", yes)(fault "limit.rate", job()))
    assert.truthy(policy.on("limit.rate", yes)(fault "limit.rate", job()))
    assert.truthy(policy.on({ "network", "limit" }, yes)(fault "limit.rate", job()))
    assert.truthy(policy.on(function(f) return f.status == 429 end, yes)(fault("limit.rate", { status = 429 }), job()))
    assert.is_nil(policy.on("network", yes)(fault "limit.rate", job()))
  end)

  it("backoff: full jitter up to base * 2^n and the cap, for as many tries as asked", function()
    local backoff = policy.backoff { tries = 5, base = 2, cap = 9 }
    for tries, most in pairs { [0] = 2, 4, 8, 9, 9 } do
      local low, high = math.huge, 0
      for _ = 1, 500 do
        local delay = backoff(fault "limit.rate", job { tries = tries }).delay
        low, high = math.min(low, delay), math.max(high, delay)
      end
      assert.is_true(low >= 0 and low < most * 0.2)
      assert.is_true(high <= most and high > most * 0.8)
    end
    assert.is_nil(backoff(fault "limit.rate", job { tries = 5 }))
  end)

  it("backoff: keeps the time the provider names, with a little spread", function()
    local backoff = policy.backoff()
    for _ = 1, 200 do
      local delay = backoff(fault("limit.rate", { retry_after = 2 }), job()).delay
      assert.is_true(delay >= 2 and delay <= 2.25)
    end
  end)

  it("backoff: does not ask for what no gate allows", function()
    local backoff = policy.backoff { tries = 100 }
    for _, info in ipairs(core.classes()) do
      local decision = backoff(fault(info.class), job())
      assert.equal(info.retry == "wait", decision ~= nil, info.class)
      assert.is_nil(backoff(fault(info.class), job { resent = info.resends }))
      assert.is_nil(backoff(fault(info.class), job { refusals = { retry = "retry_budget" } }))
    end
  end)

  it("fallback: in order, each model once, where the class lets it", function()
    local fallback = policy.fallback { "runway/gen4.5", { model = "runware/x", duration = 4 } }
    assert.equal("runway/gen4.5", fallback(fault "provider.internal", job()).model)
    local second = fallback(fault "provider.internal", job { tried_models = { ["runway/gen4.5"] = true } })
    assert.equal("runware/x", second.model)
    assert.same({ duration = 4 }, second.changes)
    assert.is_nil(fallback(fault "provider.internal", job { tried_models = { ["runway/gen4.5"] = true, ["runware/x"] = true } }))
    assert.equal("runware/x", fallback(fault "account.credits", job()).model)
    assert.is_nil(fallback(fault "submit.unknown", job()))
    assert.equal("runware/x", fallback(fault "provider.internal", job { refusals = { ["runway/gen4.5"] = "x" } }).model)
  end)

  it("fallback: takes refused content along only where that was allowed, or with a change", function()
    local fallback = policy.fallback { "runway/gen4.5", "runware/x" }
    assert.is_nil(fallback(fault "content.input", job()))
    assert.equal("runware/x", fallback(fault "content.input", job { reroute_refused = true }).model)
    local changing = policy.fallback { { model = "runway/gen4.5", prompt = function(p) return p .. ", tame" end } }
    assert.equal("runway/gen4.5", changing(fault "content.input", job()).model)
  end)

  it("standard: waits where waiting helps, else goes elsewhere, else gives up", function()
    local standard = policy.standard { fallback = { "runware/x" } }
    assert.equal("retry", standard(fault "provider.internal", job()).kind)
    assert.equal("fallback", standard(fault "provider.internal", job { tries = 4 }).kind)
    assert.equal("fallback", standard(fault "account.credits", job()).kind)
    assert.equal("fallback", standard(fault "account.quota", job()).kind)
    assert.equal("retry", standard(fault "account.quota", job { tried_models = { ["runware/x"] = true } }).kind)
    assert.equal("retry", standard(fault "generation.failed", job()).kind)
    for _, info in ipairs(core.classes()) do
      local decision = policy.standard()(fault(info.class), job())
      assert.equal(info.retry == "wait", decision ~= nil, info.class)
    end
  end)
end)
