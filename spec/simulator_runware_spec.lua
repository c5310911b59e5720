-- The stand-in for Runware: what its users rely on. Real shapes, real refusals, one payment a taskUUID.
local start = require("spec.support.simulator").start
local client = require "spec.support.simulator_client"

local count = 0
local function uuid()
  count = count + 1
  return ("24cd5dff-cb81-4db5-8506-%012x"):format(count)
end

describe("the simulator as Runware", function()
  local simulator
  local HEADERS = { ["Authorization"] = "Bearer key_spec", ["Content-Type"] = "application/json" }

  local function send(tasks, headers) return client.request(simulator, "POST", "/v1", tasks, headers or HEADERS) end
  local function video(fields)
    local task = { taskType = "videoInference", taskUUID = uuid(), model = "klingai:5@3", positivePrompt = "a paper boat", duration = 5,
      deliveryMethod = "async", includeCost = true }
    for name, value in pairs(fields or {}) do task[name] = value end
    return task
  end
  local function image(fields)
    local task = video { taskType = "imageInference", width = 1024, height = 1024, model = "runware:101@1" }
    task.duration = nil
    for name, value in pairs(fields or {}) do task[name] = value end
    return task
  end
  local function poll(id) return select(2, send { { taskType = "getResponse", taskUUID = id } }) end
  local function refused(task)
    local status, body = send { task }
    assert.equal(400, status)
    assert.same({}, body.data)
    return body.errors[1]
  end

  setup(function() simulator = start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  it("takes a task, shows its progress, and its result with what it cost", function()
    simulator:script { tasks = { { states = { "queued", { "processing", 0.4 }, "success" } } } }
    local task = video()
    local status, body = send { task }
    assert.same({ 200, { data = { { taskType = "videoInference", taskUUID = task.taskUUID } } } }, { status, body })
    assert.same({ data = {} }, poll(task.taskUUID))
    assert.same({ data = { { taskType = "videoInference", taskUUID = task.taskUUID, status = "processing", progress = 40 } } }, poll(task.taskUUID))
    local done = poll(task.taskUUID).data[1]
    assert.same({ "success", 0.3125 }, { done.status, done.cost })
    local code, file, headers = client.request(simulator, "GET", done.videoURL, nil, {})
    assert.same({ 200, "ftyp", "video/mp4" }, { code, file:sub(5, 8), headers["content-type"] })
    assert.equal(100000 - 0.3125, simulator:state().runware.balance)
    assert.same({ data = {} }, poll(uuid()))
  end)

  it("takes a taskUUID once", function()
    simulator:script {}
    local task = video()
    send { task }
    local error_item = refused(task)
    assert.same({ "conflictTaskUUID", task.taskUUID, "taskUUID" }, { error_item.code, error_item.taskUUID, error_item.parameter })
    assert.equal(1, #simulator:submissions { paid = true })
    assert.equal(2, #simulator:submissions())
  end)

  it("takes a key either way, and no other", function()
    simulator:script {}
    assert.equal(401, (send({ video() }, { ["Content-Type"] = "application/json" })))
    local _, body = send({ video() }, { Authorization = "Bearer nonsense" })
    assert.same({ "invalidApiKey", "apiKey", "authentication" }, { body.errors[1].code, body.errors[1].parameter, body.errors[1].taskType })
    local status, answer = send({ { taskType = "authentication", apiKey = "key_x" }, video() }, { ["Content-Type"] = "application/json" })
    assert.same({ 200, "authentication", "videoInference" }, { status, answer.data[1].taskType, answer.data[2].taskType })
    assert.equal("submit", simulator:log()[3].operation)
  end)

  it("refuses what Runware would", function()
    simulator:script {}
    local wrong = {
      invalidTaskUUID = video { taskUUID = "x" }, unsupportedTaskType = video { taskType = "magic" }, invalidModel = video { model = "nonsense" },
      invalidWidth = image { width = 100 }, invalidHeight = image { height = 1024.5 }, invalidNumberResults = image { numberResults = 21 },
      invalidPositivePrompt = image { positivePrompt = 5 }, invalidPositivePromptLength = image { positivePrompt = "x" },
      invalidDuration = video { duration = 100 }, invalidDeliveryMethod = video { deliveryMethod = "pigeon" },
      invalidSeedImage = image { seedImage = "spec/boat.png" }, failedToTransferImage = image { seedImage = uuid() },
    }
    for code, task in pairs(wrong) do assert.equal(code, refused(task).code) end
    local task = image()
    task.width = nil
    assert.same({ "width", "height", "referenceImages" }, refused(task).parameter)
    task = video()
    task.positivePrompt = nil
    assert.equal("missingPositivePrompt", refused(task).code)
    assert.equal(400, (client.request(simulator, "POST", "/v1", { taskType = "ping" }, HEADERS)))
    assert.equal(400, (client.request(simulator, "POST", "/v1", "nonsense", HEADERS)))
    assert.equal(0, #simulator:submissions { paid = true })
  end)

  it("answers several tasks in one request, each for itself", function()
    simulator:script { tasks = { { states = { "success" } } } }
    local good, bad = video(), video { duration = 1000 }
    local status, body = send { good, bad }
    assert.same({ 200, good.taskUUID, bad.taskUUID }, { status, body.data[1].taskUUID, body.errors[1].taskUUID })
  end)

  it("makes several results, of which some may fail", function()
    simulator:script { tasks = { { states = { { "processing", done = 1 }, { "success", failed = 1, code = "safety", failure = "Content flagged" } } } } }
    local task = image { numberResults = 3 }
    send { task }
    local first = poll(task.taskUUID)
    assert.same({ "success", "processing", "processing" }, { first.data[1].status, first.data[2].status, first.data[3].status })
    local second = poll(task.taskUUID)
    assert.same({ 2, 1, "safety", task.taskUUID }, { #second.data, #second.errors, second.errors[1].code, second.errors[1].taskUUID })
    assert.equal(2 * 0.0078125, second.data[1].cost + second.data[2].cost)
    assert.equal(100000 - 2 * 0.0078125, simulator:state().runware.balance)
  end)

  it("writes its errors in every form", function()
    local function failed(shape)
      simulator:script { shape = shape, tasks = { { states = { { "error", code = "timeoutProvider", failure = "x" } } } } }
      local task = video()
      send { task }
      return poll(task.taskUUID)
    end
    assert.same({ 0, "timeoutProvider" }, { #failed "errors".data, failed "errors".errors[1].code })
    assert.equal("error", failed "status".errors[1].status)
    assert.is_nil(failed "bare".data)
    assert.same({ "error", "timeoutProvider" }, { failed "data".data[1].status, failed "data".data[1].error.code })
    assert.equal("timeoutProvider", failed "single".error.code)
    assert.equal("timeoutProvider", failed "frame"[1].errors[1].code)
    assert.equal(19, failed "legacy".errorId)
    assert.equal(100000, simulator:state().runware.balance)
  end)

  it("answers at once where it is asked to, and tells nothing afterwards", function()
    simulator:script {}
    local task = image { deliveryMethod = "sync" }
    local _, body = send { task }
    assert.equal("success", body.data[1].status)
    assert.same({ data = {} }, poll(task.taskUUID))
  end)

  it("keeps files", function()
    simulator:script { media_polls = 2 }
    local id = uuid()
    local _, body = send { { taskType = "mediaStorage", taskUUID = id, operation = "upload", media = "QUJD" } }
    assert.equal("1", body.data[1].mediaUUID)
    assert.equal("1", poll(id).data[1].mediaUUID)
    local media = poll(id).data[1].mediaUUID
    assert.equal(200, (send { image { seedImage = media } }))
    local operations = {}
    for i, entry in ipairs(simulator:log()) do operations[i] = entry.operation end
    assert.same({ "upload", "upload", "upload", "submit" }, operations)
  end)

  it("acts out the script's faults, with Runway's and EvoLink's paths beside its own", function()
    simulator:script { faults = { { on = "submit", status = 429 }, { on = "poll", status = 503 } }, balance = 0.1 }
    local status, body = send { video() }
    assert.same({ 429, "rateLimitExceeded" }, { status, body.errors[1].code })
    assert.equal("videoInferenceInsufficientCredits", refused(video()).code)
    assert.equal(503, (send { { taskType = "getResponse", taskUUID = uuid() } }))
    assert.equal(0.1, select(2, send { { taskType = "accountManagement", taskUUID = uuid(), operation = "getDetails" } }).data[1].balance)
    simulator:script {}
    assert.equal(200, (client.submit(simulator)))
    assert.equal(401, (client.request(simulator, "GET", "/v1/credits", nil, {})))
  end)

  it("refuses what moderation blocks, at once or in the task", function()
    simulator:script { blocked = { "boat" } }
    local task = video()
    send { task }
    poll(task.taskUUID)
    assert.equal("invalidProviderContent", poll(task.taskUUID).errors[1].code)
    simulator:script { blocked = { { "boat", how = "refusal", code = "promptBlocked" } } }
    assert.equal("promptBlocked", refused(video()).code)
  end)
end)
