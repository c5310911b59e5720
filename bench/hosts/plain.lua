--- Ticks of a plain script: what it waits, it waits in the client.
local core = require "retake.core"
local ticks = require "bench.ticks"

local function sleep(seconds, client)
  local due = core.now() + seconds
  while client and core.now() < due do client:wait(math.max(due - core.now(), 0)) end
  core.sleep(math.max(due - core.now(), 0))
end

os.exit(ticks.run { name = "a plain script", sleep = sleep } and 0 or 1)
