-- Hosts of assets for specs: nginx that serves a folder over TLS and HTTP/2, and a raw server that says what it is told to, both with
-- certificates of an authority made here, for names under localhost.
local core = require "retake.core"
local fault_server = require "spec.support.fault_server"

local M = {}

-- A name of several labels that resolves to this machine everywhere.
M.name = "cdn.localhost"

function M.run(command, ...)
  local status = os.execute("(" .. command:format(...) .. ") >/dev/null 2>&1")
  return status == true or status == 0
end

function M.write(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local content = file:read "*a"
  file:close()
  return content
end

local function serialise(value)
  if type(value) == "string" then return (("%q"):format(value):gsub("\\\n", "\\n"):gsub("\r", "\\r"):gsub("%z", "\\0")) end
  if type(value) ~= "table" then return tostring(value) end
  local parts = {}
  for key, item in pairs(value) do parts[#parts + 1] = "[" .. serialise(key) .. "]=" .. serialise(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- An authority, and a certificate of its for names under localhost (server.pem) and for another name (other.pem).
function M.certificates(folder)
  local made = M.run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Spec authority' -keyout %s/ca.key -out %s/ca.pem", folder, folder)
  for name, names in pairs { server = "DNS:" .. M.name .. ",DNS:other.localhost", other = "DNS:elsewhere.example" } do
    M.write(folder .. "/names", "subjectAltName=" .. names)
    made = made and M.run("cd %s && openssl req -newkey rsa:2048 -nodes -subj /CN=%s -keyout %s.key -out %s.csr && openssl x509 -req -in %s.csr "
      .. "-CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out %s.pem", folder, name, name, name, name, name)
  end
  assert(made, "openssl made no certificates; is it installed?")
end

--- nginx from a configuration in which @ is the folder and %d, as often as `ports` says, a port.
---@return number[] ports, function stop
function M.nginx(folder, config, count)
  for try = 1, 10 do -- below the range from which the system takes ports by itself; again where somebody else has one of them
    local ports = {}
    for place = 1, count do ports[place] = 10000 + (math.floor(core.clock() * 1000) + try * 977) % 20000 + place end
    local at = 0
    M.write(folder .. "/conf", (config:gsub("@", folder):gsub("%%d", function()
      at = at % count + 1
      return ("%d"):format(ports[at])
    end)))
    if M.run("PATH=$PATH:/usr/sbin nginx -p %s -c %s/conf", folder, folder) then
      return ports, function() M.run("kill $(cat %s/pid); sleep 0.2", folder) end
    end
  end
  error("nginx did not start; is it installed?")
end

--- The raw server.
---@return number port, function stop
function M.raw(folder, routes, certificate)
  certificate = certificate or "server"
  local base = ("%s/%s"):format(folder, certificate)
  M.write(base .. ".routes", "return " .. serialise(routes))
  os.remove(base .. ".port")
  -- in 5.1 what a pcall calls cannot wait, so this is 5.4 under every interpreter
  local pipe = assert(io.popen(("exec lua5.4 spec/support/tls_server.lua %s.routes %s.port %s.pem %s.key"):format(base, base, base, base), "w"))
  return tonumber(fault_server.wait_for_file(base .. ".port")), function() pipe:close() end
end

return M
