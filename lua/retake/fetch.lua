--- A script's own calls over HTTP: of a service that a policy asks before it decides, for example. They run over the client's connections, so
-- that the job waits for them and nothing else does. No provider's key goes with them.
local cjson = require "cjson.safe"
local classify = require "retake.classify"
local core = require "retake.core"
local http = require "retake.http"

local M = {}

-- Seconds for the whole call, where nothing else is said: services that think take their time, and a person may wait behind them.
local TIMEOUT = 60

local kinds = { url = "string", method = "string", headers = "table", body = true, timeout = "number", ca_file = "string", proxy = "string" }

local function problem_with_fields(call)
  for name, value in pairs(call) do
    local kind = kinds[name]
    if not kind then return ("unknown field '%s'"):format(tostring(name)) end
    if kind ~= true and type(value) ~= kind then return ("%s has to be a %s"):format(name, kind) end
  end
  if not http.allowed_url(call.url) then return "a URL is needed: https, or http to this machine" end
  if call.method and not call.method:find "^%u+$" then return "the method is written in capitals" end
  if call.timeout and not (call.timeout > 0 and call.timeout < math.huge) then return "timeout is a number of seconds, over 0" end
end

-- A line break in a header would end up as a header of its own.
local function problem_with_headers(headers)
  for name, value in pairs(headers) do
    if type(name) ~= "string" or not name:find "^[%w!#$%%&'*+.^_`|~-]+$" then return tostring(name) .. " is no name of a header" end
    if type(value) ~= "string" or value:find "%c" then return ("the header %s has to be a line of text"):format(name) end
  end
end

-- The body as text, and whether it was made JSON here.
local function body_of(call, level)
  if type(call.body) ~= "table" then
    if call.body ~= nil and type(call.body) ~= "string" then error("fetch: the body is a text, or a table for JSON", level + 1) end
    return call.body, false
  end
  local text, trouble = cjson.encode(call.body)
  if not text then error("fetch: the body cannot be written as JSON: " .. tostring(trouble), level + 1) end
  return text, true
end

local function header_lines(headers, json)
  local lines, seen = {}, {}
  for name, value in pairs(headers or {}) do
    lines[#lines + 1] = name .. ": " .. value
    seen[name:lower()] = true
  end
  if json and not seen["content-type"] then lines[#lines + 1] = "Content-Type: application/json" end
  return lines
end

-- No longer than the job that asks has time.
local function timeout_of(client, seconds)
  local flow = coroutine.running() or false
  local called = client.called[flow]
  local job = client.flows[flow] or called and called.job
  local total = job and math.max(0.001, math.min(seconds, job:left())) or seconds
  return { connect = math.min(http.default_timeout.connect, total), first_byte = total, idle = total, total = total }
end

local function headers_of(outcome)
  local headers = {}
  for _, line in ipairs(outcome.headers or {}) do
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    if name then
      name = name:lower()
      headers[name] = headers[name] and headers[name] .. ", " .. value or value
    end
  end
  return headers
end

--- Makes a call and waits for its end.
---@param client table
---@param call table see client:fetch
---@param level integer of the caller
---@return table|nil answer, userdata|nil fault
function M.run(client, call, level)
  if type(call) ~= "table" then error("fetch needs a table with a url", level + 1) end
  local problem = problem_with_fields(call) or problem_with_headers(call.headers or {})
  if problem then error("fetch: " .. problem, level + 1) end
  local body, json = body_of(call, level + 1)
  local method = call.method or body and "POST" or "GET"
  local outcome
  client:call(function()
    outcome = http.transfer(client, {
      method = method, url = call.url, headers = header_lines(call.headers, json), body = body, timeout = timeout_of(client, call.timeout or TIMEOUT),
      once = method ~= "GET" and method ~= "HEAD", ca_file = call.ca_file, proxy = call.proxy, user_agent = http.user_agent,
    })
  end)
  if outcome.kind == "response" and outcome.status >= 200 and outcome.status < 300 then
    local decoded = cjson.decode(outcome.body)
    return { status = outcome.status, headers = headers_of(outcome), body = outcome.body, json = type(decoded) == "table" and decoded or nil }
  end
  return nil, classify.classify { status = outcome.status, headers = outcome.headers, body = outcome.body, transport = outcome }
    or core.fault { class = "unknown", message = "no answer that can be used", status = outcome.status }
end

return M
