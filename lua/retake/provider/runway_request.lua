--- From a request in retake's words to a body in Runway's, checked against what the model takes.
local schema = require "retake.schema"
local data = require "retake.provider.runway_models"

local M = {}

-- Where a request's field may go, best first; the first that the model has is taken.
local targets = {
  prompt = { "promptText" },
  negative_prompt = { "negativePrompt" },
  ratio = { "targetAspectRatio", "ratio" },
  duration = { "duration" },
  seed = { "seed" },
  count = { "outputCount" },
  image = { "promptImage", "imageUri", "character", "keyframes", "referenceImages", "references" },
  last_image = { "promptImage", "keyframes" },
  images = { "referenceImages", "references", "promptImage" },
  video = { "promptVideo", "videoUri", "reference" },
  audio = { "referenceAudio", "referenceAudios", "audioUri" },
}

-- Whose fault a wrong or missing field of the body is, in the request's words.
local callers = {
  promptText = "prompt", negativePrompt = "negative_prompt", targetAspectRatio = "ratio", outputCount = "count", promptImage = "image",
  imageUri = "image", character = "image", keyframes = "image", referenceImages = "images", references = "images", promptVideo = "video",
  videoUri = "video", reference = "video", referenceVideos = "video", referenceAudio = "audio", referenceAudios = "audio",
  audioUri = "audio",
}

-- A model that the tables do not know is sent as given: only the names of the fields are guessed, from what its siblings use.
local function guessed(names)
  local fields = {}
  for name in names:gmatch "%S+" do fields[name] = { type = "any" } end
  return { fields = fields, unknown = true }
end
local guesses = {
  image_to_video = guessed "promptText promptImage ratio duration seed negativePrompt audio outputCount referenceAudio references",
  text_to_video = guessed "promptText ratio duration seed negativePrompt audio outputCount references referenceVideos referenceAudio",
  video_to_video = guessed "promptText videoUri ratio duration seed negativePrompt audio outputCount references referenceVideos referenceAudio",
  text_to_image = guessed "promptText ratio seed negativePrompt outputCount referenceImages",
  character_performance = guessed "character reference ratio seed",
}

local function invalid(field, message, hint)
  return { class = "request.invalid", field = field, message = message, hint = hint }
end

-- A request read back from a journal may hold JSON's null, which is a userdata.
local function given(value)
  if type(value) == "userdata" then return nil end
  return value
end

-- One asset or several, as a list of { uri =, tag = }; nil where there is none; false where the value is no asset.
local function assets(value)
  if type(value) == "string" then return { { uri = value } } end
  if type(value) ~= "table" then return false end
  if value.uri then return type(value.uri) == "string" and { value } or false end
  local list = {}
  for index, item in ipairs(value) do
    local one = assets(item)
    if not one or #one ~= 1 then return false end
    list[index] = one[1]
  end
  return #list > 0 and list or nil
end

local asset_fields = { image = true, last_image = true, images = true, video = true, audio = true }

-- The request's own fields, assets as lists. A boolean `audio` is a switch, not an asset.
local function read(request)
  local fields = {}
  for name in pairs(targets) do
    local value = given(request[name])
    if value ~= nil and asset_fields[name] and type(value) ~= "boolean" then
      local list = assets(value)
      if list == false then return nil, invalid(name, name .. " has to be a URI, { uri = } or a list of them") end
      value = list
    elseif value ~= nil and asset_fields[name] and name ~= "audio" then
      return nil, invalid(name, name .. " has to be a URI, { uri = } or a list of them")
    end
    fields[name] = value
  end
  return fields
end

local usual_operations = { "text_to_video", "image_to_video", "video_to_video", "text_to_image" }

-- Which operation the inputs ask for, out of those the model has (`has`: a set, or nil where nothing is known of the model).
local function choose(has, fields, model, extra)
  if has == nil then
    if model:find "^act_" then return "character_performance" end
    if fields.video then return "video_to_video" end
    if model:find "image" or model:find "^seedream" then return "text_to_image" end
    return (fields.image or fields.last_image) and "image_to_video" or "text_to_video"
  end
  local wanted
  if fields.video then wanted = "video_to_video"
  elseif fields.image or fields.last_image then wanted = "image_to_video"
  elseif fields.images and not fields.prompt and not extra.promptText then wanted = "image_to_video" end
  if wanted and has[wanted] then return wanted end
  for _, name in ipairs(usual_operations) do
    if has[name] then return name end
  end
  return (next(has))
