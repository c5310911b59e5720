--- Jobs that wait while a model is left alone because it said "too many requests". They stand in a line, for which one alarm goes off: a few of
-- them go when the time is over, and each submission that the model takes lets two more go. So what a job costs does not hang on how many wait
-- beside it, and those that were held back do not all come at once to be turned away together.
local line_of = require "retake.line"

local M = {}

-- Jobs that go when the time is over, and seconds after which as many follow where nothing was heard of them.
local BURST, REST = 64, 1
local LET_GO_BY_ONE = 2
-- A wait that was told in seconds ends a little early or late by the arithmetic alone.
local TOLERANCE = 0.001

local function is_cooling(entry, now)
  return entry.cool_until ~= nil and now < entry.cool_until - TOLERANCE
end

local function let_go(line, client, now, count)
  while count > 0 and not line:empty() do
    local job = line:take()
    if job.cools == line then
      job.cools = nil
      if not job.done then
        client.schedule:add(now, job)
        count = count - 1
      end
    end
  end
end

-- One alarm a line.
local function set_alarm(entry, client, time)
  local line = entry.cooling
  if line.alarm then return end
  line.alarm = { ring = function()
    local now = client.host.now()
    line.alarm = nil
    if is_cooling(entry, now) then return set_alarm(entry, client, entry.cool_until) end
    let_go(line, client, now, BURST)
    if not line:empty() then set_alarm(entry, client, now + REST) end
  end }
  client.schedule:add(time, line.alarm)
end

--- The job waits until the model may be asked again.
---@param entry table of a model, as health keeps it
---@param job table
function M.wait(entry, job)
  local client = job.client
  entry.cooling = entry.cooling or line_of.new()
  local line = entry.cooling
  line:add(job)
  job.cools, job.parked = line, true
  client.turns:watch(client, job)
  set_alarm(entry, client, entry.cool_until or client.host.now())
end

--- The model took a submission.
---@param entry table
---@param client table
---@param now number seconds since 1970
function M.taken(entry, client, now)
  local line = entry.cooling
  if line and not line:empty() and not is_cooling(entry, now) then let_go(line, client, now, LET_GO_BY_ONE) end
end

return M
