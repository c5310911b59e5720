-- delivery.lua: how an asset gets to the provider, and what each way takes: inside the request, by upload, or as it is.

local reports = require "retake.asset.report"
local words = require "retake.asset.words"

local whole, megabytes, say = words.whole, words.megabytes, words.say
local step, fail = reports.step, reports.fail

local M = {}

--- A limit in bytes or characters, which may differ from kind to kind.
function M.limit_of(limits, name, kind)
  local value = limits and limits.max_bytes and limits.max_bytes[name]
  if type(value) == "table" then value = value[kind] end
  return value
end

local limit_of = M.limit_of

-- What would make it small enough, with numbers.
local function size_hint(report, most)
  local ways = {}
  if report.width then
    local factor = math.sqrt(most / report.size)
    ways[1] = string.format("Scale it to about %dx%d, or save it as JPEG or WebP at a lower quality",
      math.max(1, math.floor(report.width * factor)), math.max(1, math.floor(report.height * factor)))
  else
    ways[1] = "Encode it at a lower bit rate or make it shorter"
  end
  ways[#ways + 1] = "at most " .. whole(most) .. " bytes (now " .. whole(report.size) .. ")"
  local hint = table.concat(ways, ": ") .. "."
  return hint
end

-- Bytes that fit into so many characters of data URI.
local function raw_room(chars, media_type)
  return math.max(0, math.floor((chars - #("data:" .. media_type .. ";base64,")) / 4) * 3)
end

local function too_large(report, limits, most)
  return { class = "asset.too_large", field = report.field, message = say(limits, "too_large", megabytes(most, limits)),
    hint = size_hint(report, most) }
end

-- "upload", or nil and what speaks against it; nothing does where the provider takes no files at all.
local function by_upload(report, limits)
  if not (limits and limits.upload) then return nil end
  local most, least = limit_of(limits, "upload", report.kind), limit_of(limits, "upload_min", report.kind)
  if most and report.size > most then return nil, too_large(report, limits, most) end
  if least and report.size < least then
    return nil, { class = "asset.invalid", field = report.field, message = say(limits, "too_small", whole(least), whole(report.size)),
      hint = "Give a file of at least " .. whole(least) .. " bytes, or an https URL." }
  end
  return "upload"
end

-- Whether it may go inside the request; else the problem with that.
local function inside(report, limits)
  local given = report.source == "data_uri"
  if limits and limits.data_uri == false then
    return false, { class = "asset.invalid_uri", field = report.field, message = say(limits, given and "data_uri_refused" or "file_refused"),
      hint = given and "Give an https URL, or the path of a file." or "Give an https URL." }
  end
  local bytes, chars = limit_of(limits, "data_uri", report.kind), limit_of(limits, "data_uri_chars", report.kind)
  if bytes and report.size > bytes then return false, too_large(report, limits, bytes) end
  if not chars or report.encoded_size <= chars then return true end
  local room = raw_room(chars, report.media_type or "")
  if not given then
    local problem = too_large(report, limits, chars)
    problem.hint = size_hint(report, room)
    return false, problem
  end
  return false, { class = "asset.too_large", field = report.field, hint = size_hint(report, room),
    message = say(limits, "data_uri_chars", whole(chars), whole(report.encoded_size)) }
end

--- How an inspected asset gets to the provider. What is short goes inside the request; what is longer, or longer than every document allows
--- inside one, by upload, whether it was given as a file, as bytes or as a data URI.
---@param report retake.asset.report
---@param limits retake.asset.limits?
---@return "data_uri"|"upload"|"as_is"|nil
---@return retake.asset.problem? problem asset.too_large, or asset.invalid for a file too small to upload
function M.choose(report, limits)
  if report.source ~= "path" and report.source ~= "bytes" and report.source ~= "data_uri" then return "as_is" end
  local way = report.source == "data_uri" and "as_is" or "data_uri"
  local fits, problem = inside(report, limits)
  local short = limit_of(limits, "inline_chars", report.kind) or limit_of(limits, "data_uri_warn_chars", report.kind)
  if fits and (not short or report.encoded_size <= short) then return way end
  local upload, trouble = by_upload(report, limits)
  if upload then return upload end
  if fits then return way end
  return nil, trouble or problem
end

--- The size of a file, of bytes or of a data URI; settles report.delivery.
function M.check(report, limits)
  local how, problem = M.choose(report, limits)
  if not how then return fail(report, "size", problem.class, problem.message, problem.hint) end
  report.delivery = how
  local bytes, chars = whole(report.size) .. " bytes", whole(report.encoded_size) .. " characters"
  local warn = limit_of(limits, "data_uri_warn_chars", report.kind)
  if how == "upload" then
    step(report, "size", "pass", bytes .. ", by upload" .. (report.source == "data_uri" and ", not as a data URI of " .. chars or ""))
  elseif warn and report.encoded_size > warn then
    step(report, "size", "warn", chars .. "; documents disagree whether a data URI may have more than " .. whole(warn))
  else
    step(report, "size", "pass", bytes .. ", as a data URI of " .. chars)
  end
end

--- The size of a file behind a URL, as its server tells it.
---@param size number bytes
function M.check_url(report, limits, size)
  report.size = size
  local most, warn = limit_of(limits, "url", report.kind), limit_of(limits, "url_warn", report.kind)
  if most and size > most then
    local problem = too_large(report, limits, most)
    local hint = problem.hint
    if by_upload(report, limits) then hint = hint .. " Or give a local file: by upload it may have that size." end
    fail(report, "size", problem.class, problem.message, hint)
  elseif warn and size > warn then
    step(report, "size", "warn", whole(size) .. " bytes; documents disagree whether it may have more than " .. whole(warn))
  else
    step(report, "size", "pass", whole(size) .. " bytes")
  end
end

return M
