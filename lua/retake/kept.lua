--- Jobs that an open circuit kept back and that were told to come again later. When the provider takes submissions again they need not wait for
-- that time to pass: each submission that it takes wakes two of them, in order of arrival, so that they come faster and faster and never all
-- at once. Each step costs the same however many wait.
local line_of = require "retake.line"

local M = {}

local WOKEN_BY_ONE = 2
-- A policy that wants to wait longer than it was told to is let.
local NEAR = 1

local function waits(job, provider)
  local record = job.record_
  return not job.done and job.kept_until and record.turned_away and record.state == "prepare" and job.provider == provider.name
    and record.due_at and record.due_at <= job.kept_until + NEAR
end

-- Takes the first out of the line.
local function take(line)
  local job = line:take()
  job.in_line = nil
  return job
end

--- Notes that the job was told to come again at that time.
---@param provider table the provider's entry of health
---@param job table
---@param time number seconds since 1970
function M.note(provider, job, time)
  provider.kept = provider.kept or line_of.new()
  local line = provider.kept
  for _ = 1, 2 do -- whoever gave up meanwhile is forgotten, a few at a time
    if not line:empty() and line:next().done then take(line) end
  end
  job.kept_until = time
  if job.in_line then return end
  line:add(job)
  job.in_line = true
end

--- The provider took a submission: those that wait longest come next.
---@param provider table
---@param client table
---@param now number seconds since 1970
function M.wake(provider, client, now)
  local line = provider.kept
  local woken = 0
  while line and woken < WOKEN_BY_ONE and not line:empty() do
    local job = take(line)
    if waits(job, provider) then
      job.record_.due_at, job.kept_until = now, nil
      client.schedule:add(now, job)
      woken = woken + 1
    end
  end
end

return M
