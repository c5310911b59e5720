local cjson = require "cjson"
local classify = require "retake.classify"
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
  -- The errors that are found in an answer, and which of them decided.
  local function seen(body, operation, status)
    return classify.examine { provider = "runway", operation = operation or "submit", status = status or 400, body = body }
  end
  local function task(body) return seen(body, "poll", 200) end

  it("finds none in the answers of living and finished tasks", function()
    for _, status in ipairs { "PENDING", "THROTTLED", "RUNNING", "SUCCEEDED", "SOMETHING_NEW" } do
      assert.is_nil(task { id = "x", status = status, failure = cjson.null, progress = 0.5, output = {} })
    end
    assert.is_nil(seen({ id = "x", estimatedCost = { credits = 5 } }, "submit", 200))
    assert.is_nil(seen({ uploadUrl = "https://x", fields = {}, runwayUri = "runway://x" }, "upload", 200))
    assert.is_nil(seen({}, "submit", 200))
  end)

  it("finds each issue with its field; the most telling one decides", function()
    local found = seen { error = "Validation of body failed", docUrl = "https://docs.dev.runwayml.com/api", issues = {
      { code = "invalid_type", message = "Required", path = { "ratio" } },
      { code = "custom", message = "Invalid URL", path = { "references", 0, "uri" } },
      { code = "custom", message = "Something.", path = { "references", "[1]", ".uri" } } } }
    assert.equal(4, #found.findings)
    local fields = {}
    for index, finding in ipairs(found.findings) do fields[index] = finding.field or "-" end
    assert.same({ "-", "ratio", "references[0].uri", "references[1].uri" }, fields)
    assert.equal("asset.invalid_uri", found.class)
    assert.equal("references[0].uri", found.findings[found.finding].field)
  end)

  it("looks into the forms of a union, with their place", function()
    local found = seen { error = "Validation of body failed", issues = { { code = "invalid_union", message = "Invalid input",
      path = { "promptImage" }, errors = { { { code = "custom", message = "Only HTTPS URLs are allowed.", path = {} } },
        { { code = "invalid_type", message = "expected array", path = { 0, "uri" } } } } } } }
    assert.equal("asset.insecure_url", found.class)
    assert.equal("Only HTTPS URLs are allowed.", found.findings[3].message)
    assert.equal("promptImage", found.findings[3].field)
    assert.equal("promptImage[0].uri", found.findings[4].field)
  end)

  it("finds the field inside the texts of 2025", function()
    local function field(text)
      return classify.classify { provider = "runway", operation = "submit", status = 400, body = { error = text } }.field
    end
    assert.equal("promptText", field "Invalid parameter 'promptText'")
    assert.equal("promptImage", field "promptImage: String must contain at most 5242880 character(s)")
    assert.equal("referenceImages[0].uri", field "referenceImages[0].uri: Invalid URL")
    assert.is_nil(field "Error: something")
    assert.is_nil(field "URLs must be hosted on a domain.")
    assert.is_nil(field "Assets must use an approved Content-Type response header.")
  end)

  it("finds code 13 inside a failure, cut short or escaped twice", function()
    for _, failure in ipairs { [[Generation failed: {"code":13,"message":"Internal error. Please try again later."}]],
      [[Generation failed: {"code": 13, "mess]], [[Generation failed: {\"code\":13,\"message\":\"Internal error.\"}]] } do
      local found = task { status = "FAILED", failureCode = "INTERNAL", failure = failure }
      assert.equal("INTERNAL", found.findings[1].code)
      assert.equal("13", found.findings[2].code, failure)
      assert.equal(30, found.rule.floor)
    end
  end)

  it("reads a failure without a code, a failure that is a table, and a failure without words", function()
    assert.equal("Boom", task({ status = "FAILED", failure = "Boom", failureCode = cjson.null }).findings[1].message)
    assert.equal("X.Y", task({ status = "FAILED", failure = { message = "Boom", code = "X.Y" } }).findings[1].code)
    assert.equal(1, #task { status = "FAILED" }.findings)
    assert.equal("INTERNAL", task({ failureCode = "INTERNAL" }).findings[1].code)
    assert.equal("task.cancelled", task({ status = "CANCELED", cost = { credits = 0 } }).class)
  end)

  it("reads message in place of error, details, the router's code, and an error that is a table", function()
    assert.equal("Too Many Requests", seen({ message = "Too Many Requests" }).findings[1].message)
    assert.equal("no_eligible_model", seen({ error = "No model", code = "no_eligible_model", pipeline = {} }).findings[1].code)
    assert.equal("see there", seen({ error = "Incorrect hostname for API key", details = "see there" }).findings[2].message)
    assert.equal("5", seen({ error = { code = 5, message = "m" } }).findings[1].code)
  end)

  it("tells moderation from the parameter that is called so", function()
    assert.equal("content.input", seen({ error = "Your prompt was flagged" }).class)
    assert.equal("content.output", task({ status = "FAILED", failure = "The generated video was flagged by moderation" }).class)
    assert.equal("request.invalid", seen({ error = "Invalid parameter 'contentModeration'" }).class)
  end)

  it("survives whatever a body holds", function()
    local junk = { cjson.null, 5, -0.5, "", "x", ("{"):rep(2000), true, false, {}, { {} }, { cjson.null, 5, "x", { "y", 5 } }, { a = 1 },
      { code = {}, message = 5, path = { {}, cjson.null, 5, "", "a" }, errors = { { { errors = { { errors = {} } } } } } },
      { { path = { "a" }, errors = { { { path = { "a" }, message = "m", errors = { { { path = { ".", 0 }, message = "m" } } } } } } } } }
    local names = { "error", "message", "issues", "errors", "details", "code", "status", "failure", "failureCode", "nodeErrors", "id",
      "output", "cost", "estimatedCost", "progress", "uploadUrl", "fields", "runwayUri", "creditBalance", "tier" }
    for _, name in ipairs(names) do
      for _, value in ipairs(junk) do
        for _, status in ipairs { "FAILED", "RUNNING", "", 5 } do
          local body = { status = status, failure = "x", error = "y" }
          body[name] = value
          for _, finding in ipairs((task(body) or { findings = {} }).findings) do
            for key, part in pairs(finding) do assert.is_string(part, key) end
          end
          runway.poll.decode(body)
          runway.submit.decode(body)
          runway.upload.decode(body)
          runway.account.decode(body)
        end
      end
    end
    for _, value in ipairs(junk) do seen(value) end
  end)

  it("reads only so many issues", function()
    local issues, deep = {}, { code = "x", message = "m" }
    for index = 1, 5000 do issues[index] = { code = "custom", message = "Invalid URL", path = { "promptImage" } } end
    assert.is_true(#seen { issues = issues }.findings <= 64)
    for _ = 1, 500 do deep = { code = "x", message = "m", path = { "errors" }, errors = { deep } } end
    assert.is_true(#seen { issues = { deep } }.findings <= 64)
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
