--- What Runware's texts say beyond their codes: refused content and its category, trouble with an asset, times to wait, parameters.
-- Behind Runware stand other companies' models, whose own words come through in `responseContent`: so these are the words of many.
local M = {}

-- Only the start is searched: `.*` on a long hostile text would cost its length squared.
local WORDS_READ = 700

-- Words are found many times faster than patterns: the two are kept apart.
local function sorted(list)
  local words, patterns = {}, {}
  for _, item in ipairs(list) do
    if item:find "[%^%$%(%)%%%.%[%]%*%+%-%?]" then patterns[#patterns + 1] = item else words[#words + 1] = item end
  end
  return { words = words, patterns = patterns }
end

local function has_any(text, list)
  for _, word in ipairs(list.words) do
    if text:find(word, 1, true) then return true end
  end
  for _, pattern in ipairs(list.patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

--- Codes that say enough: their texts are not searched. Filled by runware_rules.lua from its rules.
M.decided = {}

--- The start of a text as patterns want it: lower case, one blank between words, without the parameters that are named like refusals.
---@param message string
---@return string
function M.plain(message)
  local text = message:sub(1, WORDS_READ):gsub("'[%w_.%[%]]+'%s+parameter", "a parameter"):gsub("%l*[cC]ontentModeration%s+parameter", "a parameter")
  return (text:lower():gsub("[%s\"\\]+", " "))
end

-- What a list of { name, { words } } rows becomes once its words are sorted.
local function rows(list)
  for _, row in ipairs(list) do row[2] = sorted(row[2]) end
  return list
end

---- refused content -----------------------------------------------------------------------------------------------------------------

-- Gravest first: a text may hold several.
local categories = rows {
  { "minor", { "%f[%a]minors?%f[%A]", "child", "underage", "under%-age", "under 18", "csam" } },
  { "celebrity", { "celebrit", "public figure", "famous", "politician", "likeness", "well%-known p", "prominent p" } },
  { "person", { "real person", "real people", "photorealistic", "realistic person", "realistic people", "human face", "real face",
    "recogni[sz]able p", "identifiable p", "private individual", "people/face", "person generation", "face generation", "%f[%a]faces?%f[%A]",
    "person/face" } },
  { "copyright", { "copyright", "trademark", "%f[%a]logo", "watermark", "intellectual property", "%f[%a]brand", "third%-party content",
    "third party content", "protected character", "%f[%a]ip infring", "recitation" } },
  { "adult", { "%f[%a]adult", "nudity", "%f[%a]nude", "sexual", "erotic", "porn", "nsfw", "explicit content", "explicit material" } },
  { "violence", { "violen[ct]", "%f[%a]gore", "%f[%a]gory", "graphic content", "self%-harm", "self harm", "suicide", "weapon", "blood",
    "terroris" } },
}

--- The category of refused content that a text tells.
---@param code string|nil
---@param plain string|nil as M.plain makes it
---@return string
function M.category(code, plain)
  for _, category in ipairs(categories) do
    if plain and has_any(plain, category[2]) then return category[1] end
  end
  return code and code:lower():find("nsfw", 1, true) and "adult" or "general"
end

local refusal = sorted { "moderation", "moderated", "%f[%a]flagged", "content polic", "usage polic", "usage guideline", "violat%a* .-polic",
  "violat%a* .-guideline", "violat%a* .-terms", "violat%a* .-practices", "violates our", "community guideline", "policy violation",
  "safety filter", "safety system", "safety check", "safety polic", "safety reason", "safety settings.-filter", "safety violation",
  "safety block", "blocked by .-safety", "rejected .-safety", "safety guideline", "responsible ai", "risk control", "risk_control",
  "sensitive content", "sensitive word", "sensitive information", "sensitive material", "new_sensitive", "sensitivecontent", "may contain sensitive",
  "contains sensitive", "inappropriate content", "inappropriate prompt", "inappropriate material", "prohibited content", "prohibited_content",
  "prohibited use", "disallowed content", "unsafe content", "unsafe image", "unsafe prompt", "nsfw", "explicit content", "content_policy",
  "contentpolicy", "content_filter", "content filter", "content violation", "content was blocked", "content blocked", "content is not allowed",
  "content not allowed", "prompt was blocked", "prompt is blocked", "prompt blocked", "prompt has been blocked", "image was blocked",
  "block_reason", "sentinel_block", "not allowed by our", "against our polic", "against our terms", "celebrit.-not allowed",
  "copyright restriction", "copyrighted", "intellectual property", "contains nudity", "real people .-not", "likeness", "minors",
  "public figure", "filtered out" }

-- Who was refused: what was made, or what was given.
local output = sorted { "generated", "%f[%a]output", "content moderated", "results? w[ae]", "filtered out %d", "resulting", "produced",
  "outputvideo", "outputimage" }
local input = sorted { "%f[%a]prompt", "%f[%a]input", "uploaded", "reference image", "your request", "request moderated", "provided", "seed image",
  "inputimage", "inputtext", "submitted" }

--- Whether a text speaks of refused content, and of which end: "withheld" (of what was made), "refused".
---@param plain string
---@param certain boolean whether the code says already that content was refused
---@return string|nil nil where it says nothing; of a certain refusal: nothing of which end
function M.refused(plain, certain)
  if not certain and not has_any(plain, refusal) then return nil end
  -- "the video generated from your prompt was flagged" is about the video
  if has_any(plain, output) then return "withheld" end
  if certain and not has_any(plain, input) then return nil end
  return "refused"
end

---- assets --------------------------------------------------------------------------------------------------------------------------

local assets = rows {
  { "bad_status", { "status code:? ?[345]%d%d", "http ?e?r?r?o?r?:? ?[345]%d%d", "returned [345]%d%d", "40[134]%D", "access denied", "url.-expired",
    "expired.-url" } },
  { "timeout", { "tim[ei]d? ?out" } },
  { "unreachable", { "transfer", "download", "fetch", "retrieve", "not accessible", "inaccessible", "unreachable", "could not be accessed",
    "unable to access", "cannot access", "not be reached" } },
  { "too_large", { "too large", "size exceeds", "size must", "size limit", "file size", "exceeds.-%d ?mb", "larger than %d+ ?mb", "maximum size" } },
  { "aspect_ratio", { "aspect ratio" } },
  { "dimensions", { "dimension", "width and height", "pixels", "%d ?px", "too small", "resolution", "width must", "height must", "megapixel" } },
  { "duration", { "duration", "too long", "too short", "seconds" } },
  { "corrupt", { "corrupt", "decode", "truncated", "damaged", "could not be read", "unreadable", "cannot identify" } },
  { "media_type", { "unsupported format", "unsupported image", "unsupported media", "unsupported file", "format not supported",
    "format is not supported", "not a supported format", "mime", "content%-type", "content type", "invalid format", "file type", "media type",
    "extension" } },
  { "invalid_uri", { "valid url", "invalid url", "malformed", "valid uuid", "invalid uuid", "data uri", "datauri", "base64" } },
}

--- What a text says is wrong with an asset.
---@param plain string
---@return string|nil the second part of an asset's class
function M.asset(plain)
  for _, trouble in ipairs(assets) do
    if has_any(plain, trouble[2]) then return trouble[1] end
  end
end

---- times and parameters ------------------------------------------------------------------------------------------------------------

local units = { s = 1, sec = 1, secs = 1, second = 1, seconds = 1, m = 60, min = 60, mins = 60, minute = 60, minutes = 60, h = 3600,
  hour = 3600, hours = 3600, ms = 0.001, millisecond = 0.001, milliseconds = 0.001 }
local waits = { "retry after:? (%d+%.?%d*) ?(%a*)", "retry in:? (%d+%.?%d*) ?(%a*)", "again in:? (%d+%.?%d*) ?(%a*)",
  "again after:? (%d+%.?%d*) ?(%a*)", "wait:? (%d+%.?%d*) ?(%a*)" }

--- Whether a text may tell a time to wait: a look that costs nothing.
---@param message string
---@return boolean
function M.may_wait(message)
  return (message:find("etry", 1, true) or message:find("gain", 1, true) or message:find("ait", 1, true)) ~= nil
end

--- Seconds to wait, told in words: "try again in 2 minutes".
---@param plain string
---@return number|nil seconds
function M.wait_in(plain)
  for _, pattern in ipairs(waits) do
    local amount, unit = plain:match(pattern)
    local factor = unit and (unit == "" and 1 or units[unit])
    if factor and tonumber(amount) then return tonumber(amount) * factor end
  end
end

local function named_in(said)
  if said:find("arameter", 1, true) then
    local name = said:match "[Pp]arameter [\"\\]*'([%w_.%[%]]+)'" or said:match "'([%w_.%[%]]+)'[\"\\]* [Pp]arameter"
      or said:match "[Vv]alue for ([%a][%w_.%[%]]+) [Pp]arameter"
    if name then return name end
  end
  return said:match "[Uu]se of [`'\"]([%a][%w_.%[%]]+)[`'\"]" or said:match "^([%l][%w_.%[%]]+) must " or said:match "^([%l][%w_.%[%]]+) is required"
end

--- The parameter a message or a code names: "Invalid value for 'width' parameter", "unsupported use of `fps`", invalidWidth.
---@param code string|nil
---@param message string|nil
---@return string|nil
function M.field_in(code, message)
  local name = message and named_in(message:sub(1, 300))
  if name then return name end
  local tail = code and (code:match "^invalid(%u%w+)$" or code:match "^missing(%u%w+)$" or code:match "^unsupported(%u%w+)$")
  if not tail or tail:find "^Provider" or tail:find "Parameters?$" or tail:find "Content$" or tail:find "%u%u" then return nil end
  return tail:sub(1, 1):lower() .. tail:sub(2)
end

return M