end

local function common_divisor(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local function has_value(rule, value)
  if not rule or not rule.values then return false end
  for _, allowed in ipairs(rule.values) do
    if allowed == value then return true end
  end
  return false
end

-- width and height in the words of the model's ratio: pixels, or the proportion where its ratios are named.
local function ratio_of(request, fields, rule)
  local width, height = given(request.width), given(request.height)
  if width == nil and height == nil then return fields.ratio end
  for name, value in pairs { width = width or false, height = height or false } do
    if type(value) ~= "number" or value < 1 or value % 1 ~= 0 then
      return nil, invalid(name, "width and height go together and are whole numbers of pixels")
    end
  end
  local ratio = ("%.0f:%.0f"):format(width, height)
  local divisor = common_divisor(width, height)
  local reduced = ("%.0f:%.0f"):format(width / divisor, height / divisor)
  if not has_value(rule, ratio) and has_value(rule, reduced) then ratio = reduced end
  if fields.ratio ~= nil and fields.ratio ~= ratio then
    return nil, invalid("ratio", ("ratio and width x height disagree: got %s and %s"):format(tostring(fields.ratio), ratio))
  end
  return ratio
end

local function takes_last(rule)
  local items = rule.rules and rule.rules[2].items
  return rule.type == "any" or rule.type == "list" or items and has_value(items.fields.position, "last")
end

local function takes_references(rule)
  local items = rule.rules and rule.rules[2].items
  return items ~= nil and not has_value({ values = items.required }, "position")
end

local function target_of(caller, shape)
  for _, name in ipairs(targets[caller]) do
    local rule = shape.fields[name]
    local fits = rule and not rule.ignored
    if fits and name == "promptImage" and caller == "last_image" then fits = takes_last(rule) end
    if fits and name == "promptImage" and caller == "images" then fits = takes_references(rule) end
    if fits then return name, rule end
  end
end

local function append(body, name, entries)
  body[name] = body[name] or {}
  for _, entry in ipairs(entries) do table.insert(body[name], entry) end
end

local function with_media(list, media)
  local entries = {}
  for index, item in ipairs(list) do entries[index] = { type = media, uri = item.uri } end
  return entries
end

local function with_tags(list)
  local entries = {}
  for index, item in ipairs(list) do entries[index] = { uri = item.uri, tag = given(item.tag), subject = given(item.subject) } end
  return entries
end

-- How assets are written into each field of the body.
local writers = {}
function writers.promptImage(body, list, caller, fields)
  if caller == "images" then return append(body, "promptImage", with_tags(list)) end
  if not fields.last_image then body.promptImage = list[1].uri return end
  append(body, "promptImage", { { uri = list[1].uri, position = caller == "image" and "first" or "last" } })
end
function writers.keyframes(body, list, caller)
  append(body, "keyframes", { { uri = list[1].uri, at = caller == "last_image" and 1 or 0 } })
end
function writers.character(body, list) body.character = with_media(list, "image")[1] end
function writers.reference(body, list) body.reference = with_media(list, "video")[1] end
function writers.referenceVideos(body, list) append(body, "referenceVideos", with_media(list, "video")) end
function writers.referenceAudio(body, list) append(body, "referenceAudio", with_media(list, "audio")) end
function writers.referenceImages(body, list) append(body, "referenceImages", with_tags(list)) end
function writers.references(body, list) append(body, "references", with_tags(list)) end
function writers.referenceAudios(body, list)
  for _, item in ipairs(list) do append(body, "referenceAudios", { item.uri }) end
end
for _, name in ipairs { "imageUri", "videoUri", "promptVideo", "audioUri" } do
  writers[name] = function(body, list) body[name] = list[1].uri end
end

local takes_several = { referenceImages = true, references = true, referenceAudio = true, referenceAudios = true }

local function not_taken(caller, model, operation, shape)
  local names = {}
  for name, rule in pairs(shape.fields) do
    if not rule.ignored then names[#names + 1] = name end
  end
  table.sort(names)
  return invalid(caller, ("%s has no field for %s in %s; it takes %s"):format(model, caller, operation, table.concat(names, ", ")),
    "leave " .. caller .. " out, or choose another model")
end

local function write_asset(draft, caller, list)
  local name = target_of(caller, draft.shape)
  if not name then return not_taken(caller, draft.model, draft.operation, draft.shape) end
  local rest = {}
  if #list > 1 and not takes_several[name] and caller ~= "images" then
    if caller ~= "video" or not draft.shape.fields.referenceVideos then
      return invalid(caller, ("%s of %s takes one: got %d"):format(name, draft.model, #list), "1")
    end
    for index = 2, #list do rest[index - 1] = list[index] end
  end
  if list[1].tag and name ~= "referenceImages" and name ~= "references" and not (caller == "images" and name == "promptImage") then
    return invalid(caller, ("%s of %s takes no tag"):format(name, draft.model), "leave the tag out")
  end
  writers[name](draft.body, list, caller, draft.fields)
  if #rest > 0 then writers.referenceVideos(draft.body, rest) end
  draft.origin[name] = draft.origin[name] or caller
end

local function write_value(draft, caller, value)
  local name = target_of(caller, draft.shape)
  if name then
    draft.body[name] = value
    draft.origin[name] = caller
  elseif caller ~= "count" or value ~= 1 then -- a count of one is what every model makes
    return not_taken(caller, draft.model, draft.operation, draft.shape)
  end
end

local asset_order = { "image", "last_image", "images", "video", "audio" }
local value_order = { "prompt", "negative_prompt", "ratio", "duration", "seed", "count" }

local function write_all(draft)
  local fields = draft.fields
  if fields.image and fields.images and draft.shape.fields.promptImage and not target_of("images", { fields = {
    referenceImages = draft.shape.fields.referenceImages, references = draft.shape.fields.references } }) then
    return invalid("images", ("%s takes a first frame or reference images, not both"):format(draft.model), "image or images")
  end
  for _, caller in ipairs(asset_order) do
    local value = fields[caller]
    local problem
    if type(value) == "table" then problem = write_asset(draft, caller, value)
    elseif value ~= nil and draft.shape.fields.audio then draft.body.audio, draft.origin.audio = value, "audio"
    elseif value ~= nil then problem = not_taken(caller, draft.model, draft.operation, draft.shape) end
    if problem then return problem end
  end
  for _, caller in ipairs(value_order) do
    if fields[caller] ~= nil then
      local problem = write_value(draft, caller, fields[caller])
      if problem then return problem end
    end
  end
end

-- The body before its values are checked, and what it was made from.
local function draft_of(request)
  local model = tostring(given(request.model) or ""):gsub("^runway/", "")
  if model == "" then return nil, invalid("model", "no model is named") end
  local extra = given(request.extra) or {}
  if type(extra) ~= "table" then return nil, invalid("extra", "extra has to be a table of fields") end
  local fields, problem = read(request)
  if not fields then return nil, problem end
  local known = data.models[model]
  local operation = choose(known and known.operations, fields, model, extra)
  local shape = known and known.operations[operation] or guesses[operation]
  local ratio_rule = select(2, target_of("ratio", shape))
  fields.ratio, problem = ratio_of(request, fields, ratio_rule)
  if problem then return nil, problem end
  local draft = { model = model, operation = operation, shape = shape, fields = fields, extra = extra, body = {}, origin = {} }
  problem = write_all(draft)
  if problem then return nil, problem end
  return draft
end

-- The request's field behind a path of the body.
local function caller_of(draft, path)
  local top = path:match "^[^.%[]+" or path
  if top == "promptImage" and draft.fields.last_image and path:find "^promptImage%[1%]" then return "last_image" end
  return draft.origin[top] or callers[top] or top
end

local function explained(draft, found)
  local place = ("%s of %s (%s)"):format(found.path, draft.model, draft.operation)
  local message
  if found.missing then message = ("%s is required%s"):format(place, found.allowed and ": " .. found.allowed or "")
  elseif found.unknown then message = ("%s does not exist: %s"):format(place, found.allowed)
  else message = ("%s: got %s, allowed is %s"):format(place, found.got, found.allowed) end
  return invalid(caller_of(draft, found.path), message, found.hint)
end

-- By shape: its type where `extra` says nothing, as in most requests.
local usual_types = setmetatable({}, { __mode = "k" })

-- What `extra` says is sent as it is: such fields count as given, and are not judged.
local function type_of(draft)
  local shape = draft.shape
  if not next(draft.extra) then
    usual_types[shape] = usual_types[shape] or { type = "object", fields = shape.fields, required = shape.required }
    return usual_types[shape]
  end
  local fields, required = {}, {}
  for name, rule in pairs(shape.fields) do
    if draft.extra[name] == nil then fields[name] = rule end
  end
  for _, name in ipairs(shape.required) do
    if draft.extra[name] == nil then required[#required + 1] = name end
  end
  return { type = "object", fields = fields, required = required }
end

local function check(draft)
  local shape = draft.shape
  if shape.unknown then return nil end
  local first_frame = shape.fields.promptImage
  if first_frame and first_frame.needs_first and draft.fields.last_image and not draft.fields.image and not draft.extra.promptImage then
    return invalid("image", ("promptImage of %s needs a first frame beside the last one"):format(draft.model), "give image too")
  end
  local found = schema.check(draft.body, type_of(draft))
  return found and explained(draft, found)
end

--- Encodes a request for the submission of a task.
---@param request table model, prompt, image, ... as documented for retake.generate; assets are https:, data: or runway: URIs already
---@return { path: string, body: table, operation: string }|nil encoded
---@return table|nil problem { class, field, message, hint } where the tables know that Runway would refuse it
function M.encode(request)
  local draft, problem = draft_of(request)
  if not draft then return nil, problem end
  problem = check(draft)
  if problem then return nil, problem end
  local body = draft.body
  body.model = draft.model
  for name, value in pairs(draft.extra) do body[name] = value end
  return { path = data.paths[draft.operation], body = body, operation = draft.operation }
end

--- Which field of the body each field of a request would become, with its rule: for finding what a model takes instead.
---@param request table
---@return { operation: string, fields: table<string, table>, rules: table<string, table|boolean> }|nil taken fields: all that the model has in
---  that operation; rules: by the request's fields, false where there is none; nil where the tables do not know the model
function M.takes(request)
  local model, fields = tostring(given(request.model) or ""):gsub("^runway/", ""), read(request)
  local known = data.models[model]
  if not known or not fields then return nil end
  local operation = choose(known.operations, fields, model, given(request.extra) or {})
  local shape, rules = known.operations[operation], {}
  for caller in pairs(targets) do rules[caller] = select(2, target_of(caller, shape)) or false end
  if type(fields.audio) == "boolean" then rules.audio = shape.fields.audio or false end
  return { operation = operation, fields = shape.fields, strict = shape.strict, rules = rules }
end

local function pixels(ratio)
  local width, height = tostring(ratio):match "^(%d+):(%d+)$"
  if width then return tonumber(width), tonumber(height) end
end

-- Credits per second or per output; nil where the body does not say what the price hangs on.
local function rate_of(price, body)
  local width, height = pixels(body.ratio)
  if price.by_resolution then return price.by_resolution[body.resolution] end
  if price.by_side then return width and price.by_side[math.min(width, height)] end
  for _, step in ipairs(price.by_pixels or {}) do
    if width and width * height <= step[1] then return step[2] end
  end
  local rate = price.second or price.image
  if price.silent and body.audio == false then rate = price.silent end
  if rate and price.other_format and body.outputFormat and body.outputFormat ~= "mp4" then rate = rate + price.other_format end
  return rate
end

-- The body of a request and the model's shape in the operation it asks for.
local function drafted(model, request)
  local asked = {}
  for name, value in pairs(request) do asked[name] = value end
  asked.model = model
  local draft = draft_of(asked)
  if not draft then return nil end
  for name, value in pairs(draft.extra) do draft.body[name] = value end
  return draft.body, draft.shape
end

--- What a request will cost at most, as far as its own words tell.
---@param model string without the provider's name
---@param request table
---@param call { body: table, operation: string }|nil what the request was encoded to, where that is known
---@return number|nil credits nil where it cannot be known before the submission
function M.estimate(model, request, call)
  local body, shape
  if call then
    local known = data.models[model]
    body, shape = call.body, known and known.operations[call.operation]
  else
    body, shape = drafted(model, request)
  end
  local price = shape and shape.price
  if not price then return nil end
  local rate = rate_of(price, body)
  local amount = shape.fields.duration and body.duration or not shape.fields.duration and (body.outputCount or 1)
  if type(rate) ~= "number" or type(amount) ~= "number" then return nil end
  return math.max(rate * amount, price.minimum or 0)
end

return M
