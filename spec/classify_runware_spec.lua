-- What Runware's errors mean. The texts are variations of the ones it and the services behind it are known to send.
local retake = require "retake"
local core = require "retake.core"

local function classified(body, operation, status)
  return retake.classify { provider = "runware", operation = operation or "poll", status = status or 200, body = body }
end

local function one(code, message, more)
  local item = { code = code, message = message, taskUUID = "24cd5dff-cb81-4db5-8506-b72a9425f9d1" }
  for name, value in pairs(more or {}) do item[name] = value end
  return { errors = { item } }
end

-- Every code that Runware's documents, its live answers and its own clients name.
local codes = {
  ["account.unauthorized"] = [[invalidApiKey missingApiKey unauthorized authenticationFailed authFailed authTimeout invalidAuthentication
    invalidCredentials missingAuthentication tokenExpired tokenInvalid tokenMissing tokenRevoked]],
  ["account.forbidden"] = "forbidden permissionDenied insufficientPermissions",
  ["account.suspended"] = [[accountSuspended accountDisabled organizationSuspended organizationDisabled workspaceSuspended
    workspaceDisabled]],
  ["account.credits"] = [[insufficientCredits thirdPartyInsufficientCredits videoInferenceInsufficientCredits
    textInferenceVideoInputInsufficientCredits paymentRequired]],
  ["account.quota"] = "quotaExceeded",
  ["limit.rate"] = "rateLimitExceeded inferenceRateLimitExceeded providerRateLimitExceeded",
  ["request.too_large"] = "inferenceRateLimitRequestTooLarge",
  ["content.input"] = [[contentPolicyViolation providerContentPolicyViolation sensitiveContentDetected unsafeContentDetected promptBlocked
    imageBlocked moderationFailed safety contentModeration]],
  ["content.output"] = "nsfwContentDetected invalidProviderContent",
  ["provider.timeout"] = "timeoutProvider providerTimeout providerGatewayTimeout webhookTimeout requestTimeout timeout",
  ["task.not_found"] = "taskNotFound taskExpired taskFailedOrNotFound",
  ["task.cancelled"] = "taskCancelled",
  ["task.duplicate"] = "conflictTaskUUID conflictTaskUUIDDuringRetries",
  ["model.unavailable"] = "modelNotFound providerNotFound unknownModel modelDisabled modelUnavailable modelOwnershipValidationError",
  ["asset.invalid"] = "mediaNotFound mediaExpired",
  ["asset.unreachable"] = "failedToTransferImage",
  ["provider.internal"] = [[internalServerError standardError unknownError undefinedError defaultError unrecognizedResponse
    errorRetrievingAccountManagement inferenceError processingFailed downloadFailed uploadFailed mediaStorageFileCouldNotBeMoved]],
  ["provider.unavailable"] = "serviceUnavailable serverUnavailable providerUnavailable providerBadGateway",
  ["provider.upstream"] = "providerError providerInternalError providerUnknownError providerAuthenticationFailed providerInsufficientCredits",
  ["provider.capacity"] = "noAvailableServer modelNotReady",
  ["generation.failed"] = "taskFailed",
  ["request.invalid"] = [[invalidPositivePrompt invalidPositivePromptLength missingPositivePrompt invalidWidth invalidHeight invalidCustomHeight
    missingDimensionParameters duplicatePreloadModelAIR unsupportedParameter unsupportedTaskType valueTooLarge arrayTooSmall
    maxLycorisModelsExceeded unknownParameter incompatibleParameters mismatchProviderSettingsProvider unknownProviderSettingsProvider
    transparentModelMismatch modelAlreadyExists validationFailed architectureId]],
}

