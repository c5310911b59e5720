local core = require "retake.core"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

local boat = { model = "runway/gen4_turbo", prompt = "a paper boat on a river", image = "https://example.com/boat.png", ratio = "1280:720", duration = 5 }
local others = { runway = boat,
  evolink = { model = "evolink/veo-3.1-fast-generate-preview", prompt = "a paper boat", ratio = "16:9", duration = 8 },
  runware = { model = "runware/klingai:5@3", prompt = "a paper boat", width = 1920, height = 1080, duration = 5 },
  rehearsed = { model = "rehearsed/any", prompt = "a paper boat" } }

local function with(request, fields)
  local copy = {}
  for key, value in pairs(request) do copy[key] = value end
  for key, value in pairs(fields) do copy[key] = value end
  return copy
end

local function classes_of(ledger)
  local classes = {}
  for i, row in ipairs(ledger) do classes[i] = row.class or "succeeded" end
  return classes
end

local function decisions_of(ledger)
  local decisions = {}
  for i, row in ipairs(ledger) do decisions[i] = row.decision or "" end
  return decisions
end

retake.provider.define {
  name = "rehearsed", base_url = "https://rehearsed.example", auth = { header = "Authorization" },
  submit = { encode = function(request) return { path = "/make", body = { text = request.prompt } } end,
    decode = function(body) return body.ticket and { task_id = body.ticket } end },
  poll = { path = function(id) return "/ticket/" .. id end, floor = 3,
    decode = function(body) return body.ticket and { task_id = body.ticket, state = body.done and "succeeded" or "running", outputs = body.files } end },
}

local given_up = function(_, job) return job.tries == 0 and policy.give_up() or nil end

