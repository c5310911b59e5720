-- What Runway's errors mean. The texts are variations of the ones it is known to send: other fields, numbers, letter case, punctuation, wrappings.
local retake = require "retake"

local function issue(message, path, code, more)
  local body = { error = "Validation of body failed", issues = { { code = code or "custom", message = message, path = path or { "promptImage" } } },
    docUrl = "https://docs.dev.runwayml.com/api" }
  for name, value in pairs(more or {}) do body.issues[1][name] = value end
  return body
end

local function failed(code, failure, more)
  local body = { id = "6da960dd-ef88-40fc-9628-02e9b6a6a008", status = "FAILED", createdAt = "2026-08-11T06:12:01.171Z", failure = failure,
    failureCode = code, cost = { credits = 0 } }
  for name, value in pairs(more or {}) do body[name] = value end
  return body
end

local function page(title)
  return ("<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n</body>\r\n</html>"):format(title, title)
end

-- status and body of a submission -> class, field
local submissions = {
  -- assets, as issues of the validator
  { 400, issue "Invalid data URI", "asset.invalid_uri", "promptImage" },
  { 400, issue("Invalid URL.", { "referenceImages", 1, "uri" }), "asset.invalid_uri", "referenceImages[1].uri" },
  { 400, issue("only https urls are allowed", { "videoUri" }), "asset.insecure_url", "videoUri" },
  { 400, issue("URLs must be hosted on a domain", { "promptImage", 0, "uri" }), "asset.ip_address", "promptImage[0].uri" },
  { 400, issue "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down", "asset.unreachable" },
  { 400, issue("Failed to fetch asset. Received HTTP response code \"404\"", { "promptVideo" }), "asset.bad_status", "promptVideo" },
  { 400, issue "Failed to fetch asset. Received HTTP response code 302.", "asset.bad_status" },
  { 400, issue("Timeout while fetching asset", { "references", "[2]", ".uri" }), "asset.timeout", "references[2].uri" },
  { 400, issue "Assets must use an approved Content-Type response header. We received binary/octet-stream, which is not allowed.",
    "asset.media_type" },
  { 400, issue("Unsupported Content-Type response header: \"image/gif\"", { "character", "uri" }), "asset.media_type", "character.uri" },
  { 400, issue "Unsupported asset type. Data URIs must include the content type of the value they encode", "asset.media_type" },
  { 400, issue "Content-Length not provided.", "asset.no_length" },
  { 400, issue("Asset size exceeds 32.0MB", { "promptVideo" }), "asset.too_large", "promptVideo" },
  { 400, issue "ASSET SIZE EXCEEDS 3.3MB.", "asset.too_large" },
  { 400, issue "Invalid asset dimensions. Height and width must not exceed 8000px. Got 9000x120.", "asset.dimensions" },
  { 400, issue "Invalid asset aspect ratio. width / height ratio must be at least 0.5. Got 0.462.", "asset.aspect_ratio" },
  { 400, issue("Asset duration must be at most 30 seconds", { "videoUri" }, "too_big", { maximum = 30, type = "number", inclusive = true }),
    "asset.duration", "videoUri" },
  { 400, issue("Asset duration must be at least 3 seconds", { "reference", "uri" }, "too_small"), "asset.duration", "reference.uri" },
  { 400, issue("Too big: expected string to have <=5242880 characters", { "promptImage" }, "too_big", { maximum = 5242880, origin = "string" }),
    "asset.too_large", "promptImage" },
  { 400, { error = "promptImage: String must contain at most 5242880 character(s)" }, "asset.too_large", "promptImage" },
  { 400, { error = "promptImage: Invalid asset dimensions. Height and width must not exceed 8000px. Got 8192x4096." }, "asset.dimensions",
    "promptImage" },
  { 400, { error = "Timeout while fetching asset." }, "asset.timeout" },
  { 400, issue("The asset could not be used", { "promptImage" }), "asset.invalid" },
  { 400, issue("The image size does not match the requested ratio", { "promptImage" }), "asset.mismatch" },
  { 400, issue("Invalid string: must match pattern /^https:\\/\\/.*/", { "promptImage" }, "invalid_format"), "asset.invalid_uri" },
  { 400, issue("Too big: expected string to have <=2048 characters", { "promptImage" }, "too_big"), "asset.invalid_uri" },
  { 400, { error = "Validation of body failed", issues = { { code = "invalid_union", message = "Invalid input", path = { "promptImage" },
    errors = { { { code = "custom", message = "Only HTTPS URLs are allowed.", path = {} } },
      { { code = "invalid_type", message = "Invalid input: expected array, received string", path = {} } } } } } }, "asset.insecure_url" },
  { 400, { error = "Validation of body failed", issues = { { code = "invalid_union", message = "Invalid input", path = { "character" },
    errors = { { { code = "invalid_value", message = "Invalid input: expected \"image\"", path = { "type" } } },
      { { code = "too_big", message = "Too big: expected string to have <=5242880 characters", path = { "uri" } } } } } } }, "asset.too_large",
    "character.uri" },
  { 400, { error = "Validation of body failed", issues = { { code = "invalid_union", message = "Invalid input", path = { "promptImage" },
    unionErrors = { { name = "ZodError", issues = { { code = "custom", message = "Timeout while fetching asset.", path = { "promptImage" } } } } } } } },
    "asset.timeout", "promptImage" },
  { 400, issue("Invalid runway URI", { "videoUri" }), "asset.invalid_uri", "videoUri" },
  { 400, issue("Video must be at least 480p", { "referenceVideos", 2, "uri" }), "asset.dimensions", "referenceVideos[2].uri" },
  -- parameters
  { 400, issue("Invalid option: expected one of \"1280:720\"|\"720:1280\"", { "ratio" }, "invalid_value"), "request.invalid", "ratio" },
  { 400, issue("Required", { "duration" }, "invalid_type"), "request.invalid", "duration" },
  { 400, issue("Invalid input: expected number, received string", { "duration" }, "invalid_type"), "request.invalid", "duration" },
  { 400, issue("Unrecognized key: \"seed\"", {}, "unrecognized_keys", { keys = { "seed" } }), "request.invalid" },
  { 400, issue("Unrecognized key: \"contentModeration\"", {}, "unrecognized_keys"), "request.invalid" },
  { 400, issue("Too big: expected string to have <=1000 characters", { "promptText" }, "too_big"), "request.invalid", "promptText" },
  { 400, issue("Too big: expected array to have <=3 items", { "referenceImages" }, "too_big"), "request.invalid", "referenceImages" },
  { 400, issue("Invalid option: expected one of \"auto\"|\"low\"", { "contentModeration", "publicFigureThreshold" }, "invalid_value"),
    "request.invalid", "contentModeration.publicFigureThreshold" },
  { 400, issue("Invalid string: must match pattern /^[a-z][a-z0-9_]+$/", { "referenceImages", 0, "tag" }, "invalid_format"), "request.invalid",
    "referenceImages[0].tag" },
  { 400, issue("Invalid input", { "promptImage" }, "invalid_union"), "request.invalid", "promptImage" },
  { 400, { error = "Invalid parameter 'ratio'" }, "request.invalid", "ratio" },
  { 400, { error = "Invalid parameter 'contentModeration'" }, "request.invalid", "contentModeration" },
  { 400, { error = "Too small: expected string to have >=1 characters" }, "request.invalid" },
  { 400, { error = "The API version that was provided in the X-Runway-Version header is not valid" }, "request.invalid" },
  { 400, { error = "Something about the body that nobody has seen" }, "request.invalid" },
  { 400, { error = "No model can serve this request", code = "no_eligible_model", emptiedBy = { "price" }, pipeline = {} }, "request.invalid" },
  { 404, { error = "Router not found", code = "router_config_not_found" }, "request.invalid" },
  { 405, page "405 Method Not Allowed", "request.invalid" },
  { 422, { error = "Unprocessable" }, "request.invalid" },
  { 400, { error = "Error" }, "request.invalid" },
  { 400, { error = "An unexpected error occurred." }, "request.invalid" },
  -- models
  { 403, { error = "Model variant gen4_ultra is not available" }, "model.unavailable" },
  { 403, { error = "model variant veo4 is not available for your organization." }, "model.unavailable" },
  { 400, issue("Invalid input", { "model" }, "invalid_union", { note = "No matching discriminator", discriminator = "model" }), "model.unavailable",
    "model" },
  { 400, issue("Invalid input: expected string, received undefined", { "model" }, "invalid_type"), "request.invalid", "model" },
  { 400, { error = "The model gen3a_turbo is no longer available." }, "model.unavailable" },
  { 400, { error = "gen4_aleph has been sunset, please use aleph2" }, "model.unavailable" },
  { 400, issue("Invalid input: expected \"gen4.5\"", { "model" }, "invalid_value"), "model.unavailable", "model" },
  -- account
  { 400, { error = "You do not have enough credits to run this task" }, "account.credits" },
  { 400, { error = "Insufficient credits.", docUrl = "https://docs.dev.runwayml.com/api" }, "account.credits" },
  { 400, { statusCode = 400, error = "Bad Request", message = "You do not have enough credits to run this task." }, "account.credits" },
  { 402, { error = "Payment required" }, "account.credits" },
  { 402, { error = "Error" }, "account.credits" },
  { 401, { error = "Error" }, "account.unauthorized" },
  { 403, { error = "Incorrect hostname for API key" }, "account.unauthorized" },
  { 403, { error = "This feature is only available to enterprise accounts" }, "account.forbidden" },
  { 403, { error = "You have used all your credits" }, "account.credits" },
  { 401, { error = "Incorrect hostname for API key", details = "Use api.dev.runwayml.com", docUrl = "https://docs.dev.runwayml.com" },
    "account.unauthorized" },
  { 401, { error = "Unauthorized" }, "account.unauthorized" },
  { 401, { message = "Unauthorized" }, "account.unauthorized" },
  { 401, { error = "Your account has been suspended." }, "account.suspended" },
  { 403, { error = "This account was suspended for violating our usage policy" }, "account.suspended" },
  { 401, { error = "This API key has been disabled." }, "account.suspended" },
  { 403, { message = "Forbidden" }, "account.forbidden" },
  { 403, { error = "Access denied" }, "account.forbidden" },
  -- limits: a submission's 429 is a day's or a budget's, unless the gateway speaks
  { 429, { error = "You have reached your daily task limit for this model." }, "account.quota" },
  { 429, { error = "Daily generation limit exceeded" }, "account.quota" },
  { 429, { error = "Your organization has reached its monthly spend limit" }, "account.quota" },
  { 429, { error = "Limit exceeded" }, "account.quota" },
  { 429, { error = "Your task limit has been reached." }, "account.quota" },
  { 429, { error = "Too many generations" }, "account.quota" },
  { 429, { error = "Your organization has reached its spending cap" }, "account.quota" },
  { 429, { error = "Please try again later" }, "account.quota" },
  { 429, { error = "You have too many tasks in progress" }, "limit.rate" },
  { 429, "", "account.quota" },
  { 429, { error = "Too many requests: you have hit your daily limit" }, "account.quota" },
  { 429, { message = "Too Many Requests" }, "limit.rate" },
  { 429, { error = "You have reached the maximum number of concurrent tasks" }, "limit.rate" },
  { 429, { message = "Rate exceeded" }, "limit.rate" },
  { 429, page "429 Too Many Requests", "limit.rate" },
  -- moderation at the door
  { 400, { error = "Your prompt was flagged by our content moderation system." }, "content.input" },
  { 400, issue("The image was flagged by content moderation", { "promptImage" }), "content.input", "promptImage" },
  -- words of moderation where none is meant
  { 403, { error = "Please accept the terms of service" }, "account.forbidden" },
  { 403, "Request blocked by firewall", "account.forbidden" },
  -- size and service
  { 413, "413 Request Entity Too Large", "request.too_large" },
  { 413, page "413 Request Entity Too Large", "request.too_large" },
  { 413, { message = "Request Too Long" }, "request.too_large" },
  { 413, { error = "Request body exceeded the 20MB limit" }, "request.too_large" },
  { 500, { error = "Internal server error" }, "provider.internal" },
  { 500, "", "provider.internal" },
  { 502, page "502 Bad Gateway", "provider.unavailable" },
  { 503, { message = "Service Unavailable" }, "provider.unavailable" },
  { 504, { message = "Endpoint request timed out" }, "provider.unavailable" },
  { 503, { error = "The service is overloaded. Please try again later." }, "provider.capacity" },
  { 503, { error = "Under maintenance" }, "provider.unavailable" },
}

