--- Where Runway says what went wrong, and what its codes and sentences mean.
local M = {}

-- Bodies come from outside: how many errors are read, and how deep they may be nested.
local MOST_FINDINGS, DEEPEST, MESSAGE_READ, WORDS_READ = 32, 4, 4096, 600

local function text(value)
  if type(value) == "string" and value ~= "" then return value end
  if type(value) == "number" then return ("%.14g"):format(value) end
end

-- Fields that hold assets. What is wrong with a value there is the asset's fault, not a parameter's.
local asset_fields = {}
for name in ([[promptImage promptVideo videoUri imageUri audioUri references referenceImages referenceVideos referenceAudio referenceAudios
  keyframes character reference media]]):gmatch "%S+" do asset_fields[name] = true end
local plain_parts = {}
for name in ("tag position subject type seconds at range start_seconds end_seconds"):gmatch "%S+" do plain_parts[name] = true end

-- "references[0].uri", from { "references", 0, "uri" } or { "references", "[0]", ".uri" }
local function path_of(parts)
  if type(parts) == "string" then return text(parts) end
  if type(parts) ~= "table" then return nil end
  local path = ""
  for index = 1, math.min(#parts, 16) do
    local part = parts[index]
    if type(part) == "number" then part = ("[%.14g]"):format(part) end
    if type(part) == "string" and part ~= "" then
      part = part:gsub("^%.", "")
      if part:find "^%d+$" then part = "[" .. part .. "]" end
      path = path .. ((path == "" or part:find "^%[") and "" or ".") .. part
    end
  end
  return text(path)
end

-- What a field is, as the type of a finding: rules cannot look at fields.
local function type_of(field)
  if not field then return nil end
  local top, last = field:match "^[^.%[]+", field:match "([%a_]+)[%]%d%[]*$"
  if asset_fields[top] and not plain_parts[last] then return "asset" end
  return top == "model" and "model" or "parameter"
end

-- Texts of 2025 hold the field: "promptImage: String must ...", "Invalid parameter 'promptText'".
local function field_in(message)
  local field = message:match "^([%a][%w_]*[%w_.%[%]]*): " or message:match "[Ii]nvalid parameter:? ['\"`]([^'\"`]+)['\"`]"
  if field and (field:find "^%l+%u" or field:find "[%[.]" or field == "ratio" or field == "duration" or field == "seed" or field == "model"
    or asset_fields[field]) then return field end
end

-- "Generation failed: {"code":13,"message":"Internal error."}": what is told inside a text. Read by pattern: the text may be cut short.
local function nested(message)
  local inside = message:match "{.*"
  if not inside then return nil end
  local code = inside:match '\\?"code\\?"%s*:%s*\\?"?([%w_.%-]+)'
  local words = inside:match '"message"%s*:%s*"([^"]*)"' or inside:match '\\"message\\"%s*:%s*\\"(.-)\\"'
  if code or words then return code, words end
end

-- What moderation is told in. The output's words are looked for first: "the video generated from your prompt was flagged".
local output_words = { "output.*flagged", "generated.*flagged", "output.*moderat", "generated.*moderat", "output.*block", "generated.*block",
  "output.*violat", "generated.*violat", "output.*withheld", "generated.*withheld", "result.*flagged", "output.*safety" }
local input_words = { "moderation", "moderated", "flagged", "usage polic", "content polic", "policy violation", "violates our",
  "violate our", "violating our", "violates the.*polic", "violation of our", "violat.*terms", "community guidelines", "safety system",
  "safety filter", "safety check", "safety polic", "safety reason", "safety guideline", "prohibited content", "inappropriate",
  "disallowed content", "sensitive content", "unsafe", "nsfw", "not allowed by our", "blocked by our", "blocked by th.*provider",
  "blocked by.*filter", "guardrail", "contains? nudity", "real person", "real people", "public figure" }

local function has_any(words, patterns)
  for _, pattern in ipairs(patterns) do
    if words:find(pattern) then return true end
  end
  return false
end

-- A second word of a finding's type, so that a rule can ask for moderation and a category's words at once.
local function moderated(message)
  -- only the start is searched: `.*` on a long hostile text would cost its length squared
  local words = message:sub(1, WORDS_READ):lower():gsub("contentmoderation", "") -- a parameter of that name
  if not has_any(words, input_words) then return nil end
  return has_any(words, output_words) and "moderated.output" or "moderated"
end

local function add(findings, finding)
  if #findings >= MOST_FINDINGS or not (finding.code or finding.message or finding.type) then return end
  local message = finding.message
  if not message then findings[#findings + 1] = finding return end
  finding.message = message:sub(1, MESSAGE_READ)
  finding.field = finding.field or field_in(finding.message)
  finding.type = moderated(finding.message) or finding.type or type_of(finding.field)
  findings[#findings + 1] = finding
  local code, words = nested(finding.message)
  if code or words then findings[#findings + 1] = { code = code, type = words and moderated(words) or "nested", message = words } end
end

-- The issues of a refused body; those of a union hold the issues of each of its forms.
local function add_issues(findings, issues, outer, depth)
  if type(issues) ~= "table" or depth > DEEPEST then return end
  for index = 1, math.min(#issues, MOST_FINDINGS) do
    local issue = issues[index]
    if type(issue) == "table" and #issue > 0 then
      add_issues(findings, issue, outer, depth + 1)
    elseif type(issue) == "table" then
      local field = path_of(issue.path)
      if outer and field then field = outer .. (field:find "^%[" and "" or ".") .. field end
      field = field or outer
      add(findings, { code = text(issue.code), type = type_of(field), message = text(issue.message), field = field })
      add_issues(findings, issue.errors or issue.unionErrors or issue.issues, field, depth + 1)
    elseif text(issue) then
      add(findings, { message = text(issue), field = outer })
    end
  end
end

local function add_any(findings, value, code)
  if type(value) == "table" then
    local message = text(value.message) or text(value.error) or text(value.detail) or text(value.reason)
    local own = text(value.code) or text(value.failureCode) or code
    if message or own then add(findings, { code = own, type = text(value.type), message = message, field = text(value.field) }) end
    if #value > 0 then add_issues(findings, value, nil, 1) end
    add_issues(findings, value.issues, nil, 1)
  elseif text(value) or code then
    add(findings, { code = code, message = text(value) })
  end
end

local ended = { FAILED = true, CANCELLED = true, CANCELED = true }

local function of_task(findings, body, status)
  local code = text(body.failureCode) or text(body.failure_code)
  if type(body.failure) == "table" then add_any(findings, body.failure, code)
  elseif text(body.failure) or code then add(findings, { code = code, type = status or "FAILED", message = text(body.failure) }) end
  if type(body.nodeErrors) == "table" then -- a workflow says more per node
    for _, node in pairs(body.nodeErrors) do
      if #findings < MOST_FINDINGS then add_any(findings, node) end
    end
  end
end

--- The errors in a body of Runway's, the most telling first. Nothing in a body can make it throw.
---@param body table decoded JSON
---@param answer { status: integer|nil }|nil the rest of what is known of the call
---@return { code: string|nil, type: string|nil, message: string|nil, field: string|nil }[] findings
function M.evidence(body, answer)
  local findings = {}
  if type(body) ~= "table" then return findings end
  local refused = type(answer) == "table" and (tonumber(answer.status) or 0) >= 400
  local status = type(body.status) == "string" and body.status:upper() or nil
  if status == "FAILED" or body.failure ~= nil or body.failureCode ~= nil then
    if not status or ended[status] then of_task(findings, body, status) end
  end
  if status and not ended[status] and not refused then return findings end
  if status and #findings == 0 then -- ended without a word; errors of other shapes may follow
    if status == "CANCELLED" or status == "CANCELED" then return { { type = "CANCELLED", message = "the task was cancelled" } } end
  end
  add_issues(findings, body.issues, nil, 1)
  local code = text(body.code) or text(body.errorCode)
  add_any(findings, body.error, code)
  if type(body.errors) == "table" then add_issues(findings, body.errors, nil, 1) end
  if text(body.details) then add(findings, { message = text(body.details) }) else add_any(findings, body.details) end
  if code or not body.id or refused then
    add_any(findings, body.message)
    add_any(findings, body.detail)
  end
  if #findings == 0 and status and ended[status] then findings[1] = { type = "FAILED", message = "the task failed, no reason given" } end
  return findings
end

local rules = {}
M.rules = rules

local function rule(class, conditions)
  conditions.class = class
  rules[#rules + 1] = conditions
end

-- Words for what was refused, gravest first: a text may hold several.
local categories = {
  { "minor", { "a minor", "minors", "child", "underage", "under-age", "under 18", "csam" } },
  { "celebrity", { "celebrit", "public figure", "famous", "politician", "likeness", "well-known person", "prominent pe" } },
  { "person", { "real person", "real people", "photorealistic", "realistic person", "realistic people", "human face", "real face",
    "real human", "recognizable person", "recognizable people", "recognisable person", "identifiable person", "private individual",
    "person's face", "a face", " faces", "real-life" } },
  { "copyright", { "copyright", "trademark", "logo", "watermark", "intellectual property", "brand name", "branded", "brands", "third-party content",
    "third party content", "protected character" } },
  { "adult", { "adult", "nudity", "nude", "sexual", "erotic", "porn", "nsfw", "explicit content", "explicit material" } },
  { "violence", { "violen", "gore", "gory", "graphic content", "self-harm", "self harm", "suicide", "weapon", "blood", "terroris" } },
}

local function refused(class, conditions)
  for _, category in ipairs(categories) do
    local one = { category = category[1], message = category[2] }
    for name, value in pairs(conditions) do one[name] = value end
    rule(class, one)
  end
  conditions.category = "general"
  rule(class, conditions)
end

-- 1. Moderation by code. SAFETY may stand in any segment; its third component is "best effort and for diagnostics": no field comes from it.
refused("content.output", { code = { "*.SAFETY.OUTPUT.*", "*.OUTPUT.SAFETY.*", "*.OUTPUT.*.SAFETY.*", "*.OUTPUT_PROCESSING.*.SAFETY.*",
  "*.OUTPUT_POSTPROCESSING.*.SAFETY.*", "*.POSTPROCESSING.*.SAFETY.*", "*.BAD_OUTPUT.*.SAFETY.*", "*.OUTPUT.MODERATION.*",
  "*.MODERATION.OUTPUT.*" } })
refused("content.input", { code = { "*.SAFETY.*", "*.MODERATION.*", "*.CONTENT_MODERATION.*", "*.CONTENT_POLICY.*" } })

-- 2. Sentences about assets. They come as the message of an issue, as a bare error, and with ASSET.INVALID; real ones lack the full
-- stops and quotes of the documented ones. Before the codes, because ASSET.INVALID and "custom" say less than they do.
rule("asset.media_type", { message = { "unsupported asset type", "assets must use an approved content-type", "unsupported content-type",
  "unsupported media type for", "unsupported file type",
  "unsupported codec", "unsupported video", "unsupported image", "unsupported audio", "unsupported asset", "unsupported format", "mime type",
  "content-type*not allowed", "content-type*not supported", "content type*not supported" } })
rule("asset.invalid_uri", { message = { "invalid data uri", "data uri*malformed", "malformed data uri", "invalid url", "url*could not be parsed",
  "invalid runway uri", "invalid base64" } })
rule("asset.insecure_url", { message = { "only https", "must use https", "must start with https", "https is required" } })
rule("asset.ip_address", { message = { "must be hosted on a domain", "url*ip address" } })
rule("asset.blocked_address", { message = { "private address", "private ip", "url*not publicly accessible" } })
rule("asset.bad_status", { message = { "asset*http response code", "asset*http status", "asset*status code", "received http response code" } })
rule("asset.timeout", { message = { "timeout while fetching", "timed out*fetching*asset", "timed out while*download", "asset*timed out",
  "fetching*asset*timed out" } })
rule("asset.unreachable", { message = { "failed to fetch asset", "could not fetch asset", "unable to fetch asset", "failed to download asset",
  "server hosting the asset", "failed to fetch*image", "failed to fetch*video" } })
rule("asset.no_length", { message = { "content-length not provided", "content-length*missing", "missing content-length",
  "content-length*required" } })
rule("asset.too_large", { message = { "asset size exceeds", "asset is too large", "asset too large", "file size exceeds", "image size exceeds",
  "video size exceeds", "audio size exceeds", "file is too large", "file too large", "image is too large", "video is too large",
  "entitytoolarge", "exceeds the maximum allowed size" } })
rule("asset.dimensions", { message = { "invalid asset dimensions", "asset dimensions", "height and width must", "width and height must",
  "resolution is too", "resolution too", "minimum resolution", "maximum resolution", " pixels",
  "image is too small", "image dimensions", "video dimensions", "invalid image dimensions" } })
rule("asset.mismatch", { message = { "does not match the*ratio", "not match the output", "image*does not match", "video*does not match",
  "image size*requested" } })
rule("asset.aspect_ratio", { message = { "invalid asset aspect ratio", "width / height ratio", "asset aspect ratio", "aspect ratio of the image",
  "image aspect ratio", "video aspect ratio" } })
rule("asset.duration", { message = { "asset duration", "duration of the asset", "video duration must", "audio duration must", "video is too long",
  "video is too short", "video too", "seconds or shorter", "seconds or longer", "seconds or less", "audio is too",
  "total duration of", "combined duration", "duration of the video" } })
rule("asset.corrupt", { message = { "could not be decoded", "failed to decode", "corrupt", "truncated", "unable to decode", "could not decode",
  "not a valid image", "not a valid video", "unreadable" } })
rule("asset.invalid", { message = { "entitytoosmall", "no face", "face*not*detected", "not detect*face", "not find*face", "face must be visible",
  "image could not be processed", "video could not be processed", "could not process*image", "could not process*video", "unable to process*image",
  "unable to process*video", "invalid asset", "invalid image", "invalid video", "invalid audio" } })

-- 3. Codes of tasks, exact ones first.
-- gRPC INTERNAL inside the text of a failure: one that came back after seconds seldom succeeds at once.
rule("provider.internal", { operation = "poll", code = "13", floor = 30 })
rule("provider.internal", { type = "nested", code = { "13", "INTERNAL" }, floor = 30 })
rule("provider.capacity", { type = "nested", code = { "8", "RESOURCE_EXHAUSTED" } })
rule("provider.unavailable", { type = "nested", code = { "14", "UNAVAILABLE" } })
rule("provider.timeout", { type = "nested", code = { "4", "DEADLINE_EXCEEDED" } })
rule("request.invalid", { code = { "*.INPUT_VALIDATION.*", "*.INVALID_INPUT.*", "*.VALIDATION.*", "*.INVALID_PARAMETER.*" } })
rule("generation.failed", { code = { "*.BAD_OUTPUT.*", "*.NO_OUTPUT.*", "*.EMPTY_OUTPUT.*" } })
-- "down or at capacity", not to be tried again at once: of the two classes that fit, capacity is the one that waits longer and tries less.
rule("provider.capacity", { code = { "*.THIRD_PARTY.UNAVAILABLE.*", "*.CAPACITY.*", "*.OVERLOADED.*" }, floor = 30 })
rule("provider.capacity", { code = { "THIRD_PARTY.*.RATE_LIMIT", "THIRD_PARTY.*.RATE_LIMITED", "THIRD_PARTY.*.THROTTLED" } })
rule("provider.timeout", { code = { "*.TIMEOUT.*", "*.TIMED_OUT.*", "*.DEADLINE_EXCEEDED.*" } })
rule("provider.internal", { code = { "INPUT_PREPROCESSING.INTERNAL.*", "INTERNAL", "INTERNAL.ERROR", "INTERNAL_ERROR" } })
rule("asset.media_type", { code = { "ASSET.*.UNSUPPORTED", "ASSET.*.UNSUPPORTED_TYPE", "ASSET.*.UNSUPPORTED_FORMAT", "ASSET.*.FORMAT",
  "ASSET.*.CONTENT_TYPE" } })
rule("asset.too_large", { code = { "ASSET.*.TOO_LARGE", "ASSET.*.SIZE" } })
rule("asset.duration", { code = { "ASSET.*.DURATION", "ASSET.*.TOO_LONG", "ASSET.*.TOO_SHORT" } })
rule("asset.dimensions", { code = { "ASSET.*.DIMENSIONS", "ASSET.*.RESOLUTION" } })
rule("asset.aspect_ratio", { code = "ASSET.*.ASPECT_RATIO" })
rule("asset.corrupt", { code = { "ASSET.*.CORRUPT", "ASSET.*.CORRUPTED", "ASSET.*.DECODE" } })
rule("asset.unreachable", { code = { "ASSET.*.UNREACHABLE", "ASSET.*.FETCH", "ASSET.*.FETCH_FAILED", "ASSET.*.DOWNLOAD" } })
rule("asset.invalid", { code = { "ASSET.*", "INPUT_PREPROCESSING.*.ASSET.*", "INPUT_PREPROCESSING.*.INVALID.*" } })
rule("task.cancelled", { code = { "CANCELLED.*", "CANCELED.*" } })
rule("task.cancelled", { type = "CANCELLED" })

-- 4. Moderation that is only told in words; before it, an account "suspended for violating our usage policy".
rule("account.suspended", { message = { "account*suspended", "account*disabled", "account*banned", "account*deactivated",
  "account*terminated", "organization*suspended", "organization*disabled", "workspace*suspended", "workspace*disabled", "key*disabled",
  "key*revoked", "key*deactivated", "suspended*account" } })
refused("content.output", { type = "*.moderated.output" })
refused("content.input", { type = "*.moderated" })

-- 5. Codes of refused requests (those of the validator, and the router's).
rule("request.invalid", { code = { "no_eligible_model", "router_config_not_found" } })
rule("asset.invalid_uri", { type = "asset", code = { "too_big", "too_small" }, message = { "2048", "13 character", ">=13" } })
rule("asset.too_large", { type = "asset", code = "too_big", message = { "character" } })
rule("asset.invalid_uri", { type = "asset", code = { "invalid_format", "invalid_string" } })
rule("asset.invalid", { type = "asset", code = "custom" })
rule("request.invalid", { type = "model", code = "invalid_type" })
rule("request.invalid", { type = "model", message = { "required", "received undefined" } })
rule("model.unavailable", { type = "model", code = { "invalid_union", "invalid_value", "invalid_literal", "invalid_enum_value",
  "invalid_union_discriminator", "custom" } })
rule("request.invalid", { code = { "invalid_type", "invalid_union", "invalid_value", "invalid_literal", "invalid_enum_value", "invalid_format",
  "invalid_string", "invalid_date", "invalid_key", "invalid_element", "invalid_union_discriminator", "invalid_arguments",
  "invalid_return_type", "not_multiple_of", "not_finite", "unrecognized_keys", "too_big", "too_small", "custom" } })

-- 6. Sentences.
rule("account.unauthorized", { message = { "incorrect hostname for api key", "invalid api key", "api key*not valid", "api key*invalid",
  "missing api key", "no api key", "api key*missing", "api key*expired", "unauthenticated", "invalid authorization", "missing authorization",
  "malformed api key", "authentication required", "authentication failed" } })
rule("request.invalid", { message = { "on-behalf-of", "x-runway-version", "api version" },
  hint = "a request header that the key or the service asks for: set it in the provider's headers" })
rule("account.quota", { message = { "daily*limit", "limit*per day", "daily*task", "daily*quota", "daily*generation", "24 hours", "24-hour",
  "task limit", "generation limit", "too many generations", "spend*limit", "spending*limit", "spend*cap", "spending cap", "monthly*limit",
  "limit*month", "quota", "usage limit", "credit limit" } })
rule("account.credits", { message = { "enough credits", "insufficient credit", "out of credits", "not have*credits", "no credits", "more credits",
  "credits*insufficient", "credit*insufficient", "purchase credits", "purchased credits", "buy credits", "add credits", "credit balance",
  "insufficient balance", "insufficient funds", "payment required", "payment method", "payment failed", "past due", "billing" } })
rule("limit.rate", { message = { "too many requests", "rate limit", "rate-limit", "rate exceeded", "ratelimit", "requests per", "slow down",
  "throttled", "throttling", "concurrency limit", "concurrent", "too many uploads",
  "upload limit" } })
rule("model.unavailable", { message = { "model variant", "model*not available", "model*unavailable", "model*no longer", "model*deprecated",
  "model*retired", "model*sunset", "model*does not exist", "model*not found", "unknown model", "model*not supported", "unsupported model",
  "model*not enabled", "model*disabled", "access to*model", "invalid model", "no matching discriminator", "invalid parameter 'model'",
  "has been deprecated", "has been sunset", "has been retired", "no longer available",
  "no longer supported" } })
rule("task.not_found", { message = { "could not find task", "task*not found", "no such task", "task*does not exist", "task*expired",
  "task*deleted" } })
rule("task.cancelled", { operation = "poll", message = { "task was cancelled", "task was canceled", "task cancelled", "task canceled",
  "cancelled by user", "canceled by user" } })
rule("request.too_large", { message = { "request entity too large", "payload too large", "request body*too large", "request*size*exceed",
  "body exceeded", "body is too large", "content too large" } })
rule("asset.invalid_uri", { type = "asset", message = { "2048 character", "<=2048", "invalid uri" } })
rule("asset.too_large", { type = "asset", message = { "at most*character", "<=*character" } })
rule("request.invalid", { status = { 400, 422 }, message = { "invalid parameter", "invalid option", "invalid input: expected", "invalid enum",
  "expected one of", "expected string", "expected number", "expected array", "expected object", "expected boolean", "unrecognized key",
  "must contain at", "must be greater", "must be less", "must match pattern", "must be one of", "required" } })

-- Texts that are not JSON have no type: the same, by their words alone.
rule("content.input", { message = { "content moderation", "was flagged", "usage policy", "content policy", "safety system" }, category = "general" })

-- 7. What the service says of itself, then what it says of a task.
rule("provider.unavailable", { message = { "maintenance", "temporarily unavailable", "service unavailable", "bad gateway", "gateway time" } })
rule("provider.capacity", { message = { "overloaded", "at capacity", "no capacity", "over capacity", "high demand", "high load", "heavy load",
  "load shed", "no machines", "capacity" } })
rule("provider.internal", { status = 500 })
rule("provider.unavailable", { status = { 502, 503, 504, 520, 521, 522, 523, 525, 526, 530 } })
rule("provider.timeout", { status = 524 })
rule("provider.timeout", { operation = "poll", message = { "timed out", "timeout", "took too long", "deadline exceeded" } })
rule("generation.failed", { operation = "poll", message = { "bad output", "low quality", "high-quality output", "quality check", "no output",
  "did not produce", "failed to produce", "could not produce", "unable to generate", "empty output" } })
rule("request.invalid", { operation = "poll", message = { "invalid input", "invalid prompt", "invalid request", "invalid parameter",
  "unsupported" } })
rule("provider.upstream", { code = "THIRD_PARTY.*" })
rule("provider.upstream", { operation = "poll", message = { "third-party", "third party", "upstream", "model provider" } })

-- 8. Unknown codes by their first segment; a failed task without code is their error ("INTERNAL or null").
rule("provider.internal", { code = { "INTERNAL.*", "INPUT_PREPROCESSING.*", "OUTPUT_POSTPROCESSING.*", "SERVER.*" } })
rule("account.credits", { code = { "CREDITS.*", "BILLING.*", "*.INSUFFICIENT_CREDITS" } })
rule("account.quota", { code = { "QUOTA.*", "*.QUOTA_EXCEEDED" } })
rule("limit.rate", { code = { "RATE_LIMIT.*", "*.RATE_LIMITED", "*.RATE_LIMIT_EXCEEDED" } })
rule("provider.unavailable", { code = { "UNAVAILABLE.*", "*.UNAVAILABLE" } })
rule("generation.failed", { code = { "OUTPUT.*", "GENERATION.*" } })
rule("request.invalid", { code = { "INPUT.*", "VALIDATION.*", "REQUEST.*" } })
rule("provider.internal", { type = "FAILED" })

-- 9. Statuses.
-- Storage takes an upload's form for a while only: a new one helps, its 403 says nothing of the key.
rule("provider.internal", { operation = "upload", status = { 400, 403 }, message = { "policy expired", "has expired", "expiredtoken",
  "accessdenied", "signaturedoesnotmatch" } })
rule("network.timeout", { operation = "upload", status = 400, message = { "requesttimeout", "not read from or written to" } })
rule("account.unauthorized", { status = 401 })
rule("account.credits", { status = 402 })
rule("account.forbidden", { operation = { "submit", "poll", "cancel", "upload" }, status = 403 })
rule("task.not_found", { operation = { "poll", "cancel" }, status = { 404, 410 } })
rule("model.unavailable", { operation = "submit", status = 410 })
rule("request.invalid", { operation = { "submit", "upload" }, status = { 404, 405, 409, 415, 422 } })
rule("request.too_large", { status = 413 })
-- No request rate is limited: what refuses a submission is the rolling day's number of tasks, or the spending cap.
rule("account.quota", { operation = "submit", status = 429 })
rule("limit.rate", { status = 429 })
rule("request.invalid", { operation = "submit", status = 400 })

return M
