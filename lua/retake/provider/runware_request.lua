--- From a request in retake's words to a task of Runware's.
--
-- Which task: `extra.taskType` where it is given; else by the model ("runware/upscale" and "runware/removeBackground" stand for those tools
-- with Runware's own models); else by what is asked for: a duration, a last frame, a video or sound makes it a video, anything else an image.
local data = require "retake.provider.runware_models"

local M = {}

M.models = data.models

local PATH = "/v1"

local function invalid(field, message, hint)
  return { class = "request.invalid", field = field, message = message, hint = hint }
end

-- A request read back from a journal may hold JSON's null, which is a userdata.
local function given(value)
  if type(value) == "userdata" then return nil end
  return value
end

-- One asset or several, as a list of texts; nil where there is none; false where the value is no asset.
local function assets(value)
  if type(value) == "string" then return { value } end
  if type(value) ~= "table" then return false end
  if value.uri ~= nil then return type(value.uri) == "string" and { value.uri } or false end
  local list = {}
  for index, item in ipairs(value) do
    local one = assets(item)
    if not one or #one ~= 1 then return false end
    list[index] = one[1]
  end
  return #list > 0 and list or nil
end

local asset_fields = { "image", "last_image", "images", "video", "audio" }
local plain_fields = { prompt = "string", negative_prompt = "string", ratio = "string", duration = "number", seed = "number", count = "number",
  width = "number", height = "number" }

-- The request's own fields, assets as lists.
local function read(request)
  local fields = {}
  for name, kind in pairs(plain_fields) do
    local value = given(request[name])
    if value ~= nil and (type(value) ~= kind or value ~= value) then return nil, invalid(name, ("%s has to be a %s"):format(name, kind)) end
    fields[name] = value
  end
  for _, name in ipairs(asset_fields) do
    local value = given(request[name])
    if name == "audio" and type(value) == "boolean" then fields.sound = value
    elseif value ~= nil then
      local list = assets(value)
      if list == false then return nil, invalid(name, name .. " has to be a URI, { uri = } or a list of them") end
      fields[name] = list
    end
  end
  return fields
end

local function wants_video(fields)
  return fields.duration ~= nil or fields.video ~= nil or fields.last_image ~= nil or fields.audio ~= nil or fields.sound ~= nil
end

--- Which of Runware's tasks a request becomes, and the model that goes into it.
---@return string task_type, string|nil model
local function choose(model, fields, extra)
  local tool = data.tools[model]
  if given(extra.taskType) then return tostring(extra.taskType), tool and tool.model or model end
  if tool then return tool.task, tool.model end
  local known = data.task_of(model)
  return known or wants_video(fields) and "videoInference" or "imageInference", model
end

-- "1280:720" is a size; "16:9" says nothing that Runware takes.
local function size_of(fields)
  if fields.width or fields.height then return fields.width, fields.height end
  if not fields.ratio then return nil end
  local width, height = fields.ratio:match "^(%d+)[:x](%d+)$"
  width, height = tonumber(width), tonumber(height)
  if not width or width < 64 or height < 64 then
    return nil, nil, invalid("ratio", ("Runware takes sizes in pixels, not the ratio %s"):format(fields.ratio),
      "give width and height, or a ratio in pixels such as 1280:720")
  end
  return width, height
end

local writers = {}

local function not_taken(field, task_type)
  return invalid(field, ("%s takes no %s"):format(task_type, field), "leave " .. field .. " out, or put it into extra as Runware calls it")
end

local function refuse_others(fields, task_type, taken)
  for _, name in ipairs(asset_fields) do
    if fields[name] and not taken[name] then return not_taken(name, task_type) end
  end
end

function writers.imageInference(task, fields, model)
  local wrong = refuse_others(fields, "imageInference", { image = true, images = true })
  if wrong then return wrong end
  local references = fields.images
  if fields.image and data.takes_references(model) then
    references = {}
    for _, list in ipairs { fields.image, fields.images or {} } do
      for _, uri in ipairs(list) do references[#references + 1] = uri end
    end
  elseif fields.image then task.seedImage = fields.image[1] end
  task.referenceImages = references
end

function writers.videoInference(task, fields)
  local frames = {}
  if fields.image then frames[1] = { inputImage = fields.image[1], frame = "first" } end
  if fields.last_image then frames[#frames + 1] = { inputImage = fields.last_image[1], frame = "last" } end
  if #frames > 0 then task.frameImages = frames end
  task.referenceImages = fields.images
  task.referenceVideos = fields.video
  task.inputAudios = fields.audio
  task.duration = fields.duration
end

local function tool_writer(name, fill)
  return function(task, fields)
    local wrong = refuse_others(fields, name, { image = true, video = true })
    if wrong then return wrong end
    if fields.image then task.inputImage = fields.image[1]
    elseif fields.video then task.inputVideo = fields.video[1]
    else return invalid("image", name .. " needs an image") end
    if fill then fill(task) end
  end
end

writers.upscale = tool_writer("upscale", function(task) task.upscaleFactor = 2 end)
writers.removeBackground = tool_writer "removeBackground"

local function write(task, fields, model)
  local task_type = task.taskType
  local generates = task_type == "imageInference" or task_type == "videoInference"
  if task_type ~= "upscale" and task_type ~= "removeBackground" then
    local width, height, problem = size_of(fields)
    if problem then return problem end
    task.width, task.height = width, height
    task.positivePrompt, task.negativePrompt, task.seed = fields.prompt, fields.negative_prompt, fields.seed
    task.numberResults = fields.count
    if task_type ~= "videoInference" and generates and fields.duration then return not_taken("duration", task_type) end
  end
  local writer = writers[task_type]
  return writer and writer(task, fields, model)
end

local function check_numbers(task)
  for _, name in ipairs { "width", "height", "numberResults", "seed" } do
    local value = task[name]
    if value ~= nil and (value % 1 ~= 0 or value < (name == "seed" and 0 or 1)) then
      return invalid(name == "numberResults" and "count" or name, ("%s has to be a whole number, got %.14g"):format(name, value))
    end
  end
  if task.numberResults and task.numberResults > 20 then
    return invalid("count", ("numberResults is at most 20, got %.14g"):format(task.numberResults), "ask for the rest in another job")
  end
end

-- Fields that are retake's own: the name of the task, and that it is told of later. With others a lost answer would be a lost task.
local own = { taskUUID = true, deliveryMethod = true }

local function add_extra(task, extra)
  for name, value in pairs(extra) do
    if own[name] and value ~= task[name] then
      return invalid("extra." .. tostring(name), tostring(name) .. " is set by retake", "leave it out of extra")
    end
    task[name] = value
  end
end

--- Encodes a request for its submission.
---@param request table model, prompt, image, ... as documented for retake.generate; assets are https: or data: URIs, or Runware's UUIDs
---@param identity { key: string } what the submission is called: its taskUUID
---@return { path: string, body: table, operation: string }|nil call
---@return table|nil problem { class, field, message, hint }
function M.encode(request, identity)
  local model = tostring(given(request.model) or ""):gsub("^runware/", "")
  if model == "" then return nil, invalid("model", "no model is named") end
  local extra = given(request.extra) or {}
  if type(extra) ~= "table" then return nil, invalid("extra", "extra has to be a table of fields") end
  local fields, problem = read(request)
  if not fields then return nil, problem end
  local task_type, own_model = choose(model, fields, extra)
  local task = { taskType = task_type, taskUUID = identity.key, deliveryMethod = "async", includeCost = true, outputType = "URL", model = own_model }
  problem = write(task, fields, own_model) or check_numbers(task) or add_extra(task, extra)
  if problem then return nil, problem end
  local inference = task_type == "imageInference" or task_type == "videoInference"
  if inference and not task.positivePrompt and not data.without_prompt(task) then
    return nil, invalid("prompt", task_type .. " needs a prompt", "Runware takes __BLANK__ as no prompt")
  end
  return { path = PATH, body = { task }, operation = task_type }
end

--- Runware publishes prices per model nowhere that could be kept here: what a task has cost stands in its answer.
---@return nil
function M.estimate() return nil end

return M
