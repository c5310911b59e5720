--- What Runware's codes and texts mean. Runware is still unifying its codes ("may vary between models and providers", its page on errors):
-- so exact codes come first, then how codes are built, then words, then statuses.
--
-- A finding's type is made in runware_errors.lua: "upstream[.CODE]" where the model's own service speaks, "asset[.WHAT]" where an asset
-- is meant, "refused" and "withheld" where the words tell of refused content (of what was given, of what was made).
local core = require "retake.core"
local words = require "retake.provider.runware_words"

local M = {}

local rules = {}
M.rules = rules

local function list(text)
  local items = {}
  for item in text:gmatch "%S+" do items[#items + 1] = item end
  return items
end

local function rule(class, conditions)
  conditions.class = class
  rules[#rules + 1] = conditions
  return conditions
end

-- An exact code that means the same whatever its text says.
local function decided(class, codes, more)
  local one = rule(class, more or {})
  one.code = list(codes)
  for _, code in ipairs(one.code) do words.decided[code:lower()] = true end
end

---- 1. exact codes that say enough ---------------------------------------------------------------------------------------------------

-- An earlier sending of the same submission was taken: its task is there under the same taskUUID. Not a mistake of the request,
-- as Runware's own clients have it.
decided("task.duplicate", "conflictTaskUUID conflictTaskUUIDDuringRetries duplicateTaskUUID taskUUIDAlreadyExists taskUUIDAlreadyUsed")

-- "Authentication did not happen in time": nothing was asked for, and no time helps while no valid key arrives. Runware's own clients count
-- it to authentication too, before they look for "timeout".
decided("account.unauthorized", [[invalidApiKey missingApiKey unauthorized authenticationFailed authFailed authTimeout invalidAuthentication
  invalidCredentials missingAuthentication tokenExpired tokenInvalid tokenMissing tokenRevoked 19]])
decided("account.forbidden", "forbidden permissionDenied insufficientPermissions accessDenied")
decided("account.suspended", [[accountSuspended accountDisabled accountBanned organizationSuspended organizationDisabled workspaceSuspended
  workspaceDisabled]])

-- These come as HTTP 400 as often as 402. "External inference tasks require a paid invoice or at least $5 credit" is about the caller's account.
decided("account.credits", [[insufficientCredits thirdPartyInsufficientCredits videoInferenceInsufficientCredits imageInferenceInsufficientCredits
  audioInferenceInsufficientCredits textInferenceInsufficientCredits textInferenceVideoInputInsufficientCredits insufficientBalance
  insufficientFunds paymentRequired]])
-- Runware's own wallet and key at the model's company: the caller can change nothing about it. `upstream` and not `unavailable`, because it
-- lasts: few resends, then elsewhere. (Runware's clients count the first to the caller's quota.)
decided("provider.upstream", [[providerInsufficientCredits providerQuotaExceeded providerAuthenticationFailed providerUnauthorized
  providerForbidden]])

-- Named like a rate limit, and no wait helps: the request itself is over what may be asked at once.
decided("request.too_large", "inferenceRateLimitRequestTooLarge requestTooLarge payloadTooLarge requestEntityTooLarge bodyTooLarge")
decided("limit.rate", "rateLimitExceeded inferenceRateLimitExceeded tooManyRequests")
-- The model's company limits Runware, in bursts of minutes.
decided("limit.rate", "providerRateLimitExceeded", { floor = 15 })

decided("provider.timeout", "timeoutProvider providerTimeout providerGatewayTimeout")
decided("provider.unavailable", "serviceUnavailable serverUnavailable providerUnavailable providerBadGateway")
decided("provider.capacity", "noAvailableServer noAvailableServers modelNotReady modelLoading serverOverloaded providerOverloaded")
decided("task.not_found", "taskNotFound taskExpired taskFailedOrNotFound")
decided("task.cancelled", "taskCancelled taskCanceled aborted")
-- Runware's clients call it worth a retry; a model that was switched off stays so.
decided("model.unavailable", [[modelDisabled modelNotFound unknownModel providerNotFound modelDeprecated modelRetired modelNotSupported
  modelOwnershipValidationError architectureNotFound]])
decided("asset.invalid", "mediaNotFound mediaExpired imageNotFound videoNotFound audioNotFound",
  { hint = "Runware no longer has the file (it deletes uploads 30 days after their last use): give the file or a URL" })
decided("request.invalid", [[duplicatePreloadModelAIR unsupportedTaskType missingTaskType invalidTaskType invalidTaskUUID missingTaskUUID
  maxLycorisModelsExceeded unknownParameter incompatibleParameters mismatchProviderSettingsProvider unknownProviderSettingsProvider
  transparentModelMismatch modelAlreadyExists missingDimensionParameters invalidWidth invalidHeight invalidCustomWidth invalidCustomHeight
  invalidSteps
  invalidSeed invalidFps invalidDuration invalidNumberResults invalidCFGScale invalidScheduler invalidOutputType invalidOutputFormat
  invalidDeliveryMethod valueTooLarge valueTooSmall arrayTooSmall arrayTooLarge]])

---- 2. refused content -----------------------------------------------------------------------------------------------------------------

-- A parameter that is named after moderation can be wrong like any other.
rule("request.invalid", { code = list [[invalid*Moderation* invalid*Safety* invalid*NSFW* unsupported*Moderation* unsupported*Safety*
  unsupported*NSFW*]],
  message = { "invalid value for", "must be a", "must be one of", "supported values", "unsupported use of", "is not supported", "expected" } })
-- A key or an account that moderation cost its life is gone for good: sending other content does not help.
rule("account.suspended", { message = { "account*suspended", "account*banned", "account*disabled", "account*deactivated", "api key*revoked",
  "api key*disabled", "key has been disabled", "organization*suspended" } })
rule("content.output", { type = "*.withheld.*" })
rule("content.input", { type = "*.refused.*" })
-- "The generated content was flagged and rejected by Google's content moderation system": `invalid` is not about a parameter here. The same
-- prompt is refused again each time.
rule("content.output", { code = list "invalidProviderContent invalid*Content providerContentFiltered outputBlocked outputModerated" })
-- `safety.checkContent` looks at what was made.
rule("content.output", { code = list "nsfwContentDetected nsfwDetected *NSFWDetected" })
rule("content.input", { code = list [[contentPolicyViolation providerContentPolicyViolation sensitiveContentDetected unsafeContentDetected
  promptBlocked imageBlocked moderationFailed contentModeration safety invalidBFLContentModeration contentBlocked contentFiltered]] })
rule("content.output", { code = list "*Output*Moderat* *Output*Blocked *Output*Flagged *Output*Safety* *generated*Content*" })
rule("content.input", { code = list [[*ContentModeration* *ModerationFailed *ModerationBlocked *Moderated *ContentPolicy* *PolicyViolation
  *ContentViolation
  *SensitiveContent* *UnsafeContent* *NSFW* *ContentDetected *Flagged *SafetyViolation *SafetyFilter* *SafetyCheck* *PromptBlocked *ImageBlocked
  *ContentBlocked *ContentFilter*]] })

---- 3. what the model's own service says -----------------------------------------------------------------------------------------------

local function upstream(class, conditions)
  conditions.type = "upstream.*"
  return rule(class, conditions)
end

upstream("provider.timeout", { message = { "timed out", "timeout", "deadline exceeded", "took too long" } })
upstream("provider.capacity", { message = { "overloaded", "at capacity", "over capacity", "high demand", "heavy load", "high load",
  "resource exhausted",
  "resource_exhausted", "no capacity", "server is busy", "system busy", "too many concurrent" } })
upstream("limit.rate", { message = { "rate limit", "too many requests", "rate_limit" }, floor = 15 })
rule("limit.rate", { type = "upstream.429.*", floor = 15 })
upstream("provider.unavailable", { message = { "temporarily unavailable", "service unavailable", "bad gateway", "under maintenance" } })
-- Its key, its wallet, its quota are Runware's.
upstream("provider.upstream", { message = { "api key", "unauthorized", "authentication", "permission", "credit", "balance", "billing", "quota",
  "payment" } })
for _, what in ipairs { "bad_status", "timeout", "too_large", "aspect_ratio", "dimensions", "duration", "corrupt", "media_type",
  "unreachable", "invalid_uri" } do
  rule("asset." .. what, { type = "upstream.*.asset." .. what .. ".*" })
end
upstream("asset.unreachable", { message = { "failed to download*image", "could not download", "unable to download", "failed to fetch*image",
  "unable to fetch", "could not fetch", "failed to fetch*url", "error downloading", "image*not accessible", "cannot fetch" } })
upstream("asset.aspect_ratio", { message = { "image*aspect ratio" } })
upstream("asset.dimensions", { message = { "image*dimension", "image size*pixel", "image*width*height", "image*resolution", "image*too small" } })
upstream("asset.too_large", { message = { "image*too large", "file*too large", "file size" } })
upstream("asset.invalid", { message = { "invalid image", "unable to process input image", "no face detected", "face*not detected",
  "unsupported image" } })
upstream("request.invalid", { message = { "invalid argument", "invalid_argument", "invalid request", "invalid_request", "invalid parameter",
  "invalid_parameter", "invalid value", "must be one of", "must be between", "must be a", "is required", "not supported", "unsupported",
  "prompt is too long", "prompt*too long", "validation error", "bad request", "unknown parameter" } })
upstream("model.unavailable", { message = { "model*not found", "model*does not exist", "model*deprecated", "no longer available" } })
upstream("generation.failed", { message = { "no image was generated", "no images", "no video", "did not generate", "unable to generate",
  "empty result",
  "no candidates", "could not generate" } })

---- 4. exact codes whose words could say more --------------------------------------------------------------------------------------------

rule("provider.upstream", { code = list "providerError providerUnknownError providerInternalError" })
-- Which of the many reasons: from the words, where they tell.
for _, what in ipairs { "bad_status", "timeout", "too_large", "aspect_ratio", "dimensions", "duration", "corrupt", "media_type" } do
  rule("asset." .. what, { code = list "failedToTransfer* failedToDownload* failedToFetch* failedToLoad* failedToRetrieve*",
  type = "*.asset." .. what })
end
rule("asset.unreachable", { code = list "failedToTransferImage failedToTransfer* failedToDownload* failedToFetch* failedToRetrieve* failedToLoad*",
  hint = "the URL may have expired or be closed to Runware; an image made by Runware is best given by its URL, not its UUID" })
rule("asset.unreachable", { code = "downloadFailed", type = "*.asset.*" })
rule("asset.timeout", { code = list "image*Timeout media*Timeout assetTimeout download*Timeout" })
rule("provider.timeout", { code = list "requestTimeout timeout webhookTimeout" })
rule("provider.unavailable", { code = list "modelUnavailable *ModelUnavailable", message = { "temporar", "again", "later", "moment",
  "currently" } })
rule("model.unavailable", { code = list "modelUnavailable *ModelUnavailable" })
rule("request.invalid", { code = list "invalidModel missingModel", message = { "must be a string", "is required", "missing", "must be provided" } })
rule("model.unavailable", { code = list "invalidModel unsupportedModel invalidAIR invalidModelAIR" })
rule("account.credits", { code = "quotaExceeded", message = { "credit", "balance", "billing", "payment", "top up" } })
rule("account.quota", { code = "quotaExceeded" })
-- `taskFailed` says that the model made nothing; the others that Runware's machinery broke.
rule("generation.failed", { code = list "taskFailed generationFailed" })
rule("provider.internal", { code = list [[internalServerError standardError unknownError undefinedError defaultError unrecognizedResponse
  errorRetrievingAccountManagement inferenceError processingFailed downloadFailed uploadFailed mediaStorageFileCouldNotBeMoved]] })
rule("request.invalid", { code = list "validationFailed" })

---- 5. how codes are built ---------------------------------------------------------------------------------------------------------------

rule("task.duplicate", { code = list "conflict*TaskUUID* duplicate*TaskUUID* taskUUID*Already*" })
rule("request.too_large", { code = list "*RequestTooLarge* *PayloadTooLarge* *BodyTooLarge*" })
rule("limit.rate", { code = list "*RateLimit* *TooManyRequests* *Throttl* *ConcurrencyLimit* *Concurrent*Exceeded* *TooManyConcurrent*" })
rule("provider.upstream", { code = list [[provider*Credits* provider*Balance* provider*Quota* provider*Auth* provider*ApiKey*
  provider*Permission*]] })
rule("account.credits", { code = list [[*InsufficientCredits* *InsufficientBalance* *InsufficientFunds* *NotEnoughCredits* *Credits
  *Billing* *Payment*]] })
rule("account.quota", { code = list "*Quota* *LimitReached *DailyLimit* *MonthlyLimit*" })
rule("account.unauthorized", { code = list [[*ApiKey* *Authentication* *Unauthorized* auth* invalidToken* *TokenExpired *TokenInvalid
  *Credentials*]] })
rule("account.suspended", { code = list "*Suspended *Banned account*Disabled organization*Disabled workspace*Disabled key*Disabled" })
rule("account.forbidden", { code = list "*Forbidden* *Permission* *AccessDenied* *NotAllowed *NotAuthorized" })
rule("provider.timeout", { code = list "*Timeout* *TimedOut* *DeadlineExceeded*" })
rule("task.not_found", { code = list "*task*NotFound *task*Expired *job*NotFound" })
rule("task.cancelled", { code = list "*Cancelled *Canceled *Aborted" })
rule("asset.invalid", { code = list "*image*NotFound *video*NotFound *audio*NotFound *media*NotFound *media*Expired *file*NotFound" })
rule("model.unavailable", { code = list [[*model*NotFound* *model*Disabled *model*Deprecated *model*Retired *model*NotSupported *model*NotAvailable
  unsupported*Model unknown*Model invalid*ModelAIR *provider*NotFound *lora*NotFound *checkpoint*NotFound]] })
rule("provider.capacity", { code = list "*Overload* *Capacity* noAvailable* *QueueFull* *Busy *NotReady" })
rule("provider.unavailable", { code = list "*Unavailable* *BadGateway* *Maintenance*" })
rule("provider.upstream", { code = list "provider* upstream* thirdParty*" })
rule("provider.internal", { code = list "internal* server*Error *InternalError unknownError" })
for _, what in ipairs { "too_large", "aspect_ratio", "dimensions", "duration", "corrupt", "media_type", "bad_status", "unreachable",
  "invalid_uri" } do
  rule("asset." .. what, { code = list "invalid* unsupported* failed* image* video* audio* media* file* *TooLarge *TooSmall *Failed",
    type = list("asset." .. what .. " asset." .. what .. ".*") })
end
rule("asset.too_large", { code = list "image*TooLarge video*TooLarge audio*TooLarge media*TooLarge file*TooLarge" })
rule("asset.duration", { code = list "video*TooLong video*TooShort audio*TooLong audio*TooShort" })
rule("asset.dimensions", { code = list "image*TooSmall *image*Dimensions* *image*Resolution*" })
rule("asset.media_type", { code = list [[unsupported*Image* unsupported*Video* unsupported*Audio* unsupported*Media* unsupported*Format
  *image*Format*]],
  message = { "format", "type" } })
-- "must be an array", "is required": about the request, not about the picture.
rule("request.invalid", { code = list "invalid*", type = "asset.*", message = { "must be an array", "must be a string", "is required",
  "must be provided",
  "at most", "at least", "maximum of", "number of", "not supported by", "unsupported use" } })
rule("asset.invalid", { code = list "invalid*", type = "asset.*" })
rule("request.invalid", { code = list [[invalid* missing* unsupported* value* array* max* min* conflict* duplicate* incompatible* mismatch*
  *Mismatch
  unknown*Parameter unknown*Settings* unrecognized*Parameter* validation* *ValidationError *ValidationFailed architecture* exceeds*
  *TooLarge *TooSmall *TooLong *TooShort *OutOfRange
  *Required *NotSupported parameter* required*]] })
rule("request.invalid", { code = "*NotFound" })

---- 6. words ----------------------------------------------------------------------------------------------------------------------------

rule("account.unauthorized", { message = { "invalid api key", "api key*invalid", "api key*not valid", "missing api key", "api key is required",
  "no api key", "api key*expired", "unauthorized", "unauthenticated", "authentication failed", "authentication required", "not authenticated" } })
rule("account.credits", { message = { "insufficient credit", "not enough credit", "insufficient balance", "insufficient fund", "out of credits",
  "paid invoice", "top up", "payment required", "at least $5", "add credits", "add funds" } })
rule("account.forbidden", { message = { "permission", "forbidden", "not allowed to access", "access denied" } })
rule("account.quota", { message = { "quota", "daily limit", "monthly limit", "usage limit", "spend*limit" } })
rule("task.duplicate", { message = { "taskuuid*already", "taskuuid*not unique", "taskuuid*must be unique", "duplicate taskuuid" } })
rule("limit.rate", { message = { "rate limit", "too many requests", "too many concurrent", "slow down", "requests per" } })
rule("model.unavailable", { message = { "model*not found", "model*does not exist", "model*not available", "model*no longer", "model*disabled",
  "unknown model", "model*deprecated" } })
rule("task.not_found", { operation = "poll", message = { "task*not found", "no such task", "task*does not exist", "task*expired" } })
rule("provider.capacity", { message = { "overloaded", "capacity", "high demand", "no available server", "server*busy", "queue is full" } })
rule("provider.unavailable", { message = { "temporarily unavailable", "service unavailable", "maintenance", "bad gateway", "gateway time" } })
rule("provider.timeout", { operation = "poll", message = { "timed out", "timeout window", "timeout" } })
rule("asset.unreachable", { message = { "failed to transfer", "failed to download", "could not be downloaded", "failed to fetch" } })
rule("request.invalid", { message = { "invalid value for", "unsupported use of", "is not recognized or supported", "missing required",
  "must be provided",
  "invalid parameter", "required parameter", "must be an integer", "must be a string" } })

---- 7. statuses: the table of Runware's page on errors -----------------------------------------------------------------------------------

-- The output host answers 422 or 502 for some seconds after a success: the file is not there yet.
rule("provider.unavailable", { operation = "download", status = { 422, 425, 500, 502, 503, 504 }, floor = 2 })
rule("account.unauthorized", { status = 401 })
rule("account.credits", { status = 402 })
rule("account.forbidden", { operation = list "submit poll upload", status = 403 })
rule("request.too_large", { operation = list "submit upload", status = 413 })
rule("request.invalid", { operation = list "submit upload", status = { 400, 404, 405, 415, 422 } })
rule("limit.rate", { status = 429 })
rule("provider.internal", { status = 500 })
rule("provider.unavailable", { status = { 502, 503, 504 } })

-- Codes that Runware's clients make themselves: they come here only in somebody's log.
rule("network.connect", { code = list "connectionFailed notConnected notOpen reconnectionFailed" })
rule("network.interrupted", { code = list "disconnected sendFailed" })
rule("network.protocol", { code = list "parseError httpError" })
rule("request.invalid", { code = list "noFetchImpl noWebSocketImpl streamUnsupported notImplemented" })

-- What is left of codes that end like failures: theirs, for want of anything that says otherwise.
rule("provider.internal", { code = list "failedTo* *Failed *Error errorRetrieving*" })
-- A code that nobody has written a rule for is no reason to send anything again.
rule("unknown", { code = "*", status = "2xx" })

M.compiled = core.rules(rules, "runware")

--- The class of one finding, as a failed result among others that succeeded.
---@param finding table as runware_errors.evidence gives it
---@return string class
function M.class_of(finding)
  return M.compiled:match { operation = "poll", status = 200, findings = { finding } } or "unknown"
end

return M
