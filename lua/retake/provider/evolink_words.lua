--- What EvoLink's texts say beyond their codes: refused content and its category, what is wrong with an asset, times to wait, parameters.
-- Its messages for people often carry tips that name every possible cause; only the sentence about this failure may decide.
local core = require "retake.core"

local M = {}

local WORDS_READ = 800

-- Codes that mean moderation whatever the text says.
M.content_codes = {}
for code in ([[content_policy_violation content_filter sensitive_content moderation_blocked input_moderation_failed content_moderation
  sensitive_words_detected prompt_blocked content_violation safety_violation nsfw_detected risk_control output_moderation_failed
  moderation_failed content_blocked policy_violation responsible_ai_policy_violation data_inspection_failed
  datainspectionfailed]]):gmatch "%S+" do M.content_codes[code] = true end

-- Codes whose text may say which parameter or asset is meant; a code that is not here says enough.
local open_codes = {}
for code in ([[invalid_parameters invalid_parameter invalid_request invalid_media_url invalid_audio image_processing_error
  invalid_request_error unsupported_parameters request_too_large_error request_too_large bad_request_body bad_request 400 413 415 422
  40001 40002 40004 invalid_image invalid_video invalid_image_url 500 upstream_error bad_response_status_code
  fail_to_fetch_task]]):gmatch "%S+" do open_codes[code] = true end
-- Codes under which a refusal of content may hide.
local doubtful = {}
for code in ([[generation_failed_no_content unknown_error service_error invalid_parameters invalid_parameter invalid_request
  invalid_request_error image_processing_error upstream_error internal_error 400 403 422 500 502 bad_response bad_response_status_code
  permission_denied task_failed api_error]]):gmatch "%S+" do doubtful[code] = true end

-- The part of a text that is about this failure: what comes before the tips.
local tips = { "possible cause", "possible reason", "common reason", "common cause", "troubleshoot", "please check", "please ensure",
  "please make sure", "please try", "suggestion", "tips", "check:", "avoid ", "this may be", "this could be", "this usually", "may involve",
  "e%.g%.", "for example", "such as", "including", "\n%s*[%-%*•]", "\n%s*%d+[%.%)]", "可能原因", "常见原因", "建议", "请检查",
    "请确保" }

