-- Videos and sounds made here by ffmpeg, measured, and compared with what ffprobe says of them.

local core = require "retake.core"
local videos = require "spec.support.media_videos"

local folder = "build/videos/"
local names, trouble = videos.make(folder)
local probed = videos.probed(folder)

local bytes_of = {}
for _, name in ipairs(names) do bytes_of[name] = videos.read(folder .. name) end

local types = {
  mp4 = "video/mp4", m4a = "audio/mp4", mov = "video/quicktime", ["3gp"] = "video/3gpp", ["3g2"] = "video/3gpp", ismv = "video/mp4",
  webm = "video/webm", mkv = "video/x-matroska", ogv = "video/ogg", ogg = "audio/ogg", opus = "audio/ogg", oga = "audio/ogg",
  mp3 = "audio/mpeg", mp2 = "audio/mpeg", aac = "audio/aac", wav = "audio/wav", flac = "audio/flac",
}

-- Boxes end to end, or a length told in advance: wherever such a file is cut, that shows.
local tells_its_end = { ["video/mp4"] = true, ["audio/mp4"] = true, ["video/quicktime"] = true, ["video/3gpp"] = true, ["audio/wav"] = true,
  ["video/webm"] = true, ["video/x-matroska"] = true }

local function ending(name)
  return name:match "%.(%w+)$"
end

