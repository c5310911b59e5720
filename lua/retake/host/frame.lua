--- Frame loops (games, engines): the program calls client:step() once a frame, and nothing here ever waits by itself.
local core = require "retake.core"
local blocking = require "retake.host.blocking"

local M = {}

---@return table host
function M.new()
  local host = { name = "frame", driven = true, now = blocking.steady_clock(), sleep = core.sleep }
  function host.wait(engine, seconds) return engine:step(seconds) end
  function host.spawn(fn) return coroutine.wrap(fn)() end
  return host
end

return M
