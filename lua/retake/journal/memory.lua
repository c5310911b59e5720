--- The journal of a single process. It keeps the job's own record, not a copy: a waiting job must not cost its memory twice.
-- A finished job's record is let go, since nothing is left to resume; whoever wants it has it from the job.
local M = {}
M.__index = M

---@return table journal
function M.new()
  return setmetatable({ records = {} }, M)
end

function M:put(record)
  local finished = record.state == "succeeded" or record.state == "failed"
  self.records[record.id] = not finished and record or nil
  return true
end

function M:get(id)
  return self.records[id]
end

function M:remove(id)
  self.records[id] = nil
  return true
end

--- Iterates over the ids of all records.
function M:each()
  return next, self.records, nil
end

return M
