--- Other models: which of a list a request may be taken to, in order.
local decisions = require "retake.policy.decisions"
local describe = require "retake.policy.describe"
local provider = require "retake.provider"

local M = {}

local function target(entry, place, level)
  local model = entry
  if type(entry) == "table" then model = entry.model end
  local changes = {}
  for key, value in pairs(type(entry) == "table" and entry or {}) do
    if key ~= "model" then changes[key] = value end
  end
  local problem = decisions.problem_with_target(model, changes)
  if problem then error(("fallback: entry %d: %s"):format(place, problem), level + 1) end
  return { model = model, changes = next(changes) and changes or nil }
end

local content_fields = { "prompt", "negative_prompt", "image", "images", "last_image", "video", "audio" }

local function changes_content(to)
  for _, field in ipairs(content_fields) do
    if to.changes and to.changes[field] ~= nil then return true end
  end
  return false
end

-- Whether refused content may go to the target: changed, or to another provider where that was allowed.
local function may_carry(to, fault, job)
  if not fault:is "content" then return true end
  return changes_content(to) or job.reroute_refused and provider.service(provider.split(to.model)) ~= provider.service(fault.provider)
end

local function is_open_to(to, fault, job)
  local allowed = fault.elsewhere == "any" or provider.split(to.model) ~= fault.provider
  return allowed and not job:tried(to.model) and not job:refused(to.model) and may_carry(to, fault, job)
end

-- The first target that may be gone to and whose circuit is closed; else, as a last resort, the one whose circuit is tried soonest.
local function choose(targets, fault, job)
  local soonest, least
  for place = 1, #targets do
    local to = targets[place]
    if is_open_to(to, fault, job) then
      local wait = job:closed_for(to.model)
      if not wait then return decisions.fallback(to.model, to.changes) end
      if wait < (least or math.huge) then soonest, least = to, wait end
    end
  end
  return soonest and decisions.as_last_resort(decisions.fallback(soonest.model, soonest.changes), least)
end

local function answers_of(targets)
  local providers, count, changing = {}, 0, false
  for _, to in ipairs(targets) do
    local name = provider.split(to.model)
    if not providers[name] then providers[name], count = true, count + 1 end
    changing = changing or changes_content(to)
  end
  return function(info)
    if info.elsewhere == "no" then return describe.NEVER end
    if info.class:find "^content%." then return changing and describe.ALWAYS or describe.PERHAPS end
    -- only elsewhere than where it failed: that hangs on where that was
    return info.elsewhere == "any" and describe.ALWAYS or count > 1 and describe.ALWAYS or describe.PERHAPS
  end
end

--- The policy, with a level for error positions.
---@return function policy
function M.new(models, level)
  if type(models) == "table" and models.model ~= nil then
    error("fallback needs a list: { { model = \"provider/model\", ... } }", level + 1)
  end
  if type(models) ~= "table" or #models == 0 then error("fallback needs a model or a list of models", level + 1) end
  local targets, names = {}, {}
  for place = 1, #models do
    targets[place] = target(models[place], place, level + 1)
    names[place] = targets[place].model
  end
  return describe.note(function(fault, job)
    if fault.elsewhere == "no" then return nil end
    -- the first choice of all is the model that was asked for, where the job left it without having been let in
    local home = job.home
    if not home then return choose(targets, fault, job) end
    local all = { { model = home } }
    for place = 1, #targets do all[place + 1] = targets[place] end
    return choose(all, fault, job)
  end, answers_of(targets), { label = "fallback", list = {}, models = names })
end

--- With a model: the decision to take the request there. With a list: a policy that goes to the first of them that this job has not been
--- to and whose circuit is closed, each with its own changes. Parameters become the nearest that the target takes.
---@param models string|(string|table)[] "provider/model", or a list of these and of { model = "provider/model", <fields that differ> }
---@param changes table|nil request fields that differ there, with a single model
---@return table|function decision_or_policy the policy answers nothing where the class forbids to go elsewhere, or when the list is used up;
---  refused content goes on only with an entry that changes it, or to another provider where the client has reroute_refused
function M.fallback(models, changes)
  local made
  if type(models) == "string" then made = decisions.fallback(models, changes) else made = M.new(models, 2) end
  return made
end

return M
