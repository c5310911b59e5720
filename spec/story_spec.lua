--- A job's story for a person: job:explain(), from jobs against the simulator and from ledgers made by hand.
local accounting = require "retake.accounting"
local advice = require "retake.advice"
local cjson = require "cjson"
local core = require "retake.core"
local main_job = require "spec.support.main_job"
local plain = require "retake.plain_words"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"
local story = require "retake.story"

local policy = retake.policy

local function has(text, ...)
  for _, part in ipairs { ... } do assert.truthy(text:find(part, 1, true), ("no %q in:\n%s"):format(part, text)) end
end

local function has_not(text, ...)
  for _, part in ipairs { ... } do assert.is_nil(text:find(part, 1, true), ("%q in:\n%s"):format(part, text)) end
end

describe("job:explain", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end

  it("tells what failed, what was done, what it cost and what to do next", function()
    local one = run({ tasks = { { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "Nothing usable came out." } } },
      { states = { "SUCCEEDED" } } } }, nil, { policy = policy.fallback { "runway/gen4.5" } })
    local text = one.job:explain():gsub("after (%d)%.%d s", "after %1 s") -- a busy machine takes some tenths more
    has(text, "The job succeeded: runway/gen4.5 made 1 output, at the second attempt",
      "1. runway/gen4_turbo failed after 5 s: the model produced nothing, or nothing good enough (generation.failed, code INTERNAL.BAD_OUTPUT.CODE01)",
      "In its words: Nothing usable came out.", "Then: on to runway/gen4.5", "2. runway/gen4.5 succeeded after 5 s", "Cost: 60 credits at runway",
      "1 of 2 attempts there not billed", "Next: Save the output")
  end)

  it("counts the credits that the provider took", function()
    local one = run { blocked = { "paper" } }
    local cost = 0
    for _, task in ipairs(simulator:state().tasks) do cost = cost + task.cost end
    assert.is_true(cost > 0)
    has(one.job:explain(), ("Cost: %g credits at runway."):format(cost), "sending it again unchanged may get the account suspended",
      "It was billed although it failed")
  end)

  it("says so where the cost is unknown, with the estimate, and asks to look before anything is sent again", function()
    local one = run { faults = { { on = "submit", after_accept = true, action = "reset" } } }
    has(one.job:explain(), "may or may not have been accepted", "Cost unknown for attempt 1: runway did not say (estimated at 25 credits)",
      "Next: Look at the account's usage at runway before this is sent again")
    has_not(one.job:explain(), "credits at runway.")
  end)

  it("does not send anyone to pay again for an output that was made", function()
    local path = main_job.temporary ".mp4"
    local one = run({ tasks = { { states = { "SUCCEEDED" } } }, faults = { { on = "download", action = "cut", times = "always" } } }, { save = path })
    local text = one.job:explain()
    has(text, "after 1 attempt", "failed while the output was downloaded", "Cost: 25 credits at runway.", "Next: Fetch the output",
      one.job.outputs[1])
    has_not(text, "Start the job again")
  end)

  it("tells what was not sent at all", function()
    local one = run({}, { ratio = "7:5" })
    has(one.job:explain(), "The job failed before anything was sent", "1. runway/gen4_turbo was not sent", "Cost: nothing", "Next: Correct `ratio`")
    assert.equal(0, one.submissions)
  end)

  it("tells of failed polls behind a deadline, and not of those that were followed by an answer", function()
    -- "the job's deadline has passed" was all there was to read of a provider that had not answered for an hour.
    local one = run({ tasks = { { states = { "RUNNING", "SUCCEEDED" } } },
      faults = { { on = "poll", status = 503, times = "always", body = "busy" } } }, { deadline = 120 })
    assert.equal("local.deadline", one.fault.class)
    assert.truthy(one.fault.message
      :find("^the job's deadline has passed; polls that failed in a row before that: %d+, the last with provider.capacity: "), one.fault.message)
    assert.truthy(one.fault.message:find("busy", 1, true), one.fault.message)
    has(one.job:explain(), "Because: the job's deadline has passed; polls that failed", "the last with provider.capacity: busy")
    assert.equal("accepted", one.fault.effect)
    one = run({ tasks = { { states = { { "RUNNING", 0.4 } } } }, faults = { { on = "poll", nth = 1, status = 503 } } }, { deadline = 120 })
    assert.equal("the job's deadline has passed", one.fault.message)
  end)

  it("tells of a job that is under way, and of one that has not begun", function()
    simulator:script { tasks = { { states = { { "RUNNING", 0.4 } } } } }
    local client = main_job.client(simulator)
    local job = client:start(main_job.request())
    has(job:explain(), "The job is under way", "Cost: nothing: nothing was sent", "goes on by itself")
    for _ = 1, 1000 do
      if job.status == "RUNNING" then break end
      client:wait()
    end
    has(job:explain(), "its task is at work at the provider (task " .. job.task_id .. ", RUNNING 40 %)", "1. runway/gen4_turbo is under way")
    client:close()
  end)

  it("tells the failure behind a verdict of our own, and what to do about both", function()
    local one = run({ faults = { { on = "submit", status = 429, body = { error = "Too Many Requests" }, retry_after = "100000" } } })
    assert.equal("local.deadline", one.fault.class)
    has(one.job:explain(), "the job's deadline passed", "too many requests", "longer `deadline`", "providers.runway.concurrency")
  end)

  it("reads the same from a record that went through JSON", function()
    local one = run { tasks = { { states = { { "FAILED", code = "INTERNAL" } } } } }
    local record = cjson.decode(cjson.encode(one.job:record()))
    assert.equal(story.tell(one.job:record()), story.tell(record))
  end)
