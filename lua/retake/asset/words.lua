-- words.lua: the sentences a report is made of, where the provider has none of its own, and how it prints numbers.

local M = {}

-- Each %s takes the next of the values named behind it.
M.sentences = {
  data_uri = "Invalid data URI.",
  data_uri_type = "Unsupported asset type. Data URIs must include the content type of the value they encode.",
  data_uri_base64 = "Invalid data URI. The data must be base64-encoded.",
  data_uri_chars = "Data URIs must contain at most %s characters. Got %s.", -- limit, length
  data_uri_refused = "Data URIs are not accepted.",
  file_refused = "Files are not accepted, only URLs.",
  url = "Invalid URL",
  url_chars = "URLs must contain at most %s characters. Got %s.", -- limit, length
  insecure_url = "Only HTTPS URLs are allowed.",
  domain = "URLs must be hosted on a domain.",
  media_type = 'Unsupported media type: "%s".', -- media type
  declared_type = 'The media type says "%s", but the bytes are "%s".', -- declared, found
  too_large = "Asset size exceeds %s.", -- limit, as 16.0MB; size_format is how it prints that
  size_format = "%.1fMB",
  too_small = "Asset size is below %s bytes. Got %s.", -- limit, size
  dimensions = "Invalid asset dimensions. Height and width must not exceed %spx. Got %sx%s.", -- limit, width, height
  dimensions_small = "Invalid asset dimensions. Height and width must be at least %spx. Got %sx%s.", -- limit, width, height
  -- dimensions_range: for both of these, where the provider names both limits at once: least, greatest, width, height
  enlarged = "Enlarged it would have more than %s pixels: %sx%s.", -- limit, width, height
  aspect_ratio = "Invalid asset aspect ratio. width / height ratio must be between %s and %s. Got %s.", -- least, greatest, ratio
  mismatch = "The image is %s, the request asks for %s.", -- size of the image, asked ratio
  -- mismatch_size: where the size has to be that very one: asked size, asked ratio, asked size, landscape or portrait, size of the image
  duration = "Asset duration must be at most %s seconds. Got %s.", -- limit, seconds
  duration_short = "Asset duration must be at least %s seconds. Got %s.", -- limit, seconds
  -- duration_range: for both of these, where the provider names both limits at once: least, greatest, seconds
  duration_total = "The %s references last more than %s seconds in all. Got %s.", -- kind, limit, seconds
  codec = 'Unsupported codec: "%s" in %s.', -- codec, media type
  corrupt = "The file is damaged: %s.", -- how
  unreachable = "Failed to fetch the asset. The URL may be wrong, or the server down.",
  blocked_address = "The host is not on the public internet: %s.", -- which address, and what it is
  timeout = "The asset did not arrive in time.",
  bad_status = 'Failed to fetch the asset. Received HTTP response code "%s".', -- status
  content_type = 'Unsupported Content-Type response header: "%s".', -- the header
  content_type_generic = "The Content-Type response header has to name the type. Got %s.", -- the header
  no_length = "The server gives no Content-Length.",
  wrong_length = "Content-Length says %s bytes, but there are %s.", -- the header, bytes
}

--- A whole number without a decimal point, on every Lua.
function M.whole(number)
  return string.format("%.0f", number)
end

-- At most three decimals, none where they are zeros: as providers print ratios.
function M.short(number)
  local text = string.format("%.3f", number):gsub("0+$", ""):gsub("%.$", "")
  return text
end

--- Sizes are told in the unit the limit is round in: 16.0MB is 16 * 2^20 at one provider and 16,000,000 at another.
function M.megabytes(bytes, limits)
  local unit = bytes % 1048576 == 0 and 1048576 or 1e6
  if bytes < unit / 10 then return M.whole(bytes) .. " bytes" end
  return string.format(limits and limits.words and limits.words.size_format or M.sentences.size_format, bytes / unit)
end

-- A number that misses a limit by less than the three decimals shown is told in full.
function M.beside(number, ...)
  local text = M.short(number)
  for place = 1, select("#", ...) do
    local limit = select(place, ...)
    if limit and number ~= limit and text == M.short(limit) then return string.format("%.6f", number) end
  end
  return text
end

-- The provider's sentence with its values. Not string.format: a sentence with one %s too many must not throw.
function M.say(limits, name, ...)
  local sentence = limits and limits.words and limits.words[name] or M.sentences[name]
  local values, used = { ... }, 0
  return (sentence:gsub("%%s", function()
    used = used + 1
    return values[used] and tostring(values[used]) or ""
  end))
end

return M
