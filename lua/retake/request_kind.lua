--- What kind of request it is, for those who must not see what is in it: which inputs, in which form, and what is made of them.
local core = require "retake.core"
local provider_of = require "retake.provider"
local request_of = require "retake.request"
local sources = require "retake.asset.source"
local stand_ins = require "retake.job.assets"

local M = {}

-- The name of no submission: encoding is only tried.
local NO_ONE = "00000000-0000-4000-8000-000000000000"

local forms = { data_uri = "data URI", url = "URL", path = "file", provider = "id of the provider's" }

local kinds_of_fields = { image = "image", last_image = "image", images = "image", video = "video", audio = "audio" }

local function input_of(field, source, place)
  local input = { field = place, kind = kinds_of_fields[field], form = forms[sources.form(source)] or "other" }
  if input.form == "data URI" then
    local parts = core.data_uri(source)
    if parts then input.media_type, input.bytes = parts.media_type, parts.decoded end
  else
    local ending = source:gsub("[?#].*", ""):match "%.(%w+)$"
    if ending and #ending <= 5 then input.ending = ending:lower() end
  end
  return input
end

--- The inputs: what they are and how they are given, not what is in them.
---@param request table
---@return { field: string, kind: string, form: string, media_type: string|nil, bytes: number|nil, ending: string|nil }[]
function M.inputs(request)
  local inputs = {}
  request_of.each_asset(request, function(field, source, place)
    if type(source) == "string" then inputs[#inputs + 1] = input_of(field, source, place) end
  end)
  return inputs
end

-- What the provider would be asked, as far as it is known; nothing is sent.
local function call_of(request)
  local name, model = provider_of.split(request.model)
  local definition = provider_of.get(name)
  if not definition then return nil end
  local plain = stand_ins.stand_ins(request)
  plain.model = model
  return definition.submit.encode(plain, { key = NO_ONE })
end

local function operation_of(request)
  local made, call = pcall(call_of, request)
  if not made or type(call) ~= "table" then return nil end
  local first = type(call.body) == "table" and call.body[1]
  return type(first) == "table" and first.taskType or call.path
end

-- Words of operations, as providers write them: the kind of output comes last ("image_to_video"), or is all that is there.
local outputs = { { "to_video", "video" }, { "to_image", "image" }, { "video", "video" }, { "image", "image" }, { "audio", "audio" },
  { "speech", "audio" }, { "sound", "audio" }, { "performance", "video" } }

local function output_of(operation)
  for _, row in ipairs(operation and outputs or {}) do
    if operation:lower():find(row[1], 1, true) then return row[2] end
  end
end

--- What is asked of the provider.
---@param request table
---@return string type such as "text-to-video", "image-to-video", "video-to-video", or "image" alone where the output is not known
---@return string|nil operation the provider's own name for it
function M.of(request)
  local there = {}
  for _, input in ipairs(M.inputs(request)) do there[input.kind] = true end
  local from = there.video and "video" or there.image and "image" or there.audio and "audio" or "text"
  local operation = operation_of(request)
  local to = output_of(operation)
  return to and from .. "-to-" .. to or from == "text" and "text only" or from, operation
end

local parameters = { "ratio", "width", "height", "duration", "seed", "count" }

--- What beside words and media was asked for; of extra only the names.
---@param request table
---@return table parameters, string[] extra
function M.parameters(request)
  local values, extra = {}, {}
  for _, name in ipairs(parameters) do values[name] = request[name] end
  if type(request.audio) == "boolean" then values.audio = request.audio end
  for name in pairs(request.extra or {}) do extra[#extra + 1] = tostring(name) end
  table.sort(extra)
  return values, extra
end

return M
