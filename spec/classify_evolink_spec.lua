-- What EvoLink's errors mean: every code of its documents, every shape, and many ways of saying the same.
local retake = require "retake"
local rules = require("retake.provider").get("evolink").rules

local ID = "task-unified-1772618027-cmeisy8h"

local function failed(code, message)
  return { id = ID, status = "failed", progress = 0, error = { code = code, message = message, type = "task_error" } }
end

local function classify(operation, status, body, headers)
  return retake.classify { provider = "evolink", operation = operation, status = status, body = body, headers = headers }
end

-- code, message, class, category or field
local tasks = {
  { "content_policy_violation", "photorealistic people detected", "content.input", "person" },
  { "content_policy_violation", "The uploaded image contains real human faces", "content.input", "person" },
  { "content_policy_violation", "celebrity detected in image", "content.input", "celebrity" },
  { "content_policy_violation", "third-party content violation", "content.input", "copyright" },
  { "content_policy_violation", "Brand logo or trademark found", "content.input", "copyright" },
  { "content_policy_violation", "nudity detected", "content.input", "adult" },
  { "content_policy_violation", "violence content blocked", "content.input", "violence" },
  { "content_policy_violation", "minor content not allowed", "content.input", "minor" },
  { "content_policy_violation", "sexual content involving a minor", "content.input", "minor" },
  { "content_policy_violation", "content policy violation", "content.input", "general" },
  { "content_policy_violation", "Content policy violation.\nYour request was blocked by safety filters. Avoid photorealistic people, celebrities, "
    .. "copyrighted characters, nudity and violence.", "content.input", "general" },
  { "content_policy_violation", "nudity detected. Please avoid real people, celebrities, logos and violence.", "content.input", "adult" },
  { "content_policy_violation", nil, "content.input", "general" },
  { "content_policy_violation", "The generated video was flagged by moderation", "content.output", "general" },
  { "invalid_parameters", "Prompt is too long", "request.invalid", nil, "prompt" },
  { "invalid_parameters", "image dimensions must be between 240 and 7680", "asset.dimensions" },
  { "invalid_parameters", "file size exceeds 10MB", "asset.too_large" },
  { "invalid_parameters", "unsupported file type", "asset.media_type" },
  { "invalid_parameters", "Video duration must be between 1-30 seconds", "request.invalid", nil, "duration" },
  { "invalid_parameters", "aspect_ratio must be one of 16:9, 9:16", "request.invalid", nil, "aspect_ratio" },
  { "invalid_parameters", "Invalid parameters: duration must be one of 4, 8, 12", "request.invalid", nil, "duration" },
  { "invalid_parameters", "the prompt contains sensitive words", "content.input", "general" },
  { "image_processing_error", "input media URL could not be fetched (not found)", "asset.bad_status" },
  { "image_processing_error", "failed to download image", "asset.unreachable" },
  { "image_processing_error", "Unsupported format: HEIC", "asset.media_type" },
  { "image_processing_error", "Image file is corrupted", "asset.corrupt" },
  { "image_processing_error", "Image processing failed.\nThe system could not process the input image. Check: format (JPG/PNG/WebP), size (<10MB), "
    .. "and that the URL is publicly accessible.", "asset.invalid" },
  { "image_dimension_mismatch", "Input image dimensions don't match aspect_ratio=1280x720", "asset.mismatch" },
  { "request_cancelled", "The task was cancelled", "task.cancelled" },
  { "resource_not_found", "The requested task ID does not exist or has expired.", "task.not_found" },
  { "generation_failed_no_content", "The model was unable to produce output", "generation.failed" },
  { "generation_failed_no_content", "No output. The prompt or reference image may involve watermark removal or protected content.",
    "generation.failed" },
  { "generation_failed_no_content", "Blocked by safety filter", "content.input", "general" },
  { "generation_failed_no_content", "Google refused: IMAGE_SAFETY", "content.input", "general" },
  { "generation_timeout", "The task did not complete in time", "provider.timeout" },
  { "quota_exceeded", "Request frequency or concurrency limits have been exceeded.", "limit.rate" },
  { "quota_exceeded", "quota exceeded", "limit.rate" },
  { "quota_exceeded", "Insufficient account balance", "account.credits" },
  { "quota_exceeded", "Daily quota reached", "account.quota" },
  { "resource_exhausted", "Upstream resources temporarily depleted", "provider.capacity" },
  { "service_error", "An internal issue occurred in the upstream service", "provider.internal" },
  { "service_unavailable", "An internal authentication or connection issue occurred.", "provider.unavailable" },
  { "unknown_error", "An unclassified error occurred", "unknown" },
  { "unknown_error", "Your prompt was flagged as inappropriate", "content.input", "general" },
  { "unknown_error", "Internal server error", "provider.internal" },
  { "model_unavailable", "model is offline", "model.unavailable" },
  { "upstream_error", "insufficient balance", "provider.upstream" }, -- theirs at the model's service, not the caller's
  { "rate_limited", "slow down", "limit.rate" },
  { "invalid_audio", "audio cannot be read", "asset.invalid" },
  { "channel:no_available_key", "no key", "provider.unavailable" },
  { "channel:invalid_key", "API key not valid", "provider.upstream" },
  { "invalid_media_url", "not a link", "asset.invalid_uri" },
  { "content_policy_violation", "Content flagged. Tips: avoid logos, brands, and real people.", "content.input", "general" },
  { "content_policy_violation", "Output video withheld: copyright", "content.output", "copyright" },
  { "invalid_parameters", "Model sora-9 not found", "model.unavailable" },
  { "invalid_parameters", "Request body too large", "request.too_large" },
  { "invalid_parameters", "invalid request: missing field prompt", "request.invalid", nil, "prompt" },
  { "invalid_parameters", "Something failed, please try again later", "request.invalid" }, -- such words say less than the code
  { "image_processing_error", "Image URL is inaccessible (authentication required)", "asset.unreachable" },
  { "image_processing_error", "input media URL could not be fetched (timeout)", "asset.timeout" },
  { "image_processing_error", "the link has expired", "asset.bad_status" },
  { "invalid_media_url", "failed to download image", "asset.unreachable" },
  { "generation_failed_no_content", "failed to download image", "asset.unreachable" },
  { "service_error", "Your prompt was flagged as inappropriate", "content.input", "general" },
  { "service_error", "Server overload / high traffic", "provider.internal" },
  { "unknown_error", "Insufficient account balance", "account.credits" },
  { "unknown_error", "the task was cancelled", "task.cancelled" },
  { "upstream_error", 'upstream: {"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}', "provider.upstream" },
  { "brand_new_code", "An unclassified error occurred", "unknown" },
  { "something_new", "The provider is at capacity, try again in 2 minutes", "provider.capacity" },
  { "something_new", "生成的内容违规", "content.output", "general" },
  { "something_new", "当前分组上游负载已饱和，请稍后再试", "provider.capacity" },
  { "something_new", "what is this", "unknown" },
}

