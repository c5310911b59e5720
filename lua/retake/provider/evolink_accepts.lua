--- What EvoLink's models take for the fields of a request, in the form that retake.translate reads.
local models = require "retake.provider.evolink_models"

---@param model string without the provider's name
---@param asked table the request
---@return table<string, table|boolean> rules by the request's fields
return function(model, asked)
  local entry, kind = models.models[model] or {}, models.kind_of(model, asked)
  local rules = { count = { min = 1, max = 10, step = 1 }, seed = { min = 0, max = 4294967295, step = 1 } }
  if entry.durations then rules.duration = { values = entry.durations } end
  if kind == "image" then rules.duration = false end -- a picture has none: the request was for something else
  return rules
end
