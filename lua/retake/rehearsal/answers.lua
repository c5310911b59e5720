--- Which answer stands for a class: the provider's own way to say it, else words that mean it anywhere. Each is put before the classifier first,
-- so that the fault of a rehearsal is made just as one over the network is; what a provider has no words for is found before anything is sent.
local cjson = require "cjson.safe"
local classify = require "retake.classify"
local core = require "retake.core"
local other = require "retake.rehearsal.other"

local M = {}

local dialects = {
  runway = require "retake.rehearsal.runway",
  runware = require "retake.rehearsal.runware",
  evolink = require "retake.rehearsal.evolink",
}

-- A definition of a script's own may bear the name of a built-in provider, and speak in its own way all the same; a second account of one
-- speaks as that one does.
local built_in = {}
for name in pairs(dialects) do built_in[name] = require("retake.provider").get(name) end

M.by_name = dialects

--- How a provider speaks.
---@param definition table
---@return table dialect
function M.dialect_of(definition)
  local name = definition.service
  local known = built_in[name]
  local same = known and definition.submit == known.submit and definition.poll == known.poll
  return same and dialects[name] or other
end

-- What never comes as an answer: the way there broke, with nothing sent.
local transports = { ["network.resolve"] = "resolve", ["network.connect"] = "connect", ["network.tls"] = "tls", ["network.timeout"] = "timeout",
  ["network.interrupted"] = "interrupted", ["network.protocol"] = "protocol" }

local special = { ["submit.unknown"] = { on = "lost" }, ["task.not_found"] = { on = "missing" }, ["local.storage"] = { on = "storage" } }

-- Words that mean the same nearly everywhere.
local shared = {
  ["content.input"] = { status = 400, code = "content_policy_violation", message = "The prompt violates the content policy" },
  ["content.output"] = { status = 400, code = "output_moderation_failed", message = "The generated output was flagged by moderation" },
  ["request.invalid"] = { status = 400, code = "invalid_parameter", message = "A parameter is out of range" },
  ["request.too_large"] = { status = 413, code = "request_too_large", message = "The request body is too large" },
  ["model.unavailable"] = { status = 404, code = "model_not_found", message = "The model does not exist" },
  ["asset.invalid_uri"] = { status = 400, code = "invalid_image_url", message = "Invalid image URL" },
  ["asset.insecure_url"] = { status = 400, code = "invalid_url", message = "Only HTTPS URLs are allowed" },
  ["asset.ip_address"] = { status = 400, code = "invalid_url", message = "URLs must be hosted on a domain" },
  ["asset.blocked_address"] = { status = 400, code = "invalid_url", message = "The URL resolves to a private IP address" },
  ["asset.unreachable"] = { status = 400, code = "image_download_failed", message = "Failed to download the image" },
  ["asset.bad_status"] = { status = 400, code = "image_download_failed", message = "Failed to fetch the image: status code 404" },
  ["asset.timeout"] = { status = 400, code = "image_download_timeout", message = "Timeout while downloading the image" },
  ["asset.media_type"] = { status = 400, code = "unsupported_image_format", message = "Unsupported image format" },
  ["asset.no_length"] = { status = 400, code = "invalid_image", message = "Content-Length not provided" },
  ["asset.too_large"] = { status = 400, code = "image_too_large", message = "The image file is too large" },
  ["asset.dimensions"] = { status = 400, code = "invalid_image_size", message = "Invalid image dimensions" },
  ["asset.aspect_ratio"] = { status = 400, code = "invalid_aspect_ratio", message = "Invalid image aspect ratio" },
  ["asset.duration"] = { status = 400, code = "invalid_video_duration", message = "The video is too long" },
  ["asset.mismatch"] = { status = 400, code = "image_size_mismatch", message = "The image size does not match the requested size" },
  ["asset.corrupt"] = { status = 400, code = "image_corrupt", message = "The image could not be decoded" },
  ["asset.invalid"] = { status = 400, code = "invalid_image", message = "Invalid image" },
  ["account.unauthorized"] = { status = 401, code = "invalid_api_key", message = "Invalid API key" },
  ["account.forbidden"] = { status = 403, code = "permission_denied", message = "The key may not do this" },
  ["account.suspended"] = { status = 403, code = "account_suspended", message = "The account has been suspended" },
  ["account.credits"] = { status = 402, code = "insufficient_credits", message = "Insufficient credits" },
  ["account.quota"] = { status = 429, code = "quota_exceeded", message = "The daily quota is exceeded" },
  ["limit.rate"] = { status = 429, code = "rate_limit_exceeded", message = "Too many requests" },
  ["provider.capacity"] = { status = 429, code = "model_overloaded", message = "The model is overloaded" },
  ["provider.internal"] = { on = "poll", code = "internal_error", message = "Internal error" },
  ["provider.unavailable"] = { on = "poll", code = "service_unavailable", message = "The service is unavailable" },
  ["provider.timeout"] = { on = "poll", code = "generation_timeout", message = "The generation timed out" },
  ["provider.upstream"] = { on = "poll", code = "upstream_error", message = "The upstream provider failed" },
  ["generation.failed"] = { on = "poll", code = "generation_failed", message = "The generation failed" },
  ["task.cancelled"] = { on = "poll", code = "task_cancelled", message = "The task was cancelled", state = "cancelled" },
  ["task.duplicate"] = { status = 409, code = "duplicate_task", message = "The task exists already" },
  ["unknown"] = { on = "poll", code = "zq17", message = "zq17" },
}

