--- What most should use.
local backoff = require "retake.policy.backoff"
local check_numbers = require "retake.policy.numbers"
local combine = require "retake.policy.combine"
local core = require "retake.core"
local describe = require "retake.policy.describe"
local fallback = require "retake.policy.fallback"

-- What is wrong with a request is told to whoever made it, and not taken to other models; but what another model says of a request that was
-- translated for it is no reason to stop there.
local function where_moved(policy)
  return describe.note(function(fault, job)
    if job.home then return policy(fault, job) end
  end, describe.perhaps(policy))
end

-- Every class but some.
local function all_but(left_out)
  local list = {}
  for _, info in ipairs(core.classes()) do
    if not left_out[info.class] and not info.class:find "^request%." then list[#list + 1] = info.class end
  end
  return list
end

-- Submissions that a job has where nobody says otherwise.
local USUAL_ATTEMPTS = 12

-- Times that a model is tried again: no more than leave each of the models its share of the job's attempts.
local function tries_of(models)
  if not models then return nil end
  return math.max(1, math.min(4, math.floor(USUAL_ATTEMPTS / (#models + 1)) - 1))
end

local names = { tries = true, base = true, cap = true, within = true, fallback = false }

--- What most should use: waits where waiting helps, then the other models, else gives up.
--- tries: 4, with two fallbacks 3, with three 2, so that each model gets its turn within a job's usual attempts.
---@param options { tries: integer|nil, base: number|nil, cap: number|nil, within: number|nil, fallback: string|table|nil }|nil
---@return function policy
return function(options)
  options = options or {}
  check_numbers(options, names, "standard", 2)
  local models = options.fallback
  if type(models) == "string" then models = { models } end
  local others = models and fallback.new(models, 2)
  local function waits(tries, doors)
    return backoff.new({ tries = tries, base = options.base, cap = options.cap, within = options.within }, 3, doors)
  end
  -- a quota of the day is over tomorrow, and an open circuit is known before anything is sent: elsewhere first, and a wait only where there
  -- is no other model
  local policies = { combine.on(all_but { ["account.quota"] = true }, waits(options.tries or tries_of(models), "pass")) }
  if others then
    policies[#policies + 1] = combine.on(all_but {}, others)
    policies[#policies + 1] = combine.on("request", where_moved(others))
  end
  policies[#policies + 1] = combine.on("account.quota", waits(1))
  policies[#policies + 1] = combine.on({ "provider.unavailable", "limit.rate" }, waits(0, "only"))
  return combine.chain(policies)
end
