--- Every code that the providers' documents, clients and users name has a rule of its own, and its class agrees with what they advise. The lists
-- are those of the documents: a code that only reaches `unknown`, a status or a rule for anything is a code somebody forgot.
local classify = require "retake.classify"
local core = require "retake.core"
local provider = require "retake.provider"

local info_of = {}
for _, info in ipairs(core.classes()) do info_of[info.class] = info end

-- Per provider: how an answer holds a code, and lines "code ...: acceptable classes, best first".
local known = {
  runway = {
    body = function(code)
      if code == "13" then return { id = "1", status = "FAILED", failure = 'Generation failed: {"code":13,"message":"Internal error."}' } end
      return { id = "1", status = "FAILED", failureCode = code ~= "null" and code or nil, failure = code == "null" and "An unexpected error occurred." or nil }
    end,
    status = 200,
    lines = [[
      SAFETY.INPUT.TEXT SAFETY.INPUT.IMAGE SAFETY.INPUT.VIDEO SAFETY.INPUT.MULTIMODAL SAFETY.INPUT.AUDIO: content.input
      SAFETY.INPUT.THIRD_PARTY SAFETY.INPUT.ASIMOV INPUT_PREPROCESSING.SAFETY.TEXT INPUT_PREPROCESSING.SAFETY.THIRD_PARTY: content.input
      SAFETY.OUTPUT.VIDEO SAFETY.OUTPUT.IMAGE SAFETY.OUTPUT.TEXT SAFETY.OUTPUT.AUDIO SAFETY.OUTPUT.THIRD_PARTY: content.output
      INPUT_PREPROCESSING.INTERNAL INTERNAL 13 null: provider.internal
      ASSET.INVALID: asset.invalid
      INTERNAL.BAD_OUTPUT.01 INTERNAL.BAD_OUTPUT.CODE01 INTERNAL.BAD_OUTPUT: generation.failed
      THIRD_PARTY.UNAVAILABLE: provider.capacity provider.unavailable
      THIRD_PARTY.INPUT_VALIDATION: request.invalid]],
  },
  runway_requests = {
    provider = "runway", operation = "submit", status = 400,
    body = function(code) return { error = "Validation of body failed", issues = { { code = code, message = "no", path = { "duration" } } } } end,
    lines = "invalid_type invalid_union too_big custom invalid_value unrecognized_keys: request.invalid",
  },
  runway_router = {
    provider = "runway", operation = "submit", status = 400,
    body = function(code) return { error = "refused", code = code } end,
    lines = "no_eligible_model router_config_not_found: request.invalid model.unavailable",
  },
  runware = {
    operation = "poll", status = nil,
    body = function(code) return { errors = { { code = code, message = "-", taskUUID = "24cd5dff-cb81-4db5-8506-b72a9425f9d1" } } } end,
    lines = [[
      invalidApiKey missingApiKey unauthorized authenticationFailed authFailed invalidAuthentication invalidCredentials missingAuthentication tokenExpired
        tokenInvalid tokenMissing: account.unauthorized
      tokenRevoked: account.unauthorized account.suspended
      forbidden permissionDenied insufficientPermissions: account.forbidden
      accountSuspended organizationSuspended workspaceSuspended accountDisabled organizationDisabled workspaceDisabled: account.suspended
      authTimeout: network.timeout provider.unavailable provider.timeout account.unauthorized provider.internal
      timeoutProvider providerTimeout providerGatewayTimeout: provider.timeout provider.unavailable
      requestTimeout timeout webhookTimeout: provider.timeout network.timeout
      rateLimitExceeded inferenceRateLimitExceeded: limit.rate
      providerRateLimitExceeded: provider.capacity limit.rate
      inferenceRateLimitRequestTooLarge: request.too_large request.invalid
      providerError providerUnknownError inferenceError processingFailed: provider.upstream provider.internal generation.failed
      providerInternalError: provider.upstream provider.internal
      providerUnavailable providerBadGateway: provider.upstream provider.unavailable
      providerAuthenticationFailed providerInsufficientCredits: provider.upstream provider.unavailable
      invalidProviderContent: content.output content.input
      contentPolicyViolation providerContentPolicyViolation sensitiveContentDetected unsafeContentDetected nsfwContentDetected promptBlocked imageBlocked
        moderationFailed safety contentModeration: content.input content.output
      failedToTransferImage: asset.unreachable asset.invalid
      insufficientCredits thirdPartyInsufficientCredits videoInferenceInsufficientCredits textInferenceVideoInputInsufficientCredits
        paymentRequired: account.credits
      quotaExceeded: account.quota account.credits
      invalidPositivePrompt invalidPositivePromptLength missingPositivePrompt invalidWidth invalidHeight missingDimensionParameters unsupportedParameter
        unsupportedTaskType invalidCustomHeight valueTooLarge arrayTooSmall maxLycorisModelsExceeded unknownParameter incompatibleParameters
        mismatchProviderSettingsProvider unknownProviderSettingsProvider transparentModelMismatch duplicatePreloadModelAIR validationFailed
        modelAlreadyExists: request.invalid
      modelOwnershipValidationError: request.invalid account.forbidden model.unavailable
      conflictTaskUUID conflictTaskUUIDDuringRetries: task.duplicate
      taskNotFound taskExpired taskFailedOrNotFound: task.not_found
      taskCancelled: task.cancelled
      modelNotFound unknownModel modelDisabled: model.unavailable
      modelUnavailable: model.unavailable provider.unavailable
      modelNotReady noAvailableServer: provider.capacity provider.unavailable
      mediaNotFound mediaExpired: asset.invalid asset.bad_status asset.unreachable
      providerNotFound: request.invalid model.unavailable
      internalServerError standardError unknownError undefinedError defaultError unrecognizedResponse errorRetrievingAccountManagement
        mediaStorageFileCouldNotBeMoved: provider.internal
      serviceUnavailable serverUnavailable: provider.unavailable
      taskFailed: generation.failed provider.internal
      downloadFailed uploadFailed: asset.unreachable provider.internal network.interrupted asset.invalid]],
  },
  evolink = {
    operation = "poll", status = 200,
    body = function(code) return { id = "task-unified-1", status = "failed", error = { code = code, message = "-", type = "task_error" } } end,
    lines = [[
      content_policy_violation: content.input
      invalid_parameters: request.invalid
      image_processing_error: asset.invalid
      image_dimension_mismatch: asset.mismatch
      request_cancelled: task.cancelled
      resource_not_found: task.not_found
      generation_failed_no_content: generation.failed
      generation_timeout: provider.timeout
      quota_exceeded rate_limited: limit.rate
      resource_exhausted: provider.capacity
      service_error: provider.internal
      service_unavailable: provider.unavailable
      unknown_error: unknown
      model_unavailable: model.unavailable
      upstream_error: provider.upstream
      invalid_audio: asset.invalid
      invalid_media_url: asset.invalid_uri asset.invalid asset.unreachable]],
  },
  evolink_requests = {
    provider = "evolink", operation = "submit", status = 418, -- a status nobody has a rule for
    body = function(code) return { error = { code = code, message = "-" } } end,
    lines = [[
      insufficient_quota insufficient_user_quota quota_not_enough account_balance_insufficient insufficient_token_quota key_quota_exhausted
        insufficient_quota_error: account.credits
      token_daily_quota_exceeded key_daily_quota_exhausted: account.quota
      key_disabled user_disabled mcp_paused: account.suspended
      key_expired invalid_token unauthorized authentication_error mcp_key_expired mcp_token_invalid mcp_connection_required
        mcp_service_unauthorized connection_not_found connection_revoked session_inactive session_expired: account.unauthorized
      ip_restricted permission_denied permission_error mcp_channel_disabled mcp_scope_missing mcp_route_not_allowed: account.forbidden
      key_model_not_allowed model_access_denied model_unavailable: model.unavailable
      content_policy_violation content_filter sensitive_content moderation_blocked input_moderation_failed: content.input
      no_available_channel channel_selection_failed service_unavailable service_unavailable_error: provider.unavailable provider.capacity
      internal_error internal_server_error: provider.internal
      invalid_parameters invalid_parameter invalid_request unsupported_parameters invalid_task_id invalid_request_error estimate_unsupported: request.invalid
      invalid_media_url: asset.invalid_uri asset.invalid request.invalid
      pricing_policy_not_found: model.unavailable
      pricing_unavailable upload_token_unavailable mcp_connection_create_failed agent_session_unavailable: provider.unavailable
      idempotency_conflict: task.duplicate submit.unknown
      paid_outcome_unknown: submit.unknown
      upload_token_rate_limited rate_limit_exceeded rate_limit_error: limit.rate
      request_too_large_error: request.too_large
      upstream_error: provider.upstream
      task_not_found: task.not_found
      not_found_error: request.invalid task.not_found model.unavailable]],
  },
}

