--- Decisions: what a policy answers. A decision is a wish: the gate and the job's own limits (deadline, credits, attempts) come after it,
-- so that a policy can be wrong without doing harm.
local provider = require "retake.provider"
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
  if delay ~= nil and (type(delay) ~= "number" or delay ~= delay or delay < 0 or delay == math.huge) then
    error("a delay is a number of seconds, not negative and not without end", 3)
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
  if changes.model ~= nil then error("revise: it stays with its model; fallback goes to another", 2) end
  check_delay(delay)
  return decision("revise", { changes = changes, delay = delay or 0 })
end

--- What is wrong with a model and the changes that a request gets there, or nil.
---@param model any
---@param changes table|nil
---@return string|nil problem
function M.problem_with_target(model, changes)
  if model == nil then return "the model is missing: model = \"provider/model\"" end
  if type(model) ~= "string" then return ("a model is written \"provider/model\", not as a %s"):format(type(model)) end
  if not provider.split(model) then
    return ("a model is written \"provider/model\", not %s"):format(tostring(model))
  end
  if changes ~= nil and type(changes) ~= "table" then return "the changes to a request are a table" end
  return changes and request_of.problem_with(changes)
end

--- Another model, with changes to the request.
---@param model string "provider/model"
---@param changes table|nil request fields that differ there
---@return table decision
function M.fallback(model, changes)
  local problem = M.problem_with_target(model, changes)
  if problem then error("fallback: " .. problem, 3) end -- whoever asked policy.fallback
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
  return decision("give_up", { why = type(why) == "string" and why or nil }) -- policy.give_up is a policy too, and gets a fault
end

local kinds = { retry = true, revise = true, fallback = true, resume = true, give_up = true }

-- Fields of a decision are plain data that a script can write into after it was made.
local problems = {
  retry = function() end, resume = function() end, give_up = function() end,
  revise = function(made)
    if type(made.changes) ~= "table" or next(made.changes) == nil or made.changes.model ~= nil then return "its changes are none" end
    return request_of.problem_with(made.changes)
  end,
  fallback = function(made) return M.problem_with_target(made.model, made.changes) end,
}

--- What is wrong with a decision, should a script have changed it since it was made.
---@param made table a decision
---@return string|nil problem
function M.problem_with(made)
  local kind, delay, why = made.kind, made.delay, made.why
  if not kinds[kind] then return ("there is no decision called %s"):format(tostring(kind)) end
  local is_time = type(delay) == "number" and delay >= 0 -- not a number is neither
  if not is_time and kind ~= "give_up" then return ("its delay is no number of seconds: %s"):format(tostring(delay)) end
  if why ~= nil and type(why) ~= "string" then return "its reason is no text" end
  if made.model ~= nil and kind ~= "fallback" then return ("it names a model, and is no fallback but a %s"):format(kind) end
  return problems[kind](made)
end

--- Marks a decision as one for want of a better: a chain goes on asking, and comes back to it where nobody knows another.
---@param made table
---@param delay number|nil seconds that it waits at least
---@return table decision the same
function M.as_last_resort(made, delay)
  made.last_resort = true
  made.delay = math.max(made.delay, delay or 0)
  return made
end

return M
