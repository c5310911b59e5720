--- How a fault of the script is acted out on the socket. What a fault can say:
--
--   status, headers, body (text, or a table for JSON), retry_after (as it is), retry_after_date (seconds from now), delay (seconds)
--   action: reset         TCP RST, nothing answered            close        closed, nothing answered
--           silence       nothing, for `seconds` or until the client goes
--           stall, cut    the head and `bytes` of the body (half), then nothing more / closed (how = "reset": RST)
--           slow          the body in pieces of `chunk` bytes (64), `pause` seconds (0.1) apart
--           wrong_length  Content-Length off by `length` ("+10", "-5") or exactly `length`; default "+100"
--           bad_json      the body cut in half, Content-Length true to the half
--           html          an HTML page (status 502 unless given)
--           garbage       bytes that are not HTTP
--           close_after   the genuine answer, then the connection is closed unannounced
-- stall, slow, cut, wrong_length, bad_json and close_after spoil the genuine answer (the request is handled), unless status or body is given.

local cqueues = require "cqueues"
local json = require "retake.simulator.json"

local M = {}

local PAGE = "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n<body><center><h1>502 Bad Gateway</h1></center></body></html>\n"

local REASONS = {
  [200] = "OK", [204] = "No Content", [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [413] = "Content Too Large", [429] = "Too Many Requests", [500] = "Internal Server Error", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
}

---@param seconds number  from now
---@return string  as in a Date header
function M.http_date(seconds)
  local days = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
  local months = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }
  local t = os.date("!*t", math.floor(os.time() + seconds))
  return string.format("%s, %02d %s %d %02d:%02d:%02d GMT", days[t.wday], t.day, months[t.month], t.year, t.hour, t.min, t.sec)
end

local function as_text(value)
  if type(value) == "number" and value % 1 == 0 then return string.format("%.0f", value) end
  return tostring(value)
end

