-- media_videos.lua: makes small videos and sounds of every form with ffmpeg, once, in a folder, and writes down what ffprobe says of each.
-- As a program: lua media_videos.lua FOLDER, for the C test that cuts and mutates them.

local M = {}

local function run(command)
  local first = os.execute(command)
  return first == 0 or first == true
end

function M.read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

---- what is made: name, what ffmpeg takes, what it makes of it ------------------------------------------------------------------------

local picture = "-f lavfi -i testsrc2=size=64x48:rate=25:duration=0.6"
local odd = "-f lavfi -i testsrc2=size=71x53:rate=30000/1001:duration=0.5"
local wide = "-f lavfi -i testsrc2=size=322x46:rate=12:duration=0.5"
local sound = "-f lavfi -i sine=sample_rate=44100:duration=0.7"
local sound48 = "-f lavfi -i sine=sample_rate=48000:duration=0.7"
local sound8 = "-f lavfi -i sine=sample_rate=8000:duration=0.7"
local noise = "-f lavfi -i anoisesrc=r=44100:d=30:a=0.3"
local uneven = "-f lavfi -i anoisesrc=r=44100:d=40:a=0.3,volume='if(lt(mod(t\\,7)\\,3)\\,0.001\\,1)':eval=frame"
local h264 = "-c:v libx264 -preset ultrafast -crf 45 -pix_fmt yuv420p "
local hevc = "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=0:pools=1 "
local vp8 = "-c:v libvpx -deadline realtime -b:v 60k "
local vp9 = "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 60k "
local av1 = "-c:v libaom-av1 -cpu-used 8 -usage realtime -b:v 60k "
local mpeg4 = "-c:v mpeg4 -q:v 20 "
local both, fragments = picture .. " " .. sound, h264 .. "-c:a aac -g 5 -movflags "

