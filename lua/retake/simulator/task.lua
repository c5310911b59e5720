--- One generation task at the provider: the states it passes through, and what it costs in the end.
-- Billing and script are shared by all stand-ins; how a task is written as JSON is each provider's own.

local M = {}
M.__index = M

local TERMINAL = { SUCCEEDED = true, FAILED = true, CANCELLED = true }

--- Failures that the provider's documentation says are charged for, unless the script says otherwise.
local function is_charged(code)
  return code ~= nil and code:find("^SAFETY%.") ~= nil
end

local function read_state(entry)
  if type(entry) == "string" then return { name = entry } end
  local state = {}
  for key, value in pairs(entry) do state[key] = value end
  state.name = entry.state or entry[1]
  state.progress = entry.progress or entry[2]
  return state
end

---@param fields table  { id =, ordinal =, model =, path =, credits =, created = epoch seconds, kind = "video"|"image"|"audio" }
---@param life table  { states = {...} }
---@param script table
---@return table task
function M.new(fields, life, script)
  local self = setmetatable(fields, M)
  self.states, self.index, self.script = {}, 0, script
  for i, entry in ipairs(life.states) do self.states[i] = read_state(entry) end
  return self
end

---@return boolean
function M:is_over() return self.cost ~= nil end

--- What a state leaves to pay.
local function final_cost(task, state)
  if state.credits then return state.credits end
  if state.name == "FAILED" then
    local refund = state.refund
    if refund == nil then refund = not is_charged(state.code) end
    return refund and 0 or task.credits
  end
  if state.name == "CANCELLED" and state.refund ~= false then return 0 end
  return task.credits
end

local function next_index(task, now)
  if task.script.advance ~= "clock" then return math.min(task.index + 1, #task.states) end
  local elapsed, index = now - task.created, 1
  while index < #task.states do
    elapsed = elapsed - (task.states[index].seconds or task.script.seconds)
    if elapsed < 0 then break end
    index = index + 1
  end
  return index
end

--- Moves on, as a read of the task does.
---@param now number  epoch seconds
---@return table state
---@return number? refund  credits given back by this very step
function M:advance(now)
  if not self:is_over() then self.index = next_index(self, now) end
  local state = self.states[self.index]
  if self:is_over() or not TERMINAL[state.name] then return state end
  self.cost = final_cost(self, state)
  return state, self.credits - self.cost
end

return M
