--- The journal of a single process. It keeps the job's own record, not a copy: a waiting job must not cost its memory twice.
-- A finished job's record is let go, since nothing is left to resume; whoever wants it has it from the job.
--
-- Beside records a journal may keep the fingerprints of refused content, so that no later process sends it again: put_refusal(refusal),
-- remove_refusal(provider, fingerprint), each_refusal(). A refusal is plain data: provider, fingerprint, at, class, category, model.
local M = {}
M.__index = M

-- As many refusals as a gate remembers; beyond that the oldest go.
local MOST_REFUSALS = 100000

---@return table journal
function M.new()
  return setmetatable({ records = {}, refusals = {}, order = {}, first = 1, last = 0 }, M)
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

local function key_of(provider, fingerprint)
  return provider .. ":" .. fingerprint
end

--- Keeps the fingerprint of refused content.
---@param refusal { provider: string, fingerprint: string, at: number, class: string, category: string|nil, model: string|nil }
---@return boolean|nil kept, string|nil reason
function M:put_refusal(refusal)
  local key = key_of(refusal.provider, refusal.fingerprint)
  if self.refusals[key] then return true end
  self.last = self.last + 1
  self.refusals[key], self.order[self.last] = refusal, refusal
  while self.last - self.first >= MOST_REFUSALS do
    local oldest = self.order[self.first]
    self.order[self.first] = nil
    self.first = self.first + 1
    local oldest_key = key_of(oldest.provider, oldest.fingerprint)
    if self.refusals[oldest_key] == oldest then self.refusals[oldest_key] = nil end
  end
  return true
end

--- Lets one go that a person has cleared.
function M:remove_refusal(provider, fingerprint)
  self.refusals[key_of(provider, fingerprint)] = nil
  return true
end

--- Iterates over all refusals, oldest first.
---@return fun(): table|nil next
function M:each_refusal()
  local place = self.first - 1
  return function()
    while place < self.last do
      place = place + 1
      local refusal = self.order[place]
      if refusal and self.refusals[key_of(refusal.provider, refusal.fingerprint)] == refusal then return refusal end
    end
  end
end

return M
