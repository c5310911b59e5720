--- The time that a step may take, and what did not fit into it: callbacks, and flows that gave way. It goes on with the next step, in order and
-- before anything else, so that nothing overtakes it and nothing is lost.
local line_of = require "retake.line"

local M = {}
M.__index = M

---@param now fun(): number
---@return table leftover
function M.new(now)
  return setmetatable({ now = now, ends = false, line = line_of.new() }, M)
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
  return self.line:empty()
end

--- Whether what is to be called now has to be kept: time is short, or what came before it is still kept.
---@return boolean
function M:keeps()
  return not self.closed and (not self.line:empty() or self:late())
end

--- No step follows: nothing is kept from here on.
function M:close()
  self.closed = true
end

---@param item any
function M:keep(item)
  self.line:add(item)
end

--- The oldest of what is left over, or nil.
---@return any item
function M:take()
  return self.line:take()
end

return M
