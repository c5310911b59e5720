--- The time that a step may take, and what did not fit into it: callbacks, and flows that gave way. It goes on with the next step, in order and
-- before anything else, so that nothing overtakes it and nothing is lost.
local M = {}
M.__index = M

---@param now fun(): number
---@return table leftover
function M.new(now)
  return setmetatable({ now = now, ends = false, first = 1, last = 0 }, M)
end

--- A step begins.
---@param budget number|nil seconds; nil: as long as it takes
function M:begin(budget)
  self.ends = budget and budget < math.huge and self.now() + budget or false
end

--- Whether the step has used up its time.
---@return boolean
function M:late()
  return self.ends and self.now() >= self.ends
end

--- Whether nothing is left over.
---@return boolean
function M:empty()
  return self.first > self.last
end

--- Whether what is to be called now has to be kept: time is short, or what came before it is still kept.
---@return boolean
function M:keeps()
  return not self.closed and (self.last >= self.first or self:late())
end

--- No step follows: nothing is kept from here on.
function M:close()
  self.closed = true
end

---@param item any
function M:keep(item)
  self[self.last + 1] = item -- memory may run out here, and then nothing is kept
  self.last = self.last + 1
end

--- The oldest of what is left over, or nil.
---@return any item
function M:take()
  if self:empty() then return nil end
  local item = self[self.first]
  self[self.first] = nil
  self.first = self.first + 1
  return item
end

return M
