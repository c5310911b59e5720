--- What an output link serves: a real, playable file of the kind the request asked for.

local files = require "retake.simulator.media_files"

local M = {}

local VALUES = {}
for index, letter in ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"):gmatch("()(.)") do VALUES[letter] = index - 1 end

--- Decodes base64; white space is skipped, anything else foreign ends it.
---@param text string
---@param limit integer?  stop after about this many bytes
---@return string? bytes  nil when the text is not base64
function M.decode_base64(text, limit)
  text = text:gsub("%s+", "")
  if limit then text = text:sub(1, math.ceil(limit / 3) * 4) end
  if text:find("[^%w%+/=]") or text:find("=[^=]") or #text % 4 == 1 then return nil end
  text = text:gsub("=+$", "")
  local out = {}
  for i = 1, #text, 4 do
    local a, b = VALUES[text:sub(i, i)], VALUES[text:sub(i + 1, i + 1)]
    local c, d = VALUES[text:sub(i + 2, i + 2)], VALUES[text:sub(i + 3, i + 3)]
    if not b then return nil end
    local bits = a * 262144 + b * 4096 + (c or 0) * 64 + (d or 0)
    local bytes = string.char(math.floor(bits / 65536), math.floor(bits / 256) % 256, bits % 256)
    out[#out + 1] = bytes:sub(1, d and 3 or c and 2 or 1)
  end
  return table.concat(out)
end

local function little_endian(value, size)
  local bytes = {}
  for i = 1, size do
    bytes[i] = string.char(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(bytes)
end

--- One second of a 220 Hz tone, 8 kHz, 8 bit, mono.
local function tone()
  local samples = {}
  for i = 1, 8000 do samples[i] = string.char(math.floor(128 + 80 * math.sin(i * 2 * math.pi * 220 / 8000))) end
  local data = table.concat(samples)
  return "RIFF" .. little_endian(36 + #data, 4) .. "WAVEfmt " .. little_endian(16, 4) .. little_endian(1, 2) .. little_endian(1, 2)
    .. little_endian(8000, 4) .. little_endian(8000, 4) .. little_endian(1, 2) .. little_endian(8, 2) .. "data" .. little_endian(#data, 4) .. data
end

local KINDS = {
  video = { extension = "mp4", type = "video/mp4", make = function() return M.decode_base64(files.clip) end },
  image = { extension = "png", type = "image/png", make = function() return M.decode_base64(files.still) end },
  audio = { extension = "wav", type = "audio/wav", make = tone },
}

---@param kind "video"|"image"|"audio"
---@return table output  { extension =, type = media type, bytes = }
function M.output(kind)
  local output = KINDS[kind]
  if not output.bytes then output.bytes = output.make() end
  return output
end

return M
