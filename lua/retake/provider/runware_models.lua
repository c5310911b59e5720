--- Which of Runware's tasks a model is for, where its name tells. The catalogue holds hundreds of thousands of models (civitai's among
-- them), named creator:family@version: so this is a table of creators and of families, not of models. What it does not know is judged by
-- the request: a duration makes a video.
local M = {}

-- Tools by their task's name, with the model that Runware's page on the tool gives in its example.
M.tools = {
  upscale = { task = "upscale", model = "runware:501@1" },
  removeBackground = { task = "removeBackground", model = "runware:110@1" },
}

-- Patterns, the first that fits: families before creators.
local tasks = {
  { "^%l+:%l*%-?image[%-@]", "imageInference" }, -- klingai:kling-image@o1
  { "^runware:50[0-4]@", "upscale" },
  { "^runware:109@", "removeBackground" }, { "^runware:110@", "removeBackground" }, { "^runware:112@", "removeBackground" },
  { "^bria:2@", "removeBackground" },
  { "^runware:20[0-9]@", "videoInference" }, -- Wan
  { "^klingai:", "videoInference" }, { "^minimax:", "videoInference" }, { "^pixverse:", "videoInference" }, { "^vidu:", "videoInference" },
  { "^lightricks:", "videoInference" }, { "^google:veo", "videoInference" }, { "^google:2@0$", "videoInference" }, { "^google:3@", "videoInference" },
  { "^openai:sora", "videoInference" }, { "^openai:3@", "videoInference" },
  { "^bytedance:seedance", "videoInference" }, { "^bytedance:1@", "videoInference" }, { "^bytedance:2@", "videoInference" },
  { "^alibaba:wan", "videoInference" },
  { "^bfl:", "imageInference" }, { "^ideogram:", "imageInference" }, { "^sourceful:", "imageInference" }, { "^civitai:", "imageInference" },
  { "^rundiffusion:", "imageInference" }, { "^google:[124]@", "imageInference" }, { "^openai:1@", "imageInference" },
  { "^bytedance:[345]@", "imageInference" }, { "^bytedance:seedream", "imageInference" },
}

-- Models that take pictures as references and know no picture to start from: "seedImage with a strength is refused by the architecture".
local references = { "^google:", "^openai:", "^bytedance:", "^bfl:", "^klingai:", "^ideogram:", "^sourceful:", "^runware:106@", "^runware:108@" }

--- The task a model is for; nil where its name does not tell.
---@param model string
---@return string|nil task_type
function M.task_of(model)
  for _, row in ipairs(tasks) do
    if model:find(row[1]) then return row[2] end
  end
end

--- Whether the model takes a picture as a reference, not as the start of its own.
---@param model string|nil
---@return boolean
function M.takes_references(model)
  for _, pattern in ipairs(references) do
    if model and model:find(pattern) then return true end
  end
  return false
end

--- Whether a task can do without words.
---@param task table
---@return boolean
function M.without_prompt(task)
  return task.frameImages ~= nil or task.inputs ~= nil or task.referenceImages ~= nil or task.referenceVideos ~= nil or task.seedImage ~= nil
end

-- Examples, for completion and documents; any other AIR identifier is sent as well.
M.models = { ["klingai:5@3"] = true, ["klingai:6@1"] = true, ["runware:200@6"] = true, ["bfl:3@1"] = true, ["runware:501@1"] = true }

return M
