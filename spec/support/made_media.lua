--- Pictures, videos and sounds made for specs: of any sides, length, codec and size, by ffmpeg or as a header with nothing behind it.
local core = require "retake.core"

local M = {}

---- files -----------------------------------------------------------------------------------------------------------------------------

local made = {} -- paths to be removed in the end

function M.path(extension)
  local name = os.tmpname()
  os.remove(name)
  made[#made + 1] = name .. "." .. extension
  return made[#made]
end

function M.remove_all()
  for _, path in ipairs(made) do os.remove(path) end
  made = {}
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

function M.write(bytes, extension)
  local path = M.path(extension)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  return path
end

local cache = {}

-- What ffmpeg makes of these arguments, by the extension of the file; each only once.
function M.ffmpeg(arguments, extension)
  local key = extension .. " " .. arguments
  if not cache[key] then
    local path = M.path(extension)
    assert(os.execute(("ffmpeg -v error -nostdin -y %s %s 2>/dev/null"):format(arguments, path)), "ffmpeg " .. arguments)
    cache[key] = M.read(path)
  end
  return cache[key]
end

---- numbers ---------------------------------------------------------------------------------------------------------------------------

local function bytes_of(number, count, little)
  local list = {}
  for place = 1, count do
    list[little and place or count + 1 - place] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(list)
end

local function crc32(bytes)
  local crc = 4294967295
  local function xor(a, b)
    local value, place = 0, 1
    while a > 0 or b > 0 do
      if a % 2 ~= b % 2 then value = value + place end
      a, b, place = math.floor(a / 2), math.floor(b / 2), place * 2
    end
    return value
  end
  for index = 1, #bytes do
    crc = xor(crc, bytes:byte(index))
    for _ = 1, 8 do crc = crc % 2 == 1 and xor(math.floor(crc / 2), 3988292384) or math.floor(crc / 2) end
  end
  return xor(crc, 4294967295)
end

---- a file in three parts: what stands at its beginning, how many bytes of nothing follow, what stands at its end ---------------------

local function chunk(name, data) return bytes_of(#data, 4) .. name .. data .. bytes_of(crc32(name .. data), 4) end

local function png_parts(width, height, size)
  local head = "\137PNG\r\n\26\n" .. chunk("IHDR", bytes_of(width, 4) .. bytes_of(height, 4) .. "\8\2\0\0\0")
  local tail = "crc!" .. chunk("IEND", "")
  local filling = math.max(0, (size or 0) - #head - 8 - #tail)
  return head .. bytes_of(filling, 4) .. "IDAT", filling, tail
end

-- A box that means nothing, behind the rest.
local function iso_parts(bytes, size)
  local filling = math.max(0, (size or 0) - #bytes - 16)
  if filling == 0 then return bytes, 0, "" end
  return bytes .. bytes_of(1, 4) .. "free" .. bytes_of(filling + 16, 8), filling, ""
end

local function joined(head, filling, tail) return head .. ("\0"):rep(filling) .. tail end

-- On disk the nothing in the middle is a hole: 200 MiB cost a block or two.
local function spread(extension, head, filling, tail)
  local path = M.path(extension)
  local file = assert(io.open(path, "wb"))
  file:write(head)
  if filling > 0 then
    file:seek("set", #head + filling - 1)
    file:write "\0"
  end
  file:write(tail)
  file:close()
  return path
end

--- An image of these sides; its pixels are missing, which only a decoder would see.
function M.png(width, height, size) return joined(png_parts(width, height, size)) end

---- videos and sounds -----------------------------------------------------------------------------------------------------------------

local PICTURE = "-f lavfi -i testsrc=s=64x64:r=4:d=%s -pix_fmt yuv420p -c:v %s"

--- A video of 64x64, so many seconds long.
function M.video(seconds, codec, extension, more)
  return M.ffmpeg(PICTURE:format(seconds or 3, codec or "libx264") .. (more or ""), extension or "mp4")
end

local function patched(bytes, place, new) return bytes:sub(1, place - 1) .. new .. bytes:sub(place + #new) end

--- The same video with other sides in its headers.
function M.video_of(width, height)
  local bytes = M.video()
  local track, entry = assert(bytes:find("tkhd", 1, true)), assert(bytes:find("avc1", bytes:find("stsd", 1, true), true))
  bytes = patched(bytes, track + 80, bytes_of(width * 65536, 4) .. bytes_of(height * 65536, 4))
  return patched(bytes, entry + 28, bytes_of(width, 2) .. bytes_of(height, 2))
end

--- Silence, so many seconds long to the thousandth.
function M.wav(seconds)
  local size = math.floor(seconds * 1000 + 0.5)
  return "RIFF" .. bytes_of(36 + size, 4, true) .. "WAVEfmt " .. bytes_of(16, 4, true) .. bytes_of(1, 2, true) .. bytes_of(1, 2, true)
    .. bytes_of(1000, 4, true) .. bytes_of(1000, 4, true) .. bytes_of(1, 2, true) .. bytes_of(8, 2, true) .. "data" .. bytes_of(size, 4, true)
    .. ("\128"):rep(size)
end

function M.sound(codec, extension, more)
  return M.ffmpeg("-f lavfi -i sine=d=2 -c:a " .. codec .. (more or ""), extension)
end

local function parts_of(kind, size)
  if kind == "image" then return png_parts(1000, 1000, size) end
  if kind == "video" then return iso_parts(M.video(5, nil, nil, " -s 640x640"), size) end
  return iso_parts(M.sound("aac", "m4a"), size)
end

local extensions = { image = "png", video = "mp4", audio = "m4a" }

--- A sound file of its kind and of so many bytes, in memory or on disk.
function M.sized(kind, size) return joined(parts_of(kind, size)) end
function M.sized_file(kind, size) return spread(extensions[kind], parts_of(kind, size)) end

M.types = { image = "image/png", video = "video/mp4", audio = "audio/mp4" }

function M.data_uri(bytes, media_type) return core.base64(bytes, "data:" .. media_type .. ";base64,") end

---- of each type ----------------------------------------------------------------------------------------------------------------------

local function fixture(name) return function() return M.read("spec/fixtures/" .. name) end end

local function heic()
  local path = M.path "heic"
  assert(os.execute("heif-enc spec/fixtures/boat.png -o " .. path .. " >/dev/null 2>&1"), "heif-enc")
  return M.read(path)
end

--- One file of each media type, by the type's plain name.
M.of_type = {
  ["image/png"] = fixture "boat.png", ["image/jpeg"] = fixture "boat.jpg", ["image/webp"] = fixture "lossy.webp",
  ["image/gif"] = fixture "boat.gif", ["image/bmp"] = fixture "boat.bmp", ["image/tiff"] = fixture "boat.tiff",
  ["image/avif"] = fixture "boat.avif", ["image/heic"] = heic, ["image/heif"] = heic,
  ["video/mp4"] = fixture "clip.mp4", ["video/quicktime"] = fixture "clip.mov", ["video/webm"] = fixture "clip.webm",
  ["video/x-matroska"] = fixture "clip.mkv", ["video/x-msvideo"] = fixture "clip.avi", ["video/ogg"] = fixture "clip.ogv",
  ["video/3gpp"] = fixture "clip.3gp",
  ["audio/mpeg"] = fixture "tone.mp3", ["audio/wav"] = fixture "tone.wav", ["audio/flac"] = fixture "tone.flac",
  ["audio/mp4"] = fixture "tone.m4a", ["audio/aac"] = fixture "tone.aac", ["audio/ogg"] = fixture "tone.ogg",
}

--- One file of each codec, by the type it stands in; `other` is one that nobody's documents name for it.
M.of_codec = {
  ["video/mp4"] = {
    h264 = function() return M.video(1) end, hevc = function() return M.video(1, "libx265", "mp4", " -x265-params log-level=none") end,
    av1 = function() return M.video(1, "libaom-av1", "mp4", " -cpu-used 8") end, other = function() return M.video(1, "mpeg4") end,
  },
  ["video/quicktime"] = {
    h264 = function() return M.video(1, nil, "mov") end, hevc = function() return M.video(1, "libx265", "mov", " -x265-params log-level=none") end,
    prores = function() return M.ffmpeg("-f lavfi -i testsrc=s=64x64:r=4:d=1 -c:v prores", "mov") end,
    other = function() return M.ffmpeg("-f lavfi -i testsrc=s=64x64:r=4:d=1 -c:v mjpeg", "mov") end,
  },
  ["video/webm"] = {
    vp8 = function() return M.video(1, "libvpx", "webm") end, vp9 = function() return M.video(1, "libvpx-vp9", "webm") end,
    av1 = function() return M.video(1, "libaom-av1", "webm", " -cpu-used 8") end,
    -- ffmpeg puts no other codec into WebM, others do
    other = function() return (M.video(1, nil, "mkv"):gsub("matroska", "webm\0\0\0\0", 1)) end,
  },
  ["video/ogg"] = {
    theora = function() return M.video(1, "libtheora", "ogv") end, other = function() return M.video(1, "libvpx", "ogv", " -f ogg") end,
  },
  ["audio/wav"] = { other = function() return M.sound("adpcm_ima_wav", "wav") end },
  ["audio/mp4"] = {
    aac = function() return M.sound("aac", "m4a") end, alac = function() return M.sound("alac", "m4a") end,
    other = function() return M.sound("libmp3lame", "mp4") end,
  },
}
for name in ("u8 s16le s24le s32le s64le f32le f64le"):gmatch "%S+" do
  M.of_codec["audio/wav"]["pcm_" .. name] = function() return M.sound("pcm_" .. name, "wav") end
end

return M
