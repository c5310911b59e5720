--- What texts of errors say beside their meaning: codes, times to wait, parameters; the words of pages and of event streams.
local core = require "retake.core"

local M = {}

local find, sub, lower, gsub, match = string.find, string.sub, string.lower, string.gsub, string.match

-- Only the start of a text is searched by patterns: some of them would take longer than linear over a hostile one.
local WORDS_READ, PAGE_KEPT = 2000, 4096

---- codes -----------------------------------------------------------------------------------------------------------------------------

--- A code that stands in a text: "402 - Credits insufficient", "error code: 1033", "(ValidationException)", "StatusCode.PERMISSION_DENIED".
---@param message string
---@return string|nil code
function M.code_in(message)
  local status = match(message, "^%W*([45]%d%d)%f[%D]")
  if status then return status end
  local at = find(message, "ode", 1, true) or find(message, "xception", 1, true) or find(message, "rror ", 1, true) or find(message, "HTTP", 1, true)
  if not at or at > WORDS_READ then return nil end
  local said = sub(message, 1, WORDS_READ)
  return match(said, "[Ee]rror occurred %((%w+)%)") or match(said, "%f[%w](%u[%w]*Exception)%f[%W]") or match(said, "StatusCode%.([%u_]+)")
    or match(said, "%f[%a][Cc]ode[%s]*[=:]%s*['\"]?([%w_%.%-]*[%w])") or match(said, "[Ee]rror [Cc]ode%s+['\"]?(%d[%w_%-]*)")
    or match(said, "HTTP[%s/%d%.]*%s([45]%d%d)%f[%D]") or match(said, "[Ee]rror:?%s+([45]%d%d)%f[%D]")
    or match(said, "[Ss]tatus [Cc]ode:?%s+([45]%d%d)%f[%D]")
end

---- times -----------------------------------------------------------------------------------------------------------------------------

local units = { ms = 0.001, millisecond = 0.001, milliseconds = 0.001, msec = 0.001, s = 1, sec = 1, secs = 1, second = 1, seconds = 1, m = 60,
  min = 60, mins = 60, minute = 60, minutes = 60, h = 3600, hr = 3600, hrs = 3600, hour = 3600, hours = 3600, d = 86400, day = 86400, days = 86400,
  ["秒"] = 1, ["秒钟"] = 1, ["分"] = 60, ["分钟"] = 60, ["小时"] = 3600, ["毫秒"] = 0.001, ["天"] = 86400 }

-- "1h2m3.5s", "6m0s", "2 minutes", "90": nil where it is no span.
local function span(said)
  local total, at, pieces = 0, 1, 0
  while pieces < 5 do
    local from, to, amount, unit = find(said, "^%s*,?%s*a?n?d?%s*(%d+%.?%d*)%s*(%a*)", at)
    if not from then break end
    local factor = units[unit] or unit == "" and pieces == 0 and 1
    if not factor then
      if pieces == 0 then return nil end
      break
    end
    total, at, pieces = total + tonumber(amount) * factor, to + 1, pieces + 1
    if unit == "" then break end
  end
  return pieces > 0 and total or nil
end

--- Seconds, from a number or a span ("30s", "1m30s"); nil from anything else.
---@param value any
---@return number|nil seconds
function M.seconds(value)
  if type(value) == "table" then value = value.seconds end -- google.protobuf.Duration
  if type(value) == "number" then
    if value ~= value or value < 0 then return nil end
    return value > 1e9 and M.seconds_until(value) or value -- a time of day, not a span
  end
  if type(value) ~= "string" or #value > 60 then return nil end
  return span(lower(value)) or M.seconds_until(value)
end

-- Seconds since 1970 of a date in UTC, by the days of the civil calendar.
local function epoch(year, month, day, hour, minute, second)
  year = month <= 2 and year - 1 or year
  local era = math.floor(year / 400)
  local of_era = year - era * 400
  local of_year = math.floor((153 * (month + (month > 2 and -3 or 9)) + 2) / 5) + day - 1
  local days = era * 146097 + of_era * 365 + math.floor(of_era / 4) - math.floor(of_era / 100) + of_year - 719468
  return days * 86400 + hour * 3600 + minute * 60 + second
end

