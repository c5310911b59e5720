-- Every limit in the providers' data has a file just inside and one just outside. The data is read here, so that a new limit without a case
-- fails; and each remedy is taken at its word: what it says is done, and the result has to pass.
local asset = require "retake.asset"
local checks = require "retake.asset.checks"
local delivery = require "retake.asset.delivery"
local made = require "spec.support.made_media"
local types = require "retake.asset.types"

local unpack = table.unpack or unpack -- luacheck: ignore

local providers = {
  runway = require "retake.provider.runway_limits",
  runware = require "retake.provider.runware_limits",
  evolink = require "retake.provider.evolink_limits",
}
local fields = { "image", "last_image", "images", "video", "audio", "character", "reference" }

---- telling what a report says --------------------------------------------------------------------------------------------------------

local function outcome(report, check)
  for _, row in ipairs(report.steps) do
    if row.check == check then return row.outcome, row.detail end
  end
end

local function problem_of(report, class)
  for _, problem in ipairs(report.problems) do
    if problem.class == class then return problem end
  end
end

local function told(report)
  local list = {}
  for i, problem in ipairs(report.problems) do list[i] = problem.class .. ": " .. problem.message end
  return table.concat(list, "; ")
end

local function changed(limits, changes)
  local copy = {}
  for name, value in pairs(limits) do copy[name] = value end
  for name, value in pairs(changes) do copy[name] = value end
  return copy
end

-- A plain model for the making of subjects: what each limit is tried on.
---@class subject  provider, model, field, kind, limits, where (for messages)

local function inspect(subject, source, changes, target)
  local all = { limits = changes and changed(subject.limits, changes) or subject.limits, field = subject.field }
  for name, value in pairs(target or {}) do all[name] = value end
  return asset.inspect(source, all)
end

-- Inside: nothing is said of this class. Outside: a problem of the class, with numbers in its remedy; or where it only warns, a warning.
local function both(subject, class, check, inside, outside, warns)
  assert.is_nil(problem_of(inside, class), subject.where .. " inside: " .. told(inside))
  if warns then
    assert.equal("warn", (outcome(outside, check)), subject.where .. " outside: " .. told(outside))
    assert.is_nil(problem_of(outside, class))
    assert.not_equal("warn", (outcome(inside, check)))
    return nil
  end
  local problem = problem_of(outside, class)
  assert.is_truthy(problem, subject.where .. " outside: " .. told(outside))
  assert.equal("fail", (outcome(outside, check)))
  assert.equal(problem.field, subject.field)
  assert.matches("%S", problem.hint)
  return problem
end

---- the cases: one for each name of a limit ---------------------------------------------------------------------------------------------

local function image_of(width, height) return { bytes = made.png(width, height) } end
local function of_sides(kind, width, height)
  if kind == "image" then return image_of(width, height) end
  return { bytes = made.video_of(width, height) }
end

-- Does what the remedy says, and looks again.
local function after_remedy(subject, hint, width, height, target)
  local w, h = hint:match "[Ss]cale it to (%d+)x(%d+)"
  if not w then w, h = hint:match "scale that to (%d+)x(%d+)" end
  if not w then w, h = hint:match "[Cc]rop it to (%d+)x(%d+)" end
  local side, most = hint:match "crop the (%w+) to at most (%d+) px"
  if side then w, h = side == "width" and most or width, side == "height" and most or height end
  assert.is_truthy(w, hint)
  return inspect(subject, of_sides(subject.kind, tonumber(w), tonumber(h)), nil, target)
end

local cases = {}

function cases.kinds(subject, kinds)
  for kind in pairs(kinds) do
    assert.is_nil(problem_of(inspect(subject, { bytes = made.sized(kind, 0) }), "asset.media_type"), subject.where)
  end
  for _, kind in ipairs { "image", "video", "audio" } do
    if not kinds[kind] then assert.is_truthy(problem_of(inspect(subject, { bytes = made.sized(kind, 0) }), "asset.media_type"), subject.where) end
  end
end

