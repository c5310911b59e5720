-- Jobs at Runware, over real sockets, through the client, on the virtual clock.
local main_job = require "spec.support.main_job"
local patience = require "spec.support.patience"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("a job at Runware", function()
  local simulator

  local function settings()
    return { key = "key_spec", base_url = simulator.base_url, timeout = patience.timeout(simulator.scripted) }
  end

  local function run(script, fields, options)
    local request = { model = "runware/klingai:5@3", prompt = "a paper boat on a river", ratio = "1280:720", duration = 5 }
    for key, value in pairs(fields or {}) do request[key] = value end
    for key, value in pairs(request) do
      if value == "none" then request[key] = nil end
    end
    simulator:script(script)
    local all = { host = "virtual", providers = { runware = settings() } }
    for key, value in pairs(options or {}) do all[key] = value end
    local client = retake.client(all)
    local one, began = { events = {} }, client.host.now()
    one.job = client:start(request)
    one.job:on("event", function(event)
      one.events[event.event] = one.events[event.event] or {}
      table.insert(one.events[event.event], event)
    end)
    one.result, one.fault = one.job:await()
    one.seconds = client.host.now() - began
    client:close()
    one.log = simulator:log()
    one.submissions, one.paid = simulator:submissions(), #simulator:submissions { paid = true }
    return one
  end

  local function count(log, operation)
    local found = 0
    for _, entry in ipairs(log) do found = found + (entry.operation == operation and 1 or 0) end
    return found
  end

  local image = { model = "runware/runware:101@1", duration = "none", ratio = "1024:1024" }
  local function images(n)
    local fields = { count = n }
    for key, value in pairs(image) do fields[key] = value end
    return fields
  end

  setup(function() simulator = simulator_of.start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  it("goes from a prompt to a file, and knows what it cost", function()
    local path = main_job.temporary ".mp4"
    local one = run({ tasks = { { states = { "queued", { "processing", 0.4 }, "success" } } } }, { save = path })
    assert.is_nil(one.fault)
    assert.same({ path }, one.result.files)
    assert.equal(0.3125, one.result.credits)
    assert.equal(1, one.paid)
    local file = assert(io.open(path, "rb"))
    assert.equal("ftyp", file:read(8):sub(5))
    file:close()
    os.remove(path)
    local seen = {}
    for i, event in ipairs(one.events.progress) do seen[i] = event.state .. " " .. tostring(event.progress) end
    assert.same({ "running 0.4", "succeeded nil" }, seen)
    assert.truthy(one.job.attempts[1].task_id:find "^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$")
  end)

  it("makes images from words and from an image, upscales one, takes its background away", function()
    local success = { tasks = { { states = { "success" } } } }
    for _, fields in ipairs { image, { model = "runware/runware:101@1", duration = "none", ratio = "1024:1024", image = "spec/fixtures/boat.png" },
      { model = "runware/upscale", duration = "none", prompt = "none", ratio = "none", image = "spec/fixtures/boat.png" },
      { model = "runware/removeBackground", duration = "none", prompt = "none", ratio = "none", image = "https://example.com/boat.png" },
      { model = "runware/runware:200@6", image = "spec/fixtures/boat.png", last_image = "https://example.com/last.png" } } do
      local one = run(success, fields)
      assert.is_nil(one.fault)
      assert.equal(1, #one.result.outputs)
    end
  end)

  it("takes an empty answer for not yet, for as long as it has time", function()
    local states = {}
    for i = 1, 30 do states[i] = "queued" end
    states[31] = "success"
    local one = run { tasks = { { states = states } } }
    assert.is_nil(one.fault)
    assert.equal(31, count(one.log, "poll"))
    local late = run({ tasks = { { states = { "queued" } } } }, { deadline = 120 })
    assert.equal("local.deadline", late.fault.class)
    assert.equal(1, late.paid)
  end)

  it("asks about its task ever more seldom, never more than once a second", function()
    local one = run { tasks = { { states = { "queued", "processing", "processing", "processing", "processing", "processing", "processing",
      "processing", "success" } } } }
    assert.is_nil(one.fault)
    assert.is_true(one.seconds > 20 and one.seconds < 70, "took " .. one.seconds)
  end)

  describe("keeps what was paid for", function()
    it("when a sibling failed", function()
      local one = run({ tasks = { { states = { { "processing", done = 1 },
        { "success", failed = 2, code = "invalidProviderContent", failure = "The generated content was flagged." } } } } }, images(4))
      assert.is_nil(one.fault)
      assert.equal(2, #one.result.outputs)
      assert.equal(2 * 0.0078125, one.result.credits)
      assert.equal(2, #one.job:record().failures)
      assert.equal("content.output", one.job:record().failures[1].class)
      assert.equal("content.output", one.result.failures[1].class)
      assert.equal("invalidProviderContent", one.result.failures[2].code)
      assert.equal(1, one.paid)
    end)

    it("when failures stand for more results than they say", function()
      local one = run({ tasks = { { states = { { "success", count = 3, failed = 1, code = "providerError", credits = 0.02 } } } } }, images(6))
      assert.is_nil(one.fault)
      assert.equal(3, #one.result.outputs)
    end)

    it("when results come one after the other", function()
      local one = run({ tasks = { { states = { { "processing", done = 1 }, { "processing", done = 2 }, "success" } } } }, images(3))
      assert.is_nil(one.fault)
      assert.equal(3, #one.result.outputs)
      assert.is_nil(one.job:record().failures)
    end)

    it("when the rest never comes, and nobody says why", function()
      local one = run({ tasks = { { states = { { "success", count = 2 } } } } }, images(3))
      assert.is_nil(one.fault)
      assert.equal(2, #one.result.outputs)
      assert.is_true(one.seconds > 60, "gave up after " .. one.seconds)
    end)

    it("and calls it failed only when nothing came", function()
      local one = run({ tasks = { { states = { { "error", failed = 2, code = "timeoutProvider", failure = "too slow" } } } } }, images(2),
        { policy = policy.give_up })
      assert.equal("provider.timeout", one.fault.class)
      assert.equal("finished", one.fault.effect)
    end)
  end)

  describe("reads a failed task in every form:", function()
    for _, shape in ipairs { "errors", "status", "bare", "data", "single", "frame" } do
      it(shape, function()
        local one = run({ shape = shape, tasks = { { states = { "processing", { "error", code = "invalidProviderContent", shape = shape,
          failure = "Invalid content detected. The generated content was flagged." } } } } }, nil, { policy = policy.give_up })
        assert.equal("content.output", one.fault.class)
        assert.equal("invalidProviderContent", one.fault.code)
        assert.equal("finished", one.fault.effect)
        assert.equal(1, one.paid)
      end)
    end

    it("without the name of its task", function()
      local one = run({ tasks = { { states = { { "error", code = "timeoutProvider", failure = "too slow", anonymous = true } } } } }, nil,
        { policy = policy.give_up })
      assert.equal("provider.timeout", one.fault.class)
    end)

    it("with the refusal told by the model's own service only", function()
      local one = run({ tasks = { { states = { { "error", code = "providerError", failure = "OpenAI responded with an error. Additional information below.",
        upstream = "Your request was rejected by our safety system. It may contain nudity.", upstream_status = "moderation_blocked" } } } } }, nil,
        { policy = policy.give_up })
      assert.equal("content.input", one.fault.class)
      assert.equal("adult", one.fault.category)
    end)
  end)

  describe("sends a submission of unknown outcome again under the same name, and pays once:", function()
    for name, fault in pairs {
      ["accepted, then reset"] = { on = "submit", after_accept = true, action = "reset" },
      ["accepted, then silence"] = { on = "submit", after_accept = true, action = "silence" },
      ["accepted, then 500"] = { on = "submit", after_accept = true, status = 500 },
      ["accepted, then a gateway's page"] = { on = "submit", after_accept = true, action = "html" },
      ["accepted, then an answer cut short"] = { on = "submit", after_accept = true, action = "cut" },
      ["accepted, then an empty answer"] = { on = "submit", after_accept = true, status = 200, body = '{"data":[]}' },
      ["accepted, then bad JSON"] = { on = "submit", after_accept = true, action = "bad_json" },
      ["reset before it was read"] = { on = "submit", action = "reset" },
      ["503 before it was read"] = { on = "submit", status = 503 },
    } do
      it(name, function()
        local one = run { faults = { fault } }
        assert.is_nil(one.fault)
        assert.equal(1, one.paid)
        assert.equal(1, #one.job.attempts)
      end)

      it(name .. ", and the task waits in a queue that shows nothing", function()
        local one = run { faults = { fault }, tasks = { { states = { "queued", "queued", "queued", "processing", "success" } } } }
        assert.is_nil(one.fault)
        assert.equal(1, one.paid)
      end)
    end

    it("again and again", function()
      local one = run { faults = { { on = "submit", after_accept = true, action = "reset" }, { on = "submit", action = "reset", times = 2 } },
        tasks = { { states = { "queued", "queued", "queued", "queued", "queued", "success" } } } }
      assert.is_nil(one.fault)
      assert.equal(1, one.paid)
    end)

    it("but a refusal is no unknown outcome, whatever its status", function()
      local one = run({ faults = { { on = "submit", status = 200, code = "invalidWidth", message = "Invalid value for 'width' parameter." } } }, nil,
        { policy = policy.give_up })
      assert.equal("request.invalid", one.fault.class)
      assert.equal("none", one.fault.effect)
      assert.equal("no", one.fault.billed)
      assert.equal(1, #one.submissions)
    end)
  end)

  describe("never loses a paid task to", function()
    for name, fault in pairs {
      ["a limit on questions"] = { on = "poll", status = 429, times = 3 },
      ["a limit told under 200"] = { on = "poll", status = 200, code = "rateLimitExceeded", message = "slow down", times = 3 },
      ["a bad key for a while"] = { on = "poll", status = 401, times = 2 },
      ["an error that says nothing"] = { on = "poll", status = 200, body = { error = { message = "Server overloaded" } }, times = 2 },
      ["another task's error"] = { on = "poll", status = 200, body = { errors = { { code = "timeoutProvider", message = "x",
        taskUUID = "00000000-0000-4000-8000-000000000001" } } }, times = 2 },
      ["500"] = { on = "poll", status = 500, times = 3 },
      ["junk"] = { on = "poll", action = "bad_json", times = 2 },
      ["one taskNotFound"] = { on = "poll", status = 200, code = "taskNotFound", message = "no such task" },
    } do
      it(name, function()
        local one = run { faults = { fault }, tasks = { { states = { "processing", "success" } } } }
        assert.is_nil(one.fault)
        assert.equal(1, one.paid)
      end)
    end
  end)

  it("waits while the output host has not got the file yet", function()
    local path = main_job.temporary ".mp4"
    local one = run({ faults = { { on = "download", status = 422, body = "still processing", times = 2 }, { on = "download", action = "html" } } },
      { save = path })
    assert.is_nil(one.fault)
    assert.equal(1, one.paid)
    assert.is_true(os.remove(path))
  end)

  it("reads the task again when its links have died", function()
    local path = main_job.temporary ".mp4"
    local one = run({ output = { dead_urls = 1 } }, { save = path })
    assert.is_nil(one.fault)
    assert.equal(1, #one.events.refreshed)
    assert.is_true(os.remove(path))
  end)

  describe("with a file that is too long to go inside,", function()
    local path = main_job.temporary ".png"
    setup(function()
      local file, boat = assert(io.open(path, "wb")), assert(io.open("spec/fixtures/boat.png", "rb"))
      local bytes = boat:read "*a"
      boat:close()
      -- a chunk that no reader minds, before the end of the picture
      local size = 2 * 1024 * 1024
      local length = string.char(math.floor(size / 16777216), math.floor(size / 65536) % 256, math.floor(size / 256) % 256, size % 256)
      file:write(bytes:sub(1, -13), length, "teXt", ("x"):rep(size), "\0\0\0\0", bytes:sub(-12))
      file:close()
    end)
    teardown(function() os.remove(path) end)

    it("uploads it once and names it by its UUID", function()
      local one = run({ faults = { { on = "submit", status = 429 } } }, { model = "runware/runware:200@6", image = path })
      assert.is_nil(one.fault)
      assert.equal(1, count(one.log, "upload"))
      assert.is_true(one.submissions[1].bytes_received < 2000)
      assert.truthy(one.events.uploaded[1].uri:find "^%x+%-%x+%-4")
    end)

    it("asks until it has been taken in", function()
      local one = run({ media_polls = 3 }, { model = "runware/runware:200@6", image = path })
      assert.is_nil(one.fault)
      assert.equal(4, count(one.log, "upload"))
    end)

    it("tries an upload again that failed", function()
      local one = run({ faults = { { on = "upload", status = 503 } } }, { model = "runware/runware:200@6", image = path })
      assert.is_nil(one.fault)
      assert.equal(1, one.paid)
    end)
  end)

  it("tells of refusals what they are", function()
    local function refused(script, fields, options)
      options = options or { policy = policy.give_up }
      return run(script, fields, options).fault
    end
    local fault = refused({ assets = { ["lost.png"] = "Failed to transfer the provided image." } }, { image = "https://example.com/lost.png" })
    assert.same({ "asset.unreachable", "frameImages[0]", "none", "no" }, { fault.class, fault.field, fault.effect, fault.billed })
    fault = refused { balance = 0 }
    assert.same({ "account.credits", 400, "videoInferenceInsufficientCredits" }, { fault.class, fault.status, fault.code })
    fault = refused { blocked = { { "paper boat", how = "refusal", code = "promptBlocked", failure = "The prompt was blocked: celebrity." } } }
    assert.same({ "content.input", "celebrity" }, { fault.class, fault.category })
    fault = refused({}, { model = "runware/nonsense" })
    assert.same({ "model.unavailable", "model" }, { fault.class, fault.field })
    fault = refused({}, nil, { providers = { runware = { key = "wrong", base_url = simulator.base_url } }, policy = policy.give_up })
    assert.equal("account.unauthorized", fault.class)
  end)

  it("says that a task may go on after a cancellation: there is no call for it", function()
    simulator:script { tasks = { { states = { "processing" } } } }
    local client = retake.client { host = "virtual", providers = { runware = settings() } }
    local job = client:start { model = "runware/klingai:5@3", prompt = "a paper boat", duration = 5 }
    job:on("event", function(event)
      if event.event == "progress" then job:cancel() end
    end)
    local _, fault = job:await()
    client:close()
    assert.equal("local.cancelled", fault.class)
    assert.equal("unknown", fault.billed)
    assert.equal(0, count(simulator:log(), "cancel"))
  end)

  it("tells the account's balance", function()
    simulator:script { balance = 12.5 }
    local client = retake.client { host = "virtual", providers = { runware = settings() } }
    local account = assert(client:account "runware")
    client:close()
    assert.equal(12.5, account.credits)
  end)
end)
