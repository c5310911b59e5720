-- A raw server under TLS that says byte for byte what it is told to. usage: tls_server.lua ROUTES PORT_FILE CERTIFICATE KEY
-- ROUTES is a Lua file that returns { ["/path"] = { HEAD = answer, GET = answer } }; an answer is a list of texts to send and of numbers,
-- seconds to wait; then the connection is closed. It ends when its standard input does. spec/support/asset_hosts.lua starts it.
package.path = package.path .. ";/usr/share/lua/5.3/?.lua;/usr/share/lua/5.3/?/init.lua" -- Debian has these for 5.3; they run on 5.4

local cqueues = require "cqueues"
local context = require "openssl.ssl.context"
local pkey = require "openssl.pkey"
local socket = require "cqueues.socket"
local x509 = require "openssl.x509"

local function read(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read "*a"
  file:close()
  return content
end

local routes = assert(loadfile(arg[1]))()
local tls = context.new("TLS", true)
tls:setCertificate(x509.new(read(arg[3])))
tls:setPrivateKey(pkey.new(read(arg[4])))

local function serve(connection)
  connection:setmode("b", "bf")
  connection:settimeout(30)
  if not pcall(connection.starttls, connection, tls) then return end
  local method, path = (connection:read "*l" or ""):match "^(%u+) ([^ ?]*)"
  repeat local line = connection:read "*l" until not line or line == "\r" or line == ""
  local answer = routes[path] and routes[path][method] or { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n" }
  for _, part in ipairs(answer) do
    if type(part) == "number" then cqueues.sleep(part)
    elseif not connection:write(part) then break end
  end
  connection:flush()
  -- closed with something unread, a connection is reset, and what the other side has not read yet is lost
  connection:shutdown "w"
  connection:settimeout(2)
  connection:read(-1024)
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
