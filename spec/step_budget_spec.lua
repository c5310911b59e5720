-- client:step(budget): what a frame has time for. The clock stands still but for callbacks, each of which takes so long that few fit in a step.
local cjson = require "cjson"
local retake = require "retake"
local twin_of = require "spec.support.twin"

local policy = retake.policy

local BUDGET, CALLBACK = 0.010, 0.004
local JOBS = 20

local calm = { tasks = { { states = { "SUCCEEDED" } } } }
local script = {
  tasks = { { states = { "PENDING", { "RUNNING", 0.5 }, "SUCCEEDED" } } },
  faults = { { on = "submit", times = 12, status = 503 }, { on = "poll", nth = 3, times = 2, status = 500 } },
}

describe("a step with a budget", function()
  local twin, seen
  after_each(function() twin.client:close() end)

  -- Whatever the script is called for takes its time, and is noted.
  local function takes_time(name, fn)
    return function(what, job)
      twin.host.sleep(CALLBACK)
      seen[#seen + 1] = { name = name, event = type(what) == "table" and what.event or nil, job = job and job.id, what = what }
      return fn and fn(what, job)
    end
  end

  local function start(options, jobs, calmly)
    seen = {}
    local all = { circuit = false }
    for key, value in pairs(options or {}) do all[key] = value end
    twin = twin_of.new(calmly and calm or script, all)
    local started = {}
    for n = 1, jobs or JOBS do
      started[n] = twin.client:start { model = "runway/gen4.5", prompt = "boat " .. n, ratio = "1280:720", duration = 5 }
    end
    return started
  end

  -- One frame after the other until that is so; time passes only where a step has nothing left to do.
  local function frames(budget, is_so, each)
    local count, longest = 0, 0
    repeat
      local began = twin.host.now()
      twin.client:step(budget)
      longest = math.max(longest, twin.host.now() - began)
      count = count + 1
      if each then each(count) end
      twin.host.wait(twin.client.engine, twin.client:timeout() or 0)
      assert.is_true(count < 20000, "no end")
    until is_so()
    return count, longest
  end

  local function all_done() return twin.client.running == 0 end

  -- What each job's listener heard, in order.
  local function lives(jobs)
    local by_id, list = {}, {}
    for _, call in ipairs(seen) do
      if call.name == "listener" then by_id[call.job] = (by_id[call.job] or "") .. call.event .. " " end
    end
    for n, job in ipairs(jobs) do list[n] = by_id[job.id] end
    table.sort(list)
    return list
  end

  it("lets no callback yield to whoever calls it", function()
    local troubles, got = {}, {}
    local jobs = start({ on_error = function(trouble) troubles[#troubles + 1] = trouble end }, 3, true)
    for _, job in ipairs(jobs) do
      job:on("succeeded", function() coroutine.yield "to whom?" end)
    end
    local stepper = coroutine.wrap(function()
      frames(0, all_done)
      return "all done"
    end)
    repeat got[#got + 1] = stepper() until got[#got] == "all done" or #got > 3
    assert.same({ "all done" }, got)
    assert.equal(3, #troubles)
  end)

  it("lets nobody who awaits a job go on before its callbacks were called", function()
    local jobs, told, asked, early = start(nil, nil, true), {}, {}, 0
    for n, job in ipairs(jobs) do
      job:on("succeeded", takes_time("listener", function()
        told[n] = job:await() ~= nil -- its own end, which it does not wait for
      end))
    end
    local ended = 0
    twin.client.host.driven = true
    frames(0, function() return all_done() and ended == early end, function()
      for n, job in ipairs(jobs) do
        if job.done and not told[n] and not asked[n] then
          asked[n], early = true, early + 1
          coroutine.wrap(function()
            assert(job:await())
            assert(told[n])
            ended = ended + 1
          end)()
        end
      end
    end)
    assert.equal(JOBS, early)
  end)

  local function run(budget)
    local jobs = start { on_event = takes_time "on_event", on_span = takes_time "on_span", on_error = takes_time "on_error",
      policy = takes_time("policy", function() return policy.retry() end) }
    local awaited = 0
    for _, job in ipairs(jobs) do
      job:on("event", takes_time("listener", function(event)
        if event.event == "submitted" then error "spoken wrong" end
      end))
      coroutine.wrap(function()
        twin.client.host.driven = true
        job:await()
        takes_time "awaited"()
        awaited = awaited + 1
      end)()
    end
    local count, longest = frames(budget, all_done)
    assert.equal(JOBS, awaited)
    return lives(jobs), longest, count
  end

  it("is exceeded by one callback at most, whichever it is, and every job lives as it would without", function()
    local plain, longest = run()
    assert.is_true(longest > 10 * BUDGET, longest .. " s: the callbacks come in heaps")
    local calls, by_name = #seen, {}
    for _, call in ipairs(seen) do by_name[call.name] = (by_name[call.name] or 0) + 1 end
    for _, name in ipairs { "on_event", "on_span", "on_error", "policy", "listener", "awaited" } do
      assert.is_true((by_name[name] or 0) >= 12, name)
    end
    local hurried, most, count = run(BUDGET)
    assert.is_true(most < BUDGET + CALLBACK, most .. " s")
    assert.is_true(count >= calls * CALLBACK / (BUDGET + CALLBACK))
    assert.equal(#plain, #hurried)
    for n, life in ipairs(plain) do assert.equal(life, hurried[n]) end
    for n = 1, JOBS do assert.truthy(hurried[n]:find "succeeded $") end
  end)

  it("does one thing at a time where there is no time at all", function()
    local calls = 0
    local jobs = start({ on_event = takes_time("on_event", function() calls = calls + 1 end), policy = policy.backoff { tries = 12 } }, 3)
    local before = 0
    frames(0, all_done, function()
      assert.is_true(calls <= before + 1)
      before = calls
    end)
    for _, job in ipairs(jobs) do assert.truthy(job:result()) end
  end)

  it("calls back in the order in which things happened, over all jobs", function()
    local times = {}
    start { on_event = function(event)
      times[#times + 1] = event.at
      twin.host.sleep(CALLBACK)
    end, policy = policy.backoff { tries = 12 } }
    frames(BUDGET, all_done)
    assert.is_true(#times > 5 * JOBS)
    for n = 2, #times do assert.is_true(times[n] >= times[n - 1], "event " .. n) end
  end)

  it("starves nobody: transfers, what is due, and jobs in line take turns", function()
    local jobs, turns = start({ concurrency = 2, policy = policy.backoff { tries = 12 }, max_attempts = 20 }), 0
    twin.client:spawn(function() -- always due
      while twin.client.running > 0 do
        twin.client:sleep(0)
        twin.host.sleep(CALLBACK)
        turns = turns + 1
      end
    end)
    frames(0, all_done)
    for _, job in ipairs(jobs) do assert.truthy(job:result()) end
    assert.is_true(turns > 100)
  end)

  it("leaves no job half submitted between two frames, and its record can be taken over from each", function()
    local records = {}
    local jobs = start({ on_event = takes_time "on_event", policy = policy.backoff { tries = 12 } }, 3)
    frames(0.001, all_done, function()
      for n, job in ipairs(jobs) do
        assert.is_true(job.state ~= "submitting" or job.transfer ~= nil, "journalled as sent, and waiting for a frame")
        if job.state ~= "submitting" then records[cjson.encode(job:record())] = n end
      end
    end)
    local submitted = #twin.world.log.entries
    for text in pairs(records) do
      local record = cjson.decode(text)
      local sent = record.submissions or 0
      local job = twin.client:adopt(record)
      job:await()
      if record.task then assert.equal(sent, job.submissions, text) end
      assert.truthy(job:result())
    end
    assert.is_true(#twin.world.log.entries > submitted)
  end)

  it("has a job run until its last callback was called and whoever awaits it goes on", function()
    local job, awaited = start({}, 1, true)[1], false
    twin.client.host.driven = true
    for _ = 1, 4 do job:on("succeeded", takes_time "succeeded") end
    coroutine.wrap(function() awaited = job:await() end)()
    while not job.done do
      twin.client:step(0.001)
      twin.host.wait(twin.client.engine, twin.client:timeout() or 0)
    end
    assert.equal(1, twin.client:step(0.001))
    assert.equal(0, twin.client:timeout())
    assert.is_false(awaited)
    while twin.client:step(0.001) > 0 do end
    assert.equal(4, #seen)
    assert.truthy(awaited)
    assert.is_nil(twin.client:timeout())
  end)

  it("does what is left over without one: in wait, run and await", function()
    local jobs = start({ on_event = takes_time "on_event", policy = policy.backoff { tries = 12 } }, 5)
    for _ = 1, 5 do twin.client:step(0) end
    assert.is_false(twin.client.left:empty())
    twin.client:run()
    for _, job in ipairs(jobs) do assert.truthy(job:result()) end
    assert.is_true(twin.client.left:empty())
  end)

  it("calls what is left over when the client is closed", function()
    local job = start({}, 1, true)[1]
    for _ = 1, 3 do job:on("succeeded", takes_time("succeeded", function() twin.client:close() end)) end
    while not job.done do
      twin.client:step(0.001)
      twin.host.wait(twin.client.engine, twin.client:timeout() or 0)
    end
    twin.client:close()
    assert.equal(3, #seen)
    assert.equal(0, twin.client.running)
  end)

  it("loses no error: on_error hears of all, and without it each step throws one", function()
    local heard = {}
    local job = start({ on_error = function(trouble) heard[#heard + 1] = trouble end, policy = policy.give_up }, 1)[1]
    for n = 1, 3 do job:on("failed", function() error("wrong " .. n, 0) end) end
    frames(0, all_done)
    assert.same({ "wrong 1", "wrong 2", "wrong 3" }, heard)
    twin.client:close()
    job = start({ policy = policy.give_up }, 1)[1]
    for n = 1, 3 do job:on("failed", function() error("wrong " .. n, 0) end) end
    local thrown = {}
    while not job.done or #thrown < 3 do
      local ok, trouble = pcall(twin.client.step, twin.client)
      if not ok then thrown[#thrown + 1] = trouble end
      twin.host.wait(twin.client.engine, twin.client:timeout() or 0)
    end
    assert.same({ "wrong 1", "wrong 2", "wrong 3" }, thrown)
  end)

  it("does not ask the policy of a job that was cancelled while it waited for a frame", function()
    local asked = 0
    local job = start({ policy = function()
      asked = asked + 1
      return policy.retry()
    end }, 1)[1]
    job:on("fault", function(event)
      twin.host.sleep(CALLBACK)
      if event.class ~= "local.cancelled" then job:cancel() end
    end)
    frames(0.001, all_done)
    assert.equal("local.cancelled", job.fault.class)
    assert.equal(0, asked)
  end)

  -- What was left over ran in whatever coroutine stepped the client: nginx's scheduler and frame loops got yields that were not meant for them.
  it("has what is left over run in coroutines of the client's own", function()
    local errors, slept = {}, 0
    local can_sleep = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil -- callbacks are called with pcall, which that does not yield through
    local jobs = start({ on_error = function(trouble) errors[#errors + 1] = trouble end }, 6, true)
    for n, job in ipairs(jobs) do
      job:on("submitted", takes_time("submitted", function()
        if n % 2 == 0 then coroutine.yield "to whom?" end
        if can_sleep then twin.client:sleep(1) end
        slept = slept + 1
      end))
    end
    local leaked = "none"
    local loop = coroutine.create(function() frames(0, all_done) end)
    local ok, trouble = coroutine.resume(loop)
    assert.is_true(ok, trouble)
    if coroutine.status(loop) ~= "dead" then leaked = trouble end
    assert.equal("none", leaked)
    while slept < 3 do twin.client:wait(1) end
    assert.equal(3, #errors)
    for n, job in ipairs(jobs) do assert.truthy(job.done, "job " .. n) end
  end)

  it("is a number of seconds", function()
    start({}, 1)
    local job = twin.client:start { model = "runway/gen4.5", prompt = "x", ratio = "1280:720", duration = 5 }
    for _, wrong in ipairs { -1, 0 / 0, "0.01", {}, true } do
      for _, step in ipairs { function() twin.client:step(wrong) end, function() job:step(wrong) end } do
        local ok, message = pcall(step)
        assert.is_false(ok)
        assert.truthy(message:find "^[^\n]*step_budget_spec.lua:%d+: a step's budget is a number of seconds, not negative$", message)
      end
    end
    assert.equal(2, twin.client:step(math.huge))
    assert.equal(2, twin.client:step(0))
  end)
end)
