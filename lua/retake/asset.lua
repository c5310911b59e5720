-- asset.lua: what a provider would say about a picture, video or sound, before anything is sent: its form, type, size and sides against
-- the provider's limits, in the provider's own words. Files are read in pieces, those behind a URL too: an image costs its header and its
-- last bytes.

local checks = require "retake.asset.checks"
local core = require "retake.core"
local delivery = require "retake.asset.delivery"
local fetching = require "retake.asset.fetch"
local measure = require "retake.asset.measure"
local reports = require "retake.asset.report"
local sources = require "retake.asset.source"
local types = require "retake.asset.types"
local urls = require "retake.asset.url"
local words = require "retake.asset.words"

local whole, say = words.whole, words.say
local step, fail = reports.step, reports.fail

local M = {}

---@class retake.asset.limits  What one request field of one provider takes. All of it is optional: what is absent is not checked.
---@field kinds table<string, boolean>? image, video, audio
---@field media_types table<string, boolean>? such as ["image/jpeg"]
---@field max_bytes table? url, upload, upload_min (bytes of the file), data_uri (bytes inside a data URI), data_uri_chars (characters of
---  the whole URI), url_warn, data_uri_warn_chars (what another document says: beyond it a warning), inline_chars (files beyond it are
---  uploaded, although a data URI of that length would be taken); each a number, or one for each kind: { image = 5242880, video = 16777216 }
---@field max_side number? pixels
---@field min_side number? pixels
---@field aspect { min: number, max: number, warn_min: number?, warn_max: number? }? width / height; beyond the warn_ ones a warning
---@field duration { min: number?, max: number?, exclusive: boolean?, total: boolean?, warn_min: number?, warn_max: number? }? seconds; total:
---  max is that of all references of the kind together
---@field codecs table<string, table<string, boolean>>? by media type, the names of ffprobe
---@field enlarged { max_pixels: number, scale: number, field: string }? of what an upscaler makes; field: of the request's extra
---@field disputed table<string, boolean>? max_side, min_side: a warning only
---@field match string? what the asked ratio W:H means for an image: "size" (exactly that), "ratio" (the same shape); else it is cropped
---@field sizes table<string, string>? where match is "size": the pixels a named ratio stands for, { ["16:9"] = "1280:720" }
---@field animated boolean? false: animations are refused; true: taken; absent: a warning
---@field data_uri boolean? false: no data URIs
---@field upload boolean? files can be uploaded
---@field schemes table<string, boolean>? schemes of the provider's own ids, such as runway
---@field ids string[]? Lua patterns of ids without a scheme
---@field id_max_chars number?
---@field url_max_chars number?
---@field user_agent string? under which the provider fetches URLs
---@field timeout number? seconds that it takes for that
---@field redirects number? 0: it follows none; absent: nobody knows
---@field needs_head boolean? it asks HEAD first
---@field needs_length boolean? it wants a Content-Length
---@field generic_types table<string, boolean>? types that say nothing, such as application/octet-stream, for which it has words of its own
---@field words table<string, string>? the provider's sentences; see asset/words.lua for their names and what each %s stands for

---@class retake.asset.target
---@field limits retake.asset.limits?
---@field field string? the request field, such as promptImage
---@field provider string?
---@field model string?
---@field ratio string? "W:H" as asked for in the request
---@field extra table? fields of the provider's own in the request
---@field fetch (fun(call: table): table)? makes a request for a URL and answers the outcome, as http.fetcher makes it
---@field allow_addresses string[]? addresses and networks that may be fetched from although they are not the whole internet's

---@class retake.asset.problem
---@field class string asset.*
---@field message string
---@field hint string?
---@field field string?
---@field status number? of the answer, where that is the problem

---@class retake.asset.report
---@field ok boolean
---@field problems retake.asset.problem[] worst first
---@field steps table[] { check =, outcome = "pass" | "fail" | "warn" | "skip", detail = } in the order they were made; `seen`, where a
---  header or a status line was refused, is that line
---@field field string?
---@field source string "path" | "data_uri" | "url" | "bytes" | "provider"
---@field media_type string?
---@field kind string? "image" | "video" | "audio"
---@field size number? bytes
---@field encoded_size number? characters as a data URI
---@field width number? pixels, as shown
---@field height number? pixels, as shown
---@field orientation number? EXIF's 1 to 8
---@field animated boolean?
---@field frames number?
---@field duration number? seconds
---@field frame_rate number?
---@field codec string? the pictures' where there are any, else the sound's; video_codec and audio_codec hold each
---@field response table? what a URL's server answered: status, http_version, content_type, content_length, location, server_refuses_head,
---  server_refuses_range
---@field delivery string? how it would be sent: "data_uri" | "upload" | "as_is"

-- What the bytes themselves tell, wherever they come from.
local function inspect_content(report, limits, target, input)
  if not report.kind then return end
  local media = measure.media(report, limits, input)
  if media then checks.media(report, limits or {}, target, media) end
