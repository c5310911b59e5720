local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("the main job", function()
  local simulator
  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end
  local succeeds = { states = { "SUCCEEDED" } }

  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  it("goes from a local image to a file on disk", function()
    local path = main_job.temporary ".mp4"
    local one = run({ tasks = { { states = { "PENDING", "THROTTLED", { "RUNNING", 0.5 }, "SUCCEEDED" } } } },
      { image = "spec/fixtures/boat.png", save = path })
    assert.is_nil(one.fault)
    assert.same({ path }, one.result.files)
    local file = assert(io.open(path, "rb"))
    local bytes = file:read "*a"
    file:close()
    os.remove(path)
    assert.equal("ftyp", bytes:sub(5, 8))
    assert.equal(1, one.paid)
    assert.equal(25, one.result.credits)
    assert.equal("succeeded", one.job.state)
    -- a job once ended without its client hearing of it: no event, and run() never returned
    assert.equal(1, #one.by_name.succeeded)
    assert.equal(0, one.client.running)
    local statuses = {}
    for i, event in ipairs(one.by_name.progress) do statuses[i] = event.status end
    assert.same({ "PENDING", "THROTTLED", "RUNNING", "SUCCEEDED" }, statuses)
  end)

  it("saves a result that was not asked to be saved, later", function()
    local one = run { tasks = { succeeds } }
    local path = main_job.temporary ".mp4"
    local client = main_job.client(simulator)
    local job = client:start(main_job.request())
    local result = assert(job:await())
    assert.same({ path }, result:save(path))
    os.remove(path)
    assert.is_nil(one.fault)
  end)

  describe("never pays twice when the outcome of a submission is unknown:", function()
    local after_acceptance = {
      ["accepted, then connection reset"] = { on = "submit", after_accept = true, action = "reset", times = "always" },
      ["accepted, then silence"] = { on = "submit", after_accept = true, action = "silence", times = "always" },
      ["accepted, then 500"] = { on = "submit", after_accept = true, status = 500, times = "always" },
      ["accepted, then 502 of a gateway"] = { on = "submit", after_accept = true, action = "html", times = "always" },
      ["accepted, then an answer cut short"] = { on = "submit", after_accept = true, action = "cut", times = "always" },
      ["accepted, then bad JSON"] = { on = "submit", after_accept = true, action = "bad_json", times = "always" },
      ["accepted, then an answer without an id"] = { on = "submit", after_accept = true, status = 200, body = {}, times = "always" },
    }
    for name, fault in pairs(after_acceptance) do
      it(name, function()
        local one = run({ faults = { fault } }, nil, {
          policy = policy.chain { function() return policy.retry(0) end },
        })
        assert.equal(1, one.paid)
        assert.equal(1, one.submissions)
        local row = one.job.attempts[1]
        assert.equal("submit.unknown", row.class)
        assert.equal("unknown", row.effect)
        assert.equal("unknown", row.billed)
        assert.equal("paid_once", one.fault.code) -- the policy asked for a retry, and the rule's name says why not
        local standard = run({ faults = { fault } }, nil, { policy = policy.standard { fallback = { "runway/gen4.5" } } })
        assert.equal(1, standard.paid)
        assert.equal("submit.unknown", standard.fault.class)
        assert.equal("unknown", standard.fault.effect)
        assert.equal("unknown", standard.fault.billed)
      end)
    end

    it("unless the client accepts a double charge", function()
      local one = run({ faults = { { on = "submit", after_accept = true, action = "reset" } } }, nil, {
        accept_double_charge = true, policy = function() return policy.retry(0) end,
      })
      assert.is_nil(one.fault)
      assert.equal(2, one.paid)
    end)
  end)

  describe("retries within limits what was surely not accepted:", function()
    it("503, which the provider documents as load shedding", function()
      local one = run { faults = { { on = "submit", status = 503, times = 3 } } }
      assert.is_nil(one.fault)
      assert.equal(1, one.paid)
      assert.equal(4, one.submissions)
      assert.equal("none", one.job.attempts[1].effect)
    end)

    it("and a deadline that ends the waiting is no attempt of its own", function()
      local one = run({ faults = { { on = "submit", status = 503, times = "always" } } }, { deadline = 20 }, { policy = function() return policy.retry(9) end })
      assert.equal("local.deadline", one.fault.class)
      assert.equal(one.submissions, #one.fault.attempts)
    end)

    it("a refused connection", function()
      local one = run({}, nil, { runway = { base_url = "http://127.0.0.1:1" } })
      assert.equal("network.connect", one.fault.class)
      assert.equal("none", one.fault.effect)
      assert.equal("no", one.fault.billed)
      assert.equal(5, #one.fault.attempts)
    end)

    it("a name that does not resolve", function()
      local one = run({}, nil, { runway = { base_url = "https://retake.invalid" } })
      assert.equal("network.resolve", one.fault.class)
      assert.equal(5, #one.fault.attempts)
    end)
  end)

  describe("keeps the time the provider asks for:", function()
    local function waited(retry_after, field)
      local one = run { faults = { { on = "submit", status = 429, body = { error = "Too Many Requests" }, [field or "retry_after"] = retry_after } } }
      assert.is_nil(one.fault)
      assert.equal(1, one.paid)
      -- the wait as it was, and as it was decided: the first holds the real time of the calls too
      return main_job.wait_between(one, 1), one.job.attempts[1].delay
    end

    it("seconds", function()
      local seconds, decided = waited "2"
      assert.is_true(seconds >= 2 and decided <= 2.25, "waited " .. seconds)
    end)

    it("an HTTP date", function()
      local seconds, decided = waited(4, "retry_after_date")
      assert.is_true(seconds >= 4 and decided <= 4.25, "waited " .. seconds)
    end)

    it("milliseconds", function()
      local one = run { faults = { { on = "submit", status = 429, body = { error = "Too Many Requests" }, headers = { ["Retry-After-Ms"] = "2500" } } } }
      local seconds = main_job.wait_between(one, 1)
      assert.is_true(seconds >= 2.5 and one.job.attempts[1].delay <= 2.75, "waited " .. seconds)
    end)

    for name, value in pairs { ["a date that has passed"] = "Sun, 06 Nov 1994 08:49:37 GMT", junk = "soon", ["a negative number"] = "-5" } do
      it(name .. " leaves the policy's own", function()
        local one = run({ faults = { { on = "submit", status = 429, body = { error = "Too Many Requests" }, retry_after = value } } }, nil,
          { policy = function() return policy.retry(7.5) end })
        assert.is_nil(one.fault)
        local seconds = main_job.wait_between(one, 1)
        assert.is_true(seconds >= 7.5 and one.job.attempts[1].delay < 7.6, "waited " .. seconds)
      end)
    end

    it("a time beyond the deadline ends the job at once", function()
      local one = run({ faults = { { on = "submit", status = 429, body = { error = "Too Many Requests" }, retry_after = "1000000000" } } })
      assert.equal("local.deadline", one.fault.class)
      assert.is_true(one.seconds < 5)
      assert.equal(0, one.paid)
    end)
  end)

  it("survives every poll's failure", function()
    local one = run({ faults = {
      { on = "poll", status = 500, times = 3 }, { on = "poll", action = "reset", times = 4 }, { on = "poll", status = 404, body = { error = "Could not find Task" } },
      { on = "poll", action = "html" }, { on = "poll", action = "bad_json" }, { on = "poll", action = "silence" }, { on = "poll", action = "cut" },
      { on = "poll", status = 429, retry_after = "30" },
    } })
    assert.is_nil(one.fault)
    assert.equal(1, one.submissions)
    assert.equal(1, one.paid)
  end)

  it("waits out a 404 right after the submission, and believes one later only when it is said again", function()
    local early = run { faults = { { on = "poll", status = 404, body = { error = "Could not find Task" } } } }
    assert.is_nil(early.fault)
    local gone = run { faults = { { on = "poll", status = 404, body = { error = "Could not find Task" }, times = "always" } } }
    assert.equal("task.not_found", gone.fault.class)
    assert.truthy(gone.fault.task_id)
    assert.equal(1, gone.submissions)
  end)

  it("does not believe an answer about another task", function()
    local other = { id = "00000000-0000-4000-8000-000000000000", status = "FAILED", failure = "An unexpected error occurred.", cost = { credits = 0 } }
    local one = run { faults = { { on = "poll", status = 200, body = other, times = 2 } } }
    assert.is_nil(one.fault)
    assert.equal(1, one.submissions)
  end)

  it("calls a success without output a fault", function()
    local one = run({ tasks = { { states = { { "SUCCEEDED", count = 0 } } } } }, nil, { policy = policy.give_up })
    assert.equal("network.protocol", one.fault.class)
    assert.equal("finished", one.fault.effect)
  end)

  it("ends a task cancelled elsewhere", function()
    local one = run { tasks = { { states = { "RUNNING", "CANCELLED" } } } }
    assert.equal("task.cancelled", one.fault.class)
    assert.equal(1, one.submissions)
  end)

  it("polls an unknown status until the deadline, and keeps the task's id", function()
    local one = run({ tasks = { { states = { "DREAMING" } } } }, { deadline = 600 })
    assert.equal("local.deadline", one.fault.class)
    assert.truthy(one.fault.task_id)
    assert.is_true(one.seconds >= 600 and one.seconds < 606, "took " .. one.seconds)
    assert.equal(1, one.submissions)
  end)

  it("begins no submission that its deadline would cut off", function()
    local one = run({ faults = { { on = "submit", status = 503 } } }, { deadline = 100 }, { policy = function() return policy.retry(97) end })
    assert.equal("local.deadline", one.fault.class)
    assert.equal(1, one.submissions)
    assert.equal("none", one.fault.effect)
  end)

  it("never polls faster than every five seconds, and not in step", function()
    local one = run { tasks = { { states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    assert.is_nil(one.fault)
    assert.is_true(one.seconds >= 9 * 5)
    assert.is_true(one.seconds <= 5 + 8 * 8.4)
  end)

  it("refreshes an output URL that has expired by reading the task again", function()
    local path = main_job.temporary ".mp4"
    local one = run({ tasks = { succeeds }, output = { dead_urls = 1 } }, { save = path })
    assert.is_nil(one.fault)
    assert.same({ path }, one.result.files)
    assert.equal(1, one.submissions)
    assert.truthy(one.by_name.refreshed)
    os.remove(path)
  end)

  for _, action in ipairs { "cut", "stall", "reset", "wrong_length" } do
    it("never leaves a short download that looks whole: " .. action, function()
      local path = main_job.temporary ".mp4"
      local one = run({ tasks = { succeeds }, faults = { { on = "download", action = action, times = "always" } } }, { save = path })
      assert.truthy(one.fault)
      assert.equal("download", one.fault.operation)
      -- the failed download has a row of its own, in which the same credits once stood again
      local credits = 0
      for _, row in ipairs(one.fault.attempts) do credits = credits + (row.credits or 0) end
      assert.equal(25, credits)
      assert.equal("finished", one.fault.effect)
      assert.equal(25, one.fault.credits) -- once "unknown", though the task had told its cost
      assert.equal("yes", one.fault.billed)
      assert.is_nil(io.open(path, "rb"))
      assert.equal(1, one.submissions)
      local again = run({ tasks = { succeeds }, faults = { { on = "download", action = action, times = 2 } } }, { save = path })
      assert.is_nil(again.fault)
      assert.equal(1, again.submissions)
      os.remove(path)
    end)
  end

  it("uploads a file that is too big to go inline, and only once", function()
    local path = main_job.temporary ".png"
    local source = assert(io.open("spec/fixtures/boat.png", "rb"))
    local png = source:read "*a"
    source:close()
    local file = assert(io.open(path, "wb"))
    local filler = ("\0\0\0\0tEXt"):sub(5)
    local body = "k\0" .. ("x"):rep(4 * 1024 * 1024)
    local length = string.char(math.floor(#body / 16777216), math.floor(#body / 65536) % 256, math.floor(#body / 256) % 256, #body % 256)
    file:write(png:sub(1, 33), length, filler, body, "\0\0\0\0", png:sub(34))
    file:close()
    local one = run({ tasks = { { states = { { "FAILED", code = "INTERNAL", failure = "x", refund = true } } }, succeeds } }, { image = path })
    os.remove(path)
    assert.is_nil(one.fault)
    assert.equal(1, #one.by_name.uploaded)
    assert.truthy(one.by_name.uploaded[1].uri:find "^runway://")
    assert.equal(2, one.submissions)
  end)
end)
