--- A sliding window: how many calls went well and how many failed in the last so many seconds. It is kept in a ring of slots, so that noting
--- one call costs the same whatever the number of calls.
local M = {}
M.__index = M

local SLOTS = 10

---@param seconds number
---@return table window
function M.new(seconds)
  return setmetatable({ width = seconds / SLOTS, slot = nil, good = {}, bad = {}, successes = 0, failures = 0 }, M)
end

--- Forgets everything.
function M:clear()
  self.slot, self.good, self.bad, self.successes, self.failures = nil, {}, {}, 0, 0
end

-- Goes on to the slot of now, and takes out what is too old by then.
local function advance(window, now)
  local slot = math.floor(now / window.width)
  if not window.slot or slot < window.slot - SLOTS or slot >= window.slot + SLOTS then -- all of it is too old, or the clock was set back
    window:clear()
    window.slot = slot
  end
  while window.slot < slot do
    window.slot = window.slot + 1
    local at = window.slot % SLOTS
    window.successes = window.successes - (window.good[at] or 0)
    window.failures = window.failures - (window.bad[at] or 0)
    window.good[at], window.bad[at] = nil, nil
  end
  return window.slot % SLOTS
end

---@param now number seconds
function M:success(now)
  local at = advance(self, now)
  self.good[at] = (self.good[at] or 0) + 1
  self.successes = self.successes + 1
end

---@param now number seconds
function M:failure(now)
  local at = advance(self, now)
  self.bad[at] = (self.bad[at] or 0) + 1
  self.failures = self.failures + 1
end

--- What the window holds at that time.
---@param now number seconds
---@return integer calls, integer failures
function M:count(now)
  advance(self, now)
  return self.successes + self.failures, self.failures
end

return M
