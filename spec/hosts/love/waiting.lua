--- 1,000 jobs that wait for their next poll: prints the share of a core that this adds to a game's loop, in per cent.
local retake = require "retake"

local M = {}

local JOBS, FRAMES, TIMES = 1000, 60, 4

local client, submitted, frame = nil, 0, 0
local used, began = { [true] = 0, [false] = 0 }, nil

function M.load(base_url)
  local poll = {}
  for key, value in pairs(retake.provider.get("runway").poll) do poll[key] = value end
  poll.floor, poll.interval = 600, 600
  retake.provider.define { name = "rare", like = "runway", poll = poll }
  client = retake.client { providers = { rare = { key = "key_waiting", base_url = base_url } },
    on_event = function(event) submitted = submitted + (event.event == "submitted" and 1 or 0) end }
  for _ = 1, JOBS do client:start { model = "rare/gen4.5", prompt = "for ever", ratio = "1280:720", duration = 5 } end
end

-- By turns FRAMES with a step and as many without, so that both sides meet the same machine.
function M.update()
  if submitted < JOBS then return client:step() end
  if not began then collectgarbage() end
  local with = math.floor(frame / FRAMES) % 2 == 0
  if frame % FRAMES == 0 then
    if began then used[not with] = used[not with] + os.clock() - began end
    began = os.clock()
  end
  if frame == 2 * TIMES * FRAMES then
    local share = (used[true] - used[false]) / (TIMES * FRAMES / 60) * 100
    print(("%d jobs, %.2f %% of a core beside the loop's %.2f"):format(client.running, share, used[false] / (TIMES * FRAMES / 60) * 100))
    client:close()
    return love.event.quit()
  end
  frame = frame + 1
  if with then client:step(0.002) end
end

return M