-- "a b: x y" over lines, the codes' part over several of them
local function pairs_in(lines)
  local found = {}
  for codes, classes in lines:gmatch "([^:]+): ([^\n]+)" do
    for code in codes:gmatch "%S+" do found[#found + 1] = { code, classes } end
  end
  return found
end

-- A rule that was written for this code, or for codes of its kind: it names more of it than a star. Where no code is one, what is said instead.
local function is_explicit(rule, code)
  for _, key in ipairs(code == "null" and { "message" } or { "code", "type" }) do
    local values = type(rule[key]) == "table" and rule[key] or { rule[key] }
    for _, value in ipairs(values) do
      if value:find "[%w]" then return true end
    end
  end
  return false
end

local names = {}
for name in pairs(known) do names[#names + 1] = name end
table.sort(names)

describe("every code in the documents has a rule of its own:", function()
  for _, name in ipairs(names) do
    local set = known[name]
    local of = set.provider or name
    it(name, function()
      local definition = provider.get(of)
      if not definition then return pending(of .. " is not there") end
      local wrong = {}
      for _, pair in ipairs(pairs_in(set.lines)) do
        local seen = classify.examine { provider = of, operation = set.operation or "poll", status = set.status, body = set.body(pair[1]) }
        local class = seen and seen.class or "no failure"
        local meant = (" " .. pair[2] .. " "):find(" " .. class .. " ", 1, true)
        if not meant or seen.set ~= definition or not is_explicit(seen.rule, pair[1]) then
          wrong[#wrong + 1] = ("%s is %s by rule %s of %s, meant %s"):format(pair[1], class, tostring(seen and seen.number),
            seen and seen.set and seen.set.name or "nobody", pair[2])
        end
      end
      assert.equal("", table.concat(wrong, "\n"))
    end)
  end
end)

-- What the documents advise, by the names of codes: may the same request go again?
describe("the documents' advice agrees with the classes:", function()
  local advice = {
    { "evolink", "poll", known.evolink.body, again = { "service_error", "generation_timeout", "quota_exceeded", "resource_exhausted", "service_unavailable",
      "generation_failed_no_content" }, never = { "content_policy_violation", "invalid_parameters", "image_processing_error", "image_dimension_mismatch",
      "resource_not_found", "unknown_error" } },
    { "runway", "poll", known.runway.body, again = { "INTERNAL", "INPUT_PREPROCESSING.INTERNAL", "13", "null", "INTERNAL.BAD_OUTPUT.01" },
      never = { "SAFETY.INPUT.TEXT", "SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.TEXT", "ASSET.INVALID", "THIRD_PARTY.INPUT_VALIDATION" } },
    { "runware", "poll", known.runware.body, again = { "timeoutProvider", "providerRateLimitExceeded", "providerError", "internalServerError" },
      never = { "invalidApiKey", "invalidProviderContent", "insufficientCredits", "invalidWidth" } },
  }
  for _, row in ipairs(advice) do
    it(row[1], function()
      if not provider.get(row[1]) then return pending(row[1] .. " is not there") end
      for kind, codes in pairs { again = row.again, never = row.never } do
        for _, code in ipairs(codes) do
          local seen = classify.examine { provider = row[1], operation = row[2], body = row[3](code) }
          assert.equal(kind == "again", info_of[seen.class].retry == "wait", code .. " is " .. seen.class)
        end
      end
    end)
  end
end)
