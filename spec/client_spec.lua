local command = require "spec.support.command"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

local function throws(fn, text)
  local ok, message = pcall(fn)
  assert.is_false(ok)
  assert.truthy(tostring(message):find("client_spec.lua:%d+: "), message)
  assert.truthy(message:find(text, 1, true), message)
end

describe("a client", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end

  -- Steps until the condition holds.
  local function wait_for(client, condition)
    for _ = 1, 10000 do
      if condition() then return end
      client:wait()
    end
    error "it never came to that"
  end

  describe("refuses wrong arguments at the caller's place:", function()
    for text, options in pairs {
      ["unknown option polices"] = { polices = {} },
      ["option deadline has to be a number"] = { deadline = "1h" },
      ["deadline has to be over 0"] = { deadline = 0 },
      ["max_credits has to be a number, not negative"] = { max_credits = -1 },
      ["unknown provider 'runwey'"] = { providers = { runwey = {} } },
      ["unknown option providers.runway.kee"] = { providers = { runway = { kee = "x" } } },
      ["base_url has to begin with https://"] = { providers = { runway = { base_url = "http://example.com" } } },
      ["the key of runway holds white space"] = { providers = { runway = { key = "key_x\r\nX-Evil: 1" } } },
      ["timeout.first: connect, first_byte, idle and total"] = { providers = { runway = { timeout = { first = 1 } } } },
      ["unknown host 'luvv'"] = { host = "luvv" },
      ["a journal needs the function put"] = { journal = {} },
      ["max_attempts has to be a whole number"] = { max_attempts = 1.5 },
      ["concurrency has to be a whole number"] = { concurrency = 0 },
      ["providers.runway.concurrency has to be a whole number"] = { providers = { runway = { concurrency = 1.5 } } },
      ["headers.X-A has to be a line of text"] = { providers = { runway = { headers = { ["X-A"] = "a\r\nb: c" } } } },
      ["headers.X A is no name of a header"] = { providers = { runway = { headers = { ["X A"] = "b" } } } },
      ["the key is given as providers.runway.key"] = { providers = { runway = { headers = { authorization = "Bearer x" } } } },
      ["and name no user"] = { providers = { runway = { base_url = "https://user:secret@example.com" } } },
    } do
      it(text, function() throws(function() retake.client(options) end, text) end)
    end

    -- A host that was found and could not be loaded, without memory enough for one, was told without the reason: only the first line was kept.
    it("a host that cannot be loaded, and why", function()
      local path, known = package.path, package.loaded["retake.host.virtual"]
      local folder, remove = command.folder()
      assert(os.execute("mkdir -p " .. folder .. "/retake/host"))
      command.write(folder .. "/retake/host/virtual.lua", "this is not Lua")
      package.path, package.loaded["retake.host.virtual"] = folder .. "/?.lua;" .. path, nil
      local ok, trouble = pcall(throws, function() retake.client { host = "virtual" } end, "virtual.lua:1:")
      package.path, package.loaded["retake.host.virtual"] = path, known
      remove()
      assert.is_true(ok, trouble)
    end)

    for text, request in pairs {
      ["a request needs a model"] = {},
      ["a model is written \"provider/model\", not gen4"] = { model = "gen4" },
      ["unknown request field 'promt'"] = { model = "runway/x", promt = "x" },
      ["request field duration has to be a number, not a string"] = { model = "runway/x", duration = "5" },
      ["image has to be a string"] = { model = "runway/x", image = {} },
      ["bytes of no known media type"] = { model = "runway/x", image = { bytes = "????" } },
      ["deadline has to be a number"] = { model = "runway/x", deadline = "soon" },
      ["extra has to be a table of names"] = { model = "runway/x", extra = { 1, 2 } },
      ["extra.model: the model is the request's own field"] = { model = "runway/x", extra = { model = "runway/gen4.5" } },
    } do
      it(text, function()
        local client = main_job.client(simulator)
        throws(function() client:start(request) end, text)
        throws(function() retake.generate(request) end, text)
        client:close()
      end)
    end
  end)

  it("answers with a fault where a key is missing, and sends nothing", function()
    simulator:script {}
    local client = retake.client { host = "virtual", providers = { runway = { base_url = simulator.base_url } } }
    if os.getenv "RUNWAYML_API_SECRET" then return pending "a real key is set" end
    local result, fault = client:start(main_job.request()):await()
    assert.is_nil(result)
    assert.equal("account.unauthorized", fault.class)
    assert.truthy(fault.hint:find "RUNWAYML_API_SECRET")
    assert.equal(0, #simulator:log())
    client:close()
  end)

  it("answers with a fault where a parameter is wrong, before anything is sent", function()
    local one = run({}, { ratio = "7:3" }, { policy = policy.give_up })
    assert.equal("request.invalid", one.fault.class)
    assert.equal("ratio", one.fault.field)
    assert.truthy((one.fault.message .. (one.fault.hint or "")):find("1280:720", 1, true))
    assert.equal("none", one.fault.effect)
    assert.equal(0, #simulator:log())
    local unknown = run({}, { model = "runway/gen9" }, { policy = policy.give_up })
    assert.equal(1, unknown.submissions) -- sent as given: the provider decides
    assert.truthy(unknown.fault)
    local nobody = run({}, { model = "nobody/x" }, { policy = policy.give_up })
    assert.equal("model.unavailable", nobody.fault.class)
  end)

  it("answers with a fault where an asset is wrong, before anything is sent", function()
    for image, class in pairs {
      ["spec/fixtures/no-such-file.png"] = "asset.invalid_uri", ["http://example.com/a.png"] = "asset.insecure_url",
      ["https://10.0.0.1/a.png"] = "asset.ip_address", ["data:image/png;base64,####"] = "asset.invalid_uri",
      ["spec/fixtures/boat.gif"] = "asset.media_type",
    } do
      local one = run({}, { image = image }, { policy = policy.give_up })
      assert.equal(class, one.fault.class)
      assert.equal("image", one.fault.field)
      assert.equal(0, #simulator:log())
    end
  end)

  it("answers with a fault where the output cannot go, before anything is paid for", function()
    -- a directory as target was found out after the task was paid for, and a pipe or device was replaced by a file
    local pipe = os.tmpname()
    os.remove(pipe)
    os.execute("mkfifo " .. pipe)
    for path, text in pairs { ["/"] = "is not a file", [pipe] = "is not a file", ["/no/such/folder/x.mp4"] = "cannot be written", [""] = "cannot be written" } do
      local one = run({}, { save = path }, { policy = policy.give_up })
      assert.equal("request.invalid", one.fault.class)
      assert.equal("save", one.fault.field)
      assert.truthy(one.fault.message:find(text, 1, true), one.fault.message)
      assert.equal(0, #simulator:log())
    end
    local image = run({}, { image = pipe }, { policy = policy.give_up })
    assert.equal("asset.invalid_uri", image.fault.class) -- opening it would have waited for ever
    os.remove(pipe)
  end)

  it("refuses to resume a task that is over", function()
    local one = run({ tasks = { { states = { { "FAILED", code = "INTERNAL", failure = "x", refund = true } } } } }, nil,
      { policy = function() return policy.resume(5) end })
    assert.equal("local.refused", one.fault.class)
    assert.equal("no_task", one.fault.code)
    assert.equal(1, #one.fault.attempts)
  end)

  it("sees words that go out by way of extra", function()
    local one = run({ tasks = { { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "flagged" } } } } },
      { extra = { negativePrompt = "no guns please" } }, { policy = function(_, job)
        local extra = job.request.extra
        extra.seed = 5 -- a number is no content
        return policy.revise { extra = extra }
      end })
    assert.equal("unchanged", one.fault.code)
  end)

  it("runs many jobs at once over one engine", function()
    simulator:script { tasks = { { states = { "RUNNING", "SUCCEEDED" } } } }
    local client = main_job.client(simulator)
    local jobs, finished = {}, 0
    for n = 1, 50 do
      jobs[n] = client:start(main_job.request { seed = n })
      jobs[n]:on("succeeded", function() finished = finished + 1 end)
    end
    client:run()
    assert.equal(50, finished)
    assert.equal(50, #simulator:submissions { paid = true })
    assert.equal(0, client.running)
    client:close()
  end)

  it("keeps to the tasks at once that it was given, in order of arrival", function()
    simulator:script { tasks = { { states = { "RUNNING", "SUCCEEDED" } } } }
    local client = main_job.client(simulator, { runway = { concurrency = 2 } })
    local at_once, most, order = 0, 0, {}
    for n = 1, 9 do
      local job = client:start(main_job.request { seed = n })
      job:on("submitting", function()
        at_once = at_once + 1
        most = math.max(most, at_once)
        order[#order + 1] = n
      end)
      job:on("succeeded", function() at_once = at_once - 1 end)
      if n == 4 then job:cancel() end
    end
    client:run()
    assert.equal(2, most)
    assert.same({ 1, 2, 3, 5, 6, 7, 8, 9 }, order)
    client:close()
  end)

  describe("cancels", function()
    it("a job before anything is sent, at no cost", function()
      simulator:script {}
      local client = main_job.client(simulator)
      local job = client:start(main_job.request())
      assert.is_true(job:cancel())
      assert.is_false(job:cancel())
      local _, fault = job:await()
      assert.equal("local.cancelled", fault.class)
      assert.equal("none", fault.effect)
      assert.equal(0, #simulator:log())
      client:close()
    end)

    it("a task that runs, at the provider too", function()
      simulator:script { tasks = { { states = { "RUNNING" } } } }
      local client = main_job.client(simulator)
      local job = client:start(main_job.request())
      wait_for(client, function() return job.status == "RUNNING" end)
      job:cancel()
      local _, fault = job:await()
      assert.equal("local.cancelled", fault.class)
      assert.truthy(fault.message:find "cancelled too")
      assert.equal("local.cancelled", fault.attempts[1].class) -- the row was once left "under way"
      assert.truthy(fault.attempts[1].ended_at)
      assert.truthy(fault.task_id)
      local log = simulator:log()
      assert.equal("cancel", log[#log].operation)
      client:close()
    end)

    it("a submission under way only when its answer is there: the task would be lost otherwise", function()
      simulator:script { tasks = { { states = { "RUNNING" } } }, faults = { { on = "submit", delay = 0.3 } } }
      local client = main_job.client(simulator)
      local job = client:start(main_job.request())
      wait_for(client, function() return job.state == "submitting" end)
      job:cancel()
      local _, fault = job:await()
      assert.equal("local.cancelled", fault.class)
      assert.truthy(fault.task_id)
      local operations = {}
      for i, entry in ipairs(simulator:log()) do operations[i] = entry.operation end
      assert.same({ "submit", "cancel" }, operations)
      client:close()
    end)

    it("a poll under way at once", function()
      simulator:script { tasks = { { states = { "RUNNING" } } }, faults = { { on = "poll", action = "silence" } } }
      local client = main_job.client(simulator, { runway = { timeout = { first_byte = 30, total = 30 } } })
      local job = client:start(main_job.request())
      wait_for(client, function() return job.state == "poll" and job.transfer end)
      local began = require("retake.core").now()
      job:cancel()
      local _, fault = job:await()
      assert.equal("local.cancelled", fault.class)
      assert.is_true(require("retake.core").now() - began < 10)
      client:close()
    end)

    it("a wait for the next try", function()
      simulator:script { faults = { { on = "submit", status = 429, retry_after = "3000", times = "always" } } }
      local client = main_job.client(simulator)
      local job = client:start(main_job.request())
      wait_for(client, function() return job.state == "prepare" and job:record().due_at end)
      local before = client.host.now()
      job:cancel()
      local _, fault = job:await()
      assert.equal("local.cancelled", fault.class)
      assert.is_true(client.host.now() - before < 10)
      client:close()
    end)
  end)

  describe("is not disturbed by mistakes of the script:", function()
    it("an error in a listener is thrown from step after everything due has run", function()
      simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
      local client = main_job.client(simulator)
      local bad, good = client:start(main_job.request()), client:start(main_job.request { seed = 2 })
      bad:on("submitted", function() error "a bug in a listener" end)
      local thrown = 0
      while not (bad.done and good.done) do
        local ok, message = pcall(client.wait, client)
        if not ok then
          thrown = thrown + 1
          assert.truthy(tostring(message):find "a bug in a listener")
        end
      end
      assert.equal(1, thrown)
      assert.equal("succeeded", bad.state)
      assert.equal("succeeded", good.state)
      client:close()
    end)

    it("or given to on_error", function()
      local errors = {}
      local one = run({}, nil, { on_event = function() error "oops" end, on_error = function(message) errors[#errors + 1] = message end })
      assert.is_nil(one.fault)
      assert.is_true(#errors > 3)
    end)

    it("an error in the policy ends the job, names what it was asked about, and is reported", function()
      local errors = {}
      local one = run({ faults = { { on = "submit", status = 503, times = "always" } } }, nil,
        { policy = function() error "a bug in the policy" end, on_error = function(message) errors[#errors + 1] = message end })
      assert.equal("local.refused", one.fault.class)
      assert.equal("policy_error", one.fault.code)
      assert.truthy(one.fault.message:find "client_spec.lua:%d+: a bug in the policy")
      assert.truthy(one.fault.message:find("provider.unavailable", 1, true))
      assert.equal(1, #errors)
      assert.truthy(errors[1]:find "a bug in the policy")
    end)

    it("a policy that answers with something else", function()
      local errors = {}
      local one = run({ faults = { { on = "submit", status = 503, times = "always" } } }, nil,
        { policy = function() return "retry" end, on_error = function(message) errors[#errors + 1] = message end })
      assert.equal("local.refused", one.fault.class)
      assert.equal("policy_answer", one.fault.code)
      assert.truthy(one.fault.message:find('the text "retry", which is no decision (after provider.unavailable', 1, true), one.fault.message)
      assert.truthy(errors[1]:find "no decision")
    end)

    it("a revision that makes no request", function()
      local errors = {}
      local one = run({ faults = { { on = "submit", status = 503, times = "always" } } }, nil,
        { policy = function() return policy.revise { duration = "long" } end, on_error = function(message) errors[#errors + 1] = message end })
      assert.equal("local.refused", one.fault.class)
      assert.truthy(one.fault.message:find("provider.unavailable", 1, true)) -- what it was asked about is told, whatever the policy made of it
      assert.truthy(errors[1]:find "duration has to be a number")
      local late = run({ faults = { { on = "submit", status = 503, times = "always" } } }, nil,
        { policy = function() return policy.revise { duration = function() return "long" end } end, on_error = function(message) errors[#errors + 1] = message end })
      assert.equal("local.refused", late.fault.class)
      assert.truthy(errors[2]:find "duration has to be a number")
    end)

    it("a callback or policy that waits for its own job, or yields by itself, is told so instead of hanging", function()
      for name, policy_of in pairs {
        ["a job cannot wait for its own end"] = function(_, job) return job:await() end,
        ["yielded by itself"] = function() return coroutine.yield() end,
      } do
        local errors = {}
        local one = run({ faults = { { on = "submit", status = 503, times = "always" } } }, nil,
          { policy = policy_of, on_error = function(message) errors[#errors + 1] = message end })
        assert.equal("local.refused", one.fault.class)
        assert.truthy(one.fault.message:find(name, 1, true), one.fault.message)
        assert.truthy(errors[1]:find(name, 1, true), errors[1])
      end
    end)

    it("a journal that cannot be written stops a job before it costs anything", function()
      simulator:script {}
      local journal = retake.journal.memory()
      journal.put = function(_, record) return record.state ~= "submitting" or nil, "disk full" end
      local client = main_job.client(simulator, { journal = journal, policy = policy.give_up })
      local _, fault = client:start(main_job.request()):await()
      assert.equal("local.storage", fault.class)
      assert.equal("none", fault.effect)
      assert.equal(0, #simulator:log())
      client:close()
    end)
  end)

  it("lets a policy wait, ask and call before it decides", function()
    local waited
    local one = run({ faults = { { on = "submit", status = 503 } } }, nil, { policy = function(_, job)
      local before = job.client.host.now()
      job.client:sleep(17)
      waited = job.client.host.now() - before
      return policy.retry(0)
    end })
    assert.is_nil(one.fault)
    assert.is_true(waited >= 17 and waited < 18)
  end)

  it("revises: the changed content goes, and is what the ledger's next row sent", function()
    local one = run({ blocked = { "gun" } }, { prompt = "a gun on a boat" }, {
      policy = policy.on("content", function() return policy.revise { prompt = function(p) return (p:gsub("gun", "flower")) end } end),
    })
    assert.is_nil(one.fault)
    assert.equal(2, one.submissions)
    assert.equal("a flower on a boat", one.job.request.prompt)
    assert.equal("content.input", one.result.attempts[1].class)
    assert.equal("revise", one.result.attempts[1].decision)
  end)

  it("falls back: to each model once, with its own changes, and says so", function()
    local one = run({ tasks = {
      { match = { model = "gen4.5" }, states = { "SUCCEEDED" } },
      { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "An unexpected error occurred.", refund = true } } },
    } }, { duration = 10 }, { policy = policy.fallback { "runway/seedance2_mini", "runway/act_two", { model = "runway/gen4.5", duration = 4 } } })
    assert.is_nil(one.fault)
    assert.equal("runway/gen4.5", one.result.model)
    assert.equal(4, one.job.request.duration)
    -- act_two drives a face with a video: it is passed over before anything is sent
    assert.same({ "runway/act_two" }, { one.job.attempts[2].skipped[1].model })
    assert.equal(3, one.submissions)
    assert.equal(2, #one.by_name.fallback)
  end)

  it("resumes a job of its journal", function()
    simulator:script { tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    local journal = retake.journal.memory()
    local first = main_job.client(simulator, { journal = journal })
    local job = first:start(main_job.request())
    wait_for(first, function() return job.task_id end)
    first:close()
    assert.has_error(function() first:step() end)
    local second = main_job.client(simulator, { journal = journal })
    local resumed = second:resume(job.id)
    assert.equal(resumed, second:find(job.id))
    assert.truthy((resumed:await()))
    assert.equal(1, #simulator:submissions())
    assert.is_nil(second:resume "no such job")
    second:close()
  end)

  it("flags in the ledger a failure that is called refunded and was charged all the same", function()
    local one = run({ tasks = { { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.01", failure = "Your credits have been refunded.", refund = false } } } } },
      nil, { policy = policy.give_up })
    assert.equal("yes", one.fault.billed)
    assert.equal("its words call it refunded, its cost is 25", one.fault.attempts[1].flag)
    assert.truthy(require("retake.ledger").format(one.fault.attempts):find("attempt 1: its words call it refunded", 1, true))
    local honest = run({ tasks = { { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.01", failure = "Your credits have been refunded.", refund = true } } } } },
      nil, { policy = policy.give_up })
    assert.is_nil(honest.fault.attempts[1].flag)
  end)

  it("counts how each model has been doing", function()
    local one = run { tasks = { { states = { { "FAILED", code = "INTERNAL", failure = "x", refund = true } } }, { states = { "SUCCEEDED" } } } }
    local health = one.client:health()["runway/gen4_turbo"]
    assert.equal(1, health.succeeded)
    assert.equal(1, health.failed)
    assert.equal(0, health.in_a_row)
    assert.same({ ["provider.internal"] = 1 }, health.classes)
  end)

  it("asks the provider about the account", function()
    simulator:script { balance = 321 }
    local client = main_job.client(simulator)
    assert.equal(321, client:account("runway").credits)
    client:close()
    local wrong = main_job.client(simulator, { runway = { base_url = "http://127.0.0.1:1" } })
    local account, fault = wrong:account "runway"
    assert.is_nil(account)
    assert.equal("network.connect", fault.class)
    wrong:close()
  end)

  it("uses few coroutines for many jobs, and does not care for what a callback does with one it has kept", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local client = main_job.client(simulator)
    local kept, seen, different = {}, {}, 0
    local function start()
      return client:start(main_job.request()):on("submitted", function()
        local flow = coroutine.running()
        different = different + (seen[flow] and 0 or 1)
        seen[flow], kept[#kept + 1] = true, flow
      end)
    end
    for _ = 1, 6 do
      assert(start():await())
      for _, flow in ipairs(kept) do coroutine.resume(flow, "not yours", {}) end
    end
    assert.equal(6, different) -- one that somebody else resumed is not used again
    kept = {}
    for _ = 1, 6 do
      assert(start():await())
      kept = {}
    end
    assert.equal(7, different)
    client:close()
  end)

  it("may be closed by a callback: run returns, and the other jobs' records go on elsewhere", function()
    simulator:script { tasks = { { states = { "RUNNING", "SUCCEEDED" } } } }
    local client, jobs = main_job.client(simulator), {}
    for n = 1, 3 do jobs[n] = client:start(main_job.request()) end
    jobs[2]:on("progress", function() client:close() end)
    client:run()
    assert.has_error(function() client:run() end, "the client is closed")
    local heir = main_job.client(simulator)
    for _, job in ipairs(jobs) do
      assert.is_false(job.done)
      assert.is_false(job:cancel())
      assert.truthy(heir:adopt(job:record()):await())
    end
    heir:close()
    assert.equal(3, #simulator:submissions())
  end)

  it("speaks the protocol of cqueues", function()
    local client = main_job.client(simulator)
    assert.equal("number", type(client:pollfd()))
    assert.equal("r", client:events())
    assert.is_nil(client:timeout())
    client:start(main_job.request())
    assert.equal(0, client:timeout())
    client:close()
    client:close()
  end)

  it("in a frame loop never waits by itself, and await yields in a coroutine", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local clock = retake.host.get "virtual"
    local host = { name = "frame", driven = true, now = clock.now, sleep = clock.sleep, wait = clock.wait, spawn = clock.spawn }
    local client = main_job.client(simulator, { host = host })
    local result, steps = nil, 0
    local thread = coroutine.create(function() result = client:start(main_job.request()):await() end)
    assert(coroutine.resume(thread))
    assert.equal("suspended", coroutine.status(thread))
    while coroutine.status(thread) ~= "dead" do
      client:step()
      clock.wait(client.engine, 0.5)
      steps = steps + 1
    end
    assert.truthy(result)
    assert.is_true(steps > 5)
    client:close()
  end)

  it("drives itself with the real clock in a plain script", function()
    simulator:script {}
    local client = main_job.client(simulator, { host = "blocking" })
    local job = client:start(main_job.request { deadline = 0.4 })
    local began = client.host.now()
    local _, fault = job:await()
    assert.equal("local.deadline", fault.class)
    assert.truthy(fault.task_id)
    assert.is_true(client.host.now() - began >= 0.4)
    client:close()
  end)

  -- The error went to on_error, and the caller waited an hour for a flow that was over.
  it("throws what a call of its own threw, before or after it waited", function()
    local client = main_job.client(simulator, {})
    assert.is_false(pcall(client.call, client, function() error "at once" end))
    local ok, message = pcall(client.call, client, function()
      client:sleep(1)
      error "later"
    end)
    assert.is_false(ok)
    assert.truthy(tostring(message):find("later", 1, true))
    assert.equal(0, client.running)
    client:close()
  end)

  it("over TLS verifies the server, and says which class it is when it cannot", function()
    local secure = simulator_of.start { tls = true }
    local settings = { base_url = secure.base_url, ca_file = secure.ca_file }
    local good = main_job.client(simulator, { runway = settings })
    assert.truthy((good:start(main_job.request()):await()))
    good:close()
    settings.ca_file = nil
    local bad = main_job.client(simulator, { runway = { base_url = secure.base_url }, policy = policy.give_up })
    local _, fault = bad:start(main_job.request()):await()
    assert.equal("network.tls", fault.class)
    assert.equal("none", fault.effect)
    bad:close()
    secure:stop()
  end)
end)
