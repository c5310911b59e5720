--- Plumbing: lua-http on cqueues. Turns a stream into a request table, asks the handler, and sends what it says.

local cqueues = require "cqueues"
local http_headers = require "http.headers"
local http_server = require "http.server"
local faults = require "retake.simulator.faults"

local M = {}

local BODY_CAP = 48 * 1024 * 1024
local PIECE = 64 * 1024
local IDLE = 600 -- seconds a kept-alive connection may rest: pauses between polls can be long

local function unescape(text)
  return (text:gsub("%+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function parse_query(text)
  local query = {}
  for name, value in (text or ""):gmatch("([^&=]+)=([^&]*)") do query[unescape(name)] = unescape(value) end
  return query
end

--- Reads the body whole, up to the cap; what lies beyond is read and dropped, so that the client can hear the refusal.
local function read_body(stream)
  local pieces, size = {}, 0
  while true do
    local chunk, reason = stream:get_next_chunk()
    if not chunk then
      if reason then return nil, size end
      return size <= BODY_CAP and table.concat(pieces) or nil, size
    end
    size = size + #chunk
    if size <= BODY_CAP then pieces[#pieces + 1] = chunk else pieces = {} end
  end
end

local function make_request(stream, headers, scheme)
  local target = headers:get ":path" or "/"
  local path, query = target:match("^([^?]*)%??(.*)$")
  return {
    method = headers:get ":method", path = path, query = parse_query(query), scheme = scheme, authority = headers:get ":authority" or "127.0.0.1",
    header = function(name) return headers:get(name) end,
    body = function() return read_body(stream) end,
    chunk = function() return stream:get_next_chunk() end,
  }
end

local function send(stream, request, response)
  local headers = http_headers.new()
  headers:append(":status", string.format("%d", response.status)) -- a number from JSON may be 429.0
  for _, header in ipairs(response.headers) do headers:append(header[1], header[2]) end
  local is_bare = response.status == 204 or response.status == 304
  if not is_bare then headers:append("content-length", string.format("%d", #response.body)) end
  if is_bare or request.method == "HEAD" or response.body == "" then return stream:write_headers(headers, true) end
  if stream:write_headers(headers, false) then stream:write_body_from_string(response.body) end
end

--- lua-http asks for all the rest of a body at once, and the socket makes room for as much as has come: a fast upload would be held
--- nearly whole. Small reads keep it a stream.
local function read_in_small_pieces(connection)
  function connection:read_body_by_length(length, timeout)
    return self.socket:xread(math.max(length, -PIECE), timeout)
  end
end

local function serve_stream(stream, handler, scheme)
  read_in_small_pieces(stream.connection)
  local headers = stream:get_headers()
  if not headers then return end
  if headers:get "expect" == "100-continue" then stream:write_continue() end
  local request = make_request(stream, headers, scheme)
  local response, plan = handler(request)
  if plan and plan.delay then cqueues.sleep(plan.delay) end
  if plan and faults.is_raw(plan) then return faults.act(stream, response, plan) end
  send(stream, request, response)
end

--- Clients leave in the middle of things all the time; only what is a fault of the simulator's own is worth a line.
local function report(_, _, operation, reason)
  if operation == "onstream" then io.stderr:write("retake simulator: ", tostring(reason), "\n") end
end

--- Listens.
---@param options table  { host =, port =, context = TLS context or nil, handler = function(request) -> response, fault plan or nil }
---@return table? server  lua-http's
---@return string|integer port_or_reason
function M.listen(options)
  local scheme = options.context and "https" or "http"
  local server, reason = http_server.listen {
    host = options.host, port = options.port, tls = options.context ~= nil, ctx = options.context, version = 1.1, reuseaddr = true,
    intra_stream_timeout = IDLE, connection_setup_timeout = IDLE, onerror = report,
    onstream = function(_, stream) serve_stream(stream, options.handler, scheme) end,
  }
  if not server then return nil, reason end
  local ok, why = server:listen()
  if not ok then return nil, why end
  local _, _, port = server:localname()
  return server, port
end

return M
