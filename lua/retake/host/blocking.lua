--- The plain script: nothing else runs, so waiting is blocking.
local core = require "retake.core"

local M = {}

--- The wall clock as it was once, and monotonic time since: a clock set back does not disturb a job.
---@return function now
function M.steady_clock()
  local offset = core.clock() - core.now()
  return function() return core.now() + offset end
end

---@return table host
function M.new()
  local host = { name = "blocking", now = M.steady_clock(), sleep = core.sleep }
  function host.wait(engine, seconds) return engine:step(seconds) end
  function host.spawn(fn) return coroutine.wrap(fn)() end
  return host
end

return M