-- Plain words ("a.*b": one after the other) are searched for in C, all in one go; patterns are left to Lua.
local function compiled(list)
  local plain, patterns = {}, {}
  for _, word in ipairs(list) do
    local literal = word:gsub("%.%*", "\1"):gsub("%%([%-%.%(%)%%])", "%1")
    local rest = word:gsub("%.%*", ""):gsub("%%[%-%.%(%)%%]", "")
    if rest:find "[%^%$%(%)%%%.%[%]%*%+%-%?]" then patterns[#patterns + 1] = word else plain[#plain + 1] = literal:gsub("\1", "*") end
  end
  -- the class does not matter: what counts is whether one of the words is there
  return { words = plain, patterns = patterns, set = #plain > 0 and core.rules({ { class = "unknown", message = plain } }, "words") }
end

local function has_any(text, list)
  if list.set and list.set:match { findings = { { message = text } } } then return true end
  for _, pattern in ipairs(list.patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

tips = compiled(tips)

local function focus(lower)
  local best = #lower
  if not has_any(lower, tips) then return lower end
  for plain, list in pairs { [true] = tips.words, [false] = tips.patterns } do
    for _, tip in ipairs(list) do
      local at = lower:find(tip, 1, plain)
      if at and at > 12 and at - 1 < best then best = at - 1 end
    end
  end
  return lower:sub(1, best)
end

---- refused content -----------------------------------------------------------------------------------------------------------------

-- Gravest first: a text may hold several.
local categories = {
  { "minor", { "%f[%a]minors?%f[%A]", "child", "underage", "under%-age", "under 18", "csam", "未成年", "儿童" } },
  { "celebrity", { "celebrit", "public figure", "famous", "politician", "likeness", "well%-known p", "prominent p", "公众人物", "名人",
    "明星" } },
  { "person", { "real person", "real people", "photorealistic", "realistic person", "realistic people", "human face", "real face",
    "real human", "recognizable p", "identifiable p", "private individual", "real%-person", "face detected", "faces detected", "%f[%a]faces?%f[%A]",
    "真人", "人脸" } },
  { "copyright", { "copyright", "trademark", "%f[%a]logo", "watermark", "intellectual property", "%f[%a]brand", "third%-party content",
    "third party content", "third%-party", "protected character", "protected content", "%f[%a]ip infring", "版权", "商标", "水印",
      "侵权" } },
  { "adult", { "%f[%a]adult", "nudity", "%f[%a]nude", "sexual", "erotic", "porn", "nsfw", "explicit content", "explicit material",
    "色情", "裸露", "成人" } },
  { "violence", { "violen[ct]", "%f[%a]gore", "%f[%a]gory", "graphic content", "self%-harm", "self harm", "suicide", "weapon", "blood",
    "terroris", "暴力", "自残", "血腥" } },
}

local refusal = { "content polic", "content violat", "policy violation", "usage polic", "violat.*polic", "violates? our", "violat.*guideline",
  "violat.*terms", "community guidelines", "safety", "content filter", "content safety", "moderation", "moderated", "flagged as",
  "was flagged", "been flagged", "prohibited",
  "inappropriate", "disallowed", "sensitive content", "sensitive word", "sensitive information", "unsafe content", "nsfw", "not allowed content",
  "content not allowed", "content is not allowed", "content blocked", "content violation", "responsible ai", "risk control", "blocked by safety",
  "blocked by our", "photorealistic people", "celebrity detected", "nudity detected", "third%-party content violation", "contains? real p",
  "real people.*not", "real person.*not", "%f[%a]sensitive%f[%A]", "copyrighted", "违规", "敏感", "审核", "违反", "不合规", "风控",
    "安全策略" }

local output = { "output.*flagged", "generated.*flagged", "output.*moderat", "generated.*moderat", "output.*block", "generated.*block",
  "output.*violat", "generated.*violat", "output.*filter", "generated.*filter", "result.*flagged", "output.*sensitive", "generated.*sensitive",
  "output.*safety", "generated.*withheld", "输出.*违规", "生成.*违规", "输出.*敏感", "生成.*敏感" }
-- "request", "input", "prompt": what was given, although something generated is named as well
local input = { "prompt", "input", "your request", "uploaded", "reference image", "输入", "提示词" }

for _, category in ipairs(categories) do category[2] = compiled(category[2]) end
refusal, output, input = compiled(refusal), compiled(output), compiled(input)

local function categories_in(lower)
  local found = {}
  for _, category in ipairs(categories) do
    if has_any(lower, category[2]) then found[#found + 1] = category[1] end
  end
  return found
end

--- The category of refused content that a finding's type tells.
---@param kind string|nil the finding's type
---@return string|nil category nil where nothing was refused
function M.category(kind)
  if not kind or not (kind:find("refused", 1, true) or kind:find("withheld", 1, true)) then return nil end
  return kind:match "%.category_(%a+)" or "general"
end

-- A text that names three categories or more lists them all: that is a tip, not a finding.
local function category_of(lower)
  local found = categories_in(lower)
  if #found > 1 then
    local about = categories_in(focus(lower))
    if #about > 0 then found = about end
  end
  if #found == 0 or #found >= 3 then return "general" end
  return found[1]
end

---- assets --------------------------------------------------------------------------------------------------------------------------

local assets = {
  { "bad_status", { "not found%)", "could not be fetched %(", "fetch.*http %d", "download.*http %d", "status code:? %d",
    "http status", "returned %d%d%d",
    "fetch.*40[134]", "download.*40[134]", "fetch.*403", "access denied", "forbidden", "link.*expired", "url.*expired", "expired.*url" } },
  { "timeout", { "time.*out.*download", "time.*out.*fetch", "download.*tim[ei]", "fetch.*timed? ?out", "下载超时" } },
  { "unreachable", { "could not be fetched", "cannot be fetched", "could not fetch", "failed to fetch", "unable to fetch", "failed to download",
    "could not download", "could not be downloaded", "cannot download", "unable to download", "download failed", "download error", "inaccessible",
    "not accessible", "unreachable", "cannot access", "unable to access", "failed to load image", "failed to get image", "error downloading",
    "下载失败", "无法访问", "无法下载" } },
  { "invalid_uri", { "invalid url", "invalid image url", "invalid media url", "malformed url", "url.*invalid", "not a valid url",
    "invalid data uri", "invalid base64", "must be a valid url" } },
  { "insecure_url", { "must be https", "only https", "https only" } },
  { "too_large", { "file size exceeds", "size exceeds", "file too large", "image too large", "image file too large", "file is too large",
    "image is too large", "exceeds.*%d%s*mb", "larger than %d+%s*mb", "exceeds the maximum size", "exceeds.*file size", "文件过大",
      "超过.*mb" } },
  { "mismatch", { "does not match.*aspect", "don.t match.*dimension", "dimensions? do.* not match", "dimensions? mismatch",
    "dimensions? don.t match", "must match the requested", "inpaint image must match", "does not match the requested" } },
  { "aspect_ratio", { "image aspect ratio", "aspect ratio of the image", "image.*aspect ratio", "aspect ratio must be between",
    "aspect ratio.*out of range",
    "width/height ratio", "宽高比" } },
  { "dimensions", { "dimensions? must", "image dimension", "dimensions.*between", "dimensions? out of range", "width.*height.*between",
    "width and height", "image width", "image height", "resolution.*too", "image.*too small", "minimum.*pixel", "maximum.*pixel", "%d+%s*px",
    "at least %d+x%d+", "图片尺寸" } },
  { "duration", { "video file duration", "input video.*duration", "duration of the input", "uploaded video.*second", "reference video.*second",
    "audio duration", "video is too long", "video too long", "video is too short", "video too short", "audio is too long", "audio.*too short" } },
  { "media_type", { "unsupported file type", "unsupported file", "unsupported format", "unsupported image", "unsupported video",
    "unsupported audio", "unsupported media", "format.*not supported", "format is not supported", "unsupported.*mime", "invalid image format",
    "invalid file type", "file type not allowed", "type not allowed", "heic", "avif", "mime type", "content type", "不支持的.*格式",
      "格式不支持",
    "文件类型" } },
  { "corrupt", { "corrupt", "could not be decoded", "cannot decode", "failed to decode", "decode.*image", "cannot identify image", "truncated",
    "damaged", "not a valid image", "invalid image data", "损坏" } },
}

local all_assets = {}
for _, trouble in ipairs(assets) do
  for _, word in ipairs(trouble[2]) do all_assets[#all_assets + 1] = word end
  trouble[2] = compiled(trouble[2])
end
all_assets = compiled(all_assets)

-- What the text says is wrong with an asset; nil where it says nothing or lists everything that can be.
local function asset_trouble(lower)
  local found
  local count = 0
  for _, trouble in ipairs(assets) do
    if has_any(lower, trouble[2]) then
      found = found or trouble[1]
      count = count + 1
    end
  end
  return found, count
end

---- the whole -----------------------------------------------------------------------------------------------------------------------

--- What a text tells, as one more part of a finding's type: "refused.category_person" (content), "withheld...." (the output's content),
--- "asset.unreachable".
---@param code string|nil
---@param message string|nil
---@return string|nil
function M.told(code, message)
  local lower_code = code and code:lower()
  local certain = lower_code and M.content_codes[lower_code]
  if not message then return certain and "refused.category_general" or nil end
  -- a sentence that holds another failure's exact code needs no words looked for; no `.*` runs over a long hostile text either
  local known = lower_code and not doubtful[lower_code] and not open_codes[lower_code] and M.exact_codes[lower_code]
  if known and not certain then return nil end
  local lower = message:sub(1, WORDS_READ):lower()
  -- the tips are only looked for where there is something to set them apart from
  if certain or has_any(lower, refusal) and has_any(focus(lower), refusal) then
    local made = has_any(lower, output) and has_any(focus(lower), output) and not has_any(focus(lower), input)
    return (made and "withheld" or "refused") .. ".category_" .. category_of(lower)
  end
  local open = not lower_code or open_codes[lower_code] or not M.exact_codes[lower_code]
  if not open or not has_any(lower, all_assets) then return nil end
  local trouble, count = asset_trouble(focus(lower))
  return trouble and count <= 2 and "asset." .. trouble or nil
end

--- Codes with a meaning of their own; filled by evolink_rules.lua from its rules.
M.exact_codes = {}

local units = { s = 1, sec = 1, secs = 1, second = 1, seconds = 1, m = 60, min = 60, mins = 60, minute = 60, minutes = 60, h = 3600,
  hr = 3600, hour = 3600, hours = 3600, ms = 0.001, millisecond = 0.001, milliseconds = 0.001 }
local waits = { "retry after:?%s*(%d+%.?%d*)%s*(%a*)", "retry in:?%s*(%d+%.?%d*)%s*(%a*)", "again in:?%s*(%d+%.?%d*)%s*(%a*)",
  "again after:?%s*(%d+%.?%d*)%s*(%a*)", "wait:?%s*(%d+%.?%d*)%s*(%a*)", "wait%s+%a*%s*%a*%s*(%d+%.?%d*)%s*(%a*)" }

--- Seconds to wait, in words: "retry after 60 seconds", "wait 30-60 seconds" (the first), "try again in 2 minutes".
---@param said string
---@return number|nil seconds
function M.wait_in(said)
  local lower = said:sub(1, WORDS_READ):lower()
  if not (lower:find("retry", 1, true) or lower:find("again", 1, true) or lower:find("wait", 1, true)) then return nil end
  lower = lower:gsub("–", "-"):gsub("(%d)%s*[%-~]%s*%d+%s*(%a)", "%1 %2") -- a range asks for its lower end at least
  for _, pattern in ipairs(waits) do
    local amount, unit = lower:match(pattern)
    local factor = unit and (unit == "" and 1 or units[unit])
    if factor and tonumber(amount) then return tonumber(amount) * factor end
  end
end

-- Hours east of Greenwich of zones without summer time; of others the midnight cannot be told without a table of zones.
local zones = { utc = 0, gmt = 0, z = 0, ["etc/utc"] = 0, ["etc/gmt"] = 0, ["asia/shanghai"] = 8, ["asia/hong_kong"] = 8, ["asia/singapore"] = 8,
  ["asia/taipei"] = 8, ["asia/tokyo"] = 9, ["asia/seoul"] = 9, ["asia/kolkata"] = 5.5, ["asia/dubai"] = 4, ["asia/bangkok"] = 7 }

--- Seconds to the next midnight of a time zone, when a key's daily budget is renewed.
---@param zone any as the error's reset_timezone gives it
---@param now number seconds since 1970
---@return number|nil seconds nil where the zone is not known
function M.to_midnight(zone, now)
  if type(zone) ~= "string" or #zone > 64 then return nil end
  local lower = zone:lower()
  local hours = zones[lower]
  if not hours then
    local sign, whole, part = lower:match "^[utcgm]*([+-])(%d%d?):?(%d?%d?)$"
    hours = whole and (tonumber(whole) + (tonumber(part) or 0) / 60) * (sign == "-" and -1 or 1)
  end
  if not hours or hours < -14 or hours > 14 then return nil end
  return 86400 - (now + hours * 3600) % 86400
end

local fields = {}
for name in ([[prompt negative_prompt duration aspect_ratio size quality resolution image_urls image_url image_start image_end video_urls
  video_url audio_urls mask_url n seed model style title custom_mode instrumental callback_url task_id generate_audio
  negative_tags task_ids]]):gmatch "%S+" do fields[name] = true end

local mentions = { "%f[%a_]([%a_]+) must ", "%f[%a_]([%a_]+) is required", "[Ii]nvalid ([%a_]+) parameter",
  "[Pp]arameter:?%s+['\"`]?([%a_]+)", "['\"`]([%a_%.%[%]%d]+)['\"`]", "^([%a_]+) is required",
  "^([%a_]+) must", "^([%a_]+):%s", "[Ii]nvalid ([%a_]+)", "[Mm]issing ([%a_]+)", "field:?%s+['\"`]?([%a_]+)", "%f[%a_]([%a_]+)=" }

--- The parameter a message names, where it names one that EvoLink has.
---@param code string|nil
---@param message string|nil
---@return string|nil
function M.field_in(code, message)
  local lower_code = code and code:lower()
  if not message or lower_code and M.exact_codes[lower_code] and not open_codes[lower_code] then return nil end
  local said = message:sub(1, 300)
  for _, pattern in ipairs(mentions) do
    local name = said:match(pattern)
    if name and (fields[name] or name:match "^([%a_]+)[%.%[]" and fields[name:match "^([%a_]+)"]) then return name end
  end
  local lower = said:lower()
  if lower:find("prompt is too long", 1, true) or lower:find("prompt too long", 1, true) then return "prompt" end
  if lower:find("video duration", 1, true) then return "duration" end
end

--- An error told as JSON inside a text. Read by pattern: the text may be cut short.
---@param message string|nil
---@return string|nil code, string|nil message
function M.nested(message)
  local inside = message and message:match "{.*"
  if not inside then return nil end
  inside = inside:sub(1, 2000)
  local code = inside:match '\\?"code\\?"%s*:%s*\\?"?([%w_.%-]+)' or inside:match '\\?"status\\?"%s*:%s*\\?"([%w_.%-]+)'
  local said = inside:match '"message"%s*:%s*"([^"]*)"' or inside:match '\\"message\\"%s*:%s*\\"(.-)\\"'
  return code or said and "nested", said
end

return M
