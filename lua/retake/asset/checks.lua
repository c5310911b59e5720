-- checks.lua: what was found of a file against the limits: its type, sides, aspect ratio and shape.

local reports = require "retake.asset.report"
local types = require "retake.asset.types"
local words = require "retake.asset.words"

local whole, short, say = words.whole, words.short, words.say
local canonical, kind_of = types.canonical, types.kind
local step, fail = reports.step, reports.fail

local M = {}

---- the type ---------------------------------------------------------------------------------------------------------------------

local function allowed_types(limits, kind)
  local list = {}
  for name in pairs(limits and limits.media_types or {}) do
    if canonical(name) == name and (not kind or kind_of(name) == kind) then list[#list + 1] = name end
  end
  table.sort(list)
  if #list == 0 then return nil end
  local last = table.remove(list)
  return #list == 0 and last or table.concat(list, ", ") .. " or " .. last
end

function M.type_hint(limits, media_type)
  if types.not_media[media_type] then
    return "The bytes are " .. types.not_media[media_type] .. ": perhaps an error message that was saved in place of the file."
  end
  local kind = kind_of(media_type)
  local fitting = kind and limits and limits.kinds and not limits.kinds[kind] and allowed_types(limits)
    or allowed_types(limits, kind) or allowed_types(limits)
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

---- the sides of an image --------------------------------------------------------------------------------------------------------

local function check_sides(report, limits, width, height)
  local most, least = limits.max_side, limits.min_side
  local long, brief = math.max(width, height), math.min(width, height)
  if most and long > most then
    local factor = most / long
    fail(report, "dimensions", "asset.dimensions", say(limits, "dimensions", whole(most), whole(width), whole(height)), string.format(
      "Scale it to %dx%d.", math.max(1, math.floor(width * factor)), math.max(1, math.floor(height * factor))))
  elseif least and brief < least then
    local factor = least / brief
    fail(report, "dimensions", "asset.dimensions", say(limits, "dimensions_small", whole(least), whole(width), whole(height)), string.format(
      "Scale it to %dx%d.", math.ceil(width * factor), math.ceil(height * factor)))
  else
    step(report, "dimensions", "pass", whole(width) .. "x" .. whole(height))
  end
end

-- A ratio printed with three decimals can look like the limit it misses.
local function ratio_text(ratio, least, greatest)
  local text = short(ratio)
  return (text == short(least) or text == short(greatest)) and string.format("%.6f", ratio) or text
end

local function check_aspect(report, limits, image)
  if not limits.aspect then return end
  local least, greatest = limits.aspect.min, limits.aspect.max
  local width, height = image.width, image.height
  local ratio = width / height
  if (ratio < least or ratio > greatest) and limits.aspect.disputed then
    step(report, "aspect ratio", "warn", string.format("%s; documents disagree whether it has to be between %s and %s",
      short(ratio), short(least), short(greatest)))
  elseif ratio < least then
    fail(report, "aspect ratio", "asset.aspect_ratio",
      say(limits, "aspect_ratio", short(least), short(greatest), ratio_text(ratio, least, greatest)),
      string.format("It is too tall: crop the height to at most %d px, or pad the width to at least %d px.",
        math.floor(width / least), math.ceil(height * least)))
  elseif ratio > greatest then
    fail(report, "aspect ratio", "asset.aspect_ratio",
      say(limits, "aspect_ratio", short(least), short(greatest), ratio_text(ratio, least, greatest)),
      string.format("It is too wide: crop the width to at most %d px, or pad the height to at least %d px.",
        math.floor(height * greatest), math.ceil(width / greatest)))
  elseif image.orientation >= 5 and (1 / ratio < least or 1 / ratio > greatest) then
    step(report, "aspect ratio", "warn", string.format(
      "%s as shown, but %s as stored: a reader that ignores the EXIF orientation refuses it", short(ratio), short(1 / ratio)))
  else
    step(report, "aspect ratio", "pass", short(ratio))
  end
end

-- Against the ratio the request asks for ("1280:720").
local function check_match(report, limits, target, image)
  local asked = limits.sizes and limits.sizes[target.ratio] or target.ratio
  local width, height = tostring(asked or ""):match "^(%d+):(%d+)$"
  width, height = tonumber(width), tonumber(height)
  if not width or width == 0 or height == 0 then return end
  local size = whole(image.width) .. "x" .. whole(image.height)
  local wanted, got = width / height, image.width / image.height
  local same = limits.match == "size" and (image.width == width and image.height == height)
    or limits.match ~= "size" and math.abs(wanted / got - 1) < 0.01
  if same then
    step(report, "fits the request", "pass", size)
  elseif limits.match == "size" or limits.match == "ratio" then
    fail(report, "fits the request", "asset.mismatch", say(limits, "mismatch", size, target.ratio),
      limits.match == "size" and string.format("Scale and crop it to %dx%d.", width, height)
        or string.format("Crop it to %dx%d.", math.floor(math.min(image.width, image.height * wanted)),
          math.floor(math.min(image.height, image.width / wanted))))
  else
    local kept = math.min(wanted / got, got / wanted)
    step(report, "fits the request", "warn", string.format("%s is not of the shape %s: about %.0f %% of it would be cropped away",
      size, target.ratio, 100 * (1 - kept)))
  end
end

--- What was measured of an image.
---@param image table as core's reader answers it
function M.image(report, limits, target, image)
  report.width, report.height, report.orientation, report.animated = image.width, image.height, image.orientation, image.animated
  local turned = image.orientation > 1 and ", EXIF orientation " .. image.orientation or ""
  step(report, "header", "pass", whole(image.width) .. "x" .. whole(image.height) .. turned .. (image.complete and ", whole" or ""))
  check_sides(report, limits, image.width, image.height)
  check_aspect(report, limits, image)
  check_match(report, limits, target, image)
  if not image.animated or limits.animated then return end
  if limits.animated == false then
    fail(report, "animation", "asset.media_type", say(limits, "media_type", report.media_type .. " (animated)"), "Give a single frame.")
  else
    step(report, "animation", "warn", "it is animated: most models take the first frame only")
  end
end

return M
