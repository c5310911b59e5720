--- A line: whoever came first is taken first.
local M = {}
M.__index = M

---@return table line
function M.new()
  return setmetatable({ first = 1, last = 0 }, M)
end

---@return boolean
function M:empty()
  return self.first > self.last
end

--- Puts an item at the end.
---@param item any but nil
function M:add(item)
  self[self.last + 1] = item -- memory may run out here, and then the line is as it was
  self.last = self.last + 1
end

--- Whose turn it is, or nil; it stays in the line.
---@return any item
function M:next()
  return self[self.first]
end

--- Takes whose turn it is, or nil.
---@return any item
function M:take()
  local item = self[self.first]
  if item == nil then return nil end
  self[self.first] = nil
  self.first = self.first + 1
  return item
end

return M
