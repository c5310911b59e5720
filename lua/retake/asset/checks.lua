-- checks.lua: what was found of a file against the limits: its type, sides, aspect ratio, shape, duration and codec.

local reports = require "retake.asset.report"
local types = require "retake.asset.types"
local words = require "retake.asset.words"

local whole, short, say, beside = words.whole, words.short, words.say, words.beside
local canonical, kind_of = types.canonical, types.kind
local step, fail = reports.step, reports.fail

local M = {}

---- the type ---------------------------------------------------------------------------------------------------------------------

local function allowed_types(limits, kind)
  local list, kinds = {}, limits and limits.kinds
  for name in pairs(limits and limits.media_types or {}) do
    local own = kind_of(name)
    if canonical(name) == name and (not kind or own == kind) and (not kinds or not own or kinds[own]) then list[#list + 1] = name end
  end
  table.sort(list)
  if #list == 0 then return nil end
  local last = table.remove(list)
  return #list == 0 and last or table.concat(list, ", ") .. " or " .. last
end

local articles = { image = "an image", video = "a video", audio = "a sound" }

-- Where a file of another kind stands in a field: which kinds it takes, and of what types.
local function kinds_wanted(limits)
  local names = {}
  for _, kind in ipairs { "image", "video", "audio" } do
    if limits.kinds[kind] then names[#names + 1] = articles[kind] end
  end
  if #names == 0 then return nil end
  local taken = allowed_types(limits)
  return ("Give %s%s."):format(table.concat(names, " or "), taken and ": this field takes " .. taken or "")
end

function M.type_hint(limits, media_type)
  if types.not_media[media_type] then
    return "The bytes are " .. types.not_media[media_type] .. ": perhaps an error message that was saved in place of the file."
  end
  local kind = kind_of(media_type)
  local other = kind and limits and limits.kinds and not limits.kinds[kind] and kinds_wanted(limits)
  if other then return other end -- nothing makes an image of a video
  local fitting = allowed_types(limits, kind) or allowed_types(limits)
  return fitting and "Convert it to " .. fitting .. "." or "Give an image, a video or a sound."
end

-- By the bytes and, where they leave it open, by what was declared; settles report.media_type and report.kind.
function M.type(report, limits, input, found, path)
  local declared = input.declared
  report.media_type = types.settle(declared, found, path)
  report.kind = kind_of(report.media_type)
  if not found then
    fail(report, "media type", "asset.media_type", say(limits, "media_type", declared or "unknown"), "The bytes are of no known format.")
  elseif declared and canonical(declared) ~= report.media_type and kind_of(declared) then
    fail(report, "media type", "asset.media_type", say(limits, "declared_type", declared, found), "Write data:" .. found .. ";base64,...")
  elseif declared and not kind_of(declared) then
    fail(report, "media type", "asset.media_type", say(limits, "data_uri_type", declared), "Name the real type: data:" .. found .. ";base64,...")
  elseif not types.is_allowed(limits, report.media_type) then
    fail(report, "media type", "asset.media_type", say(limits, "media_type", report.media_type), M.type_hint(limits, report.media_type))
  else
    step(report, "media type", "pass", report.media_type)
  end
end

---- sides ------------------------------------------------------------------------------------------------------------------------

local function size_text(width, height) return whole(width) .. "x" .. whole(height) end

-- Video encoders want even sides; `round` is math.floor or math.ceil.
local function scaled(report, width, height, factor, round)
  local step_of = report.kind == "video" and 2 or 1
  local function side(value) return math.max(step_of, round(value * factor / step_of - (round == math.ceil and 1e-9 or -1e-9)) * step_of) end
  return size_text(side(width), side(height))
end

-- What brings both sides into range: scaling, or cropping before it where the shape is too long for that.
local function sides_hint(report, limits, width, height)
  local most, least = limits.max_side or math.huge, limits.min_side or 1
  local long, brief = math.max(width, height), math.min(width, height)
  if long / brief > most / least then
    local kept = math.floor(brief * (most / least))
    return ("No scaling brings both sides to %s-%s px: crop it to at most %s first."):format(whole(least), whole(most),
      width > height and size_text(kept, height) or size_text(width, kept))
  end
  local too_long = long > most
  return "Scale it to " .. scaled(report, width, height, too_long and most / long or least / brief, too_long and math.floor or math.ceil) .. "."
end

local function sides_sentence(limits, too_long, width, height)
  local both = limits.words and limits.words.dimensions_range and limits.max_side and limits.min_side
  if both then return say(limits, "dimensions_range", whole(limits.min_side), whole(limits.max_side), whole(width), whole(height)) end
  return say(limits, too_long and "dimensions" or "dimensions_small", whole(too_long and limits.max_side or limits.min_side), whole(width),
    whole(height))
end

local function check_sides(report, limits, width, height)
  local most, least = limits.max_side, limits.min_side
  local too_long = most and math.max(width, height) > most
  local too_short = least and math.min(width, height) < least
  local name = too_long and "max_side" or "min_side"
  if not too_long and not too_short then
    step(report, "dimensions", "pass", size_text(width, height))
  elseif limits.disputed and limits.disputed[name] then
    step(report, "dimensions", "warn", ("%s; documents disagree whether a side has to be at %s %s px"):format(size_text(width, height),
      too_long and "most" or "least", whole(limits[name])))
  else
    fail(report, "dimensions", "asset.dimensions", sides_sentence(limits, too_long, width, height), sides_hint(report, limits, width, height))
  end
end

-- What an upscaler would make of it.
local function check_enlarged(report, limits, target, width, height)
  local rule = limits.enlarged
  if not rule then return end
  local factor = tonumber(target.extra and target.extra[rule.field]) or rule.scale
  if width * height * factor * factor <= rule.max_pixels then
    return step(report, "enlarged", "pass", size_text(width * factor, height * factor))
  end
  local room = math.sqrt(rule.max_pixels / (width * height))
  fail(report, "enlarged", "asset.dimensions", say(limits, "enlarged", whole(rule.max_pixels), whole(width * factor), whole(height * factor)),
    ("Scale it to %s before it is enlarged %s times."):format(scaled(report, width, height, room / factor, math.floor), short(factor))
      .. (room >= 2 and (" Or ask for a %s of at most %s."):format(rule.field, short(math.floor(room))) or ""))
end

---- shape ------------------------------------------------------------------------------------------------------------------------

local function aspect_problem(report, limits, ratio, hint)
  local least, greatest = limits.aspect.min, limits.aspect.max
  fail(report, "aspect ratio", "asset.aspect_ratio",
    say(limits, "aspect_ratio", short(least), short(greatest), beside(ratio, least, greatest)), hint)
end

local function check_aspect(report, limits, media)
  local rule = limits.aspect
  if not rule then return end
  local least, greatest, width, height = rule.min, rule.max, media.width, media.height
  local ratio = width / height
  local low, high = rule.warn_min or least, rule.warn_max or greatest
  if ratio < least then
    aspect_problem(report, limits, ratio, ("It is too tall: crop the height to at most %d px, or pad the width to at least %d px.")
      :format(math.floor(width / least), math.ceil(height * least)))
  elseif ratio > greatest then
    aspect_problem(report, limits, ratio, ("It is too wide: crop the width to at most %d px, or pad the height to at least %d px.")
      :format(math.floor(height * greatest), math.ceil(width / greatest)))
  elseif ratio < low or ratio > high then
    step(report, "aspect ratio", "warn", ("%s; documents disagree whether it has to be between %s and %s")
      :format(beside(ratio, low, high), short(low), short(high)))
  elseif report.kind == "image" and media.orientation >= 5 and (1 / ratio < least or 1 / ratio > greatest) then
    step(report, "aspect ratio", "warn", string.format(
      "%s as shown, but %s as stored: a reader that ignores the EXIF orientation refuses it", short(ratio), short(1 / ratio)))
  else
    step(report, "aspect ratio", "pass", short(ratio))
  end
end

-- A size that was asked for as such ("1280:720"), not a mere ratio ("16:9").
local function asked_size(limits, ratio)
  local width, height = tostring(limits.sizes and limits.sizes[ratio] or ratio or ""):match "^(%d+)[:x](%d+)$"
  width, height = tonumber(width), tonumber(height)
  if not width or width == 0 or height == 0 then return nil end
  return width, height, width >= 100 and height >= 100
end

local function shape_name(width, height)
  return width > height and "landscape" or width < height and "portrait" or "square"
end

-- Against the ratio the request asks for.
local function check_match(report, limits, target, image)
  local width, height, is_size = asked_size(limits, target.ratio)
  if not width then return end
  local size, exact = size_text(image.width, image.height), limits.match == "size" and is_size
  local wanted, got = width / height, image.width / image.height
  local same = exact and image.width == width and image.height == height or not exact and math.abs(wanted / got - 1) < 0.01
  if same then
    step(report, "fits the request", "pass", size)
  elseif exact then
    local asked = size_text(width, height)
    local own = limits.words and limits.words.mismatch_size
    fail(report, "fits the request", "asset.mismatch", own and say(limits, "mismatch_size", asked, target.ratio, asked,
      shape_name(width, height), size) or say(limits, "mismatch", size, target.ratio),
      math.abs(wanted / got - 1) < 0.01 and "Scale it to " .. asked .. "."
        or ("Crop it to %s and scale that to %s."):format(size_text(math.floor(math.min(image.width, image.height * wanted)),
          math.floor(math.min(image.height, image.width / wanted))), asked))
  elseif limits.match then
    fail(report, "fits the request", "asset.mismatch", say(limits, "mismatch", size, target.ratio),
      string.format("Crop it to %dx%d.", math.floor(math.min(image.width, image.height * wanted)),
        math.floor(math.min(image.height, image.width / wanted))))
  else
    local kept = math.min(wanted / got, got / wanted)
    step(report, "fits the request", "warn", string.format("%s is not of the shape %s: about %.0f %% of it would be cropped away",
      size, target.ratio, 100 * (1 - kept)))
  end
end

---- time, codec, frames ----------------------------------------------------------------------------------------------------------

-- Half a millisecond is a rounding of the container's, not a longer film.
local SLACK = 0.0005

local function duration_sentence(limits, too_long, seconds)
  local rule = limits.duration
  local got = beside(seconds, rule.min, rule.max)
  if rule.min and rule.max and limits.words and limits.words.duration_range then
    return say(limits, "duration_range", short(rule.min), short(rule.max), got)
  end
  return say(limits, too_long and "duration" or "duration_short", short(too_long and rule.max or rule.min), got)
end

local function check_duration(report, limits, seconds)
  local rule = limits.duration
  if not rule then return end
  if not seconds then return step(report, "duration", "skip", "the header does not tell how long it lasts") end
  local edge = rule.exclusive and -SLACK or SLACK
  local too_long = rule.max and seconds > rule.max + edge
  if too_long then
    fail(report, "duration", "asset.duration", duration_sentence(limits, true, seconds), ("Trim it to %s %s seconds: it lasts %s.")
      :format(rule.exclusive and "less than" or "at most", short(rule.max), beside(seconds, rule.max)))
  elseif rule.min and seconds < rule.min - edge then
    fail(report, "duration", "asset.duration", duration_sentence(limits, false, seconds), ("It has to last %s %s seconds, not %s.")
      :format(rule.exclusive and "more than" or "at least", short(rule.min), beside(seconds, rule.min)))
  elseif rule.warn_max and seconds > rule.warn_max + SLACK or rule.warn_min and seconds < rule.warn_min - SLACK then
    step(report, "duration", "warn", ("%s seconds; documents disagree whether it has to be between %s and %s")
      :format(beside(seconds, rule.warn_min, rule.warn_max), short(rule.warn_min or 0), short(rule.warn_max)))
  else
    step(report, "duration", "pass", short(seconds) .. " seconds")
  end
end

local function check_codec(report, limits, codec)
  local taken = limits.codecs and limits.codecs[canonical(report.media_type)]
  if not taken or not codec then return end
  if taken[codec] then return step(report, "codec", "pass", codec) end
  local list = {}
  for name in pairs(taken) do list[#list + 1] = name end
  table.sort(list)
  fail(report, "codec", "asset.media_type", say(limits, "codec", codec, report.media_type),
    "Encode it as " .. table.concat(list, ", ", 1, #list - 1) .. (#list > 1 and " or " or "") .. list[#list] .. ".")
end

local function check_animation(report, limits, image)
  if not image.animated or limits.animated then return end
  if limits.animated == false then
    fail(report, "animation", "asset.media_type", say(limits, "media_type", report.media_type .. " (animated)"), "Give a single frame.")
  else
    step(report, "animation", "warn", "it is animated: most models take the first frame only")
  end
end

---- all of it --------------------------------------------------------------------------------------------------------------------

local measured = { "width", "height", "orientation", "animated", "frames", "duration", "frame_rate", "video_codec", "audio_codec" }

-- A video has no EXIF: what turns it is said in degrees, clockwise.
local rotations = { [6] = "rotated by 90 degrees", [3] = "rotated by 180 degrees", [8] = "rotated by 270 degrees" }

local function header_text(media, kind)
  local parts = {}
  local function add(text) parts[#parts + 1] = text or nil end
  add(media.width and size_text(media.width, media.height))
  add((media.orientation or 1) > 1 and (kind == "video" and rotations[media.orientation] or "EXIF orientation " .. media.orientation))
  add(media.duration and short(media.duration) .. " s")
  add(media.frame_rate and short(media.frame_rate) .. " frames a second")
  add(media.video_codec)
  add(media.audio_codec)
  add(media.complete and "whole")
  return table.concat(parts, ", ")
end

--- What was measured of an image, a video or a sound, against the limits; all of it goes into the report.
---@param target retake.asset.target
---@param media table as core.media and core's reader answer it
function M.media(report, limits, target, media)
  for _, name in ipairs(measured) do report[name] = media[name] end
  report.codec = media.video_codec or media.audio_codec
  step(report, "header", "pass", header_text(media, report.kind))
  if media.width and media.height then
    check_sides(report, limits, media.width, media.height)
    check_enlarged(report, limits, target, media.width, media.height)
    check_aspect(report, limits, media)
    if report.kind == "image" then check_match(report, limits, target, media) end
  elseif report.kind == "video" and media.kind == "audio" then
    fail(report, "pictures", "asset.media_type", say(limits, "media_type", report.media_type .. " without pictures"), "Give a video.")
  end
  if report.kind ~= "image" then
    check_duration(report, limits, media.duration)
    check_codec(report, limits, report.kind == "video" and media.video_codec or report.kind == "audio" and media.audio_codec)
  end
  check_animation(report, limits, media)
end

---- several files ----------------------------------------------------------------------------------------------------------------

--- A limit on all references of a kind together ("total"), once each has been inspected.
---@param uses table[] { report =, limits = } of every asset of a request, in order
---@return retake.asset.problem? problem of the first kind that lasts too long
function M.total_duration(uses)
  local sums, order = {}, {}
  for _, use in ipairs(uses) do
    local report, rule = use.report, use.limits and use.limits.duration
    if rule and rule.total and report.duration then
      local sum = sums[report.kind]
      if not sum then
        sum = { seconds = 0, terms = {}, rule = rule, limits = use.limits }
        sums[report.kind], order[#order + 1] = sum, report.kind
      end
      sum.seconds, sum.field = sum.seconds + report.duration, report.field
      sum.terms[#sum.terms + 1] = short(report.duration)
    end
  end
  for _, kind in ipairs(order) do
    local sum = sums[kind]
    if #sum.terms > 1 and sum.seconds > sum.rule.max + SLACK then
      return {
        class = "asset.duration", field = sum.field,
        message = say(sum.limits, "duration_total", kind, short(sum.rule.max), beside(sum.seconds, sum.rule.max)),
        hint = ("They last %s = %s seconds: trim %s seconds off."):format(table.concat(sum.terms, " + "), beside(sum.seconds, sum.rule.max),
          beside(sum.seconds - sum.rule.max)),
      }
    end
  end
end

return M