--- Seconds until a time: seconds or milliseconds since 1970, or a date as ISO 8601 or HTTP write it. Not negative; nil where it is no time.
---@param value any
---@return number|nil seconds
function M.seconds_until(value)
  local number = tonumber(value)
  if number then
    if number ~= number or number < 0 or number > 1e14 then return nil end
    if number > 1e11 then number = number / 1000 end
    return number > 1e9 and math.max(number - core.clock(), 0) or number
  end
  if type(value) ~= "string" or #value > 60 then return nil end
  local year, month, day, hour, minute, second, zone = match(value, "(%d%d%d%d)%-(%d%d)%-(%d%d)[T ](%d%d):(%d%d):(%d%d)%.?%d*%s*([Zz+-]?[%d:]*)")
  if not year then return core.retry_after(value, nil, core.clock()) end
  local at = epoch(tonumber(year), tonumber(month), tonumber(day), tonumber(hour), tonumber(minute), tonumber(second))
  local sign, hours, minutes = match(zone, "^([+-])(%d%d):?(%d?%d?)$")
  if sign then at = at - (sign == "-" and -1 or 1) * (tonumber(hours) * 3600 + (tonumber(minutes) or 0) * 60) end
  return math.max(at - core.clock(), 0)
end

local cues = { "retry after", "retry again after", "retry again in", "retry in", "again in", "again after", "wait for", "wait at least",
  "please wait",
  "wait ", "available in", "resets in", "reset in", "reset after", "resets after", "retry-after", "retry_after", "retryafter", "retrydelay",
  "retry your request after", "backoff for", "back off for", "in about", "expires in" }

local function wait_after(said, at)
  local from = find(said, "[%d]", at)
  if not from or from - at > 24 then return nil end
  local date = match(sub(said, from, from + 40), "^%d%d%d%d%-%d%d%-%d%dt%d%d:%d%d:%d%d[%d%.]*[z+-]?[%d:]*")
  if date then return M.seconds_until(string.upper(date)) end
  return span(sub(said, from, from + 60))
end

--- Seconds to wait, in words: "retry after 30 seconds", "try again in 1h2m3s", "请60秒后重试".
---@param message string
---@return number|nil seconds
function M.wait_in(message)
  local said = lower(sub(message, 1, WORDS_READ))
  for _, cue in ipairs(cues) do
    local _, stop = find(said, cue, 1, true)
    local wait = stop and wait_after(said, stop + 1)
    if wait then return wait end
  end
  for _, unit in ipairs { "毫秒", "秒", "分", "小时", "天" } do
    local _, stop, amount = find(said, "(%d+)%s*" .. unit)
    if not stop then _, stop, amount = find(said, "(%d+)%s*个" .. unit) end
    if stop and find(sub(said, stop + 1, stop + 12), "后", 1, true) then return tonumber(amount) * units[unit] end
  end
end

---- parameters ------------------------------------------------------------------------------------------------------------------------

local mentions = { "[Pp]arameter:?%s+['\"`]([%w_%.%[%]%-]+)['\"`]", "[Ii]nvalid value for:?%s+['\"`]?([%w_%.%[%]%-]+)",
  "['\"`]([%w_%.%[%]%-]+)['\"`] is ",
  "[Mm]issing required parameters?:?%s+['\"`]?([%w_%.%[%]]+)", "[Ii]nvalid parameter:?%s+['\"`]?([%w_%.%[%]]+)", "[Ii]nvalid ([%w_]+) parameter",
  "[Mm]issing required field:?%s+['\"`]?([%w_%.%[%]]+)", "field ['\"`]([%w_%.%[%]%-]+)['\"`]", "^([%a][%w_%.%[%]]*) is required",
  "^([%a][%w_%.%[%]]*) must ",
  "^([%l][%w_%.%[%]]*):%s", "^([%a][%w_%.%[%]]*) should ", "^%* [%w_]+%.([%w_%.%[%]]+):", "#/([%w_/]+):", "参数['\"`]?([%a][%w_%.]*)" }
local no_parameter = { the = true, a = true, an = true, it = true, this = true, that = true, error = true, request = true, value = true,
  message = true,
  is = true, body = true, api = true, detail = true, key = true, you = true, input = true, one = true, http = true, https = true, json = true,
  field = true, parameter = true, code = true, status = true, for_ = true, of = true, in_ = true }

