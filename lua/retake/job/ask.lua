--- The policy is asked in a flow of its own: it may wait there, and what it does wrong ends its own job with a clear fault and disturbs no
-- other.
local core = require "retake.core"
local decisions = require "retake.policy.decisions"
local ledger = require "retake.ledger"
local policy_of = require "retake.policy"

local M = {}

--- Ends the job for a mistake of its policy. The failure it was asked about is named, and what is known of the money stays with it.
---@param job table
---@param fault userdata what the policy was asked about
---@param code string "policy_error", "policy_answer" or "policy_late"
---@param message string
---@param traceback string|nil
function M.refuse(job, fault, code, message, traceback)
  if job.client.options.on_error then job.client:report(traceback or message) end
  ledger.decided(job.record_, "give_up", nil, code)
  job:finish("failed", core.fault {
    class = "local.refused", code = code, message = ("%s (after %s)"):format(message, tostring(fault)), provider = job.provider, model = job.model,
    effect = fault.effect, billed = fault.billed, credits = fault.credits, task_id = fault.task_id,
    hint = "correct the policy: rehearsals and policy.check find such mistakes before they meet a paid task",
  })
end

--- Runs what a policy is made of. Where that goes wrong the job is over, but for a cancellation.
---@param job table
---@param fault userdata
---@param what string what is run, for the message
---@param fn function
---@return boolean ok, any answer
function M.run(job, fault, what, fn)
  job.deciding = fault
  local answer, trouble, traceback = job.client:run_for(job, fn)
  job.deciding = nil
  if not trouble then return true, answer end
  if trouble == "late" then
    M.refuse(job, fault, "policy_late", what .. " had not answered when the job's deadline passed")
  elseif trouble ~= "cancelled" then
    M.refuse(job, fault, "policy_error", ("%s failed: %s"):format(what, trouble), traceback)
  end
  return false
end

local function shown(value)
  if type(value) == "string" then return ("the text %q"):format(value:sub(1, 40)) end
  return type(value) == "table" and "a table" or "a " .. type(value)
end

--- Asks the policy.
---@param job table
---@param fault userdata
---@return table|nil decision nil where the job is over, or cancelled
function M.policy(job, fault)
  local ok, decision = M.run(job, fault, "the policy", function() return job.client.policy(fault, job) end)
  if not ok then return nil end
  if decision == nil then return policy_of.give_up() end
  if policy_of.is_decision(decision) then
    local problem = decisions.problem_with(decision)
    if not problem then return decision end
    M.refuse(job, fault, "policy_answer", ("the policy answered with a decision that cannot be carried out: %s"):format(problem))
    return nil
  end
  M.refuse(job, fault, "policy_answer", ("the policy answered with %s, which is no decision"):format(shown(decision)))
end

return M
