-- The EvoLink adapter by itself: what it sends, what it reads, what it asks of assets.
local asset = require "retake.asset"
local cjson = require "cjson"
local evolink = require("retake.provider").get "evolink"

local KEY = { key = "11111111-2222-4333-8444-555555555555" }
local IMAGE = "https://example.com/a.png"
local OTHER = "https://example.com/b.png"

local function encode(request)
  request.prompt = request.prompt or "a boat"
  return evolink.submit.encode(request, KEY)
end

local function body_of(request)
  local call, problem = encode(request)
  assert.is_nil(problem and problem.message)
  return call.body, call
end

local function refused(field, request)
  local call, problem = encode(request)
  assert.is_nil(call)
  assert.equal("request.invalid", problem.class)
  assert.equal(field, problem.field)
end

describe("a request to EvoLink", function()
  it("carries the submission's key", function()
    local _, call = body_of { model = "sora-2-preview" }
    assert.equal(KEY.key, call.headers["Idempotency-Key"])
  end)

  it("goes to the endpoint of its kind", function()
    for model, path in pairs {
      ["veo-3.1-generate-preview"] = "videos", ["gpt-image-1.5"] = "images", ["suno-v5"] = "audios", ["doubao-seedream-5.0-pro"] = "images",
      ["kling-o9-text-to-video"] = "videos", ["flux-3-image"] = "images", ["new-tts-1"] = "audios", ["wan9.9-t2i"] = "images",
      ["something"] = "images", ["MiniMax-Hailuo-02"] = "videos", ["evolink/sora-2"] = "videos",
    } do
      assert.equal("/v1/" .. path .. "/generations", select(2, body_of { model = model }).path, model)
    end
    assert.equal("/v1/videos/generations", select(2, body_of { model = "something", duration = 5 }).path)
  end)

  it("is in EvoLink's words", function()
    assert.same({ model = "veo-3.1-fast-generate-preview", prompt = "a boat", aspect_ratio = "16:9", duration = 8, seed = 3, generate_audio = true,
      negative_prompt = "rain", quality = "1080p" }, body_of { model = "veo-3.1-fast-generate-preview", ratio = "1280:720", duration = 8, seed = 3,
        audio = true, negative_prompt = "rain", extra = { quality = "1080p" } })
    assert.same({ model = "gpt-image-1", prompt = "a boat", size = "1024x1536", n = 2 },
      body_of { model = "gpt-image-1", width = 1024, height = 1536, count = 2 })
    assert.equal("16:9", body_of({ model = "z-image-turbo", ratio = "16:9" }).size)
    assert.equal("1024x1024", body_of({ model = "z-image-turbo", ratio = "1024:1024" }).size)
    assert.same({ model = "suno-v5", prompt = "a boat", custom_mode = false, instrumental = true },
      body_of { model = "suno-v5", extra = { instrumental = true } })
  end)

  it("puts images where the model looks for them", function()
    assert.same({ IMAGE, OTHER }, body_of({ model = "seedance-2.0-image-to-video", image = IMAGE, last_image = { uri = OTHER } }).image_urls)
    local kling = body_of { model = "kling-o3-image-to-video", image = IMAGE, last_image = OTHER, images = { IMAGE } }
    assert.equal(IMAGE, kling.image_start)
    assert.equal(OTHER, kling.image_end)
    assert.same({ IMAGE }, kling.image_urls)
    assert.equal(OTHER, body_of({ model = "kling-v3-image-to-video", last_image = OTHER }).image_end)
    assert.equal("https://example.com/a.mp4", body_of({ model = "kling-o3-video-edit", video = "https://example.com/a.mp4" }).video_url)
    assert.same({ "https://example.com/a.mp3" }, body_of({ model = "omnihuman-1.5", image = IMAGE, audio = "https://example.com/a.mp3" }).audio_urls)
  end)

  it("is refused here where the documents say so", function()
    refused("model", { model = "" })
    refused("duration", { model = "sora-2-preview", duration = 5 })
    refused("prompt", { model = "sora-2-preview", prompt = ("x"):rep(5001) })
    refused("prompt", { model = "sora-2-preview", prompt = "" })
    refused("prompt", { model = "sora-2-preview", prompt = "\255" })
    refused("image", { model = "sora-2-preview", images = { IMAGE, OTHER } })
    refused("image", { model = "seedance-2.0-image-to-video" })
    refused("image", { model = "sora-2-preview", last_image = IMAGE })
    refused("images", { model = "gpt-image-1", images = (function()
      local list = {}
      for i = 1, 15 do list[i] = IMAGE end
      return list
    end)() })
    refused("count", { model = "gpt-image-1", count = 0 })
    refused("seed", { model = "gpt-image-1", seed = 1.5 })
    refused("width", { model = "gpt-image-1", width = 1.5, height = 2 })
    refused("height", { model = "gpt-image-1", width = 100 })
    refused("image", { model = "gpt-image-1", image = {} })
    refused("image", { model = "gpt-image-1", image = true })
    refused("extra", { model = "gpt-image-1", extra = "x" })
  end)

  it("takes what `extra` says as it is", function()
    local body = body_of { model = "sora-2-preview", duration = 4, extra = { duration = 10 } }
    assert.equal(10, body.duration)
  end)

  it("does not trip over JSON's null from a journal", function()
    assert.is_nil(body_of({ model = "gpt-image-1", seed = cjson.null, images = cjson.null, extra = cjson.null }).seed)
  end)
end)

