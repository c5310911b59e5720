--- A game with 20 jobs is left by its player as they are being submitted: love.quit saves their records, and nothing is closed by hand.
-- ARGUMENT: the simulator's address, the file for the records, and how the game is left: quit, or close (its window)
local cjson = require "cjson"
local retake = require "retake"

local M = {}

local JOBS = 20

local client, jobs, submitted, path = nil, {}, 0, nil

function M.load(base_url, file, way)
  path = file
  client = retake.client { providers = { runway = { key = "key_leave", base_url = base_url } } }
  for number = 1, JOBS do
    jobs[number] = client:start { model = "runway/gen4.5", prompt = number > 17 and "slow" or "a paper boat", ratio = "1280:720", duration = 5 }
    jobs[number]:on("submitted", function()
      submitted = submitted + 1
      if submitted < 17 then return end
      -- SDL takes this signal for somebody who closes the window
      if way == "close" then os.execute "kill -TERM $PPID" else love.event.quit(0) end
    end)
  end
end

function M.update() client:step(0.002) end

function M.quit()
  local records = {}
  for number, job in ipairs(jobs) do records[number] = job:record() end
  local file = assert(io.open(path, "w"))
  file:write(cjson.encode(records))
  file:close()
end

return M