-- As a file is read: only what is wanted. Answers what was found, the state, and what each read took.
local function walk(bytes, total, most)
  local reader, reads = core.media_reader(total), {}
  local offset, length = reader:wants()
  while offset do
    local piece = bytes:sub(offset + 1, offset + math.min(length, most or length))
    reads[#reads + 1] = #piece
    reader:feed(offset, piece, offset + #piece >= #bytes)
    offset, length = reader:wants()
  end
  local media, state = reader:result()
  return media, state, reads
end

local function near(name, what, got, want, least)
  if not got or math.abs(got - want) > math.max(least, want * 0.02) then
    error(string.format("%s: %s is %s, ffprobe says %s", name, what, tostring(got), tostring(want)), 2)
  end
end

describe("videos and sounds", function()
  it("are all made", function()
    assert.same({}, trouble)
    assert.is_true(#names > 90)
  end)

  it("are of the right form, and whole", function()
    for _, name in ipairs(names) do
      local media, state = walk(bytes_of[name], #bytes_of[name])
      assert.equal(name .. " done " .. types[ending(name)], table.concat({ name, state, media.media_type }, " "))
      assert.equal(name .. " " .. (probed[name].video and "video" or "audio"), name .. " " .. media.kind)
      assert.is_true(media.complete ~= false, name .. " is called incomplete")
    end
  end)

  it("have the codecs that ffprobe sees", function()
    for _, name in ipairs(names) do
      local media, other = core.media(bytes_of[name], #bytes_of[name]), probed[name]
      local video, audio = other.video and other.video.codec, other.audio and other.audio.codec
      assert.equal(name .. " " .. tostring(video) .. " " .. tostring(audio),
        name .. " " .. tostring(media.video_codec) .. " " .. tostring(media.audio_codec))
    end
  end)

  it("have the sides that ffprobe sees, turned as it says", function()
    local turned = 0
    for _, name in ipairs(names) do
      local media, video = core.media(bytes_of[name], #bytes_of[name]), probed[name].video
      if video then
        local rotation = (video.rotation or 0) % 360
        local orientation = ({ [0] = 1, [90] = 8, [180] = 3, [270] = 6 })[rotation]
        local width, height = video.width, video.height
        if rotation % 180 == 90 then width, height = height, width end
        if rotation ~= 0 then turned = turned + 1 end
        assert.equal(string.format("%s %dx%d %d", name, width, height, orientation),
          string.format("%s %dx%d %d", name, media.width, media.height, media.orientation))
      else
        assert.is_nil(media.width, name)
      end
    end
    assert.equal(9, turned)
  end)

  it("last as long as ffprobe says", function()
    for _, name in ipairs(names) do
      local media, other = core.media(bytes_of[name], #bytes_of[name]), probed[name]
      if name:find "^long_vbr" then -- ffprobe reckons from the bit rate of its beginning; it was made to last so long
        near(name, "duration", media.duration, 40, 1)
      elseif other.duration and name ~= "long.aac" then
        near(name, "duration", media.duration, other.duration, 0.05)
      elseif name == "long.aac" then
        near(name, "duration", media.duration, 30, 0.05)
      else
        assert.equal("live.webm", name)
        assert.is_nil(media.duration)
      end
    end
  end)

  it("have the frame rate that ffprobe sees", function()
    local compared = 0
    for _, name in ipairs(names) do
      local media, video = core.media(bytes_of[name], #bytes_of[name]), probed[name].video
      if video then
        local rates = video.rates
        local close = false
        for _, one in ipairs(rates) do close = close or math.abs((media.frame_rate or 0) / one - 1) < 0.02 end
        assert.is_true(close, name .. " has the frame rate " .. tostring(media.frame_rate) .. ", not " .. table.concat(rates, " or "))
        compared = compared + 1
      else
        assert.is_nil(media.frame_rate, name)
      end
    end
    assert.is_true(compared > 40)
  end)

  it("are the same read whole, in pieces, and without a size", function()
    for _, name in ipairs(names) do
      local bytes = bytes_of[name]
      local whole, state = core.media(bytes, #bytes)
      for _, most in ipairs { 1e6, 900, 61 } do
        local media, other = walk(bytes, #bytes, most)
        assert.same({ name, whole, state }, { name, media, other })
      end
      local media, other = walk(bytes, nil)
      assert.equal(name .. " done", name .. " " .. other)
      for key, value in pairs(media) do -- of a fragmented file's rate more is known where more of its fragments were looked at
        if key == "frame_rate" then
          assert.is_true(math.abs(value / whole.frame_rate - 1) < 0.1, name)
        elseif key ~= "complete" and key ~= "duration" then
          assert.equal(name .. key .. tostring(whole[key]), name .. key .. tostring(value))
        end
      end
    end
  end)

  it("need few reads", function()
    local most = { mp4 = 3, m4a = 3, mov = 3, ["3gp"] = 3, ["3g2"] = 3, webm = 3, mkv = 3, ogv = 3, ogg = 3, opus = 3, oga = 3, wav = 2, flac = 2 }
    for _, name in ipairs(names) do
      local _, _, reads = walk(bytes_of[name], #bytes_of[name])
      local fragmented = bytes_of[name]:find("moof", 1, true)
      -- The first look (64 bytes), the second (512) that tells the form, then two at the most. Fragments without an index take one each.
      local limit = fragmented and 40 or name:find "^long" and 12 or (most[ending(name)] or 4) + 1
      assert.is_true(#reads <= limit, name .. " took " .. #reads .. " reads")
    end
  end)

  it("cut anywhere are never whole, and where they tell their end are called damaged", function()
    for _, name in ipairs(names) do
      local bytes, type = bytes_of[name], types[ending(name)]
      local fragmented, live = bytes:find("moof", 1, true), name == "live.webm" or name == "pipe.wav"
      for length = 0, #bytes - 1, #bytes > 70000 and 997 or #bytes > 6000 and 5 or 1 do
        local media, state = core.media(bytes:sub(1, length), length)
        local padding = type == "audio/wav" and length == #bytes - 1 -- one byte, so that the next chunk would begin at an even place
        local fine = state == "done" and tells_its_end[type] and not fragmented and not live and not padding
        if fine or state == "need" or state == "corrupt" and not media.message or state == "unknown" and length >= 64 then
          error(name .. " of " .. length .. " bytes is " .. state)
        end
      end
    end
  end)

  it("begun, of unknown length, are never called damaged", function()
    for _, name in ipairs(names) do
      local bytes = bytes_of[name]
      for length = 0, #bytes - 1, #bytes > 70000 and 997 or #bytes > 6000 and 5 or 1 do
        local media, state = core.media(bytes:sub(1, length))
        if state == "corrupt" or state == "unknown" and length >= 512 or media and media.message then
          error(name .. " begun with " .. length .. " bytes is " .. state .. ": " .. (media and media.message or ""))
        end
      end
    end
  end)

  it("cut short say that they are truncated", function()
    for _, name in ipairs { "end.mp4", "start.mp4", "no_index.mp4", "dash.mp4", "indexed.mp4", "prores.mov", "amr.3gp", "tagged.m4a" } do
      local bytes = bytes_of[name]
      local media, state = walk(bytes:sub(1, -10), #bytes - 9)
      assert.equal(name .. " corrupt false", name .. " " .. state .. " " .. tostring(media.complete))
      assert.matches("ends after " .. #bytes - 9 .. " bytes", media.message)
    end
    for _, name in ipairs { "vp8.webm", "h264.mkv", "theora.ogv", "s16.wav", "vbr.mp3" } do
      local bytes = bytes_of[name]
      local half = math.floor(#bytes * 0.6)
      local media, state = walk(bytes:sub(1, half), half)
      assert.is_true(state == "corrupt" and media.complete == false or name == "theora.ogv" and not media.complete, name .. " is " .. state)
    end
  end)

  it("however mutated answer something and throw nothing", function()
    local seed = 7
    local function random(most)
      seed = (seed * 48271) % 2147483647
      return seed % most
    end
    for _ = 1, 5000 do
      local bytes = bytes_of[names[random(#names) + 1]]
      for _ = 0, random(6) do
        local at = random(random(2) == 0 and #bytes or math.min(#bytes, 1500))
        bytes = bytes:sub(1, at) .. string.char(random(256)) .. bytes:sub(at + 2)
      end
      local media, state = core.media(bytes, #bytes)
      assert.is_true(state == "done" or state == "corrupt" or state == "unknown", state)
      assert.is_true(not (media and media.width) or media.width > 0 and media.height > 0)
    end
  end)
end)
