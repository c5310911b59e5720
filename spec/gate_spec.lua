local core = require "retake.core"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy
local A, B = ("a1"):rep(32), ("b2"):rep(32)

describe("the gate", function()
  local function gate(options) return core.gate(options or {}) end
  local function proposal(fields)
    local all = { move = "retry", class = "provider.internal", failed_at = 100, at = 200, provider = "runway", model = "gen4_turbo",
      to_provider = "runway", to_model = "gen4_turbo", content = A }
    for key, value in pairs(fields) do all[key] = value end
    return all
  end
  local function decide(fields, options) return gate(options):decide(proposal(fields)) end
  local function refused_by(rule, earliest, fields, options)
    local allowed, name, time = decide(fields, options)
    assert.is_nil(allowed)
    assert.equal(rule, name)
    assert.equal(earliest, time)
  end

  it("allows what every class allows, and nothing else, by its retry column", function()
    for _, info in ipairs(core.classes()) do
      local allowed, rule = decide { class = info.class, at = 1e6 }
      local expected = ({ never = "never", change = "unchanged", poll = "paid_once" })[info.retry]
      if info.retry == "wait" then assert.is_true(allowed, info.class) else assert.equal(expected, rule, info.class) end
    end
  end)

  it("holds every floor to the second and every count of resends", function()
    for _, info in ipairs(core.classes()) do
      if info.retry == "wait" then
        if info.floor > 0 then
          refused_by("floor", 100 + info.floor, { class = info.class, at = 100 + info.floor - 0.001 })
        end
        assert.is_true(decide { class = info.class, at = 100 + info.floor, resends = info.resends - 1 })
        refused_by("resends", nil, { class = info.class, at = 1e6, resends = info.resends })
      end
    end
  end)

  it("keeps the fault's own floor, and Retry-After in its place", function()
    refused_by("floor", 130, { floor = 30, at = 129 })
    refused_by("retry_after", 160, { floor = 30, retry_after = 60, at = 159 })
    assert.is_true(decide { floor = 30, retry_after = 1, at = 101 })
  end)

  it("lets fallbacks go where the class's elsewhere column says", function()
    for _, info in ipairs(core.classes()) do
      local beside = decide { move = "fallback", class = info.class, to_model = "gen4.5", content_changed = true, content = B }
      local away = decide { move = "fallback", class = info.class, to_provider = "runware", to_model = "x", content_changed = true, content = B }
      assert.equal(info.elsewhere == "any" or nil, beside, info.class)
      assert.equal(info.elsewhere ~= "no" or nil, away, info.class)
    end
  end)

  it("lets refused content go on only changed, or to another provider where that was allowed", function()
    local away = { move = "fallback", class = "content.input", to_provider = "runware", to_model = "x" }
    refused_by("unchanged", nil, away)
    assert.is_true(decide(away, { reroute_refused = true }))
    refused_by("unchanged", nil, { move = "fallback", class = "content.input", to_model = "gen4.5" }, { reroute_refused = true })
    refused_by("unchanged", nil, { move = "revise", class = "content.input", request_changed = true }) -- another seed is no other content
    assert.is_true(decide { move = "revise", class = "content.input", content_changed = true, request_changed = true, content = B })
    refused_by("unchanged", nil, { move = "revise", class = "request.invalid" })
    assert.is_true(decide { move = "revise", class = "request.invalid", request_changed = true })
  end)

  it("remembers refused content per provider, over all proposals", function()
    local one = gate()
    one:remember("runway", A)
    local _, rule = one:decide(proposal { at = 1e6 })
    assert.equal("refused_content", rule)
    _, rule = one:submit("runway", A, false)
    assert.equal("refused_content", rule)
    assert.is_true(one:submit("runware", A, false))
    assert.is_true(one:submit("runway", B, false))
    assert.is_true(one:forget("runway", A))
    assert.is_true(one:submit("runway", A, false))
    assert.is_false(one:forget("runway", A))
  end)

  it("bounds what it remembers, and forgets only the oldest", function()
    local one = gate { fingerprints = 100 }
    local function print_of(n) return ("%064x"):format(n) end
    for n = 1, 1000 do one:remember("runway", print_of(n)) end
    assert.is_false(one:remembers("runway", print_of(1)))
    for n = 951, 1000 do assert.is_true(one:remembers("runway", print_of(n))) end
  end)

  it("keeps a retry budget per provider: 5 a resend, 10 after a timeout, given back by success", function()
    local one = gate()
    for _ = 1, 100 do assert.is_true(one:submit("runway", A, true, false)) end
    assert.equal(0, one:tokens "runway")
    local _, rule = one:submit("runway", A, true, false)
    assert.equal("retry_budget", rule)
    _, rule = one:decide(proposal { at = 1e6 })
    assert.equal("retry_budget", rule)
    assert.is_true(one:submit("runway", A, false, false)) -- first tries are never refused
    assert.is_true(one:submit("runware", A, true, false))
    for _ = 1, 5 do one:succeeded("runway", false, false) end
    assert.equal(5, one:tokens "runway")
    assert.is_true(one:submit("runway", A, true, false))
    one:succeeded("runway", true, false)
    assert.equal(5, one:tokens "runway")
    one:succeeded("runway", true, true)
    assert.equal(15, one:tokens "runway")
    assert.is_true(one:submit("runway", A, true, true))
    assert.equal(5, one:tokens "runway")
    for _ = 1, 1000 do one:succeeded("runway", false, false) end
    assert.equal(500, one:tokens "runway")
  end)

  it("allows no poll below the provider's floor, and one a minute when the polls' budget is spent", function()
    local one = gate()
    assert.is_true(one:poll("runway", 100, nil, 5, false))
    local allowed, rule, earliest = one:poll("runway", 104.9, 100, 5, false)
    assert.same({ nil, "poll_floor", 105 }, { allowed, rule, earliest })
    assert.is_true(one:poll("runway", 105, 100, 5, false))
    local now = 1000
    for _ = 1, 100 do
      assert.is_true(one:poll("runway", now, now - 10, 5, true))
      now = now + 10
    end
    assert.is_true(one:poll("runway", now, now - 10, 5, true)) -- the first probe
    allowed, rule, earliest = one:poll("runway", now + 10, now, 5, true)
    assert.same({ nil, "poll_budget", now + 60 }, { allowed, rule, earliest })
    assert.is_true(one:poll("runway", now + 60, now, 5, true))
    one:polled("runway", true)
    assert.is_true(one:poll("runway", now + 70, now + 60, 5, true))
  end)

  it("sends a paid submission of unknown outcome again only where the provider recognises it, and not for ever", function()
    refused_by("paid_once", nil, { class = "submit.unknown" })
    assert.is_true(decide { class = "submit.unknown", recognised = true, resends = 2 })
    refused_by("resends", nil, { class = "submit.unknown", recognised = true, resends = 3 })
    assert.is_true(decide({ class = "submit.unknown" }, { accept_double_charge = true }))
    refused_by("paid_once", nil, { move = "fallback", class = "submit.unknown", to_provider = "runware", to_model = "x" })
  end)

  it("lets nothing be made anew while a paid output is there to fetch", function()
    refused_by("paid_once", nil, { class = "network.interrupted", paid = true })
    refused_by("paid_once", nil, { move = "fallback", class = "network.interrupted", to_provider = "runware", to_model = "x", paid = true })
  end)

  it("throws on tables it cannot judge", function()
    assert.has_error(function() decide { class = "no.such" } end, "unknown failure class 'no.such'")
    assert.has_error(function() decide { move = "jump" } end, "gate: unknown move 'jump'")
    assert.has_error(function() decide { content = "12" } end, "gate: a fingerprint is 64 hex digits")
  end)
end)