local recipes = {
  { "end.mp4", both, h264 .. "-c:a aac" },
  { "start.mp4", both, h264 .. "-c:a aac -movflags faststart" },
  { "silent.mp4", odd, mpeg4 },
  { "wide.mp4", wide, h264 .. "-movflags faststart" },
  { "uneven.mp4", both, h264 .. "-c:a aac -vf select='not(eq(mod(n\\,3)\\,1))' -vsync vfr" },
  { "hevc.mp4", both, hevc .. "-c:a aac -tag:v hvc1" },
  { "vp9.mp4", picture .. " " .. sound48, vp9 .. "-c:a libopus -strict -2" },
  { "av1.mp4", both, av1 .. "-c:a flac -strict -2" },
  { "mp3.mp4", both, mpeg4 .. "-c:a libmp3lame" },
  { "ac3.mp4", both, h264 .. "-c:a ac3" },
  { "mpeg2.mp4", picture, "-c:v mpeg2video" },
  { "mjpeg.mp4", picture, "-c:v mjpeg -q:v 20" },
  { "sound.mp4", sound, "-c:a aac" },
  { "tagged.m4a", sound, "-c:a aac -metadata title=boat -metadata artist=river" },
  { "alac.m4a", sound8, "-c:a alac" },
  { "fragments.mp4", both, fragments .. "frag_keyframe" },
  { "empty.mp4", both, fragments .. "frag_keyframe+empty_moov" },
  { "based.mp4", both, fragments .. "frag_keyframe+empty_moov+default_base_moof" },
  { "no_index.mp4", both, fragments .. "frag_keyframe+empty_moov+skip_trailer" },
  { "dash.mp4", both, fragments .. "dash+delay_moov -frag_duration 200000" },
  { "indexed.mp4", both, fragments .. "frag_keyframe+empty_moov+global_sidx+default_base_moof" },
  { "hybrid.mp4", both, fragments .. "frag_keyframe+delay_moov" },
  { "smooth.ismv", both, h264 .. "-c:a aac -g 5 -f ismv" },
  { "many.mp4", "-f lavfi -i testsrc2=size=64x48:rate=25:duration=3", h264 .. "-g 2 -movflags frag_keyframe+empty_moov+skip_trailer" },
  { "alac.mov", both, h264 .. "-c:a alac" },
  { "start.mov", both, h264 .. "-c:a aac -movflags faststart" },
  { "prores.mov", picture .. " " .. sound8, "-c:v prores -profile:v 0 -qscale:v 30 -c:a pcm_s16le" },
  { "prores4444.mov", picture, "-c:v prores_ks -profile:v 4444 -qscale:v 30" },
  { "hevc.mov", picture, hevc .. "-tag:v hvc1" },
  { "mjpeg.mov", picture .. " " .. sound8, "-c:v mjpeg -q:v 20 -c:a pcm_s24le" },
  { "float.mov", picture .. " " .. sound8, mpeg4 .. "-c:a pcm_f32le" },
  { "double.mov", sound8, "-c:a pcm_f64be" },
  { "bytes.mov", sound8, "-c:a pcm_u8" },
  { "big.mov", sound8, "-c:a pcm_s16be" },
  { "s32.mov", sound8, "-c:a pcm_s32le" },
  { "mulaw.mov", sound8, "-c:a pcm_mulaw" },
  { "ima.mov", sound8, "-c:a adpcm_ima_qt" },
  { "png.mov", picture, "-c:v png" },
  { "h263.3gp", "-f lavfi -i testsrc2=size=128x96:rate=15:duration=0.5 " .. sound8, "-c:v h263 -c:a aac" },
  { "amr.3gp", "-i @voice.amr", "-c copy" },
  { "h264.3gp", both, h264 .. "-c:a aac" },
  { "mpeg4.3g2", picture, mpeg4 },

  { "vp8.webm", picture .. " " .. sound48, vp8 .. "-c:a libvorbis" },
  { "vp9.webm", picture .. " " .. sound48, vp9 .. "-c:a libopus" },
  { "av1.webm", odd, av1 },
  { "live.webm", picture .. " " .. sound48, vp8 .. "-c:a libopus -f webm -live 1" },
  { "opus.webm", sound48, "-c:a libopus" },
  { "h264.mkv", both, h264 .. "-c:a aac" },
  { "hevc.mkv", both, hevc .. "-c:a flac" },
  { "mpeg4.mkv", picture .. " " .. sound8, mpeg4 .. "-c:a pcm_s16le" },
  { "prores.mkv", picture .. " " .. sound8, "-c:v prores -qscale:v 30 -c:a pcm_f32le" },
  { "mjpeg.mkv", both, "-c:v mjpeg -q:v 20 -c:a libmp3lame" },
  { "theora.mkv", both, "-c:v libtheora -c:a ac3" },
  { "vfw.mkv", picture, "-c:v msmpeg4v2" },
  { "acm.mkv", sound8, "-c:a adpcm_ima_wav" },
  { "cues.mkv", both, h264 .. "-c:a aac -cues_to_front 1 -reserve_index_space 400" },

  { "theora.ogv", picture .. " " .. sound, "-c:v libtheora -c:a libvorbis" },
  { "odd.ogv", odd, "-c:v libtheora -g 4" },
  { "vorbis.ogg", sound, "-c:a libvorbis" },
  { "opus.ogg", sound48, "-c:a libopus" },
  { "opus.opus", sound48, "-c:a libopus -metadata title=boat" },
  { "flac.oga", sound, "-c:a flac" },
  { "speex.ogg", "-f lavfi -i sine=sample_rate=16000:duration=0.7", "-c:a libspeex" },

  { "cbr.mp3", sound, "-c:a libmp3lame -b:a 64k" },
  { "vbr.mp3", sound, "-c:a libmp3lame -q:a 4" },
  { "low.mp3", "-f lavfi -i sine=sample_rate=22050:duration=0.9", "-c:a libmp3lame -b:a 32k" },
  { "mono8.mp3", sound8, "-ac 1 -c:a libmp3lame -b:a 16k" },
  { "bare.mp3", sound, "-c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0" },
  { "id3v1.mp3", sound, "-c:a libmp3lame -q:a 5 -write_xing 0 -id3v2_version 0 -write_id3v1 1 -metadata title=boat" },
  { "cover.mp3", sound .. " -i @cover.png", "-map 0 -map 1 -c:a libmp3lame -c:v copy -id3v2_version 3 -metadata title=boat" },
  { "long_cbr.mp3", noise, "-c:a libmp3lame -b:a 128k -write_xing 0" },
  { "long_vbr.mp3", uneven, "-c:a libmp3lame -q:a 3 -write_xing 0" },
  { "layer2.mp2", sound, "-c:a mp2 -b:a 96k" },
  { "short.aac", sound, "-c:a aac" },
  { "slow.aac", "-f lavfi -i sine=sample_rate=22050:duration=0.9", "-c:a aac" },
  { "tagged.aac", sound, "-c:a aac -metadata title=boat -write_id3v2 1" },
  { "long.aac", noise, "-c:a aac -b:a 96k" },

  { "s16.wav", sound8, "-c:a pcm_s16le" },
  { "s24.wav", sound8, "-c:a pcm_s24le -ac 2" },
  { "float.wav", sound8, "-c:a pcm_f32le" },
  { "bytes.wav", sound8, "-c:a pcm_u8" },
  { "alaw.wav", sound8, "-c:a pcm_alaw" },
  { "adpcm.wav", sound8, "-c:a adpcm_ms" },
  { "mp3.wav", sound, "-c:a libmp3lame" },
  { "rf64.wav", sound8, "-c:a pcm_s16le -rf64 always" },
  { "noted.wav", sound8, "-c:a pcm_s16le -metadata title=boat" },
  { "short.flac", sound, "-c:a flac" },
  { "cover.flac", sound8 .. " -i @cover.png", "-map 0 -map 1 -c:a flac -c:v copy -disposition:v attached_pic" },
}