-- operation, status, body, class
local calls = {
  -- B and C: integer codes
  { "submit", 400, { error = { code = 400, message = "Invalid duration parameter", type = "invalid_request_error", param = "duration" } },
    "request.invalid" },
  { "submit", 402, { error = { code = 402, message = "Insufficient quota", type = "insufficient_quota_error" } }, "account.credits" },
  { "submit", 403, { error = { code = 403, message = "no", type = "permission_error" } }, "account.forbidden" },
  { "submit", 404, { error = { code = 404, message = "Specified model not found", type = "not_found_error", param = "model" } },
    "model.unavailable" },
  { "submit", 404, { error = { code = 404, message = "nothing here", type = "not_found_error" } }, "request.invalid" },
  { "poll", 404, { error = { code = 404, message = "Task not found or expired", type = "not_found_error" } }, "task.not_found" },
  { "submit", 413, { error = { code = 413, message = "Image file too large", type = "request_too_large_error" } }, "asset.too_large" },
  { "submit", 413, { error = { code = 413, message = "Request body over the limit", type = "request_too_large_error" } }, "request.too_large" },
  { "submit", 500, { error = { code = 500, message = "oops", type = "internal_server_error" } }, "provider.internal" },
  { "submit", 502, { error = { code = 502, message = "Upstream service error", type = "upstream_error" } }, "provider.upstream" },
  { "submit", 503, { error = { code = 503, message = "busy", type = "service_unavailable_error" } }, "provider.unavailable" },
  { "submit", 429, { error = { message = "Resource exhausted. Please try again later, see error-code-429", type = "", param = "", code = 429 } },
    "provider.capacity" },
  { "submit", 429, { error = { message = "Too many", type = "", param = "", code = 429 } }, "limit.rate" },
  { "submit", 402, { error = { message = "Quota exceeded" } }, "account.credits" },
  { "submit", 400, { error = { code = 400, message = "Video duration must be between 4-12 seconds", type = "invalid_request_error" } },
    "request.invalid" },
  { "submit", 500, { error = { code = 500, message = "failed to fetch image", type = "internal_server_error" } }, "asset.unreachable" },
  -- D, F, G
  { "submit", 503, { error = { message = "busy" } }, "provider.capacity" },
  { "submit", 401, { message = "who are you" }, "account.unauthorized" },
  { "submit", 401, { error = "mcp_key_expired", error_description = "The key has expired" }, "account.unauthorized" },
  { "submit", 502, "<html><head><title>502 Bad Gateway</title></head></html>", "provider.unavailable" },
  -- E, also under 200
  { "upload", 200, { success = false, code = 40001, msg = "file too big" }, "asset.too_large" },
  { "upload", 200, { success = false, code = 40002, msg = "no" }, "asset.media_type" },
  { "upload", 200, { success = false, code = 40003, msg = "quota" }, "account.quota" },
  { "upload", 200, { success = false, code = 40004, msg = "cannot" }, "asset.unreachable" },
  { "upload", 200, { success = false, code = 50001, msg = "storage" }, "provider.internal" },
  { "upload", 200, { success = false, code = 401, msg = "token" }, "account.unauthorized" },
  { "upload", 500, { success = false, code = 500, msg = "oops" }, "provider.internal" },
  { "upload", 400, { success = false, code = 401, msg = "token" }, "account.unauthorized" },
  { "upload", 413, { message = "Payload too large" }, "asset.too_large" },
  -- the gateway
  { "submit", 401, { error = { code = "invalid_token", message = "该令牌额度已用尽", type = "new_api_error" } }, "account.credits" },
  { "submit", 403, { error = { code = "permission_denied", message = "no access to model veo-3" } }, "model.unavailable" },
  { "submit", 500, { error = { code = "channel:something_new", message = "?" } }, "provider.upstream" },
  { "submit", 409, { error = { message = "A request with this key is still in progress" } }, "submit.unknown" },
  { "submit", 409, { error = { message = "outcome of the charge is unknown" } }, "submit.unknown" },
  { "submit", 409, { error = { message = "Conflict" } }, "task.duplicate" },
  { "submit", 402, { error = { code = "quota_exceeded", message = "Quota exceeded" } }, "account.credits" },
  { "submit", 429, { error = { code = "quota_exceeded", message = "Quota exceeded" } }, "limit.rate" },
  { "submit", 403, { error = { code = "", message = "用户额度不足, 剩余额度: 0", type = "new_api_error" } }, "account.credits" },
  { "submit", 401, { error = { message = "无效的令牌 (request id: 20261121)", type = "new_api_error" } }, "account.unauthorized" },
  { "submit", 503, { error = { message = "No available channel for model x under group default", type = "new_api_error" } }, "provider.unavailable" },
  { "submit", 403, { error = { code = "permission_denied", message = "Your account has been suspended" } }, "account.suspended" },
  { "submit", 409, { error = { code = "idempotency_conflict", message = "used before" } }, "task.duplicate" },
  { "submit", 409, { error = { code = "idempotency_conflict", message = "a request with this key is in progress" } }, "submit.unknown" },
  { "submit", 409, { error = { code = "paid_outcome_unknown", message = "ambiguous charge" } }, "submit.unknown" },
  { "submit", 400, { error = { code = "invalid_parameters", message = "unsupported model: foo" } }, "model.unavailable" },
  { "submit", 404, { error = { code = "invalid_request", message = "Invalid URL (POST /v1/video/generations)" } }, "request.invalid" },
  { "submit", 422, { detail = { { loc = { "body", "prompt" }, msg = "field required" } } }, "request.invalid" },
  { "submit", 200, { id = ID, status = "failed" }, "unknown" },
  { "poll", 200, { id = ID, status = "failed", error = require("cjson").null }, "unknown" },
  { "poll", 200, { id = ID, status = "cancelled" }, "task.cancelled" },
}

