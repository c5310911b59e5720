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

local function throws(fn, text)
  local ok, message = pcall(fn)
  assert.is_false(ok, text)
  assert.truthy(message:find("policy_combinators_spec.lua:%d+: "), message)
  assert.truthy(message:find(text, 1, true), message)
end

local function yes() return policy.give_up "yes" end

describe("policies", function()
  it("fail when they are made, at the script's place, where something is wrong with them", function()
    throws(function() policy.backoff { within = -1 } end, "backoff: within has to be a number")
    throws(function() policy.backoff { tries = 0 / 0 } end, "backoff: tries has to be a number")
    throws(function() policy.backoff(5) end, "backoff: the options are a table")
    throws(function() policy.standard { tries = -1 } end, "standard: tries has to be a number")
    throws(function() policy.standard { fallback = { "gen4.5" } } end, "fallback: entry 1: a model is written")
    throws(function() policy.standard { fallback = 5 } end, "fallback needs a model or a list")
    throws(function() policy.fallback("runway/x", { foo = 1 }) end, "unknown request field 'foo'")
    throws(function() policy.fallback("runway/x", 5) end, "the changes to a request are a table")
    throws(function() policy.fallback { { model = "runway/x", duration = "8" } } end, "duration has to be a number")
    throws(function() policy.revise { model = "runway/x" } end, "fallback goes to another")
    throws(function() policy.only_if_fast("5", yes) end, "a number of seconds comes first")
    throws(function() policy.only_if_fast(5, 6) end, "has to be a policy")
    throws(function() policy.limit({}, yes) end, "limit needs tries, seconds or credits")
    throws(function() policy.limit({ money = 3 }, yes) end, "unknown option 'money'")
    throws(function() policy.limit({ tries = 3 }, "x") end, "has to be a policy")
    throws(function() policy.ask(5) end, "ask needs a function")
    throws(function() policy.ask(yes, { timeout = "x" }) end, "ask: timeout has to be a number")
    throws(function() policy.ask(yes, { otherwise = "x" }) end, "ask: otherwise has to be a policy")
    throws(function() policy.check(5) end, "check: its argument has to be a policy")
    throws(function() policy.on("contents", yes) end, "unknown failure class 'contents'")
  end)

  it("may be decisions: answered for as long as the gate lets them", function()
    local revises = policy.on("content", policy.revise { prompt = "tame" })
    assert.equal("revise", revises(fault "content.input", job()).kind)
    assert.is_nil(revises(fault "content.input", job { refusals = { revise = "unchanged" } }))
    assert.is_nil(revises(fault "limit.rate", job()))
    local thrice = { { decision = "retry" }, { decision = "revise" }, { decision = "revise" }, { decision = "revise" } }
    assert.is_nil(revises(fault "content.input", job { attempts = thrice }))
    local chain = policy.chain { policy.on("network", policy.fallback "runway/gen4.5"), policy.give_up "enough" }
    assert.equal("runway/gen4.5", chain(fault "network.connect", job()).model)
    assert.equal("give_up", chain(fault "network.connect", job { refusals = { ["runway/gen4.5"] = "unfit" } }).kind)
  end)

  it("backoff: within so many seconds since the first failure of this model", function()
    local backoff = policy.backoff { within = 60, base = 10, cap = 10 }
    local function failing(from, at)
      return job { attempts = { { provider = "other", model = "x", started_at = 0, ended_at = 1 },
        { provider = "runway", model = "gen4_turbo", started_at = from - 5, ended_at = from },
        { provider = "runway", model = "gen4_turbo", started_at = at - 5, ended_at = at } } }
    end
    assert.equal("retry", backoff(fault "limit.rate", failing(100, 149)).kind)
    assert.is_nil(backoff(fault "limit.rate", failing(100, 161)))
    assert.is_nil(backoff(fault("limit.rate", { retry_after = 61 }), failing(100, 100)))
    assert.is_nil(backoff(fault "account.quota", job())) -- its floor is 900 s
  end)

  it("backoff: what was turned away before it was sent counts as no try", function()
    local backoff = policy.backoff { tries = 2 }
    local closed = fault("provider.unavailable", { code = "circuit_open", retry_after = 4 })
    for _, tries in ipairs { 0, 2, 50 } do
      local decision = backoff(closed, job { tries = tries, resent = 6 })
      assert.is_true(decision.delay >= 4 and decision.delay < 4.25)
      assert.truthy(decision.why:find "circuit")
    end
  end)

  it("chain: a wait beyond the deadline is left to whoever knows better, and kept where nobody does", function()
    local long = fault("limit.rate", { retry_after = 4000 })
    local chain = policy.chain { policy.backoff(), policy.fallback { "runware/x" } }
    assert.equal("runware/x", chain(long, job()).model)
    local last = chain(long, job { tried_models = { ["runware/x"] = true } })
    assert.equal("retry", last.kind)
    assert.is_true(last.delay >= 4000)
    assert.equal("retry", chain(long, job { seconds_left = 5000 }).kind)
  end)

  it("fallback: to the first whose circuit is closed; to an open one only for want of a better", function()
    local fallback = policy.fallback { "runway/gen4.5", "runware/x", "evolink/y" }
    assert.equal("runware/x", fallback(fault "provider.internal", job { closed = { ["runway/gen4.5"] = 5 } }).model)
    local all = { ["runway/gen4.5"] = 20, ["runware/x"] = 7, ["evolink/y"] = 9 }
    local last = fallback(fault "provider.internal", job { closed = all })
    assert.equal("runware/x", last.model)
    assert.equal(7, last.delay)
    local chain = policy.chain { fallback, policy.give_up "none" }
    assert.equal("give_up", chain(fault "provider.internal", job { closed = all }).kind)
  end)

  it("fallback: back to the model that was asked for, where it let nothing in before", function()
    local fallback = policy.fallback { "runway/gen4.5", "runware/x" }
    local away = { home = "runway/gen4_turbo", provider = "runway", model = "gen4.5", tried_models = { ["runway/gen4.5"] = true } }
    assert.equal("runway/gen4_turbo", fallback(fault "provider.internal", job(away)).model)
    away.closed = { ["runway/gen4_turbo"] = 5 }
    assert.equal("runware/x", fallback(fault "provider.internal", job(away)).model)
    away.tried_models["runway/gen4_turbo"] = true
    away.closed = {}
    assert.equal("runware/x", fallback(fault "provider.internal", job(away)).model)
  end)

  it("only_if_fast: not after a failure that has used up the time", function()
    local fast = policy.only_if_fast(10, policy.fallback { "runware/x" })
    local function took(seconds) return job { attempts = { { started_at = 100, ended_at = 100 + seconds } } } end
    assert.equal("runware/x", fast(fault "provider.internal", took(9)).model)
    assert.is_nil(fast(fault "provider.internal", took(11)))
    assert.equal("runware/x", fast(fault "provider.internal", job()).model)
  end)

  it("limit: while the job has used up less than that", function()
    local limited = policy.limit({ tries = 3, seconds = 60, credits = 50 }, yes)
    assert.truthy(limited(fault "unknown", job { submissions = 2, age = 59, spent = 49 }))
    assert.is_nil(limited(fault "unknown", job { submissions = 3 }))
    assert.is_nil(limited(fault "unknown", job { age = 60 }))
    assert.is_nil(limited(fault "unknown", job { spent = 50 }))
    assert.truthy(policy.limit({ tries = 3 }, yes)(fault "unknown", job { age = 1e9, spent = 1e9 }))
  end)

  it("standard: a request's own mistake goes nowhere, but for what another model says of its translation", function()
    local standard = policy.standard { fallback = { "runware/x" } }
    assert.is_nil(standard(fault "request.invalid", job()))
    assert.equal("runware/x", standard(fault "request.invalid", job { home = "runway/gen4_turbo", model = "gen4.5",
      tried_models = { ["runway/gen4_turbo"] = true } }).model)
  end)

  it("standard: tries no model so often that others get none of the usual 12 attempts", function()
    -- Two fallbacks after five attempts each were one more model than 12 attempts reach.
    local list = {}
    for count, tries in ipairs { 4, 3, 2, 1, 1 } do
      list[count] = "runway/other" .. count
      local standard = policy.standard { fallback = list }
      assert.equal("retry", standard(fault "provider.internal", job { tries = tries - 1 }).kind)
      assert.equal("fallback", standard(fault "provider.internal", job { tries = tries }).kind)
      assert.equal("retry", policy.standard { fallback = list, tries = 9 }(fault("provider.internal"), job { tries = 8 }).kind)
    end
  end)

  it("standard: what is turned away goes elsewhere at once, or waits where there is nowhere to go", function()
    local closed = fault("provider.unavailable", { code = "circuit_open", retry_after = 5 })
    assert.equal("runware/x", policy.standard { fallback = "runware/x" } (closed, job()).model)
    assert.equal("retry", policy.standard()(closed, job { tries = 9 }).kind)
    local full = fault("limit.rate", { code = "queue_full", retry_after = 5 })
    assert.equal("retry", policy.standard { fallback = "runware/x" } (full, job { closed = { ["runware/x"] = 30 } }).kind)
    local no_key = fault("account.unauthorized", { code = "circuit_open", retry_after = 60 })
    assert.is_nil(policy.standard()(no_key, job()))
  end)
end)

