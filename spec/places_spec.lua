local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("places", function()
  local simulator, client
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)
  after_each(function() client:close() end)

  local RUNNING = { { states = { "RUNNING", "SUCCEEDED" } } }

  -- Starts jobs of the models, and notes the order they are sent in and the most at once, by model and in all.
  local function start(models, fields)
    local seen = { order = {}, most = { all = 0 }, jobs = {} }
    local at_once = { all = 0 }
    local function count(model, by)
      for _, name in ipairs { model, "all" } do
        at_once[name] = (at_once[name] or 0) + by
        seen.most[name] = math.max(seen.most[name] or 0, at_once[name])
      end
    end
    for n, model in ipairs(models) do
      local request = main_job.request { seed = n, model = "runway/" .. model }
      for key, value in pairs(fields or {}) do request[key] = value end
      local job = client:start(request)
      job:on("submitting", function()
        count(model, 1)
        seen.order[#seen.order + 1] = n
      end)
      job:on("succeeded", function() count(model, -1) end)
      job:on("fault", function(event) if event.operation == "poll" then count(model, -1) end end)
      seen.jobs[n] = job
    end
    return seen
  end

  local A, B = "gen4_turbo", "gen4.5"

  it("are kept for each model and for the provider, in order of arrival", function()
    simulator:script { tasks = RUNNING }
    client = main_job.client(simulator, { runway = { concurrency = 3, model_concurrency = { [A] = 1 } } })
    local seen = start { A, A, A, B, B, B, B }
    client:run()
    assert.equal(1, seen.most[A])
    assert.equal(3, seen.most.all)
    assert.equal(7, #simulator:submissions { paid = true })
    local of_a, of_b = {}, {}
    for _, n in ipairs(seen.order) do table.insert(n <= 3 and of_a or of_b, n) end
    assert.same({ 1, 2, 3 }, of_a)
    assert.same({ 4, 5, 6, 7 }, of_b)
    assert.same({ 1, 4, 5 }, { seen.order[1], seen.order[2], seen.order[3] }) -- the second of A holds nobody up
  end)

  it("go to the job that came first, whichever line it stands in", function()
    simulator:script { tasks = RUNNING }
    client = main_job.client(simulator, { runway = { concurrency = 1, model_concurrency = { [A] = 1, [B] = 1 } } })
    local seen = start { A, A, B, A, B, B }
    client:run()
    assert.same({ 1, 2, 3, 4, 5, 6 }, seen.order)
  end)

  it("go on to the next when a task fails, is refused or kept back by a circuit", function()
    simulator:script { tasks = { { states = { { "FAILED", code = "INTERNAL", failure = "x" } }, times = 1 }, { states = { "SUCCEEDED" } } },
      blocked = { { "forbidden", how = "refusal" } } }
    client = main_job.client(simulator, { policy = policy.give_up, runway = { concurrency = 1 } })
    local seen = start { A, A, A, A, B }
    seen.jobs[6] = client:start(main_job.request { prompt = "forbidden" })
    seen.jobs[7] = client:start(main_job.request { seed = 7 })
    seen.jobs[1]:on("submitting", function() client:set_health("runway/" .. B, "open") end)
    client:run()
    assert.is_nil(seen.jobs[1]:result())
    assert.equal("circuit_open", seen.jobs[5].fault.code)
    assert.equal("content.input", seen.jobs[6].fault.class)
    assert.truthy(seen.jobs[7]:result())
    assert.equal(0, client.tasks.runway.count)
    assert.equal(0, client.tasks.runway.waiting)
  end)

  it("are not waited for in a line that is too long", function()
    simulator:script { tasks = RUNNING }
    client = main_job.client(simulator, { policy = policy.give_up, runway = { concurrency = 1, queue = 2 } })
    local seen = start { A, A, A, A, A }
    client:run()
    for n = 1, 3 do assert.truthy(seen.jobs[n]:result(), n) end
    for n = 4, 5 do
      local fault = seen.jobs[n].fault
      assert.same({ "limit.rate", "queue_full", "none", "no" }, { fault.class, fault.code, fault.effect, fault.billed })
      assert.truthy(fault.message:find("too many jobs wait", 1, true))
    end
    assert.equal(3, #simulator:submissions())
    assert.equal(0, client:health()["runway/gen4_turbo"].failed)
  end)

  it("are found by jobs that come back when the line is shorter", function()
    simulator:script { tasks = RUNNING }
    client = main_job.client(simulator, { policy = function() return policy.retry(0) end, runway = { concurrency = 1, queue = 1 } })
    local seen = start { A, A, A, A, A, A }
    client:run()
    for n = 1, 6 do assert.truthy(seen.jobs[n]:result(), n) end
    assert.equal(1, seen.most.all)
  end)

  it("cost nothing where a job is cancelled or runs out of time while it waits, and make room in the line", function()
    simulator:script { tasks = { { states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    client = main_job.client(simulator, { policy = policy.give_up, runway = { concurrency = 1, queue = 2 } })
    local seen = start { A, A, A }
    local late
    seen.jobs[1]:on("submitted", function()
      seen.jobs[2]:cancel()
      client:spawn(function()
        client:sleep(1)
        late = client:start(main_job.request { seed = 9, deadline = 2 })
      end)
    end)
    client:run()
    assert.equal("local.cancelled", seen.jobs[2].fault.class)
    assert.equal("none", seen.jobs[2].fault.effect)
    assert.equal("local.deadline", late.fault.class)
    assert.truthy(seen.jobs[3]:result())
    assert.equal(2, #simulator:submissions())
    assert.equal(0, client.tasks.runway.waiting)
    assert.equal(0, client.tasks.runway.count)
  end)

  it("are kept by tasks that the provider lets wait: that is no failure", function()
    simulator:script { concurrency = 1, tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    client = main_job.client(simulator, { runway = { concurrency = 2 } })
    local throttled = 0
    local seen = start { A, A, A, A, A, A }
    for _, job in ipairs(seen.jobs) do
      job:on("progress", function(event) if event.status == "THROTTLED" then throttled = throttled + 1 end end)
    end
    client:run()
    assert.truthy(throttled > 0)
    for n = 1, 6 do
      assert.truthy(seen.jobs[n]:result(), n)
      assert.equal(1, #seen.jobs[n].attempts)
    end
    assert.equal(2, seen.most.all)
    local known = client:health()["runway/gen4_turbo"]
    assert.same({ 6, 0, "closed" }, { known.succeeded, known.failed, known.state })
  end)

  it("are never too many nor lost, whatever fails", function()
    math.randomseed(11)
    for _ = 1, 3 do
      local tasks = {}
      for n = 1, 60 do
        tasks[n] = { times = 1, states = { math.random(2) == 1 and "RUNNING" or "THROTTLED",
          math.random(4) == 1 and { "FAILED", code = "INTERNAL", failure = "x", refund = true } or "SUCCEEDED" } }
      end
      tasks[61] = { states = { "SUCCEEDED" } }
      simulator:script { tasks = tasks, faults = { { on = "submit", status = 503, nth = 5, times = 3 }, { on = "submit", status = 429, nth = 9, times = 4 } } }
      client = main_job.client(simulator, { runway = { concurrency = 4, model_concurrency = { [A] = 2, [B] = 3 } } })
      local models = {}
      for n = 1, 40 do models[n] = math.random(2) == 1 and A or B end
      local seen = start(models, { deadline = 900 })
      for n = 1, 40 do if math.random(8) == 1 then seen.jobs[n]:cancel() end end
      client:run()
      for _, line in pairs(client.tasks) do assert.same({ 0, 0 }, { line.count, line.waiting }) end
      client:close()
    end
  end)

  it("whose lines are full let no job go round and round between their models", function()
    simulator:script { tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    client = main_job.client(simulator, { runway = { concurrency = 1, queue = 1 }, policy = retake.policy.fallback { "runway/" .. A, "runway/" .. B } })
    local seen = start({ A, B, A, B, A, B, A, B }, { deadline = 600 })
    client:run()
    for n = 1, 8 do assert.truthy(seen.jobs[n]:result(), tostring(seen.jobs[n].fault)) end
  end)

  it("are whole numbers from 1, and so is the length of the line", function()
    client = main_job.client(simulator)
    for _, settings in ipairs { { queue = 0 }, { queue = 1.5 }, { model_concurrency = { gen4_turbo = 0 } }, { model_concurrency = { x = "2" } },
      { model_concurrency = 2 } } do
      assert.has_error(function() retake.client { providers = { runway = settings } } end)
    end
  end)
end)