-- failureCode, failure -> class, category
local failures = {
  { "SAFETY.INPUT.TEXT", "The input was flagged by our content moderation system.", "content.input", "general" },
  { "SAFETY.INPUT.IMAGE", "The provided image contains a recognizable public figure.", "content.input", "celebrity" },
  { "SAFETY.INPUT.VIDEO", "The video appears to contain nudity.", "content.input", "adult" },
  { "SAFETY.INPUT.MULTIMODAL", "Graphic violence is not permitted", "content.input", "violence" },
  { "SAFETY.INPUT.TEXT", "Sexual content involving minors", "content.input", "minor" },
  { "SAFETY.INPUT.SOMETHING.NEW", "", "content.input", "general" },
  { "SAFETY.INPUT.THIRD_PARTY", "Your reference may contain a real person.", "content.input", "person" },
  { "SAFETY.INPUT.ASIMOV", "Blocked", "content.input", "general" },
  { "safety.input.text", "blocked", "content.input", "general" },
  { "SAFETY", "blocked", "content.input", "general" },
  { "INPUT_PREPROCESSING.SAFETY.TEXT", "The prompt mentions a trademark", "content.input", "copyright" },
  { "INPUT_PREPROCESSING.SAFETY.THIRD_PARTY", "Your request was blocked by this model provider's content moderation system.", "content.input",
    "general" },
  { "INPUT_PREPROCESSING.SAFETY.IMAGE", nil, "content.input", "general" },
  { "SAFETY.OUTPUT.VIDEO", "The output was flagged.", "content.output", "general" },
  { "SAFETY.OUTPUT.THIRD_PARTY", "Your request was blocked by this model provider's content moderation system.", "content.output", "general" },
  { "SAFETY.OUTPUT.AUDIO", "The generated audio may contain copyrighted material", "content.output", "copyright" },
  { "INTERNAL.BAD_OUTPUT.CODE01", "An unexpected error occurred.", "generation.failed" },
  { "INTERNAL.BAD_OUTPUT.07", "An unexpected error occurred.", "generation.failed" },
  { "INTERNAL.BAD_OUTPUT", nil, "generation.failed" },
  { "INTERNAL", "An unexpected error occurred.", "provider.internal" },
  { "INTERNAL", [[Generation failed: {"code":13,"message":"Internal error. Please try again later."}]], "provider.internal" },
  { "INTERNAL.SOMETHING", "An unexpected error occurred.", "provider.internal" },
  { nil, "An unexpected error occurred.", "provider.internal" },
  { nil, "Generation failed", "provider.internal" },
  { nil, "The prompt was flagged by our content moderation system.", "content.input", "general" },
  { nil, "The generated video was flagged by our content moderation system", "content.output", "general" },
  { nil, "The input image violates our usage policy: public figure", "content.input", "celebrity" },
  { nil, "This model is currently at capacity.", "provider.capacity" },
  { nil, "The generation timed out.", "provider.timeout" },
  { "INPUT_PREPROCESSING.INTERNAL", "An unexpected error occurred.", "provider.internal" },
  { "INPUT_PREPROCESSING.UNHEARD_OF", "Something.", "provider.internal" },
  { "ASSET.INVALID", "The provided asset is invalid.", "asset.invalid" },
  { "ASSET.INVALID", "Asset duration must be at most 30 seconds", "asset.duration" },
  { "ASSET.INVALID", "Failed to fetch asset. Received HTTP response code \"403\"", "asset.bad_status" },
  { "ASSET.INVALID", "Unsupported video codec", "asset.media_type" },
  { "ASSET.INVALID", "No face was found in the reference video", "asset.invalid" },
  { "ASSET.UNHEARD_OF", "Something.", "asset.invalid" },
  -- codes that say little beside words that say more, refusals above all
  { "ASSET.INVALID", "This image appears to contain a public figure", "content.input", "celebrity" },
  { "INTERNAL", "The input was flagged by our content moderation system.", "content.input", "general" },
  { "INTERNAL.BAD_OUTPUT.CODE01", "The generated output was flagged by our content moderation system.", "content.output", "general" },
  { "THIRD_PARTY.UNAVAILABLE", "Your request was blocked by this model provider's content moderation system.", "content.input", "general" },
  { "THIRD_PARTY.UNHEARD_OF", "An unexpected error occurred.", "provider.upstream" },
  { "THIRD_PARTY.UNHEARD_OF", "The generation timed out.", "provider.timeout" },
  { "INPUT_PREPROCESSING.INTERNAL", "Failed to fetch asset. Received HTTP response code \"403\"", "asset.bad_status" },
  { nil, [[Generation failed: {"code":3,"message":"Invalid argument"}]], "request.invalid" },
  { "CREDITS.INSUFFICIENT", "An unexpected error occurred.", "account.credits" },
  { "INPUT_PREPROCESSING.ASSET.INVALID", "Something.", "asset.invalid" },
  { "THIRD_PARTY.UNAVAILABLE", "The model provider is unavailable.", "provider.capacity" },
  { "THIRD_PARTY.INPUT_VALIDATION", "Invalid input", "request.invalid" },
  { "THIRD_PARTY.INTERNAL", "The provider failed.", "provider.upstream" },
  { "THIRD_PARTY", "The provider failed.", "provider.upstream" },
  { "THIRD_PARTY.TIMEOUT", "The provider failed.", "provider.timeout" },
  { "THIRD_PARTY.RATE_LIMITED", "The provider failed.", "provider.capacity" },
  { nil, [[Generation failed: {"code":8,"message":"resource exhausted"}]], "provider.capacity" },
  { "NULL", "An unexpected error occurred.", "provider.internal" },
  { 13, "Internal error", "provider.internal" },
  { "UNHEARD_OF.CODE", "Something.", "provider.internal" },
}