-- Under each of its names, as a data URI declares it; and each type that is not taken is refused.
function cases.media_types(subject, taken)
  local plain = {}
  for name in pairs(taken) do
    local canonical = types.canonical(name)
    plain[canonical] = true
    local make = made.of_type[canonical]
    assert.is_truthy(make, subject.where .. ": no file of the type " .. canonical)
    local report = inspect(subject, made.data_uri(make(), name), { data_uri = true })
    assert.equal("pass", (outcome(report, "media type")), subject.where .. " " .. name .. ": " .. told(report))
  end
  for name, make in pairs(made.of_type) do
    if not plain[name] and not (name == "image/heif" and plain["image/heic"]) then
      local report = inspect(subject, made.data_uri(make(), name), { data_uri = true })
      assert.is_truthy(problem_of(report, "asset.media_type"), subject.where .. " takes " .. name)
      local kind = next(subject.limits.kinds, next(subject.limits.kinds)) and "%a+" or subject.kind -- where several are taken
      local other = subject.limits.kinds[types.kind(name)] == nil -- which no conversion helps
      assert.matches((other and "^Give .*: this field takes .*" or "^Convert it to .*") .. kind .. "/", problem_of(report, "asset.media_type").hint)
    end
  end
end

function cases.codecs(subject, codecs)
  for media_type, names in pairs(codecs) do
    local makers = assert(made.of_codec[media_type], media_type)
    for name in pairs(names) do
      local report = inspect(subject, made.data_uri(assert(makers[name], media_type .. " " .. name)(), media_type))
      assert.equal("pass", (outcome(report, "codec")), media_type .. " " .. name .. ": " .. told(report))
      assert.equal(name, report.codec)
    end
    local report = inspect(subject, made.data_uri(makers.other(), media_type))
    assert.equal("fail", (outcome(report, "codec")), media_type .. ": " .. tostring(report.codec))
    assert.matches(report.codec, problem_of(report, "asset.media_type").message, 1, true)
    assert.matches("Encode it as ", problem_of(report, "asset.media_type").hint)
  end
end

-- What it would be enlarged to is another limit.
local function inspect_sides(subject, width, height)
  return inspect(subject, of_sides(subject.kind, width, height), { enlarged = false })
end

function cases.max_side(subject, most)
  local least = subject.limits.min_side or 1
  local warns = subject.limits.disputed and subject.limits.disputed.max_side
  local problem = both(subject, "asset.dimensions", "dimensions", inspect_sides(subject, most, most),
    inspect_sides(subject, most + 2, most), warns)
  if warns then return end
  assert.matches(("%d"):format(most), problem.message)
  assert.matches(("%d"):format(most + 2), problem.message)
  assert.equal("pass", (outcome(after_remedy(subject, problem.hint, most + 2, most), "dimensions")))
  if subject.kind == "video" or most / least > 50 then return end
  problem = problem_of(inspect(subject, image_of(most + 2, least)), "asset.dimensions")
  assert.matches("No scaling brings both sides to", problem.hint)
end

function cases.min_side(subject, least)
  local warns = subject.limits.disputed and subject.limits.disputed.min_side
  local problem = both(subject, "asset.dimensions", "dimensions", inspect_sides(subject, least, least),
    inspect_sides(subject, least, least - 1), warns)
  if warns then return end
  assert.matches(("%d"):format(least), problem.message)
  assert.equal("pass", (outcome(after_remedy(subject, problem.hint, least, least - 1), "dimensions")))
end

-- A height at which the limit's ratio is a whole width, with both sides inside every other limit.
local function height_for(ratio) return ratio > 4 and 300 or ratio < 0.25 and 4800 or 1000 end

local function try_aspect(subject, ratio, beyond, warns)
  local height = height_for(ratio)
  local edge = beyond < 0 and math.ceil(ratio * height - 1e-9) or math.floor(ratio * height + 1e-9)
  local problem = both(subject, "asset.aspect_ratio", "aspect ratio", inspect(subject, of_sides(subject.kind, edge, height)),
    inspect(subject, of_sides(subject.kind, edge + beyond, height)), warns)
  if warns then return end
  assert.matches(beyond < 0 and "too tall" or "too wide", problem.hint)
  assert.is_nil(problem_of(after_remedy(subject, problem.hint, edge + beyond, height), "asset.aspect_ratio"), problem.hint)
  local padded = tonumber(problem.hint:match "pad the %w+ to at least (%d+) px")
  local report = inspect(subject, beyond < 0 and of_sides(subject.kind, padded, height) or of_sides(subject.kind, edge + beyond, padded))
  assert.is_nil(problem_of(report, "asset.aspect_ratio"), problem.hint)
