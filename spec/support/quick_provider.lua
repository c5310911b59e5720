--- Runway in all but its pace, as "quick/gen4.5": a job takes less than a second, on the real clock that most hosts have.
local provider = require "retake.provider"

--- Defines it; once in a process.
---@param interval number|nil seconds between two polls of a task (0.15)
return function(interval)
  local poll = {}
  for key, value in pairs(provider.get("runway").poll) do poll[key] = value end
  poll.floor, poll.interval = interval or 0.15, interval or 0.15
  provider.define { name = "quick", like = "runway", poll = poll }
end
