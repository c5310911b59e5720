local cjson = require "cjson"
local runware = require "retake.provider.runware"

local KEY = "24cd5dff-cb81-4db5-8506-b72a9425f9d1"
local identity = { key = KEY }

local function encoded(fields)
  local request = { model = "klingai:5@3", prompt = "a paper boat" }
  for name, value in pairs(fields or {}) do request[name] = value end
  for name, value in pairs(request) do
    if value == "none" then request[name] = nil end
  end
  local call, problem = runware.submit.encode(request, identity)
  return call and call.body[1], problem
end

describe("Runware: requests", function()
  it("are lists of one task under the name it was given, asked to be told of later", function()
    local call = runware.submit.encode({ model = "runware/klingai:5@3", prompt = "x y", duration = 5, ratio = "1280:720", seed = 7, count = 2,
      negative_prompt = "z" }, identity)
    assert.equal("/v1", call.path)
    assert.same({ { taskType = "videoInference", taskUUID = KEY, deliveryMethod = "async", includeCost = true, outputType = "URL",
      model = "klingai:5@3", positivePrompt = "x y", negativePrompt = "z", duration = 5, width = 1280, height = 720, seed = 7, numberResults = 2 } },
      call.body)
    assert.equal(KEY, runware.lookup(identity))
    assert.is_true(runware.recognises_resend)
    assert.is_nil(runware.cancel)
  end)

  it("become the task that the model or the request asks for", function()
    local kinds = {
      { { model = "klingai:5@3" }, "videoInference" }, { { model = "google:3@0" }, "videoInference" }, { { model = "google:4@1" }, "imageInference" },
      { { model = "openai:1@1" }, "imageInference" }, { { model = "bytedance:2@1" }, "videoInference" }, { { model = "civitai:1@1" }, "imageInference" },
      { { model = "someone:9@9" }, "imageInference" }, { { model = "someone:9@9", duration = 4 }, "videoInference" },
      { { model = "someone:9@9", extra = { taskType = "audioInference" } }, "audioInference" },
      { { model = "runware:501@1", image = "https://e.com/a.png" }, "upscale" },
      { { model = "upscale", image = "https://e.com/a.png" }, "upscale" },
      { { model = "removeBackground", image = "https://e.com/a.png", prompt = "none" }, "removeBackground" },
    }
    for _, pair in ipairs(kinds) do assert.equal(pair[2], encoded(pair[1]).taskType, pair[1].model) end
  end)

  it("put images where each task takes them", function()
    local a, b, c = "https://e.com/a.png", "https://e.com/b.png", "https://e.com/c.png"
    assert.same({ { inputImage = a, frame = "first" }, { inputImage = b, frame = "last" } }, encoded({ image = a, last_image = b }).frameImages)
    assert.same({ a, b }, encoded({ images = { a, { uri = b } } }).referenceImages)
    assert.equal(a, encoded({ model = "runware:101@1", image = a }).seedImage)
    assert.same({ a, b, c }, encoded({ model = "bfl:3@1", image = a, images = { b, c } }).referenceImages)
    local upscale = encoded({ model = "upscale", image = a, prompt = "none" })
    assert.same({ a, 2, "runware:501@1" }, { upscale.inputImage, upscale.upscaleFactor, upscale.model })
    assert.equal(4, encoded({ model = "runware:503@1", image = a, extra = { upscaleFactor = 4 } }).upscaleFactor)
    assert.same({ a }, encoded({ video = a, prompt = "none" }).referenceVideos)
  end)

  it("are refused where they cannot be sent", function()
    local wrong = {
      { { ratio = "16:9" }, "ratio" }, { { width = 10.5, height = 10 }, "width" }, { { count = 21 }, "count" }, { { seed = -1 }, "seed" },
      { { prompt = "none" }, "prompt" }, { { model = "upscale" }, "image" }, { { model = "bfl:3@1", video = "https://e.com/a.mp4" }, "video" },
      { { model = "bfl:3@1", duration = 5 }, "duration" }, { { image = 5 }, "image" }, { { extra = 5 }, "extra" }, { { prompt = 5 }, "prompt" },
      { { extra = { taskUUID = "x" } }, "extra.taskUUID" }, { { extra = { deliveryMethod = "sync" } }, "extra.deliveryMethod" },
      { { model = "" }, "model" },
    }
    for i, pair in ipairs(wrong) do
      local task, problem = encoded(pair[1])
      assert.is_nil(task, i)
      assert.equal("request.invalid", problem.class)
      assert.equal(pair[2], problem.field)
    end
  end)
end)

