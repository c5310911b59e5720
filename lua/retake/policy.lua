--- Policies: functions (fault, job) -> decision, and what makes them. A decision is a wish: the gate and the job's own limits
-- (deadline, credits, attempts) come after it, so that a policy can be wrong without doing harm.
local core = require "retake.core"
local provider = require "retake.provider"
local request_of = require "retake.request"

local M = {}

local Decision = {}
Decision.__index = Decision
Decision.__tostring = function(decision)
  if decision.kind == "retry" then return ("retry in %.2f s"):format(decision.delay or 0) end
  if decision.kind == "fallback" then return "fall back to " .. decision.model end
  if decision.kind == "give_up" then return "give up" .. (decision.why and ": " .. decision.why or "") end
  return decision.kind
end

local function decision(kind, fields)
  fields.kind = kind
  return setmetatable(fields, Decision)
end

--- Whether a value is a decision.
---@param value any
---@return boolean
function M.is_decision(value)
  return getmetatable(value) == Decision
end

local function check_delay(delay)
  if delay ~= nil and (type(delay) ~= "number" or delay ~= delay or delay < 0) then
    error("a delay is a number of seconds, not negative", 3)
  end
end

--- The same request again. The gate raises the delay to the floor of the class and to what the provider asks for.
---@param delay number|nil seconds, default 0
---@param why string|nil a reason for the ledger
---@return table decision
function M.retry(delay, why)
  check_delay(delay)
  return decision("retry", { delay = delay or 0, why = why })
end

--- A changed request to the same model.
---@param changes table request fields; a function gets the old value and returns the new one
---@param delay number|nil seconds
---@return table decision
function M.revise(changes, delay)
  if type(changes) ~= "table" or next(changes) == nil then error("revise needs a table of changed request fields", 2) end
  local problem = request_of.problem_with(changes)
  if problem then error("revise: " .. problem, 2) end
  check_delay(delay)
  return decision("revise", { changes = changes, delay = delay or 0 })
end

local function check_model(model, level)
  if type(model) ~= "string" or not provider.split(model) then
    error(("a model is written \"provider/model\", not %s"):format(tostring(model)), level + 1)
  end
end

--- Back to asking about the task that exists already.
---@param delay number|nil seconds
---@return table decision
function M.resume(delay)
  check_delay(delay)
  return decision("resume", { delay = delay or 0 })
end

--- The end of the job with its fault.
---@param why string|nil
---@return table decision
function M.give_up(why)
  return decision("give_up", { why = why })
end

local function check_policy(policy, what)
  if type(policy) ~= "function" then error(what .. " has to be a policy: a function (fault, job) -> decision", 3) end
end

--- Asks policies in order; the first that answers decides.
---@param policies function[]
---@return function policy
function M.chain(policies)
  if type(policies) ~= "table" then error("chain needs a list of policies", 2) end
  for i = 1, #policies do check_policy(policies[i], "chain: entry " .. i) end
  return function(fault, job)
    for i = 1, #policies do
      local answer = policies[i](fault, job)
      if answer ~= nil then return answer end
    end
  end
end

local function matcher(what, level)
  if type(what) == "function" then return what end
  local list = type(what) == "table" and what or { what }
  if #list == 0 then error("on needs a class, a family, a list of them, or a function", level + 1) end
  for _, name in ipairs(list) do
    if type(name) ~= "string" or not core.matches_class(name) then
      error(("unknown failure class '%s'"):format(tostring(name)), level + 1)
    end
  end
  return function(fault)
    for i = 1, #list do
      if fault:is(list[i]) then return true end
    end
    return false
  end
end

--- Asks the policy only where the fault fits.
---@param what string|string[]|fun(fault: userdata, job: table): boolean a class, a family such as "network", a list, or a test
---@param policy function
---@return function policy
function M.on(what, policy)
  local fits = matcher(what, 2)
  check_policy(policy, "on: its second argument")
  return function(fault, job)
    if fits(fault, job) then return policy(fault, job) end
  end
end

-- Where the provider names a time it is kept, with a little spread so that jobs told the same time do not come back as one.
local SPREAD = 0.2

--- Retries with full jitter: a random wait up to base * 2^n, as many times as asked for each model the job goes to.
---@param options { tries: integer|nil, base: number|nil, cap: number|nil } tries: 4, base: 2 s, cap: 60 s
---@return function policy answers nothing for faults whose class does not wait, or when the tries are used up
function M.backoff(options)
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
      return M.retry(fault.retry_after + math.random() * SPREAD, "the provider asked for " .. fault.retry_after .. " s")
    end
    local most = math.min(cap, base * 2 ^ job.tries)
    return M.retry(math.random() * most, ("backoff, try %d of %d"):format(job.tries + 1, tries))
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
function M.fallback(models, changes)
  if type(models) == "string" then
    check_model(models, 2)
    return decision("fallback", { model = models, changes = changes, delay = 0 })
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
        return M.fallback(to.model, to.changes)
      end
    end
  end
end

local standard_options = { tries = true, base = true, cap = true, fallback = true }

--- What most should use: waits where waiting helps, then the other models, else gives up.
---@param options { tries: integer|nil, base: number|nil, cap: number|nil, fallback: table|nil }|nil
---@return function policy
function M.standard(options)
  options = options or {}
  for name in pairs(options) do
    if not standard_options[name] then error("standard: unknown option '" .. tostring(name) .. "'", 2) end
  end
  local models = options.fallback
  if type(models) == "string" then models = { models } end
  local policies = {
    M.on("generation.failed", M.backoff { tries = math.min(options.tries or 2, 2), base = options.base, cap = options.cap }),
    -- a quota of the day is over tomorrow: go elsewhere first, and wait only where there is no other model
    M.on(function(fault) return fault.class ~= "account.quota" end,
      M.backoff { tries = options.tries, base = options.base, cap = options.cap }),
  }
  if models then policies[#policies + 1] = M.fallback(models) end
  policies[#policies + 1] = M.on("account.quota", M.backoff { tries = 1, base = options.base, cap = options.cap })
  return M.chain(policies)
end

return M
