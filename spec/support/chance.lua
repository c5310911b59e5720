--- Numbers that look random and are the same on every machine and in every Lua, for specs that can be run again from a seed.

local M = {}
M.__index = M

---@param seed integer
---@return table chance
function M.new(seed)
  local self = setmetatable({ state = seed % 2147483646 + 1 }, M)
  for _ = 1, 5 do self:number() end -- seeds that are near each other begin alike
  return self
end

--- From 0 up to 1.
function M:number()
  self.state = self.state * 16807 % 2147483647
  return (self.state - 1) / 2147483646
end

--- A whole number, both ends included.
function M:whole(least, most) return least + math.floor(self:number() * (most - least + 1) * 0.9999999999) end

function M:yes(share) return self:number() < share end

function M:pick(list) return list[self:whole(1, #list)] end

return M
