--- From a request in retake's words to a body in EvoLink's, checked as far as its documents go.
local models = require "retake.provider.evolink_models"
local schema = require "retake.schema"

local M = {}

local function invalid(field, message, hint)
  return { class = "request.invalid", field = field, message = message, hint = hint }
end

-- A request read back from a journal may hold JSON's null, which is a userdata.
local function given(value)
  if type(value) == "userdata" then return nil end
  return value
end

local function uri_of(value)
  if type(value) == "table" then value = value.uri end
  return type(value) == "string" and value or nil
end

-- One asset or several as a list of URIs; nil and a problem where the value is no asset.
local function uris(value, name)
  value = given(value)
  if value == nil then return {} end
  local single = uri_of(value)
  if single then return { single } end
  local list = {}
  for index, item in ipairs(type(value) == "table" and value or {}) do list[index] = uri_of(item) end
  if type(value) ~= "table" or #list ~= #value or #list == 0 then
    return nil, invalid(name, name .. " has to be a URI, { uri = } or a list of them")
  end
  return list
end

local function common_divisor(a, b)
  while b ~= 0 do a, b = b, a % b end
  return a
end

local function whole_pixels(request)
  local width, height = given(request.width), given(request.height)
  if width == nil and height == nil then return nil end
  for name, side in pairs { width = width or false, height = height or false } do
    if type(side) ~= "number" or side < 1 or side % 1 ~= 0 then
      return nil, nil, invalid(name, "width and height go together and are whole numbers of pixels")
    end
  end
  return width, height
end

-- Videos are asked for by proportion (16:9), so pixels are reduced to it.
local function aspect_ratio(request)
  local width, height, problem = whole_pixels(request)
  if problem then return nil, problem end
  local ratio = given(request.ratio)
  if width == nil then
    width, height = tostring(ratio or ""):match "^(%d+)[:x](%d+)$"
    width, height = tonumber(width), tonumber(height)
  end
  if not width or width == 0 or height == 0 then return ratio end
  local divisor = common_divisor(width, height)
  return ("%.0f:%.0f"):format(width / divisor, height / divisor)
end

-- Images are asked for by size: pixels (1024x1024) or proportion (16:9), as the model takes it.
local function size(request)
  local width, height, problem = whole_pixels(request)
  if problem then return nil, problem end
  if width then return ("%.0fx%.0f"):format(width, height) end
  local ratio = given(request.ratio)
  local long, short = tostring(ratio or ""):match "^(%d%d%d+):(%d%d%d+)$"
  return long and long .. "x" .. short or ratio
end

local function append(body, name, list)
  body[name] = body[name] or {}
  for _, uri in ipairs(list) do table.insert(body[name], uri) end
end

-- First and last frame stand at the head of image_urls, or have fields of their own; what else there is are references.
local function write_images(body, lists, entry)
  if entry.start_end then
    body.image_start, body.image_end = lists.image[1], lists.last_image[1]
  else
    if #lists.last_image > 0 and #lists.image == 0 then
      return invalid("image", "a last frame needs a first frame: image_urls is read in that order", "give image too")
    end
    if #lists.image > 0 then append(body, "image_urls", lists.image) end
    if #lists.last_image > 0 then append(body, "image_urls", lists.last_image) end
  end
  if #lists.images > 0 then append(body, "image_urls", lists.images) end
end

local function write_assets(body, request, model, entry)
  local lists = {}
  for _, name in ipairs { "image", "last_image", "images", "video", "audio" } do
    local list, problem = {}, nil
    if name ~= "audio" or type(request.audio) ~= "boolean" then list, problem = uris(request[name], name) end
    if problem then return problem end
    if name ~= "images" and name ~= "video" and name ~= "audio" and #list > 1 then return invalid(name, name .. " takes one asset") end
    lists[name] = list
  end
  local problem = write_images(body, lists, entry)
  if problem then return problem end
  if #lists.video > 0 and model:find "video%-edit" then body.video_url = lists.video[1]
  elseif #lists.video > 0 then body.video_urls = lists.video end
  if #lists.audio > 0 then body.audio_urls = lists.audio end
  if type(request.audio) == "boolean" then body.generate_audio = request.audio end
end

local writers = {}

