--- Requests to providers over the engine. Everything here runs in a flow of the client and waits by yielding to it.
local cjson = require "cjson.safe"
local classify = require "retake.classify"

local M = {}

local json = cjson.new()
-- Only a matter of size: base64 is full of slashes. Older versions of lua-cjson cannot leave them alone.
if json.encode_escape_forward_slash then json.encode_escape_forward_slash(false) end

--- Seconds. A submission may carry megabytes, so `total` is generous; first_byte is what finds a silent provider.
M.default_timeout = { connect = 10, first_byte = 60, idle = 30, total = 300 }

local USER_AGENT = "retake (Lua)"

--- The name under which everything is asked for.
M.user_agent = USER_AGENT

--- Whether a base URL may be spoken to: https, or plain http to this machine only.
---@param url string
---@return boolean
function M.allowed_url(url)
  if type(url) ~= "string" then return false end
  local authority = url:match "^https?://([^/%s?#]+)"
  if not authority or authority:find "@" then return false end -- no user names in addresses: they would end up in messages
  if url:match "^https://" then return true end
  local host = url:match "^http://(%[[%x:]+%])[:/]?" or url:match "^http://([^/:%s@]+)[:/]?"
  return host == "localhost" or host == "[::1]" or host ~= nil and host:match "^127%.%d+%.%d+%.%d+$" ~= nil
end

--- Whether a URL leads to this machine: a stand-in for a provider is there.
---@param url string
---@return boolean
function M.is_local(url)
  local host = url:match "^https?://(%[[%x:]+%])" or url:match "^https?://([^/:]+)" or ""
  return host == "localhost" or host == "[::1]" or host:match "^127%.%d+%.%d+%.%d+$" ~= nil
end

--- Runs one transfer to its end.
---@param client table
---@param request table as engine:start takes it
---@return table outcome
function M.transfer(client, request)
  local id, reason = client.engine:start(request)
  if not id then return { kind = reason == "queue_full" and "connect" or "closed", sent = false, message = "not started: " .. tostring(reason) } end
  return client:wait_transfer(id)
end