-- Words from which a category of refused content is told.
local category_words = { person = "real people", celebrity = "likeness of a public figure", copyright = "copyrighted character", adult = "nudity",
  violence = "graphic violence", minor = "a child", general = "" }

M.categories = category_words

--- What a class means, in the words of the taxonomy.
---@param class string
---@return string
function M.meaning(class)
  for _, info in ipairs(core.classes()) do
    if info.class == class then return info.meaning end
  end
end

local SAMPLE_ID = "5f0b0f4c-2222-4222-8222-222222222222"

---@param entry { retry_after: number|nil }
---@return string[] headers
function M.headers(entry)
  return { "Content-Type: application/json", entry.retry_after and ("Retry-After: %g"):format(entry.retry_after) or nil }
end

-- The answer that tells of a refused submission, or of a task that failed.
---@return table outcome as the engine gives it
function M.outcome(dialect, told, entry, id, call)
  local body
  if told.on == "poll" then body = dialect.failed(id, told, call) else body = dialect.refused(told, call) end
  return { kind = "response", sent = true, status = told.status or 200, headers = M.headers(entry), body = cjson.encode(body),
    message = "a complete response arrived" }
end

local function transport_of(kind)
  return { kind = kind, sent = false, message = ({ resolve = "the host name could not be resolved", connect = "no connection could be made",
    tls = "the TLS connection failed", timeout = "the time ran out", interrupted = "the connection broke before the response was complete",
    protocol = "the exchange did not follow HTTP" })[kind], timeout = kind == "timeout" and "connect" or nil }
end

-- Whether the answer makes a fault of the class, in a way that leaves it to the policy: a submission of unknown outcome is another matter.
local function means(definition, dialect, told, entry)
  local outcome = M.outcome(dialect, told, entry, SAMPLE_ID, { count = 1 })
  local fault = classify.classify { provider = definition.name, operation = told.on, task_id = told.on == "poll" and SAMPLE_ID or nil,
    status = outcome.status, headers = outcome.headers, body = outcome.body, transport = outcome }
  if not fault or fault.class ~= entry.class or entry.category and fault.category ~= entry.category then return false end
  return told.on == "poll" or fault.effect ~= "unknown"
end

local function with_category(told, category)
  local words = category and category_words[category]
  if not words or words == "" then return told end
  local copy = {}
  for key, value in pairs(told) do copy[key] = value end
  copy.message = ("%s (%s)"):format(told.message, words)
  return copy
end

-- The same words where a submission is refused, and where a task fails.
local function each_way(told)
  local ways = { told.on or "submit", (told.on or "submit") == "submit" and "poll" or "submit" }
  local made = {}
  for i, on in ipairs(ways) do
    made[i] = {}
    for key, value in pairs(told) do made[i][key] = value end
    made[i].on, made[i].status = on, on == "submit" and (told.status or 400) or nil
  end
  return made
end

--- How a step of a rehearsal is played at a provider.
---@param definition table
---@param entry { class: string, retry_after: number|nil, category: string|nil }
---@return table told on: "submit", "poll", "transport", "lost", "missing", "storage" or "before"; and what is said
function M.told(definition, entry)
  local dialect = M.dialect_of(definition)
  if special[entry.class] then return special[entry.class] end
  if transports[entry.class] then return { on = "transport", outcome = transport_of(transports[entry.class]) } end
  for _, words in ipairs { dialect.words, shared } do
    local told = words[entry.class]
    for _, way in ipairs(told and each_way(with_category(told, entry.category)) or {}) do
      if means(definition, dialect, way, entry) then return way end
    end
  end
  return { on = "before" }
end

return M
