--- What retake check found, as people read it: a page for each asset (what was asked, what came back, each check, the verdict, what helps),
-- a line each in the end; and as data.

local terminal = require "retake.cli.terminal"

local M = {}

---- what is shown of what others wrote ------------------------------------------------------------------------------------------------

local LONGEST_DATA_URI = 60
-- A value as long as this in a query is a signature, whatever its name.
local LONGEST_VALUE = 40

local function is_secret(name)
  name = name:lower()
  for _, part in ipairs { "sig", "token", "key", "secret", "pass", "cred", "auth", "policy", "jwt", "hmac" } do
    if name:find(part, 1, true) then return true end
  end
end

local function without_secrets(url)
  url = url:gsub("^(%s*%a[%w+.-]*://)[^/?#]*@", "%1...@")
  local plain, query = url:match "^([^?#]*%?)(.*)$"
  if not plain then return url end
  return plain .. query:gsub("([^=&#]*)=([^&#]*)", function(name, value)
    return name .. "=" .. ((is_secret(name) or #value >= LONGEST_VALUE) and "..." or value)
  end)
end

--- An asset as it was given, without what a log must not keep: user names and signatures of URLs, the bytes of a data URI.
---@param source string
---@return string
function M.shown(source)
  if source:find "^%s*[Dd][Aa][Tt][Aa]:" then
    if #source <= LONGEST_DATA_URI then return source end
    return source:sub(1, LONGEST_DATA_URI) .. ("... (%d characters)"):format(#source)
  end
  return without_secrets(source)
end

-- Headers that bear on the verdict, or tell whose server it is; cookies do not.
local telling = {}
for name in ([[content-type content-length content-range content-encoding content-disposition transfer-encoding accept-ranges location
  retry-after www-authenticate server via]]):gmatch "%S+" do telling[name] = true end

local function headers_of(outcome)
  local list = {}
  for _, line in ipairs(outcome.headers or {}) do
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    name = name and name:lower()
    if telling[name] then
      if name == "location" then value = value:gsub("[?#].*", "?..."):gsub("//[^/@]*@", "//") end
      list[#list + 1] = name .. ": " .. value
    end
  end
  return list
end

--- A request and what came of it, as data.
---@param call table method, user_agent, range
---@param outcome table of the engine
---@return table
function M.request(call, outcome)
  local answered = outcome.kind == "response"
  return {
    method = call.method, user_agent = call.user_agent, range = call.range, seconds = tonumber(("%.3f"):format(outcome.elapsed or 0)),
    status = answered and outcome.status or nil, http_version = answered and outcome.http_version or nil,
    bytes = #(outcome.body or ""), headers = headers_of(outcome),
    trouble = not answered and outcome.kind or nil, message = not answered and outcome.message or nil,
  }
end

---- the verdict -----------------------------------------------------------------------------------------------------------------------

local function warnings(report)
  local count = 0
  for _, step in ipairs(report.steps) do
    if step.outcome == "warn" then count = count + 1 end
  end
  return count
end

--- The verdict in a word or two. A URL that could not be asked for from here is not called usable.
---@param report table
---@return { word: string, unusable: boolean, warnings: integer }
function M.verdict(report)
  local count = warnings(report)
  if not report.ok then return { word = "not usable", unusable = true, warnings = count } end
  if report.source == "provider" then return { word = "not looked at", unusable = false, warnings = count } end
  if report.source == "url" and not report.response then return { word = "not looked at", unusable = true, warnings = count } end
  return { word = count > 0 and "usable, but" or "usable", unusable = false, warnings = count }
end

---- a page ----------------------------------------------------------------------------------------------------------------------------

-- A line, broken between words where a terminal is so wide; what follows stands below what stands behind the prefix.
local function wrapped(prefix, text, width)
  text = terminal.line(text)
  if not width or width < #prefix + 30 or #prefix + #text < width then return prefix .. text end
  local lines, line = {}, prefix
  for word in text:gmatch "%S+" do
    local begins = line == prefix or line:find "^%s+$"
    if not begins and #line + 1 + #word >= width then
      lines[#lines + 1] = line
      line, begins = (" "):rep(#prefix), true
    end
    line = line .. (begins and "" or " ") .. word
  end
  lines[#lines + 1] = line
  return table.concat(lines, "\n")
end

local marks = { pass = "ok", fail = "FAIL", warn = "warn", skip = "-" }

-- What the provider's own instructions tell people to look at, by hand and in this order.
local three = { status = "1.", ["content type"] = "2.", ["content length"] = "3." }

local function row(number, mark, name, text, width)
  return wrapped(("  %-2s %-4s  %-16s "):format(number or "", mark, name), text, width)
end

local function step_row(step, width)
  local text = step.outcome == "fail" and step.seen or step.detail or ""
  if text:find "^[%w-]+: $" then text = text .. "(none)" end
  return row(three[step.check], marks[step.outcome], step.check, text, width)
end

local function seconds(number)
  return number and (" (%.3f s)"):format(number) or ""
end

local function add_request(lines, request, width)
  local how = { request.user_agent and 'as "' .. request.user_agent .. '"' or "under a name of its own" }
  if request.range then how[#how + 1] = "Range: bytes=" .. request.range end
  lines[#lines + 1] = row(nil, ">", request.method, table.concat(how, ", "), width)
  if request.trouble then
    lines[#lines + 1] = row(nil, "<", "", ("no answer: %s%s"):format(request.message or request.trouble, seconds(request.seconds)), width)
    return
  end
  local status = ("HTTP/%s %d%s"):format(request.http_version or "?", request.status, seconds(request.seconds))
  if request.method ~= "HEAD" then status = status .. (", %d bytes read"):format(request.bytes) end
  lines[#lines + 1] = row(nil, "<", "", status, width)
  for _, header in ipairs(request.headers) do
    if request.method == "HEAD" or not header:find "^server:" and not header:find "^via:" then
      lines[#lines + 1] = row(nil, "<", "", header, width)
    end
  end
end

local function add_requests(lines, result, width)
  for _, request in ipairs(result.requests) do add_request(lines, request, width) end
end

local ways = { data_uri = "inside the request, as a data URI", upload = "by upload", as_is = "as it is" }

-- "image/png, 64x40, 418 bytes, as it is"
local function facts(report)
  local parts = { report.media_type }
  if report.width then parts[#parts + 1] = ("%.0fx%.0f"):format(report.width, report.height) end
  if report.duration then parts[#parts + 1] = ("%.3f s"):format(report.duration) end
  parts[#parts + 1] = report.codec
  if report.size then parts[#parts + 1] = ("%.0f bytes"):format(report.size) end
  parts[#parts + 1] = ways[report.delivery]
  return table.concat(parts, ", ")
end

local function aim(result, named)
  return named.target and (" for %s, field %s%s"):format(named.target, result.field, result.guessed and " (by its kind)" or "") or ""
end

local function verdict_line(result, named)
  local verdict, report = result.verdict, result.report
  if report.source == "provider" and report.ok then return "not looked at: the provider holds this file" end
  if verdict.word == "not looked at" then return "not looked at: it could not be asked for from here" end
  if verdict.unusable then return "NOT USABLE" .. aim(result, named) end
  local but = verdict.warnings > 0 and (", with %d warning%s"):format(verdict.warnings, verdict.warnings > 1 and "s" or "") or ""
  return "usable" .. aim(result, named) .. but .. ": " .. facts(report)
end

local function add_faults(lines, report, width)
  for _, fault in ipairs(report.faults) do
    lines[#lines + 1] = wrapped("     " .. fault.class .. ": ", fault.message or "", width)
    if fault.hint then lines[#lines + 1] = wrapped("       -> ", fault.hint, width) end
  end
end

--- The page of one asset: lines of text.
---@param result table asset, report, requests, verdict, field
---@param named { target: string|nil, brief: boolean|nil, width: integer|nil } width: of a terminal, whose lines are broken there
---@return string|nil page nil where all is well and it is to be brief
function M.page(result, named)
  if named.brief and not result.verdict.unusable and result.verdict.warnings == 0 then return nil end
  local lines, asked = { terminal.line(result.asset) }, false
  for _, step in ipairs(result.report.steps) do
    if not asked and (three[step.check] or step.check == "fetch") then -- where they were made
      asked = true
      add_requests(lines, result, named.width)
    end
    lines[#lines + 1] = step_row(step, named.width)
  end
  lines[#lines + 1] = wrapped("  ", verdict_line(result, named), named.width)
  add_faults(lines, result.report, named.width)
  return table.concat(lines, "\n") .. "\n"
end

--- One asset in a line: for one that is usable, where brevity is asked for.
---@param result table
---@param named table
---@return string
function M.line(result, named)
  return terminal.line(result.asset) .. ": " .. terminal.line(verdict_line(result, named))
end

---- all of them -----------------------------------------------------------------------------------------------------------------------

local function columns_of(result)
  local report = result.report
  local first = report.faults[1]
  return {
    result.verdict.unusable and result.verdict.word:upper() or result.verdict.word,
    report.media_type or "", report.width and ("%.0fx%.0f"):format(report.width, report.height) or "",
    report.duration and ("%.1f s"):format(report.duration) or "", report.size and ("%.0f"):format(report.size) or "",
    first and first.class or result.verdict.warnings > 0 and "warnings" or report.delivery and report.delivery:gsub("_", " ") or "",
    terminal.line(result.asset),
  }
end

local HEADINGS = { "VERDICT", "TYPE", "SIDES", "LENGTH", "BYTES", "HOW OR WHY", "ASSET" }
local RIGHT = { [4] = true, [5] = true }

--- A line for each asset, in columns; a column that nothing stands in is left out.
---@param results table[]
---@return string
function M.summary(results)
  local rows, widths = { HEADINGS }, {}
  for _, result in ipairs(results) do rows[#rows + 1] = columns_of(result) end
  for place = 1, #HEADINGS - 1 do
    local used = false
    for at = 2, #rows do
      widths[place] = math.max(widths[place] or #HEADINGS[place], #rows[at][place])
      used = used or rows[at][place] ~= ""
    end
    if not used then widths[place] = nil end
  end
  local lines = {}
  for at, cells in ipairs(rows) do
    local parts = {}
    for place = 1, #HEADINGS - 1 do
      local filling = widths[place] and (" "):rep(widths[place] - #cells[place])
      if filling then parts[#parts + 1] = RIGHT[place] and filling .. cells[place] or cells[place] .. filling end
    end
    parts[#parts + 1] = cells[#HEADINGS]
    lines[at] = table.concat(parts, "  ")
  end
  return table.concat(lines, "\n")
end

--- How many of how many.
---@param counts { done: integer, unusable: integer }
---@return string
function M.count(counts)
  return ("%d checked, %d not usable"):format(counts.done, counts.unusable)
end

---- as data ---------------------------------------------------------------------------------------------------------------------------

local plain = {
  "media_type", "kind", "size", "encoded_size", "width", "height", "orientation", "animated", "frames", "duration", "frame_rate", "codec",
  "video_codec", "audio_codec", "delivery", "response", "steps",
}

--- One asset for JSON.
---@param result table
---@return table
function M.record(result)
  local report = result.report
  local record = {
    asset = result.asset, field = result.field, source = report.source, ok = not result.verdict.unusable, verdict = result.verdict.word,
    requests = result.requests, faults = {},
  }
  if record.verdict == "usable, but" then record.verdict = "usable" end -- the warnings stand in the steps
  for _, name in ipairs(plain) do record[name] = report[name] end
  for place, fault in ipairs(report.faults) do record.faults[place] = fault:totable() end
  return record
end

return M
