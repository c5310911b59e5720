-- A service of one's own for specs: plain HTTP on this machine, one request a connection. usage: http_service_process.lua ANSWER PORT_FILE LOG
-- ANSWER is a Lua file that returns a function (request) -> { status =, headers =, body =, wait = seconds }; LOG gets a line of JSON a request.
-- It ends when its standard input does. spec/support/http_service.lua starts it.
package.path = package.path .. ";/usr/share/lua/5.3/?.lua;/usr/share/lua/5.3/?/init.lua" -- Debian has these for 5.3; they run on 5.4

local cjson = require "cjson"
local cqueues = require "cqueues"
local socket = require "cqueues.socket"

local answer = assert(loadfile(arg[1]))()
local log = assert(io.open(arg[3], "wb"))

local function read_request(connection)
  local method, path = (connection:read "*l" or ""):match "^(%u+) (%S+)"
  local request = { method = method, path = path, headers = {} }
  for line in connection:lines "*l" do
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    if not name then break end
    request.headers[name:lower()] = value
  end
  local length = tonumber(request.headers["content-length"] or 0)
  request.body = length > 0 and connection:read(length) or ""
  return request
end

local function serve(connection)
  connection:setmode("b", "bf")
  connection:settimeout(30)
  local request = read_request(connection)
  log:write(cjson.encode(request), "\n")
  log:flush()
  local said = answer(request)
  if said.wait then cqueues.sleep(said.wait) end
  local body = said.body or ""
  local lines = { ("HTTP/1.1 %d X"):format(said.status or 200), "Connection: close", "Content-Length: " .. #body }
  for name, value in pairs(said.headers or {}) do lines[#lines + 1] = name .. ": " .. value end
  connection:write(table.concat(lines, "\r\n") .. "\r\n\r\n" .. body)
  connection:flush()
end

local loop = cqueues.new()
local listener = socket.listen { host = "127.0.0.1", port = 0, reuseaddr = true }
assert(listener:listen())
local _, _, port = listener:localname()
loop:wrap(function()
  for connection in listener:clients() do
    connection:onerror(function(_, _, code) return code end)
    loop:wrap(function()
      pcall(serve, connection)
      connection:close()
    end)
  end
end)
loop:wrap(function()
  socket.fdopen(0):read "*a"
  os.exit(0)
end)
local file = assert(io.open(arg[2], "wb"))
file:write(("%d"):format(port))
file:close()
assert(loop:loop())
