-- Jobs whose model asked to be left alone for a moment wait in one line. They once all came at the same time when it was over, to be turned away
-- together again, and each of them cost the more, the more of them there were.
local retake = require "retake"
local twin_of = require "spec.support.twin"

local policy = retake.policy

local LIMITED = { on = "submit", status = 429, retry_after = 5, body = { error = "Too Many Requests" } }
local DONE = { { states = { "SUCCEEDED" } } }

describe("jobs that wait for a model that is to be left alone", function()
  local twin, began
  after_each(function() twin.client:close() end)

  local function begin(script, options)
    twin = twin_of.new(script, options)
    began = twin.host.now()
  end

  local function start(seed, fields)
    local request = { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5, seed = seed }
    for key, value in pairs(fields or {}) do request[key] = value end
    return twin.client:start(request)
  end

  -- One job is told to wait, and the others come after it.
  local function start_behind(count, fields)
    local told = false
    start(0):on("fault", function() told = true end)
    repeat twin.client:wait() until told
    local jobs, sent = {}, {}
    for n = 1, count do
      jobs[n] = start(n, fields)
      jobs[n]:on("submitting", function() sent[#sent + 1] = { n = n, after = twin.host.now() - began } end)
    end
    return jobs, sent
  end

  it("go in the order they came in, a few at first and more as they are taken", function()
    begin({ faults = { LIMITED }, tasks = DONE }, { policy = policy.standard(), concurrency = 256 })
    local jobs, sent = start_behind(200)
    twin.client:run()
    assert.equal(200, #sent)
    local at_first = 0
    for n, one in ipairs(sent) do
      assert.equal(n, one.n)
      assert.is_true(one.after >= 5, "sent after " .. one.after)
      assert.is_nil(jobs[n].fault)
      if one.after < 5.05 then at_first = at_first + 1 end -- the first answer takes 0.05 s
    end
    assert.is_true(at_first >= 1 and at_first <= 70, at_first .. " at once")
    assert.equal(202, #twin.world.log.entries - #twin_of.tasks(twin).runway) -- each is submitted once and polled once; one was sent away first
  end)

  it("cost nothing when they are cancelled or their deadline passes there", function()
    begin({ faults = { LIMITED }, tasks = DONE }, { policy = policy.standard() })
    local jobs, sent = start_behind(4, { deadline = 3 })
    local later = start(9)
    twin.client:wait(1)
    jobs[1]:cancel()
    twin.client:run()
    assert.equal("local.cancelled", jobs[1].fault.class)
    for n = 2, 4 do
      assert.equal("local.deadline", jobs[n].fault.class)
      assert.equal(0, #jobs[n].attempts)
      assert.is_true(jobs[n].record_.finished_at - jobs[n].record_.created_at < 3.1)
    end
    assert.equal(0, #sent)
    assert.truthy(later:result())
  end)

  it("go on without news of those before them", function()
    begin({ faults = { LIMITED, { on = "submit", action = "silence", times = 70 } }, tasks = DONE },
      { policy = policy.give_up, circuit = { in_a_row = 1000, calls = 1000 }, concurrency = 256 })
    local jobs = start_behind(100)
    twin.client:run()
    local served = 0
    for _, job in ipairs(jobs) do served = served + (job:result() and 1 or 0) end
    assert.equal(30, served)
  end)

  it("go elsewhere where the others have used up the retries meanwhile", function()
    -- Each had been allowed its retry when it was decided; when it came to be sent, a hundred others had been. Such jobs ended there.
    begin({ faults = { { on = "submit", match = { model = "gen4.5" }, status = 429, times = "always", body = { error = "Too Many Requests" } } },
      tasks = DONE }, { policy = policy.standard { fallback = { "runway/veo3.1_fast" } }, concurrency = 256 })
    local jobs = {}
    for n = 1, 300 do jobs[n] = start(n) end
    twin.client:run()
    for _, job in ipairs(jobs) do
      assert.is_nil(job.fault)
      assert.equal("veo3.1_fast", job.model)
    end
  end)
end)
