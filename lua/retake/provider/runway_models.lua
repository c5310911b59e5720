--- What Runway's models take, as its OpenAPI document of 2026-08-08 says: one table per model and operation, in the form of retake.schema.
-- `strict` operations refuse keys that they do not know (additionalProperties: false); the others tolerate them.
-- Prompt lengths are UTF-16 units. Prices are estimates in credits: a submission's own answer (estimatedCost) overrules them.
local M = {}

local function text(max, min) return { type = "string", min = min or 1, max = max } end
local function integer(min, max) return { type = "integer", min = min, max = max } end
local function enum(...) return { type = "enum", values = { ... } } end
local function list(items, max, min) return { type = "list", items = items, min = min, max = max } end
local function object(fields, required, strict) return { type = "object", fields = fields, required = required, strict = strict } end

-- Ratios are written in one string each: a list of forty values reads better so.
local function ratios(words)
  local values = {}
  for value in words:gmatch "%S+" do values[#values + 1] = value end
  return { type = "enum", values = values }
end

local function uri(media, max_data)
  return { type = "uri", media = media, min = 13, max = 2048, max_runway = 5000, max_data = max_data }
end

local image, video, audio = uri("image", 5242880), uri("video", 16777216), uri("audio", 16777216)
local boolean = { type = "boolean" }
local seed = integer(0, 4294967295)
local tag = { type = "string", min = 3, max = 16, pattern = "^[a-z][a-z0-9_]+$",
  words = "3 to 16 lower-case letters, digits and _, a letter first" }
local moderation = object({ publicFigureThreshold = enum("auto", "low") }, nil, true)
local output_format = enum("mp4", "prores", "png_sequence")
local prores_profile = enum("422", "4444", "422 Proxy", "422 LT", "422 HQ", "4444 XQ")

local first = { type = "either", rules = { image,
  list(object({ uri = image, position = enum "first" }, { "uri", "position" }), 1, 1) } }
-- "This model does not support generating with only a last frame" (veo3.1)
local first_and_last = { type = "either", needs_first = true, rules = { image,
  list(object({ uri = image, position = enum("first", "last") }, { "uri", "position" }), 2, 1) } }
-- With positions these are the first and last frames, without they are references; the two cannot be mixed.
local frames_or_references = { type = "either", rules = { image,
  list(object({ uri = image, position = enum("first", "last") }, { "uri" })) } }
local up_to_nine = { type = "either", rules = { image,
  list(object({ uri = image, position = enum("first", "last") }, { "uri" }), 9, 1) } }

local function references(max) return list(object({ uri = image }, { "uri" }, true), max) end
local function tagged(max, min, strict) return list(object({ uri = image, tag = tag }, { "uri" }, strict), max, min) end
local function subjects(max, strict)
  return list(object({ uri = image, tag = tag, subject = enum("object", "human") }, { "uri" }, strict), max)
end
local function videos(max, strict) return list(object({ type = enum "video", uri = video }, { "type", "uri" }, strict), max) end
local function audios(max, strict) return list(object({ type = enum "audio", uri = audio }, { "type", "uri" }, strict), max) end

local function one_media(...)
  local rules = {}
  for index, media in ipairs { ... } do
    rules[index] = object({ type = enum(media), uri = media == "video" and video or media == "audio" and audio or image }, { "type", "uri" })
  end
  return { type = "either", rules = rules }
end

local range = object({ start_seconds = integer(0, 9007199254740991), end_seconds = integer(1, 9007199254740991) },
  { "start_seconds", "end_seconds" }, true)
local keyframes = list({ type = "either", rules = {
  object({ uri = image, seconds = { type = "number", min = 0, max = 30 }, range = range }, { "uri", "seconds" }, true),
  object({ uri = image, at = { type = "number", min = 0, max = 1 }, range = range }, { "uri", "at" }, true) } }, 5, 1)

local gen4_video = ratios "1280:720 720:1280 1104:832 960:960 832:1104 1584:672"
local veo = ratios "1280:720 720:1280 1080:1920 1920:1080"
local landscape_portrait = ratios "1280:720 720:1280"
local named = ratios "adaptive 21:9 16:9 4:3 1:1 3:4 9:16"
local seedance_720 = ratios [[992:432 864:496 752:560 640:640 560:752 496:864
  1470:630 1280:720 1112:834 960:960 834:1112 720:1280]]
local seedance_4k = ratios [[992:432 864:496 752:560 640:640 560:752 496:864
  1470:630 1280:720 1112:834 960:960 834:1112 720:1280
  2206:946 1920:1080 1664:1248 1440:1440 1248:1664 1080:1920
  3840:1646 3840:2160 3840:2880 3840:3840 2880:3840 2160:3840]]
local seedance_25 = ratios [[992:432 854:480 752:560 640:640 560:752 480:854
  1470:630 1280:720 1112:834 960:960 834:1112 720:1280]]
local gen4_image = ratios [[1024:1024 1080:1080 1168:880 1360:768 1440:1080 1080:1440 1808:768 1920:1080 1080:1920 2112:912
  1280:720 720:1280 720:720 960:720 720:960 1680:720]]

local models = {}
M.models = models

-- operation(name of the model, operation, required fields, strict, fields, price)
local function takes(model, operation, required, strict, fields, price)
  models[model] = models[model] or { operations = {} }
  models[model].operations[operation] = { type = "object", required = required, strict = strict, fields = fields, price = price }
end

-- Prices: `second` credits per second of output; `image` per output; `characters` per so many of prompt; each with what it depends on.
-- A price that hangs on something no request says (the length of an input video) is left out: unknown is said as unknown.

takes("gen4.5", "image_to_video", { "promptText", "promptImage", "ratio", "duration" }, false, { promptText = text(1000),
  promptImage = first, seed = seed, ratio = gen4_video, duration = integer(2, 10), contentModeration = moderation,
  outputFormat = output_format, proresProfile = prores_profile }, { second = 12, other_format = 5 })
takes("gen4.5", "text_to_video", { "promptText", "ratio", "duration" }, false, { promptText = text(1000), ratio = landscape_portrait,
  duration = integer(2, 10), seed = seed, contentModeration = moderation, outputFormat = output_format, proresProfile = prores_profile },
  { second = 12, other_format = 5 })

takes("gen4_turbo", "image_to_video", { "promptImage", "ratio" }, false, { promptText = text(1000), promptImage = first, seed = seed,
  ratio = gen4_video, duration = integer(2, 10), contentModeration = moderation }, { second = 5 })

for name, price in pairs { ["veo3.1"] = { second = 40, silent = 20 }, ["veo3.1_fast"] = { second = 15, silent = 10 } } do
  takes(name, "image_to_video", { "promptImage", "ratio" }, false, { promptText = text(1000), promptImage = first_and_last, ratio = veo,
    audio = boolean, negativePrompt = text(1000), duration = enum(4, 6, 8) }, price)
  takes(name, "text_to_video", { "promptText", "ratio" }, false, { promptText = text(1000), ratio = veo, audio = boolean,
    negativePrompt = text(1000), duration = enum(4, 6, 8) }, price)
end

takes("hailuo3", "image_to_video", { "promptImage", "promptText" }, true, { promptImage = up_to_nine, promptText = text(6000),
  resolution = enum("2K", "768P"), duration = integer(5, 15), ratio = named, referenceAudio = audios(3, true) })
takes("hailuo3", "text_to_video", { "promptText" }, true, { promptText = text(6000), resolution = enum("2K", "768P"),
  duration = integer(5, 15), ratio = named, references = references(9), referenceVideos = videos(3, true), referenceAudio = audios(3, true) })
takes("hailuo3", "video_to_video", { "promptVideo", "promptText" }, true, { promptVideo = video, promptText = text(6000),
  resolution = enum("2K", "768P"), duration = integer(5, 15), ratio = named, references = references(9), referenceVideos = videos(2, true),
  referenceAudio = audios(3, true) })

takes("happyhorse_1_0", "image_to_video", { "promptImage" }, true, { promptText = text(2500, 2), promptImage = first,
  resolution = enum("720P", "1080P"), duration = integer(3, 15) }, { by_resolution = { ["720P"] = 15, ["1080P"] = 30 } })
takes("happyhorse_1_0", "text_to_video", { "promptText" }, true, { promptText = text(2500, 2), duration = integer(3, 15),
  ratio = ratios "1280:720 720:1280 960:960 1108:832 832:1108 1920:1080 1080:1920 1440:1440 1662:1248 1248:1662" },
  { by_pixels = { { 1e6, 15 }, { 2.1e6, 30 } } })

local seedances = {
  seedance2 = { ratio = seedance_4k, prompt = 3500, longest = 15, images = 9, videos = 3, audios = 3,
    price = { by_pixels = { { 1e6, 36 }, { 2.1e6, 40 }, { 16e6, 150 } } } },
  seedance2_fast = { ratio = seedance_720, prompt = 3500, longest = 15, images = 9, videos = 3, audios = 3, price = { second = 29 } },
  seedance2_mini = { ratio = seedance_720, prompt = 3500, longest = 15, images = 9, videos = 3, audios = 3 },
  seedance2_5 = { ratio = seedance_25, prompt = 15000, longest = 30, images = 30, videos = 10, source_videos = 9, audios = 10,
    price = { by_pixels = { { 5e5, 20 }, { 1e6, 30 } }, minimum = 80 } },
}
for name, form in pairs(seedances) do
  local function fields(more)
    local all = { promptText = text(form.prompt), audio = boolean, duration = integer(4, form.longest), ratio = form.ratio,
      referenceAudio = audios(form.audios) }
    for key, value in pairs(more) do all[key] = value end
    return all
  end
  takes(name, "image_to_video", { "promptImage" }, true, fields { promptImage = frames_or_references }, form.price)
  takes(name, "text_to_video", name ~= "seedance2_5" and { "promptText" } or {}, true, fields { references = references(form.images),
    referenceVideos = videos(form.videos) }, form.price)
  -- seconds of the input video are charged too by seedance2_5: not known before
  takes(name, "video_to_video", { "promptVideo" }, true, fields { promptVideo = video, references = references(form.images),
    referenceVideos = videos(form.source_videos or form.videos), mode = name == "seedance2_5" and enum("reference", "extend") or nil },
    name ~= "seedance2_5" and form.price or nil)
end

takes("gemini_omni_flash", "image_to_video", { "promptImage" }, false, { promptImage = first, promptText = text(4000),
  ratio = landscape_portrait, duration = integer(3, 10) }, { second = 10 })
takes("gemini_omni_flash", "text_to_video", { "promptText" }, false, { promptText = text(4000), ratio = landscape_portrait,
  duration = integer(3, 10) }, { second = 10 })
takes("gemini_omni_flash", "video_to_video", { "videoUri", "promptText" }, true, { videoUri = video, promptText = text(4000),
  references = references(5) })

-- `ratio` is still in the document, deprecated and without effect; a request's ratio means targetAspectRatio here.
takes("aleph2", "video_to_video", { "videoUri" }, true, { promptText = text(1000), keyframes = keyframes, videoUri = video, seed = seed,
  ratio = { type = "string", ignored = true }, targetAspectRatio = ratios "16:9 4:3 3:2 1:1 2:3 3:4 9:16 21:9",
  contentModeration = moderation, outputFormat = output_format, proresProfile = prores_profile })

takes("act_two", "character_performance", { "character", "reference" }, false, { seed = seed, character = one_media("image", "video"),
  reference = one_media "video", bodyControl = boolean, expressionIntensity = integer(1, 5),
  ratio = ratios "1280:720 720:1280 960:960 1104:832 832:1104 1584:672", contentModeration = moderation })

takes("gen4_image", "text_to_image", { "promptText", "ratio" }, false, { promptText = text(1000), seed = seed, ratio = gen4_image,
  referenceImages = tagged(3), contentModeration = moderation }, { by_side = { [720] = 5, [1080] = 8 } })
takes("gen4_image_turbo", "text_to_image", { "promptText", "ratio", "referenceImages" }, false, { promptText = text(1000), seed = seed,
  ratio = gen4_image, referenceImages = tagged(3, 1), contentModeration = moderation }, { image = 2 })
takes("gpt_image_2", "text_to_image", { "promptText", "ratio" }, true, { promptText = text(32000), ratio = ratios [[2048:880 1920:1088
  1920:1280 1920:1440 1920:1536 1920:1920 1536:1920 1440:1920 1280:1920 1088:1920 2912:1248 2560:1440 2560:1712 2560:1920 2560:2048
  2560:2560 2048:2560 1920:2560 1712:2560 1440:2560 3840:1648 3840:2160 3504:2336 3264:2448 3200:2560 2880:2880 2560:3200 2448:3264
  2336:3504 2160:3840 auto]], quality = enum("low", "medium", "high", "auto"), background = enum("opaque", "auto"),
  referenceImages = tagged(16, nil, true), outputCount = integer(1, 10) })
takes("gemini_2.5_flash", "text_to_image", { "promptText", "ratio" }, false, { promptText = text(5500), ratio = ratios [[1344:768 768:1344
  1024:1024 1184:864 864:1184 1536:672 832:1248 1248:832 896:1152 1152:896]], referenceImages = tagged(3) }, { image = 5 })
takes("gemini_image3_pro", "text_to_image", { "promptText", "ratio" }, true, { promptText = text(5500), ratio = ratios [[1344:768 768:1344
  1024:1024 1184:864 864:1184 1536:672 832:1248 1248:832 896:1152 1152:896 2048:2048 1696:2528 2528:1696 1792:2400 2400:1792 1856:2304
  2304:1856 1536:2752 2752:1536 3168:1344 4096:4096 3392:5056 5056:3392 3584:4800 4800:3584 3712:4608 4608:3712 3072:5504 5504:3072
  6336:2688]], referenceImages = subjects(14, true), outputCount = enum(1, 4) }, { by_pixels = { { 5e6, 20 }, { 20e6, 40 } } })
takes("gemini_image3.1_flash", "text_to_image", { "promptText", "ratio" }, false, { promptText = text(5500), ratio = ratios [[512:512 416:624
  624:416 432:592 592:432 448:576 576:448 384:672 672:384 768:336 256:1024 1024:256 176:1408 1408:176 1024:1024 832:1248 1248:832
  864:1184 1184:864 896:1152 1152:896 768:1344 1344:768 1536:672 512:2048 2048:512 352:2816 2816:352 2048:2048 1696:2528 2528:1696
  1792:2400 2400:1792 1856:2304 2304:1856 1536:2752 2752:1536 3168:1344 1024:4096 4096:1024 704:5632 5632:704 4096:4096 3392:5056
  5056:3392 3584:4800 4800:3584 3712:4608 4608:3712 3072:5504 5504:3072 6336:2688 2048:8192 8192:2048 1408:11264 11264:1408]],
  referenceImages = subjects(14), outputCount = enum(1, 4) })
takes("seedream5_pro", "text_to_image", { "promptText", "ratio" }, true, { promptText = text(4000), ratio = ratios [[1024:1024 1184:896
  896:1184 1376:768 768:1376 1296:864 864:1296 2048:2048 2304:1728 1728:2304 2720:1530 1530:2720 2496:1664 1664:2496 auto_1k auto_2k]],
  outputFormat = enum("png", "jpeg"), referenceImages = references(10), outputCount = integer(1, 4), grounding = boolean })
takes("seedream5_lite", "text_to_image", { "promptText", "ratio" }, true, { promptText = text(4000), ratio = ratios [[2048:2048 2304:1728
  1728:2304 2848:1600 1600:2848 2496:1664 1664:2496 3136:1344 3072:3072 3456:2592 2592:3456 4096:2304 2304:4096 3744:2496 2496:3744
  4704:2016]], outputFormat = enum("png", "jpeg"), referenceImages = references(14), outputCount = integer(1, 4), grounding = boolean },
  { image = 4 })

-- Beside the main operations: data only, the same code encodes them.
takes("magnific_precision_upscaler_v2", "image_upscale", { "imageUri" }, true, { imageUri = image, scaleFactor = enum(2, 4, 8, 16),
  sharpen = integer(0, 100), smartGrain = integer(0, 100), ultraDetail = integer(0, 100), flavor = enum("sublime", "photo", "photo_denoiser") })
takes("magnific_video_upscaler_creative", "video_upscale", { "videoUri" }, true, { videoUri = video, resolution = enum("720p", "1k", "2k", "4k"),
  creativity = integer(0, 100), sharpen = integer(0, 100), smartGrain = integer(0, 100), flavor = enum("vivid", "natural"),
  fpsBoost = boolean })
takes("eleven_text_to_sound_v2", "sound_effect", { "promptText" }, false, { promptText = text(3000),
  duration = { type = "number", min = 0.5, max = 30 }, loop = boolean })
takes("seed_audio", "sound_effect", { "promptText" }, true, { promptText = text(2048), referenceAudios = list(audio, 3),
  speechRate = integer(-50, 100), loudnessRate = integer(-50, 100), pitchRate = integer(-12, 12),
  sampleRate = enum(8000, 16000, 24000, 32000, 44100, 48000), outputFormat = enum("wav", "mp3", "ogg_opus") })
takes("eleven_voice_isolation", "voice_isolation", { "audioUri" }, false, { audioUri = audio })

--- Which operations there are, and the path of each.
M.paths = {
  image_to_video = "/v1/image_to_video", text_to_video = "/v1/text_to_video", video_to_video = "/v1/video_to_video",
  text_to_image = "/v1/text_to_image", character_performance = "/v1/character_performance", image_upscale = "/v1/image_upscale",
  video_upscale = "/v1/video_upscale", sound_effect = "/v1/sound_effect", voice_isolation = "/v1/voice_isolation",
}

return M
