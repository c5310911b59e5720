--- A request for one model in the terms of another: what the target does not take becomes the nearest that it takes, or is left out, and each
-- change is listed. What would make something else of the request (a prompt cut short, a picture left out, a video of half the length) is not
-- done: then the target cannot serve it, and the reason is said.
--
-- What a model takes is its provider's to say: definition.accepts(model, request) answers a rule for each field of a request,
--   { values = { ... } }            one of these (numbers, or ratios as texts)
--   { min =, max =, step = }        a number in a range; step 1 for whole numbers
--   { pixels = { ["16:9"] = "1280:720" } }   sizes in pixels only: what a named ratio becomes
--   { names = { seed = true } }     for extra: the names that it knows
--   false                           not taken at all
-- and nothing (nil) for what is not known: that is sent as it is. The provider's own encode has the last word.
local assets = require "retake.job.assets"
local provider = require "retake.provider"
local ratios = require "retake.ratios"
local schema = require "retake.schema"

-- A video of less than half or more than twice the length is another video.
local MOST_LONGER = 2

-- The name of no submission: encoding is only tried here.
local NO_ONE = { key = "00000000-0000-4000-8000-000000000000" }

local function takes(rule)
  if rule.values then
    if #rule.values > 12 then return ("one of %d values such as %s"):format(#rule.values, schema.list { rule.values[1], rule.values[2] }) end
    return schema.list(rule.values)
  end
  if rule.min and rule.max then return ("%.14g to %.14g"):format(rule.min, rule.max) end
  return rule.max and ("at most %.14g"):format(rule.max) or ("at least %.14g"):format(rule.min or 0)
end

-- The nearest allowed number; of two that are as near the smaller one, which costs less.
local function nearest(value, rule)
  if rule.values then
    local best
    for _, allowed in ipairs(rule.values) do
      local distance = type(allowed) == "number" and math.abs(allowed - value)
      local least = best and math.abs(best - value)
      if distance and (not best or distance < least or distance == least and allowed < best) then best = allowed end
    end
    return best
  end
  local number = math.max(rule.min or -math.huge, math.min(rule.max or math.huge, value))
  if rule.step and number % rule.step ~= 0 then
    number = math.ceil(number / rule.step - 0.5) * rule.step
    if rule.max and number > rule.max then number = number - rule.step end
  end
  return number
end

local Draft = {}
Draft.__index = Draft

