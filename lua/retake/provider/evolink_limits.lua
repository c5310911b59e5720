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
  too_large = "file size exceeds %s", size_format = "%.0fMB",
  media_type = "unsupported file type: %s",
  dimensions = "image dimensions must not exceed %s pixels: got %sx%s",
  dimensions_small = "image dimensions must be at least %s pixels: got %sx%s",
  dimensions_range = "image dimensions must be between %s and %s. Got %sx%s.",
  mismatch_size = "aspect_ratio=%s(%s) requires a %s %s image. Got %s.",
  duration_range = "Video duration must be between %s-%s seconds",
  data_uri_refused = "the image has to be a URL that can be downloaded directly",
  unreachable = "input media URL could not be fetched",
}

-- Storage: 100 MB a file, kept for 72 hours [skill].
M.upload = { max_bytes = 100 * MIB, lifetime = 72 * 3600 }

M.rules = { data_uri = false, upload = true }

-- The page of HTTP errors says 4 MB, the pages of models say 10 to 30: the largest is the limit where no model's page is known, what is
-- above the smallest a warning.
local general = {
  media_types = set(common), bytes = 30 * MIB, warn = 4 * MIB,
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
  aspect = { min = 0.4, max = 2.5, source = "doc" }, sources = { bytes = "doc", min_side = "doc", max_side = "doc", media_types = "doc" },
}

-- The picture has to have exactly the pixels of the video [codes]: 1280x720 for 16:9, 720x1280 for 9:16.
local sora = {
  media_types = set(common), bytes = 10 * MIB, match = "size", sizes = { ["16:9"] = "1280:720", ["9:16"] = "720:1280" },
  sources = { bytes = "doc", media_types = "doc", match = "codes" },
}

local seedream = {
  media_types = set(common .. " image/bmp image/tiff image/gif image/heic image/heif"), bytes = 30 * MIB, min_side = 15, max_side = 6000,
  aspect = { min = 1 / 16, max = 16, source = "doc" },
  sources = { bytes = "doc", min_side = "doc", max_side = "doc", media_types = "doc" },
}

-- By the model's name, the first that fits; `example` is a model of that kind.
local images = {
  { pattern = "^sora%-2%-preview$", example = "sora-2-preview", facts = sora },
  { pattern = "^doubao%-seedream%-5%.0%-pro$", example = "doubao-seedream-5.0-pro", facts = seedream },
  { pattern = "^kling%-o3%-image%-to%-video$", example = "kling-o3-image-to-video", facts = kling },
  { pattern = "^kling%-v3%-image%-to%-video$", example = "kling-v3-image-to-video", facts = kling },
  { pattern = "^nano%-banana", example = "nano-banana-2-lite", facts = nano_banana },
  { pattern = "^gemini.*image", example = "gemini-2.5-flash-image", facts = nano_banana },
  { pattern = "^seedance%-2%.5", example = "seedance-2.5-image-to-video", facts = seedance },
}

-- Where a picture becomes the first frame of a video, the task fails when it is of another shape ("image_dimension_mismatch", "common in
-- image-to-video scenarios" [codes]); no page says for which models but the one above, so that elsewhere it is a warning.
local function image_limits(model)
  for _, row in ipairs(images) do
    if model and model:find(row.pattern) then return row.facts end
  end
  return general
end

-- "Video duration must be between 1-30 seconds" is an example on the page of codes, not the limit of a model.
local any_duration = { warn_min = 1, warn_max = 30, source = "codes" }
local any_video = { media_types = set [[video/mp4 video/quicktime video/webm video/x-matroska video/x-msvideo video/3gpp]],
  duration = any_duration, sources = { media_types = "skill" } }
local videos = {
  ["kling-o3-video-edit"] = { media_types = set "video/mp4 video/quicktime", bytes = 200 * MIB, duration = any_duration,
    sources = { media_types = "users", bytes = "users" } },
}
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
--- "size" means for a named ratio), duration, data_uri, upload, words, sources, most (how many); nil where the field holds no asset
function M.limits_for(model, field)
  local kind = kinds_of[tostring(field):match "^[^.%[]+" or ""]
  if not kind then return nil end
  local facts = facts_of(kind, model)
  local limits = copy(M.rules)
  limits.kinds, limits.media_types = { [kind] = true }, copy(facts.media_types)
  limits.max_bytes = {
    url = facts.bytes, url_warn = facts.warn, upload = math.min(facts.bytes or M.upload.max_bytes, M.upload.max_bytes),
  }
  for _, name in ipairs { "min_side", "max_side", "aspect", "match", "sizes", "duration" } do limits[name] = copy(facts[name]) end
  limits.words, limits.sources = M.words, copy(facts.sources)
  limits.sources.url, limits.sources.url_warn, limits.sources.bytes, limits.sources.warn = facts.sources.bytes, facts.sources.warn, nil, nil
  limits.sources.upload = (facts.bytes or math.huge) < M.upload.max_bytes and facts.sources.bytes or "skill"
  local known = models.models[model or ""]
  if kind == "image" then limits.most = known and known.images and known.images[2] or models.most_images end
  return limits
end

--- Models that have limits of their own, one for each row of the tables.
---@return string[]
function M.models()
  local list = {}
  for i, row in ipairs(images) do list[i] = row.example end
  for model in pairs(videos) do list[#list + 1] = model end
  return list
end

return M
