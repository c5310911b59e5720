--- What is known of EvoLink's models: where each is asked for, and the few numbers its documents name. The service has more models than
-- this; one that is not here is sent as given, to an endpoint guessed from its name and the request.
local M = {}

M.paths = { image = "/v1/images/generations", video = "/v1/videos/generations", audio = "/v1/audios/generations" }

-- [mcp] is the model list of the official client of 2026-04, [doc] docs.evolink.ai, [skill] the official skills.
local names = {
  -- [mcp] [doc]
  video = [[seedance-1.5-pro seedance-2.0 seedance-2.0-text-to-video seedance-2.0-image-to-video seedance-2.0-reference-to-video
    seedance-2.0-fast-text-to-video seedance-2.0-fast-image-to-video seedance-2.0-fast-reference-to-video doubao-seedance-1.0-pro-fast
    sora-2 sora-2-preview sora-2-pro sora-2-beta-max sora-character kling-o3-text-to-video kling-o3-image-to-video
    kling-o3-reference-to-video kling-o3-video-edit kling-v3-text-to-video kling-v3-image-to-video kling-o1-image-to-video
    kling-o1-video-edit kling-o1-video-edit-fast kling-custom-element veo-3.1-generate-preview veo-3.1-fast-generate-preview veo3.1-pro
    veo3.1-fast veo3.1-fast-extend veo3 veo3-fast MiniMax-Hailuo-2.3 MiniMax-Hailuo-2.3-Fast MiniMax-Hailuo-02 wan2.5-t2v-preview
    wan2.5-i2v-preview wan2.5-text-to-video wan2.5-image-to-video wan2.6-text-to-video wan2.6-image-to-video wan2.6-reference-video
    grok-imagine-text-to-video grok-imagine-image-to-video omnihuman-1.5]],
  image = [[gpt-image-1.5 gpt-image-1 gpt-image-1.5-lite gpt-4o-image gemini-3.1-flash-image-preview gemini-3-pro-image-preview
    gemini-2.5-flash-image nano-banana-2-lite z-image-turbo doubao-seedream-5.0-pro doubao-seedream-4.5 doubao-seedream-4.0
    doubao-seedream-3.0-t2i doubao-seededit-4.0-i2i doubao-seededit-3.0-i2i qwen-image-edit qwen-image-edit-plus wan2.5-t2i-preview
    wan2.5-i2i-preview wan2.5-text-to-image wan2.5-image-to-image]],
  audio = "suno-v4 suno-v4.5 suno-v4.5plus suno-v4.5all suno-v5 suno-v5-beta doubao-seed-audio-1-0 qwen3-tts-vd",
}

M.models = {}
for kind, list in pairs(names) do
  for name in list:gmatch "%S+" do M.models[name] = { kind = kind } end
end

-- prompt: most characters; durations: seconds it makes; images: least and most of them.
local known = {
  ["sora-2-preview"] = { prompt = 5000, durations = { 4, 8, 12 }, images = { 0, 1 } }, -- [doc]; an example's "1-12 seconds" is not the list
  ["doubao-seedream-5.0-pro"] = { prompt = 2000, images = { 0, 10 } }, -- [doc]
  ["kling-o3-video-edit"] = { prompt = 2500 },
  ["kling-o3-image-to-video"] = { prompt = 2500, start_end = true }, -- [doc]: first and last frame have fields of their own
  ["kling-v3-image-to-video"] = { prompt = 2500, start_end = true, prompt_optional = true },
  ["kling-o1-image-to-video"] = { prompt = 5000, images = { 1, 2 } }, -- [doc]
  ["seedance-2.0-image-to-video"] = { images = { 1, 2 } }, ["seedance-2.0-fast-image-to-video"] = { images = { 1, 2 } }, -- [doc]
  ["gemini-3.1-flash-image-preview"] = { prompt = 2000 }, ["gemini-2.5-flash-image"] = { prompt = 2000 }, -- "nano-banana"
  ["gemini-3-pro-image-preview"] = { prompt = 2000 }, ["nano-banana-2-lite"] = { prompt = 2000 },
}
for name, facts in pairs(known) do
  for key, value in pairs(facts) do M.models[name][key] = value end
end
M.models["seedance-2.5"] = { kind = "video" }
M.models["seedance-2.5-image-to-video"] = { kind = "video", images = { 1, 2 } } -- [doc]

--- Where the documents name no other number: "up to 14 reference images".
M.most_images = 14

-- What a name says of a model that is not in the table; the first that fits. "image-to-video" is a video, "text-to-image" an image.
local words = {
  { "to%-video", "video" }, { "to%-image", "image" }, { "t2v", "video" }, { "i2v", "video" }, { "t2i", "image" }, { "i2i", "image" },
  { "video", "video" }, { "image", "image" }, { "seedream", "image" }, { "seededit", "image" }, { "banana", "image" }, { "flux", "image" },
  { "midjourney", "image" }, { "suno", "audio" }, { "tts", "audio" }, { "audio", "audio" }, { "music", "audio" }, { "speech", "audio" },
  { "sora", "video" }, { "veo", "video" }, { "kling", "video" }, { "seedance", "video" }, { "hailuo", "video" }, { "wan", "video" },
  { "vidu", "video" }, { "runway", "video" }, { "luma", "video" }, { "pixverse", "video" }, { "human", "video" },
}

--- What kind of output a model makes: by the table, else by its name, else by what is asked of it.
---@param model string
---@param request table|nil in retake's words
---@return "image"|"video"|"audio" kind
function M.kind_of(model, request)
  local entry = M.models[model]
  if entry then return entry.kind end
  local lower = model:lower()
  for _, word in ipairs(words) do
    if lower:find(word[1]) then return word[2] end
  end
  request = request or {}
  if request.duration or request.video or request.last_image or type(request.audio) == "boolean" then return "video" end
  return "image"
end

return M
