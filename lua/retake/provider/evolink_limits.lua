--- What EvoLink asks of assets, as data. It fetches every asset itself: data URIs are not among the documented inputs, files are uploaded
-- to its own storage first. `doc` is docs.evolink.ai, `codes` its page of error codes, `skill` the official skills, `users` what clients met.
local models = require "retake.provider.evolink_models"

local M = {}

local MIB = 1048576

local function set(words)
  local found = {}
  for word in words:gmatch "%S+" do found[word] = true end
  return found
end

local common = "image/jpeg image/jpg image/png image/webp"

-- The service's own sentences where it has them [codes].
M.words = {
  too_large = "file size exceeds %s",
  media_type = "unsupported file type: %s",
  dimensions = "image dimensions must not exceed %s pixels: got %sx%s",
  dimensions_small = "image dimensions must be at least %s pixels: got %sx%s",
  mismatch = "the image is %s, aspect_ratio=%s requires exactly that many pixels",
  data_uri_refused = "the image has to be a URL that can be downloaded directly",
  unreachable = "input media URL could not be fetched",
}

-- Storage: 100 MB a file, kept for 72 hours [skill].
M.upload = { max_bytes = 100 * MIB, lifetime = 72 * 3600 }

M.rules = { needs_https = true, url_max_chars = 2048, data_uri = false, upload = true }

-- The page of HTTP errors says 4 MB, the pages of models say 10 to 30: the larger is the limit where no model's page is known, the smaller
-- a warning.
local general = {
  media_types = set(common), bytes = 10 * MIB, warn = 4 * MIB, disputed = true,
  sources = { media_types = "doc", bytes = "doc", warn = "doc (413)" },
}

local nano_banana = {
  media_types = set(common), bytes = 10 * MIB, min_side = 240, max_side = 7680,
  sources = { bytes = "users", min_side = "codes", max_side = "codes", media_types = "codes" },
}

local kling = {
  media_types = set "image/jpeg image/jpg image/png", bytes = 10 * MIB, min_side = 300, aspect = { min = 0.4, max = 2.5, source = "doc" },
  sources = { bytes = "doc", min_side = "doc", media_types = "doc" },
}

local seedance = {
  media_types = set(common .. " image/bmp image/tiff image/gif"), bytes = 30 * MIB, min_side = 300, max_side = 6000,
  aspect = { min = 0.4, max = 2.5, source = "doc" }, sources = { bytes = "doc", min_side = "doc", max_side = "doc" },
}

local images = {
  -- The picture has to have exactly the pixels of the video [codes]: 1280x720 for 16:9, 720x1280 for 9:16.
  ["sora-2-preview"] = {
    media_types = set(common), bytes = 10 * MIB, match = "size", sizes = { ["16:9"] = "1280:720", ["9:16"] = "720:1280" },
    sources = { bytes = "doc", media_types = "doc", match = "codes" },
  },
  ["doubao-seedream-5.0-pro"] = {
    media_types = set(common .. " image/bmp image/tiff image/gif image/heic image/heif"), bytes = 30 * MIB, min_side = 15, max_side = 6000,
    aspect = { min = 1 / 16, max = 16, source = "doc" },
    sources = { bytes = "doc", min_side = "doc", max_side = "doc", media_types = "doc" },
  },
  ["kling-o3-image-to-video"] = kling, ["kling-v3-image-to-video"] = kling,
}

local function image_limits(model)
  if images[model] then return images[model] end
  if not model then return general end
  if model:find "^nano%-banana" or model:find "^gemini.*image" then return nano_banana end
  if model:find "^seedance%-2%.5" then return seedance end
  return general
end

local videos = {
  ["kling-o3-video-edit"] = { media_types = set "video/mp4 video/quicktime", bytes = 200 * MIB,
    sources = { bytes = "users", media_types = "users" } },
}
local any_video = { media_types = set [[video/mp4 video/quicktime video/webm video/x-matroska video/x-msvideo video/3gpp]],
  sources = { media_types = "skill" } }
local any_audio = { media_types = set [[audio/mpeg audio/mp3 audio/wav audio/x-wav audio/wave audio/flac audio/x-flac audio/mp4 audio/m4a
  audio/x-m4a audio/aac audio/ogg audio/opus]], sources = { media_types = "skill" } }

local kinds_of = {
  image = "image", last_image = "image", images = "image", video = "video", audio = "audio", image_urls = "image", image_start = "image",
  image_end = "image", mask_url = "image", video_urls = "video", video_url = "video", audio_urls = "audio", audio_url = "audio",
}

local function copy(from)
  if type(from) ~= "table" then return from end
  local to = {}
  for key, value in pairs(from) do to[key] = copy(value) end
  return to
end

local function facts_of(kind, model)
  if kind == "image" then return image_limits(model) end
  return kind == "video" and (videos[model] or any_video) or any_audio
end

--- The limits of an asset in one place of a request.
---@param model string|nil without the provider's name; nil or unknown: what holds for every model
---@param field string a request's field (image, last_image, images, video, audio) or EvoLink's (image_urls[0], ...)
---@return table|nil limits kinds, media_types, max_bytes { url, url_warn, upload }, min_side, max_side, aspect, match ("size"), sizes (what
--- "size" means for a named ratio), data_uri, upload, words, sources, disputed, most (how many); nil where the field holds no asset
function M.limits_for(model, field)
  local kind = kinds_of[tostring(field):match "^[^.%[]+" or ""]
  if not kind then return nil end
  local facts = facts_of(kind, model)
  local limits = copy(M.rules)
  limits.kinds, limits.media_types = { [kind] = true }, copy(facts.media_types)
  limits.max_bytes = {
    url = facts.bytes, url_warn = facts.warn, upload = math.min(facts.bytes or M.upload.max_bytes, M.upload.max_bytes),
  }
  for _, name in ipairs { "min_side", "max_side", "aspect", "match", "sizes" } do limits[name] = copy(facts[name]) end
  limits.words, limits.sources, limits.disputed = M.words, copy(facts.sources), facts.disputed or false
  local known = models.models[model or ""]
  if kind == "image" then limits.most = known and known.images and known.images[2] or models.most_images end
  return limits
end

return M
