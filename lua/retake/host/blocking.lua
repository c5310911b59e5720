--- The plain script: nothing else runs, so waiting is blocking.
local core = require "retake.core"

local M = {}

--- Seconds that a step may take where it is one thing among others in a loop.
M.TURN = 0.002

--- The wall clock as it was once, and monotonic time since: a clock set back does not disturb a job.
---@return function now
function M.steady_clock()
  local offset = core.clock() - core.now()
  return function() return core.now() + offset end
end

--- Has the client's descriptor say when something is due, for a host that watches only that. An alarm that rings too early does no harm.
---@param client table
---@param state { alarm: number|nil } of this client: when it rings
---@param driven any whether somebody waits for it until no job runs
function M.set_alarm(client, state, driven)
  local seconds, now = client:timeout(), client.host.now()
  if driven and client.running == 0 then seconds = 0 end
  if not seconds or (state.alarm and state.alarm > now and state.alarm <= now + seconds) then return end
  client.engine:alarm(seconds)
  state.alarm = now + seconds
end

---@return table host
function M.new()
  local host = { name = "blocking", now = M.steady_clock(), sleep = core.sleep }
  function host.wait(engine, seconds) return engine:step(seconds) end
  function host.spawn(fn) return coroutine.wrap(fn)() end
  return host
end

return M
