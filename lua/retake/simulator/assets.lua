--- What Runway says of a media reference it cannot use. The sentences are those of its documentation; links are not fetched, so what
-- only a fetch could tell comes from the script's `assets` table.

local media = require "retake.simulator.media"

local M = {}

local TYPES = {
  image = { ["image/jpg"] = true, ["image/jpeg"] = true, ["image/png"] = true, ["image/webp"] = true },
  video = { ["video/mp4"] = true, ["video/webm"] = true, ["video/quicktime"] = true, ["video/mov"] = true, ["video/ogg"] = true,
    ["video/h264"] = true, ["video/x-matroska"] = true, ["video/3gpp"] = true },
  audio = { ["audio/mpeg"] = true, ["audio/mp3"] = true, ["audio/wav"] = true, ["audio/x-wav"] = true, ["audio/wave"] = true,
    ["audio/flac"] = true, ["audio/x-flac"] = true, ["audio/mp4"] = true, ["audio/m4a"] = true, ["audio/x-m4a"] = true, ["audio/aac"] = true },
}

-- width / height, least and most, per model; a model that is not here takes any.
local ASPECTS = {
  ["gen4.5"] = { 0.5, 2 }, ["veo3.1"] = { 0.5, 2 }, ["veo3.1_fast"] = { 0.5, 2 }, gen4_turbo = { 0.5, 2.358 }, act_two = { 0.5, 2.358 },
  gen4_image = { 0.5, 2.358 }, gen4_image_turbo = { 0.5, 2.358 }, ["gemini_2.5_flash"] = { 0.25, 4 }, happyhorse_1_0 = { 0.55, 1.8 },
  seedance2_5 = { 0.4, 4 },
}

local function big_endian(bytes, at, size)
  local value = 0
  for i = at, at + size - 1 do value = value * 256 + (bytes:byte(i) or 0) end
  return value
end

local function jpeg_size(bytes)
  local at = 3
  while at + 8 <= #bytes do
    if bytes:byte(at) ~= 0xFF then return nil end
    local marker = bytes:byte(at + 1)
    if marker == 0xFF then
      at = at + 1
    elseif marker >= 0xC0 and marker <= 0xCF and marker ~= 0xC4 and marker ~= 0xC8 and marker ~= 0xCC then
      return big_endian(bytes, at + 7, 2), big_endian(bytes, at + 5, 2)
    else
      at = at + 2 + big_endian(bytes, at + 2, 2)
    end
  end
end

---@param bytes string  the start of a file
---@return integer? width  nil when it is neither PNG nor JPEG, or its size lies further on
---@return integer? height
function M.image_size(bytes)
  if bytes:find("^\137PNG\r\n\26\n") and #bytes >= 24 then return big_endian(bytes, 17, 4), big_endian(bytes, 21, 4) end
  if bytes:find("^\255\216") then return jpeg_size(bytes) end
end

local function size_problem(bytes, model)
  local width, height = M.image_size(bytes)
  if not width then return nil end
  if width > 8000 or height > 8000 then
    return string.format("Invalid asset dimensions. Height and width must not exceed 8000px. Got %dx%d.", width, height)
  end
  local allowed = ASPECTS[model]
  local ratio = height > 0 and width / height or 0
  if allowed and (ratio < allowed[1] or ratio > allowed[2]) then
    return "Invalid asset aspect ratio. width / height ratio must be between " .. allowed[1] .. " and " .. allowed[2] .. ". Got "
      .. (string.format("%.3f", ratio):gsub("%.?0+$", "")) .. "."
  end
end

local function data_uri_problem(uri, wanted, model)
  local head, payload = uri:match("^data:([^,]*),(.*)$")
  if not head then return "Invalid data URI." end
  local media_type = head:match("^([%w%.%+%-]+/[%w%.%+%-]+)")
  if not media_type or not (TYPES[wanted] or {})[media_type:lower()] then
    return "Unsupported asset type. Data URIs must include the content type of the value they encode."
  end
  if not head:find(";base64$") or #payload == 0 then return "Invalid data URI." end
  if payload:find("[^%w%+/=]") or payload:find("=[^=]") then return "Invalid data URI." end
  if wanted ~= "image" then return nil end
  local start = media.decode_base64(payload, 65536)
  if not start then return "Invalid data URI." end
  if not M.image_size(start) and #payload > 90000 then start = media.decode_base64(payload) or start end
  return size_problem(start, model)
end

local function url_problem(uri, script)
  if not uri:find("^%a[%w%+%.%-]*://[^/%s]") then return "Invalid URL" end
  if not uri:find("^[hH][tT][tT][pP][sS]://") then return "Only HTTPS URLs are allowed." end
  local host = uri:match("^%a+://([^/?#]*)"):gsub("^.*@", "")
  if host:find("^%[") or host:find("^%d+%.%d+%.%d+%.%d+:?%d*$") then return "URLs must be hosted on a domain." end
  for fragment, sentence in pairs(script.assets) do
    if uri:find(fragment, 1, true) then return sentence end
  end
end

local function upload_problem(uri, wanted, model, uploads)
  local upload = uploads[uri]
  if not upload or not upload.stored then
    return "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down."
  end
  if upload.kind ~= wanted then return "Unsupported Content-Type response header: " .. upload.media_type end
  if wanted == "image" then return size_problem(upload.start, model) end
end

--- What Runway would say against a media reference.
---@param reference table  { uri =, media = "image"|"video"|"audio" }
---@param model string
---@param script table  its `assets`: fragment of a URL -> the sentence that fetching it would lead to
---@param uploads table<string, table>  runway:// URI -> upload
---@return string? sentence  nil when there is nothing to say
function M.problem(reference, model, script, uploads)
  local uri = reference.uri
  if uri:find("^data:") then return data_uri_problem(uri, reference.media, model) end
  if uri:find("^runway://") then return upload_problem(uri, reference.media, model, uploads) end
  return url_problem(uri, script)
end

---@param filename string
---@return string? kind  image, video or audio
---@return string? media_type
function M.kind_of_file(filename)
  local extension = (filename:match("%.(%w+)$") or ""):lower()
  local known = {
    png = "image/png", jpg = "image/jpeg", jpeg = "image/jpeg", webp = "image/webp", mp4 = "video/mp4", mov = "video/quicktime",
    webm = "video/webm", mkv = "video/x-matroska", ogv = "video/ogg", ["3gp"] = "video/3gpp", mp3 = "audio/mpeg", wav = "audio/wav",
    flac = "audio/flac", m4a = "audio/mp4", aac = "audio/aac",
  }
  local media_type = known[extension]
  if media_type then return media_type:match("^%a+"), media_type end
end

return M
