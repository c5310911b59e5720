--- What EvoLink's codes and types mean. Order is trust: refused content, submissions sent twice, exact codes, types. What a code leaves open
-- ("unless") is for the words, and what words mean is for the generic rules. Where documents contradict each other the choice and its reason
-- stand here.
local assets = require "retake.provider.generic_assets"
local content = require "retake.provider.generic_content"
local words = require "retake.provider.generic_words"

local M = {}

-- Texts end in tips for people to look through.
local rules = { advice = words.split(content.advice) }
M.rules = rules

local function rule(class, conditions)
  conditions.class = class
  rules[#rules + 1] = conditions
end

local function list(text)
  local items = {}
  for item in text:gmatch "%S+" do items[#items + 1] = item end
  return items
end

-- A code with a meaning of its own. Integer codes come with a type that says the same, so each name is looked for in both places; codes first.
local types = {}
local function named(class, names, conditions)
  local by_code, by_type = { code = list(names) }, { class = class, type = list(names) }
  for key, value in pairs(conditions or {}) do by_code[key], by_type[key] = value, value end
  rule(class, by_code)
  types[#types + 1] = by_type
end

-- Words that say more than a code that is shared by many troubles.
local CONTENT, CONTENT_OR_ASSET, OF_REQUEST = { "content" }, { "content", "asset" }, { "content", "asset", "model", "request.too_large" }
local ANYTHING = { "content", "asset", "account", "model", "limit", "task", "request", "provider" }

---- 1. Refused content ---------------------------------------------------------------------------------------------------------------

-- "Fix content, then retry": the same content never goes again. That the output was what was refused is believed only where the text says so.
named("content.output", "output_moderation_failed output_moderation_blocked")
named("content.input", [[content_policy_violation content_filter sensitive_content moderation_blocked input_moderation_failed
  content_moderation sensitive_words_detected prompt_blocked content_violation safety_violation nsfw_detected risk_control moderation_failed
  content_blocked policy_violation responsible_ai_policy_violation data_inspection_failed datainspectionfailed]], { unless = "content.output" })
rule("content.input", { code = "violation_fee.*" })

---- 2. Submissions sent twice ----------------------------------------------------------------------------------------------------------

-- The same key while the first request is still at work: its outcome is not known yet, and asking again later under the key is safe.
rule("submit.unknown", { code = { "idempotency_conflict", "idempotency_in_progress" }, message = { "in progress", "being processed",
  "still processing", "not finished", "in flight" } })
rule("submit.unknown", { status = 409, operation = "submit", message = { "key*in progress", "key*being processed", "outcome*unknown",
  "charge*unknown" } })
named("task.duplicate", "idempotency_conflict idempotency_key_reused idempotency_key_conflict")
named("submit.unknown", "paid_outcome_unknown idempotency_in_progress charge_outcome_unknown")

---- 3. Trouble between EvoLink and the model's own service -----------------------------------------------------------------------------

-- Its keys and its money are not the caller's, whatever its own code inside of the text says.
named("provider.unavailable", "channel:no_available_key")
named("provider.capacity", "channel:response_time_exceeded", { floor = 30 })
named("provider.upstream", [[upstream_error bad_response bad_response_body bad_response_status_code read_response_body_failed
  do_request_failed channel_error aws_invoke_error fail_to_fetch_task]], { unless = CONTENT_OR_ASSET })
named("provider.upstream", [[channel:invalid_key channel:param_override_invalid channel:header_override_invalid channel:model_mapped_error
  channel:aws_client_error channel:*]])

---- 4. Codes of tasks (the page of error codes) --------------------------------------------------------------------------------------------

-- A path that the API does not have is no asset's.
rule("request.invalid", { message = { "invalid url (get", "invalid url (post", "invalid url (delete" } })
-- The page's own examples: the length asked for, and the prompt.
local parameters = { "invalid_parameters", "invalid_parameter", "invalid_request", "invalid_request_error" }
for _, place in ipairs { "code", "type" } do
  rule("request.invalid", { [place] = parameters, message = { "video duration must", "video duration should" }, field = "duration" })
  rule("request.invalid", { [place] = parameters, message = { "prompt is too long", "prompt too long", "prompt exceeds" }, field = "prompt" })
end
named("request.invalid", "invalid_parameters invalid_parameter unsupported_parameters missing_parameter bad_request_body",
  { unless = OF_REQUEST })
named("request.invalid", "invalid_request", { unless = { "content", "asset", "model", "request.too_large", "account", "task" } })
-- "Use different image". A link behind a login is one that cannot be reached, and no trouble with the caller's key.
for _, trouble in ipairs(assets.of_hosts) do
  rule("asset." .. trouble[1], { code = { "image_processing_error", "file_processing_error", "invalid_audio", "invalid_image", "invalid_video",
    "invalid_media_url", "invalid_image_url" }, message = trouble[2] })
end
named("asset.invalid", "image_processing_error invalid_audio invalid_image invalid_video", { unless = CONTENT_OR_ASSET })
named("asset.mismatch", "image_dimension_mismatch",
  { hint = "aspect_ratio 16:9 takes an image of 1280x720 pixels, 9:16 one of 720x1280" })
named("asset.invalid_uri", "invalid_media_url invalid_image_url", { unless = CONTENT_OR_ASSET })
-- "Resubmit": somebody cancelled it, so that is theirs to say, not the job's to do by itself.
named("task.cancelled", "request_cancelled request_canceled task_cancelled")
-- The documents list it both as "try different prompt" and as safe to retry; the official client of April retries it, that of October does
-- not. An empty output can be moderation in disguise: it goes again twice at most, and the blame is the content's. Its tips name protected
-- content among what can be; that is no refusal.
local tips = { "may involve watermark", "may involve protected" }
rule("generation.failed", { code = "generation_failed_no_content", message = tips })
rule("content.input", { code = "generation_failed_no_content", message = { "safety", "prohibited" } })
named("generation.failed", "generation_failed_no_content empty_response generation_failed no_output task_failed", { unless = CONTENT_OR_ASSET })
named("provider.timeout", "generation_timeout task_timeout")
-- One name for two things: the balance under HTTP 402 (and the gateway's 403), the rate or the number of tasks at once in a task.
rule("account.credits", { code = "quota_exceeded", status = { 402, 403 } })
rule("account.credits", { type = "quota_exceeded", status = { 402, 403 } })
rule("account.quota", { code = { "quota_exceeded", "rate_limit_exceeded", "rate_limited" },
  message = { "daily", "per day", "monthly", "per month", "weekly", "每日", "每天", "每月" } })
rule("limit.rate", { code = "quota_exceeded", message = { "rate limit", "frequen", "concurren", "too many", "频率", "并发" } })
rule("account.credits", { code = "quota_exceeded", message = { "balance", "insufficient", "top up", "depleted", "used up", "credit",
  "not enough", "余额", "不足", "用尽" } })
named("limit.rate",
  "quota_exceeded rate_limit_exceeded rate_limited rate_limit_error upload_token_rate_limited too_many_requests concurrency_limit_exceeded")
-- Waits of the page's tips: 30 to 60 seconds, one minute, one to two minutes.
named("provider.capacity", "resource_exhausted overloaded overloaded_error capacity_exceeded server_overloaded", { floor = 30 })
rule("provider.capacity", { message = "已饱和", unless = CONTENT })
-- "Service busy. Allocating resources, please retry later."
rule("provider.capacity", { code = "service_error", message = { "service busy", "allocating resources" }, unless = CONTENT })
rule("provider.capacity", { code = "no_available_service" })
named("provider.internal", "service_error", { floor = 60, unless = { "content", "request.invalid" } })
-- The page calls it "an internal authentication or connection issue": theirs, never the caller's key.
rule("provider.unavailable", { code = "service_unavailable", operation = "poll", floor = 60 })
named("provider.unavailable", "service_unavailable service_unavailable_error server_unavailable maintenance", { floor = 30 })
rule("model.unavailable", { code = { "resource_not_found", "not_found" }, operation = "submit", message = "model" })
named("task.not_found", "resource_not_found task_not_found task_not_exist task_expired", { operation = { "poll", "cancel", "submit", "upload" } })
-- An id that is no task's: the documents call it a wrong request.
named("request.invalid", "invalid_task_id invalid_task_ids")
rule("request.invalid", { message = "invalid task id" })

---- 5. Codes of the gateway ----------------------------------------------------------------------------------------------------------------

named("account.credits", [[insufficient_quota insufficient_user_quota quota_not_enough account_balance_insufficient insufficient_quota_error
  insufficient_credits insufficient_balance pre_consume_token_quota_failed billing_error payment_required]])
-- The budget of one key: it does not come back with time, somebody has to raise it. That is what tells it from the daily caps below.
named("account.credits", "insufficient_token_quota key_quota_exhausted token_quota_exhausted",
  { hint = "the key's own budget is spent: raise it, or use another key" })
named("account.quota", "token_daily_quota_exceeded key_daily_quota_exhausted daily_quota_exceeded")
named("account.suspended", "key_disabled user_disabled account_disabled account_suspended token_disabled mcp_paused")
named("account.unauthorized", [[unauthorized invalid_token key_expired token_expired invalid_api_key authentication_error
  authentication_failed missing_api_key mcp_key_expired mcp_token_invalid mcp_connection_required mcp_service_unauthorized
  connection_not_found connection_revoked session_inactive session_expired]], { unless = { "account.suspended", "account.credits" } })
named("account.forbidden", "permission_denied permission_error access_denied forbidden",
  { unless = { "content", "model", "account.suspended", "account.credits" } })
named("account.forbidden", "ip_restricted mcp_scope_missing mcp_route_not_allowed mcp_channel_disabled")
-- Not this model with this key: another model may do.
named("model.unavailable", "key_model_not_allowed model_access_denied")
-- The official skills do not retry it, and its text sends people to the list of models.
named("model.unavailable",
  "model_unavailable model_not_found model_not_supported model_not_available unsupported_model model_disabled model_deprecated")
-- Without a price nothing can be made with the model, whatever is sent.
named("model.unavailable", "pricing_policy_not_found model_price_error")
-- The quote of a model or of parameters that cannot be quoted; only a changed request can.
named("request.invalid", "estimate_unsupported")
named("provider.unavailable", "pricing_unavailable upload_token_unavailable agent_session_unavailable mcp_connection_create_failed")
-- No route to the model at this moment; routes come back. new-api says it without a code: "No available channel for model X under group Y".
named("provider.unavailable", "no_available_channel channel_selection_failed get_channel_failed")
named("provider.internal", [[query_data_error update_data_error convert_request_failed count_token_failed json_marshal_failed
  gen_relay_info_failed storage_error]])
rule("provider.internal", { code = list "internal_error internal_server_error server_error", unless = CONTENT })
types[#types + 1] = { class = "provider.internal", type = list "internal_error internal_server_error server_error", unless = CONTENT_OR_ASSET }
named("request.too_large", "request_too_large_error request_too_large payload_too_large read_request_body_failed", { unless = "asset" })

-- The files API.
rule("asset.too_large", { code = "40001" })
rule("asset.media_type", { code = { "40002", "unsupported_media_type" } })
-- 100 files an account: they go by themselves after 72 hours, or sooner by hand.
rule("account.quota", { code = "40003", hint = "the file storage is full: delete files, or wait until they expire" })
rule("asset.unreachable", { code = "40004" })
rule("provider.internal", { code = "50001" })
rule("account.credits", { status = 402 }) -- "Quota exceeded" is a matter of money there
rule("asset.too_large", { status = 413, operation = "upload" })
rule("asset.media_type", { status = 415, operation = "upload" })

-- Passed on from the models' own services: their quota, not the caller's.
rule("provider.capacity", { message = { "resource exhausted", "resource has been exhausted" }, floor = 30 })
rule("provider.unavailable", { message = { "no available channel", "无可用渠道", "可用渠道不存在", "no available route" } })

---- 6. Types -----------------------------------------------------------------------------------------------------------------------------

for _, one in ipairs(types) do rules[#rules + 1] = one end

---- 7. Codes that say no more than a status, or nothing ----------------------------------------------------------------------------------------

local bad_request = list "invalid_request_error bad_request validation_error"
rule("request.invalid", { code = bad_request, unless = ANYTHING })
rule("request.invalid", { type = bad_request, status = { 200, 400, 404, 405, 415, 422 }, unless = ANYTHING })
for _, place in ipairs { "code", "type" } do
  rule("task.not_found", { [place] = { "not_found_error", "not_found" }, operation = { "poll", "cancel" } })
  rule("request.invalid", { [place] = { "not_found_error", "not_found" }, operation = { "submit", "upload" }, unless = { "model", "asset" } })
  rule("provider.internal", { [place] = "api_error", unless = ANYTHING })
end
-- "Contact support" says the page, and the official client of October; that of April would retry. What nobody can name is not paid for again,
-- unless the words do name it.
local unknown = list "unknown_error unknown"
rule("generation.failed", { message = tips })
rule("provider.internal", { code = "internal" }) -- a google.rpc code inside of the text
rule("provider.internal", { code = unknown, message = { "internal server error", "internal error", "内部错误" } })
rule("generation.failed", { code = unknown, message = { "no content", "no output", "failed to generate", "unable to generate", "empty result",
  "empty output", "生成失败" } })
rule("unknown", { code = unknown, hint = "EvoLink could not say what failed: give the task's id to its support",
  unless = { "content", "asset", "request", "account", "model", "limit", "provider.capacity", "provider.unavailable", "provider.timeout",
    "provider.upstream", "task.cancelled" } })
rule("unknown", { message = { "unclassified error", "unknown error" }, operation = "poll", status = 200,
  hint = "EvoLink could not say what failed: give the task's id to its support" })
-- Failed without a word, or with an error that is missing or null: the official client shows it as the unknown error.
rule("unknown", { type = { "failed", "refused" }, hint = "EvoLink gave no reason: give the task's id to its support" })

---- 8. Where an answer's own number and its status differ, and neither code nor words tell: the files API's number is the real one ------------------

M.last_rules = {
  { class = "account.unauthorized", code = "401" }, { class = "account.credits", code = "402" }, { class = "account.forbidden", code = "403" },
  { class = "asset.too_large", code = "413", operation = "upload" }, { class = "limit.rate", code = "429" },
  { class = "provider.internal", code = "500" }, { class = "provider.unavailable", code = { "502", "503", "504" } },
}

return M