-- { code, message, more } -> class, field
local told = {
  -- `invalid` in front of what is no parameter
  { "invalidProviderContent", "Invalid content detected. The generated content was flagged and rejected by Google's content moderation system.",
    "content.output" },
  { "invalidProviderContent", "Invalid content detected. The prompt was flagged by ByteDance's moderation.", "content.input" },
  { "invalidBFLContentModeration", "Content was moderated.", "content.input" },
  { "invalidContentModeration", "Invalid value for 'contentModeration' parameter. It must be a boolean.", "request.invalid", "contentModeration" },
  { "invalidPositivePrompt", "The prompt contains prohibited content.", "content.input", "positivePrompt" },
  { "thirdPartyInsufficientCredits", "External inference tasks require a paid invoice or at least $5 credit.", "account.credits" },
  { "failedToTransferImage", "Invalid value for 'referenceImages[0]' parameter. Failed to transfer the provided image.", "asset.unreachable",
    "referenceImages[0]" },
  { "failedToTransferImage", "Failed to transfer the image: HTTP status 404.", "asset.bad_status" },
  { "failedToTransferImage", "The transfer of the image timed out.", "asset.timeout" },
  { "invalidSeedImage", "Invalid value for seedImage parameter. The image is corrupt.", "asset.corrupt", "seedImage" },
  { "invalidInputImage", "The width and height must be between 300 and 2048.", "asset.dimensions", "inputImage" },
  { "invalidFrameImages", "Invalid value for 'frameImages' parameter. It must be an array with at most 2 items.", "request.invalid",
    "frameImages" },
  { "invalidWidth", "Image width must be an integer value between 128 and 1024", "request.invalid", "width" },
  { "invalidModel", "Invalid value for 'model' parameter. Model foo:1@1 could not be found.", "model.unavailable", "model" },
  { "invalidModel", "Invalid value for 'model' parameter. It must be a string.", "request.invalid", "model" },
  { "modelUnavailable", "The model is temporarily unavailable", "provider.unavailable" },
  { "quotaExceeded", "Your credit balance is used up", "account.credits" },
  -- codes nobody has seen, built like those that are known
  { "audioInferenceInsufficientCredits", "x", "account.credits" }, { "trainingRateLimitExceeded", "x", "limit.rate" },
  { "maxConcurrentRequestsExceeded", "x", "limit.rate" }, { "invalidGoogleContent", "x", "content.output" },
  { "klingTimeout", "x", "provider.timeout" }, { "loraModelNotFound", "x", "model.unavailable" }, { "upscaleTaskNotFound", "x", "task.not_found" },
  { "providerSomethingElse", "x", "provider.upstream" },
  { "unsupportedThing", "Unsupported use of 'thing' parameter.", "request.invalid", "thing" }, { "projectSuspended", "x", "account.suspended" },
  { "imageTooLarge", "x", "asset.too_large" }, { "outputSafetyBlocked", "x", "content.output" }, { "clusterOverloaded", "x", "provider.capacity" },
  { "expiredApiKey", "x", "account.unauthorized" }, { "somethingFailed", "x", "provider.internal" }, { "never seen", "x", "unknown" },
}

-- What the model's own service said, inside a providerError -> class, category
local upstream = {
  { "Your request was rejected as a result of our safety system.", "content.input", "general" },
  { "This prompt contains sensitive words that violate Google's Responsible AI practices.", "content.input", "general" },
  { "Explicit content blocked", "content.input", "adult" },
  { "The video generated from your prompt was flagged: public figure", "content.output", "celebrity" },
  { "output new_sensitive", "content.output", "general" },
  { { error = { code = 400, message = "The prompt violates our usage guidelines. (Vertex AI)" } }, "content.input", "general" },
  { '{"error":{"code":"moderation_blocked","message":"rejected"}}', "content.input", "general" },
  { "Invalid API key provided", "provider.upstream" }, { "Account balance not enough", "provider.upstream" },
  { "You exceeded your current quota", "provider.upstream" }, { "Rate limit reached", "limit.rate" },
  { "The model is overloaded", "provider.capacity" }, { "Request timed out after 600 seconds", "provider.timeout" },
  { "Failed to download image from url", "asset.unreachable" }, { "image aspect ratio must be between 0.4 and 2.5", "asset.aspect_ratio" },
  { "duration must be one of 5, 10", "request.invalid" }, { "Video generation failed due to an internal error.", "provider.upstream" },
}

