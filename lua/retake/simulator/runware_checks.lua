--- What Runware says against a task before it takes it: the common fields, in its words.

local M = {}

M.GENERATES = { imageInference = "image", videoInference = "video", upscale = "image", removeBackground = "image" }
local UTILITIES = { authentication = true, ping = true, getResponse = true, mediaStorage = true, imageUpload = true, accountManagement = true }

local function wrong(code, message, fields)
  local item = fields or {}
  item.code, item.message = code, message
  return item
end

local function invalid(name, rest, fields)
  local item = fields or {}
  item.parameter = name
  return wrong("invalid" .. name:sub(1, 1):upper() .. name:sub(2), ("Invalid value for '%s' parameter. %s"):format(name, rest), item)
end

local UUID = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"

local function check_identity(task)
  if type(task.taskType) ~= "string" then return wrong("missingTaskType", "Missing required parameter 'taskType'.", { parameter = "taskType" }) end
  if not M.GENERATES[task.taskType] and not UTILITIES[task.taskType] then
    return wrong("unsupportedTaskType", "Unsupported task type.", { parameter = "taskType" })
  end
  if task.taskType == "authentication" or task.taskType == "ping" then return nil end
  if type(task.taskUUID) ~= "string" or not task.taskUUID:find(UUID) then return invalid("taskUUID", "It must be a valid UUID v4 string.") end
end

local INTEGERS = { { "width", 128, 2048 }, { "height", 128, 2048 }, { "numberResults", 1, 20 }, { "seed", 0, 9223372036854775807 } }

local function check_numbers(task)
  for _, row in ipairs(INTEGERS) do
    local name, least, most = row[1], row[2], row[3]
    local value = task[name]
    if value ~= nil and (type(value) ~= "number" or value % 1 ~= 0 or value < least or value > most) then
      return invalid(name, ("It must be an integer value between %.0f and %.0f."):format(least, most),
        { min = least, max = most, multiplier = 1, type = "integer" })
    end
  end
  local seconds = task.duration
  if seconds ~= nil and (type(seconds) ~= "number" or seconds < 1 or seconds > 60) then
    return invalid("duration", "It must be a number between 1 and 60.", { min = 1, max = 60, type = "float" })
  end
end

local function check_words(task, has_input)
  local prompt = task.positivePrompt
  if prompt == nil and has_input then return nil end
  if prompt == nil then return wrong("missingPositivePrompt", "Missing required parameter 'positivePrompt'.", { parameter = "positivePrompt" }) end
  if type(prompt) ~= "string" then
    return wrong("invalidPositivePrompt", "Invalid value for positivePrompt parameter. Positive prompt must be a string value.",
      { parameter = "positivePrompt", type = "string" })
  end
  if #prompt < 2 or #prompt > 3000 then
    return wrong("invalidPositivePromptLength", "Invalid value for 'positivePrompt' parameter. It must be between 2 and 3000 characters long.",
      { parameter = "positivePrompt", min = 2, max = 3000 })
  end
end

local function check_model(task)
  if task.model == nil and not task.taskType:find "Inference" then return nil end
  if task.model == nil then return wrong("missingModel", "Missing required parameter 'model'.", { parameter = "model" }) end
  if type(task.model) ~= "string" or not task.model:find "^[%w_%-]+:[%w_%-]+@[%w_%-%.]+$" then
    return invalid("model", "It must be a valid AIR identifier.", { type = "string" })
  end
end

local CHOICES = { deliveryMethod = { sync = true, async = true }, outputType = { URL = true, base64Data = true, dataURI = true } }

local function check_choices(task)
  for name, allowed in pairs(CHOICES) do
    local value, names = task[name], {}
    for choice in pairs(allowed) do names[#names + 1] = choice end
    table.sort(names)
    if value ~= nil and not allowed[value] then
      return invalid(name, "Supported values are: " .. table.concat(names, ", ") .. ".", { allowedValues = names, type = "string" })
    end
  end
end

--- Every picture, video and sound of a task, with the parameter that holds it.
---@param task table
---@return table[] assets  { parameter, value }
function M.assets(task)
  local found = {}
  local function add(parameter, value)
    if value ~= nil then found[#found + 1] = { parameter, value } end
  end
  for _, name in ipairs { "seedImage", "maskImage", "inputImage", "inputVideo" } do add(name, task[name]) end
  for _, name in ipairs { "referenceImages", "referenceVideos", "inputAudios" } do
    for i, value in ipairs(type(task[name]) == "table" and task[name] or {}) do add(("%s[%d]"):format(name, i - 1), value) end
  end
  for i, frame in ipairs(type(task.frameImages) == "table" and task.frameImages or {}) do
    add(("frameImages[%d]"):format(i - 1), type(frame) == "table" and frame.inputImage or frame)
  end
  return found
end

local function check_asset(parameter, value, media, script)
  local name = parameter:match "^%w+"
  if type(value) == "string" and value:find(UUID) then
    if media[value] then return nil end
    return wrong("failedToTransferImage", ("Invalid value for '%s' parameter. Failed to transfer the provided image."):format(parameter),
      { parameter = parameter })
  end
  local is_known = type(value) == "string"
    and (value:find "^https?://[^/%s]+" or value:find "^data:%a+/[%w.+-]+;base64,." or not value:find "[^%w+/=]")
  if not is_known then
    return invalid(name, "Images must be a valid UUID, URL, data URI or base64 string. Supported formats are: PNG, JPG, and WEBP.",
      { parameter = parameter })
  end
  for fragment, sentence in pairs(script.assets) do
    if value:find(fragment, 1, true) then
      return wrong("failedToTransferImage", ("Invalid value for '%s' parameter. %s"):format(parameter, sentence), { parameter = parameter })
    end
  end
end

--- What is wrong with a task.
---@param task any
---@param media table<string, boolean>  the UUIDs of files that Runware has
---@param script table
---@return table? item  { code, message, parameter, ... }
function M.problem(task, media, script)
  if type(task) ~= "table" then return wrong("invalidTask", "Every task must be an object.") end
  local item = check_identity(task)
  if item or not M.GENERATES[task.taskType] then return item end
  local assets = M.assets(task)
  item = check_model(task) or check_choices(task) or check_numbers(task)
  if item then return item end
  if task.taskType:find "Inference" then item = check_words(task, #assets > 0)
  elseif #assets == 0 then item = wrong("missingInputImage", "Missing required parameter 'inputImage'.", { parameter = "inputImage" }) end
  if not item and task.taskType == "imageInference" and #assets == 0 and not (task.width and task.height) then
    item = wrong("missingDimensionParameters", "Missing dimension parameters. Either width and height, or referenceImages must be provided.",
      { parameter = { "width", "height", "referenceImages" } })
  end
  for _, pair in ipairs(assets) do item = item or check_asset(pair[1], pair[2], media, script) end
  return item
end

return M