local function new_header_lines(definition, settings, with_body, own)
  local lines = { "Accept: application/json" }
  if with_body then lines[#lines + 1] = "Content-Type: application/json" end
  if definition.auth and settings.key then
    lines[#lines + 1] = definition.auth.header .. ": " .. (definition.auth.prefix or "") .. settings.key
  end
  for _, headers in ipairs { definition.headers or {}, settings.headers or {}, own or {} } do
    for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  end
  return lines
end

-- Most calls have the same lines as the one before: they are made once for a client's settings.
local usual_lines = { [true] = setmetatable({}, { __mode = "k" }), [false] = setmetatable({}, { __mode = "k" }) }

local function header_lines(definition, settings, with_body, own)
  if settings.headers or own then return new_header_lines(definition, settings, with_body, own) end
  local usual = usual_lines[with_body][settings]
  if not usual then
    usual = new_header_lines(definition, settings, with_body)
    usual_lines[with_body][settings] = usual
  end
  return usual
end

--- The time-outs of a provider's calls, none longer than what is left of the job.
---@param settings table
---@param left number|nil seconds to the deadline
---@return table timeout to be read only
function M.timeout(settings, left)
  if not settings.timeout and (not left or left >= M.default_timeout.total) then return M.default_timeout end
  local timeout = {}
  for name, default in pairs(M.default_timeout) do
    local value = settings.timeout and settings.timeout[name] or default
    timeout[name] = left and math.min(value, math.max(left, 0.001)) or value
  end
  return timeout
end

-- A call to another host of the provider's (files) goes to this client's own address where one was set: a proxy, a stand-in.
local function base_of(definition, settings, call)
  if not call.base_url then return settings.base_url end
  return settings.upload_url or settings.base_url ~= definition.base_url and settings.base_url or call.base_url
end

--- Tells a call of a provider's API to those who count and watch.
---@param client table
---@param job table|nil that made it
---@param call { provider: string, operation: string, method: string, url: string, model: string|nil }
---@param began number
---@param outcome table
---@param fault userdata|nil
function M.note(client, job, call, began, outcome, fault)
  local ended = client.host.now()
  -- a poll that tells of a failed task went well itself
  local well = call.operation == "poll" and outcome.kind == "response" and (outcome.status or 0) < 400 and (not fault or not fault:is "network")
  if well then fault = nil end
  client.metrics_:called(call.provider, call.operation, fault and fault.class, ended - began)
  if client.spans_ then client.spans_:called(job, call, began, ended, outcome, fault) end
end

--- One call of a provider's API.
---@param client table
---@param call { provider: string, operation: string, method: string, path: string, base_url: string|nil, body: table|nil, parts: table|nil,
---  headers: table|nil, model: string|nil, task_id: string|nil, once: boolean|nil, left: number|nil }
---@return table|nil decoded body, userdata|nil fault, table outcome
function M.api(client, call)
  local definition, settings = client:provider(call.provider)
  local body = call.body and assert(json.encode(call.body))
  local url, began = base_of(definition, settings, call) .. call.path, client.host.now()
  local outcome = M.transfer(client, {
    method = call.method,
    url = url,
    headers = header_lines(definition, settings, body ~= nil, call.headers),
    body = body,
    parts = call.parts,
    once = call.once,
    timeout = M.timeout(settings, call.left),
    ca_file = settings.ca_file,
    proxy = settings.proxy,
    user_agent = USER_AGENT,
  })
  local fault = classify.classify {
    provider = call.provider, operation = call.operation, model = call.model, task_id = call.task_id,
    status = outcome.status, headers = outcome.headers, body = outcome.body, transport = outcome,
  }
  call.url = url
  M.note(client, client.flows[coroutine.running()], call, began, outcome, fault)
  return classify.decode(outcome.body), fault, outcome
end

--- Streams a URL into a file, without credentials: output hosts are not the provider's API.
---@param client table
---@param settings table the provider's
---@param url string
---@param path string
---@param left number|nil seconds to the deadline
---@return table outcome
function M.download(client, settings, url, path, left)
  local timeout = M.timeout(settings, left)
  timeout.total = left or 3600 -- a long video over a slow line is not a failure; `idle` finds a stalled one
  return M.transfer(client, {
    method = "GET", url = url, output = path, redirects = 3, timeout = timeout,
    ca_file = settings.ca_file, proxy = settings.proxy, user_agent = USER_AGENT,
  })
end

--- What asset.inspect asks URLs with: as a provider's fetcher asks, and only where the whole internet may. Credentials, proxies and
--- redirects have no part in it.
---@param client table
---@param settings { ca_file: string|nil }|nil
---@return fun(call: { method: string, url: string, user_agent: string|nil, range: string|nil, stop_after: number|nil, timeout: table,
---  allow_addresses: string[]|nil }): table fetch runs in a flow of the client and answers the outcome
function M.fetcher(client, settings)
  return function(call)
    return M.transfer(client, {
      method = call.method, url = call.url, user_agent = call.user_agent or USER_AGENT, range = call.range, stop_after = call.stop_after,
      timeout = call.timeout, guard = true, allow_addresses = call.allow_addresses, ca_file = settings and settings.ca_file,
    })
  end
end

--- Sends a file as the last part of a form, as storage services want it.
---@param client table
---@param settings table the provider's
---@param form { url: string, fields: table } fields as a list of { name, value }
---@param file { path: string|nil, data: string|nil, name: string, media_type: string|nil }
---@param left number|nil
---@return table outcome
function M.store(client, settings, form, file, left)
  local parts = {}
  for _, field in ipairs(form.fields) do parts[#parts + 1] = { name = field[1], value = field[2] } end
  parts[#parts + 1] = { name = "file", file = file.path, filename = file.name, type = file.media_type }
  return M.transfer(client, {
    method = "POST", url = form.url, parts = parts, timeout = M.timeout(settings, left),
    ca_file = settings.ca_file, proxy = settings.proxy, user_agent = USER_AGENT,
  })
end

return M