describe("Runware's errors:", function()
  for class, list in pairs(codes) do
    it("codes of " .. class, function()
      for code in list:gmatch "%S+" do
        local fault = classified(one(code, "Something about it."))
        assert.equal(class, fault.class, code)
        assert.equal(code, fault.code)
        assert.equal(class, classified(one(code:upper(), "Something about it.")).class, "in capitals: " .. code)
      end
    end)
  end

  for _, row in ipairs(told) do
    it(row[1] .. ": " .. row[2]:sub(1, 60), function()
      local fault = classified(one(row[1], row[2]))
      assert.equal(row[3], fault.class)
      assert.equal(row[4], fault.field)
    end)
  end

  for i, row in ipairs(upstream) do
    it("told by the model's service, " .. i, function()
      local fault = classified(one("providerError", "It responded with an error. Additional information below.", { responseContent = row[1] }))
      assert.equal(row[2], fault.class)
      assert.equal(row[3], fault.category)
      assert.equal("providerError", fault.code)
    end)
  end

  it("by the upstream's status, a number or a text", function()
    assert.equal("limit.rate", classified(one("providerError", "x", { responseStatusCode = 429 })).class)
    assert.equal("content.input", classified(one("providerError", "x", { responseStatusCode = "moderation_blocked" })).class)
    assert.equal("provider.upstream", classified(one("providerError", "x", { responseStatusCode = "video_generation_failed" })).class)
  end)

  it("wherever they stand", function()
    local item = { code = "timeoutProvider", message = "too slow", taskUUID = "u" }
    for name, body in pairs {
      bare = { errors = { item } }, empty = { data = {}, errors = { item } }, single = { error = item }, listed = { error = { item } },
      object = { errors = item }, frame = { { errors = { item } } }, data = { data = { { taskUUID = "u", status = "error", error = item } } },
      status = { errors = { { code = "timeoutProvider", status = "error" } } }, one_datum = { data = { taskUUID = "u", status = "error", error = item } },
      early = { error = { code = "timeoutProvider" }, taskUUID = "u", taskType = "videoInference" },
    } do
      assert.equal("provider.timeout", classified(body).class, name)
    end
    assert.equal("account.unauthorized", classified { error = true, errorId = 19, errorMessage = "?" }.class)
    assert.equal("provider.capacity", classified { error = { message = "Server overloaded" } }.class)
  end)

  it("with what would be right, where the error says it", function()
    local fault = classified(one("invalidWidth", "Invalid value.", { parameter = "width", min = 256, max = 2048, multiplier = 16, type = "integer|array",
      allowedValues = { 512, 1024 } }), "submit", 400)
    assert.equal("width", fault.field)
    assert.equal("at least 256; at most 2048; a multiple of 16; one of 512, 1024; of type integer or array", fault.hint)
    assert.equal("width, height", classified(one("missingDimensionParameters", "x", { parameter = { "width", "height" } })).field)
  end)

  it("with the time to wait, told in words", function()
    assert.equal(120, classified(one("providerRateLimitExceeded", "Please try again in 2 minutes.")).retry_after)
    assert.equal(0.5, classified(one("rateLimitExceeded", "retry after 500 ms")).retry_after)
    assert.is_nil(classified(one("rateLimitExceeded", "slow down")).retry_after)
  end)

  it("not those of other tasks", function()
    local body = { errors = { { code = "invalidApiKey", message = "x", taskUUID = "other" }, { code = "timeoutProvider", taskUUID = "ours" } } }
    local fault = retake.classify { provider = "runware", operation = "poll", status = 200, body = body, task_id = "ours" }
    assert.equal("provider.timeout", fault.class)
  end)

  it("not a failed result of a submission that was taken", function()
    local body = { data = { { taskUUID = "u", imageURL = "https://im.runware.ai/a.jpg" } }, errors = { { code = "safety", message = "x", taskUUID = "u" } } }
    assert.is_nil(retake.classify { provider = "runware", operation = "submit", status = 200, body = body })
    body.errors[1].taskUUID = "v"
    assert.equal("content.input", retake.classify({ provider = "runware", operation = "submit", status = 200, body = body }).class)
  end)

  it("with what the model's service says behind Runware's own words, and Runware's code", function()
    local own = "OpenAI responded with an error. Additional information below."
    for _, row in ipairs {
      { "Video generation failed", own .. " Video generation failed" }, { "Request timed out", own .. " Request timed out" },
      { { error = { code = "moderation_blocked", message = "Your request was rejected" } }, own .. " Your request was rejected" },
      { '{"error":{"code":"invalid_api_key","message":"no"}}', own .. " no" }, { own, own }, { { status = "?" }, own },
    } do
      local fault = classified(one("providerError", own, { responseContent = row[1] }))
      assert.same({ "providerError", row[2] }, { fault.code, fault.message })
      assert.is_nil(fault.hint)
    end
  end)

  it("never with its key and its wallet taken for the caller's", function()
    for _, said in ipairs { "Unauthorized", "Forbidden", "insufficient_quota", { code = "invalid_api_key" }, { error = { code = "billing_hard_limit_reached" } },
      { error = { code = 401, message = "Invalid authentication credentials" } }, "The account has insufficient balance", { code = "unauthorized" } } do
      local fault = classified(one("providerError", "x", { responseContent = said }))
      assert.equal("provider.upstream", fault.class, tostring(said))
    end
    assert.equal("limit.rate", classified(one("providerError", "x", { responseContent = { code = "rate_limit_exceeded" } })).class)
    assert.equal("content.input", classified(one("providerError", "x", { responseContent = { code = "content_policy_violation" } })).class)
    assert.equal("content.output", classified(one("providerError", "x", { responseContent = "OutputVideoSensitiveContentDetected" })).class)
  end)

  it("with what became of the task", function()
    local function of(body, fields)
      local evidence = { provider = "runware", operation = "poll", status = 200, task_id = "ours", body = body }
      for key, value in pairs(fields or {}) do evidence[key] = value end
      local fault = retake.classify(evidence)
      return fault and { fault.effect, fault.billed, fault.credits } or nil
    end
    local failed = { code = "timeoutProvider", message = "x", taskUUID = "ours", status = "error" }
    local bare = { code = "timeoutProvider", message = "x", taskUUID = "ours", cost = 0.25 }
    local done = { taskUUID = "ours", status = "success", imageURL = "https://im.runware.ai/a.jpg", cost = 0.5 }
    local over, going = { "finished", "unknown" }, { "accepted", "unknown" }
    assert.same(over, of { errors = { failed } })
    assert.same({ "finished", "yes", 0.25 }, of { errors = { bare } })
    assert.same({ "finished", "no", 0 }, of { data = { { taskUUID = "ours", status = "error", cost = 0, error = { code = "x" } } } })
    assert.same(over, of { { error = { code = "timeoutProvider" }, taskUUID = "ours" } })
    -- the others of its results stay
    assert.same(going, of { data = { done }, errors = { failed } })
    assert.same(going, of { data = { { taskUUID = "ours", status = "processing" }, { taskUUID = "ours", status = "error", code = "x" } } })
    assert.same(going, of { { data = done, errors = { bare } } })
    assert.same(over, of { data = { { taskUUID = "another", status = "success" } }, errors = { failed } })
    assert.is_nil(of { data = { { taskUUID = "another", status = "error", code = "x" } } })
    -- an error without a name
    assert.same(over, of { errors = { { code = "timeoutProvider", message = "x" } } })
    assert.same(going, of { errors = { { code = "rateLimitExceeded", message = "x", responseContent = { code = "y" } } } })
    assert.same(going, of({ errors = { { code = "invalidApiKey", message = "x" } } }, { status = 401 }))
    assert.same(going, of { error = { message = "Server overloaded" } })
    assert.same(going, of { errors = { { code = "taskNotFound", message = "x", taskUUID = "ours" } } })
    -- a submission's
    assert.same({ "none", "no" }, of({ errors = { { code = "invalidWidth", taskUUID = "ours", status = "error" } } }, { operation = "submit", status = 400 }))
    assert.same({ "unknown", "unknown" }, of({ errors = { failed } }, { operation = "submit" }))
  end)

  it("by their status, where nothing else is said", function()
    for status, class in pairs { [400] = "request.invalid", [401] = "account.unauthorized", [402] = "account.credits", [403] = "account.forbidden",
      [404] = "request.invalid", [429] = "limit.rate", [500] = "provider.internal", [503] = "provider.unavailable", [504] = "provider.unavailable" } do
      assert.equal(class, classified("", "submit", status).class, status)
    end
    for _, status in ipairs { 422, 502 } do assert.equal("provider.unavailable", classified("still processing", "download", status).class) end
  end)

  it("and what is no error", function()
    for _, body in ipairs { { data = {} }, { data = { { taskType = "ping", pong = true } } }, { data = { { taskUUID = "u", status = "processing" } } },
      { data = { { taskUUID = "u", status = "success", videoURL = "https://vm.runware.ai/a.mp4" } }, errors = {} }, { data = { taskUUID = "u" } } } do
      assert.is_nil(classified(body))
    end
  end)

  it("survive whatever a body holds", function()
    local cjson = require "cjson"
    local deep = { code = "x" }
    for _ = 1, 5000 do deep = { error = deep, message = deep } end
    local junk = { cjson.null, 5, -0.5, "", ("{"):rep(5000), true, false, {}, { {} }, { cjson.null, 5, { 5 } }, deep, "\0\255", { errors = deep } }
    for _, name in ipairs { "data", "errors", "error", "code", "message", "parameter", "responseContent", "responseStatusCode", "taskUUID", "status",
      "min", "allowedValues", "errorId" } do
      for _, value in ipairs(junk) do
        for _, operation in ipairs { "submit", "poll", "upload", "download" } do
          classified({ [name] = value, message = "x" }, operation)
          classified({ errors = { { code = "invalidWidth", message = "x", [name] = value } } }, operation)
          classified({ data = { { taskUUID = "u", status = "error", [name] = value } } }, operation, 400)
        end
      end
    end
    local many = {}
    for i = 1, 20000 do many[i] = { code = "standardError", message = ("x"):rep(100) } end
    assert.equal("provider.internal", classified({ errors = many }).class)
  end)

  it("have rules that compile under their own names", function()
    assert.has_no.errors(function() core.rules(require("retake.provider.runware_rules").rules, "runware") end)
  end)
end)
