--- What Runway asks of assets, as data: numbers with the document each comes from, and its own sentences for each failure.
--
-- Documents: `inputs` is docs.dev.runwayml.com/assets/inputs, `uploads` .../assets/uploads, `troubleshooting` the page
-- "Troubleshooting assets", `openapi` the OpenAPI document of 2026-08-08, `skills` Runway's own skills repository, `report` what users
-- of the service have seen. What another document puts otherwise only warns: the smaller of two sizes as url_warn and data_uri_warn_chars,
-- the narrower of two ranges as warn_min and warn_max, and a limit that another denies by its name in `disputed`.
local M = {}

local MIB = 1048576

local function set(words)
  local found = {}
  for word in words:gmatch "%S+" do found[word] = true end
  return found
end

-- [troubleshooting]; each %s is filled in with text. The names are those of retake.asset; the second part is for what fetching shows.
M.words = {
  data_uri = "Invalid data URI.",
  data_uri_type = "Unsupported asset type. Data URIs must include the content type of the value they encode.",
  media_type = "Unsupported asset type. Data URIs must include the content type of the value they encode.",
  url = "Invalid URL",
  insecure_url = "Only HTTPS URLs are allowed.",
  domain = "URLs must be hosted on a domain.",
  too_large = "Asset size exceeds %s.", -- the limit, as 16.0MB
  dimensions = "Invalid asset dimensions. Height and width must not exceed %spx. Got %sx%s.",
  aspect_ratio = "Invalid asset aspect ratio. width / height ratio must be between %s and %s. Got %s.",

  unreachable = "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.",
  bad_status = "Failed to fetch asset. Received HTTP response code \"%s\"",
  timeout = "Timeout while fetching asset.",
  content_type = "Unsupported Content-Type response header: \"%s\".",
  content_type_generic = "Assets must use an approved Content-Type response header. We received %s, which is not allowed.",
  no_length = "Content-Length not provided",
  duration = "Asset duration must be at most %s seconds", -- [report]
  duration_short = "Asset duration must be at least %s seconds", -- by analogy with the one above
  duration_total = "The combined duration across all %s references must not exceed %s seconds. Got %s.", -- [openapi], said of the field
  enlarged = "Output width times height cannot exceed %s pixels. Got %sx%s.", -- [openapi], said of the operation
}

M.rules = {
  url_max_chars = 2048, -- [inputs] [openapi]
  id_max_chars = 5000, -- [openapi]
  timeout = 10, -- seconds [troubleshooting]
  redirects = 0, needs_head = true, needs_length = true, -- [troubleshooting] [inputs]; where these are not said, asset/answer.lua only warns
  user_agent = "RunwayML API/1.0", -- [troubleshooting]
  data_uri = true, -- [inputs]
  schemes = { runway = true }, -- [uploads]
  generic_types = set "application/octet-stream binary/octet-stream", -- [troubleshooting] names the first
  sources = { url_max_chars = "inputs", id_max_chars = "openapi", timeout = "troubleshooting" },
}

