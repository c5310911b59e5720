--- What Runway's codes and sentences mean, where that is not what they mean anywhere. A code that says little gives way to words (`unless`).
local words_of_assets = require "retake.provider.generic_assets"

local M = {}

local rules, last_rules = {}, {}
M.rules = rules
M.last_rules = last_rules

local function rule(class, conditions)
  conditions.class = class
  rules[#rules + 1] = conditions
end

local function last(class, conditions)
  conditions.class = class
  last_rules[#last_rules + 1] = conditions
end

-- Fields that hold assets: what is wrong with a value there is the asset's fault. Their other parts (tag, position, ...) are plain parameters.
local assets = { "*.uri", "*.videoUri", "*.imageUri", "*.audioUri", "promptImage*", "promptVideo*", "references*", "referenceImages*",
  "referenceVideos*", "referenceAudio*", "referenceAudios*", "keyframes*", "character", "reference", "media" }

-- What the validator of bodies (zod, of two versions) calls what it finds.
local wrong_values = { "invalid_type", "invalid_union", "invalid_value", "invalid_literal", "invalid_enum_value", "invalid_format", "invalid_string",
  "invalid_date", "invalid_key", "invalid_element", "invalid_union_discriminator", "invalid_arguments", "invalid_return_type", "not_multiple_of",
  "not_finite", "unrecognized_keys", "too_big", "too_small", "custom" }

---- 1. Refused content -----------------------------------------------------------------------------------------------------------------

-- SAFETY may stand in any segment; the third component is "best effort and for diagnostics": no field comes from it.
rule("content.output", { code = { "*.SAFETY.OUTPUT.*", "*.OUTPUT.*.SAFETY.*", "*.OUTPUT_PROCESSING.*.SAFETY.*", "*.OUTPUT_POSTPROCESSING.*.SAFETY.*",
  "*.POSTPROCESSING.*.SAFETY.*", "*.BAD_OUTPUT.*.SAFETY.*", "*.OUTPUT.*.MODERATION.*", "*.MODERATION.OUTPUT.*" } })
rule("content.input", { code = { "*.SAFETY.*", "SAFETY_*", "*_SAFETY_*", "*.MODERATION.*", "*.CONTENT_MODERATION.*", "*.CONTENT_POLICY.*" } })

---- 2. Assets --------------------------------------------------------------------------------------------------------------------------

-- URLs have at most 2048 characters; what is longer is a data URI.
rule("asset.invalid_uri", { about = assets, code = { "too_big", "too_small" },
  message = { "=2048 character", "=13 character", "most 2048", "least 13" } })
rule("asset.too_large", { about = assets, code = "too_big", message = "character" })
rule("asset.too_large", { message = { "most 5242880 character", "=5242880 character", "most 16777216 character", "=16777216 character" } })
rule("asset.invalid_uri", { about = assets, code = { "invalid_format", "invalid_string" }, unless = { "asset", "content" } })
-- The sentences of the page on assets; real ones lack its full stops and quotes. They come with ASSET.INVALID, as "custom" from the validator, and
-- bare; other words go by what they mean anywhere.
for _, sentence in ipairs {
  { "invalid_uri", { "invalid data uri", "invalid url", "invalid runway uri" } },
  { "media_type", { "unsupported asset type", "assets must use an approved content type", "unsupported content type response header" } },
  { "insecure_url", "only https urls are allowed" },
  { "ip_address", "urls must be hosted on a domain" },
  { "bad_status", "failed to fetch asset*http response code" },
  { "unreachable", "failed to fetch asset*server hosting the asset may be down" },
  { "timeout", "timeout while fetching asset" },
  { "no_length", "content length not provided" },
  { "too_large", "asset size exceeds" },
  { "dimensions", { "invalid asset dimensions", "output width times height" } }, -- the latter of what an upscaler makes
  { "aspect_ratio", "invalid asset aspect ratio" },
  { "duration", "asset duration must be" },
} do
  rule("asset." .. sentence[1], { message = sentence[2] })
end
for _, trouble in ipairs(words_of_assets.of_hosts) do
  rule("asset." .. trouble[1], { about = assets, code = "custom", message = trouble[2] })
end
rule("asset.invalid", { about = assets, code = "custom", unless = { "asset", "content", "account" } })
-- Segments that nobody has seen yet and that would say which.
rule("asset.media_type", { code = { "ASSET.*.UNSUPPORTED*", "ASSET.*.FORMAT", "ASSET.*.CONTENT_TYPE" } })
rule("asset.too_large", { code = { "ASSET.*.TOO_LARGE", "ASSET.*.SIZE" } })
rule("asset.duration", { code = { "ASSET.*.DURATION", "ASSET.*.TOO_LONG", "ASSET.*.TOO_SHORT" } })
rule("asset.dimensions", { code = { "ASSET.*.DIMENSIONS", "ASSET.*.RESOLUTION" } })
rule("asset.aspect_ratio", { code = "ASSET.*.ASPECT_RATIO" })
rule("asset.corrupt", { code = { "ASSET.*.CORRUPT*", "ASSET.*.DECODE" } })
rule("asset.unreachable", { code = { "ASSET.*.UNREACHABLE", "ASSET.*.FETCH*", "ASSET.*.DOWNLOAD" } })
rule("asset.invalid", { code = { "ASSET.*", "INPUT_PREPROCESSING.*.ASSET.*", "INPUT_PREPROCESSING.*.INVALID.*" }, unless = { "asset", "content" } })

---- 3. Tasks ---------------------------------------------------------------------------------------------------------------------------

-- gRPC codes inside of the text of a failure. INTERNAL that came back after seconds seldom succeeds at once.
rule("provider.internal", { operation = "poll", code = "13", floor = 30, unless = "content" })
rule("provider.capacity", { operation = "poll", code = { "8", "RESOURCE_EXHAUSTED" }, unless = "content" })
rule("provider.unavailable", { operation = "poll", code = { "14", "UNAVAILABLE" }, unless = "content" })
rule("provider.timeout", { operation = "poll", code = { "4", "DEADLINE_EXCEEDED" }, unless = "content" })
rule("request.invalid", { code = { "*.INPUT_VALIDATION.*", "*.INVALID_INPUT.*", "*.VALIDATION.*", "*.INVALID_PARAMETER.*" },
  unless = { "asset", "content" } })
rule("generation.failed", { code = { "*.BAD_OUTPUT.*", "*.NO_OUTPUT.*", "*.EMPTY_OUTPUT.*" }, unless = "content" })
-- "down or at capacity", not to be tried again at once: of the two classes that fit, capacity is the one that waits longer and tries less.
rule("provider.capacity", { code = { "*.THIRD_PARTY.UNAVAILABLE.*", "*.CAPACITY.*", "*.OVERLOADED.*" }, floor = 30, unless = "content" })
rule("provider.capacity", { code = { "THIRD_PARTY.*.RATE_LIMIT*", "THIRD_PARTY.*.THROTTLED" }, unless = "content" })
rule("provider.timeout", { code = { "*.TIMEOUT.*", "*.TIMED_OUT.*", "*.DEADLINE_EXCEEDED.*" }, unless = "content" })
rule("provider.internal", { code = { "INTERNAL", "INTERNAL.ERROR", "INTERNAL_ERROR", "INPUT_PREPROCESSING.INTERNAL.*" },
  unless = { "content", "asset" } })
rule("task.cancelled", { code = { "CANCELLED.*", "CANCELED.*" }, unless = "content" })
-- Codes nobody has seen, by their first segment, where the words tell no more.
local told = { "content", "asset", "request", "account", "limit", "model", "task.cancelled", "provider.capacity", "provider.unavailable",
  "provider.timeout" }
rule("account.credits", { code = { "CREDITS.*", "BILLING.*", "*.INSUFFICIENT_CREDITS" }, unless = "content" })
rule("account.quota", { code = { "QUOTA.*", "*.QUOTA_EXCEEDED" }, unless = { "content", "account" } })
rule("limit.rate", { code = { "RATE_LIMIT.*", "*.RATE_LIMITED", "*.RATE_LIMIT_EXCEEDED" }, unless = { "content", "account" } })
rule("provider.upstream", { code = "THIRD_PARTY.*", unless = told })
rule("provider.internal", { code = { "INTERNAL.*", "INPUT_PREPROCESSING.*", "OUTPUT_POSTPROCESSING.*", "SERVER.*" }, unless = told })
rule("provider.unavailable", { code = { "UNAVAILABLE.*", "*.UNAVAILABLE" }, unless = told })
rule("generation.failed", { code = { "OUTPUT.*", "GENERATION.*" }, unless = told })
rule("request.invalid", { code = { "INPUT.*", "VALIDATION.*", "REQUEST.*" }, unless = told })
-- A failed task without a code is their error ("INTERNAL or null"). This is what such a task says, if anything.
rule("provider.internal", { operation = "poll", status = { "2xx", 0 }, message = { "unexpected error occurred", "generation failed" },
  unless = told })
rule("provider.internal", { type = "failed" })

---- 4. Requests ------------------------------------------------------------------------------------------------------------------------

rule("request.invalid", { code = { "no_eligible_model", "router_config_not_found" } }) -- the router's
rule("request.invalid", { about = "model", code = "invalid_type" })
rule("request.invalid", { about = "model", message = { "required", "received undefined" } })
rule("model.unavailable", { about = "model", code = { "invalid_union", "invalid_value", "invalid_literal", "invalid_enum_value",
  "invalid_union_discriminator", "custom" } })
rule("model.unavailable", { message = "invalid parameter 'model'", field = "model" })
rule("request.invalid", { about = assets, code = wrong_values, unless = { "content", "asset" } })
rule("request.invalid", { code = wrong_values, unless = "content" })
rule("request.invalid", { message = { "on behalf of", "x runway version", "api version" },
  hint = "a request header that the key or the service asks for: set it in the provider's headers" })
rule("model.unavailable", { operation = "submit", message = { "has been deprecated", "has been sunset", "has been retired" } })

---- 5. Limits and the service ----------------------------------------------------------------------------------------------------------

-- No request rate is limited, and tasks beyond the concurrency wait in line: what refuses a submission is the rolling day's number of tasks, or
-- the spending cap, whatever else it is called. Unless the text says otherwise, as the gateway's does.
rule("limit.rate", { status = 429, message = { "concurren", "in progress", "requests per", "per minute", "per second" } })
rule("account.quota", { status = 429, message = { "task limit", "generation limit", "too many generations", "too many tasks",
  "spend*limit", "spend*cap" } })
rule("account.quota", { operation = "submit", status = 429, unless = { "limit", "account", "content", "request", "asset", "model",
  "provider.capacity" } })
rule("limit.rate", { operation = { "poll", "cancel", "upload" }, status = 429, message = "<limit exceeded", unless = "account.credits" })
rule("limit.rate", { operation = { "poll", "cancel", "upload" }, status = 429, unless = "account" })
rule("asset.invalid", { operation = "upload", message = "entitytoosmall" })
-- Storage takes an upload's form for a while only: a new one helps, its 403 says nothing of the key.
rule("provider.internal", { operation = "upload", status = { 400, 403 }, message = { "policy expired", "has expired", "expiredtoken", "accessdenied",
  "signaturedoesnotmatch" } })
rule("network.timeout", { operation = "upload", status = 400, message = { "requesttimeout", "not read from or written to" } })
-- What a status says, words that speak of something of another kind aside. A gateway's is its own, whatever it was that timed out behind it.
rule("account.unauthorized", { message = "incorrect hostname for api key" })
rule("account.unauthorized", { status = 401, unless = "account" })
rule("account.credits", { status = 402, unless = "account" })
rule("account.forbidden", { operation = { "submit", "poll", "cancel" }, status = 403, unless = { "account", "content", "asset", "model" } })
rule("task.not_found", { operation = { "poll", "cancel" }, status = { 404, 410 } })
rule("request.too_large", { status = 413 }) -- of several data URIs together
rule("request.invalid", { operation = "submit", status = 400, unless = { "content", "asset", "account", "model", "limit", "request.too_large", "task",
  "provider.capacity", "provider.unavailable" } })
rule("provider.unavailable", { status = { 502, 503, 504, 520, 521, 522, 523, 525, 526, 530 }, unless = { "content", "account", "limit", "request",
  "provider.capacity" } })

---- 6. After what the words of an answer mean anywhere ---------------------------------------------------------------------------------

last("provider.internal", { operation = "poll", status = { "2xx", 0 } })
last("model.unavailable", { operation = "submit", status = 410 })
last("request.invalid", { operation = { "submit", "upload" }, status = 409 })

return M
