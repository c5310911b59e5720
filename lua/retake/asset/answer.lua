-- answer.lua: what the answers of an asset's host mean: the status, the type and length in the headers, or why there was no answer.

local checks = require "retake.asset.checks"
local core = require "retake.core"
local delivery = require "retake.asset.delivery"
local reports = require "retake.asset.report"
local types = require "retake.asset.types"
local words = require "retake.asset.words"

local whole, say = words.whole, words.say
local step, fail = reports.step, reports.fail

local M = {}

--- The value of a header, nil where it is absent or empty.
---@param outcome table of the engine
---@param name string in lower case
---@return string?
function M.header(outcome, name)
  for _, line in ipairs(outcome.headers or {}) do
    local key, value = line:match "^([^:]+):%s*(.-)%s*$"
    if key and key:lower() == name then return value ~= "" and value or nil end
  end
end

-- 2^53: beyond it numbers are not whole ones any more, and no file is as long.
local MOST = 9007199254740992

--- A number of bytes as headers write it, nil where it is none.
function M.number(text)
  local number = tonumber((text or ""):match "^%d+$")
  return number and number < MOST and number or nil
end

--- The size of the file by the headers of an answer.
---@return number?
function M.length(outcome)
  if outcome.status == 206 or outcome.status == 416 then return M.number((M.header(outcome, "content-range") or ""):match "/(%d+)$") end
  return M.number(M.header(outcome, "content-length"))
end