local function set_header(response, name, value)
  name = name:lower()
  for i = #response.headers, 1, -1 do
    if response.headers[i][1] == name then table.remove(response.headers, i) end
  end
  response.headers[#response.headers + 1] = { name, value }
end

local function default_body(plan, status)
  if plan.action == "html" then return PAGE, "text/html" end
  if status == 204 then return "", nil end
  return json.encode { error = REASONS[status] or "An unexpected error occurred." }, "application/json; charset=utf-8"
end

--- The answer that a fault leads to, before anything is done to the bytes.
---@param plan table
---@param genuine table?  what the service would have said; nil when the request was not handled
---@param blank fun(): table  makes an answer with the service's usual headers
---@return table response
function M.response(plan, genuine, blank)
  local response = genuine
  if plan.status or plan.body ~= nil or plan.action == "html" or not genuine then
    local status = plan.status or (plan.action == "html" and 502) or 200
    local body, media_type = plan.body, "application/json; charset=utf-8"
    if type(body) == "table" then body = json.encode(body) end
    if body == nil then body, media_type = default_body(plan, status) end
    if type(plan.body) == "string" and not plan.body:find("^%s*[{%[]") then
      media_type = plan.body:find("^%s*<") and "text/html" or "text/plain"
    end
    response = blank()
    response.status, response.body = status, body
    if media_type then set_header(response, "content-type", media_type) end
  end
  if plan.action == "bad_json" then response.body = response.body:sub(1, math.floor(#response.body / 2)) end
  for name, value in pairs(plan.headers or {}) do set_header(response, name, as_text(value)) end
  if plan.retry_after ~= nil then set_header(response, "retry-after", as_text(plan.retry_after)) end
  if plan.retry_after_date then set_header(response, "retry-after", M.http_date(plan.retry_after_date)) end
  return response
end

--- Whether the fault needs the bare socket; otherwise its response can be sent like any other.
---@param plan table
---@return boolean
function M.is_raw(plan)
  return plan.action ~= nil and plan.action ~= "bad_json" and plan.action ~= "html"
end

--- Takes the socket out of lua-http's hands: from here on nobody else writes to it.
local function seize(stream)
  stream.body_write_type = stream.body_write_type or "close" -- else the stream would answer 503 of its own accord
  local socket = stream.connection:take_socket()
  if socket then socket:onerror(function(_, _, why) return why end) end
  return socket
end

--- Closes with RST. cqueues has no setsockopt, so LuaSocket borrows the descriptor for that one call.
local function reset(socket)
  local carrier = require("socket").tcp()
  carrier:setfd(socket:pollfd())
  carrier:setoption("linger", { on = true, timeout = 0 })
  carrier:setfd(-1)
  socket:close()
end

--- Reads and drops what the client sends, until it goes or the time is over.
local function linger(socket, seconds)
  local deadline = seconds and cqueues.monotime() + seconds
  while true do
    local left = deadline and deadline - cqueues.monotime()
    if left and left <= 0 then return end
    if not socket:xread(-4096, left) then return end
  end
end

local function declared_length(plan, body)
  local length = plan.length or "+100"
  if type(length) == "number" then return length end
  local sign, amount = tostring(length):match("^([+-])(%d+)$")
  if not sign then return tonumber(length) or #body end
  return math.max(0, #body + (sign == "+" and 1 or -1) * tonumber(amount))
end

--- `is_last`: whether the client is told that the connection ends here; else it might send its next request into a closing one.
local function head(response, length, is_last)
  local lines = { string.format("HTTP/1.1 %d %s", response.status, REASONS[response.status] or "Unknown") }
  for _, header in ipairs(response.headers) do lines[#lines + 1] = header[1] .. ": " .. header[2] end
  if response.status ~= 204 then lines[#lines + 1] = string.format("content-length: %d", length) end
  if is_last then lines[#lines + 1] = "connection: close" end
  return table.concat(lines, "\r\n") .. "\r\n\r\n"
end

local ACTIONS = {}

function ACTIONS.reset(socket) reset(socket) end

function ACTIONS.close(socket) socket:shutdown "rw" end

function ACTIONS.silence(socket, _, plan) linger(socket, plan.seconds) end

function ACTIONS.garbage(socket)
  socket:xwrite("\0\1\2 this is not HTTP\r\n\r\n", "n", 10)
  socket:shutdown "rw"
end

local function write_part(socket, response, plan)
  local part = plan.bytes or math.floor(#response.body / 2)
  socket:xwrite(head(response, #response.body, true) .. response.body:sub(1, part), "n", 10)
end

function ACTIONS.stall(socket, response, plan)
  write_part(socket, response, plan)
  linger(socket, plan.seconds)
end

function ACTIONS.cut(socket, response, plan)
  write_part(socket, response, plan)
  if plan.how == "reset" then
    cqueues.sleep(0.02) -- lets the client read what was sent: a reset throws away what it has not
    return reset(socket)
  end
  socket:shutdown "rw"
end

function ACTIONS.slow(socket, response, plan)
  local size, body = math.max(1, plan.chunk or 64), response.body
  socket:xwrite(head(response, #body, true), "n", 10)
  for at = 1, #body, size do
    cqueues.sleep(plan.pause or 0.1)
    if not socket:xwrite(body:sub(at, at + size - 1), "n", 10) then return end
  end
  linger(socket, 1)
end

function ACTIONS.wrong_length(socket, response, plan)
  socket:xwrite(head(response, declared_length(plan, response.body), true) .. response.body, "n", 10)
  socket:shutdown "rw"
end

function ACTIONS.close_after(socket, response)
  socket:xwrite(head(response, #response.body) .. response.body, "n", 10)
  socket:shutdown "rw"
end

--- Acts a fault out; the connection is over afterwards.
---@param stream table  lua-http's
---@param response table
---@param plan table
function M.act(stream, response, plan)
  local socket = seize(stream)
  if not socket then return end
  ACTIONS[plan.action](socket, response, plan)
  socket:close()
end

return M
