--- What Runway asks of assets, as data: numbers with the document each comes from, and its own sentences for each failure.
--
-- Documents: `inputs` is docs.dev.runwayml.com/assets/inputs, `uploads` .../assets/uploads, `troubleshooting` the page
-- "Troubleshooting assets", `openapi` the OpenAPI document of 2026-08-08, `skills` Runway's own skills repository, `report` what users
-- of the service have seen. A number marked `disputed` stands otherwise in another document: warn about it, let the service decide.
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
}

M.rules = {
  url_max_chars = 2048, -- [inputs] [openapi]
  runway_uri_max_chars = 5000, -- [openapi]
  needs_domain = true, needs_https = true, redirects = 0, timeout = 10, -- [inputs] [troubleshooting]
  user_agent = "RunwayML API/1.0", -- [troubleshooting]
  data_uri = true, data_uri_base64 = true, -- [inputs]
  schemes = { runway = true }, -- [uploads]
  generic_types = set "application/octet-stream binary/octet-stream", -- [troubleshooting] names the first
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
      url = 32 * MIB, -- [skills]; the [inputs] page of 2025 said 16
      url_warn = 16 * MIB,
      data_uri_chars = 16777216, -- [openapi] maxLength; a document derived from it says 5242880
      data_uri_warn_chars = 5242880,
      upload = 200 * MIB, upload_min = 512, -- [uploads]
    },
    max_side = 8000, -- [troubleshooting]
    disputed = { url = true, data_uri_chars = true },
    sources = { url = "skills", data_uri_chars = "openapi", upload = "uploads", upload_min = "uploads", max_side = "troubleshooting",
      media_types = "inputs" },
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
    disputed = { data_uri_chars = true },
    sources = { url = "inputs", data_uri_chars = "openapi", upload = "uploads", upload_min = "uploads", media_types = "inputs" },
  },
}

local half_to_two = { min = 0.5, max = 2, source = "inputs" }
local gen4 = { min = 0.5, max = 2.358, source = "inputs" }
local aspects = { -- width / height
  ["gen4.5"] = half_to_two, ["veo3.1"] = half_to_two, ["veo3.1_fast"] = half_to_two, veo3 = half_to_two,
  gen4_turbo = gen4, gen4_image = gen4, gen4_image_turbo = gen4, gen4_aleph = gen4, aleph2 = gen4, act_two = gen4,
  ["gemini_2.5_flash"] = { min = 0.25, max = 4, source = "inputs" },
  happyhorse_1_0 = { min = 0.55, max = 1.8, source = "report" },
  seedance2_5 = { min = 0.4, max = 4, source = "report", disputed = true }, -- one answer said 2.286 at most
}

-- Seconds of the source video; `total` of all video references together.
local durations = {
  act_two = { min = 3, max = 30, source = "openapi" },
  aleph2 = { max = 30, source = "openapi" },
  magnific_video_upscaler_creative = { max = 30, source = "report" },
  gemini_omni_flash = { max = 10, source = "openapi" },
  seedance2 = { max = 15, total = true, source = "openapi" },
  seedance2_fast = { max = 15, total = true, source = "openapi" },
  seedance2_mini = { max = 15, total = true, source = "openapi" },
  seedance2_5 = { max = 30, total = true, source = "openapi" },
  hailuo3 = { max = 15, total = true, source = "openapi" },
}
local audio_durations = {
  seedance2 = 15, seedance2_fast = 15, seedance2_mini = 15, seedance2_5 = 30, hailuo3 = 15, -- [openapi], all references together
}

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
  for what, number in pairs(kind.max_bytes) do
    if several then
      limits.max_bytes[what] = limits.max_bytes[what] or {}
      limits.max_bytes[what][name] = number
    else limits.max_bytes[what] = number end
  end
  limits.max_side = limits.max_side or kind.max_side
  limits.disputed = limits.disputed or kind.disputed ~= nil
end

local function duration_of(model, kind)
  if kind == "audio" and audio_durations[model] then return { max = audio_durations[model], total = true, source = "openapi" } end
  return kind == "video" and copy(durations[model]) or nil
end

--- The limits of an asset in one place of a request.
---@param model string|nil without the provider's name; nil or unknown: what holds for every model
---@param field string a request's field (image, last_image, images, video, audio) or Runway's (promptImage, references[0].uri, ...)
---@return table|nil limits kinds, media_types, max_bytes { url, data_uri_chars, upload, upload_min } (each a number, or one per kind where
--- a field takes several), max_side, aspect, duration { min, max, total }, url_max_chars, needs_domain, upload, words, sources (the
--- document of each number), disputed; nil where the field holds no asset
function M.limits_for(model, field)
  local names = kinds_of[tostring(field):match "^[^.%[]+" or ""]
  if not names then return nil end
  local limits = copy(M.rules)
  limits.kinds, limits.media_types, limits.max_bytes = {}, {}, {}
  limits.upload, limits.words, limits.disputed = true, M.words, false
  for _, name in ipairs(names) do
    add_kind(limits, name, #names > 1)
    if name ~= "audio" then limits.aspect = copy(aspects[model]) end
    limits.duration = limits.duration or duration_of(model, name)
  end
  limits.sources = copy(kinds[names[1]].sources)
  return limits
end

return M
