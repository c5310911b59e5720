-- Pictures made here with the tools that people make them with, measured, and compared with what other readers say of them.

local core = require "retake.core"
local images = require "spec.support.media_images"

local folder = "build/images/"
local names, trouble = images.make(folder)

local types = {
  png = "image/png", jpg = "image/jpeg", webp = "image/webp", gif = "image/gif", bmp = "image/bmp", tiff = "image/tiff", avif = "image/avif",
  heic = "image/heic",
}

local function type_of(name)
  return types[name:match "%.(%a+)$"]
end

-- As a file is read: only what is wanted. Answers what was found, the state, the bytes read, and those read before the sides were known.
local function walk(bytes, total, most)
  local reader, fed, before = core.media_reader(total), 0, nil
  local offset, length = reader:wants()
  while offset do
    local piece = bytes:sub(offset + 1, offset + math.min(length, most or length))
    fed = fed + #piece
    reader:feed(offset, piece, offset + #piece >= #bytes)
    local so_far = reader:result()
    if not before and so_far and so_far.width then before = fed end
    offset, length = reader:wants()
  end
  local media, state = reader:result()
  return media, state, fed, before
end

---- what others say -------------------------------------------------------------------------------------------------------------

local orientations = {
  TopLeft = 1, TopRight = 2, BottomRight = 3, BottomLeft = 4, LeftTop = 5, RightTop = 6, RightBottom = 7, LeftBottom = 8, Undefined = 1,
}

-- { [name] = { width, height, frames, orientation } } by ImageMagick. It turns HEIC and AVIF by itself; JPEG and TIFF are turned here.
local function ask_identify()
  local seen = {}
  local out = io.popen("cd " .. folder .. " && identify -format '%i|%W|%H|%n|%[orientation]|\n' *.* 2>/dev/null")
  for line in out:lines() do
    local name, width, height, frames, orientation = line:match "^([^|%[]+)[^|]*|(%d+)|(%d+)|(%d+)|(%a+)|"
    if name and not seen[name] then
      seen[name] = { width = tonumber(width), height = tonumber(height), frames = tonumber(frames), orientation = orientations[orientation] }
    end
  end
  out:close()
  for name, other in pairs(seen) do
    local turned = other.orientation >= 5 and (name:find "%.jpg$" or name:find "%.tiff$")
    if turned then other.width, other.height = other.height, other.width end
  end
  return seen
end

local function ask_ffprobe(name)
  local out = io.popen("ffprobe -v error -count_frames -select_streams v:0 -show_entries stream=width,height,nb_read_frames -of csv=p=0 "
    .. folder .. name)
  local width, height, frames = out:read("*a"):match "(%d+),(%d+),(%d+)"
  out:close()
  return { width = tonumber(width), height = tonumber(height), frames = tonumber(frames) }
end

local bytes_of = {}
for _, name in ipairs(names) do bytes_of[name] = images.read(folder .. name) end

describe("images", function()
  it("are all made", function()
    assert.same({}, trouble)
    assert.is_true(#names > 80)
  end)

  it("have the sides and the orientation that ImageMagick sees", function()
    local others = ask_identify()
    for _, name in ipairs(names) do
      local media, state = walk(bytes_of[name], #bytes_of[name])
      local other = others[name]
      assert(other, name .. " is not known to identify")
      assert.equal(name .. " done true", table.concat({ name, state, tostring(media.complete) }, " "))
      assert.equal(name .. " " .. type_of(name) .. " image", name .. " " .. media.media_type .. " " .. media.kind)
      assert.equal(name .. " " .. other.width .. "x" .. other.height, name .. " " .. media.width .. "x" .. media.height)
      if not name:find "%.avif$" then assert.equal(name .. other.orientation, name .. media.orientation) end
      if name:find "%.gif$" then
        assert.equal(name .. other.frames, name .. media.frames)
        assert.equal(name .. tostring(other.frames > 1), name .. tostring(media.animated))
      elseif name:find "%.webp$" then
        assert.equal(name .. tostring(other.frames > 1), name .. tostring(media.animated))
      end
    end
  end)

  it("are turned in AVIF as the JPEG was that they were made from", function()
    for orientation = 1, 8 do
      local media = core.media(bytes_of["turned" .. orientation .. ".avif"])
      assert.equal(orientation, media.orientation)
    end
  end)

  it("have the frames that ffprobe counts", function()
    for _, name in ipairs { "moving.png", "moving.avif", "moving.gif", "changes.gif", "a.png", "plain.avif" } do
      local media, other = core.media(bytes_of[name], #bytes_of[name]), ask_ffprobe(name)
      assert.equal(name .. other.frames, name .. media.frames)
      assert.equal(other.frames > 1, media.animated)
      assert.equal(other.width .. "x" .. other.height, media.width .. "x" .. media.height)
    end
    local media = core.media(bytes_of["moving.avif"])
    assert.equal(10, media.frame_rate)
    assert.equal(0.2, media.duration)
  end)

  it("have no frame rate where they have no frames", function()
    -- It was 0 a second: a sequence whose table counts no pictures, as a fuzzer made it.
    local bytes = bytes_of["moving.avif"]
    local place = assert(bytes:find("stsz", 1, true))
    local media = core.media(bytes:sub(1, place + 11) .. "\0\0\0\0" .. bytes:sub(place + 16))
    assert.same({ 64, 48 }, { media.width, media.height })
    assert.is_nil(media.frames)
    assert.is_nil(media.frame_rate)
  end)

  it("are the same read whole, in pieces, and without a size", function()
    for _, name in ipairs(names) do
      local bytes = bytes_of[name]
      local whole, state = core.media(bytes, #bytes)
      for _, most in ipairs { 1e6, 100, 13 } do
        local media, other = walk(bytes, #bytes, most)
        assert.same({ name, whole, state }, { name, media, other })
        media, other = walk(bytes, nil, most)
        if media.complete == nil then media.complete = true end
        if other == "done" then assert.same({ name, whole }, { name, media }) end
      end
    end
  end)

  it("cut anywhere are never whole, and beginnings of whole ones never damaged", function()
    for _, name in ipairs(names) do
      local bytes = bytes_of[name]
      for length = 0, #bytes - 1 do
        local start = bytes:sub(1, length)
        local media, state = core.media(start, length)
        local told = media and (media.message or "") ~= ""
        if not (state == "corrupt" and told and media.complete ~= true or state == "unknown" and length < 18) then
          error(name .. " of " .. length .. " bytes is " .. state)
        end
        media, state = core.media(start)
        if state ~= "need" and state ~= "done" and not (state == "unknown" and length < 18) or media and media.message then
          error(name .. " begun with " .. length .. " bytes is " .. state)
        end
      end
    end
  end)

  it("cut by a server are called so, with the sides that were known", function()
    for _, name in ipairs { "plain.jpg", "a.png", "moving.gif", "lossy.webp", "v3.bmp", "plain.heic", "plain.avif" } do
      local bytes = bytes_of[name]
      local media, state = walk(bytes:sub(1, -10), #bytes - 9)
      assert.equal(name .. " corrupt false", name .. " " .. state .. " " .. tostring(media.complete))
      assert.is_number(media.width)
      assert.matches("the file ends after " .. #bytes - 9 .. " bytes", media.message)
    end
  end)

  it("cost at most 64 bytes before their sides are known", function()
    for _, name in ipairs(names) do
      if type_of(name):find "png" or type_of(name):find "gif" or type_of(name):find "bmp" or type_of(name):find "webp" then
        local bytes = bytes_of[name]
        local _, _, _, before = walk(bytes, #bytes)
        assert.is_true(before <= 64, name .. " took " .. before)
      end
    end
  end)

  -- 20 KB of thumbnail, 120 KB of profile, and a video behind the picture.
  it("cost under 4 KiB of a camera's JPEG", function()
    local plain = bytes_of["plain.jpg"]
    local profile = ("\255\226\255\255" .. ("p"):rep(65533)):rep(2)
    local bytes = plain:sub(1, 2) .. images.exif(6, false, ("t"):rep(20000)) .. profile .. plain:sub(3, -3) .. ("x"):rep(3000000) .. "\255\217"
    local media, state, fed, before = walk(bytes, #bytes)
    assert.equal("done 41x63 6 true", table.concat({ state, media.width .. "x" .. media.height, media.orientation, tostring(media.complete) }, " "))
    assert.is_true(before < 4096 and fed < 4096, "took " .. fed)
  end)

  it("with something behind their end are whole", function()
    for _, name in ipairs(names) do
      local bytes = bytes_of[name] .. ("\0"):rep(100)
      local media, state = walk(bytes, #bytes)
      assert.equal(name .. " done true", name .. " " .. state .. " " .. tostring(media.complete))
    end
  end)

  it("however mutated answer something and throw nothing", function()
    local seed = 7
    local function random(most)
      seed = (seed * 48271) % 2147483647
      return seed % most
    end
    for _ = 1, 3000 do
      local bytes = bytes_of[names[random(#names) + 1]]
      for _ = 0, random(6) do
        local at = random(math.min(#bytes, 600))
        bytes = bytes:sub(1, at) .. string.char(random(256)) .. bytes:sub(at + 2)
      end
      local media, state = core.media(bytes, #bytes)
      assert.is_true(state == "done" or state == "corrupt" or state == "unknown", state)
      assert.is_true(state ~= "done" or media.kind ~= "image" or media.width > 0 and media.height > 0)
    end
  end)
end)