local kinds = {
  image = {
    media_types = set "image/jpg image/jpeg image/png image/webp", -- [inputs]
    max_bytes = {
      url = 16 * MIB, -- [inputs]
      data_uri_chars = 5242880, -- [openapi] maxLength, of the encoded URI as a whole
      upload = 200 * MIB, upload_min = 512, -- [uploads]
    },
    max_side = 8000, -- [troubleshooting]
    sources = { url = "inputs", data_uri_chars = "openapi", upload = "uploads", upload_min = "uploads", max_side = "troubleshooting",
      media_types = "inputs" },
  },
  video = {
    -- [inputs]; video/x-matroska and video/3gpp are the registered names of containers that the page lists without a type
    media_types = set "video/mp4 video/webm video/quicktime video/mov video/ogg video/h264 video/x-matroska video/3gpp",
    max_bytes = {
      url = 32 * MIB, -- [inputs]; that page said 16 in 2025
      url_warn = 16 * MIB,
      data_uri_chars = 16777216, -- [openapi] maxLength; a document derived from it says 5242880
      data_uri_warn_chars = 5242880,
      upload = 200 * MIB, upload_min = 512, -- [uploads]
    },
    max_side = 8000, -- [troubleshooting]
    -- [inputs] by container; what the page lists without codecs (mkv, 3gpp) is not here
    codecs = {
      ["video/mp4"] = set "h264 hevc av1", ["video/quicktime"] = set "h264 hevc prores", ["video/webm"] = set "vp8 vp9 av1",
      ["video/ogg"] = set "theora",
    },
    sources = { url = "inputs", url_warn = "inputs of 2025", data_uri_chars = "openapi", data_uri_warn_chars = "derived from openapi",
      upload = "uploads", upload_min = "uploads", max_side = "troubleshooting", media_types = "inputs", codecs = "inputs" },
  },
  audio = {
    media_types = set [[audio/mpeg audio/mp3 audio/wav audio/wave audio/x-wav audio/flac audio/x-flac audio/mp4 audio/m4a audio/x-m4a
      audio/aac]], -- [inputs] lists the formats mp3, wav, flac, m4a, aac; the types are their usual names
    max_bytes = {
      url = 32 * MIB, -- [inputs]
      data_uri_chars = 16777216, -- [openapi]; a document derived from it says 5242880
      data_uri_warn_chars = 5242880,
      upload = 200 * MIB, upload_min = 512, -- [uploads]
    },
    codecs = { -- [inputs]: "wav (PCM), m4a (AAC/ALAC)"
      ["audio/wav"] = set "pcm_u8 pcm_s16le pcm_s24le pcm_s32le pcm_s64le pcm_f32le pcm_f64le", ["audio/mp4"] = set "aac alac",
    },
    sources = { url = "inputs", data_uri_chars = "openapi", data_uri_warn_chars = "derived from openapi", upload = "uploads", upload_min = "uploads",
      media_types = "inputs", codecs = "inputs" },
  },
}

local half_to_two = { min = 0.5, max = 2, source = "inputs" }
local gen4 = { min = 0.5, max = 2.358, source = "inputs" }
local aspects = { -- width / height
  ["gen4.5"] = half_to_two, ["veo3.1"] = half_to_two, ["veo3.1_fast"] = half_to_two, veo3 = half_to_two,
  gen4_turbo = gen4, gen4_image = gen4, gen4_image_turbo = gen4, gen4_aleph = gen4, aleph2 = gen4, act_two = gen4,
  ["gemini_2.5_flash"] = { min = 0.25, max = 4, source = "inputs" },
  happyhorse_1_0 = { min = 0.55, max = 1.8, source = "report" },
  seedance2_5 = { min = 0.4, max = 4, warn_max = 2.286, source = "report" }, -- one answer said 2.286 at most
}

-- Seconds of what goes into these fields; `total` of all references of the kind together.
local durations = {
  video = {
    aleph2 = { max = 30, source = "openapi" },
    magnific_video_upscaler_creative = { max = 30, source = "openapi" },
    gemini_omni_flash = { max = 10, source = "openapi" },
    seedance2 = { max = 15, total = true, source = "openapi" },
    seedance2_fast = { max = 15, total = true, source = "openapi" },
    seedance2_mini = { max = 15, total = true, source = "openapi" },
    seedance2_5 = { max = 30, total = true, source = "openapi" },
    hailuo3 = { max = 15, total = true, source = "openapi" },
  },
  audio = {
    seedance2 = { max = 15, total = true, source = "openapi" },
    seedance2_fast = { max = 15, total = true, source = "openapi" },
    seedance2_mini = { max = 15, total = true, source = "openapi" },
    seedance2_5 = { max = 30, total = true, source = "openapi" },
    hailuo3 = { max = 15, total = true, source = "openapi" },
    -- "greater than 4.6 seconds and less than 3600 seconds"
    eleven_voice_isolation = { min = 4.6, max = 3600, exclusive = true, source = "openapi" },
  },
  -- the performance alone: nothing is said of how long a character's video may be
  performance = { act_two = { min = 3, max = 30, source = "openapi" } },
}
local performance_fields = { video = true, reference = true }

