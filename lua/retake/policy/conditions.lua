--- Policies under a condition that is not the fault's class: how fast it failed, and what the job has used up.
local check_numbers = require "retake.policy.numbers"
local constant = require "retake.policy.constant"
local describe = require "retake.policy.describe"

local M = {}

--- Asks the policy only where the failure came soon after the attempt began: a slow failure has used up the time that another model needs.
---@param seconds number
---@param policy function|table a policy, or a decision
---@return function policy
function M.only_if_fast(seconds, policy)
  if type(seconds) ~= "number" or seconds ~= seconds or seconds < 0 then error("only_if_fast: a number of seconds comes first", 2) end
  local inner = constant(policy, "only_if_fast: its second argument", 2)
  return describe.note(function(fault, job)
    local row = job.attempts[#job.attempts]
    local took = row and row.ended_at and row.ended_at - row.started_at or 0
    if took <= seconds then return inner(fault, job) end
  end, describe.perhaps(inner), { list = { inner } })
end

local names = { tries = true, seconds = true, credits = true }

--- Asks the policy only while the whole job has used up less than that.
---@param limits { tries: integer|nil, seconds: number|nil, credits: number|nil } attempts of the job so far, seconds since its start, credits
---  spent as far as is known
---@param policy function|table a policy, or a decision
---@return function policy
function M.limit(limits, policy)
  check_numbers(limits, names, "limit", 2)
  if next(limits) == nil then error("limit needs tries, seconds or credits", 2) end
  local tries, seconds, credits = limits.tries or math.huge, limits.seconds or math.huge, limits.credits or math.huge
  local inner = constant(policy, "limit: its second argument", 2)
  return describe.note(function(fault, job)
    if job.submissions < tries and job.age < seconds and job.spent < credits then return inner(fault, job) end
  end, function(info) return describe.answers(inner, info) end, { list = { inner } })
end

return M
