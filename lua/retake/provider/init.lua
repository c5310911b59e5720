--- Providers: what one is, and which are known.
-- A provider is data first: tables for its endpoints, models, limits and rules, and functions only where data cannot say it.
local core = require "retake.core"

local M = {}

--- The providers that come with retake.
M.built_in = { "runway", "runware", "evolink" }

local known = {}

---@class retake.provider
---@field name string letters, digits and _; what stands before the slash of a model
---@field like string|nil name of a provider that this one is another account of: all that is not given here is as it is there, but for the key
---@field service string|nil made by define: the name of the provider that stands behind it; its own where it is like no other
---@field base_url string https
---@field key_variable string|nil environment variable of the key
---@field auth { header: string, prefix: string|nil }|nil where the key goes; absent: no key is asked for
---@field headers table<string, string>|nil sent with every call
---@field request_id string[]|nil response headers (lower case) that hold the provider's id of a call
---@field submit { encode: function, decode: function, duplicate: function|nil } encode(request, identity) -> { path, body, headers } or
---  nil, problem; decode(body, context) -> { task_id, estimated_credits, expected, first_poll, state, outputs } or nil
---@field poll table path(task_id) or encode(task_id) -> { method, path, body }; decode(body, known) -> { task_id, state, status, progress,
---  outputs, credits } or nil; floor, interval, not_found_grace in seconds; batch for reading many tasks in one request
---@field cancel { path: function, method: string|nil, gone: integer[]|nil }|nil absent: the provider cannot cancel
---@field upload { encode: function, decode: function, lifetime: number|nil }|nil
---@field account { path: string, decode: function }|nil
---@field assets { limits_for: fun(model: string, field: string): table|nil }|nil
---@field limits table|nil the same limits for every asset, where no function is needed
---@field rules table[] errors to classes, in order of trust; the generic rules come after them
---@field last_rules table[]|nil rules of statuses: asked after what the generic rules make of the answer's words
---@field evidence function|nil (body, evidence) -> findings, where bodies hold errors in shapes that nobody else has: a list of { code, type,
---  message, field, category, hint, task_id, request_id, retry_after }. The core searches where it is absent or finds nothing
---@field usual_states boolean|nil what a task's end is called ("FAILED", "cancelled") is what most APIs call it: poll.decode need not be asked
---@field credits string[]|nil paths to what a task cost in an answer about it, such as "cost.credits"; of lists all items are added up
---@field refund { path: string, words: string[] }|nil where such an answer tells what became of the money, and the words that mean: all of it was
---  given back
---@field hints string[][]|nil { member, words }: members of an error that say what would be right, such as { "min", "at least %s" }
---@field tasks { list: string, id: string, calls: userdata|nil }|nil where one answer tells of several tasks: the list they stand in, the member
---  that names one, and compiled rules for the errors that name none and speak of the call alone, not of a task's end
---@field quotes string|nil the member of an error in which the service behind the provider speaks: its words come behind the provider's own
---@field accepts (fun(model: string, request: table): table|nil)|nil what a model takes for each field of a request, so that a fallback can
---  translate: see retake.translate for the form of the rules
---@field safe_statuses table<integer, boolean>|nil statuses of a submission that surely was not accepted, beside every 4xx
---@field recognises_resend boolean|nil a second submission with the same identity is taken for the same one
---@field lookup function|nil (identity) -> the task id under which a submission of unknown outcome can be asked about
---@field estimate function|nil (model, request, call) -> credits, or nil where unknown; call: what submit.encode made of it, where it did

local functions_needed = { submit = { "encode", "decode" }, poll = { "decode" }, upload = { "encode", "decode" }, account = { "decode" } }

local function problem_of_part(definition, part)
  local value = definition[part]
  if value == nil and part ~= "submit" and part ~= "poll" then return nil end
  if type(value) ~= "table" then return part .. " has to be a table" end
  for _, name in ipairs(functions_needed[part]) do
    if type(value[name]) ~= "function" then return part .. "." .. name .. " has to be a function" end
  end
end

-- Beside what is documented above: what define itself adds, and what the code of the providers here reads.
local known_keys = {}
for key in ([[name like service base_url key_variable auth headers request_id submit poll cancel upload account assets limits rules last_rules
  evidence usual_states credits refund hints tasks quotes accepts safe_statuses safe_codes recognises_resend lookup estimate
  models limits_for compiled compiled_last built_in]]):gmatch "%S+" do known_keys[key] = true end

-- A misspelt name would be a provider without a key, without rules, without limits, and nobody would be told.
local function unknown_key(definition)
  for key in pairs(definition) do
    if not known_keys[key] then return ("unknown key '%s'"):format(tostring(key)) end
  end
end

local conditions = { "operation", "status", "transport", "code", "type", "from", "about", "message" }

-- A rule that asks for nothing would give its class to every error.
local function rule_without_condition(definition)
  for _, name in ipairs { "rules", "last_rules" } do
    for place, rule in ipairs(definition[name]) do
      local asks = false
      for _, condition in ipairs(conditions) do asks = asks or rule[condition] ~= nil end
      if not asks then return ("%s: rule %d has no condition: it would fit every error"):format(name, place) end
    end
  end
end

