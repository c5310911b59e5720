--- Waiting longer each time, at random, so that jobs which failed as one do not come back as one.
local decisions = require "retake.policy.decisions"

-- Where the provider names a time it is kept, with a little spread so that jobs told the same time do not come back as one.
local SPREAD = 0.2

--- Retries with full jitter: a random wait up to base * 2^n, as many times as asked for each model the job goes to.
---@param options { tries: integer|nil, base: number|nil, cap: number|nil } tries: 4, base: 2 s, cap: 60 s
---@return function policy answers nothing for faults whose class does not wait, or when the tries are used up
local function backoff(options)
  options = options or {}
  local tries, base, cap = options.tries or 4, options.base or 2, options.cap or 60
  for name, value in pairs { tries = tries, base = base, cap = cap } do
    if type(value) ~= "number" or value < 0 then error("backoff: " .. name .. " has to be a number, not negative", 2) end
  end
  for name in pairs(options) do
    if name ~= "tries" and name ~= "base" and name ~= "cap" then error("backoff: unknown option '" .. tostring(name) .. "'", 2) end
  end
  return function(fault, job)
    if fault.retry ~= "wait" or job.tries >= tries or job:resends(fault.class) >= fault.resends then return nil end
    if job:refused "retry" then return nil end
    if fault.retry_after then
      return decisions.retry(fault.retry_after + math.random() * SPREAD, "the provider asked for " .. fault.retry_after .. " s")
    end
    local most = math.min(cap, base * 2 ^ job.tries)
    return decisions.retry(math.random() * most, ("backoff, try %d of %d"):format(job.tries + 1, tries))
  end
end

return backoff
