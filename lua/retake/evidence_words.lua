--- What texts of errors say beside their meaning: codes, times to wait, parameters; the words of pages and of event streams.
local core = require "retake.core"

local M = {}

local find, sub, lower, gsub, match = string.find, string.sub, string.lower, string.gsub, string.match

-- Only the start of a text is searched by patterns: some of them would take longer than linear over a hostile one.
local WORDS_READ, PAGE_KEPT = 2000, 4096

---- codes -----------------------------------------------------------------------------------------------------------------------------

-- The first of the places where `mark` stands from which `pattern` (anchored) matches. Plain searches are many times as fast as patterns that
-- may begin anywhere.
local function after(said, mark, pattern)
  local at = 1
  for _ = 1, 8 do
    local _, stop = find(said, mark, at, true)
    if not stop then return nil end
    local found = match(sub(said, stop + 1, stop + 80), pattern)
    if found then return found end
    at = stop + 1
  end
end

local function exception_in(said)
  local at = find(said, "Exception", 1, true)
  return at and match(sub(said, math.max(at - 60, 1), at + 8), "(%u%w*)$") or nil
end

--- A code that stands in a text: "402 - Credits insufficient", "error code: 1033", "(ValidationException)", "StatusCode.PERMISSION_DENIED".
---@param message string
---@return string|nil code
function M.code_in(message)
  if #message > WORDS_READ then message = sub(message, 1, WORDS_READ) end
  return match(sub(message, 1, 100), "^%W*([45]%d%d)%f[%D]") or after(message, "rror occurred", "^ %((%w+)%)") or exception_in(message)
    or after(message, "StatusCode", "^%.([%u_]+)") or after(message, "ode", "^%s*[=:]%s*['\"]?([%w_%.%-]*[%w])")
    or after(message, "rror code", "^%s+['\"]?(%d[%w_%-]*)") or after(message, "rror Code", "^%s+['\"]?(%d[%w_%-]*)")
    or after(message, "HTTP", "^[%s/%d%.]-%s?([45]%d%d)%f[%D]") or after(message, "rror", "^:?%s+([45]%d%d)%f[%D]")
    or after(message, "tatus code", "^:?%s+([45]%d%d)%f[%D]")
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

-- What stands before a time to wait, a few words at most between.
local cues = { "after", "again in", "retry in", "retry_in", "wait", "available in", "reset", "retrydelay", "back off", "backoff", "in about",
  "expires in" }

-- The time that follows a cue; a number of something else ("after 3 attempts") is none.
local function wait_after(said, cue)
  local at = 1
  for _ = 1, 4 do
    local _, stop = find(said, cue, at, true)
    if not stop then return nil end
    local gap, rest = match(sub(said, stop + 1, stop + 90), "^([^%d,;.]*)(%d.*)$")
    if gap and #gap <= 32 then
      local date = match(rest, "^%d%d%d%d%-%d%d%-%d%d[t ]%d%d:%d%d:%d%d[%d%.]*[z+-]?[%d:]*")
      local wait = date and M.seconds_until(string.upper(date)) or not date and span(rest)
      if wait then return wait end
    end
    at = stop + 1
  end
end

local zh_units = { { "毫秒", 0.001 }, { "秒", 1 }, { "分", 60 }, { "小时", 3600 }, { "天", 86400 } }

-- "60秒后重试", "2个小时后": a number, a unit, and "after" soon after that.
local function chinese_wait(said)
  for _, unit in ipairs(zh_units) do
    local from, stop = find(said, unit[1], 1, true)
    if from and find(sub(said, stop + 1, stop + 12), "后", 1, true) then
      local amount = match(gsub(sub(said, math.max(from - 16, 1), from - 1), "个$", ""), "(%d+%.?%d*)%s*$")
      if amount then return tonumber(amount) * unit[2] end
    end
  end
end

--- Seconds to wait, in words: "retry after 30 seconds", "try again in 1h2m3s", "请60秒后重试".
---@param message string
---@return number|nil seconds
function M.wait_in(message)
  local said = lower(sub(message, 1, WORDS_READ))
  for index = 1, #cues do
    local wait = wait_after(said, cues[index])
    if wait then return wait end
  end
  return find(said, "后", 1, true) and chinese_wait(said) or nil
end

---- parameters ------------------------------------------------------------------------------------------------------------------------

-- What stands before the name of a parameter, and how the name goes on; names at the beginning of a text.
local mentions = { { "arameter", "^s?:?%s+['\"`]([%w_%.%[%]%-]+)['\"`]" }, { "nvalid value for", "^:?%s+['\"`]?([%w_%.%[%]%-]+)" },
  { "issing required parameter", "^s?:?%s+['\"`]?([%w_%.%[%]]+)" }, { "nvalid parameter", "^:?%s+['\"`]?([%w_%.%[%]]+)" },
  { "issing required field", "^:?%s+['\"`]?([%w_%.%[%]]+)" }, { "field", "^%s+['\"`]([%w_%.%[%]%-]+)['\"`]" }, { "#/", "^([%w_/]+):" },
  { "nvalid ", "^([%w_]+) parameter" }, { "参数", "^['\"`]?([%a][%w_%.]*)" } }
local openings = { "^['\"`]([%w_%.%[%]%-]+)['\"`] ", "^([%a][%w_%.%[%]]*) is required", "^([%a][%w_%.%[%]]*) must ", "^([%l][%w_%.%[%]]*):%s",
  "^([%a][%w_%.%[%]]*) should ", "^%* [%w_]+%.([%w_%.%[%]]+):" }
local no_parameter = { the = true, a = true, an = true, it = true, this = true, that = true, error = true, request = true, value = true,
  message = true,
  is = true, body = true, api = true, detail = true, key = true, you = true, input = true, one = true, http = true, https = true, json = true,
  field = true, parameter = true, code = true, status = true, for_ = true, of = true, in_ = true }

local quotes = { "'", "`", '"' }

local function is_parameter(name)
  return name and #name > 1 and not no_parameter[lower(name)] and not find(name, "^%d+$")
end

--- The parameter a text names.
---@param message string
---@return string|nil field
function M.field_in(message)
  local said = sub(message, 1, 400)
  local name
  for index = 1, #openings do
    name = match(said, openings[index])
    if is_parameter(name) then break end
    name = nil
  end
  for index = 1, name and 0 or #mentions do
    name = after(said, mentions[index][1], mentions[index][2])
    if is_parameter(name) then break end
    name = nil
  end
  for index = 1, name and 0 or #quotes do
    local at = find(said, quotes[index] .. " is ", 1, true)
    name = at and match(sub(said, math.max(at - 60, 1), at - 1), "['\"`]([%w_%.%[%]%-]+)$")
    if is_parameter(name) then break end
    name = nil
  end
  if not name then return nil end
  return (gsub(gsub(name, "/", "."), "[%.:]$", ""))
end

--- The id of a request that a text names: "(request id: 2024...)".
---@param message string
---@return string|nil
function M.request_id_in(message)
  if #message > WORDS_READ then message = sub(message, 1, WORDS_READ) end
  local at = 1
  for _ = 1, 8 do
    local from, to = find(message, "equest", at, true)
    if not from then from, to = find(message, "EQUEST", at, true) end
    if not from then return nil end
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
