--- Decisions: what a policy answers. A decision is a wish: the gate and the job's own limits (deadline, credits, attempts) come after it,
-- so that a policy can be wrong without doing harm.
local request_of = require "retake.request"

local M = {}

local Decision = {}
Decision.__index = Decision
Decision.__tostring = function(decision)
  if decision.kind == "retry" then return ("retry in %.2f s"):format(decision.delay or 0) end
  if decision.kind == "fallback" then return "fall back to " .. decision.model end
  if decision.kind == "give_up" then return "give up" .. (decision.why and ": " .. decision.why or "") end
  return decision.kind
end

local function decision(kind, fields)
  fields.kind = kind
  return setmetatable(fields, Decision)
end

--- Whether a value is a decision.
---@param value any
---@return boolean
function M.is_decision(value)
  return getmetatable(value) == Decision
end

local function check_delay(delay)
  if delay ~= nil and (type(delay) ~= "number" or delay ~= delay or delay < 0) then
    error("a delay is a number of seconds, not negative", 3)
  end
end

--- The same request again. The gate raises the delay to the floor of the class and to what the provider asks for.
---@param delay number|nil seconds, default 0
---@param why string|nil a reason for the ledger
---@return table decision
function M.retry(delay, why)
  check_delay(delay)
  return decision("retry", { delay = delay or 0, why = why })
end

--- A changed request to the same model.
---@param changes table request fields; a function gets the old value and returns the new one
---@param delay number|nil seconds
---@return table decision
function M.revise(changes, delay)
  if type(changes) ~= "table" or next(changes) == nil then error("revise needs a table of changed request fields", 2) end
  local problem = request_of.problem_with(changes)
  if problem then error("revise: " .. problem, 2) end
  check_delay(delay)
  return decision("revise", { changes = changes, delay = delay or 0 })
end

--- Another model, with changes to the request; the caller has checked the model.
---@param model string "provider/model"
---@param changes table|nil
---@return table decision
function M.fallback(model, changes)
  return decision("fallback", { model = model, changes = changes, delay = 0 })
end

--- Back to asking about the task that exists already.
---@param delay number|nil seconds
---@return table decision
function M.resume(delay)
  check_delay(delay)
  return decision("resume", { delay = delay or 0 })
end

--- The end of the job with its fault.
---@param why string|nil
---@return table decision
function M.give_up(why)
  return decision("give_up", { why = why })
end

return M