function writers.video(body, request)
  local ratio, problem = aspect_ratio(request)
  if problem then return problem end
  body.aspect_ratio, body.duration, body.n = ratio, given(request.duration), given(request.count)
  body.negative_prompt = given(request.negative_prompt)
end

function writers.image(body, request)
  local asked, problem = size(request)
  if problem then return problem end
  body.size, body.n, body.negative_prompt = asked, given(request.count), given(request.negative_prompt)
end

function writers.audio(body, request, model)
  body.duration, body.negative_tags = given(request.duration), given(request.negative_prompt)
  -- both are required of the song models; the simple mode is what a plain prompt asks for
  if model:find "^suno" then body.custom_mode, body.instrumental = false, false end
end

local function whole(value, least, most)
  return type(value) == "number" and value % 1 == 0 and value >= least and value <= most
end

local function check_numbers(body, entry, extra)
  if body.n ~= nil and not extra.n and not whole(body.n, 1, 10) then return invalid("count", "n has to be a whole number from 1 to 10") end
  if body.seed ~= nil and not extra.seed and not whole(body.seed, 0, 4294967295) then
    return invalid("seed", "seed has to be a whole number from 0 to 4294967295")
  end
  local seconds = body.duration
  if seconds == nil or extra.duration then return nil end
  if type(seconds) ~= "number" or seconds ~= seconds or seconds <= 0 or seconds > 3600 then
    return invalid("duration", "duration has to be seconds")
  end
  local allowed = entry.durations
  for _, value in ipairs(allowed or {}) do
    if value == seconds then return nil end
  end
  if allowed then
    return invalid("duration", ("duration: got %.14g, allowed is %s"):format(seconds, schema.list(allowed)), schema.list(allowed))
  end
end

local function check_prompt(body, entry, kind)
  local prompt = body.prompt
  if prompt == nil or prompt == "" then
    -- editing and upscaling models of other names than these may do without one; a generation from text cannot
    local needs = not entry.prompt_optional and not (body.image_urls or body.video_url or body.video_urls or body.audio_urls)
    return needs and invalid("prompt", ("a prompt is required for %s generation"):format(kind)) or nil
  end
  local units = type(prompt) == "string" and schema.utf16_length(prompt)
  if not units then return invalid("prompt", "prompt has to be text in UTF-8") end
  if entry.prompt and units > entry.prompt then
    return invalid("prompt", ("Prompt is too long: %d characters, at most %d"):format(units, entry.prompt), tostring(entry.prompt))
  end
end

local function check_images(body, entry, model)
  local count = #(body.image_urls or {})
  local least, most = entry.images and entry.images[1] or 0, entry.images and entry.images[2] or models.most_images
  if count > most then return invalid(most == 1 and "image" or "images", ("%s takes at most %d images: got %d"):format(model, most, count)) end
  local needed = math.max(least, (model:find "image%-to" or model:find "i2[vi]") and 1 or 0)
  if count < needed and not body.image_start and not body.image_end then
    return invalid("image", model .. " needs an image")
  end
end

--- Encodes a request for the submission of a task.
---@param request table model, prompt, image, ... as documented for retake.generate; assets are https: URLs already
---@param identity { key: string }|nil
---@return { path: string, body: table, headers: table }|nil encoded
---@return table|nil problem { class, field, message, hint } where the documents say that EvoLink would refuse it
function M.encode(request, identity)
  local model = tostring(given(request.model) or ""):gsub("^evolink/", "")
  if model == "" then return nil, invalid("model", "no model is named") end
  local extra = given(request.extra) or {}
  if type(extra) ~= "table" then return nil, invalid("extra", "extra has to be a table of fields") end
  local kind = models.kind_of(model, request)
  local entry = models.models[model] or {}
  local body = { model = model, prompt = given(request.prompt), seed = given(request.seed) }
  local problem = writers[kind](body, request, model) or write_assets(body, request, model, entry)
  if problem then return nil, problem end
  for name, value in pairs(extra) do body[name] = value end
  problem = check_prompt(body, entry, kind) or check_numbers(body, entry, extra)
    or not extra.image_urls and check_images(body, entry, model) or nil
  if problem then return nil, problem end
  return { path = models.paths[kind], body = body, headers = identity and { ["Idempotency-Key"] = identity.key } or nil }
end

return M
