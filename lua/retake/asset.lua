-- asset.lua: what a provider would say about a picture, video or sound, before anything is sent: its form, type, size and sides against
-- the provider's limits, in the provider's own words. Files are read in pieces; an image costs its header and its last bytes.

local core = require "retake.core"
local sources = require "retake.asset.source"
local types = require "retake.asset.types"
local words = require "retake.asset.words"

local whole, short, megabytes, say = words.whole, words.short, words.megabytes, words.say
local canonical, kind_of = types.canonical, types.kind

local M = {}

---@class retake.asset.limits  What one request field of one provider takes. All of it is optional: what is absent is not checked.
---@field kinds table<string, boolean>? image, video, audio
---@field media_types table<string, boolean>? such as ["image/jpeg"]
---@field max_bytes table? url (bytes), data_uri_chars (characters of the whole URI), data_uri_warn_chars, upload, upload_min (bytes),
---  inline_chars (files beyond it are uploaded, although a data URI of that length would be taken); each a number,
---  or one number for each kind: { image = 5242880, video = 16777216 }
---@field max_side number? pixels
---@field min_side number? pixels
---@field aspect { min: number, max: number, disputed: boolean? }? least and greatest width / height; a disputed one warns
---@field match string? what the asked ratio W:H means for an image: "size" (exactly that), "ratio" (the same shape); else it is cropped
---@field sizes table<string, string>? where match is "size": the pixels a named ratio stands for, { ["16:9"] = "1280:720" }
---@field animated boolean? false: animations are refused; true: taken; absent: a warning
---@field data_uri boolean? false: no data URIs
---@field upload boolean? files can be uploaded
---@field schemes table<string, boolean>? schemes of the provider's own ids, such as runway
---@field ids string[]? Lua patterns of ids without a scheme
---@field id_max_chars number?
---@field url_max_chars number?
---@field words table<string, string>? the provider's sentences; see asset/words.lua for their names and what each %s stands for

---@class retake.asset.target
---@field limits retake.asset.limits?
---@field field string? the request field, such as promptImage
---@field provider string?
---@field model string?
---@field ratio string? "W:H" as asked for in the request

---@class retake.asset.problem
---@field class string asset.*
---@field message string
---@field hint string?
---@field field string?

---@class retake.asset.report
---@field ok boolean
---@field problems retake.asset.problem[] worst first
---@field steps table[] { check =, outcome = "pass" | "fail" | "warn" | "skip", detail = } in the order they were made
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
---@field delivery string? how it would be sent: "data_uri" | "upload" | "as_is"

-- Which problem to tell first: what makes the others moot comes before them.
local rank = {}
for place, class in ipairs {
  "asset.invalid_uri", "asset.insecure_url", "asset.ip_address", "asset.corrupt", "asset.media_type", "asset.too_large",
  "asset.dimensions", "asset.aspect_ratio", "asset.mismatch", "asset.invalid",
} do
  rank[class] = place
end

local measurable = {}
for _, form in ipairs { "png", "jpeg", "webp", "gif", "bmp", "tiff", "avif", "heic", "heif" } do measurable["image/" .. form] = true end

---- small things -----------------------------------------------------------------------------------------------------------------

local function limit_of(limits, name, kind)
  local value = limits and limits.max_bytes and limits.max_bytes[name]
  if type(value) == "table" then value = value[kind] end
  return value
end

