--- What Runway's models take for the fields of a request, in the form that retake.translate reads.
local request = require "retake.provider.runway_request"

-- A rule of the schema as a rule of a translation; nil where it says nothing that could be chosen from.
local function plain(rule)
  if not rule then return rule end
  if rule.type == "enum" then return { values = rule.values } end
  if rule.type == "integer" then return { min = rule.min, max = rule.max, step = 1 } end
  if rule.type == "number" then return { min = rule.min, max = rule.max } end
end

---@param model string without the provider's name
---@param asked table the request
---@return table<string, table|boolean>|nil rules by the request's fields; nil for a model that the tables do not know
return function(model, asked)
  local own = {}
  for field, value in pairs(asked) do own[field] = value end
  own.model = model
  local taken = request.takes(own)
  if not taken then return nil end
  local rules = {}
  for _, field in ipairs { "ratio", "duration", "count", "seed", "negative_prompt", "audio" } do rules[field] = plain(taken.rules[field]) end
  if taken.strict then rules.extra = { names = taken.fields } end
  return rules
end
