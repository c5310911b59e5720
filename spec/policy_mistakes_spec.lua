local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("a policy that", function()
  local simulator
  local down = { faults = { { on = "submit", match = { model = "gen4_turbo" }, status = 503, times = "always" } },
    tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }

  setup(function() simulator = simulator_of.start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  -- Two jobs of one client, of which one has a failure to decide about: its fault, and the other's result.
  local function beside(bad, deadline)
    simulator:script(down)
    local client = main_job.client(simulator, { policy = bad })
    local other = client:start(main_job.request { model = "runway/gen4.5" })
    local job = client:start(main_job.request { deadline = deadline })
    local before = client.host.now()
    local _, fault = job:await()
    local took = client.host.now() - before
    local result, trouble = other:await()
    assert.is_nil(trouble)
    assert.equal("runway/gen4.5", result.model)
    assert.equal(0, client.running)
    client:close()
    assert.equal("local.refused", fault.class)
    assert.truthy(fault.message:find("after provider.unavailable", 1, true), fault.message)
    assert.equal("none", fault.effect)
    assert.equal("no", fault.billed)
    assert.equal(1, #simulator:submissions { paid = true })
    return fault, took
  end

  it("throws ends its own job with what it threw, and disturbs no other", function()
    local fault = beside(function() error "a bug" end)
    assert.equal("policy_error", fault.code)
    assert.truthy(fault.message:find "policy_mistakes_spec.lua:%d+: a bug", fault.message)
    assert.truthy(beside(function() error { "not a text" } end).message:find("the policy failed: table", 1, true))
    assert.truthy(beside(function() local nothing = nil; return nothing.x end).message:find("attempt to index", 1, true))
  end)

  it("throws after it has waited", function()
    local fault = beside(function(_, job)
      job.client:sleep(5)
      error "late bug"
    end)
    assert.truthy(fault.message:find("late bug", 1, true))
  end)

  it("answers with nonsense", function()
    for _, answer in ipairs { "retry", 5, true, {}, function() end, { kind = "retry", delay = 0 } } do
      local fault = beside(function() return answer end)
      assert.equal("policy_answer", fault.code)
      assert.truthy(fault.message:find("which is no decision", 1, true), fault.message)
    end
  end)

  it("revises into nonsense is told with the script's line", function()
    local message = beside(function() return policy.revise { prompt = function() return 5 end } end).message
    assert.truthy(message:find "what the policy changes %(prompt at spec/policy_mistakes_spec.lua:%d+%) failed: .*prompt has to be a string", message)
  end)

  it("spoils the fields of a decision that has no use for them is answered all the same", function()
    simulator:script { faults = { { on = "submit", status = 503, times = 1 } }, tasks = { { states = { "SUCCEEDED" } } } }
    local client = main_job.client(simulator, { policy = function()
      local made = policy.retry()
      made.changes = "soon"
      return made
    end })
    assert.is_truthy(client:start(main_job.request()):await())
    client:close()
  end)

  it("is a decision is answered each time, as everywhere where a policy is wanted", function()
    simulator:script(down)
    local client = main_job.client(simulator, { policy = policy.give_up "never mind" })
    local job = client:start(main_job.request())
    local _, fault = job:await()
    assert.equal("provider.unavailable", fault.class)
    assert.equal("never mind", job.attempts[1].why)
    client:close()
    for _, wrong in ipairs { "standard", 5, {}, true } do
      local ok, message = pcall(function() retake.client { policy = wrong } end)
      assert.is_false(ok)
      assert.truthy(message:find "policy_mistakes_spec.lua:%d+: option policy has to be a policy", message)
    end
  end)

  it("answers with a decision that it has spoilt", function()
    local function spoilt(made, field, value)
      made[field] = value
      return made
    end
    for _, one in ipairs {
      { "delay", "soon" }, { "delay", -1 }, { "delay", 0 / 0 }, { "delay", {} }, { "delay", false }, { "kind", "explode" }, { "kind", {} },
      { "why", {} }, { "model", 0 / 0 }, { "model", "runway/gen4.5" },
    } do
      local fault = beside(function() return spoilt(policy.retry(1), one[1], one[2]) end)
      assert.equal("policy_answer", fault.code)
      assert.truthy(fault.message:find("a decision that cannot be carried out: ", 1, true), fault.message)
    end
    for _, model in ipairs { 5, "", "runway", {} } do
      assert.equal("policy_answer", beside(function() return spoilt(policy.fallback "runway/gen4.5", "model", model) end).code)
    end
    for _, changes in ipairs { {}, 5, { seed = {} }, { model = "runway/gen4.5" }, { nonsense = 1 } } do
      assert.equal("policy_answer", beside(function() return spoilt(policy.revise { seed = 1 }, "changes", changes) end).code)
    end
  end)

  it("stays with a model that cannot serve the request is told so", function()
    simulator:script(down)
    local client = main_job.client(simulator, { policy = function() return policy.fallback "runway/gen4.5" end })
    local _, fault = client:start { model = "runway/gen4.5", prompt = "a boat", duration = 5 }:await() -- no ratio
    assert.equal("local.refused", fault.class)
    assert.equal("unfit", fault.code)
    client:close()
  end)

  it("makes a request of no sense", function()
    assert.truthy(beside(function() return policy.revise { prompt = function() return 5 end } end).message:find("prompt has to be a string", 1, true))
    assert.truthy(beside(function() return policy.revise { duration = function() error "no idea" end } end).message:find("no idea", 1, true))
    assert.truthy(beside(function() return policy.fallback("runway/veo3.1", { image = function() return {} end }) end).message
      :find("image has to be a string", 1, true))
  end)

  it("yields by itself, also across a pcall", function()
    assert.truthy(beside(function() return coroutine.yield() end).message:find("yielded by itself", 1, true))
    local fault = beside(function()
      local ok, trouble = pcall(coroutine.yield)
      error("after the pcall: " .. tostring(ok) .. tostring(trouble))
    end)
    assert.truthy(fault.message:find("yield", 1, true), fault.message)
  end)

  it("waits in a pcall either waits or is told that this Lua cannot", function()
    local waited
    simulator:script(down)
    local client = main_job.client(simulator, { policy = function(_, job)
      waited = pcall(job.client.sleep, job.client, 3)
      return policy.give_up()
    end })
    local _, fault = client:start(main_job.request()):await()
    assert.equal("provider.unavailable", fault.class)
    assert.equal(_VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil, waited)
    client:close()
  end)

  it("waits for ever is left when the deadline passes", function()
    for _, forever in ipairs {
      function(_, job) job.client:sleep(1e9) end,
      function(_, job) while true do job.client:sleep(60) end end,
      policy.ask(function() end, { timeout = 1e9 }),
      function() return policy.revise { prompt = function() return coroutine.yield() end } end,
    } do
      local fault, took = beside(forever, 300)
      if fault.code == "policy_late" then
        assert.is_true(took >= 299 and took <= 303, "ended after " .. took)
        assert.truthy(fault.message:find("had not answered when the job's deadline passed", 1, true))
      else assert.truthy(fault.message:find("yielded by itself", 1, true)) end
    end
  end)

  it("waits for its own job, or for one that waits for it", function()
    assert.truthy(beside(function(_, job) return job:await() end).message:find("a job cannot wait for its own end", 1, true))
  end)

  if not rawget(_G, "jit") then
    it("computes for ever is stopped", function()
      local fault = beside(function() while true do end end)
      assert.truthy(fault.message:find("100 million steps", 1, true), fault.message)
    end)

    -- It caught the error that was to stop it, and the whole client stood still.
    it("computes for ever and catches all errors is stopped too", function()
      local fault = beside(function()
        repeat local done = pcall(function() while true do end end) until done
      end)
      assert.truthy(fault.message:find("100 million steps", 1, true), fault.message)
    end)
  end

  it("always knows another model that fails before anything is sent comes to an end", function()
    simulator:script(down)
    local count = 0
    local client = main_job.client(simulator, { policy = function()
      count = count + 1
      return policy.fallback("runway/new_" .. count)
    end })
    local _, fault = client:start(main_job.request { save = "/nowhere/at/all.mp4" }):await()
    assert.equal("local.budget", fault.class)
    assert.is_true(count < 60)
    assert.equal(0, #simulator:log())
    client:close()
  end)

  it("answers the same whatever it is told ends with the rule that refuses it", function()
    simulator:script(down)
    for _, stubborn in ipairs { function() return policy.retry(0) end, function() return policy.fallback "runway/gen4_turbo" end } do
      local client = main_job.client(simulator, { policy = stubborn, circuit = false })
      local _, fault = client:start(main_job.request()):await()
      assert.equal("local.refused", fault.class)
      assert.equal("resends", fault.code)
      client:close()
    end
  end)
end)

describe("policy.ask", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  local script = { faults = { { on = "submit", status = 503 } }, tasks = { { states = { "SUCCEEDED" } } } }

  it("waits for the answer, and nothing else does", function()
    simulator:script(script)
    local pending
    local client = main_job.client(simulator, { policy = policy.ask(function(fault, _, answer) pending = { fault = fault, answer = answer } end) })
    local job, other = client:start(main_job.request()), client:start(main_job.request { seed = 2 })
    while not (job.done or other.done) do client:wait(1) end -- which of the two the 503 met depends on what arrives first
    assert.is_false(job.done and other.done)
    local waiting = job.done and other or job
    assert.equal("provider.unavailable", pending.fault.class)
    assert.is_true(pending.answer(policy.retry(1, "go on")))
    assert.is_false(pending.answer(policy.give_up())) -- only the first counts
    local result = assert(waiting:await())
    assert.equal("go on", result.attempts[1].why)
    client:close()
  end)

  it("takes an answer at once, and one that a service gave", function()
    local at_once = main_job.run(simulator, script, nil, { policy = policy.ask(function() return policy.retry(1) end) })
    assert.is_nil(at_once.fault)
    local served = main_job.run(simulator, script, nil, { policy = policy.ask(function(_, job, answer)
      job.client:spawn(function()
        job.client:sleep(40)
        answer(policy.retry(1))
      end)
    end) })
    assert.is_nil(served.fault)
    assert.is_true(served.seconds >= 41 and served.seconds < 60)
    assert.equal("retry", served.by_name.answered[1].decision)
    assert.equal(600, served.by_name.asking[1].timeout)
  end)

  it("goes on without an answer when the time is over", function()
    local asked = policy.ask(function() end, { timeout = 30, otherwise = policy.retry(1) })
    local one = main_job.run(simulator, script, nil, { policy = asked })
    assert.is_nil(one.fault)
    assert.is_true(one.seconds >= 31)
    assert.is_true(one.by_name.answered[1].late)
    local none = main_job.run(simulator, script, nil, { policy = policy.ask(function() end, { timeout = 30 }) })
    assert.equal("provider.unavailable", none.fault.class)
  end)

  it("ends with a cancelled job", function()
    simulator:script(script)
    local client = main_job.client(simulator, { policy = policy.ask(function() end) })
    local job = client:start(main_job.request())
    job:on("asking", function() client:spawn(function()
      client:sleep(10)
      job:cancel()
    end) end)
    local before = client.host.now()
    local _, fault = job:await()
    assert.equal("local.cancelled", fault.class)
    assert.is_true(client.host.now() - before < 15)
    client:close()
  end)

  it("an answer that is none is a mistake of the policy", function()
    local one = main_job.run(simulator, script, nil, { policy = policy.ask(function() return "yes" end) })
    assert.equal("policy_answer", one.fault.code)
  end)

  it("an answer that is none is told to whoever gives it, who may give another", function()
    -- The job ended with policy_answer, and the person before the screen heard nothing of it.
    local thrown
    local one = main_job.run(simulator, script, nil, { policy = policy.ask(function(_, _, answer)
      for _, wrong in ipairs { "yes", true, {} } do
        local ok, message = pcall(answer, wrong)
        assert(not ok)
        thrown = message
      end
      local ok, message = pcall(function() answer "yes" end)
      assert(not ok and message:find "policy_mistakes_spec.lua:%d+: ask: answer%(decision%) takes a decision", message)
      answer(policy.give_up "for a person")
    end) })
    assert.truthy(thrown:find("takes a decision", 1, true))
    assert.equal("for a person", one.job.attempts[1].why)
  end)
end)
