-- Deadlines while others take their time: over the simulator without sockets.
local retake = require "retake"
local twin_of = require "spec.support.twin"

local policy = retake.policy

local VEO = "evolink/veo-3.1-fast-generate-preview"

describe("a job's deadline", function()
  local twin
  after_each(function() twin.client:close() end)

  local function start(fields)
    local request = { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
    for key, value in pairs(fields) do request[key] = value end
    return twin.client:start(request)
  end

  local function lived(job) return job.record_.finished_at - job.record_.created_at end

  it("passes while all transfers are taken, and the others come in order when they are free", function()
    twin = twin_of.new({ faults = { { on = "submit", action = "silence", times = 4 } }, tasks = { { states = { "SUCCEEDED" } } } },
      { concurrency = 2, policy = policy.give_up, circuit = false })
    local order, jobs = {}, {}
    for n = 1, 4 do start { seed = n } end -- 60 s each
    twin.client:step()
    for n = 1, 6 do
      jobs[n] = start { seed = 10 + n, deadline = n % 2 == 0 and 20 or 600 }
      jobs[n]:on("submitted", function() order[#order + 1] = n end)
    end
    twin.client:run()
    for n = 1, 6 do
      if n % 2 == 0 then
        assert.equal("local.deadline", jobs[n].fault.class)
        assert.equal(0, #jobs[n].attempts)
        assert.truthy(lived(jobs[n]) <= 20.2, lived(jobs[n]))
      else assert.truthy(jobs[n]:result()) end
    end
    assert.same({ 1, 3, 5 }, order)
    assert.is_true(twin.client.turns:empty())
  end)

  it("passes for a policy that waits, too", function()
    twin = twin_of.new({ faults = { { on = "submit", status = 503 }, { on = "submit", action = "silence", times = 4 } } },
      { concurrency = 2, circuit = false, policy = function(_, job) job.client:sleep(1e9) end })
    local job = start { deadline = 30 }
    twin.client:wait(1)
    for n = 1, 4 do start { seed = n, deadline = 300 } end
    twin.client:run()
    assert.equal("policy_late", job.fault.code)
    assert.truthy(lived(job) <= 30.3, lived(job))
  end)

  it("is not outlived for the sake of others that are asked about in the same call", function()
    twin = twin_of.new({ faults = { { on = "poll", action = "silence", times = 2 } }, tasks = { { states = { "SUCCEEDED" } } } }, {})
    local short, long = start { model = VEO, duration = 8, deadline = 10 }, start { model = VEO, duration = 8 }
    twin.client:run()
    assert.equal("local.deadline", short.fault.class)
    assert.equal("accepted", short.fault.effect)
    assert.truthy(lived(short) <= 10.1, lived(short))
    assert.truthy(long:result())
  end)

  it("is hardly outlived by a cancellation that nobody answers", function()
    twin = twin_of.new({ faults = { { on = "cancel", action = "silence", times = "always" } }, tasks = { { states = { "RUNNING" } } } }, {})
    local job = start { deadline = 15 }
    job:on("submitted", function()
      twin.client:spawn(function()
        twin.client:sleep(10)
        job:cancel()
      end)
    end)
    twin.client:run()
    assert.equal("local.cancelled", job.fault.class)
    assert.truthy(job.fault.message:find("may still run", 1, true))
    assert.truthy(lived(job) <= 15.2, lived(job))
  end)
end)
