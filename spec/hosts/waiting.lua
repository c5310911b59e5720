--- 1,000 jobs that wait for their next poll: prints the share of a core that this costs, in per cent. On luv or in Neovim, where it leaves.
-- usage: lua spec/hosts/waiting.lua BASE_URL, or RETAKE_BASE_URL=... nvim ... -c "luafile spec/hosts/waiting.lua"
local vim = rawget(_G, "vim")
local uv = vim and vim.loop or require "luv"
local retake = require "retake"

local JOBS, SECONDS = 1000, 3

local poll = {}
for key, value in pairs(retake.provider.get "runway".poll) do poll[key] = value end
poll.floor, poll.interval = 600, 600
retake.provider.define { name = "rare", like = "runway", poll = poll }

local submitted = 0
local client = retake.client {
  providers = { rare = { key = "key_waiting", base_url = vim and vim.env.RETAKE_BASE_URL or arg[1] } },
  on_event = function(event) submitted = submitted + (event.event == "submitted" and 1 or 0) end,
}
for _ = 1, JOBS do client:start { model = "rare/gen4.5", prompt = "for ever", ratio = "1280:720", duration = 5 } end

local function used()
  local usage = uv.getrusage()
  return usage.utime.sec + usage.stime.sec + (usage.utime.usec + usage.stime.usec) / 1e6
end

local function leave()
  client:close()
  if vim then vim.cmd "qall!" end
end

local timer, began = uv.new_timer(), nil
timer:start(100, 100, function()
  if submitted < JOBS then return end
  timer:stop()
  collectgarbage()
  began = used()
  timer:start(SECONDS * 1000, 0, function()
    io.stdout:write(("%d jobs, %.2f %% of a core\n"):format(client.running, (used() - began) / SECONDS * 100))
    timer:close()
    if vim then vim.schedule(leave) else leave() end
  end)
end)
if not vim then uv.run() end