-- Every code the documents and the official clients name, and the class it has to have.
local codes = {

     ["account.credits"] = [[insufficient_quota insufficient_user_quota quota_not_enough account_balance_insufficient
    insufficient_token_quota key_quota_exhausted]],
  ["account.quota"] = "token_daily_quota_exceeded key_daily_quota_exhausted",
  ["account.suspended"] = "key_disabled user_disabled mcp_paused",
  ["account.unauthorized"] = [[unauthorized invalid_token key_expired mcp_key_expired mcp_token_invalid mcp_connection_required
    mcp_service_unauthorized connection_not_found connection_revoked session_inactive session_expired]],
  ["account.forbidden"] = "ip_restricted permission_denied mcp_channel_disabled mcp_scope_missing mcp_route_not_allowed",
  ["model.unavailable"] = "key_model_not_allowed model_access_denied model_unavailable pricing_policy_not_found",
  ["content.input"] = "content_policy_violation content_filter sensitive_content moderation_blocked input_moderation_failed",
  ["provider.unavailable"] = [[no_available_channel channel_selection_failed service_unavailable pricing_unavailable upload_token_unavailable
    agent_session_unavailable mcp_connection_create_failed]],
  ["provider.internal"] = "internal_error service_error",
  ["provider.upstream"] = "upstream_error",
  ["provider.capacity"] = "resource_exhausted",
  ["provider.timeout"] = "generation_timeout",
  ["request.invalid"] = "invalid_parameters invalid_parameter invalid_request unsupported_parameters estimate_unsupported invalid_task_id",
  ["asset.invalid_uri"] = "invalid_media_url",
  ["asset.invalid"] = "image_processing_error invalid_audio",
  ["asset.mismatch"] = "image_dimension_mismatch",
  ["limit.rate"] = "upload_token_rate_limited rate_limit_exceeded rate_limited quota_exceeded",
  ["task.duplicate"] = "idempotency_conflict", ["submit.unknown"] = "paid_outcome_unknown",
  ["task.not_found"] = "task_not_found resource_not_found", ["task.cancelled"] = "request_cancelled",
  ["generation.failed"] = "generation_failed_no_content", ["unknown"] = "unknown_error",
}

