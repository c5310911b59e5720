--- Policies made from policies: in order, and only where a fault fits.
local core = require "retake.core"

local M = {}

local function check_policy(policy, what)
  if type(policy) ~= "function" then error(what .. " has to be a policy: a function (fault, job) -> decision", 3) end
end

--- Asks policies in order; the first that answers decides.
---@param policies function[]
---@return function policy
function M.chain(policies)
  if type(policies) ~= "table" then error("chain needs a list of policies", 2) end
  for i = 1, #policies do check_policy(policies[i], "chain: entry " .. i) end
  return function(fault, job)
    for i = 1, #policies do
      local answer = policies[i](fault, job)
      if answer ~= nil then return answer end
    end
  end
end

local function matcher(what, level)
  if type(what) == "function" then return what end
  local list = type(what) == "table" and what or { what }
  if #list == 0 then error("on needs a class, a family, a list of them, or a function", level + 1) end
  for _, name in ipairs(list) do
    if type(name) ~= "string" or not core.matches_class(name) then
      error(("unknown failure class '%s'"):format(tostring(name)), level + 1)
    end
  end
  return function(fault)
    for i = 1, #list do
      if fault:is(list[i]) then return true end
    end
    return false
  end
end

--- Asks the policy only where the fault fits.
---@param what string|string[]|fun(fault: userdata, job: table): boolean a class, a family such as "network", a list, or a test
---@param policy function
---@return function policy
function M.on(what, policy)
  local fits = matcher(what, 2)
  check_policy(policy, "on: its second argument")
  return function(fault, job)
    if fits(fault, job) then return policy(fault, job) end
  end
end

return M