-- operation, status, body -> class
local others = {
  { "poll", 404, { error = "Could not find Task" }, "task.not_found" },
  { "poll", 404, { error = "Could not find task with id 17f20503" }, "task.not_found" },
  { "poll", 404, page "404 Not Found", "task.not_found" },
  { "cancel", 404, { error = "Could not find Task" }, "task.not_found" },
  { "poll", 429, { error = "Slow down" }, "limit.rate" },
  { "poll", 429, "", "limit.rate" },
  { "upload", 429, { error = "You have exceeded the rate limit for this endpoint." }, "limit.rate" },
  { "upload", 429, { error = "Limit exceeded" }, "limit.rate" },
  { "poll", 502, page "502 Bad Gateway", "provider.unavailable" },
  { "poll", 504, "upstream request timeout", "provider.unavailable" },
  { "poll", 503, "upstream connect error or disconnect/reset before headers", "provider.unavailable" },
  { "submit", 520, page "520: Web server is returning an unknown error", "provider.unavailable" },
  { "submit", 408, "", "network.timeout" },
  { "poll", 500, { error = "Internal server error" }, "provider.internal" },
  { "poll", 401, { error = "Unauthorized" }, "account.unauthorized" },
  { "poll", 200, { id = "x", status = "CANCELLED", cost = { credits = 0 } }, "task.cancelled" },
  { "poll", 200, { id = "x", status = "CANCELED" }, "task.cancelled" },
  { "poll", 200, { id = "x", status = "FAILED" }, "provider.internal" },
  { "poll", 200, { id = "x", status = "FAILED", failure = "A node failed", nodeErrors = { upscale = { failureCode = "SAFETY.INPUT.TEXT",
    failure = "The input was flagged" } } }, "content.input" },
  { "upload", 400, "<Error><Code>EntityTooLarge</Code><Message>Your proposed upload exceeds the maximum allowed size</Message></Error>",
    "asset.too_large" },
  { "upload", 403, "<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>",
    "provider.internal" },
  { "upload", 400, { error = "You must purchase credits before uploading files." }, "account.credits" },
  { "upload", 503, "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>", "limit.rate" },
}

