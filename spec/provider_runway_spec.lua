local cjson = require "cjson"
local runway = require "retake.provider.runway"
local judged = dofile "spec/contract/judge.lua"

describe("Runway: answers", function()
  it("reads a created task", function()
    local id = "17f20503-6c24-4c16-946b-35dbbce2af2f"
    assert.same({ task_id = id, estimated_credits = 25 }, runway.submit.decode { id = id, estimatedCost = { credits = 25 } })
    assert.same({ task_id = id }, runway.submit.decode { id = id })
    for _, wrong in ipairs { 5, "", cjson.null, "a/b", {}, ("x"):rep(129), "a\n", true } do assert.is_nil(runway.submit.decode { id = wrong }) end
    assert.is_nil(runway.submit.decode {})
    assert.is_nil(runway.submit.decode(cjson.null))
    assert.same({ task_id = id }, runway.submit.decode { id = id, estimatedCost = { credits = "25" } })
  end)

  it("reads the states of a task", function()
    local states = { PENDING = "queued", THROTTLED = "queued", RUNNING = "running", SUCCEEDED = "succeeded", FAILED = "failed",
      CANCELLED = "cancelled", CANCELED = "cancelled", running = "running" }
    for status, state in pairs(states) do assert.equal(state, runway.poll.decode({ status = status }).state) end
    for _, status in ipairs { "PAUSED", "", 5, cjson.null, {}, true } do assert.is_nil(runway.poll.decode({ status = status }).state) end
    assert.equal("PAUSED", runway.poll.decode({ status = "PAUSED" }).status)
  end)

  it("clamps progress and believes only numbers", function()
    local function progress(value) return runway.poll.decode({ status = "RUNNING", progress = value }).progress end
    assert.equal(0.45, progress(0.45))
    assert.equal(1, progress(45))
    assert.equal(0, progress(-1))
    assert.equal(1, progress(math.huge))
    assert.is_nil(progress(0 / 0))
    assert.is_nil(progress "0.5")
    assert.is_nil(progress(cjson.null))
  end)

  it("takes only URLs for outputs, and the cost from the task", function()
    local task = runway.poll.decode { status = "SUCCEEDED", cost = { credits = 25 },
      output = { "https://e.com/1.mp4?_jwt=a", "", 5, cjson.null, "javascript:alert(1)", "file:///etc/passwd", { "x" }, "https://e.com/a b",
        "http://e.com/2.mp4" } }
    assert.same({ "https://e.com/1.mp4?_jwt=a", "http://e.com/2.mp4" }, task.outputs)
    assert.equal(25, task.credits)
    assert.same({}, runway.poll.decode({ output = cjson.null, cost = 5 }).outputs)
    assert.equal(0, runway.poll.decode({ cost = { credits = 0 } }).credits)
    assert.is_nil(runway.poll.decode({ cost = { credits = cjson.null } }).credits)
  end)

  it("reads the examples of Runway's document", function()
    local cases, answers = {}, {
      { id = "17f20503-6c24-4c16-946b-35dbbce2af2f", status = "PENDING", createdAt = "2024-06-27T19:49:32.334Z",
        estimatedCost = { credits = 25 } },
      { id = "08388106-1b46-4f5c-bd46-1c1d7ee86892", status = "RUNNING", createdAt = "2024-06-27T19:49:32.335Z", progress = 0.2,
        estimatedCost = { credits = 25 } },
      { id = "6da960dd-ef88-40fc-9628-02e9b6a6a008", status = "FAILED", createdAt = "2024-06-27T19:49:32.335Z",
        failure = "The provided image was flagged by content moderation.", failureCode = "SAFETY.INPUT.IMAGE", cost = { credits = 0 } },
    }
    for index, answer in ipairs(answers) do
      local task = runway.poll.decode(answer)
      assert.equal(answer.id, task.task_id)
      assert.is_string(task.state)
      cases[index] = { path = "task", body = answer }
    end
    cases[4] = { path = "created", body = { id = answers[1].id, estimatedCost = { credits = 1 } } }
    cases[5] = { path = "/v1/uploads", body = runway.upload.encode({ name = "boat.mp4" }).body }
    local report, missing = judged(cases)
    if not report then return pending(missing) end
    assert.equal("5 judged, 0 wrong\n", report)
  end)

  it("reads an upload's form, its fields in one order", function()
    local answer = { uploadUrl = "https://s3.example.com/x", runwayUri = "runway://abc", fields = { policy = "p", acl = "a", n = 5 } }
    assert.same({ url = "https://s3.example.com/x", uri = "runway://abc", fields = { { "acl", "a" }, { "policy", "p" } } },
      runway.upload.decode(answer))
    answer.runwayUri = 5
    assert.is_nil(runway.upload.decode(answer))
    answer.runwayUri, answer.uploadUrl = "runway://abc", "file:///x"
    assert.is_nil(runway.upload.decode(answer))
    assert.same({ filename = "a b.mp4", type = "ephemeral" }, runway.upload.encode({ name = "some/folder/a b.mp4" }).body)
    assert.equal(255, #runway.upload.encode({ name = ("a"):rep(300) .. ".mp4" }).body.filename)
    assert.truthy(runway.upload.encode({ name = ("a"):rep(300) .. ".mp4" }).body.filename:find "%.mp4$")
  end)

  it("says which statuses of a submission are surely refusals", function()
    for _, status in ipairs { 400, 401, 403, 413, 429, 499, 503 } do assert.is_true(runway.safe_statuses[status]) end
    for _, status in ipairs { 200, 302, 500, 502, 504, 520 } do assert.is_nil(runway.safe_statuses[status]) end
  end)
end)

describe("Runway: where errors stand", function()
  local evidence = runway.evidence

  it("finds none in the answers of living and finished tasks", function()
    for _, status in ipairs { "PENDING", "THROTTLED", "RUNNING", "SUCCEEDED", "SOMETHING_NEW" } do
      assert.same({}, evidence { id = "x", status = status, failure = cjson.null, progress = 0.5, output = {} })
    end
    assert.same({}, evidence { id = "x", estimatedCost = { credits = 5 } })
    assert.same({}, evidence { uploadUrl = "https://x", fields = {}, runwayUri = "runway://x" })
    assert.same({}, evidence {})
  end)

  it("finds each issue with its field, before the general text", function()
    local found = evidence { error = "Validation of body failed", docUrl = "https://docs.dev.runwayml.com/api", issues = {
      { code = "custom", message = "Invalid URL", path = { "references", 0, "uri" } },
      { code = "invalid_type", message = "Required", path = { "ratio" } },
      { code = "custom", message = "Timeout while fetching asset.", path = { "references", "[1]", ".uri" } } } }
    assert.equal(4, #found)
    assert.same({ code = "custom", message = "Invalid URL", field = "references[0].uri", type = "asset" }, found[1])
    assert.same({ code = "invalid_type", message = "Required", field = "ratio", type = "parameter" }, found[2])
    assert.equal("references[1].uri", found[3].field)
    assert.equal("Validation of body failed", found[4].message)
  end)

  it("looks into the forms of a union, with their place", function()
    local found = evidence { error = "Validation of body failed", issues = { { code = "invalid_union", message = "Invalid input",
      path = { "promptImage" }, errors = { { { code = "custom", message = "Only HTTPS URLs are allowed.", path = {} } },
        { { code = "invalid_type", message = "expected array", path = { 0, "uri" } } } } } } }
    assert.equal("Only HTTPS URLs are allowed.", found[2].message)
    assert.equal("promptImage", found[2].field)
    assert.equal("promptImage[0].uri", found[3].field)
  end)

  it("finds the field inside the texts of 2025", function()
    assert.equal("promptText", evidence({ error = "Invalid parameter 'promptText'" })[1].field)
    local found = evidence { error = "promptImage: String must contain at most 5242880 character(s)" }
    assert.equal("promptImage", found[1].field)
    assert.equal("asset", found[1].type)
    assert.equal("referenceImages[0].uri", evidence({ error = "referenceImages[0].uri: Invalid URL" })[1].field)
    assert.is_nil(evidence({ error = "Error: something" })[1].field)
    assert.is_nil(evidence({ error = "Generation failed: it did" })[1].field)
  end)

  it("finds code 13 inside a failure, cut short or escaped twice", function()
    for _, failure in ipairs { [[Generation failed: {"code":13,"message":"Internal error. Please try again later."}]],
      [[Generation failed: {"code": 13, "mess]], [[Generation failed: {\"code\":13,\"message\":\"Internal error.\"}]] } do
      local found = evidence { status = "FAILED", failureCode = "INTERNAL", failure = failure }
      assert.equal("INTERNAL", found[1].code)
      assert.equal("13", found[2].code, failure)
    end
  end)

  it("reads a failure without a code, a failure that is a table, and a failure without words", function()
    assert.same({ { type = "FAILED", message = "Boom" } }, evidence { status = "FAILED", failure = "Boom", failureCode = cjson.null })
    assert.equal("X.Y", evidence({ status = "FAILED", failure = { message = "Boom", code = "X.Y" } })[1].code)
    assert.equal(1, #evidence { status = "FAILED" })
    assert.equal("INTERNAL", evidence({ failureCode = "INTERNAL" })[1].code)
    assert.equal("CANCELLED", evidence({ status = "CANCELED", cost = { credits = 0 } })[1].type)
  end)

  it("reads message in place of error, details, the router's code, and an error that is a table", function()
    assert.equal("Too Many Requests", evidence({ message = "Too Many Requests" })[1].message)
    assert.equal("no_eligible_model", evidence({ error = "No model", code = "no_eligible_model", pipeline = {} })[1].code)
    assert.equal("see there", evidence({ error = "Incorrect hostname for API key", details = "see there" })[2].message)
    assert.same({ code = "5", message = "m" }, evidence({ error = { code = 5, message = "m" } })[1])
  end)

  it("marks moderation, but not the parameter that is called so", function()
    assert.equal("moderated", evidence({ error = "Your prompt was flagged" })[1].type)
    assert.equal("moderated.output", evidence({ status = "FAILED", failure = "The generated video was flagged by moderation" })[1].type)
    assert.equal("parameter", evidence({ error = "Invalid parameter 'contentModeration'" })[1].type)
  end)

  it("survives whatever a body holds", function()
    local junk = { cjson.null, 5, -0.5, "", "x", ("{"):rep(2000), true, false, {}, { {} }, { cjson.null, 5, "x", { "y", 5 } }, { a = 1 },
      { code = {}, message = 5, path = { {}, cjson.null, 5, "", "a" }, errors = { { { errors = { { errors = {} } } } } } } }
    local names = { "error", "message", "issues", "errors", "details", "code", "status", "failure", "failureCode", "nodeErrors", "id",
      "output", "cost", "estimatedCost", "progress", "uploadUrl", "fields", "runwayUri", "creditBalance", "tier" }
    for _, name in ipairs(names) do
      for _, value in ipairs(junk) do
        for _, status in ipairs { "FAILED", "RUNNING", "", 5 } do
          local body = { status = status, failure = "x", error = "y" }
          body[name] = value
          local found = evidence(body)
          for _, finding in ipairs(found) do
            for key, part in pairs(finding) do assert.is_string(part, key) end
          end
          runway.poll.decode(body)
          runway.submit.decode(body)
          runway.upload.decode(body)
          runway.account.decode(body)
        end
      end
    end
    for _, value in ipairs(junk) do assert.is_table(evidence(value)) end
  end)

  it("reads only so many issues and so much text", function()
    local issues, deep = {}, { code = "x", message = "m" }
    for index = 1, 5000 do issues[index] = { code = "custom", message = "Invalid URL", path = { "promptImage" } } end
    assert.is_true(#evidence { issues = issues } <= 64)
    for _ = 1, 10000 do deep = { code = "x", message = "m", errors = { deep } } end
    assert.is_true(#evidence { issues = { deep } } <= 64)
    assert.is_true(#evidence({ error = ("x"):rep(1e6) })[1].message <= 4096)
  end)
end)

describe("Runway: limits of assets", function()
  it("answers for request fields and for Runway's own names", function()
    local limits = runway.limits_for("gen4_turbo", "image")
    assert.same({ image = true }, limits.kinds)
    assert.same({ min = 0.5, max = 2.358, source = "inputs" }, limits.aspect)
    assert.equal(16777216, limits.max_bytes.url)
    assert.equal(5242880, limits.max_bytes.data_uri_chars)
    assert.equal(512, limits.max_bytes.upload_min)
    assert.equal(8000, limits.max_side)
    assert.is_true(limits.media_types["image/jpeg"])
    assert.is_nil(limits.media_types["image/gif"])
    assert.same(limits, runway.limits_for("gen4_turbo", "promptImage"))
    assert.same({ video = true }, runway.limits_for("seedance2", "referenceVideos[0].uri").kinds)
    assert.same({ min_side = true }, runway.limits_for("seedance2", "video").disputed)
    assert.same({ image = true, video = true }, runway.limits_for("act_two", "character").kinds)
    assert.equal(5242880, runway.limits_for("act_two", "character").max_bytes.data_uri_chars.image)
    assert.equal(16777216, runway.limits_for("act_two", "character").max_bytes.data_uri_chars.video)
    assert.equal(3, runway.limits_for("act_two", "video").duration.min)
    assert.is_nil(runway.limits_for("gen4_turbo", "ratio"))
    assert.is_nil(runway.limits_for("unheard_of", "image").aspect)
  end)

  it("hands out copies: a change of one does not reach the next", function()
    runway.limits_for("gen4_turbo", "image").media_types["image/gif"] = true
    runway.limits_for("gen4_turbo", "image").aspect.max = 9
    assert.is_nil(runway.limits_for("gen4_turbo", "image").media_types["image/gif"])
    assert.equal(2.358, runway.limits_for("gen4_turbo", "image").aspect.max)
  end)

  it("says what is wrong with an asset in Runway's sentences", function()
    local asset = require "retake.asset"
    local target = { limits = runway.limits_for("gen4_turbo", "promptImage"), field = "promptImage" }
    local function first(source) return asset.inspect(source, target).problems[1].message end
    assert.equal("Only HTTPS URLs are allowed.", first "http://example.com/boat.png")
    assert.equal("URLs must be hosted on a domain.", first "https://11.22.33.44/boat.png")
    assert.equal("Invalid data URI.", first "data:image/png;base64,%%%%")
    assert.equal("Unsupported asset type. Data URIs must include the content type of the value they encode.",
      first { bytes = "GIF89a" .. ("\1"):rep(600) })
    assert.is_true(asset.inspect("runway://abcdefghijklmn", target).ok)
  end)

  it("names the document of each number", function()
    for _, field in ipairs { "image", "video", "audio" } do
      local limits = runway.limits_for("gen4.5", field)
      for name in pairs(limits.max_bytes) do
        if not name:find "warn" then assert.is_string(limits.sources[name], field .. " " .. name) end
      end
    end
  end)
end)
