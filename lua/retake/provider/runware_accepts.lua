--- What Runware takes for the fields of a request, in the form that retake.translate reads. It has too many models for a table of them: this
-- is what holds for its tasks, and the rest is for Runware to say.
local models = require "retake.provider.runware_models"

-- Sizes for shapes that are only named: of videos what their models have in common, of pictures about a megapixel in steps of 64.
local video = { ["16:9"] = "1280:720", ["9:16"] = "720:1280", ["1:1"] = "960:960", ["4:3"] = "1104:832", ["3:4"] = "832:1104",
  ["21:9"] = "1584:672" }
local image = { ["16:9"] = "1344:768", ["9:16"] = "768:1344", ["1:1"] = "1024:1024", ["4:3"] = "1152:896", ["3:4"] = "896:1152",
  ["3:2"] = "1216:832", ["2:3"] = "832:1216", ["21:9"] = "1536:640" }

---@param model string without the provider's name
---@param asked table the request
---@return table<string, table|boolean> rules by the request's fields
return function(model, asked)
  local tool = models.tools[model]
  local task = type(asked.extra) == "table" and asked.extra.taskType or tool and tool.task or models.task_of(model)
  local is_video = task == "videoInference" or not task and (asked.duration or asked.video or asked.last_image or asked.audio ~= nil)
  local rules = { count = { min = 1, max = 20, step = 1 }, seed = { min = 0, max = 2 ^ 53, step = 1 },
    ratio = { pixels = is_video and video or image } }
  if not is_video and task ~= nil then rules.duration = false end
  if tool then rules.ratio, rules.count, rules.seed, rules.negative_prompt = false, false, false, false end
  return rules
end
