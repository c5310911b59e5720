-- source.lua: the forms in which an asset is given, and one way to read from each: { size =, declared =, read(offset, length), close() }.

local core = require "retake.core"
local words = require "retake.asset.words"

local whole, say = words.whole, words.say

local M = {}

local web_schemes = {
  http = true, https = true, ftp = true, ftps = true, ws = true, wss = true, s3 = true, gs = true, blob = true, file = true,
}

-- "path" "data_uri" "url" "bytes" "provider"
function M.form(source, limits)
  if type(source) == "table" then return "bytes" end
  if source:find "^%s*[Dd][Aa][Tt][Aa]:" then return "data_uri" end
  local scheme = source:match "^%s*(%a[%w+.-]*)://"
  scheme = scheme and scheme:lower()
  if scheme and not web_schemes[scheme] then
    local schemes = limits and limits.schemes
    return (not schemes or schemes[scheme]) and "provider" or "url"
  end
  if scheme or source:find "^%s*[Hh][Tt][Tt][Pp][Ss]?:" then return "url" end
  for _, pattern in ipairs(limits and limits.ids or {}) do
    if source:find(pattern) then return "provider" end
  end
  return "path"
end

-- A missing file is asset.invalid_uri, not asset.unreachable: that one may be tried again after a wait, and waiting makes no file.
function M.open_path(path)
  if core.path_kind(path) == "other" then -- opening a pipe would wait for whoever writes into it
    return nil, "asset.invalid_uri", path .. " is not a regular file.", "Give the path of a file."
  end
  local file, message = io.open(path, "rb")
  if not file then return nil, "asset.invalid_uri", "Cannot open " .. message .. ".", "Give the path of a readable file." end
  local head, trouble = file:read(1)
  local size = head and file:seek "end"
  if not head or not size or size == 0 then
    file:close()
    if head then return nil, "asset.invalid_uri", path .. " is not a regular file.", "Give the path of a file." end
    if trouble then return nil, "asset.invalid_uri", "Cannot read " .. path .. ": " .. trouble .. ".", "Give the path of a readable file." end
    return nil, "asset.corrupt", path .. " is empty.", "Was it written to its end?"
  end
  return {
    size = size,
    read = function(offset, length)
      return file:seek("set", offset) and file:read(length) or ""
    end,
    close = function()
      file:close()
    end,
  }
end

local function open_bytes(bytes)
  if #bytes == 0 then return nil, "asset.corrupt", "There are no bytes.", "Was the source read to its end?" end
  return {
    size = #bytes,
    read = function(offset, length)
      return bytes:sub(offset + 1, offset + length)
    end,
    close = function() end,
  }
end

local base64_hints = {
  { "line break", "Encode without line breaks, as by base64 -w0." },
  { "URL alphabet", "Use the standard alphabet: + and / in place of - and _." },
  { "percent", "Leave +, / and = of the base64 text as they are." },
  { "multiple of four", "Pad with = to a multiple of four, or read the source again: it may have been cut." },
}

local function base64_hint(reason)
  for _, pair in ipairs(base64_hints) do
    if reason:find(pair[1], 1, true) then return pair[2] end
  end
  return "Encode the bytes as plain base64."
end

local function open_data_uri(text, limits)
  local info, reason = core.data_uri(text)
  if not info then
    return nil, "asset.invalid_uri", say(limits, "data_uri"), "It has to read data:image/jpeg;base64,...: " .. reason .. "."
  end
  if not info.media_type then
    return nil, "asset.media_type", say(limits, "data_uri_type"), "Name the type: data:image/jpeg;base64,..."
  end
  if not info.base64 then
    return nil, "asset.invalid_uri", say(limits, "data_uri_base64"), "Encode the bytes as base64 and write ;base64 before the comma."
  end
  local good, trouble, position = core.base64_check(text, info.offset)
  if not good then
    local where = trouble .. " (character " .. whole(position) .. " of " .. whole(#text) .. ")"
    return nil, "asset.invalid_uri", say(limits, "data_uri"), where:gsub("^%l", string.upper) .. ". " .. base64_hint(trouble)
  end
  if info.decoded == 0 then return nil, "asset.corrupt", say(limits, "data_uri"), "There is no data after the comma." end
  return {
    size = info.decoded,
    declared = info.media_type,
    read = function(offset, length)
      return core.base64_read(text, info.offset, offset, length)
    end,
    close = function() end,
  }
end

--- [input] or nil, class, message, hint
function M.open(source, form, limits)
  if form == "path" then return M.open_path(source) end
  if form == "bytes" then return open_bytes(source.bytes) end
  return open_data_uri(source, limits)
end

return M
