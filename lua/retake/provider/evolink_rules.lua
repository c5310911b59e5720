--- What EvoLink's codes, types and texts mean. Order is trust: refused content and assets by what the text tells (evolink_words.lua), exact
-- codes, types, words, codes that are only a status, statuses. Where documents contradict each other the choice and its reason stand here.
local words = require "retake.provider.evolink_words"

local M = {}

local rules = {}
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

-- A code with a meaning of its own. Integer codes come with a type that says the same, so each name is looked for in both places.
local later = {}
local function named(class, names, conditions)
  local codes, types = list(names), {}
  for index, name in ipairs(codes) do types[index] = "*." .. name .. ".*" end -- what a text tells may follow the type
  local by_code, by_type = { code = codes }, { type = types }
  for key, value in pairs(conditions or {}) do by_code[key], by_type[key] = value, value end
  rule(class, by_code)
  later[#later + 1] = { class, by_type }
end

---- 1. The caller's account, where the words say more than a code that is shared ------------------------------------------------------

rule("account.suspended", { message = { "account*suspended", "account*has been disabled", "account*banned", "account*been deactivated",
  "user*has been banned", "用户已被封禁", "账户已被封禁", "账号已被封禁" } })

---- 2. Refused content ---------------------------------------------------------------------------------------------------------------

for _, category in ipairs { "minor", "celebrity", "person", "copyright", "adult", "violence", "general" } do
  rule("content.output", { type = "*.withheld.category_" .. category, category = category })
  rule("content.input", { type = "*.refused.category_" .. category, category = category })
end
-- "Fix content, then retry": the same content never goes again. That the output was what was refused is believed only where the text says so.
local content = {}
for code in pairs(words.content_codes) do content[#content + 1] = code end
table.sort(content)
rule("content.input", { code = content, category = "general" })
rule("content.input", { code = "violation_fee.*", category = "general" })
rule("content.input", { type = content, category = "general" })

---- 3. Submissions sent twice ----------------------------------------------------------------------------------------------------------

-- The same key while the first request is still at work: its outcome is not known yet, and asking again later under the key is safe.
rule("submit.unknown", { code = { "idempotency_conflict", "idempotency_in_progress" }, message = { "in progress", "being processed",
  "still processing", "not finished", "in flight" } })
named("task.duplicate", "idempotency_conflict idempotency_key_reused idempotency_key_conflict")
named("submit.unknown", "paid_outcome_unknown idempotency_in_progress charge_outcome_unknown")

-- A path that the API does not have is not an asset's.
rule("request.invalid", { message = { "invalid url (get", "invalid url (post", "invalid url (delete" } })

---- 4. Assets, by what the text tells ----------------------------------------------------------------------------------------------------

for _, trouble in ipairs { "invalid_uri", "insecure_url", "unreachable", "bad_status", "timeout", "media_type", "too_large", "dimensions",
  "aspect_ratio", "duration", "mismatch", "corrupt" } do
  rule("asset." .. trouble, { type = "*.asset." .. trouble })
end

-- "Specified model not found" has the type of a missing task.
local missing_model = { "model*not found", "model*does not exist", "model*not exist", "no such model", "unknown model", "model*not supported",
  "unsupported model", "model*unavailable", "model*not available", "invalid model", "model*deprecated", "model*no longer", "model*offline",
  "access to*model", "model*not allowed", "模型*不存在", "模型*不可用", "模型*已下架", "无权*模型", "不支持的模型" }
rule("model.unavailable", { code = { "invalid_parameters", "invalid_parameter", "invalid_request" }, message = missing_model })

---- 5. Codes of tasks (the page of error codes) --------------------------------------------------------------------------------------------

named("request.invalid", "invalid_parameters invalid_parameter invalid_request unsupported_parameters missing_parameter bad_request_body")
named("asset.invalid", "image_processing_error invalid_audio invalid_image invalid_video") -- "use different image"
named("asset.mismatch", "image_dimension_mismatch",
  { hint = "aspect_ratio 16:9 takes an image of 1280x720 pixels, 9:16 one of 720x1280" })
named("asset.invalid_uri", "invalid_media_url invalid_image_url")
-- "Resubmit": somebody cancelled it, so that is theirs to say, not the job's to do by itself.
named("task.cancelled", "request_cancelled request_canceled task_cancelled")
-- The documents list it both as "try different prompt" and as safe to retry; the official client of April retries it, that of October does
-- not. An empty output can be moderation in disguise: it goes again twice at most, and the blame is the content's.
named("generation.failed", "generation_failed_no_content empty_response generation_failed no_output")
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
named("provider.capacity", "resource_exhausted overloaded overloaded_error capacity_exceeded server_overloaded channel:response_time_exceeded",
  { floor = 30 })
named("provider.internal", "service_error", { floor = 60 })
-- The page calls it "an internal authentication or connection issue": theirs, never the caller's key.
rule("provider.unavailable", { code = "service_unavailable", operation = "poll", floor = 60 })
named("provider.unavailable", "service_unavailable service_unavailable_error server_unavailable maintenance", { floor = 30 })
rule("model.unavailable", { code = { "resource_not_found", "not_found" }, operation = "submit", message = "model" })
named("task.not_found", "resource_not_found task_not_found task_not_exist task_expired", { operation = { "poll", "cancel", "submit", "upload" } })
-- An id that is no task's: the documents call it a wrong request.
named("request.invalid", "invalid_task_id invalid_task_ids")

---- 6. Codes of the gateway ----------------------------------------------------------------------------------------------------------------

named("account.credits", [[insufficient_quota insufficient_user_quota quota_not_enough account_balance_insufficient insufficient_quota_error
  insufficient_credits insufficient_balance pre_consume_token_quota_failed billing_error payment_required]])
-- The budget of one key: it does not come back with time, somebody has to raise it. That is what tells it from the daily caps below.
named("account.credits", "insufficient_token_quota key_quota_exhausted token_quota_exhausted",
  { hint = "the key's own budget is spent: raise it, or use another key" })
named("account.quota", "token_daily_quota_exceeded key_daily_quota_exhausted daily_quota_exceeded")
named("account.suspended", "key_disabled user_disabled account_disabled account_suspended token_disabled mcp_paused")
named("account.unauthorized", [[unauthorized invalid_token key_expired token_expired invalid_api_key authentication_error
  authentication_failed missing_api_key mcp_key_expired mcp_token_invalid mcp_connection_required mcp_service_unauthorized
  connection_not_found connection_revoked session_inactive session_expired]])
named("account.forbidden", [[permission_denied permission_error ip_restricted access_denied forbidden mcp_scope_missing
  mcp_route_not_allowed mcp_channel_disabled]])
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
-- No route to the model at this moment; routes come back.
named("provider.unavailable", "no_available_channel channel_selection_failed get_channel_failed channel:no_available_key")
named("provider.internal", [[internal_error internal_server_error server_error query_data_error update_data_error convert_request_failed
  count_token_failed json_marshal_failed gen_relay_info_failed storage_error]])
-- Trouble between EvoLink and the model's own service: its keys and its money are not the caller's.
named("provider.upstream", [[upstream_error bad_response bad_response_body bad_response_status_code read_response_body_failed
  do_request_failed channel_error channel:invalid_key channel:param_override_invalid channel:header_override_invalid
  channel:model_mapped_error channel:aws_client_error aws_invoke_error fail_to_fetch_task]])
named("request.too_large", "request_too_large_error request_too_large payload_too_large read_request_body_failed")

-- The files API.
rule("asset.too_large", { code = "40001" })
rule("asset.media_type", { code = { "40002", "unsupported_media_type" } })
-- 100 files an account: they go by themselves after 72 hours, or sooner by hand.
rule("account.quota", { code = "40003", hint = "the file storage is full: delete files, or wait until they expire" })
rule("asset.unreachable", { code = "40004" })
rule("provider.internal", { code = "50001" })

---- 7. Types -----------------------------------------------------------------------------------------------------------------------------

-- new-api: "No available channel for model X under group Y", also in Chinese.
rule("provider.unavailable", { message = { "no available channel", "无可用渠道", "可用渠道不存在", "no available route" } })
rule("model.unavailable", { operation = "submit", message = missing_model })
for _, pair in ipairs(later) do rule(pair[1], pair[2]) end

---- 8. Words, where code and type say nothing ------------------------------------------------------------------------------------------------

rule("task.duplicate", { operation = "submit", message = { "idempotency*conflict", "idempotency*already used", "idempotency*different" } })
rule("submit.unknown", { operation = "submit", message = { "idempotency*progress", "idempotency*process" } })
rule("account.quota", { message = { "daily quota", "daily limit", "monthly quota", "monthly limit", "requests per day", "今日*额度",
  "每日*额度",
  "每日*限" } })
rule("account.credits", { message = { "insufficient quota", "insufficient credit", "insufficient balance", "insufficient fund", "not enough credit",
  "not enough balance", "out of credits", "balance is not enough", "balance not enough", "balance insufficient", "top up", "recharge",
  "quota is not enough", "quota*exhausted", "quota*used up", "no credits", "credits*insufficient", "payment required", "余额不足",
    "额度不足",
  "额度已用尽", "欠费", "积分不足", "预扣费额度失败" } })
rule("account.suspended", { message = { "key*disabled", "token*disabled", "key*revoked", "用户已被禁用", "令牌*禁用",
  "令牌状态不可用" } })
rule("account.unauthorized", { status = { 400, 401, 403 }, message = { "invalid or expired token", "invalid token", "invalid api key",
  "api key*invalid",
  "api key*expired", "api key*not valid", "token*expired", "expired token", "no api key", "missing api key",
    "authentication required", "unauthorized",
  "无效的令牌", "令牌已过期", "未提供令牌", "未授权" } })
rule("account.forbidden", { message = { "permission denied", "don't have permission", "no permission", "ip*not allowed", "ip*not in",
  "ip*白名单",
  "无权限", "access denied" }, status = { 401, 403 } })
rule("model.unavailable", { message = missing_model, status = { 400, 403, 404, 503 } })
-- Passed on from the models' own services: their quota, not the caller's.
rule("provider.capacity", { message = { "resource exhausted", "resource has been exhausted", "resources*exhausted", "upstream*saturated",
  "overloaded", "at capacity", "no capacity", "over capacity", "high demand", "high load", "heavy load", "server is busy", "system is busy",
  "负载已饱和", "服务器繁忙", "系统繁忙", "算力不足", "资源不足" }, floor = 30 })
rule("limit.rate", { message = { "too many requests", "rate limit", "rate-limit", "ratelimit", "too many concurrent", "concurrency limit",
  "concurrent task", "requests per minute", "slow down", "throttl", "请求过于频繁", "频率", "限流", "并发" } })
rule("task.not_found", { operation = { "poll", "cancel" }, message = { "task not found", "task*not found", "task*expired", "no such task",
  "task*does not exist", "任务不存在", "任务*过期" } })
rule("task.cancelled", { operation = "poll", type = "cancelled" })
rule("task.cancelled", { operation = "poll", message = { "was cancelled", "was canceled", "task cancelled", "request cancelled", "cancelled by",
  "canceled by", "已取消" } })
rule("provider.unavailable", { message = { "maintenance", "temporarily unavailable", "service unavailable", "bad gateway", "gateway time",
  "维护", "服务不可用", "暂时不可用" } })
rule("provider.timeout", { operation = "poll", message = { "timed out", "timeout", "took too long", "deadline exceeded", "超时" } })
rule("generation.failed", { operation = "poll", message = { "no content", "no output", "no image was generated", "no video was generated",
  "empty output", "empty result", "failed to generate", "unable to generate", "did not generate", "could not generate", "generation failed",
  "generation_failed", "生成失败" } })
rule("provider.upstream", { message = { "upstream", "third-party", "third party", "model provider", "上游" } })
rule("request.too_large", { message = { "request entity too large", "payload too large", "body*too large", "request*too large" } })
rule("request.invalid", { operation = { "poll", "submit" }, status = { 200, 400, 422 }, message = { "invalid parameter", "invalid request",
  "prompt is too long", "prompt too long", "is required", "must be one of", "must be between", "out of range", "not supported", "unsupported",
  "invalid value", "exceeds the maximum", "too long", "参数错误", "参数*无效", "不支持", "无效的参数" } })
rule("provider.internal", { message = { "internal server error", "internal error", "内部错误" } })

---- 9. Codes that say no more than a status, or nothing ----------------------------------------------------------------------------------------

-- Channel errors nobody named: between EvoLink and the model's service.
rule("provider.upstream", { type = { "*.channel", "channel" } })
local called = list "submit poll cancel upload"
rule("account.unauthorized", { code = "401" })
rule("account.credits", { code = "402" })
rule("account.forbidden", { code = "403" })
rule("task.not_found", { code = "404", operation = { "poll", "cancel" } })
rule("request.too_large", { code = "413" })
rule("limit.rate", { code = "429" })
rule("provider.internal", { code = "500" })
rule("provider.unavailable", { code = { "502", "503", "504" } })
rule("request.invalid", { code = { "400", "404", "405", "415", "422" } })
named("request.invalid", "invalid_request_error bad_request validation_error")
rule("request.invalid", { type = { "invalid_request_error", "bad_request", "validation_error" }, status = { 200, 400, 404, 405, 415, 422 } })
rule("task.not_found", { type = "not_found_error", operation = { "poll", "cancel" } })
rule("task.not_found", { code = { "not_found_error", "not_found" }, operation = { "poll", "cancel" } })
rule("request.invalid", { type = "not_found_error", operation = { "submit", "upload" } })
rule("request.invalid", { code = { "not_found_error", "not_found" }, operation = { "submit", "upload" } })
rule("provider.internal", { code = "api_error" })
rule("provider.internal", { type = "api_error" })
-- "Contact support" says the page, and the official client of October; that of April would retry. What nobody can name is not paid for again.
rule("unknown", { code = { "unknown_error", "unknown" },
  hint = "EvoLink could not say what failed: give the task's id to its support" })
-- Failed without a word, or with one nobody has heard: the official client shows it as the unknown error.
rule("unknown", { type = "failed", hint = "EvoLink gave no reason: give the task's id to its support" })
rule("unknown", { type = { "task.*", "failure" }, status = 200 })

---- 10. Statuses ---------------------------------------------------------------------------------------------------------------------------------

rule("account.unauthorized", { status = 401, operation = called })
rule("account.credits", { status = 402, operation = called })
rule("account.forbidden", { status = 403, operation = called })
rule("task.not_found", { status = { 404, 410 }, operation = { "poll", "cancel" } })
rule("asset.too_large", { status = 413, operation = "upload" })
rule("asset.media_type", { status = 415, operation = "upload" })
rule("request.too_large", { status = 413, operation = called })
rule("limit.rate", { status = 429 })
rule("provider.internal", { status = 500 })
rule("provider.unavailable", { status = { 502, 503, 504, 520, 521, 522, 523, 525, 526, 530 } })
rule("provider.timeout", { status = 524 })
rule("request.invalid", { status = { 400, 404, 405, 409, 410, 415, 422 }, operation = { "submit", "upload" } })

-- The codes above are known to the reader of texts: their text need not be searched for what the code says already.
for _, one in ipairs(rules) do
  for _, code in ipairs(type(one.code) == "table" and one.code or { one.code }) do
    if not code:find("*", 1, true) then words.exact_codes[code:lower()] = true end
  end
end

return M