-- Fails as report.fail does; the step also shows what was really received.
local function fail_seeing(seen, report, check, class, message, hint)
  local problem = fail(report, check, class, message, hint)
  report.steps[#report.steps].seen = seen
  return problem
end

local function seconds(number)
  return words.short(number) .. " s"
end

---- no answer --------------------------------------------------------------------------------------------------------------------

-- How each outcome of a transfer is told, and what helps; %s is what the transfer says.
local troubles = {
  blocked = { "asset.blocked_address", "blocked_address", "Put the file where the whole internet can reach it, or give the file itself." },
  timeout = { "asset.timeout", "timeout", "The host was too slow: %s. Give a smaller file, or put it on a faster host." },
  resolve = { "asset.unreachable", "unreachable", "The host's name cannot be resolved: check its spelling and its DNS records (%s)." },
  connect = { "asset.unreachable", "unreachable", "Nothing takes connections there: check the host and the port (%s)." },
  tls = { "asset.unreachable", "unreachable",
    "TLS failed: the certificate has to be valid, for that name, and sent with its whole chain (%s)." },
  interrupted = { "asset.unreachable", "unreachable", "The host closed the connection before it had answered (%s)." },
  protocol = { "asset.unreachable", "unreachable", "The host does not answer as HTTP asks for (%s)." },
  too_large = { "asset.unreachable", "unreachable", "The host does not answer as HTTP asks for (%s)." },
}

-- A body that ends before its Content-Length: libcurl's CURLE_PARTIAL_FILE.
local PARTIAL = 18

-- Providers tell a wrong length as they tell a great one.
local function wrong_length(report, limits, told, real)
  local most = delivery.limit_of(limits, "url", report.kind)
  local own = most and limits.words and limits.words.too_large
  local sentence, hint = say(nil, "wrong_length", whole(told), whole(real)), "Have the server send the file's true length."
  local message = own and say(limits, "too_large", words.megabytes(most, limits)) or sentence
  fail_seeing("content-length: " .. whole(told), report, "content length", "asset.too_large", message, own and sentence .. " " .. hint or hint)
end

--- A request that got no answer.
---@param outcome table of the engine
---@param fetching retake.asset.fetching
function M.trouble(report, limits, outcome, fetching)
  if outcome.kind == "response" then return M.bad_status(report, limits, outcome) end
  local message = tostring(outcome.message)
  local missing = fetching.told and outcome.status == 200 and outcome.curl_code == PARTIAL and message:match "(%d+) bytes remaining"
  if missing then return wrong_length(report, limits, fetching.told, fetching.told - missing) end
  local known = troubles[outcome.kind]
  if not known then -- nothing of the host's: this machine ran out of something, or the client was closed
    return step(report, "fetch", "skip", "it could not be fetched from here: " .. message)
  end
  if outcome.kind == "blocked" then message = message:gsub("^the host may not be connected to: ", "") end
  if outcome.kind == "timeout" and outcome.timeout ~= "connect" then message = "not finished within " .. seconds(fetching.timeout) end
  fail(report, "fetch", known[1], say(limits, known[2], message), (known[3]:gsub("%%s", (message:gsub("%%", "%%%%")))))
end

---- the status -------------------------------------------------------------------------------------------------------------------

local status_hints = {
  [401] = "The host asks for credentials: the URL has to be readable by everybody who has it.",
  [404] = "There is no file at that address.",
  [410] = "The file is gone from that address.",
  [429] = "The host limits requests: try again later, or put the file on another host.",
}

local function status_hint(outcome, limits)
  local status = outcome.status
  if status_hints[status] then return status_hints[status] end
  if status == 403 then
    return "The host refuses access: the link has to be public and not expired" .. (limits.user_agent
      and ', and a firewall has to let the User-Agent "' .. limits.user_agent .. '" pass.' or ".")
  end
  if status >= 500 then return "The host has trouble of its own: try again later, or put the file on another host." end
  return "The host has to answer 200."
end

local function status_line(outcome)
  return ("HTTP/%s %d"):format(outcome.http_version or "?", outcome.status)
end

--- An answer that holds no file.
function M.bad_status(report, limits, outcome, hint)
  local problem = fail_seeing(status_line(outcome), report, "status", "asset.bad_status", say(limits, "bad_status", outcome.status),
    hint or status_hint(outcome, limits))
  problem.status = outcome.status
end

-- To where a redirect leads, without what may be secret in it.
local function location(head)
  local place = M.header(head, "location")
  return place and (place:gsub("[?#].*", "?..."):gsub("//[^/@]*@", "//"))
end

local function check_redirect(report, limits, head)
  local place = report.response.location or "nowhere"
  if limits.redirects == 0 then
    M.bad_status(report, limits, head, "It redirects to " .. place .. ", and redirects are not followed: give that address.")
  else
    step(report, "status", "warn", status_line(head) .. ": it redirects to " .. place .. "; not every provider follows: give that address")
  end
end

local function check_refused_head(report, limits, head, got)
  local status = ("it answers GET with %d, but HEAD with %d"):format(got.status, head.status)
  if limits.needs_head then
    M.bad_status(report, limits, head, "The file is there, but the server refuses HEAD: " .. status
      .. ". Have it answer HEAD too; a URL that is signed for GET alone cannot be used.")
  else
    step(report, "status", "warn", status_line(got) .. "; the server refuses HEAD: " .. status)
  end
end

-- Whether there is a file to look at.
local function check_status(report, limits, head, got, kept)
  if head.status >= 300 and head.status < 400 then check_redirect(report, limits, head) return false end
  if head.status ~= 200 and not kept then M.bad_status(report, limits, head) return false end
  if head.status ~= 200 then
    check_refused_head(report, limits, head, got)
  elseif got.kind == "response" and not kept then
    M.bad_status(report, limits, got, ("HEAD is answered with 200, but GET with %d."):format(got.status))
    return false
  else
    step(report, "status", "pass", status_line(head))
  end
  return true
end

---- the type ---------------------------------------------------------------------------------------------------------------------

local generic = { ["application/octet-stream"] = true, ["binary/octet-stream"] = true }

local function have_it_send(limits, found)
  if found and types.is_allowed(limits, found) then return "The bytes are " .. found .. ": have the server send Content-Type: " .. found .. "." end
  return checks.type_hint(limits, found)
end

local function type_problem(limits, header, declared, found)
  if not header then return "content_type", "", have_it_send(limits, found) end
  if (limits.generic_types or generic)[declared] then return "content_type_generic", header, have_it_send(limits, found) end
  if types.is_allowed(limits, declared) then return nil end
  local leads_to = types.not_media[declared]
  return "content_type", header, leads_to and "The URL leads to " .. leads_to .. ", not to a file: take the link of the file itself."
    or have_it_send(limits, found)
end

-- Against the bytes, where some are at hand.
local function check_found(report, limits, header, declared, found)
  if not found then
    fail(report, "media type", "asset.media_type", say(limits, "declared_type", header, "of no known format"), checks.type_hint(limits))
  elseif types.canonical(declared) ~= report.media_type then
    fail(report, "media type", "asset.media_type", say(limits, "declared_type", header, found), have_it_send(limits, found))
  elseif not types.is_allowed(limits, report.media_type) then
    fail(report, "media type", "asset.media_type", say(limits, "media_type", report.media_type), checks.type_hint(limits, report.media_type))
  else
    step(report, "media type", "pass", report.media_type)
  end
end

local function check_type(report, limits, fetching, header, bytes)
  local found = bytes and #bytes > 0 and core.sniff(bytes) or nil
  local declared = header and header:match("^[^;%s]*"):lower()
  local name = declared and types.kind(declared) and declared or nil
  report.media_type = types.settle(name, found, (fetching.url:gsub("[?#].*", "")))
  report.kind = types.kind(report.media_type)
  local sentence, value, hint = type_problem(limits, header, declared, found)
  if sentence then
    fail_seeing("content-type: " .. (header or ""), report, "content type", "asset.media_type", say(limits, sentence, value), hint)
  else
    step(report, "content type", "pass", "content-type: " .. header)
    if bytes and #bytes > 0 then check_found(report, limits, header, declared, found) end
  end
end

---- the length -------------------------------------------------------------------------------------------------------------------

local function no_length_hint(shown, real)
  if (M.header(shown, "transfer-encoding") or ""):lower():find "chunked" then
    return "The server streams the file (Transfer-Encoding: chunked): have it send the length instead."
  end
  return "Have the server send it" .. (real and ": the file has " .. whole(real) .. " bytes." or ".")
end

---@return number? size
local function check_length(report, limits, shown, real)
  local told = M.length(shown)
  if not told then
    local hint = no_length_hint(shown, real)
    if limits.needs_length then fail_seeing("content-length: ", report, "content length", "asset.no_length", say(limits, "no_length"), hint)
    else step(report, "content length", "warn", say(nil, "no_length") .. " " .. hint) end
  elseif real and real ~= told then
    wrong_length(report, limits, told, real)
  else
    step(report, "content length", "pass", "content-length: " .. whole(told))
  end
  local size = real or told
  if size == 0 then
    fail(report, "size", "asset.corrupt", say(limits, "corrupt", "there is nothing in it"), "Was it written to its end?")
  elseif size then
    delivery.check_url(report, limits, size)
  end
  return size
end

---- all of it --------------------------------------------------------------------------------------------------------------------

local function note(report, fetching, shown, head, refuses_head)
  report.response = {
    status = head.status, http_version = head.http_version, content_type = M.header(shown, "content-type"), content_length = M.length(shown),
    location = location(head), server_refuses_head = refuses_head, server_refuses_range = fetching.refuses_range,
  }
end

--- The answers to the HEAD and to the first GET: what is wrong with them goes into the report.
---@param fetching retake.asset.fetching
---@param head table the outcome of the HEAD
---@param got table? of the first GET
---@param kept boolean? whether that one holds something of the file
---@return number? size of the file, where it is told
function M.judge(report, limits, fetching, head, got, kept)
  if head.kind ~= "response" then return M.trouble(report, limits, head, fetching) end
  local refuses_head = head.status ~= 200 and kept or nil
  local shown = refuses_head and got or head
  note(report, fetching, shown, head, refuses_head)
  if not check_status(report, limits, head, got, kept) then return nil end
  local first = kept and fetching.pieces[1].bytes
  check_type(report, limits, fetching, M.header(shown, "content-type"), first)
  local size = check_length(report, limits, shown, fetching.size)
  if fetching.refuses_range then step(report, "ranges", "warn", "the server sends no ranges: the file was read from its beginning") end
  fetching.told = M.length(shown)
  if not kept then M.trouble(report, limits, got, fetching) end
  return size
end

--- What the requests cost; half of the time that a provider takes is a warning, for it reads the whole file.
---@param fetching retake.asset.fetching
function M.cost(report, fetching)
  step(report, "time", fetching.spent > fetching.timeout / 2 and "warn" or "pass", ("%s for %d requests, %d bytes read; at most %s"):format(
    seconds(fetching.spent), fetching.reads + 1, fetching.bytes, seconds(fetching.timeout)))
end

return M
