--- What is due when: a binary heap by time, so that a step costs only for what is due, not for all that waits. What is due at the same time comes
--- in the order it was added in.
local M = {}
M.__index = M

---@return table schedule
function M.new()
  return setmetatable({ times = {}, numbers = {}, items = {}, count = 0, added = 0 }, M)
end

--- Adds an item; one item may stand in it several times.
---@param time number seconds
---@param item any
function M:add(time, item)
  local times, numbers, items = self.times, self.numbers, self.items
  local at, number = self.count + 1, self.added + 1
  times[at], numbers[at], items[at] = time, number, item -- memory may run out here, and then the schedule is as it was
  self.count, self.added = at, number
  while at > 1 do
    local parent = (at - at % 2) / 2
    if times[parent] <= time then break end -- its parent was added before it
    times[at], numbers[at], items[at] = times[parent], numbers[parent], items[parent]
    at = parent
  end
  times[at], numbers[at], items[at] = time, number, item
end

--- The earliest time, or nil when nothing waits.
---@return number|nil seconds
function M:next_time()
  return self.times[1]
end

--- Takes the earliest item that is due, or nil.
---@param now number seconds
---@return any item
function M:take(now)
  local times, numbers, items, count = self.times, self.numbers, self.items, self.count
  if count == 0 or times[1] > now then return nil end
  local taken = items[1]
  local time, number, item = times[count], numbers[count], items[count]
  times[count], numbers[count], items[count] = nil, nil, nil
  count = count - 1
  self.count = count
  if count == 0 then return taken end
  local at = 1
  while true do
    local child = 2 * at
    if child > count then break end
    local other = child + 1
    if other <= count and (times[other] < times[child] or times[other] == times[child] and numbers[other] < numbers[child]) then child = other end
    if times[child] > time or times[child] == time and numbers[child] > number then break end
    times[at], numbers[at], items[at] = times[child], numbers[child], items[child]
    at = child
  end
  times[at], numbers[at], items[at] = time, number, item
  return taken
end

return M
