--- Whether a model can serve a request, found out before the job goes there and before anything is paid.
local assets = require "retake.job.assets"
local ledger = require "retake.ledger"
local provider = require "retake.provider"

-- The job as it would be at the target: inspections read its request, and what they note of uploads is not this job's yet. Of assets only
-- what does not fit is told: what fits is inspected once more when the job is there.
local function stand_in(job, request, name, model)
  local record = setmetatable({ request = request, uploads = {} }, { __index = job.record_ })
  local fields = { record_ = record, provider = name, model = model }
  function fields.emit(_, event, about)
    if event == "inspected" and not about.report.ok then job:emit(event, { field = about.field, report = about.report, model = request.model }) end
  end
  return setmetatable(fields, { __index = function(_, key) return job[key] end, __newindex = function(_, key, value) job[key] = value end })
end

-- What it would cost, where that is known, against what the job may still spend.
local function too_dear(job, request, definition, model)
  local limit = job.record_.max_credits
  if not limit or not definition.estimate then return nil end
  local estimate, spent = definition.estimate(model, assets.stand_ins(request)), ledger.spent(job.record_)
  if not estimate or spent + estimate <= limit then return nil end
  return ("it may cost %g credits, and %g of %g are left"):format(estimate, math.max(0, limit - spent), limit)
end

--- Why a model cannot serve a request. URLs among its assets may be asked for over the network.
---@param job table
---@param request table translated for the model that it names
---@return string|nil reason nil where nothing is known against it
---@return boolean|nil dear it is a matter of credits alone
return function(job, request)
  local name, model = provider.split(request.model)
  local definition, settings = job.client:provider(name)
  if not definition then return ("no provider is called '%s'"):format(name) end
  if definition.auth and not settings.key then return "no key was given for " .. name end
  local dear = too_dear(job, request, definition, model)
  if dear then return dear, true end
  local problem = assets.inspect(stand_in(job, request, name, model), definition, model)
  return problem and ("%s: %s"):format(problem.field or problem.class, problem.message) or nil
end
