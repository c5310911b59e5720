--- What most should use.
local backoff = require "retake.policy.backoff"
local combine = require "retake.policy.combine"
local fallback = require "retake.policy.fallback"

local standard_options = { tries = true, base = true, cap = true, fallback = true }

--- What most should use: waits where waiting helps, then the other models, else gives up.
---@param options { tries: integer|nil, base: number|nil, cap: number|nil, fallback: table|nil }|nil
---@return function policy
local function standard(options)
  options = options or {}
  for name in pairs(options) do
    if not standard_options[name] then error("standard: unknown option '" .. tostring(name) .. "'", 2) end
  end
  local models = options.fallback
  if type(models) == "string" then models = { models } end
  local policies = {
    combine.on("generation.failed", backoff { tries = math.min(options.tries or 2, 2), base = options.base, cap = options.cap }),
    -- a quota of the day is over tomorrow: go elsewhere first, and wait only where there is no other model
    combine.on(function(fault) return fault.class ~= "account.quota" end,
      backoff { tries = options.tries, base = options.base, cap = options.cap }),
  }
  if models then policies[#policies + 1] = fallback(models) end
  policies[#policies + 1] = combine.on("account.quota", backoff { tries = 1, base = options.base, cap = options.cap })
  return combine.chain(policies)
end

return standard
