--- 1,000 jobs that wait for their next poll, and what that costs, for specs of hosts in their own process.
local retake = require "retake"

local M = { COUNT = 1000 }

local COUNT, SECONDS = M.COUNT, 3

--- In a thread of the host: starts them, and measures once all are submitted.
---@param host string|nil nil: found by itself
---@param base_url string of a simulator
---@param sleep fun(seconds: number, client: table) as threads of that host sleep; where nothing else steps the client it does
---@return number share of a core that they add, in per cent
---@return integer jobs that wait
function M.share(host, base_url, sleep)
  local poll, submitted = {}, 0
  for key, value in pairs(retake.provider.get("runway").poll) do poll[key] = value end
  poll.floor, poll.interval = 600, 600
  retake.provider.define { name = "rare", like = "runway", poll = poll }
  local client = retake.client { host = host, providers = { rare = { key = "key_x", base_url = base_url } },
    on_event = function(event) submitted = submitted + (event.event == "submitted" and 1 or 0) end }
  local function share_asleep()
    collectgarbage()
    local began = os.clock()
    sleep(SECONDS, client)
    return (os.clock() - began) / SECONDS * 100
  end
  local alone = share_asleep() -- what the host takes anyway: frames of LÖVE are drawn
  for _ = 1, COUNT do client:start { model = "rare/gen4.5", prompt = "for ever", ratio = "1280:720", duration = 5 } end
  while submitted < COUNT do sleep(0.1, client) end
  local share, waiting = share_asleep() - alone, client.running
  client:close()
  return math.max(share, 0), waiting
end

return M
