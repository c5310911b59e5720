--- What Runware asks of assets, as data. `doc` is its documentation of requests, `kling`, `google` and `bria` its pages on those companies'
-- models, `upload` its page on image uploads. Most models have limits of their own that no document lists: what is not here, Runware judges.
local M = {}

local MIB = 1048576

local function set(words)
  local found = {}
  for word in words:gmatch "%S+" do found[word] = true end
  return found
end

-- A file goes inside the request up to this length, and by upload beyond it. Not a limit of Runware's: it keeps submissions small, so that
-- a repeated one does not carry megabytes again.
local INLINE_CHARS = 2 * MIB

local kinds = {
  image = {
    media_types = set "image/png image/jpeg image/jpg image/webp", -- [doc] "Supported formats are: PNG, JPG and WEBP"
    sources = { media_types = "doc" },
  },
  -- formats are named nowhere
  video = { media_types = set "video/mp4 video/webm video/quicktime", sources = { media_types = "what its clients send" } },
  audio = {
    media_types = set "audio/mpeg audio/mp3 audio/wav audio/x-wav audio/wave audio/flac audio/mp4 audio/m4a audio/x-m4a audio/aac audio/ogg",
    upload = 5 * MIB, sources = { media_types = "what its clients send", upload = "its JavaScript client" },
  },
}

-- What a model asks besides, by the beginning of its name; `example` is a model of that kind. Of sides, "Width and height between 300-2048
-- pixels, 20MB file size limit" stands on the pages of Kling, Google and Bria.
local function frames(source) return { min_side = 300, max_side = 2048, bytes = 20 * MIB, source = source } end
local models = {
  { pattern = "^klingai:", example = "klingai:5@3", image = frames "kling" },
  { pattern = "^google:", example = "google:3@0", image = frames "google" },
  { pattern = "^bria:", example = "bria:60@1", image = frames "bria",
    video = { max_side = 16000, duration = { max = 30, source = "bria" }, source = "bria" } },
}

local kinds_of = {
  image = "image", last_image = "image", images = "image", video = "video", audio = "audio", seedImage = "image", maskImage = "image",
  inputImage = "image", referenceImages = "image", frameImages = "image", inputVideo = "video", referenceVideos = "video",
  inputAudios = "audio",
}

-- "An UUID v4 string of a previously uploaded image or a generated image"
local uuid = "^" .. ("x"):rep(8):gsub("x", "%%x") .. "%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-" .. ("x"):rep(12):gsub("x", "%%x") .. "$"

local function own_limits(model, kind)
  for _, row in ipairs(models) do
    if type(model) == "string" and model:find(row.pattern) then return row[kind] end
  end
end

--- The limits of an asset in one place of a request.
---@param model string|nil without the provider's name
---@param field string a request's field (image, last_image, images, video, audio) or Runware's (seedImage, frameImages[0].inputImage, ...)
---@return table|nil limits as retake.asset takes them, with sources; nil where the field holds no asset
function M.limits_for(model, field)
  local kind = kinds_of[tostring(field):match "^[^.%[]+" or ""]
  if not kind then return nil end
  local known, own = kinds[kind], own_limits(model, kind)
  local limits = {
    kinds = { [kind] = true }, media_types = {}, ids = { uuid }, upload = true,
    max_bytes = { inline_chars = INLINE_CHARS, upload = known.upload },
    sources = { media_types = known.sources.media_types, upload = known.sources.upload, inline_chars = "retake" },
  }
  for media in pairs(known.media_types) do limits.media_types[media] = true end
  if not own then return limits end
  limits.min_side, limits.max_side = own.min_side, own.max_side
  limits.sources.min_side, limits.sources.max_side = own.min_side and own.source, own.max_side and own.source
  if own.duration then limits.duration = { min = own.duration.min, max = own.duration.max, source = own.duration.source } end
  for _, way in ipairs(own.bytes and { "url", "upload", "data_uri" } or {}) do -- whichever way the file goes
    limits.max_bytes[way], limits.sources[way] = own.bytes, own.source
  end
  return limits
end

--- Models that have limits of their own, one for each row of the table.
---@return string[]
function M.models()
  local list = {}
  for i, row in ipairs(models) do list[i] = row.example end
  return list
end

return M
