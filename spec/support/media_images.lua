-- media_images.lua: makes small pictures of every form with the tools that people make them with, once, in a folder. As a program:
-- lua media_images.lua FOLDER, for the C test that mutates them.

local M = {}

local function run(command)
  local first, _, code = os.execute(command .. " >/dev/null 2>&1")
  return first == 0 or first == true, code
end

local function read(path)
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

M.read = read

---- EXIF, as a camera writes it --------------------------------------------------------------------------------------------------

local function number(value, bytes, little)
  local out = {}
  for place = 1, bytes do
    out[little and place or bytes + 1 - place] = string.char(value % 256)
    value = math.floor(value / 256)
  end
  return table.concat(out)
end

-- A JPEG segment with a first directory of so many entries, orientation among them, and a thumbnail in a second one.
function M.exif(orientation, little, thumbnail)
  local function n16(value) return number(value, 2, little) end
  local function n32(value) return number(value, 4, little) end
  local function entry(tag, kind, count, value) return n16(tag) .. n16(kind) .. n32(count) .. value end
  local make, first = "Camera\0\0", 8
  local after = first + 2 + 5 * 12 + 4
  local directory = n16(5)
    .. entry(0x010F, 2, #make, n32(after))
    .. entry(0x0112, 3, 1, n16(orientation) .. n16(0))
    .. entry(0x011A, 5, 1, n32(after + #make))
    .. entry(0x0128, 3, 1, n16(2) .. n16(0))
    .. entry(0x0213, 3, 1, n16(1) .. n16(0))
    .. n32(thumbnail and after + #make + 8 or 0) .. make .. n32(72) .. n32(1)
  local second = ""
  if thumbnail then
    local place = after + #make + 8 + 2 + 3 * 12 + 4
    second = n16(3) .. entry(0x0103, 3, 1, n16(6) .. n16(0)) .. entry(0x0201, 4, 1, n32(place)) .. entry(0x0202, 4, 1, n32(#thumbnail))
      .. n32(0) .. thumbnail
  end
  local tiff = (little and "II*\0" or "MM\0*") .. n32(first) .. directory .. second
  return "\255\225" .. number(#tiff + 8, 2) .. "Exif\0\0" .. tiff
end

local function with_exif(from, to, segment)
  local bytes = read(from)
  write(to, bytes:sub(1, 2) .. segment .. bytes:sub(3))
end

---- what is made: name, command. @ is the folder; a name may be made of those before it ------------------------------------------

local recipes = {
  { "a.png", "convert -size 63x41 gradient:red-blue -depth 8 @a.png" },
  { "b.png", "convert -size 63x41 gradient:blue-green -depth 8 @b.png" },
  { "even.png", "convert -size 64x48 gradient:red-yellow -depth 8 @even.png" },
  { "second.png", "convert -size 64x48 gradient:blue-yellow -depth 8 @second.png" },
  { "dot.png", "convert -size 1x1 xc:red @dot.png" },
  { "wide.png", "convert -size 257x3 gradient: -interlace PNG @wide.png" },
  { "grey1.png", "convert -size 17x33 pattern:checkerboard -monochrome -define png:bit-depth=1 @grey1.png" },
  { "palette.png", "convert @a.png -colors 7 png8:@palette.png" },
  { "deep.png", "convert @a.png -depth 16 -alpha set png64:@deep.png" },
  { "noted.png", "convert @a.png -set comment 'a note' -density 300 @noted.png" },
  { "moving.png", "ffmpeg -y -v error -loop 1 -t 0.3 -i @even.png -r 10 -plays 0 -f apng @moving.png" },

  { "plain.jpg", "convert @a.png -quality 60 @plain.jpg" },
  { "progressive.jpg", "convert @a.png -interlace JPEG @progressive.jpg" },
  { "grey.jpg", "convert @a.png -colorspace Gray @grey.jpg" },
  { "cmyk.jpg", "convert @even.png -colorspace CMYK @cmyk.jpg" },
  { "sampled.jpg", "convert @a.png -sampling-factor 4:2:0 @sampled.jpg" },
  { "arithmetic.jpg", "jpegtran -arithmetic -outfile @arithmetic.jpg @plain.jpg" },
  { "restarts.jpg", "jpegtran -restart 1 -progressive -outfile @restarts.jpg @plain.jpg" },
  { "flat.jpg", "convert -size 900x2 xc:white -quality 5 @flat.jpg" },
  { "noted.jpg", "convert @a.png -set comment 'FF D9 is no end' @noted.jpg" },

  { "lossy.webp", "cwebp -quiet -q 50 @a.png -o @lossy.webp" },
  { "lossless.webp", "cwebp -quiet -lossless @a.png -o @lossless.webp" },
  { "alpha.webp", "cwebp -quiet -q 50 @deep.png -o @alpha.webp" },
  { "dot.webp", "cwebp -quiet -lossless @dot.png -o @dot.webp" },
  { "metadata.webp", "cwebp -quiet -metadata all @exif6.jpg -o @metadata.webp" },
  { "frames.webp", "img2webp -loop 0 -d 100 @even.png @second.png -o @frames.webp" },

  { "still.gif", "convert @a.png @still.gif" },
  { "old.gif", "convert @a.png gif87:@old.gif" },
  { "interlaced.gif", "convert @a.png -interlace GIF @interlaced.gif" },
  { "moving.gif", "convert -delay 10 -loop 0 @a.png @b.png @a.png -colors 16 @moving.gif" },
  { "changes.gif", "convert -delay 10 -loop 3 @even.png @second.png -colors 8 -layers OptimizeTransparency @changes.gif" },
  { "from_gif.webp", "gif2webp -quiet @moving.gif -o @from_gif.webp" },

  { "v5.bmp", "convert @deep.png @v5.bmp" },
  { "v3.bmp", "convert @a.png bmp3:@v3.bmp" },
  { "v2.bmp", "convert -size 9x5 xc:red bmp2:@v2.bmp" },
  { "packed.bmp", "convert @a.png -colors 16 -compress RLE bmp3:@packed.bmp" },
  { "mono.bmp", "convert -size 17x33 pattern:checkerboard -monochrome bmp3:@mono.bmp" },

  { "plain.tiff", "convert -size 21x13 gradient: -compress none @plain.tiff" },
  { "lzw.tiff", "convert @a.png -compress LZW @lzw.tiff" },
  { "big_endian.tiff", "convert @a.png -compress zip -endian MSB @big_endian.tiff" },
  { "strips.tiff", "convert @a.png -compress LZW -define tiff:rows-per-strip=4 @strips.tiff" },
  { "tiles.tiff", "convert @a.png -compress LZW -define tiff:tile-geometry=16x16 @tiles.tiff" },
  { "big.tiff", "convert @a.png -compress LZW tiff64:@big.tiff" },
  { "fax.tiff", "convert -size 17x33 pattern:checkerboard -monochrome -compress Group4 @fax.tiff" },
  { "pages.tiff", "convert @even.png @a.png -compress LZW @pages.tiff" },

  { "plain.avif", "avifenc -s 10 @a.png @plain.avif" },
  { "even.avif", "avifenc -s 10 -y 420 @even.png @even.avif" },
  { "alpha.avif", "avifenc -s 10 -d 8 @deep.png @alpha.avif" },
  { "grid.avif", "convert -size 128x128 gradient: @tile.png && avifenc -s 10 -g 2x1 @tile.png @tile.png @grid.avif" },
  { "cropped.avif", "avifenc -s 10 -y 444 --crop 2,2,33,21 @even.png @cropped.avif" },
  { "moving.avif", "avifenc -s 10 --timescale 10 @even.png @second.png @moving.avif" },
  { "plain.heic", "heif-enc @a.png -o @plain.heic" },
  { "even.heic", "heif-enc -q 20 @even.png -o @even.heic" },
  { "thumb.heic", "heif-enc -t 16 @even.png -o @thumb.heic" },
  { "alpha.heic", "convert @even.png -alpha set @alpha.png && heif-enc @alpha.png -o @alpha.heic" },
  { "two.heic", "heif-enc @a.png @even.png -o @two.heic" },
  { "libheif.avif", "heif-enc -A -p chroma=420 @even.png -o @libheif.avif" },
}

local orientations = { "TopLeft", "TopRight", "BottomRight", "BottomLeft", "LeftTop", "RightTop", "RightBottom", "LeftBottom" }

local function make_turned(folder, trouble)
  for orientation, name in ipairs(orientations) do
    with_exif(folder .. "plain.jpg", folder .. "exif" .. orientation .. ".jpg", M.exif(orientation, orientation % 2 == 0))
    for _, command in ipairs {
      "convert @a.png -compress LZW -orient " .. name .. " @turned" .. orientation .. ".tiff",
      "avifenc -s 10 @exif" .. orientation .. ".jpg @turned" .. orientation .. ".avif",
    } do
      if not run((command:gsub("@", folder))) then trouble[#trouble + 1] = command end
    end
  end
  with_exif(folder .. "plain.jpg", folder .. "camera.jpg", M.exif(6, true, read(folder .. "progressive.jpg")))
end

-- Whatever is written here differently makes other files.
local function edition()
  local sum = 0
  for byte in read(debug.getinfo(1, "S").source:sub(2)):gmatch "." do sum = (sum * 31 + byte:byte()) % 2147483647 end
  return tostring(sum)
end

local function is_made(folder)
  local file = io.open(folder .. "made", "r")
  if not file then return false end
  local made = file:read "*l"
  file:close()
  return made == edition()
end

-- In a folder beside, which takes its place when all is done: several may do this at once.
local function make_all(folder)
  local fresh, trouble = os.tmpname(), {}
  os.remove(fresh)
  fresh = fresh .. ".images/"
  assert(run("mkdir -p " .. fresh))
  for _, recipe in ipairs(recipes) do
    if recipe[1] == "metadata.webp" then make_turned(fresh, trouble) end
    if not run((recipe[2]:gsub("@", fresh))) then trouble[#trouble + 1] = recipe[2] end
  end
  table.insert(trouble, 1, edition())
  write(fresh .. "made", table.concat(trouble, "\n"))
  local place = folder:gsub("/$", "")
  run("mkdir -p $(dirname " .. place .. ")")
  run("rm -rf " .. place .. " && mv -T " .. fresh .. " " .. place)
  run("rm -rf " .. fresh)
end

--- Makes all of them in the folder, where they are not there yet.
---@param folder string with a slash at its end
---@return string[] names
---@return string[] trouble the commands that failed
function M.make(folder)
  if not is_made(folder) then make_all(folder) end
  local trouble, names = {}, {}
  for line in io.lines(folder .. "made") do trouble[#trouble + 1] = line end
  table.remove(trouble, 1)
  local list = io.popen("ls " .. folder)
  for name in list:lines() do
    if name ~= "made" then names[#names + 1] = name end
  end
  list:close()
  return names, trouble
end

if arg and arg[0] and arg[0]:find "media_images%.lua$" then
  local _, trouble = M.make(arg[1])
  for _, command in ipairs(trouble) do print("failed: " .. command) end
end

return M
