--- nginx with its Lua module for specs: one of our own, as a child that ends with this process.
--
--   local nginx = require("spec.support.nginx").start { http = "init_by_lua_block { ... }", server = "location / { ... }", folder = path }
--   nginx.base_url, nginx.folder, nginx:get("/path"), nginx:post("/path", body), nginx:workers(), nginx:signal "HUP", nginx:errors()
--   nginx:stop()      kill -QUIT, and its end is waited for
--
-- In what is given @ROOT@ is the checkout and @FOLDER@ a folder of this nginx, which may be one of another's that ended.
local command = require "spec.support.command"
local socket = require "socket"

local M = {}
M.__index = M

local CONFIG = [[
load_module /usr/lib/nginx/modules/ndk_http_module.so;
load_module /usr/lib/nginx/modules/ngx_http_lua_module.so;
user root;
worker_processes 1;
daemon off;
pid @FOLDER@/pid;
error_log @FOLDER@/error.log info;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path @FOLDER@/temp; proxy_temp_path @FOLDER@/temp; fastcgi_temp_path @FOLDER@/temp;
  uwsgi_temp_path @FOLDER@/temp; scgi_temp_path @FOLDER@/temp;
  lua_package_path "@ROOT@/?.lua;@ROOT@/lua/?.lua;@ROOT@/lua/?/init.lua;;";
  lua_package_cpath "@ROOT@/build/lua5.1/?.so;;";
  lua_check_client_abort on;
  lua_socket_log_errors off;
  @HTTP@
  server { listen 127.0.0.1:@PORT@; @SERVER@ }
}
]]

M.root = select(2, command.shell "pwd"):gsub("\n", "")

local function fill(text, names)
  return (text:gsub("@(%u+)@", names))
end

local function free_port()
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  listener:close()
  return port
end

function M:errors() return command.read(self.folder .. "/error.log") or "" end

--- Waits until it holds; says what did not come otherwise.
function M.wait_for(what, holds, seconds)
  local deadline = socket.gettime() + (seconds or 30)
  while true do
    local value = holds()
    if value then return value end
    if socket.gettime() > deadline then error("did not come: " .. what, 2) end
    socket.sleep(0.02)
  end
end

local function is_listening(port)
  local connection = socket.connect("127.0.0.1", port)
  if connection then connection:close() end
  return connection ~= nil
end

-- Whether it came up; else why it did not.
local function launch(self, config)
  command.write(self.folder .. "/nginx.conf", fill(config, { PORT = self.port }))
  os.remove(self.folder .. "/error.log")
  os.remove(self.folder .. "/ended")
  local line = "%s PATH=\"$PATH:/usr/sbin\" nginx -p @ -c @/nginx.conf 2>@/stderr & pid=$!; cat >/dev/null; kill -QUIT $pid 2>/dev/null; "
    .. "wait $pid 2>/dev/null; echo $? >@/ended"
  self.child = assert(io.popen((line:gsub("@", self.folder):gsub("%%s", function() return self.env end)), "w"))
  local why
  M.wait_for("nginx", function()
    why = self:errors():match "%[emerg%][^\n]*" or (command.read(self.folder .. "/stderr") or ""):match "%[emerg%][^\n]*"
    return why or is_listening(self.port)
  end)
  return not why, why
end

---@param given { http: string|nil, server: string|nil, config: string|nil, folder: string|nil, env: table|nil } config: a whole one instead of ours
---@return table nginx
function M.start(given)
  local folder = given.folder
  if not folder then folder = command.folder() end
  local env = {}
  for name, value in pairs(given.env or {}) do env[#env + 1] = name .. "=" .. command.quote(value) end
  local self = setmetatable({ folder = folder, env = table.concat(env, " ") }, M)
  os.execute("chmod 755 " .. folder .. "; mkdir -p " .. folder .. "/temp " .. folder .. "/logs")
  local config = fill(given.config or CONFIG, { HTTP = given.http or "", SERVER = given.server or "" })
  config = fill(config, { ROOT = M.root, FOLDER = folder })
  for _ = 1, 5 do -- somebody else may take the port meanwhile
    self.port = free_port()
    local up, why = launch(self, config)
    if up then
      self.base_url = "http://127.0.0.1:" .. self.port
      return self
    end
    self.child:close()
    if not why:find "bind()" then error("nginx did not start: " .. why, 2) end
  end
  error("nginx found no port", 2)
end

-- Over a bare socket, free of what is under test.
local function exchange(self, method, path, body, content_type)
  local connection = assert(socket.connect("127.0.0.1", self.port))
  connection:settimeout(120)
  assert(connection:send(("%s %s HTTP/1.0\r\nHost: spec\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s"):format(method, path,
    content_type or "application/json", #(body or ""), body or "")))
  local answer, _, part = connection:receive "*a"
  connection:close()
  local status, head, content = (answer or part):match "^HTTP/1%.%d (%d+)(.-\r\n)\r\n(.*)$"
  return content or "", tonumber(status), head
end

---@return string body
---@return integer|nil status
---@return string|nil head
function M:get(path) return exchange(self, "GET", path) end
function M:post(path, body, content_type) return exchange(self, "POST", path, body, content_type) end

--- A request whose answer is not waited for: a connection to receive it from, or to close.
function M:open(path)
  local connection = assert(socket.connect("127.0.0.1", self.port))
  connection:settimeout(60)
  assert(connection:send(("GET %s HTTP/1.0\r\nHost: spec\r\n\r\n"):format(path)))
  return connection
end

local function is_alive(pid) return command.read("/proc/" .. pid .. "/stat") ~= nil end

--- The processes that serve.
---@return string[] pids
function M:workers()
  local master, pids = (command.read(self.folder .. "/pid") or ""):match "%d+", {}
  local list = master and command.read(("/proc/%s/task/%s/children"):format(master, master)) or ""
  for pid in list:gmatch "%d+" do pids[#pids + 1] = pid end
  return pids
end

--- How many descriptors a process has open.
function M.descriptors(pid)
  return tonumber((select(2, command.shell("ls /proc/" .. pid .. "/fd | wc -l"))))
end

--- Sends a signal to the master: HUP is reload, QUIT is quit.
---@return string[] pids of the workers before
function M:signal(name)
  local workers = self:workers()
  os.execute("kill -" .. name .. " $(cat " .. self.folder .. "/pid)")
  return workers
end

--- Waits until these processes are gone.
---@param pids string[]
function M.wait_gone(pids)
  M.wait_for("the end of the workers", function()
    for _, pid in ipairs(pids) do if is_alive(pid) then return false end end
    return true
  end)
end

--- kill -QUIT where it runs yet, and its end.
---@return integer|nil code its exit status; nil where it did not run
function M:stop()
  if not self.child then return nil end
  self.child:close()
  self.child = nil
  return tonumber(command.read(self.folder .. "/ended"))
end

--- Stops it and removes its folder.
function M:remove()
  local code = self:stop()
  os.execute("rm -rf " .. self.folder)
  return code
end

return M
