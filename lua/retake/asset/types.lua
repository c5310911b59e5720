-- types.lua: media types: their other names, which share a container, and what the first bytes leave open.

local M = {}

-- Other names in use for the same type.
local same_type = {
  ["image/jpg"] = "image/jpeg", ["image/pjpeg"] = "image/jpeg", ["image/x-png"] = "image/png",
  ["audio/mp3"] = "audio/mpeg", ["audio/x-wav"] = "audio/wav", ["audio/wave"] = "audio/wav", ["audio/vnd.wave"] = "audio/wav",
  ["audio/x-flac"] = "audio/flac", ["audio/m4a"] = "audio/mp4", ["audio/x-m4a"] = "audio/mp4", ["audio/x-aac"] = "audio/aac",
  ["audio/aacp"] = "audio/aac", ["audio/opus"] = "audio/ogg", ["audio/vorbis"] = "audio/ogg", ["application/ogg"] = "audio/ogg",
  ["video/mov"] = "video/quicktime", ["video/x-m4v"] = "video/mp4", ["video/h264"] = "video/mp4", ["video/avi"] = "video/x-msvideo",
  ["video/3gpp2"] = "video/3gpp",
}

-- Containers that share a layout: the first bytes do not settle which of these a file is, so a declared one is believed.
local family = {
  ["video/mp4"] = "iso", ["video/quicktime"] = "iso", ["video/3gpp"] = "iso", ["audio/mp4"] = "iso",
  ["video/webm"] = "matroska", ["video/x-matroska"] = "matroska", ["audio/webm"] = "matroska",
  ["video/ogg"] = "ogg", ["audio/ogg"] = "ogg",
  ["image/heic"] = "heif", ["image/heif"] = "heif",
}

M.not_media = {
  ["text/html"] = "a web page", ["application/xml"] = "XML", ["application/json"] = "JSON", ["text/plain"] = "text",
}

function M.canonical(media_type)
  return same_type[media_type] or media_type
end

function M.kind(media_type)
  local kind = media_type and media_type:match "^(%a+)/"
  if kind == "image" or kind == "video" or kind == "audio" then return kind end
end

--- Whether the limits take such a file, under this or another name of its type.
function M.is_allowed(limits, media_type)
  local kind = M.kind(media_type)
  if not kind then return false end
  if limits and limits.kinds and not limits.kinds[kind] then return false end
  local taken = limits and limits.media_types
  return not taken or taken[media_type] or taken[M.canonical(media_type)] or false
end

-- The type by the bytes, where they say it; else by what was declared.
function M.settle(declared, found, path)
  if not declared then
    -- An m4a file's brand is often the general one of mp4.
    if found == "video/mp4" and path and path:lower():find "%.m4[ab]$" then return "audio/mp4" end
    return found
  end
  local name = M.canonical(declared)
  if found and family[name] and family[name] == family[found] then return name end
  return found or name
end

return M