describe("an answer of EvoLink", function()
  local function task(fields)
    local body = { id = "task-unified-1-abc", status = "processing", progress = 40, model = "x" }
    for key, value in pairs(fields or {}) do body[key] = value end
    return body
  end

  it("to a submission needs an id", function()
    assert.is_nil(evolink.submit.decode({ status = "pending" }))
    assert.is_nil(evolink.submit.decode({ id = "../../etc", status = "pending" }))
    assert.is_nil(evolink.submit.decode({ id = 5 }))
    assert.is_nil(evolink.submit.decode "x")
    local read = evolink.submit.decode(task { usage = { credits_reserved = 252 }, task_info = { estimated_time = 45 } }, { request = { count = 3 } })
    assert.equal("task-unified-1-abc", read.task_id)
    assert.equal(252, read.estimated_credits)
    assert.equal(45, read.first_poll)
    assert.equal(3, read.expected)
  end)

  it("names a first delay within bounds", function()
    local function first(seconds) return evolink.submit.decode(task { task_info = { estimated_time = seconds } }).first_poll end
    assert.equal(3, first(0))
    assert.equal(3, first(-5))
    assert.equal(120, first(1e9))
    assert.is_nil(first "soon")
    assert.is_nil(first(0 / 0))
  end)

  it("may be of a task that is over", function()
    local read = evolink.submit.decode(task { status = "completed", results = { IMAGE }, usage = { credits_used = 12 } })
    assert.equal("succeeded", read.state)
    assert.same({ IMAGE }, read.outputs)
    assert.equal(12, read.credits)
  end)

  it("tells states, progress and results in all their forms", function()
    for status, state in pairs { pending = "queued", processing = "running", completed = "succeeded", failed = "failed", cancelled = "cancelled" } do
      assert.equal(state, evolink.poll.decode(task { status = status }).state)
    end
    assert.is_nil(evolink.poll.decode(task { status = "dreaming" }).state)
    assert.equal(0.4, evolink.poll.decode(task()).progress)
    assert.equal(1, evolink.poll.decode(task { progress = 900 }).progress)
    local data = "data:audio/wav;base64,AAAA"
    assert.same({ IMAGE, OTHER, data }, evolink.poll.decode(task { results = { IMAGE, { url = OTHER }, data, "ftp://x", 5, {} } }).outputs)
    assert.same({ OTHER }, evolink.poll.decode(task { result_data = { { image_url = OTHER } } }).outputs)
  end)

  it("is split into the tasks of a batch, however it is wrapped", function()
    local one, two = task(), task { id = "task-unified-2-def" }
    for _, body in ipairs { { data = { one, two } }, { one, two }, { tasks = { one, two } }, { data = { tasks = { one, two } } } } do
      local bodies = evolink.poll.batch.split(body)
      assert.equal(one, bodies["task-unified-1-abc"])
      assert.equal(two, bodies["task-unified-2-def"])
    end
    assert.same({}, evolink.poll.batch.split { data = { 1, {}, { id = {} } } })
    assert.same({}, evolink.poll.batch.split "x")
    assert.same({ task_ids = { "a" } }, evolink.poll.batch.encode { "a" })
  end)

  it("names the task of a conflict, where it does", function()
    assert.equal("task-unified-1-abc", evolink.submit.duplicate({ error = { task_id = "task-unified-1-abc" } }).task_id)
    assert.equal("task-unified-1-abc", evolink.submit.duplicate({ error = { message = "see task-unified-1-abc." } }).task_id)
    assert.is_nil(evolink.submit.duplicate { error = { message = "used" } })
    assert.is_nil(evolink.submit.duplicate {})
  end)

  it("to an upload tells where the file is and how long", function()
    local function read(fields) return evolink.upload.decode { success = true, data = fields } end
    local stored = read { file_url = IMAGE, upload_time = "2026-04-01T12:00:00Z", expires_at = "2026-04-01T14:00:00Z" }
    assert.equal(IMAGE, stored.uri)
    assert.equal(7200, stored.lifetime)
    assert.equal(72 * 3600, read({ file_url = IMAGE }).lifetime)
    assert.equal(72 * 3600, read({ file_url = IMAGE, upload_time = 0, expires_at = 1e9 }).lifetime)
    assert.is_nil(read { file_url = "file:///etc/passwd" })
    assert.is_nil(evolink.upload.decode { success = false, code = 40001 })
  end)

  it("about the account tells the credits", function()
    local body = { success = true, data = { token = { remaining_credits = 99, unlimited_credits = false }, user = { remaining_credits = 10 } } }
    assert.equal(10, evolink.account.decode(body).credits)
    assert.equal(99, evolink.account.decode(body).key_credits)
    body.data.user = nil
    assert.equal(99, evolink.account.decode(body).credits)
  end)
end)

