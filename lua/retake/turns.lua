--- Jobs that fell due while all transfers were taken. They go on in the order in which they fell due; meanwhile time goes on for them, and a
-- deadline that passes ends its job without a transfer. A job at rest here costs far less memory than a queued transfer.
local M = {}
M.__index = M

-- A job that is over is not kept for its deadline's sake.
local WEAK = { __mode = "v" }

---@return table turns
function M.new()
  return setmetatable({ first = 1, last = 0 }, M)
end

--- Whether nobody waits.
---@return boolean
function M:empty()
  return self.first > self.last
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
  self.last = self.last + 1
  self[self.last] = job
  job.held_back = true
end

--- Takes the job whose turn it is; nil where nobody waits.
---@return table|nil job
function M:take()
  while self.first <= self.last do
    local job = self[self.first]
    self[self.first] = nil
    self.first = self.first + 1
    if job.held_back then -- else its deadline came first
      job.held_back = nil
      return job
    end
  end
end

return M