describe("a rehearsal", function()
  local client
  before_each(function() client = retake.client { policy = policy.standard() } end)
  after_each(function() client:close() end)

  it("takes a job through the failures in order, and then to success", function()
    client.policy = policy.chain {
      policy.on("content.input", function(_, job) return policy.revise { prompt = job.request.prompt .. ", in watercolour" } end),
      policy.standard(),
    }
    local ledger, run = client:start(with(boat, { rehearse = { "provider.internal", "content.input", "limit.rate" } }))
    assert.same({ "provider.internal", "content.input", "limit.rate", "succeeded" }, classes_of(ledger))
    assert.same({ "retry", "revise", "retry", "" }, decisions_of(ledger))
    assert.equal("a paper boat on a river, in watercolour", run.sent[4].request.prompt)
    assert.equal("a paper boat on a river, in watercolour", run.sent[4].body.promptText)
    assert.is_nil(run.fault)
    assert.equal(1, #run.result.outputs)
    assert.same({}, run.unmet)
    assert.same({}, run.errors)
    assert.equal(ledger, run.attempts)
    assert.truthy(tostring(run):find("limit.rate", 1, true))
    assert.is_true(require("cjson").encode(ledger) ~= nil)
    local names = {}
    for _, event in ipairs(run.events) do names[event.event] = (names[event.event] or 0) + 1 end
    assert.equal(3, names.fault)
    assert.equal(3, names.decision)
    assert.equal(1, names.succeeded)
  end)

  it("passes the gate: floors and the time the provider names hold, and refused content does not go again", function()
    client.policy = function() return policy.retry(0) end
    local ledger = client:start(with(boat, { rehearse = { "provider.capacity", { class = "limit.rate", retry_after = 40 } } }))
    assert.is_near(30, ledger[1].delay, 0.001) -- the rule's own floor
    assert.equal("floor", ledger[1].why)
    assert.is_near(40, ledger[2].delay, 0.001)
    assert.equal("retry_after", ledger[2].why)
    assert.is_near(40, ledger[3].started_at - ledger[2].ended_at, 0.001)
    local refused, run = client:start(with(boat, { rehearse = { "content.input", "limit.rate" } }))
    assert.equal(1, #refused)
    assert.equal("local.refused", run.fault.class)
    assert.equal("unchanged", run.fault.code)
    assert.same({ "limit.rate" }, run.unmet)
  end)

  it("keeps to deadline, credits and attempts", function()
    client.policy = function() return policy.retry(0) end
    local _, late = client:start(with(boat, { deadline = 60, rehearse = { { class = "provider.timeout", after = 50 }, "provider.internal" } }))
    assert.equal("local.deadline", late.fault.class)
    assert.is_true(late.seconds <= 60.6)
    local ledger, few = client:start(with(boat, { max_attempts = 2, rehearse = { "provider.internal", "provider.internal" } }))
    assert.equal("local.budget", few.fault.class)
    assert.equal(2, #ledger)
    local _, dear = client:start(with(boat, { max_credits = 20, rehearse = {} }))
    assert.equal("local.budget", dear.fault.class)
    assert.equal(0, #dear.sent)
  end)

  it("takes its time: a failure may come late", function()
    client.policy = function() return policy.give_up() end
    local ledger = client:start(with(boat, { rehearse = { { class = "provider.internal", after = 100 } } }))
    local seconds = ledger[1].ended_at - ledger[1].started_at
    assert.is_true(seconds >= 100 and seconds < 112, seconds)
    ledger = client:start(with(boat, { rehearse = { { class = "limit.rate", after = 7 } } }))
    assert.is_near(7, ledger[1].ended_at - ledger[1].started_at, 0.001)
  end)

  it("takes the same seconds each time", function()
    client.policy = function() return policy.retry(3) end
    local request = with(boat, { rehearse = { "limit.rate", "provider.unavailable" } })
    local _, first = client:start(request)
    local _, second = client:start(request)
    assert.is_near(first.seconds, second.seconds, 0.001)
  end)

  it("goes to other providers, whose answers are their own", function()
    client.policy = policy.standard { tries = 1, fallback = { others.evolink, others.runware } }
    local ledger, run = client:start(with(boat, { rehearse = { "account.credits", "account.credits" } }))
    assert.same({ "account.credits", "account.credits", "succeeded" }, classes_of(ledger))
    assert.same({ "runway", "evolink", "runware" }, { ledger[1].provider, ledger[2].provider, ledger[3].provider })
    assert.same({ "runway", "evolink" }, { run.steps[1].provider, run.steps[2].provider })
    assert.is_truthy(run.result)
  end)

  it("tells of a category where one is asked for", function()
    local seen
    client.policy = function(fault) seen = fault return policy.give_up() end
    for category in pairs { person = 1, celebrity = 1, copyright = 1, adult = 1, violence = 1, minor = 1 } do
      for _, request in pairs(others) do
        client:start(with(request, { rehearse = { { class = "content.input", category = category } } }))
        assert.equal("content.input", seen.class)
        assert.equal(category, seen.category)
      end
    end
  end)

  -- What a provider's own rules make of an answer: Runware takes a second submission under the same name for the first, and goes on with it.
  local absorbed = { ["runware task.duplicate"] = true }

  for name, request in pairs(others) do
    it("knows every class at " .. name, function()
      for _, info in ipairs(core.classes()) do
        if not info.class:find "^local%." or info.class == "local.storage" then
          local seen
          client.policy = function(fault) seen = fault return policy.give_up() end
          local ledger, run = client:start(with(request, { rehearse = { info.class } }))
          if absorbed[name .. " " .. info.class] then
            assert.is_truthy(run.result)
          else
            local what = name .. " " .. info.class
            assert.is_true(run.steps[1].met, what .. ": " .. tostring(run))
            assert.equal(info.class, seen.class)
            assert.equal(name, seen.provider, what)
            assert.is_true(#ledger == 1 or info.class == "local.storage", what)
            assert.same({}, run.errors)
            if info.retry == "wait" and not info.class:find "^local" then assert.is_not.equal("unknown", seen.effect, what) end
          end
        end
      end
    end)

    it("succeeds with nothing to rehearse at " .. name, function()
      local ledger, run = client:start(with(request, { rehearse = {} }))
      assert.same({ "succeeded" }, classes_of(ledger))
      assert.equal(1, #run.sent)
      assert.is_truthy(run.result)
    end)
  end

  it("plays what has become of a submission that a provider recognises", function()
    client.policy = given_up
    local ledger, run = client:start(with(others.evolink, { rehearse = { "submit.unknown" } }))
    assert.equal("submit.unknown", ledger[1].class)
    assert.equal(4, #run.sent) -- the first, and three times under the same name
    assert.equal("unknown", run.fault.effect)
  end)

  it("writes no file, uploads none, and cancels nothing", function()
    local path = main_job.temporary ".mp4"
    local ledger, run = client:start(with(boat, { image = "spec/fixtures/boat.png", save = path, rehearse = { "limit.rate" } }))
    assert.same({ "limit.rate", "succeeded" }, classes_of(ledger))
    assert.same({ path }, run.result.files)
    assert.is_nil(io.open(path, "rb"))
    for name, request in pairs(others) do
      if name ~= "rehearsed" then
        local inline = with(request, { model = request.model, image = "spec/fixtures/boat.png", width = nil, height = nil })
        local _, other = client:start(with(inline, { rehearse = {} }))
        assert.is_truthy(other.result or other.fault:is "request" or other.fault:is "asset", name .. tostring(other.fault))
      end
    end
  end)

  it("ends with the mistakes of a policy as a real job would", function()
    for _, mistake in ipairs { function() error "lost my way" end, function() return 7 end, function() coroutine.yield() end } do
      client.policy = mistake
      local ledger, run = client:start(with(boat, { rehearse = { "limit.rate" } }))
      assert.equal(1, #ledger)
      assert.truthy(run.fault)
      assert.is_true(#run.errors + (run.fault:is "local" and 1 or 0) > 0)
    end
  end)

  it("ends although a policy never does", function()
    client.policy = function(_, job)
      while true do job.client:sleep(600) end
    end
    local _, run = client:start(with(boat, { rehearse = { "limit.rate" } }))
    assert.truthy(run.fault)
    assert.is_true(run.fault:is "local")
    client.policy = function(_, job)
      while true do job.client:sleep(0) end
    end
    _, run = client:start(with(boat, { rehearse = { "limit.rate" } }))
    assert.is_true(run.fault:is "local")
  end)

  it("has circuits of its own, which open and close again", function()
    client.policy = policy.chain { policy.on("provider.unavailable", function(fault) return policy.retry(fault.retry_after or 0) end) }
    local list = {}
    for n = 1, 6 do list[n] = "provider.unavailable" end
    for _ = 1, 2 do -- the second finds nothing of the first's
      local _, run = client:start(with(boat, { rehearse = list }))
      local circuits = {}
      for _, event in ipairs(run.events) do
        if event.event == "circuit" then circuits[#circuits + 1] = event.state end
      end
      assert.equal("open", circuits[1])
      assert.equal("closed", circuits[#circuits])
      assert.is_truthy(run.result, tostring(run) .. tostring(run.fault))
      assert.same({}, run.unmet)
    end
  end)

  it("answers questions about the account with nothing in particular", function()
    local account
    client.policy = function(_, job)
      account = job.client:account "runway"
      return policy.give_up()
    end
    client:start(with(boat, { rehearse = { "limit.rate" } }))
    assert.is_table(account)
    assert.is_nil(account.credits)
  end)

  it("lets a policy start jobs of its own, which go well", function()
    client.policy = function(_, job)
      local result = assert(job.client:start(others.evolink):await())
      return policy.retry(0, result.outputs[1] and "helped")
    end
    local ledger, run = client:start(with(boat, { rehearse = { "provider.internal", "limit.rate" } }))
    assert.same({ "provider.internal", "limit.rate", "succeeded" }, classes_of(ledger))
    assert.same({}, run.errors)
  end)

  it("may be asked for within a policy and within a coroutine", function()
    local inner
    client.policy = function(fault, job)
      local ok, message = pcall(job.client.start, job.client, with(boat, { rehearse = {} }))
      inner = { ok, message, fault.class }
      return policy.give_up()
    end
    coroutine.wrap(function() client:start(with(boat, { rehearse = { "limit.rate" } })) end)()
    assert.is_false(inner[1])
    assert.truthy(inner[2]:find("a rehearsal cannot be rehearsed", 1, true))
  end)

  it("throws at the caller's place where the list is wrong", function()
    for text, list in pairs {
      ["entry 1: unknown failure class 'provider.inernal'"] = { "provider.inernal" },
      ["entry 2: unknown failure class 'content'"] = { "limit.rate", "content" },
      ["entry 1: local.deadline is retake's own verdict"] = { "local.deadline" },
      ["entry 1: unknown field 'wait'"] = { { class = "limit.rate", wait = 1 } },
      ["entry 1: retry_after is a number of seconds"] = { { class = "limit.rate", retry_after = -1 } },
      ["entry 1: unknown category 'x'"] = { { class = "content.input", category = "x" } },
      ["entry 1: a category is for refused content"] = { { class = "limit.rate", category = "adult" } },
      ["rehearse needs a list of failure classes"] = { class = "limit.rate" },
    } do
      local ok, message = pcall(function() client:start(with(boat, { rehearse = list })) end)
      assert.is_false(ok)
      assert.truthy(message:find "rehearsal_spec.lua:%d+: ", message)
      assert.truthy(message:find(text, 1, true), message)
    end
    local ok, message = pcall(function() client:start(with(boat, { duration = "5", rehearse = {} })) end)
    assert.is_false(ok)
    assert.truthy(message:find "rehearsal_spec.lua:%d+: request field duration", message)
  end)
end)

describe("a rehearsal leaves alone", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  it("the provider, and all that the client has learnt", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local told = 0
    local client = main_job.client(simulator, { policy = policy.standard(), on_event = function() told = told + 1 end })
    local request = main_job.request { rehearse = { "provider.internal", "account.credits" } }
    local before = client.host.now()
    for _ = 1, 20 do client:start(request) end
    assert.is_true(client.host.now() - before < 5) -- nor does its clock run ahead
    assert.same({}, simulator:log())
    assert.same({}, client:health())
    assert.equal(500, client.gate:tokens "runway")
    assert.equal(0, told)
    assert.equal(0, client.running)
    client:start(main_job.request { rehearse = { "content.input" } })
    assert.is_true(client.journal:each_refusal()() == nil)
    local result = client:start(main_job.request()):await() -- the same content, for real
    assert.is_truthy(result)
    assert.equal(1, #simulator:submissions { paid = true })
    client:close()
  end)

  it("jobs that are under way", function()
    simulator:script { tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    local client = main_job.client(simulator)
    local job = client:start(main_job.request())
    client:step()
    local ledger = client:start(main_job.request { rehearse = { "limit.rate" } })
    assert.equal(2, #ledger)
    assert.is_truthy(job:await())
    client:close()
  end)
end)
