--- What Runware's codes mean, and its words where they are its own. Runware is still unifying its codes ("may vary between models and
-- providers", its page on errors): so exact codes come first, then how codes are built. Behind it stand other companies' models, whose words
-- come through in `responseContent`: what they mean anywhere they mean here, and a code that says little gives way to them (`unless`).
local core = require "retake.core"
local content = require "retake.provider.generic_content"

local M = {}

local rules, last_rules = {}, {}
M.rules = rules
M.last_rules = last_rules

local function list(text)
  local items = {}
  for item in text:gmatch "%S+" do items[#items + 1] = item end
  return items
end

local function rule(class, conditions)
  conditions.class = class
  rules[#rules + 1] = conditions
end

-- An exact code that means the same whatever its text says.
local function decided(class, codes, more)
  local one = more or {}
  one.code = list(codes)
  rule(class, one)
end

-- Words of refused content, and of accounts that were closed for it, go before nearly every code: sent again, the same is refused again.
local REFUSED = list "content account.suspended"

-- A code, or the way codes are built, that leaves room for words.
local function open(class, codes, more)
  local one = more or {}
  one.code = list(codes)
  one.unless = one.unless or REFUSED
  rule(class, one)
end

local function with_refused(families)
  return list("content account.suspended " .. families)
end

---- 1. refused content -----------------------------------------------------------------------------------------------------------------

-- A parameter that is named after moderation can be wrong like any other.
rule("request.invalid", { code = list [[invalid*Moderation* invalid*Safety* invalid*NSFW* unsupported*Moderation* unsupported*Safety*
  unsupported*NSFW*]],
  message = { "invalid value for", "must be a", "must be one of", "supported values", "unsupported use of", "is not supported", "expected" } })

-- Codes that say by themselves that content was refused: the words say only of which end.
local function refused(class, codes)
  local made = { "<generated content", "<generated image", "<generated video", "<generated audio", "<generated media", "<generated output",
    "<generated result", "<generated from", "<output>", "<outputs>", "result*moderat", "result*flagged", "resulting image", "resulting video",
    "filtered out*image", "filtered out*video", "image was generated", "video was generated" }
  local given = { "<prompt", "<input>", "<inputs>", "<uploaded", "reference image", "your request", "request moderated", "<provided", "seed image",
    "<submitted" }
  rule("content.output", { code = list(codes), message = made })
  if class == "content.output" then rule("content.input", { code = list(codes), message = given }) end
  rule(class, { code = list(codes), message = "additional information", unless = { "content" } })
  rule(class, { code = list(codes) })
end

-- "The generated content was flagged and rejected by Google's content moderation system": `invalid` is not about a parameter here. The same
-- prompt is refused again each time. And `safety.checkContent` (NSFW) looks at what was made.
refused("content.output", [[invalidProviderContent invalid*Content providerContentFiltered outputBlocked outputModerated nsfwContentDetected
  nsfwDetected *NSFWDetected *Output*Moderat* *Output*Blocked *Output*Flagged *Output*Safety* *Output*Sensitive* *generated*Content*]])
refused("content.input", [[contentPolicyViolation providerContentPolicyViolation sensitiveContentDetected unsafeContentDetected promptBlocked
  imageBlocked moderationFailed contentModeration safety invalidBFLContentModeration contentBlocked contentFiltered *ContentModeration*
  *ModerationFailed *ModerationBlocked *Moderated *ContentPolicy* *PolicyViolation *ContentViolation *SensitiveContent* *UnsafeContent* *NSFW*
  *ContentDetected *Flagged *SafetyViolation *SafetyFilter* *SafetyCheck* *PromptBlocked *ImageBlocked *ContentBlocked *ContentFilter*]])

---- 2. what the model's own service says -----------------------------------------------------------------------------------------------

local QUOTED = { "*.responseContent.*" }

-- Codes as anybody has them: "moderation_blocked", ModerationBlocked.
local function anywhere(names)
  local found = {}
  for name in names:gmatch "%S+" do
    local squeezed = name:gsub("_", "")
    found[#found + 1] = "*." .. name .. ".*"
    if squeezed ~= name then found[#found + 1] = "*." .. squeezed .. ".*" end
  end
  return found
end

rule("content.output", { from = QUOTED, code = anywhere(content.output_codes .. " *image_safety* *image_other*") })
rule("content.output", { from = QUOTED, message = content.withheld })
rule("asset.invalid", { from = QUOTED, code = anywhere "*no_face* *face_not_found* *face_not_detected* *no_human*", unless = REFUSED })
rule("content.input", { from = QUOTED, code = anywhere(content.content_codes) })
rule("content.output", { from = QUOTED, message = "<content moderated" })
-- What it gave as its status (`responseStatusCode`) stands in the type.
rule("content.input", { type = list "*.*moderation_blocked *.*content_policy* *.*content_filter* *.*sensitive* *.*nsfw* *.safety" })
-- It limits Runware, not the caller; and its key, its wallet and its quota are Runware's.
rule("limit.rate", { from = QUOTED, unless = REFUSED, floor = 15,
  message = { "rate limit", "too many requests", "too many concurrent", "parallel task", "requests per" } })
rule("limit.rate", { code = list "provider*", type = "*.429", unless = REFUSED, floor = 15 })
rule("limit.rate", { from = QUOTED, code = anywhere "*rate_limit* *too_many_requests* *throttl* 429", unless = REFUSED, floor = 15 })
-- Runware's own wallet and key at the model's company: the caller can change nothing about it. `upstream` and not `unavailable`, because it
-- lasts: few resends, then elsewhere. (Runware's clients count the first to the caller's quota.)
decided("provider.upstream", [[providerInsufficientCredits providerQuotaExceeded providerAuthenticationFailed providerUnauthorized
  providerForbidden]])
rule("provider.upstream", { from = QUOTED, unless = with_refused "asset request limit provider.capacity",
  code = anywhere [[*auth* *forbidden* *permission* *denied* *api_key* *token* *credit* *balance* *quota* *billing* *payment* *funds* *suspended*
    *disabled]] })

---- 3. exact codes that say enough ---------------------------------------------------------------------------------------------------

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
decided("request.invalid", [[duplicatePreloadModelAIR unsupportedTaskType maxLycorisModelsExceeded unknownParameter incompatibleParameters
  mismatchProviderSettingsProvider unknownProviderSettingsProvider transparentModelMismatch modelAlreadyExists missingDimensionParameters
  valueTooLarge valueTooSmall arrayTooSmall arrayTooLarge]])
-- "invalidWidth" names a parameter as well; what these hold cannot be refused for its content.
for _, name in ipairs(list [[taskType taskUUID deliveryMethod outputType outputFormat outputQuality numberResults width height steps seed fps
  duration CFGScale scheduler strength clipSkip acceleration upscaleFactor resolution webhookURL uploadEndpoint ttl includeCost checkNSFW]]) do
  local tail = name:sub(1, 1):upper() .. name:sub(2)
  decided("request.invalid", ("invalid%s missing%s unsupported%s invalidCustom%s"):format(tail, tail, tail, tail), { field = name })
end

-- No more than that nothing came of it.
rule("generation.failed", { from = QUOTED, unless = with_refused "asset request provider limit model", message = { "no image was generated",
  "no images", "no video", "did not generate", "unable to generate", "could not generate", "empty result", "no candidates" } })

---- 4. exact codes whose words could say more --------------------------------------------------------------------------------------------

-- Its key, its wallet and its quota are Runware's: words of accounts change nothing. Nor do words that say no more than that it failed.
local UPSTREAM = with_refused "asset request model limit provider.timeout provider.capacity provider.unavailable"
open("provider.upstream", "providerError providerUnknownError providerInternalError", { unless = UPSTREAM })

-- The transfer of an asset: which of the many reasons, where the words tell.
local TRANSFERS = "failedToTransferImage failedToTransfer* failedToDownload* failedToFetch* failedToRetrieve* failedToLoad*"
local function transfer(class, fragments)
  open(class, TRANSFERS, { message = fragments })
end
transfer("asset.bad_status", { "status: 4", "status 4", "status code 4", "status code: 4", "status: 5", "status 5", "status code 5", "status code: 5",
  "http 4", "http 5", "http error 4", "http error 5", "returned 4", "returned 5", "<401>", "<403>", "<404>", "<410>", "url*expired", "expired url",
  "access denied" })
transfer("asset.timeout", { "timed out", "time out", "timeout", "too slow", "took too long", "took longer" })
transfer("asset.media_type", { "unsupported", "not supported", "content type", "mime type", "invalid format" })
open("asset.unreachable", TRANSFERS, {
  unless = with_refused "asset.invalid_uri asset.too_large asset.dimensions asset.aspect_ratio asset.duration asset.corrupt asset.insecure_url",
  hint = "the URL may have expired or be closed to Runware; an image made by Runware is best given by its URL, not its UUID" })
open("asset.timeout", "image*Timeout media*Timeout assetTimeout download*Timeout")
open("provider.timeout", "requestTimeout timeout webhookTimeout")
open("provider.unavailable", "modelUnavailable *ModelUnavailable", { message = { "temporar", "again", "later", "moment", "currently" } })
open("model.unavailable", "modelUnavailable *ModelUnavailable")
open("request.invalid", "invalidModel missingModel", { field = "model",
  message = { "must be a string", "is required", "missing", "must be provided" } })
open("model.unavailable", "invalidModel unsupportedModel invalidAIR invalidModelAIR", { field = "model" })
open("account.credits", "quotaExceeded", { message = { "credit", "balance", "billing", "payment", "top up" } })
open("account.quota", "quotaExceeded")

-- What broke at Runware: the words may say more, but not of the caller's account.
local BROKEN = with_refused "asset limit provider.timeout provider.capacity provider.unavailable model"
-- `taskFailed` says that the model made nothing; the others that Runware's machinery broke.
open("generation.failed", "taskFailed generationFailed", { unless = BROKEN })
open("provider.internal", "inferenceError processingFailed", { unless = with_refused
  "asset limit provider.timeout provider.capacity provider.unavailable model request" })
open("provider.internal", [[internalServerError standardError unknownError undefinedError defaultError unrecognizedResponse
  errorRetrievingAccountManagement downloadFailed uploadFailed mediaStorageFileCouldNotBeMoved]], { unless = BROKEN })
open("request.invalid", "validationFailed")

for _, name in ipairs(list "positivePrompt negativePrompt speech text") do
  local tail = name:sub(1, 1):upper() .. name:sub(2)
  open("request.invalid", ("invalid%s missing%s unsupported%s invalid%sLength"):format(tail, tail, tail, tail), { field = name })
end

---- 5. how codes are built ---------------------------------------------------------------------------------------------------------------

open("task.duplicate", "conflict*TaskUUID* duplicate*TaskUUID* taskUUID*Already*")
open("request.too_large", "*RequestTooLarge* *PayloadTooLarge* *BodyTooLarge*")
open("limit.rate", "*RateLimit* *TooManyRequests* *Throttl* *ConcurrencyLimit* *Concurrent*Exceeded* *TooManyConcurrent*")
open("provider.upstream", "provider*Credits* provider*Balance* provider*Quota* provider*Auth* provider*ApiKey* provider*Permission*")
open("account.credits", "*InsufficientCredits* *InsufficientBalance* *InsufficientFunds* *NotEnoughCredits* *Credits *Billing* *Payment*")
open("account.quota", "*Quota* *LimitReached *DailyLimit* *MonthlyLimit*", { unless = with_refused "account.credits" })
open("account.unauthorized", "*ApiKey* *Api_Key* *Authentication* *Unauthorized* auth* invalidToken* *TokenExpired *TokenInvalid *Credentials*")
open("account.suspended", "*Suspended *Banned account*Disabled organization*Disabled workspace*Disabled key*Disabled")
open("account.forbidden", "*Forbidden* *Permission* *AccessDenied* *NotAllowed *NotAuthorized")
open("provider.timeout", "*Timeout* *TimedOut* *DeadlineExceeded*")
open("task.not_found", "*task*NotFound *task*Expired *job*NotFound")
open("task.cancelled", "*Cancelled *Canceled *Aborted")
open("asset.invalid", "*image*NotFound *video*NotFound *audio*NotFound *media*NotFound *media*Expired *file*NotFound")
open("model.unavailable", [[*model*NotFound* *model*Disabled *model*Deprecated *model*Retired *model*NotSupported *model*NotAvailable
  unsupported*Model unknown*Model invalid*ModelAIR *provider*NotFound *lora*NotFound *checkpoint*NotFound]])
open("provider.capacity", "*Overload* *Capacity* noAvailable* *QueueFull* *Busy *NotReady")
open("provider.unavailable", "*Unavailable* *BadGateway* *Maintenance*")
open("provider.upstream", "provider* upstream* thirdParty*", { unless = UPSTREAM })
open("provider.internal", "internal* server*Error *InternalError unknownError", { unless = BROKEN })

-- Parameters that hold assets: what is wrong with a value there is the asset's fault, as the words say it, unless they speak of the list or of
-- its being there at all.
local KINDS = list "image video audio media mask"
local asset_codes, asset_fields = {}, { "*.media", "*.mediaUUID", "*.imageUUID", "*.videoUUID", "*.audioUUID" }
for _, kind in ipairs(KINDS) do
  for _, verb in ipairs { "invalid", "unsupported" } do
    asset_codes[#asset_codes + 1] = verb .. "*" .. kind
    asset_codes[#asset_codes + 1] = verb .. "*" .. kind .. "s"
  end
  for _, ending in ipairs { "", "s", "[*", "s[*" } do asset_fields[#asset_fields + 1] = "*.*" .. kind .. ending .. ".*" end
end
local OF_REQUEST = { "must be an array", "must be a list", "must be a string", "must be an object", "is required", "must be provided", "at most",
  "at least", "maximum of", "number of", "not supported by", "unsupported use" }
local OF_URI = { "valid uuid", "invalid uuid", "valid url", "valid uri", "data uri", "base64" }
local asked = { { code = asset_codes }, { code = list "invalid* validation* value* failed*", about = asset_fields } }
-- Of lists the words name the item that is meant.
for _, name in ipairs(list "maskImage inputImage seedImage inputVideo inputAudio image video audio media mask") do
  local tail = name:sub(1, 1):upper() .. name:sub(2)
  table.insert(asked, 1, { code = { "invalid" .. tail, "unsupported" .. tail }, field = name })
end
for _, one in ipairs(asked) do
  for _, row in ipairs { { "asset.invalid_uri", OF_URI, with_refused "asset.too_large asset.dimensions asset.corrupt" },
    { "request.invalid", OF_REQUEST, with_refused "asset" }, { "asset.invalid", nil, with_refused "asset" } } do
    rule(row[1], { code = one.code, about = one.about, field = one.field, message = row[2], unless = row[3] })
  end
end
open("asset.too_large", "image*TooLarge video*TooLarge audio*TooLarge media*TooLarge file*TooLarge")
open("asset.duration", "video*TooLong video*TooShort audio*TooLong audio*TooShort")
open("asset.dimensions", "image*TooSmall *image*Dimensions* *image*Resolution*")
open("asset.media_type", "unsupportedMedia* unsupported*FileType unsupportedFile*")
open("asset.mismatch", "mismatchMask* mismatch*Dimensions mismatch*Size maskSizeMismatch maskDimensionsMismatch")
open("asset.media_type", "unsupported*Image* unsupported*Video* unsupported*Audio* unsupported*Media* unsupported*Format *image*Format*",
  { message = { "format", "type" } })
open("request.invalid", [[invalid* missing* unsupported* value* array* max* min* conflict* duplicate* incompatible* mismatch* *Mismatch
  unknown*Parameter unknown*Settings* unrecognized*Parameter* validation* *ValidationError *ValidationFailed architecture* exceeds*
  *TooLarge *TooSmall *TooLong *TooShort *OutOfRange *Required *NotSupported parameter* required* *NotFound]],
  { unless = with_refused "account.unauthorized account.credits asset.timeout asset.bad_status asset.unreachable" })

---- 6. words and statuses ----------------------------------------------------------------------------------------------------------------

rule("account.credits", { message = { "paid invoice", "at least $5" } })
rule("task.duplicate", { message = { "taskuuid*already", "taskuuid*not unique", "taskuuid*must be unique", "duplicate taskuuid" } })
rule("asset.unreachable", { message = "failed to transfer", unless = with_refused "asset" })
-- The output host answers 422 or 502 for some seconds after a success: the file is not there yet.
rule("provider.unavailable", { operation = "download", status = { 422, 425, 500, 502, 503, 504 }, floor = 2 })

-- Codes that Runware's clients make themselves: they come here only in somebody's log.
open("network.connect", "connectionFailed notConnected notOpen reconnectionFailed")
open("network.interrupted", "disconnected sendFailed")
open("network.protocol", "parseError httpError")
open("request.invalid", "noFetchImpl noWebSocketImpl streamUnsupported notImplemented")

-- What is left of codes that end like failures: theirs, for want of anything that says otherwise. And a code that nobody has written a rule for
-- is no reason to send anything again.
last_rules[1] = { class = "provider.internal", code = list "failedTo* *Failed *Error errorRetrieving*" }
last_rules[2] = { class = "unknown", code = "*", status = "2xx" }

---- errors that are about the call and not about a task -----------------------------------------------------------------------------------

--- Nothing is known of the task after one of these that names none, and it is asked about again. "No such task" comes under the task's own name
--- too, and once is not believed of a task that was taken.
M.of_calls = core.rules({
  { class = "task.not_found", code = list "taskNotFound taskExpired taskFailedOrNotFound" },
  { class = "unknown", code = list [[*ApiKey* unauthorized forbidden auth* permission* insufficientPermissions accessDenied *Authentication
    invalidCredentials token* account* organization* workspace* rateLimit* inferenceRateLimit* tooManyRequests internalServerError
    serviceUnavailable serverUnavailable requestTimeout unrecognizedResponse invalidTask* missingTask*]] },
}, "Runware's errors of calls")

return M