end

local function inspect_bytes(report, limits, target, source)
  local input, class, message, hint = sources.open(source, report.source, limits)
  if not input then return fail(report, "source", class, message, hint) end
  step(report, "source", "pass", whole(input.size) .. " bytes")
  report.size = input.size
  checks.type(report, limits, input, core.sniff(input.read(0, 512)), report.source == "path" and source)
  local known = report.media_type or "application/octet-stream"
  report.encoded_size = core.base64_length(input.size) + #("data:" .. known .. ";base64,")
  inspect_content(report, limits, target, input)
  input.close()
  if report.source == "data_uri" then report.encoded_size = #source end
  delivery.check(report, limits)
end

local function inspect_url(report, limits, target, text)
  report.delivery = "as_is"
  if not urls.check(report, limits, text, target.allow_addresses) then return end
  if not target.fetch then return step(report, "fetch", "skip", "the URL was not fetched: type, size and sides are unknown") end
  if #report.problems > 0 then return step(report, "fetch", "skip", "no request was made: no provider would make one for such a URL") end
  local input = fetching.open(report, limits, text, target)
  if not input then return end
  inspect_content(report, limits, target, input)
  input.close()
end

---- the public face --------------------------------------------------------------------------------------------------------------

local function check_source(source, name)
  if type(source) == "string" then return end
  if type(source) == "table" and type(source.bytes) == "string" then return end
  error(name .. ": the source has to be a path, a URL, a data URI or { bytes = \"...\" }", 3)
end

--- Inspects one asset. Nothing is sent; of a URL only the text is looked at where the target has no `fetch`.
---@param source string|table a local path, a `data:` URI, an https URL, a provider's id such as runway://..., or { bytes = "..." }
---@param target retake.asset.target? what it is for; without limits only what holds everywhere is checked
---@return retake.asset.report
function M.inspect(source, target)
  check_source(source, "inspect")
  if target ~= nil and type(target) ~= "table" then error("inspect: the target has to be a table", 2) end
  target = target or {}
  local limits = target.limits
  local report = reports.new(sources.form(source, limits), target.field)
  if source == "" then
    fail(report, "source", "asset.invalid_uri", "The source is an empty text.", "Give a path, a URL or a data URI.")
  elseif report.source == "url" then
    inspect_url(report, limits, target, source)
  elseif report.source == "provider" then
    urls.check_id(report, limits, source)
    report.delivery = "as_is"
  else
    inspect_bytes(report, limits, target, source)
  end
  return reports.finish(report)
end

--- How an inspected asset gets to the provider. A file goes inside the request where it fits, else by upload.
---@param report retake.asset.report
---@param limits retake.asset.limits?
---@return "data_uri"|"upload"|"as_is"|nil
---@return retake.asset.problem? problem asset.too_large, or asset.invalid for a file too small to upload
M.delivery = delivery.choose

--- A file or bytes as a data URI. The whole file is read: meant for what `delivery` found small enough.
---@param source string|table a path, or { bytes = "..." }
---@param media_type string? by the bytes where it is not given
---@return string? text
---@return retake.asset.problem? problem
function M.data_uri(source, media_type)
  check_source(source, "data_uri")
  local bytes = type(source) == "table" and source.bytes
  if not bytes then
    local input, class, message, hint = sources.open_path(source)
    if not input then return nil, { class = class, message = message, hint = hint } end
    bytes = input.read(0, input.size)
    input.close()
  end
  media_type = media_type or core.sniff(bytes)
  if not types.kind(media_type) then
    return nil, { class = "asset.media_type", message = say(nil, "media_type", media_type or "unknown"), hint = checks.type_hint(nil, media_type) }
  end
  return core.base64(bytes, "data:" .. media_type .. ";base64,")
end

--- Adds to a fingerprint what moderation would see of a source: the same picture counts as the same, whether it is a file, bytes or a data
--- URI. Of a URL or a provider's id only the text is known. Each part is delimited, so that two lists of parts never run together.
---@param fingerprint userdata from core.fingerprint()
---@param source string|table as for inspect
---@return true?
---@return retake.asset.problem? problem a file that cannot be read, a data URI that cannot be parsed
function M.fingerprint_part(fingerprint, source)
  check_source(source, "fingerprint_part")
  local form = sources.form(source)
  if form == "url" or form == "provider" then
    fingerprint:add("text " .. whole(#source) .. " " .. source .. "\n")
    return true
  end
  local content, good, message = core.fingerprint(), true, nil
  if form == "bytes" then content:add(source.bytes)
  elseif form == "data_uri" then good, message = content:add_data_uri(source)
  else good, message = content:add_file(source) end
  if not good then
    return nil, { class = "asset.invalid_uri", message = form == "path" and "Cannot read " .. message .. "." or say(nil, "data_uri"), hint = message }
  end
  fingerprint:add("bytes " .. content:hex() .. "\n")
  return true
end

return M
