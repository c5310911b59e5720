--- retake.inspect: an asset's report, with the limits of the provider and model it is meant for, and its problems as faults.
local asset = require "retake.asset"
local core = require "retake.core"
local provider_of = require "retake.provider"

local M = {}

-- The request field an asset goes to, where the caller does not say.
local DEFAULT_FIELD = "image"

local function limits_of(target)
  if not target.provider then return nil end
  local definition = provider_of.get(target.provider)
  if not definition then error(("unknown provider '%s'"):format(target.provider), 4) end
  return definition.assets and definition.assets.limits_for(target.model, target.field or DEFAULT_FIELD) or nil
end

local function to_fault(problem, target)
  return core.fault {
    class = problem.class, message = problem.message, hint = problem.hint, field = problem.field, effect = "none", billed = "no",
    provider = target.provider, model = target.model, operation = "asset",
  }
end

---@param source string|table
---@param target { provider: string|nil, model: string|nil, field: string|nil }|nil model may be "provider/model"
---@return table report
function M.inspect(source, target)
  local known = {}
  for key, value in pairs(target or {}) do known[key] = value end
  if known.model and not known.provider then known.provider, known.model = provider_of.split(known.model) end
  local report = asset.inspect(source, { limits = limits_of(known), field = known.field, provider = known.provider, model = known.model })
  report.faults = {}
  for i, problem in ipairs(report.problems) do report.faults[i] = to_fault(problem, known) end
  return report
end

return M
