--- A decision where a policy is wanted: it is answered each time, for as long as the gate lets it.
local decisions = require "retake.policy.decisions"
local describe = require "retake.policy.describe"

-- How often in a row a request is revised by one and the same decision: a change that does not help three times will not help at all.
local MOST_REVISIONS = 3

local function revisions(job)
  local count = 0
  for place = #job.attempts, 1, -1 do
    if job.attempts[place].decision ~= "revise" then break end
    count = count + 1
  end
  return count
end

local reach = {
  retry = function(info) return info.retry == "wait" end,
  revise = function(info) return info.retry == "wait" or info.retry == "change" end,
  fallback = function(info) return info.elsewhere ~= "no" end,
  resume = function(info) return info.retry == "poll" end,
  give_up = function() return true end,
}

local function constant(decision)
  local what = decision.model or decision.kind
  local policy = function(_, job)
    if job:refused(what) or decision.kind == "revise" and revisions(job) >= MOST_REVISIONS then return nil end
    return decision
  end
  return describe.note(policy, function(info) return reach[decision.kind](info) and describe.ALWAYS or describe.NEVER end,
    { label = tostring(decision), list = {}, models = { decision.model } }, what, true)
end

-- It is a policy as it stands.
describe.note(decisions.give_up, function() return describe.ALWAYS end, { label = "give up", list = {} }, "give_up", true)

--- A policy from what stands where one is wanted: a function, or a decision. Throws at the caller's place.
---@param given any
---@param what string where it stands
---@param level integer of the caller
---@return function policy
return function(given, what, level)
  if type(given) == "function" then return given end
  if decisions.is_decision(given) then return constant(given) end
  error(what .. " has to be a policy: a function (fault, job) -> decision, or a decision", level + 1)
end
