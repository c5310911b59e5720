-- Starts spec/c/fault_server.c, the raw-socket server that misbehaves on purpose; see there for its paths.
local M = {}

local function exists(path)
  local file = path and io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function succeeded(status)
  return status == true or status == 0
end

local function program()
  local built = os.getenv("RETAKE_FAULT_SERVER") or "build/spec/fault_server"
  if exists(built) then return built end
  assert(succeeded(os.execute("mkdir -p build/spec && cc -O1 -std=c99 -o build/spec/fault_server spec/c/fault_server.c -lpthread")))
  return "build/spec/fault_server"
end

---Waits for a file that another process writes in one go.
---@param path string
---@return string content
function M.wait_for_file(path)
  for _ = 1, 500 do
    local file = io.open(path, "rb")
    if file then
      local content = file:read("*a")
      file:close()
      if #content > 0 then return content end
    end
    os.execute("sleep 0.02")
  end
  error("nobody wrote " .. path)
end

---@return string folder a new one, without a slash at its end
function M.new_folder()
  local folder = os.tmpname()
  os.remove(folder)
  assert(succeeded(os.execute("mkdir " .. folder)))
  return folder
end

---@return table server `url(path)`, `stop()`
function M.start()
  local folder = M.new_folder()
  local pipe = assert(io.popen(("exec %s %s/port"):format(program(), folder), "w"))
  local port = tonumber(M.wait_for_file(folder .. "/port"))
  local server = {}
  function server.url(path) return ("http://127.0.0.1:%d%s"):format(port, path) end
  server.port = port
  function server.stop()
    pipe:close()
    os.execute("rm -rf " .. folder)
  end
  return server
end

return M