-- What is wrong with a definition, or nil.
local function problem_of(definition)
  local wrong = unknown_key(definition)
  if wrong then return wrong end
  if type(definition.base_url) ~= "string" then return "base_url has to be a string" end
  if not require("retake.http").allowed_url(definition.base_url) then
    return "base_url has to begin with https:// (http:// for this machine only) and name no user"
  end
  for _, part in ipairs { "submit", "poll", "upload", "account" } do
    local problem = problem_of_part(definition, part)
    if problem then return problem end
  end
  local poll = definition.poll
  if type(poll.path) ~= "function" and type(poll.encode) ~= "function" and type(poll.batch) ~= "table" then
    return "poll needs path(task_id), encode(task_id) or batch"
  end
  if definition.cancel and type(definition.cancel.path) ~= "function" then return "cancel.path has to be a function" end
end

-- What most APIs share, so that a definition says only what is its own.
local function fill_in(definition)
  local poll = definition.poll
  poll.method = poll.method or "GET"
  poll.floor = poll.floor or 2
  poll.not_found_grace = poll.not_found_grace or 10
  definition.submit.method = definition.submit.method or "POST"
  if definition.cancel then definition.cancel.method = definition.cancel.method or "DELETE" end
  definition.rules = definition.rules or {}
  definition.last_rules = definition.last_rules or {}
  if definition.limits and not definition.assets then
    local limits = definition.limits
    definition.assets = { limits_for = function() return limits end }
  end
end

-- Another account's key would be used unseen where the variable's name were taken over as well.
local never_shared = { name = true, key_variable = true, compiled = true, compiled_last = true }

-- What is not said of a provider that is like another one is as it is there.
local function complete(definition, other)
  local own_assets = definition.assets or definition.limits
  for key, value in pairs(other) do
    local shared = not never_shared[key] and (key ~= "assets" or not own_assets)
    if definition[key] == nil and shared then definition[key] = value end
  end
end

-- Whoever comes upon the name of a provider that is here would send its key elsewhere without being told.
local function check_name(definition, level)
  local name = definition.name
  if type(name) ~= "string" or not name:match "^[%a_][%w_]*$" then error("provider.define: a name is letters, digits and _", level + 1) end
  local own = definition.built_in
  definition.built_in = nil
  for _, built_in in ipairs(M.built_in) do
    if name == built_in and not own then
      error(("provider.define: %s comes with retake: take another name (another account is like = \"%s\", another address "
        .. "providers.%s.base_url of a client)"):format(name, name, name), level + 1)
    end
  end
  if name == "generic" or name == "init" then error(("provider.define: the name %s is taken"):format(name), level + 1) end
end

--- Makes a provider known by its name. A second definition of a name takes the place of the first, for clients made after it; the providers
--- that come with retake keep their names.
--- With `like = "runway"` it is a second account of that provider: define { name = "runway_b", like = "runway", key_variable = "..." }.
---@param definition retake.provider
---@return retake.provider definition the same table, with its rules compiled
function M.define(definition)
  if type(definition) ~= "table" then error("provider.define: a table is needed", 2) end
  check_name(definition, 2)
  local other = definition.like ~= nil and M.get(definition.like)
  if definition.like ~= nil and (not other or definition.like == definition.name) then
    error(("provider.define: %s: like names no other provider: %s"):format(definition.name, tostring(definition.like)), 2)
  end
  if other then complete(definition, other) end
  definition.service = other and other.service or definition.name
  local problem = problem_of(definition)
  if problem then error(("provider.define: %s: %s"):format(definition.name, problem), 2) end
  fill_in(definition)
  for field, list in pairs { compiled = definition.rules, compiled_last = definition.last_rules } do
    local compiled, rules = pcall(core.rules, list, definition.name)
    if not compiled then error("provider.define: " .. tostring(rules), 2) end
    definition[field] = rules
  end
  problem = rule_without_condition(definition)
  if problem then error(("provider.define: %s: %s"):format(definition.name, problem), 2) end
  known[definition.name] = definition
  return definition
end

--- The provider of that name, or nil where there is none.
---@param name string
---@return retake.provider|nil definition
function M.get(name)
  if known[name] == nil and type(name) == "string" and name:match "^[%a_][%w_]*$" and name ~= "init" then
    local found, definition = pcall(require, "retake.provider." .. name)
    if not found and not tostring(definition):find("module 'retake.provider." .. name .. "' not found", 1, true) then
      error(definition, 0)
    end
    known[name] = found and type(definition) == "table" and definition.name == name and definition.submit and definition or false
  end
  return known[name] or nil
end

--- The name of the provider behind a name: the same for all accounts of one provider.
---@param name string
---@return string service
function M.service(name)
  local definition = M.get(name)
  return definition and definition.service or name
end

-- A job asks for its two names at every step; a program has few models.
local parts, part_count = {}, 0
local MOST_PARTS = 256

--- "provider/model" in its two parts; the model may itself hold slashes.
---@param model string
---@return string|nil provider, string|nil model
function M.split(model)
  local seen = parts[model]
  if seen then return seen[1], seen[2] end
  local provider, name = tostring(model):match "^([%a_][%w_]*)/(.+)$"
  if not provider then return nil end
  if part_count == MOST_PARTS then parts, part_count = {}, 0 end
  parts[model], part_count = { provider, name }, part_count + 1
  return provider, name
end

return M