describe("policy.check", function()
  local function count(report) return #report.unanswered + #report.perhaps + #report.answered end

  it("says which classes are left unanswered, without asking anybody", function()
    local asked = 0
    local own = function() asked = asked + 1 end
    local report = policy.check(policy.chain { policy.on("content", policy.revise { prompt = "x" }), policy.on("limit", policy.backoff()),
      policy.on("network", own) })
    assert.equal(0, asked)
    assert.same({ "content.input", "content.output", "limit.rate" }, report.answered)
    assert.same({ "network.resolve", "network.connect", "network.tls", "network.timeout", "network.interrupted", "network.protocol" },
      report.perhaps)
    assert.truthy(tostring(report):find("unanswered: request.invalid, request.too_large", 1, true))
    local asked_about = 0
    for _, info in ipairs(core.classes()) do
      if not info.class:find "^local" or info.class == "local.storage" then asked_about = asked_about + 1 end
    end
    assert.equal(asked_about, count(report))
  end)

  it("of what answers everything, and of what is a script's own", function()
    local all = policy.check(policy.chain { policy.standard { fallback = { "runware/x", "evolink/y" } }, policy.give_up "nothing helps" })
    assert.equal(0, #all.unanswered)
    assert.equal(0, #all.perhaps)
    assert.equal("every class is answered", tostring(all))
    local own = policy.check(function() end)
    assert.equal(0, #own.unanswered)
    assert.equal(count(own), #own.perhaps)
  end)

  it("agrees with the standard policy, class by class", function()
    for _, options in ipairs { {}, { fallback = { "runware/x", "evolink/y" } } } do
      local standard = policy.standard(options)
      local report, expected = policy.check(standard), {}
      for name, list in pairs { unanswered = report.unanswered, perhaps = report.perhaps, answered = report.answered } do
        for _, class in ipairs(list) do expected[class] = name end
      end
      for class, name in pairs(expected) do
        local answered = standard(fault(class), job()) ~= nil
        if name == "answered" then assert.is_true(answered, class) end
        if name == "unanswered" then assert.is_false(answered, class) end
      end
    end
  end)

  it("finds branches that never answer anything", function()
    local report = policy.check(policy.chain { policy.on("content", policy.backoff()), policy.on({ "limit", "account" }, policy.backoff()),
      policy.on("asset.insecure_url", policy.fallback { "runway/gen4.5" }) })
    assert.same({ "on content", "on asset.insecure_url" }, report.idle)
    assert.same({}, policy.check(policy.standard { fallback = "runway/gen4.5" }).idle)
  end)

  it("finds branches that can never be asked", function()
    local function idle(...) return policy.check(policy.chain { ... }).idle end
    assert.same({ "entry 2, backoff" }, idle(policy.give_up "no", policy.backoff()))
    assert.same({ "entry 2" }, idle(policy.give_up, yes))
    assert.same({ "entry 2, on content.input" }, idle(policy.on("content", policy.give_up()), policy.on("content.input", policy.revise { prompt = "x" })))
    assert.same({ "entry 2, on content" }, idle(policy.on("content", policy.revise { prompt = "x" }), policy.on("content", policy.revise { prompt = "y" })))
    assert.same({ "entry 2, backoff" }, idle(policy.retry(1), policy.backoff()))
    assert.same({ "entry 3, on limit" }, idle(policy.on("limit.rate", policy.retry(1)), policy.fallback { "runway/x" }, policy.on("limit", policy.backoff())))
    assert.same({ "entry 2, on limit" }, idle(policy.chain { policy.on("limit", policy.give_up()) }, policy.on("limit", policy.chain { policy.backoff(), yes })))
    for _, fine in ipairs {
      { policy.on("content.input", policy.give_up()), policy.on("content", policy.revise { prompt = "x" }) },
      { policy.on(yes, policy.give_up()), policy.backoff() }, { policy.backoff(), policy.backoff { tries = 9 } },
      { policy.only_if_fast(5, policy.give_up()), policy.backoff() }, { policy.limit({ tries = 3 }, policy.give_up()), policy.backoff() },
      { policy.retry(1), policy.fallback { "runway/x" }, policy.give_up() }, { yes, policy.standard() },
      { policy.on("content", policy.revise { prompt = "x" }), policy.on("content", policy.fallback("runway/x")) },
    } do assert.same({}, policy.check(policy.chain(fine)).idle) end
  end)

  it("tells of fallbacks to providers that nobody has defined yet", function()
    local report = policy.check(policy.chain { policy.standard { fallback = { "runway/gen4.5", "later/x" } }, policy.on("model", policy.fallback "later/y"),
      policy.fallback { { model = "later/x", duration = 5 } } })
    assert.same({ "later/x", "later/y" }, report.undefined)
    assert.truthy(tostring(report):find("undefined: later/x, later/y", 1, true))
  end)

  it("knows what conditions and questions leave open", function()
    local function answers(made, class)
      local report = policy.check(made)
      for _, name in ipairs { "unanswered", "perhaps", "answered" } do
        for _, each in ipairs(report[name]) do
          if each == class then return name end
        end
      end
    end
    assert.equal("perhaps", answers(policy.only_if_fast(5, policy.fallback { "runway/x" }), "provider.internal"))
    assert.equal("unanswered", answers(policy.only_if_fast(5, policy.backoff()), "content.input"))
    assert.equal("answered", answers(policy.limit({ tries = 3 }, policy.backoff()), "provider.internal"))
    assert.equal("perhaps", answers(policy.ask(yes), "unknown"))
    assert.equal("answered", answers(policy.ask(yes, { otherwise = policy.give_up() }), "unknown"))
    assert.equal("perhaps", answers(policy.fallback { "runway/x" }, "content.input"))
    assert.equal("answered", answers(policy.fallback { { model = "runway/x", prompt = "y" } }, "content.input"))
    assert.equal("perhaps", answers(policy.fallback { "runway/x" }, "account.credits"))
    assert.equal("unanswered", answers(policy.fallback { "runway/x" }, "submit.unknown"))
  end)
end)
