--- Waiting longer each time, at random, so that jobs which failed as one do not come back as one.
local check_numbers = require "retake.policy.numbers"
local decisions = require "retake.policy.decisions"
local describe = require "retake.policy.describe"

local M = {}

-- Where the provider names a time it is kept, with a little spread so that jobs told the same time do not come back as one.
local SPREAD = 0.2

-- Nothing was sent: the circuit to the model is open, or the line for it full. That costs nobody anything and counts as no try; it only takes
-- time.
local closed_doors = { circuit_open = "its circuit is open", queue_full = "the line for it is full" }

-- Seconds since the model's first failure in this stay of the job's.
local function failing_for(job)
  local attempts, model = job.attempts, job.provider .. "/" .. job.model
  local last = attempts[#attempts]
  local first = last
  for place = #attempts, 1, -1 do
    local row = attempts[place]
    if row.provider .. "/" .. row.model ~= model then break end
    first = row
  end
  return last and (last.ended_at or last.started_at) - (first.ended_at or first.started_at) or 0
end

local function wait_for(fault, job, base, cap, tries)
  if fault.retry_after then
    return fault.retry_after + math.random() * SPREAD,
      closed_doors[fault.code] or ("the provider asked for %.14g s"):format(fault.retry_after)
  end
  return math.random() * math.min(cap, base * 2 ^ job.tries), ("backoff, try %d of %d"):format(job.tries + 1, tries)
end

local names = { tries = true, base = true, cap = true, within = true }

--- The same with a level for error positions. doors: "pass" leaves what was turned away before it was sent to others, "only" all else.
---@return function policy
function M.new(options, level, doors)
  options = options or {}
  check_numbers(options, names, "backoff", level + 1)
  local tries, base, cap, within = options.tries or 4, options.base or 2, options.cap or 60, options.within
  local policy = function(fault, job)
    if fault.retry ~= "wait" or job:refused "retry" then return nil end
    if closed_doors[fault.code] then
      if doors == "pass" then return nil end
    elseif doors == "only" or job.tries >= tries or job:resends(fault.class) >= fault.resends then return nil end
    local wait, why = wait_for(fault, job, base, cap, tries)
    if within and failing_for(job) + math.max(wait, fault.floor) > within then return nil end
    local decision = decisions.retry(wait, why)
    -- a wait beyond the deadline helps nobody: another model may be there in time
    return math.max(wait, fault.floor) < job:left() and decision or decisions.as_last_resort(decision)
  end
  return describe.note(policy, function(info)
    if doors == "only" then return describe.PERHAPS end
    return info.retry == "wait" and info.resends > 0 and tries > 0 and describe.ALWAYS or describe.NEVER
  end, { label = "backoff", list = {} }, "retry")
end

--- Retries with full jitter: a random wait up to base * 2^n, as many times as asked for each model the job goes to.
---@param options { tries: integer|nil, base: number|nil, cap: number|nil, within: number|nil }|nil tries: 4, base: 2 s, cap: 60 s; within:
---  seconds since the model's first failure after which none goes off any more
---@return function policy answers nothing for faults whose class does not wait, or when the tries or the seconds are used up
function M.backoff(options)
  local policy = M.new(options, 2)
  return policy
end

return M
