--- What the simulator's own specs send it: whole requests through LuaSocket, bare ones through cqueues (which tells a reset from an end).

local json = require "cjson"
local cqueues_errno = require "cqueues.errno"
local cqueues_socket = require "cqueues.socket"
local http = require "socket.http"
local ltn12 = require "ltn12"

local M = {}

local HEADERS = { ["Authorization"] = "Bearer key_0123", ["X-Runway-Version"] = "2024-11-06", ["Content-Type"] = "application/json" }
local BOAT = { model = "gen4.5", promptText = "a paper boat", ratio = "1280:720", duration = 5 }
local PNG_HEAD = "\137PNG\r\n\26\n\0\0\0\rIHDR"

local function with(base, changes)
  local copy = {}
  for key, value in pairs(base) do copy[key] = value end
  for key, value in pairs(changes) do copy[key] = value end
  return copy
end

--- Standard base64, written here so that the simulator's own is not its judge.
local function base64(bytes) return (require("mime").b64(bytes)) end

local function big_endian(value) return string.char(math.floor(value / 16777216) % 256, math.floor(value / 65536) % 256,
  math.floor(value / 256) % 256, value % 256) end

local function png_uri(width, height)
  return "data:image/png;base64," .. base64(PNG_HEAD .. big_endian(width) .. big_endian(height) .. "\8\2\0\0\0" .. ("x"):rep(100))
end

local function request(simulator, method, path, body, headers)
  local text = type(body) == "table" and json.encode(body) or body
  local sent = {}
  for name, value in pairs(headers or HEADERS) do sent[name] = value end
  if text then sent["Content-Length"] = #text end
  local pieces = {}
  local url = path:find("^http") and path or simulator.base_url .. path
  local _, status, received = http.request {
    url = url, method = method, headers = sent, source = text and ltn12.source.string(text), sink = ltn12.sink.table(pieces), redirect = false,
  }
  local answer = table.concat(pieces)
  local is_json = type(received) == "table" and (received["content-type"] or ""):find("json")
  return status, is_json and json.decode(answer) or answer, received
end

local function submit(simulator, body, path) return request(simulator, "POST", path or "/v1/text_to_video", body or BOAT) end

local function poll(simulator, id) return request(simulator, "GET", "/v1/tasks/" .. id) end

local function connect(port)
  local connection = cqueues_socket.connect("127.0.0.1", port)
  connection:onerror(function(_, _, why) return why end)
  connection:setmode("b", "b")
  return connection
end

local function as_text(method, path, body)
  local lines = { method .. " " .. path .. " HTTP/1.1", "Host: 127.0.0.1" }
  for name, value in pairs(HEADERS) do lines[#lines + 1] = name .. ": " .. value end
  lines[#lines + 1] = "Content-Length: " .. #(body or "")
  return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

--- Sends one submission over a bare socket; answers the bytes that came and how it ended: "reset", "closed" or "open".
-- Where it is to stay open, `expected` is the pattern of what comes before that.
local function raw_submit(simulator, expected)
  local connection = connect(simulator.port)
  assert(connection:xwrite(as_text("POST", "/v1/text_to_video", json.encode(BOAT)), "n", 5))
  local received, ending = "", "closed"
  while true do
    local piece, why = connection:xread(-4096, expected and received:find(expected) and 0.2 or 10)
    if not piece then
      if why == cqueues_errno.ECONNRESET then ending = "reset" elseif why == cqueues_errno.ETIMEDOUT then ending = "open" end
      break
    end
    received = received .. piece
  end
  connection:close()
  return received, ending
end

M.HEADERS, M.BOAT, M.PNG_HEAD = HEADERS, BOAT, PNG_HEAD
M.with, M.base64, M.big_endian, M.png_uri, M.request = with, base64, big_endian, png_uri, request
M.submit, M.poll, M.connect, M.as_text, M.raw_submit = submit, poll, connect, as_text, raw_submit

return M