--- The parameter a text names.
---@param message string
---@return string|nil field
function M.field_in(message)
  local said = sub(message, 1, 400)
  for _, pattern in ipairs(mentions) do
    local name = match(said, pattern)
    if name and #name > 1 and not no_parameter[lower(name)] and not find(name, "^%d+$") then return (gsub(gsub(name, "/", "."), "%.$", "")) end
  end
end

--- The id of a request that a text names: "(request id: 2024...)".
---@param message string
---@return string|nil
function M.request_id_in(message)
  local at = 1
  for _ = 1, 8 do
    local from, to = find(message, "equest", at, true)
    if not from then from, to = find(message, "EQUEST", at, true) end
    if not from or from > WORDS_READ then return nil end
    local id = match(sub(message, to + 1, to + 120), "^[ _%-]?[Ii][Dd]%s*[:=]?%s*['\"]?([%w][%w_%-=]+)")
    if id and #id >= 6 then return id end
    at = to + 1
  end
end

---- pages and streams -------------------------------------------------------------------------------------------------------------------

-- What stands between <name ...> and the next tag. By plain searches: a pattern over a page of "<<<<" would take its length squared.
local function element(page, folded, name)
  local from = 1
  while true do
    local open, stop = find(folded, "<" .. name, from, true)
    if not open then return nil end
    if find(folded, "^[%s>]", stop + 1) then
      local inner = find(page, ">", stop, true)
      local close = inner and find(folded, "</" .. name, inner, true)
      if not inner then return nil end
      local words = gsub(gsub(sub(page, inner + 1, (close or inner + 400) - 1), "<[^<>]*>", " "), "%s+", " ")
      words = match(words, "^%s*(.-)%s*$")
      return words ~= "" and words or nil
    end
    from = stop + 1
  end
end

local entities = { amp = "&", lt = "<", gt = ">", quot = '"', nbsp = " ", ["#39"] = "'", ["#x27"] = "'" }

--- The words of a page meant for a browser: its title and headings, else all there are.
---@param page string
---@return string|nil message
function M.page(page)
  local folded = lower(page)
  local said, seen = {}, {}
  for _, name in ipairs { "title", "h1", "h2" } do
    local words = element(page, folded, name)
    if words and not seen[words] then
      seen[words] = true
      said[#said + 1] = sub(words, 1, 600)
    end
  end
  local cloudflare = match(folded, "errorcode_(%d+)") or match(folded, "error code[^%d<]*(%d%d%d%d?)%f[%D]")
    or match(folded, "cf%-error%-code\">(%d+)")
  -- S3 and others answer in XML
  local code = element(page, folded, "code")
  local message = element(page, folded, "message")
  if code or message then said = { code, message } if not code then said = { message } end end
  if #said == 0 then
    local words = gsub(gsub(sub(page, 1, 16384), "<[^<>]*>", " "), "%s+", " ")
    words = match(words, "^%s*(.-)%s*$")
    if words ~= "" then said[1] = words end
  end
  if cloudflare then said[#said + 1] = "error code: " .. cloudflare end
  if #said == 0 then return nil end
  return sub(gsub(table.concat(said, " - "), "&(#?%w+);", entities), 1, PAGE_KEPT)
end

--- Whether a text is a stream of server-sent events.
---@param said string
---@return boolean
function M.is_stream(said)
  return find(said, "^data:") ~= nil or find(said, "^event:") ~= nil or find(said, "^:[^\n]*\n") ~= nil or find(said, "^id:[^\n]*\n[ed]") ~= nil
end

--- What the lines of a stream of events carry; nothing where the text is no stream.
---@param said string
---@return fun(): string|nil
function M.events(said)
  local at, lines = 1, 0
  if not M.is_stream(said) then return function() end end
  return function()
    while at <= #said and lines < 512 do
      local stop = find(said, "\n", at, true) or #said + 1
      local line = sub(said, at, stop - 1)
      at, lines = stop + 1, lines + 1
      local data = match(line, "^data:%s?([^\r]*)")
      if data then return data end
    end
  end
end

return M