-- Sides in pixels, and what an image becomes that is enlarged: at most so many pixels, `scale` times as wide and high where the request's
-- `field` does not say otherwise.
local sides = {
  magnific_precision_upscaler_v2 = {
    image = { min_side = 300, enlarged = { max_pixels = 25300000, scale = 2, field = "scaleFactor", source = "openapi" }, source = "openapi" },
  },
}
-- Video references of at least 480 lines: some answers say 720, the documents say nothing.
for _, model in ipairs { "seedance2", "seedance2_fast", "seedance2_mini", "seedance2_5" } do
  sides[model] = { video = { min_side = 480, disputed = true, source = "report" } }
end

local kinds_of = {
  image = { "image" }, last_image = { "image" }, images = { "image" }, video = { "video" }, audio = { "audio" },
  promptImage = { "image" }, imageUri = { "image" }, referenceImages = { "image" }, references = { "image" }, keyframes = { "image" },
  promptVideo = { "video" }, videoUri = { "video" }, referenceVideos = { "video" }, reference = { "video" },
  audioUri = { "audio" }, referenceAudio = { "audio" }, referenceAudios = { "audio" }, character = { "image", "video" },
}

local function copy(from)
  if type(from) ~= "table" then return from end
  local to = {}
  for key, value in pairs(from) do to[key] = copy(value) end
  return to
end

-- What one kind asks is added to the limits of the field. Numbers that differ from kind to kind become a table by kind.
local function add_kind(limits, name, several)
  local kind = kinds[name]
  limits.kinds[name] = true
  for media in pairs(kind.media_types) do limits.media_types[media] = true end
  for media, codecs in pairs(kind.codecs or {}) do limits.codecs[media] = copy(codecs) end
  for what, number in pairs(kind.max_bytes) do
    if several then
      limits.max_bytes[what] = limits.max_bytes[what] or {}
      limits.max_bytes[what][name] = number
    else limits.max_bytes[what] = number end
  end
  limits.max_side = limits.max_side or kind.max_side
  for what, document in pairs(kind.sources) do limits.sources[what] = limits.sources[what] or document end
end

-- What one model asks besides.
local function add_model(limits, model, name, top)
  if name ~= "audio" then limits.aspect = limits.aspect or copy(aspects[model]) end
  local by_field = performance_fields[top] and name == "video" and durations.performance[model]
  limits.duration = limits.duration or copy(by_field or durations[name] and durations[name][model])
  local own = sides[model] and sides[model][name]
  if not own then return end
  limits.min_side, limits.enlarged, limits.sources.min_side = own.min_side, copy(own.enlarged), own.source
  if own.disputed then limits.disputed.min_side = true end
end

--- The limits of an asset in one place of a request.
---@param model string|nil without the provider's name; nil or unknown: what holds for every model
---@param field string a request's field (image, last_image, images, video, audio) or Runway's (promptImage, references[0].uri, ...)
---@return table|nil limits as retake.asset takes them: kinds, media_types, codecs, max_bytes { url, url_warn, data_uri_chars,
--- data_uri_warn_chars, upload, upload_min } (each a number, or one per kind where a field takes several), max_side, min_side, aspect,
--- duration, enlarged, url_max_chars, upload, words, sources (the document of each number), disputed (what only warns); nil where the field
--- holds no asset
function M.limits_for(model, field)
  local top = tostring(field):match "^[^.%[]+" or ""
  local names = kinds_of[top]
  if not names then return nil end
  local limits = copy(M.rules)
  limits.kinds, limits.media_types, limits.max_bytes, limits.codecs, limits.disputed = {}, {}, {}, {}, {}
  limits.upload, limits.words = true, M.words
  for _, name in ipairs(names) do
    add_kind(limits, name, #names > 1)
    add_model(limits, model, name, top)
  end
  return limits
end

--- The models that have limits of their own, in order.
---@return string[]
function M.models()
  local seen, list = {}, {}
  for _, group in ipairs { aspects, durations.video, durations.audio, durations.performance, sides } do
    for model in pairs(group) do
      if not seen[model] then seen[model], list[#list + 1] = true, model end
    end
  end
  table.sort(list)
  return list
end

return M
