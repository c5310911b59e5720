--- The virtual clock: with no transfer under way it jumps to the next due time, so that tests and the demo take seconds while every
-- floor and deadline holds. Transfers themselves take real time, and the clock goes on with it.
local core = require "retake.core"

local M = {}

-- While transfers run, waits are cut so short that a timer falling due in between is not late.
local SLICE = 0.05

---@param start number|nil seconds since 1970 that the clock begins with
---@return table host
function M.new(start)
  local offset = (start or core.clock()) - core.now()
  local host = { name = "virtual" }
  function host.now() return core.now() + offset end
  function host.sleep(seconds) offset = offset + math.max(seconds, 0) end
  function host.wait(engine, seconds)
    local stats = engine:stats()
    if stats.running + stats.queued > 0 then return engine:step(math.min(seconds, SLICE)) end
    offset = offset + math.max(seconds, 0)
    return engine:step(0)
  end
  function host.spawn(fn) return coroutine.wrap(fn)() end
  return host
end

return M