describe("what EvoLink's errors mean:", function()
  for number, row in ipairs(tasks) do
    it(("task %d: %s %s"):format(number, row[1], tostring(row[2]):sub(1, 60):gsub("\n", " ")), function()
      local fault = classify("poll", 200, failed(row[1], row[2]))
      assert.equal(row[3], fault.class)
      if row[4] then assert.equal(row[4], fault.category) end
      if row[5] then assert.equal(row[5], fault.field) end
      assert.equal("finished", fault.effect)
      assert.equal(row[1], fault.code)
      assert.equal(row[2], fault.message)
      assert.equal(ID, fault.task_id)
    end)
  end

  for number, row in ipairs(calls) do
    it(("call %d: %s %d %s"):format(number, row[1], row[2], row[4]), function()
      assert.equal(row[4], classify(row[1], row[2], row[3]).class)
    end)
  end

  for class, names in pairs(codes) do
    for code in names:gmatch "%S+" do
      it(code .. " has a rule", function()
        local found
        for _, rule in ipairs(rules) do
          for _, one in ipairs(type(rule.code) == "table" and rule.code or { rule.code }) do found = found or one == code end
        end
        assert.is_true(found)
        for _, operation in ipairs { "submit", "poll" } do
          local fault = classify(operation, operation == "poll" and 200 or 400,
            operation == "poll" and failed(code, "...") or { error = { code = code, message = "..." } })
          assert.equal(class, fault.class)
        end
      end)
    end
  end

  it("agrees with the documents about what may be sent again", function()
    local advice = {
      change = "content_policy_violation invalid_parameters image_processing_error image_dimension_mismatch",
      wait = "generation_failed_no_content service_error generation_timeout resource_exhausted quota_exceeded service_unavailable",
      never = "unknown_error request_cancelled resource_not_found",
    }
    for retry, names in pairs(advice) do
      for code in names:gmatch "%S+" do assert.equal(retry, classify("poll", 200, failed(code, "...")).retry, code) end
    end
  end)

  it("waits as the documents and the answers say", function()
    assert.equal(30, classify("poll", 200, failed("resource_exhausted", "x")).floor)
    assert.equal(60, classify("poll", 200, failed("service_error", "x")).floor)
    assert.equal(60, classify("poll", 200, failed("service_unavailable", "x")).floor)
    local b = classify("submit", 429, { error = { code = 429, message = "Rate limit exceeded", type = "rate_limit_error",
      fallback_suggestion = "retry after 60 seconds" } })
    assert.equal(60, b.retry_after)
    assert.equal(30, classify("submit", 429, { error = { code = 429, message = "Rate limit exceeded", type = "rate_limit_error",
      fallback_suggestion = "wait 30-60 seconds" } }).retry_after)
    -- how long a task should take is no time to wait after it failed
    local late = failed("resource_exhausted", "x")
    late.task_info = { estimated_time = 300 }
    assert.is_nil(classify("poll", 200, late).retry_after)
    assert.equal(30, classify("poll", 200, failed("resource_exhausted", "Please wait 30-60 seconds and retry")).retry_after)
    assert.equal(120, classify("submit", 429, { error = { message = "try again in 2 minutes" } }).retry_after)
    assert.equal(7, classify("submit", 429, { error = { message = "retry after 60 seconds" } }, { ["Retry-After"] = "7" }).retry_after)
    assert.is_nil(classify("poll", 200, failed("invalid_parameters", "Video duration must be between 1-30 seconds")).retry_after)
  end)

  it("tells when a key's day is over, and its numbers", function()
    local fault = classify("submit", 403, { error = { code = "token_daily_quota_exceeded", message = "daily limit", daily_limit_credits = 500,
      daily_used_credits = 499.5, reset_timezone = "Asia/Shanghai" } })
    assert.equal("account.quota", fault.class)
    assert.is_true(fault.retry_after > 0 and fault.retry_after <= 86400)
    local left = 86400 - (os.time() + 8 * 3600) % 86400
    assert.is_true(math.abs(fault.retry_after - left) < 5 or left < 5)
    assert.truthy(fault.hint:find("500", 1, true))
    assert.truthy(fault.hint:find("Asia/Shanghai", 1, true))
  end)

  it("puts what would be right into the hint", function()
    local fault = classify("submit", 400, { error = { code = "invalid_parameter", message = "bad", param = "duration",
      allowed_values = { 4, 8, 12 } } })
    assert.equal("duration", fault.field)
    assert.truthy(fault.hint:find("4, 8, 12", 1, true))
    fault = classify("submit", 402, { error = { code = "insufficient_quota", message = "x", estimated_credits = 252,
      account_balance_credits = 1.5 } })
    assert.truthy(fault.hint:find("252", 1, true))
    assert.truthy(fault.hint:find("1.5", 1, true))
  end)

  it("finds the request's id in headers, body and text", function()
    local body = { error = { message = "bad (request id: 2026112107)", code = "internal_error" } }
    assert.equal("req_1", classify("submit", 500, body, { ["X-Request-Id"] = "req_1" }).request_id)
    assert.equal("one", classify("submit", 500, body, { ["X-Oneapi-Request-Id"] = "one" }).request_id)
    assert.equal("2026112107", classify("submit", 500, body).request_id)
    body.error.request_id = "r2"
    assert.equal("r2", classify("submit", 500, body).request_id)
  end)

  it("knows what was charged and given back", function()
    local body = failed("generation_timeout", "x")
    body.usage, body.billing = { credits_reserved = 252, credits_used = 252 }, { refund_status = "refunded" }
    local fault = classify("poll", 200, body)
    assert.equal(0, fault.credits)
    assert.equal("no", fault.billed)
    body.billing = nil
    assert.equal("yes", classify("poll", 200, body).billed)
    assert.equal(252, classify("poll", 200, { data = body }).credits) -- wrapped by a gateway in between
    body.usage = { credits_reserved = 252 } -- a reservation is no cost
    fault = classify("poll", 200, body)
    assert.is_nil(fault.credits)
    assert.equal("unknown", fault.billed)
  end)

  it("takes a code and its description for one error", function()
    local fault = classify("submit", 401, { error = "mcp_key_expired", error_description = "The key has expired" })
    assert.equal("mcp_key_expired", fault.code)
    assert.equal("The key has expired", fault.message)
  end)

  it("knows what a failed submission may have done", function()
    assert.equal("none", classify("submit", 503, { error = { type = "service_unavailable_error", message = "x" } }).effect)
    assert.equal("none", classify("submit", 400, { error = { code = "invalid_request", message = "x" } }).effect)
    assert.equal("unknown", classify("submit", 500, { error = { code = "internal_error", message = "x" } }).effect)
    assert.equal("none", classify("submit", 503, { error = { code = "pricing_unavailable", message = "x" } }).effect)
    assert.equal("unknown", classify("submit", 503, "<html></html>").effect)
    assert.equal("unknown", classify("submit", 409, { error = { code = "paid_outcome_unknown", message = "x" } }).effect)
    assert.equal("finished", classify("submit", 200, failed("service_error", "x")).effect)
  end)

  it("is silent about what is no failure", function()
    local task = { created = 1, id = ID, status = "pending", progress = 0, usage = { credits_reserved = 252 }, task_info = { estimated_time = 100 } }
    assert.is_nil(classify("submit", 200, task))
    task.status, task.error = "processing", require("cjson").null
    assert.is_nil(classify("poll", 200, task))
    assert.is_nil(classify("poll", 200, { data = { task }, total = 1 }))
    assert.is_nil(classify("poll", 200, { success = true, message = "", data = { user = { remaining_credits = 1 } } }))
    assert.is_nil(classify("upload", 200, { success = true, code = 200, msg = "ok", data = { file_url = "https://x.example/a.png" } }))
  end)

  it("outlives hostile bodies", function()
    local deep = {}
    for _ = 1, 200 do deep = { error = deep } end
    local long = ("output generated prompt {"):rep(60000)
    local bodies = {
      deep, { error = {} }, { error = { {} } }, { error = 5 }, { error = true }, { error = { code = {}, message = {} } }, { status = {} },
      { status = "failed", error = { code = 0 / 0, message = "\0\255" } }, { status = "failed", error = long }, { error = { message = long,
        code = long } },
      { errors = { 1, 2, {}, "x" } }, { success = false }, { error = { message = "x", reset_timezone = {}, retry_after = "nan",
        allowed_values = { {} } } },
      { results = {}, status = "completed", usage = 5, billing = true, task_info = "x" }, { data = { data = {} } }, {},
    }
    for _, body in ipairs(bodies) do
      for _, operation in ipairs { "submit", "poll", "upload", "cancel", "download" } do
        for _, status in ipairs { 200, 400, 500 } do
          local fault = classify(operation, status, body)
          if status == 400 then assert.truthy(fault) end
        end
      end
    end
  end)
end)
