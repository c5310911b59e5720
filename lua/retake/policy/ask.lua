--- Somebody else decides: a person before a screen, or a service. The job waits for the answer, and nothing else does.
local check_numbers = require "retake.policy.numbers"
local constant = require "retake.policy.constant"
local decisions = require "retake.policy.decisions"
local describe = require "retake.policy.describe"

-- As long as people are given who were asked for nothing more than a yes.
local TIMEOUT = 600

local names = { timeout = true, otherwise = false }

--- Asks by calling the question, and waits for the answer. The question may answer at once by returning a decision; else it, or whatever it
--- handed `answer` to, calls answer(decision) when the answer is there.
---@param question fun(fault: userdata, job: table, answer: fun(decision: table|nil)): table|nil
---@param options { timeout: number|nil, otherwise: function|table|nil }|nil timeout: seconds, 600; otherwise: the policy (or decision) for when
---  there is no answer in time
---@return function policy
return function(question, options)
  if type(question) ~= "function" then error("ask needs a function (fault, job, answer) that asks", 2) end
  options = options or {}
  check_numbers(options, names, "ask", 2)
  local timeout = options.timeout or TIMEOUT
  local otherwise = options.otherwise ~= nil and constant(options.otherwise, "ask: otherwise", 2) or nil
  return describe.note(function(fault, job)
    local client, signal, decision = job.client, {}, nil
    local function answer(given)
      if given ~= nil and not decisions.is_decision(given) then -- told to whoever answers, as long as they can still answer otherwise
        error(("ask: answer(decision) takes a decision, such as policy.retry(), or nothing, not a %s"):format(type(given)), 2)
      end
      if signal.done or signal.late then return false end
      decision = given
      client:signal(signal)
      return true
    end
    job:emit("asking", { class = fault.class, timeout = timeout })
    local at_once = question(fault, job, answer)
    if at_once ~= nil then return at_once end
    client:wait_signal(signal, client.host.now() + timeout)
    job:emit("answered", { late = signal.late, decision = type(decision) == "table" and decision.kind or nil })
    if signal.late then return otherwise and otherwise(fault, job) end
    return decision
  end, function(info)
    return otherwise and describe.answers(otherwise, info) or describe.PERHAPS
  end)
end