end

function cases.aspect(subject, rule)
  if rule.warn_min then try_aspect(subject, rule.warn_min, -1, true) end
  if rule.warn_max then try_aspect(subject, rule.warn_max, 1, true) end
  if not rule.warn_min then try_aspect(subject, rule.min, -1) end
  -- where a narrower range warns, the wide one's inside is a warning already
  if rule.warn_max then
    local height = height_for(rule.max)
    local edge = math.floor(rule.max * height + 1e-9)
    assert.is_nil(problem_of(inspect(subject, of_sides(subject.kind, edge, height)), "asset.aspect_ratio"))
    assert.is_truthy(problem_of(inspect(subject, of_sides(subject.kind, edge + 1, height)), "asset.aspect_ratio"))
  else
    try_aspect(subject, rule.max, 1)
  end
end

local function of_seconds(kind, seconds)
  return { bytes = kind == "audio" and made.wav(seconds) or made.video(seconds) }
end

local function try_duration(subject, seconds, beyond, warns)
  local step = beyond * (subject.kind == "audio" and 0.001 or 0.25) -- video comes in frames, four a second here
  local inside, outside = seconds, seconds + step
  if subject.limits.duration.exclusive then inside, outside = seconds - step, seconds end
  local problem = both(subject, "asset.duration", "duration", inspect(subject, of_seconds(subject.kind, inside)),
    inspect(subject, of_seconds(subject.kind, outside)), warns)
  if not warns then assert.matches(("%g"):format(seconds), problem.message .. problem.hint, 1, true) end
end

function cases.duration(subject, rule)
  if rule.min then try_duration(subject, rule.min, -1) end
  if rule.max then try_duration(subject, rule.max, 1) end
  if rule.warn_min then try_duration(subject, rule.warn_min, -1, true) end
  if rule.warn_max then try_duration(subject, rule.warn_max, 1, true) end
  if not rule.total then return end
  local half = rule.max / 2
  local function uses(...)
    local list = {}
    for place, seconds in ipairs { ... } do
      list[place] = { limits = subject.limits, report = inspect(subject, of_seconds(subject.kind, seconds)) }
    end
    return list
  end
  assert.is_nil(checks.total_duration(uses(half, half)))
  local problem = checks.total_duration(uses(half, half, 1))
  assert.equal("asset.duration", problem.class)
  assert.matches(("%g seconds. Got %g"):format(rule.max, rule.max + 1), problem.message, 1, true)
  assert.matches("trim 1 seconds off", problem.hint, 1, true)
end

function cases.enlarged(subject, rule)
  for _, factor in ipairs { rule.scale, 4 } do
    local target = factor ~= rule.scale and { extra = { [rule.field] = factor } } or nil
    local height = 1250
    local width = math.floor(rule.max_pixels / factor / factor / height)
    local problem = both(subject, "asset.dimensions", "enlarged", inspect(subject, image_of(width, height), nil, target),
      inspect(subject, image_of(width + 1, height), nil, target))
    assert.matches(("%d"):format(rule.max_pixels), problem.message)
    assert.is_true(after_remedy(subject, problem.hint, width + 1, height, target).ok)
  end
end

function cases.match(subject, meaning)
  assert.equal("size", meaning)
  for ratio, size in pairs(subject.limits.sizes) do
    local width, height = size:match "^(%d+):(%d+)$"
    width, height = tonumber(width), tonumber(height)
    for _, asked in ipairs { ratio, size } do
      local target = { ratio = asked }
      local problem = both(subject, "asset.mismatch", "fits the request", inspect(subject, image_of(width, height), nil, target),
        inspect(subject, image_of(width, height - 1), nil, target))
      assert.matches(width .. "x" .. height, problem.message, 1, true)
      assert.is_true(after_remedy(subject, problem.hint, width, height - 1, target).ok)
      problem = problem_of(inspect(subject, image_of(height, width), nil, target), "asset.mismatch")
      assert.is_true(after_remedy(subject, problem.hint, height, width, target).ok)
    end
  end