function Draft:change(field, to, why)
  local from = self.request[field]
  self.request[field] = to
  self.changes[#self.changes + 1] = { field = field, from = from, to = to, why = why }
end

local fields = {}

-- How long the output is follows from a video that is changed; of anything else a model without a length makes no video.
function fields.duration(draft)
  local value, rule = draft.request.duration, draft.rules.duration
  if value == nil or rule == nil then return nil end
  if rule == false then
    if not draft.request.video then return ("%s makes nothing of a length, and %.14g s are asked for"):format(draft.model, value) end
    return draft:change("duration", nil, draft.model .. " takes no duration")
  end
  local to = nearest(value, rule)
  if not to or to == value then return nil end
  if to > value * MOST_LONGER or to * MOST_LONGER < value then
    return ("%s takes a duration of %s, too far from %.14g"):format(draft.model, takes(rule), value)
  end
  draft:change("duration", to, ("%s takes %s"):format(draft.model, takes(rule)))
end

function fields.count(draft)
  local value, rule = draft.request.count, draft.rules.count
  if value == nil or rule == nil then return nil end
  if rule == false then
    if value ~= 1 then draft:change("count", nil, draft.model .. " makes one at a time") end
    return nil
  end
  local to = nearest(value, rule)
  if to and to ~= value then draft:change("count", to, ("%s takes %s"):format(draft.model, takes(rule))) end
end

-- A seed means nothing to another model; only what it would choke on is left out.
function fields.seed(draft)
  local value, rule = draft.request.seed, draft.rules.seed
  if value == nil or rule == nil then return nil end
  if rule == false then return draft:change("seed", nil, draft.model .. " takes no seed") end
  if nearest(value, rule) ~= value then draft:change("seed", nil, ("%s takes %s"):format(draft.model, takes(rule))) end
end

function fields.negative_prompt(draft)
  if draft.request.negative_prompt == nil or draft.rules.negative_prompt ~= false then return nil end
  draft:change("negative_prompt", nil, draft.model .. " takes no negative prompt")
end

-- audio = true or false: whether the model makes sound.
function fields.audio(draft)
  if type(draft.request.audio) ~= "boolean" or draft.rules.audio ~= false then return nil end
  draft:change("audio", nil, draft.model .. " does not let that be chosen")
end

-- The asked shape: of width and height, or of the ratio.
local function shape_of(request)
  if request.width and request.height then return ("%.0f:%.0f"):format(request.width, request.height) end
  return request.ratio
end

-- Pixels and ratio are one wish: width and height become a ratio where the model has only those.
local function set_shape(draft, to, why)
  local request = draft.request
  if request.width then
    local from = ("%.0fx%.0f"):format(request.width, request.height or 0)
    request.width, request.height, request.ratio = nil, nil, to
    draft.changes[#draft.changes + 1] = { field = "ratio", from = from, to = to, why = why }
  else draft:change("ratio", to, why) end
end

function fields.ratio(draft)
  local rule, asked = draft.rules.ratio, shape_of(draft.request)
  if asked == nil or rule == nil or not ratios.parse(asked) then return nil end
  if rule == false then
    if not (draft.request.image or draft.request.video) then return ("%s takes no ratio, and %s is asked for"):format(draft.model, asked) end
    return set_shape(draft, nil, draft.model .. " keeps the shape of its input")
  end
  local to
  if rule.values then to = ratios.nearest(asked, rule.values)
  elseif rule.pixels and not ratios.is_pixels(asked) then
    local name = ratios.nearest(asked, ratios.names(rule.pixels))
    to = name and rule.pixels[name]
  else return nil end
  if to == nil then return ("%s takes no shape near %s"):format(draft.model, asked) end
  if to == asked then return nil end
  set_shape(draft, to, ("%s takes %s"):format(draft.model, rule.values and takes(rule) or "sizes in pixels"))
end

local function is_same_interface(a, b)
  return a == b or a ~= nil and b ~= nil and a.submit.encode == b.submit.encode
end

-- extra holds fields of a provider's own: elsewhere they mean nothing, or something else.
function fields.extra(draft)
  local extra = draft.request.extra
  if type(extra) ~= "table" or draft.given.extra ~= nil then return nil end
  local rule, names, kept = draft.rules.extra, {}, {}
  local known = is_same_interface(draft.from, draft.definition)
  for name, value in pairs(extra) do
    if known and (not rule or rule.names[name]) then kept[name] = value else names[#names + 1] = tostring(name) end
  end
  if #names == 0 then return nil end
  table.sort(names)
  draft.request.extra = next(kept) and kept or nil
  for _, name in ipairs(names) do
    draft.changes[#draft.changes + 1] = { field = "extra." .. name, why = known and draft.model .. " does not know it"
      or ("it is a field of %s's own"):format(draft.from and draft.from.name or "another provider") }
  end
end

local order = { "extra", "ratio", "duration", "count", "seed", "negative_prompt", "audio" }

-- What may be left out where only the provider's encode knows that it is not taken.
local may_go = { seed = true, negative_prompt = true, count = true }

local function try_encode(draft)
  local stand_ins = assets.stand_ins(draft.request)
  stand_ins.model = draft.own_model
  local call, problem = draft.definition.submit.encode(stand_ins, NO_ONE)
  return not call and (problem or { message = "it cannot be written for that provider" }) or nil
end

-- The provider's own last word.
local function settle(draft)
  for _ = 1, 4 do
    local problem = try_encode(draft)
    if not problem then return nil end
    local leave_out = may_go[problem.field] and draft.request[problem.field] ~= nil and draft.given[problem.field] == nil
      or problem.field == "audio" and type(draft.request.audio) == "boolean"
    if not leave_out then return problem.message end
    draft:change(problem.field, nil, problem.message)
  end
  return "it does not take the request"
end

--- Translates a request for the model that it names now.
---@param request table normalised, with the target as its model
---@param from_model string|nil the model that it was written for
---@param given table|nil fields the policy has set for this target
---@return table|nil request a copy, table|nil changes a list of { field, from, to, why }; to is nil where the field was left out
---@return string|nil problem why the target cannot serve it
return function(request, from_model, given)
  local name, own_model = provider.split(request.model)
  local definition = provider.get(name)
  if not definition then return nil, nil, ("no provider is called '%s'"):format(name) end
  local copy = {}
  for field, value in pairs(request) do copy[field] = value end
  local asked = {}
  for field, value in pairs(copy) do asked[field] = value end
  asked.model = own_model
  local draft = setmetatable({ request = copy, changes = {}, given = given or {}, definition = definition, model = request.model,
    own_model = own_model, from = from_model and provider.get((provider.split(from_model))),
    rules = definition.accepts and definition.accepts(own_model, asked) or {} }, Draft)
  for _, field in ipairs(order) do
    local problem = fields[field](draft)
    if problem then return nil, nil, problem end
  end
  local problem = settle(draft)
  if problem then return nil, nil, problem end
  return copy, draft.changes
end