-- Made of the ones before, or not by ffmpeg alone.
local others = {
  { "edited.mp4", "-ss 0.3 -i @end.mp4", "-c copy" },
  { "pipe.wav", sound8, "-c:a pcm_s16le -f wav pipe:1 > @pipe.wav; true" },
}
for _, angle in ipairs { 90, 180, 270 } do
  for _, name in ipairs { "end.mp4", "start.mov", "h264.3gp" } do
    others[#others + 1] = { "turned" .. angle .. name:match "%..*", "-i @" .. name, "-c copy -metadata:s:v:0 rotate=" .. angle }
  end
end

---- making ----------------------------------------------------------------------------------------------------------------------------

local function command(recipe)
  local target = recipe[3]:find("> @", 1, true) and recipe[3] or recipe[3] .. " @" .. recipe[1]
  return "ffmpeg -nostdin -y -v error -threads 1 " .. recipe[2] .. " " .. target
end

-- Four at once; ffmpeg takes longer to start than to encode so little.
local function make_these(folder, list, trouble)
  local lines = {}
  for _, recipe in ipairs(list) do
    lines[#lines + 1] = (command(recipe):gsub("@", folder)) .. " 2>>" .. folder .. "ffmpeg.log || echo " .. recipe[1] .. " >>" .. folder .. "failed"
  end
  write(folder .. "commands", table.concat(lines, "\0") .. "\0")
  run("xargs -0 -n 1 -P 4 sh -c <" .. folder .. "commands")
  local failed = io.open(folder .. "failed", "r")
  for line in failed and failed:lines() or function() end do trouble[#trouble + 1] = line end
  if failed then failed:close() end
end

-- AMR has no free encoder in Debian: frames of silence, one every 20 ms.
local function make_voice(folder)
  write(folder .. "voice.amr", "#!AMR\n" .. ("\4" .. ("\0"):rep(12)):rep(35))
end

-- What ffprobe says: name|format duration|kind codec width height rate rotation|...
local function probe(folder, names)
  local script = {}
  for _, name in ipairs(names) do
    script[#script + 1] = "echo 'file=" .. name .. "'; ffprobe -v error -of default=nw=1 -show_entries format=duration:"
      .. "stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate:stream_disposition=attached_pic:side_data=rotation " .. folder .. name
  end
  write(folder .. "probe.sh", table.concat(script, "\n"))
  run("sh " .. folder .. "probe.sh >" .. folder .. "probed 2>/dev/null")
end

local function list(folder)
  local names, out = {}, io.popen("cd " .. folder .. " && ls *.*")
  for name in out:lines() do
    if not name:find "%.log$" and not name:find "%.sh$" and not name:find "%.png$" and not name:find "%.amr$" then names[#names + 1] = name end
  end
  out:close()
  return names
end

-- Whatever is written here differently makes other files.
local function edition()
  local sum = 0
  for byte in M.read(debug.getinfo(1, "S").source:sub(2)):gmatch "." do sum = (sum * 31 + byte:byte()) % 2147483647 end
  return tostring(sum)
end

-- In a folder beside, which takes its place when all is done: several may do this at once.
local function make_all(folder)
  local fresh, trouble = os.tmpname(), {}
  os.remove(fresh)
  fresh = fresh .. ".videos/"
  assert(run("mkdir -p " .. fresh))
  make_voice(fresh)
  run("ffmpeg -nostdin -y -v error -f lavfi -i testsrc2=size=300x300 -frames:v 1 " .. fresh .. "cover.png")
  make_these(fresh, recipes, trouble)
  make_these(fresh, others, trouble)
  probe(fresh, list(fresh))
  write(fresh .. "made", edition() .. "\n" .. table.concat(trouble, "\n"))
  local place = folder:gsub("/$", "")
  run("mkdir -p $(dirname " .. place .. ")")
  run("rm -rf " .. place .. " && mv -T " .. fresh .. " " .. place)
  run("rm -rf " .. fresh)
end

local function is_made(folder)
  local file = io.open(folder .. "made", "r")
  if not file then return false end
  local made = file:read "*l"
  file:close()
  return made == edition()
end

--- Makes all of them in the folder, where they are not there yet.
---@param folder string with a slash at its end
---@return string[] names
---@return string[] trouble the files that could not be made
function M.make(folder)
  if not is_made(folder) then make_all(folder) end
  local trouble = {}
  for line in io.lines(folder .. "made") do trouble[#trouble + 1] = line end
  table.remove(trouble, 1)
  return list(folder), trouble
end

local function rate(text)
  local over, under = text:match "^(%d+)/(%d+)$"
  return under and tonumber(under) > 0 and tonumber(over) / tonumber(under) or nil
end

--- What ffprobe says of each: { [name] = { duration =, video = { codec =, width =, height =, rotation =, rates = }, audio = { codec = } } }
function M.probed(folder)
  local all, file, stream = {}, nil, nil
  for line in io.lines(folder .. "probed") do
    local key, value = line:match "^([%w_:]+)=(.*)$"
    if key == "file" then
      file = { streams = {} }
      all[value] = file
    elseif key == "codec_name" then
      stream = { codec = value, rates = {} }
      file.streams[#file.streams + 1] = stream
    elseif key == "codec_type" then
      stream.kind = value
    elseif key == "avg_frame_rate" or key == "r_frame_rate" then
      stream.rates[#stream.rates + 1] = rate(value)
    elseif key == "DISPOSITION:attached_pic" then
      stream.cover = value == "1"
    elseif key == "duration" then
      file.duration = tonumber(value)
    elseif key then
      stream[key] = tonumber(value)
    end
  end
  for _, other in pairs(all) do
    for _, found in ipairs(other.streams) do
      if not found.cover and not other[found.kind] then other[found.kind] = found end
    end
  end
  return all
end

if arg and arg[0] and arg[0]:find "media_videos%.lua$" then
  local _, trouble = M.make(arg[1])
  for _, name in ipairs(trouble) do print("failed: " .. name) end
end

return M