describe("Runware: answers", function()
  local known
  before_each(function() known = { id = KEY, expected = 1 } end)

  local function item(fields)
    local one = { taskType = "imageInference", taskUUID = KEY }
    for name, value in pairs(fields or {}) do one[name] = value end
    return one
  end
  local function done(n, cost)
    return item { status = "success", imageURL = "https://im.runware.ai/" .. n .. ".jpg", cost = cost }
  end
  local function poll(data, errors) return runware.poll.decode({ data = data, errors = errors }, known) end

  it("to a submission: an acknowledgement, results at once, or nothing that tells", function()
    local context = { identity = identity, request = { count = 3 } }
    local task = runware.submit.decode({ data = { item() } }, context)
    assert.same({ KEY, "queued", 3 }, { task.task_id, task.state, task.expected })
    assert.is_true(task.first_poll > 0)
    task = runware.submit.decode({ data = { done(1, 0.5) } }, { identity = identity, request = {} })
    assert.same({ "succeeded", 0.5 }, { task.state, task.credits })
    for _, body in ipairs { { data = {} }, {}, { data = cjson.null }, { data = { { taskUUID = "another" } } }, { errors = { { code = "x", taskUUID = KEY } } } } do
      assert.is_nil(runware.submit.decode(body, context))
    end
    assert.same({ task_id = KEY, expected = 3 }, runware.submit.duplicate({}, context))
  end)

  it("say the state of a task", function()
    for status, state in pairs { processing = "running", queued = "queued", pending = "queued", scheduled = "queued", waiting = "queued",
      PROCESSING = "running" } do
      assert.equal(state, poll({ item { status = status } }).state)
    end
    assert.equal(0.3, poll({ item { status = "processing", progress = 30 } }).progress)
    assert.equal("running", poll({ item { status = "dreaming" } }).state)
    assert.equal("succeeded", poll({ done(1) }).state)
    assert.equal("succeeded", poll({ item { imageURL = "https://im.runware.ai/1.jpg" } }).state) -- no status: of old, success
    local nothing = poll {}
    assert.same({ KEY, "queued", false }, { nothing.task_id, nothing.state, nothing.found })
    assert.is_nil(runware.poll.decode({ message = "x" }, known))
    assert.is_nil(runware.poll.decode({}, known))
  end)

  it("count results, and keep those that are there", function()
    known.expected = 3
    assert.equal("running", poll({ done(1), item { status = "processing" }, item { status = "processing" } }).state)
    local task = poll({ done(1, 0.25), done(2, 0.5) }, { { code = "safety", message = "x", taskUUID = KEY } })
    assert.same({ "succeeded", true, 0.75, 2, 1 }, { task.state, task.partial, task.credits, #task.outputs, #task.failures })
    assert.equal("content.input", task.failures[1].class)
    task = poll({ done(1), done(2), done(3) })
    assert.same({ "succeeded", 3 }, { task.state, #task.outputs })
    assert.is_nil(task.partial)
    known.expected = 2
    assert.equal("failed", poll({}, { { code = "a", taskUUID = KEY }, { code = "b", taskUUID = KEY } }).state)
  end)

  it("decide about results that stay missing only when nothing changes any more", function()
    known.expected = 4
    local failure = { { code = "safety", message = "x", taskUUID = KEY } }
    assert.equal("running", poll({ done(1) }, failure).state)
    assert.equal("running", poll({ done(1), done(2) }, failure).state)
    local states = {}
    for i = 1, 4 do states[i] = poll({ done(1), done(2) }, failure).state end
    assert.same({ "running", "running", "succeeded", "succeeded" }, states)
    assert.equal("failed", runware.poll.decode({ errors = failure }).state) -- nobody knows how many were asked for
  end)

  it("do not take a call's trouble for the task's end", function()
    for _, code in ipairs { "rateLimitExceeded", "invalidApiKey", "internalServerError", "serviceUnavailable", "taskNotFound" } do
      assert.is_nil(poll(nil, { { code = code, message = "x" } }), code)
    end
    assert.equal("queued", poll(nil, { { code = "timeoutProvider", taskUUID = "another" } }).state)
    assert.equal("failed", poll(nil, { { code = "timeoutProvider" } }).state)
    assert.equal("failed", poll(nil, { { code = "internalServerError", taskUUID = KEY } }).state)
    assert.is_nil(runware.poll.decode({ error = { message = "Server overloaded" } }, known))
  end)

  it("give links only, each once, wherever they stand", function()
    local function outputs(fields)
      fields.status = "success"
      return poll({ item(fields) }).outputs
    end
    local url = "https://vm.runware.ai/a.mp4"
    for _, name in ipairs { "videoURL", "imageURL", "audioURL", "mediaURL" } do assert.same({ url }, outputs { [name] = url }) end
    assert.same({ url }, outputs { videoURL = url, mediaURL = url })
    assert.same({ url, url .. "2" }, outputs { outputs = { files = { { url = url }, { url = url .. "2" }, { url = 5 }, 5 } } })
    for _, bad in ipairs { "file:///etc/passwd", "javascript:x", 5, cjson.null, "", "https://e.com/a b" } do assert.same({}, outputs { imageURL = bad }) end
    assert.same({}, outputs { outputs = { files = cjson.null } })
  end)

  it("of uploads and of the account", function()
    local file = { data_uri = function() return "data:image/png;base64,QUJD" end }
    local call = runware.upload.encode(file)
    assert.same({ "/v1", "mediaStorage", "upload", "QUJD" }, { call.path, call.body[1].taskType, call.body[1].operation, call.body[1].media })
    assert.truthy(call.body[1].taskUUID:find "^%x+%-%x+%-4%x+%-[89ab]%x+%-%x+$")
    assert.equal("m", runware.upload.decode({ data = { { mediaUUID = "m" } } }).uri)
    assert.equal("m", runware.upload.decode({ data = { taskUUID = KEY, imageUUID = "m" } }).uri)
    local pending = runware.upload.decode({ data = { { taskUUID = KEY, mediaUUID = "1" } } })
    assert.same({ true, { { taskType = "getResponse", taskUUID = KEY } } }, { pending.pending, pending.again.body })
    assert.is_nil(runware.upload.decode({ data = {} }))
    assert.equal(7.5, runware.account.decode({ data = { { balance = 7.5 } } }).credits)
    local refused, problem = runware.upload.encode { data_uri = function() return nil, { class = "asset.corrupt" } end }
    assert.same({ nil, "asset.corrupt" }, { refused, problem.class })
  end)

  it("survive whatever a body holds", function()
    local junk = { cjson.null, 5, 0 / 0, "", true, false, {}, { {} }, { cjson.null, 5, "x" }, ("x"):rep(5000), math.huge }
    for _, name in ipairs { "data", "errors", "error", "taskUUID", "status", "cost", "progress", "imageURL", "outputs", "mediaUUID", "balance" } do
      for _, value in ipairs(junk) do
        for _, body in ipairs { { [name] = value }, { data = { { taskUUID = KEY, status = "success", [name] = value } } },
          { data = { [name] = value } }, { errors = { { [name] = value, code = "x" } } }, { { [name] = value } } } do
          assert.has_no.errors(function()
            runware.poll.decode(body, known)
            runware.poll.decode(body)
            runware.submit.decode(body, { identity = identity, request = {} })
            runware.upload.decode(body)
            runware.account.decode(body)
          end)
        end
      end
    end
    for _, value in ipairs(junk) do assert.has_no.errors(function() runware.poll.decode(value) end) end
  end)
end)

describe("Runware: limits of assets", function()
  it("are those its documents name", function()
    local limits = runware.limits_for("klingai:5@3", "image")
    assert.same({ 300, 2048, 20 * 1048576 }, { limits.min_side, limits.max_side, limits.max_bytes.url })
    assert.is_nil(runware.limits_for("someone:1@1", "image").max_side)
    assert.is_true(runware.limits_for("someone:1@1", "frameImages[0].inputImage").media_types["image/webp"])
    assert.is_nil(runware.limits_for("someone:1@1", "image").media_types["image/gif"])
    assert.is_nil(runware.limits_for("someone:1@1", "prompt"))
  end)

  it("take its own UUIDs, and send long files by upload", function()
    local asset = require "retake.asset"
    local limits = runware.limits_for("someone:1@1", "image")
    local report = asset.inspect(KEY, { limits = limits })
    assert.same({ true, "provider", "as_is" }, { report.ok, report.source, report.delivery })
    assert.equal("data_uri", asset.inspect("spec/fixtures/boat.png", { limits = limits }).delivery)
    assert.equal("upload", (asset.delivery({ source = "path", kind = "image", size = 3e6, encoded_size = 4e6 }, limits)))
  end)

  it("poll more seldom as time goes by, ten seconds apart at most", function()
    assert.equal(2, runware.poll.interval({}, 1))
    assert.equal(3, runware.poll.interval({}, 2))
    assert.equal(10, runware.poll.interval({}, 50))
  end)
end)
