--- What is due when: a binary heap by time, so that a step costs only for what is due, not for all that waits.
local M = {}
M.__index = M

---@return table schedule
function M.new()
  return setmetatable({ times = {}, items = {}, count = 0 }, M)
end

--- Adds an item; one item may stand in it several times.
---@param time number seconds
---@param item any
function M:add(time, item)
  local times, items = self.times, self.items
  local at = self.count + 1
  times[at], items[at] = time, item -- memory may run out here, and then the schedule is as it was
  self.count = at
  while at > 1 do
    local parent = (at - at % 2) / 2
    if times[parent] <= time then break end
    times[at], items[at] = times[parent], items[parent]
    at = parent
  end
  times[at], items[at] = time, item
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
  local times, items, count = self.times, self.items, self.count
  if count == 0 or times[1] > now then return nil end
  local taken = items[1]
  local time, item = times[count], items[count]
  times[count], items[count] = nil, nil
  count = count - 1
  self.count = count
  if count == 0 then return taken end
  local at = 1
  while true do
    local child = 2 * at
    if child > count then break end
    if child < count and times[child + 1] < times[child] then child = child + 1 end
    if times[child] >= time then break end
    times[at], items[at] = times[child], items[child]
    at = child
  end
  times[at], items[at] = time, item
  return taken
end

return M
