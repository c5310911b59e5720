-- A service of one's own for specs, as a policy may ask one: a process that answers plain HTTP on this machine.
--
--   local service = require("spec.support.http_service").start [[ return function(request) return { status = 200, body = "..." } end ]]
--   service.url, service:requests() (method, path, headers, body, in order), service:stop()
local cjson = require "cjson"
local fault_server = require "spec.support.fault_server"

local M = {}
M.__index = M

local function write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

---@param answer string Lua that returns a function (request) -> { status, headers, body, wait }; it may require cjson
---@return table service
function M.start(answer)
  local folder = fault_server.new_folder()
  write(folder .. "/answer.lua", answer)
  -- in 5.1 what a pcall calls cannot wait, so this is 5.4 under every interpreter
  local line = ("exec env -u LUA_PATH -u LUA_CPATH lua5.4 spec/support/http_service_process.lua %s/answer.lua %s/port %s/log"):format(folder, folder,
    folder)
  local pipe = assert(io.popen(line, "w"))
  local port = tonumber(fault_server.wait_for_file(folder .. "/port"))
  return setmetatable({ folder = folder, pipe = pipe, url = ("http://127.0.0.1:%d"):format(port) }, M)
end

--- What it was asked, in order.
---@return table[]
function M:requests()
  local list = {}
  for line in io.lines(self.folder .. "/log") do list[#list + 1] = cjson.decode(line) end
  return list
end

function M:stop()
  self.pipe:close()
  os.execute("rm -rf " .. self.folder)
end

return M