local function step(report, check, outcome, detail)
  report.steps[#report.steps + 1] = { check = check, outcome = outcome, detail = detail }
end

local function fail(report, check, class, message, hint)
  report.problems[#report.problems + 1] =
    { class = class, message = message, hint = hint, field = report.field, place = #report.problems }
  step(report, check, "fail", message)
end

---- checks of URLs and ids -------------------------------------------------------------------------------------------------------

local function check_length(report, limits, text, most)
  if not most then return end
  if #text > most then
    fail(report, "length", "asset.invalid_uri", say(limits, "url_chars", whole(most), whole(#text)),
      "Shorten it by " .. whole(#text - most) .. " characters, for example by a shorter signed URL.")
  else
    step(report, "length", "pass", whole(#text) .. " of at most " .. whole(most) .. " characters")
  end
end

local function check_host(report, limits, url)
  if url.host_kind == "ipv4" or url.host_kind == "ipv6" then
    return fail(report, "host", "asset.ip_address", say(limits, "domain"), "The host is the IP address " .. url.host .. ": use its domain name.")
  end
  -- A name of one label, or one that never leaves the machine or the local network, is a domain to nobody else.
  local host = url.host:gsub("%.$", "")
  if url.host_kind == "single" or host:find "%.localhost$" or host:find "%.local$" or host:find "%.internal$" then
    return fail(report, "host", "asset.ip_address", say(limits, "domain"), url.host .. " is a name that only your own network knows.")
  end
  step(report, "host", "pass", url.host)
end

local function inspect_url(report, limits, text)
  check_length(report, limits, text, limits and limits.url_max_chars)
  local url, reason = core.url(text)
  if not url then
    return fail(report, "url", "asset.invalid_uri", say(limits, "url"), "The URL cannot be parsed: " .. reason .. ".")
  end
  if url.scheme ~= "https" then
    local hint = url.scheme == "http" and "Use https://, or give a local file." or "Only https:// can be fetched, not " .. url.scheme .. "://."
    if url.scheme == "file" then hint = "Give the plain path of the file, without file://." end
    fail(report, "scheme", "asset.insecure_url", say(limits, "insecure_url"), hint)
  else
    step(report, "scheme", "pass", "https")
  end
  if url.userinfo then
    fail(report, "user information", "asset.invalid_uri", say(limits, "url"), "A URL may not carry a user name or password: use a signed URL.")
  end
  check_host(report, limits, url)
  step(report, "fetch", "skip", "the URL was not fetched: type, size and sides are unknown")
end

local function inspect_id(report, limits, text)
  check_length(report, limits, text, limits and limits.id_max_chars)
  step(report, "content", "skip", "the provider holds this file: it was not looked at")
end

---- checks of bytes --------------------------------------------------------------------------------------------------------------

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

local function is_allowed(limits, media_type)
  local kind = kind_of(media_type)
  if not kind then return false end
  if limits and limits.kinds and not limits.kinds[kind] then return false end
  local taken = limits and limits.media_types
  return not taken or taken[media_type] or taken[canonical(media_type)] or false
end

local function type_hint(limits, media_type)
  if types.not_media[media_type] then
    return "The bytes are " .. types.not_media[media_type] .. ": perhaps an error message that was saved in place of the file."
  end
  local kind = kind_of(media_type)
  local fitting = kind and limits and limits.kinds and not limits.kinds[kind] and allowed_types(limits)
    or allowed_types(limits, kind) or allowed_types(limits)
  return fitting and "Convert it to " .. fitting .. "." or "Give an image, a video or a sound."
end

local function check_type(report, limits, input, found, path)
  local declared = input.declared
  report.media_type = types.settle(declared, found, path)
  report.kind = kind_of(report.media_type)
  if not found then
    fail(report, "media type", "asset.media_type", say(limits, "media_type", declared or "unknown"), "The bytes are of no known format.")
  elseif declared and canonical(declared) ~= report.media_type and kind_of(declared) then
    fail(report, "media type", "asset.media_type", say(limits, "declared_type", declared, found), "Write data:" .. found .. ";base64,...")
  elseif declared and not kind_of(declared) then
    fail(report, "media type", "asset.media_type", say(limits, "data_uri_type", declared), "Name the real type: data:" .. found .. ";base64,...")
  elseif not is_allowed(limits, report.media_type) then
    fail(report, "media type", "asset.media_type", say(limits, "media_type", report.media_type), type_hint(limits, report.media_type))
  else
    step(report, "media type", "pass", report.media_type)
  end
end

---@return table? image, nil where it is damaged (told) or of no kind that can be measured
local function measure(report, limits, input, type_found)
  local reader = core.media_reader(input.size)
  local offset, length = reader:wants()
  while offset do
    reader:feed(offset, input.read(offset, length))
    offset, length = reader:wants()
  end
  local image, state = reader:result()
  if image and state ~= "corrupt" then return image end
  local message = image and image.message or "it ends after " .. whole(input.size) .. " bytes, inside the header of " .. type_found
  fail(report, "header", "asset.corrupt", say(limits, "corrupt", message), "Write or download the file again; it has to open in an image viewer.")
end

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

local function check_image(report, limits, target, input)
  if not measurable[report.media_type] then
    return step(report, "header", "skip", "the sides of " .. report.media_type .. " are not read")
  end
  local image = measure(report, limits, input, report.media_type)
  if not image then return end
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

local function check_data_uri_size(report, limits, text)
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

local function check_file_size(report, limits)
  local how, problem = M.delivery(report, limits)
  if not how then return fail(report, "size", problem.class, problem.message, problem.hint) end
  report.delivery = how
  local ways = { data_uri = ", as a data URI of " .. whole(report.encoded_size) .. " characters", upload = ", by upload" }
  step(report, "size", "pass", whole(report.size) .. " bytes" .. (ways[how] or ""))
end

local function inspect_bytes(report, limits, target, source)
  local input, class, message, hint = sources.open(source, report.source, limits)
  if not input then return fail(report, "source", class, message, hint) end
  step(report, "source", "pass", whole(input.size) .. " bytes")
  report.size = input.size
  check_type(report, limits, input, core.sniff(input.read(0, 512)), report.source == "path" and source)
  local known = report.media_type or "application/octet-stream"
  report.encoded_size = core.base64_length(input.size) + #("data:" .. known .. ";base64,")
  if report.kind == "image" then check_image(report, limits or {}, target, input)
  elseif report.kind then step(report, "header", "skip", "the duration and codecs of " .. known .. " are not read") end
  input.close()
  if report.source == "data_uri" then
    report.encoded_size = #source
    check_data_uri_size(report, limits, source)
  else
    check_file_size(report, limits)
  end
end

---- the public face --------------------------------------------------------------------------------------------------------------

local function check_source(source, name)
  if type(source) == "string" then return end
  if type(source) == "table" and type(source.bytes) == "string" then return end
  error(name .. ": the source has to be a path, a URL, a data URI or { bytes = \"...\" }", 3)
end

--- Inspects one asset. Nothing is fetched and nothing is sent.
---@param source string|table a local path, a `data:` URI, an https URL, a provider's id such as runway://..., or { bytes = "..." }
---@param target retake.asset.target? what it is for; without limits only what holds everywhere is checked
---@return retake.asset.report
function M.inspect(source, target)
  check_source(source, "inspect")
  if target ~= nil and type(target) ~= "table" then error("inspect: the target has to be a table", 2) end
  target = target or {}
  local limits = target.limits
  local report = { ok = false, problems = {}, steps = {}, source = sources.form(source, limits), field = target.field }
  if source == "" then
    fail(report, "source", "asset.invalid_uri", "The source is an empty text.", "Give a path, a URL or a data URI.")
  elseif report.source == "url" then
    inspect_url(report, limits, source)
    report.delivery = "as_is"
  elseif report.source == "provider" then
    inspect_id(report, limits, source)
    report.delivery = "as_is"
  else
    inspect_bytes(report, limits, target, source)
    if report.source == "data_uri" then report.delivery = "as_is" end
  end
  table.sort(report.problems, function(a, b)
    local first, second = rank[a.class] or 99, rank[b.class] or 99
    if first ~= second then return first < second end
    return a.place < b.place
  end)
  for _, problem in ipairs(report.problems) do problem.place = nil end
  report.ok = #report.problems == 0
  if not report.ok then report.delivery = nil end
  return report
end

--- How an inspected asset gets to the provider. A file goes inside the request where it fits, else by upload.
---@param report retake.asset.report
---@param limits retake.asset.limits?
---@return "data_uri"|"upload"|"as_is"|nil
---@return retake.asset.problem? problem asset.too_large, or asset.invalid for a file too small to upload
function M.delivery(report, limits)
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
  if not kind_of(media_type) then
    return nil, { class = "asset.media_type", message = say(nil, "media_type", media_type or "unknown"), hint = type_hint(nil, media_type) }
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