end)

describe("a story", function()
  local function row(fields)
    local all = { provider = "runway", model = "gen4_turbo", operation = "submit", started_at = 100, ended_at = 130, effect = "finished", billed = "no" }
    for key, value in pairs(fields) do all[key] = value end
    return all
  end

  it("is told from a ledger alone", function()
    has(story.tell { attempts = { row { class = "provider.internal", decision = "retry", delay = 30, why = "floor" }, row { started_at = 160, ended_at = 190,
      billed = "yes", credits = 25 } } }, "The job succeeded: runway/gen4_turbo made its output, at the second attempt, 90 s after it was started",
      "Then: the same request again, after 30 s (as this kind of failure asks)")
    has(story.tell { attempts = { row { class = "provider.internal" } } }, "The job failed after 1 attempt and 30 s")
    has(story.tell { attempts = {} }, "The job is under way")
  end)

  it("tells each change to a request, and each model that was passed over", function()
    has(story.tell { attempts = { row { changes = { "duration 10 became 8" }, skipped = { { model = "a/b", reason = "it takes no video" } } } } },
      "Changed for it: Duration 10 became 8.", "Passed over: a/b, it takes no video.")
  end)

  it("tells what is not sent while a circuit is open once, with the count", function()
    has(story.tell { attempts = { row { class = "provider.unavailable", code = "circuit_open", sent = false, turned_away = 7, effect = "none" } } },
      "was not sent (7 times)")
  end)

  it("never adds up the credits of two providers, nor counts a task twice", function()
    local attempts = { row { billed = "yes", credits = 25, task_id = "a" }, row { operation = "download", billed = "yes", credits = 25, task_id = "a" },
      row { provider = "runware", billed = "yes", credits = 0.5 } }
    assert.equal("25 credits at runway. 0.5 credits at runware", accounting.words(attempts))
    assert.equal("cost unknown for attempts 1 and 2: runway did not say", accounting.words { row { billed = "unknown", estimate = 5 },
      row { billed = "unknown" } }) -- one estimate that lacks makes the sum unknown
  end)

  it("cuts no character of a long message in two", function()
    local text = story.tell { attempts = { row { class = "unknown", message = ("\228\184\173"):rep(500) } } }
    has(text, "...")
    assert.is_nil(text:find "\228\184[^\173]")
    assert.is_nil(text:find "\228[^\184]")
  end)

  it("has plain words, and something to do next, for every class", function()
    for _, info in ipairs(core.classes()) do
      assert.is_true(#plain.failure(info.class) > 8, info.class)
      for _, fields in ipairs { {}, { provider = "runway", task_id = "t", field = "prompt", retry_after = 3, billed = "yes", hint = "do this", effect = "unknown" } } do
        fields.class = info.class
        local steps = advice.after_failure(fields)
        assert.is_true(#steps >= 1, info.class)
        for _, step in ipairs(steps) do assert.truthy(step:find "[.:]$", info.class .. ": " .. step) end
      end
    end
  end)

  it("has words for spans, moments and places", function()
    assert.equal("0.4 s", plain.seconds(0.4))
    assert.equal("119 s", plain.seconds(119.4))
    assert.equal("2 min", plain.seconds(120))
    assert.equal("25 h 1 min", plain.seconds(90060))
    assert.equal("2001-09-09T01:46:40.250Z", plain.moment(1000000000.25))
    assert.equal("third", plain.ordinal(3))
    assert.equal("11th 12th 13th 21st 102nd", table.concat({ plain.ordinal(11), plain.ordinal(12), plain.ordinal(13), plain.ordinal(21), plain.ordinal(102) }, " "))
  end)
end)
