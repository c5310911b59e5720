--- Other models: which of a list a request may be taken to, in order.
local decisions = require "retake.policy.decisions"
local provider = require "retake.provider"
local request_of = require "retake.request"

local function check_model(model, level)
  if type(model) ~= "string" or not provider.split(model) then
    error(("a model is written \"provider/model\", not %s"):format(tostring(model)), level + 1)
  end
end

local function target(entry, place)
  local model = type(entry) == "table" and entry.model or entry
  if type(model) ~= "string" or not provider.split(model) then
    error(("fallback: entry %d: a model is written \"provider/model\", not %s"):format(place, tostring(model)), 3)
  end
  local changes = {}
  for key, value in pairs(type(entry) == "table" and entry or {}) do
    if key ~= "model" then changes[key] = value end
  end
  local problem = request_of.problem_with(changes)
  if problem then error(("fallback: entry %d: %s"):format(place, problem), 3) end
  return { model = model, changes = next(changes) and changes or nil }
end

local content_fields = { "prompt", "negative_prompt", "image", "images", "last_image", "video", "audio" }

-- Whether refused content may go to the target: changed, or to another provider where that was allowed.
local function may_carry(to, fault, job)
  if not fault:is "content" then return true end
  for _, field in ipairs(content_fields) do
    if to.changes and to.changes[field] ~= nil then return true end
  end
  return job.reroute_refused and provider.split(to.model) ~= fault.provider
end

--- With a model: the decision to take the request there. With a list: a policy that goes to the first of them that this job has not been
--- to, each with its own changes.
---@param models string|(string|table)[] "provider/model", or a list of these and of { model = "provider/model", <fields that differ> }
---@param changes table|nil request fields that differ there, with a single model
---@return table|function decision_or_policy the policy answers nothing where the class forbids to go elsewhere, or when the list is used up;
---  refused content goes on only with an entry that changes it, or to another provider where the client has reroute_refused
local function fallback_to(models, changes)
  if type(models) == "string" then
    check_model(models, 2)
    return decisions.fallback(models, changes)
  end
  if type(models) ~= "table" or #models == 0 then error("fallback needs a model or a list of models", 2) end
  local targets = {}
  for i = 1, #models do targets[i] = target(models[i], i) end
  return function(fault, job)
    if fault.elsewhere == "no" then return nil end
    for i = 1, #targets do
      local to = targets[i]
      local allowed = fault.elsewhere == "any" or provider.split(to.model) ~= fault.provider
      if allowed and not job:tried(to.model) and not job:refused(to.model) and may_carry(to, fault, job) then
        return decisions.fallback(to.model, to.changes)
      end
    end
  end
end

return fallback_to
