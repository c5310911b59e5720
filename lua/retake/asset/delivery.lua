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
local function size_hint(report, most, limits)
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
  if report.source == "data_uri" and limits and limits.upload then hint = hint .. " Or give the file's path: it is uploaded then." end
  return hint
end

-- Bytes that fit into so many characters of data URI.
local function raw_room(chars, media_type)
  return math.max(0, math.floor((chars - #("data:" .. media_type .. ";base64,")) / 4) * 3)
end

--- How an inspected asset gets to the provider. A file goes inside the request where it fits, else by upload.
---@param report retake.asset.report
---@param limits retake.asset.limits?
---@return "data_uri"|"upload"|"as_is"|nil
---@return retake.asset.problem? problem asset.too_large, or asset.invalid for a file too small to upload
function M.choose(report, limits)
  if report.source ~= "path" and report.source ~= "bytes" then return "as_is" end
  local chars = limit_of(limits, "inline_chars", report.kind) or limit_of(limits, "data_uri_chars", report.kind)
  local inline = not (limits and limits.data_uri == false)
  if inline and (not chars or report.encoded_size <= chars) then return "data_uri" end
  local most = limit_of(limits, "upload", report.kind)
  local can_upload = limits and limits.upload
  if can_upload and (not most or report.size <= most) then
    local least = limit_of(limits, "upload_min", report.kind)
    if not least or report.size >= least then return "upload" end
    return nil, {
      class = "asset.invalid", field = report.field, message = say(limits, "too_small", whole(least), whole(report.size)),
      hint = "Give a file of at least " .. whole(least) .. " bytes, or an https URL.",
    }
  end
  if not can_upload and not inline then
    return nil, {
      class = "asset.invalid_uri", field = report.field, message = say(limits, "file_refused"), hint = "Give an https URL.",
    }
  end
  local room = can_upload and most or raw_room(chars, report.media_type or "")
  local told = can_upload and most or chars
  return nil, {
    class = "asset.too_large", field = report.field, message = say(limits, "too_large", megabytes(told)),
    hint = size_hint(report, room, limits),
  }
end

--- The size of a data URI that was given.
function M.check_data_uri(report, limits, text)
  local most, warn = limit_of(limits, "data_uri_chars", report.kind), limit_of(limits, "data_uri_warn_chars", report.kind)
  if limits and limits.data_uri == false then
    return fail(report, "size", "asset.invalid_uri", say(limits, "data_uri_refused"), "Give an https URL, or the path of a file.")
  end
  if most and #text > most then
    fail(report, "size", "asset.too_large", say(limits, "data_uri_chars", whole(most), whole(#text)),
      size_hint(report, raw_room(most, report.media_type or ""), limits))
  elseif warn and #text > warn then
    step(report, "size", "warn", whole(#text) .. " characters: some take no more than " .. whole(warn))
  else
    step(report, "size", "pass", whole(#text) .. " characters, " .. whole(report.size) .. " bytes")
  end
end

--- The size of a file or of bytes; settles report.delivery.
function M.check_file(report, limits)
  local how, problem = M.choose(report, limits)
  if not how then return fail(report, "size", problem.class, problem.message, problem.hint) end
  report.delivery = how
  local ways = { data_uri = ", as a data URI of " .. whole(report.encoded_size) .. " characters", upload = ", by upload" }
  step(report, "size", "pass", whole(report.size) .. " bytes" .. (ways[how] or ""))
end

return M