end
cases.sizes = function() end -- what `match` means by a named ratio: seen above

function cases.url_max_chars(subject, most)
  local function of(length) return inspect(subject, "https://cdn.example.com/" .. ("x"):rep(length - 24)) end
  local problem = both(subject, "asset.invalid_uri", "length", of(most), of(most + 1))
  assert.matches(most .. " characters", problem.message)
end

function cases.id_max_chars(subject, most)
  local scheme = next(subject.limits.schemes) .. "://"
  local function of(length) return inspect(subject, scheme .. ("x"):rep(length - #scheme)) end
  both(subject, "asset.invalid_uri", "length", of(most), of(most + 1))
end

function cases.schemes(subject, schemes)
  for scheme in pairs(schemes) do assert.is_true(inspect(subject, scheme .. "://some-file-of-theirs").ok) end
  assert.is_false(inspect(subject, "elsewhere://some-file").ok)
end

function cases.ids(subject)
  assert.is_true(inspect(subject, "c64351d5-4c59-42f7-95e1-eace013eddab").ok)
  assert.is_false(inspect(subject, "c64351d5-4c59-42f7-95e1-eace013edda").ok)
end

function cases.data_uri(subject, taken)
  local source = made.data_uri(made.sized(subject.kind, 600), made.types[subject.kind])
  assert.equal(taken, inspect(subject, source, { upload = false }).ok, subject.where)
  assert.equal(taken and "as_is" or "upload", inspect(subject, source).delivery, subject.where)
end

function cases.upload(subject, taken)
  assert.is_true(taken)
  assert.equal("upload", inspect(subject, made.sized_file(subject.kind, 600), { data_uri = false }).delivery, subject.where)
end

function cases.animated(subject) error(subject.where .. ": no case is written for animations yet") end

function cases.most(subject, most)
  local evolink = require "retake.provider.evolink"
  local function encoded(count)
    local images = {}
    for place = 1, count do images[place] = "https://example.com/" .. place .. ".png" end
    local _, problem = evolink.submit.encode({ model = subject.model or "doubao-seedream-4.5", prompt = "a boat", images = images }, {
      key = "00000000-0000-4000-8000-000000000000" })
    return problem
  end
  assert.is_nil(encoded(most))
  assert.matches(("at most %d images: got %d"):format(most, most + 1), encoded(most + 1).message)
end

---- sizes, by the way a file goes --------------------------------------------------------------------------------------------------------

local ways = {}

local function by_url(subject, size)
  local report = { steps = {}, problems = {}, source = "url", field = subject.field, kind = subject.kind }
  delivery.check_url(report, subject.limits, size)
  return report
end

function ways.url(subject, most)
  local problem = both(subject, "asset.too_large", "size", by_url(subject, most), by_url(subject, most + 1))
  assert.matches(("at most %.0f bytes %%(now %.0f%%)"):format(most, most + 1), problem.hint)
end

function ways.url_warn(subject, most)
  both(subject, "asset.too_large", "size", by_url(subject, most), by_url(subject, most + 1), true)
end

-- Data URIs of exactly so many characters, and of one more: base64 comes in fours, a parameter of the media type makes up the rest.
local function uris(subject, chars)
  local media_type = made.types[subject.kind] .. ";v="
  local bytes = math.floor((chars - #("data:" .. media_type .. "1;base64,")) / 4) * 3
  local content = made.sized(subject.kind, bytes)
  local function of(length)
    local filling = length - #made.data_uri("", media_type) - #content / 3 * 4
    return made.data_uri(content, media_type .. ("1"):rep(filling))
  end
  assert.equal(chars, #of(chars))
  return of(chars), of(chars + 1)
end

function ways.data_uri_chars(subject, most)
  local inside, outside = uris(subject, most)
  local problem = both(subject, "asset.too_large", "size", inspect(subject, inside, { upload = false }), inspect(subject, outside, { upload = false }))
  assert.matches(#outside .. "", problem.message)
  assert.equal("upload", inspect(subject, outside).delivery)
end

function ways.data_uri_warn_chars(subject, most)
  local inside, outside = uris(subject, most)
  both(subject, "asset.too_large", "size", inspect(subject, inside, { upload = false }), inspect(subject, outside, { upload = false }), true)
  assert.equal("upload", inspect(subject, outside).delivery) -- no way to be wrong
end

function ways.inline_chars(subject, most)
  local inside, outside = uris(subject, most)
  assert.equal("as_is upload", inspect(subject, inside).delivery .. " " .. inspect(subject, outside).delivery)
  local bytes = math.floor((most - #("data:" .. made.types[subject.kind] .. ";base64,")) / 4) * 3
  assert.equal("data_uri", inspect(subject, made.sized_file(subject.kind, bytes)).delivery)
  assert.equal("upload", inspect(subject, made.sized_file(subject.kind, bytes + 1)).delivery)
end

function ways.data_uri(subject, most)
  local media_type = made.types[subject.kind]
  local problem = both(subject, "asset.too_large", "size",
    inspect(subject, made.data_uri(made.sized(subject.kind, most), media_type), { upload = false }),
    inspect(subject, made.data_uri(made.sized(subject.kind, most + 1), media_type), { upload = false }))
  assert.matches(("at most %.0f bytes"):format(most), problem.hint)
end

function ways.upload(subject, most)
  local without = { data_uri = false, duration = false }
  local inside = inspect(subject, made.sized_file(subject.kind, most), without)
  local problem = both(subject, "asset.too_large", "size", inside, inspect(subject, made.sized_file(subject.kind, most + 1), without))
  assert.equal("upload", inside.delivery, told(inside))
  assert.matches(("at most %.0f bytes"):format(most), problem.hint)
end

function ways.upload_min(subject, least)
  local limits = changed(subject.limits, { data_uri = false })
  local function way(size) return asset.delivery({ source = "path", kind = subject.kind, size = size, encoded_size = 1000 }, limits) end
  local how, problem = way(least - 1)
  assert.is_nil(how)
  assert.equal("asset.invalid", problem.class)
  assert.equal("upload", (way(least)))
end

function cases.max_bytes(subject, limits)
  for way, most in pairs(limits) do
    if type(most) == "table" then most = most[subject.kind] end
    assert.is_truthy(ways[way], subject.where .. ": no case is written for max_bytes." .. way)
    if most and subject.first(way, most) then ways[way](subject, most) end
  end
end

---- what is no limit of a file ----------------------------------------------------------------------------------------------------------

local no_limits = {
  words = true, sources = true, disputed = true, -- how limits are told
  -- how a URL is asked about: asset_network_spec
  timeout = true, user_agent = true, generic_types = true, redirects = true, needs_head = true, needs_length = true,
}

-- Numbers carry the document they come from.
local function document_of(limits, name, value)
  if type(value) == "table" and value.source then return value.source end
  return limits.sources and limits.sources[name]
end

local function check_documents(subject)
  local limits = subject.limits
  for _, name in ipairs { "max_side", "min_side", "url_max_chars", "id_max_chars", "aspect", "duration", "enlarged", "codecs", "media_types" } do
    local value = limits[name]
    if value and not (type(value) == "table" and next(value) == nil) then
      assert.is_string(document_of(limits, name, value), subject.where .. " " .. name)
    end
  end
  for way in pairs(limits.max_bytes) do assert.is_string(limits.sources[way], subject.where .. " max_bytes." .. way) end
end

---- the data ------------------------------------------------------------------------------------------------------------------------------

-- A limit's value as text, so that one that many models share is tried once.
local function text_of(value)
  if type(value) ~= "table" then return tostring(value) end
  local names = {}
  for name in pairs(value) do names[#names + 1] = name end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for place, name in ipairs(names) do names[place] = tostring(name) .. "=" .. text_of(value[name]) end
  return "{" .. table.concat(names, ",") .. "}"
end

local function each_subject(provider, data, visit)
  local models = { false }
  for _, model in ipairs(data.models()) do models[#models + 1] = model end
  for _, model in ipairs(models) do
    for _, field in ipairs(fields) do
      local of_performance = field == "character" or field == "reference" -- fields of act_two alone
      local limits = (not of_performance or not model or model == "act_two") and data.limits_for(model or nil, field)
      for kind in pairs(limits and limits.kinds or {}) do
        visit { provider = provider, model = model or nil, field = field, kind = kind, limits = limits,
          where = ("%s/%s %s (%s)"):format(provider, model or "any", field, kind) }
      end
    end
  end
end

-- What else decides whether a file of this size or shape passes, and so belongs to the case.
local beside = { max_side = { "min_side", "disputed" }, min_side = { "max_side", "disputed" }, match = { "sizes" }, most = {} }

for provider, data in pairs(providers) do
  describe("every limit of " .. provider, function()
    local seen, numbers = {}, 0
    teardown(made.remove_all)

    local function first(subject, name, value)
      local parts = { name, subject.kind, text_of(value) }
      for _, other in ipairs(beside[name] or {}) do parts[#parts + 1] = text_of(subject.limits[other]) end
      local key = table.concat(parts, " ")
      local is_first = not seen[key]
      seen[key] = true
      return is_first
    end

    each_subject(provider, data, function(subject)
      subject.first = function(way, most) return first(subject, "max_bytes." .. way, most) end
      for name, value in pairs(subject.limits) do
        if not no_limits[name] and first(subject, name, value) then
          numbers = numbers + 1
          it(("%s: %s"):format(subject.where, name), function()
            assert.is_truthy(cases[name], "no case is written for the limit " .. name)
            cases[name](subject, value)
          end)
        end
      end
    end)

    it("names the document it comes from", function()
      assert.is_true(numbers > 5)
      each_subject(provider, data, check_documents)
    end)
  end)
end

---- in the providers' own words -----------------------------------------------------------------------------------------------------------

describe("what a limit says", function()
  local retake = require "retake"
  teardown(made.remove_all)

  local function file(kind, size)
    return function() return made.sized_file(kind, size) end
  end
  local MIB = 1048576

  -- provider, model, field, source or what makes one, target, class, message, hint
  local rows = {
    { "runway", "gen4.5", "promptImage", image_of(8001, 4500), nil, "asset.dimensions",
      "Invalid asset dimensions. Height and width must not exceed 8000px. Got 8001x4500.", "Scale it to 8000x4499." },
    { "runway", "gen4.5", "promptImage", image_of(2370, 1000), nil, "asset.aspect_ratio",
      "Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2. Got 2.37.",
      "It is too wide: crop the width to at most 2000 px, or pad the height to at least 1185 px." },
    { "runway", "gen4_turbo", "promptImage", file("image", 200 * MIB + 1), nil, "asset.too_large", "Asset size exceeds 200.0MB.",
      "Scale it to about 999x999, or save it as JPEG or WebP at a lower quality: at most 209715200 bytes (now 209715201)." },
    { "runway", "aleph2", "videoUri", function() return { bytes = made.video(30.5) } end, nil, "asset.duration",
      "Asset duration must be at most 30 seconds", "Trim it to at most 30 seconds: it lasts 30.5." },
    { "runway", "act_two", "reference", function() return { bytes = made.video(2.5) } end, nil, "asset.duration",
      "Asset duration must be at least 3 seconds", "It has to last at least 3 seconds, not 2.5." },
    { "runway", "eleven_voice_isolation", "audioUri", function() return { bytes = made.wav(4.6) } end, nil, "asset.duration",
      "Asset duration must be at least 4.6 seconds", "It has to last more than 4.6 seconds, not 4.6." },
    { "runway", "aleph2", "videoUri", function() return { bytes = made.of_codec["video/mp4"].other() } end, nil, "asset.media_type",
      'Unsupported codec: "mpeg4" in video/mp4.', "Encode it as av1, h264 or hevc." },
    { "runway", "magnific_precision_upscaler_v2", "imageUri", image_of(4000, 2000), nil, "asset.dimensions",
      "Output width times height cannot exceed 25300000 pixels. Got 8000x4000.", "Scale it to 3556x1778 before it is enlarged 2 times." },
    { "runway", "magnific_precision_upscaler_v2", "imageUri", image_of(1000, 1000), { extra = { scaleFactor = 8 } }, "asset.dimensions",
      "Output width times height cannot exceed 25300000 pixels. Got 8000x8000.",
      "Scale it to 628x628 before it is enlarged 8 times. Or ask for a scaleFactor of at most 5." },
    { "runware", "klingai:5@3", "image", image_of(4096, 2048), nil, "asset.dimensions",
      "Invalid asset dimensions. Height and width must not exceed 2048px. Got 4096x2048.", "Scale it to 2048x1024." },
    { "runware", "klingai:5@3", "image", image_of(2100, 200), nil, "asset.dimensions",
      "Invalid asset dimensions. Height and width must not exceed 2048px. Got 2100x200.",
      "No scaling brings both sides to 300-2048 px: crop it to at most 1365x200 first." },
    { "runware", "bria:60@1", "video", function() return { bytes = made.video(31) } end, nil, "asset.duration",
      "Asset duration must be at most 30 seconds. Got 31.", "Trim it to at most 30 seconds: it lasts 31." },
    { "evolink", "sora-2-preview", "image", file("image", 10 * MIB + 1), nil, "asset.too_large", "file size exceeds 10MB",
      "Scale it to about 999x999, or save it as JPEG or WebP at a lower quality: at most 10485760 bytes (now 10485761)." },
    { "evolink", "sora-2-preview", "image", image_of(1920, 1080), { ratio = "16:9" }, "asset.mismatch",
      "aspect_ratio=1280x720(16:9) requires a 1280x720 landscape image. Got 1920x1080.", "Scale it to 1280x720." },
    { "evolink", "sora-2-preview", "image", image_of(1280, 720), { ratio = "9:16" }, "asset.mismatch",
      "aspect_ratio=720x1280(9:16) requires a 720x1280 portrait image. Got 1280x720.", "Crop it to 405x720 and scale that to 720x1280." },
    { "evolink", "nano-banana-2-lite", "image", image_of(239, 500), nil, "asset.dimensions",
      "image dimensions must be between 240 and 7680. Got 239x500.", "Scale it to 240x503." },
    { "evolink", "gpt-image-1", "image", { bytes = made.read "spec/fixtures/boat.gif" }, nil, "asset.media_type",
      "unsupported file type: image/gif", "Convert it to image/jpeg, image/png or image/webp." },
    { "evolink", "kling-o3-image-to-video", "image", image_of(390, 1000), nil, "asset.aspect_ratio",
      "Invalid asset aspect ratio. width / height ratio must be between 0.4 and 2.5. Got 0.39.",
      "It is too tall: crop the height to at most 975 px, or pad the width to at least 400 px." },
  }

  for _, row in ipairs(rows) do
    local provider, model, field, source, target, class, message, hint = unpack(row, 1, 8)
    it(("%s/%s %s: %s"):format(provider, model, field, message), function()
      local subject = { limits = providers[provider].limits_for(model, field), field = field }
      local report = inspect(subject, type(source) == "function" and source() or source, nil, target)
      assert.same({ class, message, hint, field },
        { report.problems[1].class, report.problems[1].message, report.problems[1].hint, report.problems[1].field })
    end)
  end

  -- The same words as an answer of the provider's are of the same class: what inspection says is what the job would have ended with.
  it("is what the provider's answer would be taken for", function()
    local bodies = {
      runway = function(text) return { error = "Validation of body failed", issues = { { code = "custom", message = text, path = { "promptImage" } } } } end,
      runware = function(text) return { errors = { { code = "invalidInput", message = text, parameter = "inputImage" } } } end,
      evolink = function(text, class)
        local code = class == "asset.mismatch" and "image_dimension_mismatch" or "invalid_parameters"
        return { error = { code = code, message = text, type = "invalid_request_error" } }
      end,
    }
    local different = {}
    for _, row in ipairs(rows) do
      local fault = retake.classify { provider = row[1], operation = "submit", status = 400, body = bodies[row[1]](row[7], row[6]) }
      local has_words = not (row[1] == "evolink" and row[6] == "asset.aspect_ratio") -- EvoLink has no sentence of its own for that
      if has_words and fault.class ~= row[6] then different[#different + 1] = ("%s: %s is %s, not %s"):format(row[1], row[7], fault.class, row[6]) end
    end
    assert.same({}, different)
  end)
end)