local quiet = {
  { "submit", 200, { id = "17f20503-6c24-4c16-946b-35dbbce2af2f", estimatedCost = { credits = 25 } } },
  { "poll", 200, { id = "x", status = "PENDING" } },
  { "poll", 200, { id = "x", status = "THROTTLED" } },
  { "poll", 200, { id = "x", status = "RUNNING", progress = 0.3, failure = "moderation" } },
  { "poll", 200, { id = "x", status = "SUCCEEDED", output = { "https://example.com/flagged.mp4" }, cost = { credits = 5 } } },
  { "poll", 200, { id = "x", status = "NEW_STATUS" } },
  { "upload", 200, { uploadUrl = "https://s3.example.com", fields = {}, runwayUri = "runway://abc" } },
  { "cancel", 204, "" },
}

describe("classify: Runway", function()
  local function classify(operation, status, body)
    return retake.classify { provider = "runway", operation = operation, status = status, headers = { ["Content-Type"] = "application/json" },
      body = body }
  end

  for number, row in ipairs(submissions) do
    local status, body, class, field = row[1], row[2], row[3], row[4]
    it(("submission %d: %d is %s"):format(number, status, class), function()
      local fault = classify("submit", status, body)
      assert.equal(class, fault and fault.class, fault and fault.message)
      if field then assert.equal(field, fault.field) end
    end)
  end

  for number, row in ipairs(failures) do
    local code, failure, class, category = row[1], row[2], row[3], row[4]
    it(("failure %d: %s is %s"):format(number, tostring(code), class), function()
      local fault = classify("poll", 200, failed(code, failure))
      assert.equal(class, fault and fault.class, fault and fault.message)
      assert.equal(category, fault.category)
      if class:find "^content" then assert.is_nil(fault.field) end -- the code's third component is no evidence
      assert.equal(0, fault.credits)
      assert.equal("finished", fault.effect)
    end)
  end

  for number, row in ipairs(others) do
    it(("%s %d: %d is %s"):format(row[1], number, row[2], row[4]), function()
      local fault = classify(row[1], row[2], row[3])
      assert.equal(row[4], fault and fault.class, fault and fault.message)
    end)
  end

  for number, row in ipairs(quiet) do
    it(("no failure %d: %s %d"):format(number, row[1], row[2]), function() assert.is_nil(classify(row[1], row[2], row[3])) end)
  end

  it("keeps the provider's code and text", function()
    local fault = classify("poll", 200, failed("SAFETY.INPUT.TEXT", "The input was flagged."))
    assert.equal("SAFETY.INPUT.TEXT", fault.code)
    assert.equal("The input was flagged.", fault.message)
  end)

  it("says what would be right, where the answer does", function()
    local function hint(...) return classify("submit", 400, issue(...)).hint end
    assert.equal("at most 1000", hint("Too big: expected string to have <=1000 characters", { "promptText" }, "too_big", { maximum = 1000 }))
    assert.equal("at least 2", hint("Too small: expected number to be >=2", { "duration" }, "too_small", { minimum = 2, origin = "number" }))
    assert.equal("one of 1280:720, 720:1280", hint("Invalid option", { "ratio" }, "invalid_value", { values = { "1280:720", "720:1280" } }))
    assert.equal("leave out seed, audio", hint("Unrecognized keys", {}, "unrecognized_keys", { keys = { "seed", "audio" } }))
    assert.equal("no model is left after price, prompt_length", classify("submit", 400, { error = "No model can serve this request",
      code = "no_eligible_model", emptiedBy = { "price", "prompt_length" }, pipeline = {} }).hint)
    assert.truthy(classify("submit", 400, { error = "The API version that was provided in the X-Runway-Version header is not valid" }).hint)
  end)

  it("keeps the request's and the task's id, and what the task cost", function()
    local fault = retake.classify { provider = "runway", operation = "poll", status = 200, headers = { ["Apigw-Requestid"] = "I6K4Nj-ioAMEY6w=" },
      body = failed("INTERNAL", "An unexpected error occurred.", { cost = { credits = 25 } }) }
    assert.equal("I6K4Nj-ioAMEY6w=", fault.request_id)
    assert.equal("6da960dd-ef88-40fc-9628-02e9b6a6a008", fault.task_id)
    assert.equal(25, fault.credits)
    assert.equal("yes", fault.billed)
  end)

  it("waits half a minute after code 13", function()
    local fault = classify("poll", 200, failed("INTERNAL", [[Generation failed: {"code":13,"message":"Internal error."}]]))
    assert.equal("provider.internal", fault.class)
    assert.equal(30, fault.floor)
  end)
end)