describe("a policy that always says retry", function()
  local simulator
  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end
  local insists = function() return policy.retry(0) end

  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function failing(code, failure)
    return { tasks = { { states = { { "FAILED", code = code, failure = failure or "x", refund = true } } } } }
  end

  it("cannot send refused content twice", function()
    local one = run(failing("SAFETY.INPUT.TEXT", "flagged"), nil, { policy = insists })
    assert.equal("local.refused", one.fault.class)
    assert.equal("unchanged", one.fault.code)
    assert.equal(1, one.submissions)
  end)

  it("cannot send refused content in a later job of the same client either", function()
    simulator:script(failing("SAFETY.INPUT.TEXT", "flagged"))
    local client = main_job.client(simulator, { policy = policy.give_up })
    local _, first = client:start(main_job.request()):await()
    assert.equal("content.input", first.class)
    for _, fields in ipairs { {}, { seed = 7 }, { ratio = "720:1280" }, { prompt = "  A paper BOAT on  a river " } } do
      local _, fault = client:start(main_job.request(fields)):await()
      assert.equal("content.input", fault.class)
      assert.equal("refused_content", fault.code)
    end
    assert.equal(1, #simulator:submissions())
    client:close()
  end)

  it("cannot exceed the resends of a class, whatever it does to the request it is shown", function()
    local one = run(failing "INTERNAL.BAD_OUTPUT.CODE01", nil, { policy = function(_, job)
      job.request.prompt = "changed behind the gate's back"
      return policy.retry(0)
    end })
    assert.equal("resends", one.fault.code)
    assert.equal(3, one.submissions)
    local internal = run(failing "INTERNAL", nil, { policy = insists })
    assert.equal("resends", internal.fault.code)
    assert.equal(5, internal.submissions)
  end)

  it("cannot come back faster than the floor: the wait is raised, and the rule is named", function()
    local one = run(failing("INTERNAL", 'Generation failed: {"code":13,"message":"Internal error. Please try again later."}'), nil,
      { policy = insists })
    for n = 1, 4 do
      assert.is_true(main_job.wait_between(one, n) >= 30)
      assert.equal("floor", one.job.attempts[n].why)
    end
  end)

  it("cannot spend more than the retry budget of the provider", function()
    simulator:script { faults = { { on = "submit", status = 503, times = "always" } } }
    local client = main_job.client(simulator, { policy = insists, circuit = false }) -- a circuit would keep the submissions back before the gate does
    local rules = {}
    for n = 1, 30 do
      local _, fault = client:start(main_job.request { seed = n }):await()
      rules[fault.code] = (rules[fault.code] or 0) + 1
      if fault.code == "retry_budget" then assert.equal("local.budget", fault.class) end
    end
    client:close()
    assert.is_true(rules.retry_budget > 0 and rules.resends > 0)
    assert.equal(30 + 100, #simulator:submissions()) -- each first try, and the 500 tokens' worth of resends
  end)

  it("cannot exceed the job's attempts and credits", function()
    local one = run({ faults = { { on = "submit", status = 503, times = "always" } } }, { max_attempts = 3 }, { policy = insists })
    assert.equal("local.budget", one.fault.class)
    assert.equal(3, one.submissions)
    local two = run(failing "INTERNAL", { max_credits = 20 }, { policy = insists })
    assert.equal("local.budget", two.fault.class)
    assert.equal(0, two.submissions) -- the model's estimate is 25
  end)

  it("cannot change back to a request that has failed already to get around its floor", function()
    local one = run(failing "INTERNAL", nil, { policy = function(_, job)
      return policy.revise { seed = job.request.seed == 1 and 2 or 1 }
    end })
    local sent = {}
    for _, row in ipairs(one.job.attempts) do sent[#sent + 1] = row.started_at end
    assert.is_true(#sent >= 4)
    for n = 1, #sent - 2 do assert.is_true(sent[n + 2] - sent[n] >= 2) end
    assert.is_true(one.submissions <= 12)
  end)
end)
