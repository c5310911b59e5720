--- What errors of generative-media APIs mean, whoever sends them: by codes and words that mean one thing nearly everywhere.
--
-- Codes come in two kinds. Some tell (insufficient_quota, ThrottlingException, InputImageSensitiveContentDetected); they are trusted before
-- words. Others are vague (invalid_request_error, InvalidParameter, PERMISSION_DENIED, 400): what the text says goes before them. Refused
-- content, credits and keys come before everything that would be sent again: a text that says both is believed in what costs less.
local account = require "retake.provider.generic_account"
local assets = require "retake.provider.generic_assets"
local content = require "retake.provider.generic_content"
local troubles = require "retake.provider.generic_troubles"
local words = require "retake.provider.generic_words"

local M = {}

local rules = {}
M.rules = rules

local function rule(class, conditions)
  conditions.class = class
  rules[#rules + 1] = conditions
end

-- "rate_limit_exceeded" stands for rateLimitExceeded, rate-limit-exceeded and "Rate limit exceeded" too, and for what comes after a dot:
-- AuthFailure.SignatureExpire. With a star before it, for FailedOperation.ModerationFailed as well.
local function patterns(names)
  local found = {}
  for name in names:gmatch "%S+" do
    local squeezed = name:gsub("_", "")
    for _, spelt in ipairs(squeezed ~= name and { name, squeezed } or { name }) do
      found[#found + 1] = (spelt:find "^%*" and "*." or "") .. spelt .. ".*"
    end
  end
  return found
end

-- Codes, wherever they stand: some APIs call them types.
local function named(class, names, conditions)
  for _, place in ipairs { "code", "type" } do
    local one = { [place] = patterns(names) }
    for key, value in pairs(conditions or {}) do one[key] = value end
    rule(class, one)
  end
end

-- Fragments, between bars or line ends; spaces around them do not count.
local function said(class, fragments, conditions)
  local one = { message = words.split(fragments) }
  for key, value in pairs(conditions or {}) do one[key] = value end
  rule(class, one)
end

local asked = { 400, 404, 405, 406, 409, 415, 422, 0 }

---- 1. Transport outcomes of the engine ----------------------------------------------------------------

rule("network.resolve", { transport = "resolve" })
rule("network.connect", { transport = "connect" })
rule("asset.blocked_address", { transport = "blocked" })
rule("network.tls", { transport = "tls" })
rule("network.timeout", { transport = "timeout" })
rule("network.interrupted", { transport = "interrupted" })
rule("network.protocol", { transport = { "protocol", "too_large" } })
rule("local.storage", { transport = "storage" })
rule("local.cancelled", { transport = { "cancelled", "closed" } })

-- What storage says of the account whose files these are: a fresh URL would not help.
rule("account.quota", { code = patterns "*cap_exceeded* *quota_exceed* *bandwidth*exceed*", operation = "download" })
rule("account.suspended", { code = patterns "*user_disable* *account_disabled* *all_access_disabled* *account_problem*", operation = "download" })
-- Storage says it in many words, "Access Denied" among them; none of them are about the provider's key.
rule("task.not_found", { status = { 403, 404, 409, 410 }, operation = "download",
  hint = "the output's URL has expired: read the task again for a fresh one" })

rule("task.not_found", { code = patterns "*expired_token* *token_expired* *request_expired* *url_expired* *signature_expired*",
  operation = "download" })
said("task.not_found", "request has expired|token has expired|url has expired|link has expired|signature expired", { operation = "download" })
-- What stands between did not reach the API.
said("provider.unavailable", troubles.tunnel)

---- 2. Refused content ---------------------------------------------------------------------------------

-- Wrong values of the parameters that steer moderation are no refusals; neither is a moderation service that does not answer.
said("request.invalid", content.moderation_parameters)
named("asset.invalid", content.no_face_codes)
said("asset.invalid", content.no_face)
said("asset.timeout", content.inspection_timeout)
said("asset.media_type", content.inspection_format)
said("asset.unreachable", content.inspection_trouble)
said("provider.unavailable", content.moderation_trouble)
-- An account closed for what it sent before: nothing of it goes through, whatever is sent.
said("account.suspended", content.suspended)
rule("account.suspended", { message = content.suspended_chinese })
named("asset.blocked_address", "*unsafe_url* *unsafe_uri*")
-- A task's whole state, where a refusal has no other words.
rule("content.output", { code = { "blocked", "flagged", "filtered", "banned" }, status = { 0, "2xx" }, operation = { "poll", "websocket" } })
rule("content.input", { code = { "blocked", "flagged", "filtered", "banned" }, status = { 0, "2xx" }, operation = "submit" })
rule("task.not_found", { type = "lost" })
-- How an answer ended, or why it never began.
rule("generation.failed", { type = "finish", code = patterns "no_image* no_candidates* malformed*" })
rule("content.input", { type = "finish", code = patterns(content.finish_input) })
rule("content.output", { type = "finish", code = patterns(content.finish_output) })
rule("content.output", { type = "filtered" })
rule("content.input", { type = "blocked" })
rule("content.output", { type = "moderation.output" })
rule("content.input", { type = "moderation.input" })
named("content.output", content.output_codes)
-- What the code leaves open, the text may tell.
rule("content.output", { code = patterns(content.content_codes), message = content.withheld })
rule("content.output", { type = patterns(content.content_codes), message = content.withheld })
named("content.input", content.refused_codes)
said("content.output", content.withheld_before_input)
rule("content.output", { message = content.withheld_by })
rule("content.input", { message = content.refused_by })
rule("provider.unavailable", { message = content.moderation_down })
named("content.input", content.content_codes)
rule("content.input", { type = "base_resp", code = { "1026", "1042", "2044" } })
rule("content.output", { type = "base_resp", code = "1027" })
rule("content.input", { code = "1301" })
rule("content.input", { code = { "50411", "50412", "50413", "50414", "50415", "3030", "500054" } })
rule("content.output", { code = { "50511", "50512", "50513", "50514", "50516" } })
rule("content.input", { code = "500063", operation = { "submit", "upload" } })
rule("content.output", { code = "500063" })
said("content.output", content.withheld_by_moderation)
said("content.input", content.refused_first)
rule("content.output", { message = content.withheld })
rule("content.input", { message = content.refused })
rule("content.input", { message = content.doubted })
said("content.input", content.moderation_words)

said("asset.blocked_address", assets.private_first)
said("asset.ip_address", assets.addresses_first)
said("asset.bad_status", assets.input_answered, { operation = { "poll", "websocket" } })

---- 3. Credits and keys --------------------------------------------------------------------------------

-- What the provider owes others, and its own keys, are its own trouble.
said("provider.capacity", "已饱和") -- one-api's word for an upstream that is full
named("provider.upstream", account.their_account_codes)
said("provider.upstream", account.their_account)
-- Words of a quota that comes back by itself, under texts that also speak of plans and billing.
named("account.quota", account.daily_codes)
named("limit.rate", account.per_minute_codes)
said("limit.rate", account.metric_per_minute)
said("account.quota", account.metric_per_day)
said("account.quota", account.set_limit)
named("account.forbidden", account.permission_codes)
said("account.forbidden", account.permission_first)
named("account.credits", account.credit_codes)
rule("account.credits", { code = { "1101", "1102", "1113", "1110" }, status = 429 })
rule("account.credits", { type = "base_resp", code = "1008" })
said("account.credits", account.credits)
rule("limit.rate", { message = account.plan_rate })
rule("account.quota", { message = account.plan_quota })
rule("model.unavailable", { message = account.plan_model })
rule("account.forbidden", { message = account.plan })
named("account.suspended", account.suspended_codes)
said("account.suspended", account.locked)
rule("account.suspended", { code = "1112", status = { 400, 401, 403, 429 } })
rule("provider.upstream", { type = "*upstream*", message = { "error code: 10" } })
rule("account.unauthorized", { type = "base_resp", code = { "1004", "2049" } })
rule("model.unavailable", { type = "base_resp", code = "2061" })
named("account.unauthorized", account.key_codes)
said("limit.rate", content.limited_first)
said("model.unavailable", content.model_first)
said("account.forbidden", account.verification)
said("account.unauthorized", account.keys)
rule("account.unauthorized", { status = 401, message = words.split(account.keys_under_401) })

---- 4. Assets ------------------------------------------------------------------------------------------

said("request.too_large", troubles.too_large_first)
named("request.too_large", troubles.too_large_codes)
said("asset.aspect_ratio", assets.ratio_first)
named("request.invalid", assets.parameter_codes)
said("request.invalid", assets.parameter)
named("asset.unreachable", assets.url_without_answer)
for _, trouble in ipairs(assets.of_hosts) do named("asset." .. trouble[1], assets.asset_codes.invalid, { message = trouble[2] }) end
said("asset.dimensions", assets.sides_first)
said("asset.too_large", assets.more_bytes)
said("asset.mismatch", assets.mismatch_first)
said("asset.corrupt", assets.cut_first)
-- "invalid_image_url" is also what an address is called that answered 404.
for _, trouble in ipairs { "insecure_url", "no_length", "timeout", "bad_status" } do said("asset." .. trouble, assets.asset_words[trouble]) end
said("asset.corrupt", assets.not_corrupt)
for _, trouble in ipairs(assets.asset_order) do
  if trouble ~= "invalid" then named("asset." .. trouble, assets.asset_codes[trouble]) end
end
for _, trouble in ipairs(assets.asset_order) do
  if trouble == "invalid" then named("asset.invalid", assets.asset_codes.invalid) end -- "invalid_audio": the text may say why
  said("asset." .. trouble, assets.asset_words[trouble])
end

named("asset.unreachable", "*remote_content* *remote_file*")

---- 5. The request, the model, the task ----------------------------------------------------------------

said("request.too_large", troubles.too_large)
rule("request.too_large", { status = 413 })
said("provider.capacity", troubles.model_busy)
said("provider.unavailable", troubles.model_for_now)
named("provider.unavailable", "*model_unavailable* *model_not_available*", { status = 503 })
named("model.unavailable", troubles.model_codes)
named("task.duplicate", troubles.duplicate_codes)
said("task.duplicate", troubles.duplicate)
said("provider.timeout", troubles.ran_out)
named("task.not_found", troubles.task_codes)
said("task.not_found", troubles.task_missing, { operation = { "poll", "cancel", "download", "websocket" } })
said("task.not_found", troubles.task_gone)
said("model.unavailable", troubles.model)
said("request.invalid", "requested url*not found", { operation = "submit" })
said("generation.failed", troubles.made_nothing)
said("request.invalid", troubles.request_strong, { status = asked })
-- A field of the body that a validator names.
rule("request.invalid", { type = patterns(troubles.validator_types) })
rule("request.invalid", { code = patterns(troubles.validator_types) })

---- 6. What passes -------------------------------------------------------------------------------------

rule("task.not_found", { code = "expired", operation = { "poll", "websocket" } })
-- Whatever the plan or the day has to do with it, it is to be paid.
rule("account.credits", { status = 402 })
named("task.cancelled", troubles.cancelled_codes)
said("task.cancelled", troubles.cancelled, { operation = { "poll", "cancel", "websocket" } })
said("provider.unavailable", troubles.gateway, { status = { 502, 503, 504, 520, 521, 522, 523, 525, 526, 530 } })
said("provider.internal", troubles.internal_first)
-- Told codes first, but not of limits: "rate limit" is often said of a day's quota.
named("provider.capacity", troubles.capacity_codes)
said("account.quota", troubles.daily)
said("provider.capacity", troubles.overloaded)
named("limit.rate", troubles.rate_codes)
rule("limit.rate", { type = "base_resp", code = { "1002", "1039", "1041", "2045" } })
rule("account.quota", { type = "base_resp", code = "2056" })
rule("limit.rate", { code = { "1302", "1303", "50429", "50430", "500044" } })
said("limit.rate", troubles.rate)
named("account.quota", troubles.quota_codes)
said("account.quota", troubles.quota)
said("provider.capacity", troubles.capacity)
said("account.forbidden", troubles.forbidden)
named("provider.upstream", troubles.upstream_codes)
said("provider.unavailable", troubles.gateway)
rule("provider.timeout", { status = 524 })
named("provider.timeout", troubles.timeout_codes)
rule("provider.timeout", { type = "base_resp", code = "1001" })
said("provider.timeout", troubles.timeout, { status = { 0, "2xx", 400, 422, 500, 504 } })
said("provider.timeout", troubles.timeout, { operation = { "poll", "websocket" } })
named("provider.unavailable", troubles.unavailable_codes)
said("provider.unavailable", troubles.unavailable)
said("request.invalid", troubles.request, { status = asked })
said("request.invalid", troubles.request_strong)
said("provider.upstream", troubles.upstream)
named("generation.failed", troubles.generation_codes)
said("provider.internal", troubles.internal_strong)
said("generation.failed", troubles.generation)
said("provider.internal", troubles.internal, { status = troubles.not_told })

---- 7. Codes that say little ---------------------------------------------------------------------------

rule("provider.internal", { type = "base_resp", code = { "1000", "1013", "1024", "1033", "1043", "1044" } })
rule("request.invalid", { type = "base_resp", code = { "2013", "20132", "2037", "2039", "2042", "2048" } })
named("account.unauthorized", troubles.vague_key_codes)
named("account.forbidden", troubles.vague_forbidden_codes)
rule("model.unavailable", { operation = "submit", code = patterns(troubles.vague_missing_codes), status = 404 })
named("task.not_found", troubles.vague_missing_codes, { operation = { "poll", "cancel", "download" } })
named("request.invalid", troubles.vague_missing_codes)
named("limit.rate", troubles.vague_limit_codes)
named("request.invalid", troubles.vague_request_codes)
named("provider.unavailable", troubles.vague_unavailable_codes)
named("provider.internal", troubles.vague_internal_codes)
named("provider.internal", troubles.empty_codes, { status = { 0, "1xx", "2xx", "3xx", "5xx" } })
said("request.invalid", troubles.request)
-- google.rpc by number, where nothing else is said and the number is inside of a failure's text
for number, class in pairs(troubles.rpc) do
  rule(class, { type = "nested", code = number })
end

-- Codes that repeat a status, under an answer of 200 or none.
for _, pair in ipairs(troubles.statuses) do
  rule(pair[1], { code = pair[2], operation = pair[3], status = { 0, "2xx", "3xx" } })
end

---- 8. Statuses, when nothing more was said ------------------------------------------------------------

for _, pair in ipairs(troubles.statuses) do
  local numbers = {}
  for index, number in ipairs(pair[2]) do numbers[index] = tonumber(number) end
  rule(pair[1], { status = numbers, operation = pair[3] })
end
rule("request.invalid", { status = "4xx" })
rule("provider.internal", { status = "5xx" })
rule("task.cancelled", { type = "cancelled" })
-- Said to have failed, and no more: it may go again, but seldom.
rule("generation.failed", { type = { "failed", "failed.*" } })
-- JSON that tells of something nobody knows under a good status is not the network's doing.
rule("network.protocol", { status = { "1xx", "3xx" } })
rule("network.protocol", { status = "2xx", type = { "text", "html" } })

return M
