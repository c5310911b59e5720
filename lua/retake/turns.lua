--- Jobs that fell due while all transfers were taken. They go on in the order in which they fell due; meanwhile time goes on for them, and a
-- deadline that passes ends its job without a transfer. A job at rest here costs far less memory than a queued transfer.
local line_of = require "retake.line"

local M = {}
M.__index = M

-- A job that is over is not kept for its deadline's sake.
local WEAK = { __mode = "v" }

---@return table turns
function M.new()
  return setmetatable({ line = line_of.new() }, M)
end

--- Whether nobody waits.
---@return boolean
function M:empty()
  return self.line:empty()
end

--- Sees to it that the job's deadline finds it, wherever it waits.
---@param client table
---@param job table
function M.watch(_, client, job)
  if job.watched then return end -- one alarm a job: its deadline does not change
  client.schedule:add(job.record_.deadline_at, setmetatable({ late = job }, WEAK))
  job.watched = true
end

--- Puts a job at the end of the line.
---@param client table
---@param job table
function M:hold(client, job)
  self:watch(client, job)
  self.line:add(job)
  job.held_back = true
end

--- Takes the job whose turn it is; nil where nobody waits.
---@return table|nil job
function M:take()
  local job = self.line:take()
  while job and not job.held_back do job = self.line:take() end -- its deadline came first
  if job then job.held_back = nil end
  return job
end

return M