describe("EvoLink's limits", function()
  it("are those of the model", function()
    local sora = evolink.limits_for("sora-2-preview", "image")
    assert.equal("size", sora.match)
    assert.equal(10 * 1048576, sora.max_bytes.upload)
    assert.equal("1280:720", sora.sizes["16:9"])
    assert.equal(1, sora.most)
    assert.equal(240, evolink.limits_for("nano-banana-2-lite", "image").min_side)
    assert.equal(30 * 1048576, evolink.limits_for("doubao-seedream-5.0-pro", "images").max_bytes.url)
    assert.is_true(evolink.limits_for("doubao-seedream-5.0-pro", "images").media_types["image/heic"])
    assert.is_nil(evolink.limits_for("gpt-image-1", "image").media_types["image/heic"])
    assert.equal(14, evolink.limits_for(nil, "image").most)
    assert.is_nil(evolink.limits_for("sora-2-preview", "prompt"))
    assert.is_true(evolink.limits_for("kling-o3-video-edit", "video").kinds.video)
    assert.equal(100 * 1048576, evolink.limits_for("kling-o3-video-edit", "video").max_bytes.upload) -- what its storage takes
  end)

  it("ask for a link: files are uploaded, data URIs refused", function()
    local limits = evolink.limits_for("gpt-image-1", "image")
    assert.equal("upload", asset.inspect("spec/fixtures/boat.png", { limits = limits }).delivery)
    assert.is_false(asset.inspect("data:image/png;base64,AAAA", { limits = limits }).ok)
    assert.is_true(asset.inspect(IMAGE, { limits = limits }).ok)
  end)

  it("hold an image to the exact size of the video", function()
    local limits = evolink.limits_for("sora-2-preview", "image")
    local function matches(ratio)
      local report = asset.inspect("spec/fixtures/boat.png", { limits = limits, ratio = ratio })
      return report.ok, report.problems[1] and report.problems[1].class, report
    end
    local _, _, report = matches(nil)
    local own = ("%d:%d"):format(report.width, report.height)
    assert.is_true((matches(own)))
    local ok, class = matches "9:16"
    assert.is_false(ok)
    assert.equal("asset.mismatch", class)
  end)
end)
