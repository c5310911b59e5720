--- Policies made from policies: in order, and only where a fault fits.
local constant = require "retake.policy.constant"
local core = require "retake.core"
local decisions = require "retake.policy.decisions"
local describe = require "retake.policy.describe"

local M = {}

--- Asks policies in order; the first that answers decides. What is only a last resort (a wait that outlasts the deadline, a model whose
--- circuit is open) waits for whether a later one knows better.
---@param policies (function|table)[]
---@return function policy
function M.chain(policies, ...)
  if select("#", ...) > 0 or decisions.is_decision(policies) or type(policies) == "function" then
    error("chain needs its policies in one list: chain { first, second }", 2)
  end
  if type(policies) ~= "table" or #policies == 0 then error("chain needs a list of policies, one at least", 2) end
  local list = {}
  for place = 1, #policies do list[place] = constant(policies[place], "chain: entry " .. place, 2) end
  local policy = function(fault, job)
    local resort
    for place = 1, #list do
      local answer = list[place](fault, job)
      if answer ~= nil and not (type(answer) == "table" and answer.last_resort) then return answer end
      resort = resort or answer
    end
    return resort
  end
  return describe.note(policy, function(info)
    local most = describe.NEVER
    for place = 1, #list do most = math.max(most, describe.answers(list[place], info)) end
    return most
  end, { list = list, in_order = true })
end

-- The classes among those named, families written out, so that asking costs the same however many there are.
local function classes_of(list)
  local set = {}
  for _, info in ipairs(core.classes()) do
    for _, name in ipairs(list) do
      if info.class == name or info.class:sub(1, #name + 1) == name .. "." then set[info.class] = true end
    end
  end
  return set
end

local function check_names(list, level)
  if #list == 0 then error("on needs a class, a family, a list of them, or a function", level + 1) end
  for _, name in ipairs(list) do
    if type(name) ~= "string" or not core.matches_class(name) then
      error(("unknown failure class '%s'"):format(tostring(name)), level + 1)
    end
  end
end

-- Asked by a test of the script's own, of which nothing is known.
local function on_test(test, policy)
  return describe.note(function(fault, job)
    if test(fault, job) then return policy(fault, job) end
  end, describe.perhaps(policy), { list = { policy } })
end

--- Asks the policy only where the fault fits.
---@param what string|string[]|fun(fault: userdata, job: table): boolean a class, a family such as "network", a list, or a test
---@param policy function|table a policy, or a decision
---@return function policy
function M.on(what, policy)
  local list = type(what) == "table" and what or { what }
  if type(what) ~= "function" then check_names(list, 2) end
  local inner = constant(policy, "on: its second argument", 2)
  if type(what) == "function" then return on_test(what, inner) end
  local named = classes_of(list)
  return describe.note(function(fault, job)
    if named[fault.class] then return inner(fault, job) end
  end, function(info)
    return named[info.class] and describe.answers(inner, info) or describe.NEVER
  end, { list = { inner }, label = "on " .. table.concat(list, ", "), classes = function(info) return named[info.class] end })
end

return M
