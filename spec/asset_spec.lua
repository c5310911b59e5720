local core = require "retake.core"
local asset = require "retake.asset"

local fixtures = "spec/fixtures/"

local function limits(changes)
  local taken = {
    kinds = { image = true },
    media_types = { ["image/jpeg"] = true, ["image/jpg"] = true, ["image/png"] = true, ["image/webp"] = true },
    max_bytes = { url = 16e6, data_uri_chars = 5242880, upload = 200e6 , upload_min = 512},
    max_side = 8000, aspect = { min = 0.5, max = 2.0 }, url_max_chars = 2048, upload = true, schemes = { runway = true },
  }
  for name, value in pairs(changes or {}) do taken[name] = value end
  return taken
end

local function read(name)
  local file = assert(io.open(fixtures .. name, "rb"))
  local bytes = file:read "*a"
  file:close()
  return bytes
end

local function inspect(source, changes, target)
  target = target or {}
  target.limits, target.field = limits(changes), "promptImage"
  return asset.inspect(source, target)
end

local function outcome(report, check)
  for _, row in ipairs(report.steps) do
    if row.check == check then return row.outcome, row.detail end
  end
end

local function classes(report)
  local list = {}
  for place, problem in ipairs(report.problems) do list[place] = problem.class end
  return table.concat(list, " ")
end

-- A PNG header of any size in front of what is no picture: enough for every check but the decoder's.
local function big(number)
  return string.char(math.floor(number / 16777216) % 256, math.floor(number / 65536) % 256, math.floor(number / 256) % 256, number % 256)
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
    for _ = 1, 8 do
      crc = crc % 2 == 1 and xor(math.floor(crc / 2), 3988292384) or math.floor(crc / 2)
    end
  end
  return xor(crc, 4294967295)
end

local function chunk(name, data)
  return big(#data) .. name .. data .. big(crc32(name .. data))
end

local function png(width, height, filling)
  return "\137PNG\r\n\26\n" .. chunk("IHDR", big(width) .. big(height) .. "\8\2\0\0\0")
    .. big(filling or 1) .. "IDAT" .. ("x"):rep(filling or 1) .. "crc!" .. chunk("IEND", "")
end

local function with_file(bytes, run)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
  local good, trouble = pcall(run, path)
  os.remove(path)
  if not good then error(trouble, 0) end
end

describe("core readers of assets", function()
  it("answers what a data URI says of itself", function()
    assert.same({ media_type = "image/png", base64 = true, offset = 23, encoded = 4, decoded = 2 }, core.data_uri "data:IMAGE/png;base64,QUI=")
    assert.same({ base64 = false, offset = 7, encoded = 3, decoded = 1 }, core.data_uri "data:,%41")
    local info, reason = core.data_uri "data:image/png"
    assert.is_nil(info)
    assert.matches("comma", reason)
  end)

  it("encodes, checks and reads base64 anywhere", function()
    assert.equal("pre:QUJDRA==", core.base64("ABCD", "pre:"))
    assert.equal("", core.base64 "")
    assert.equal(8, core.base64_length(4))
    assert.is_true(core.base64_check("pre:QUJDRA==", 5))
    assert.same({ n = 3, nil, "the base64 text holds a line break", 9 }, { n = 3, core.base64_check("pre:QUJD\nRA==", 5) })
    assert.equal("CD", core.base64_read("pre:QUJDRA==", 5, 2, 100))
    assert.equal("BC", core.base64_read("QUJDRA==", 1, 1, 2))
    assert.equal("", core.base64_read("QUJDRA==", 1, 4, 2))
    assert.has_error(function() core.base64_check("abc", 5) end)
    assert.has_error(function() core.base64_read("abc", 1, -1, 1) end)
    assert.has_error(function() core.base64_read("abc", 0, 0, 1) end)
  end)

  it("parses URLs without telling the user information", function()
    local url = core.url "HTTPS://user:secret@0x7F.1:8443/path"
    assert.same({ scheme = "https", host = "127.0.0.1", host_kind = "ipv4", userinfo = true, port = 8443 }, url)
    assert.same({ n = 2, nil, "its host is missing or malformed" }, { n = 2, core.url "https:///x" })
  end)

  it("measures an image from a prefix, and says what is missing", function()
    local bytes = read "turned.jpg"
    local known = { media_type = "image/jpeg", kind = "image", width = 40, height = 60, orientation = 6, animated = false, frames = 1 }
    assert.same({ known, "done" }, { core.media(bytes) })
    assert.is_true(core.media(bytes, #bytes).complete)
    assert.same({ n = 4, nil, "need", 5, 59 }, { n = 4, core.media(bytes:sub(1, 5)) })
    assert.same({ n = 2, nil, "unknown" }, { n = 2, core.media("nothing at all", 14) })
    local image, state = core.media(bytes:sub(1, 900), 900)
    assert.equal("corrupt", state)
    assert.equal("40 60 false", image.width .. " " .. image.height .. " " .. tostring(image.complete))
    assert.matches("900 bytes", image.message)
    assert.has_error(function() core.media("x", -1) end)
  end)

  it("steps over ten megabytes of profile by seeking", function()
    local bytes = read "turned.jpg"
    local exif = 2 + 2 + bytes:byte(5) * 256 + bytes:byte(6)
    local profile = ("\255\226\255\255" .. ("p"):rep(65533)):rep(160)
    local whole = bytes:sub(1, exif) .. profile .. bytes:sub(exif + 1)
    local reader, fed = core.media_reader(#whole), 0
    local offset, length = reader:wants()
    while offset do
      local piece = whole:sub(offset + 1, offset + length)
      fed = fed + #piece
      assert.equal(reader, reader:feed(offset, piece))
      offset, length = reader:wants()
    end
    local image, state = reader:result()
    assert.equal("done 40 60 6 true", table.concat({ state, image.width, image.height, image.orientation, tostring(image.complete) }, " "))
    assert.is_true(#whole > 10e6 and fed < 50000)
  end)

  it("refuses what is no reader and no fingerprint", function()
    assert.has_error(function() core.media_reader().wants(core.fingerprint()) end)
    assert.has_error(function() core.fingerprint().hex(core.media_reader()) end)
    assert.has_error(function() core.fingerprint().hex(io.stdout) end)
    assert.has_error(function() core.media_reader():feed(nil, "x") end)
  end)

  it("fingerprints text, files and data URIs alike", function()
    local hex = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert.equal(hex, core.fingerprint():add("a"):add("bc"):hex())
    with_file("abc", function(path)
      local fp = core.fingerprint()
      assert.is_true(fp:add_file(path))
      assert.equal(hex, fp:hex())
    end)
    for _, uri in ipairs { "data:text/plain;base64,YWJj", "data:,a%62c" } do
      local fp = core.fingerprint()
      assert.is_true(fp:add_data_uri(uri))
      assert.equal(hex, fp:hex())
    end
    local fp = core.fingerprint():add "abc"
    assert.is_nil((fp:add_file "spec"))
    assert.is_nil((fp:add_file "no such file"))
    assert.is_nil((fp:add_file "/dev/null"))
    assert.is_nil((fp:add_data_uri "x"))
    assert.equal(hex, fp:hex())
  end)
end)

describe("asset.inspect of a file", function()
  it("passes what fits, and tells each step", function()
    local report = inspect(fixtures .. "boat.png")
    assert.is_true(report.ok)
    assert.same({}, report.problems)
    assert.equal("path image/png image 64 40 1 418 582 data_uri", table.concat({
      report.source, report.media_type, report.kind, report.width, report.height, report.orientation, report.size, report.encoded_size,
      report.delivery }, " "))
    assert.is_false(report.animated)
    local order = {}
    for place, row in ipairs(report.steps) do order[place] = row.check .. "=" .. row.outcome end
    assert.equal("source=pass media type=pass header=pass dimensions=pass aspect ratio=pass size=pass", table.concat(order, " "))
  end)

  it("needs no target", function()
    assert.is_true(asset.inspect(fixtures .. "boat.png").ok)
    assert.is_true(asset.inspect(fixtures .. "tone.wav").ok)
    assert.equal("asset.corrupt", classes(asset.inspect { bytes = read("boat.jpg"):sub(1, 700) }))
  end)

  -- Waiting does not make a missing file appear, so its class must be none that is tried again.
  it("names a missing file, a directory, a device and an empty file", function()
    local report = inspect "no/such/boat.png"
    assert.equal("asset.invalid_uri", classes(report))
    assert.matches("no/such/boat.png: No such file", report.problems[1].message)
    assert.equal("promptImage", report.problems[1].field)
    assert.matches("directory", inspect("spec").problems[1].message)
    assert.equal("asset.invalid_uri", classes(inspect "/dev/zero"))
    assert.equal("asset.invalid_uri", classes(inspect ""))
    with_file("", function(path)
      assert.equal("asset.corrupt", classes(inspect(path)))
    end)
  end)

  it("names a file cut short, with the numbers", function()
    for _, name in ipairs { "boat.png", "boat.jpg", "lossy.webp", "turned.jpg" } do
      local bytes = read(name):sub(1, -11)
      local report = inspect { bytes = bytes }
      assert.equal("asset.corrupt", classes(report))
      assert.matches("ends after " .. #bytes .. " bytes", report.problems[1].message)
    end
    assert.equal("asset.corrupt", classes(inspect { bytes = read("boat.png"):sub(1, 10) }))
  end)

  it("believes bytes, not names: formats that are not taken", function()
    local report = inspect(fixtures .. "boat.gif")
    assert.equal("asset.media_type", classes(report))
    assert.equal('Unsupported media type: "image/gif".', report.problems[1].message)
    assert.equal("Convert it to image/jpeg, image/png or image/webp.", report.problems[1].hint)
    assert.equal("asset.media_type", classes(inspect(fixtures .. "clip.mp4")))
    report = inspect { bytes = "<?xml version='1.0'?><Error>AccessDenied</Error>" .. (" "):rep(600) }
    assert.equal("asset.media_type", classes(report))
    assert.matches("XML: perhaps an error message", report.problems[1].hint)
    report = inspect { bytes = ("\0\1"):rep(400) }
    assert.equal('Unsupported media type: "unknown".', report.problems[1].message)
    assert.is_nil(report.media_type)
  end)

  it("takes video and audio where the field does", function()
    local report = inspect(fixtures .. "clip.mp4", { kinds = { video = true }, media_types = { ["video/mp4"] = true } })
    assert.is_true(report.ok)
    assert.equal("video", report.kind)
    assert.equal("pass", (outcome(report, "header")))
    report = inspect(fixtures .. "boat.png", { kinds = { video = true }, media_types = { ["video/mp4"] = true } })
    assert.equal("Give a video: this field takes video/mp4.", report.problems[1].hint)
  end)

  it("tells a file of another kind from one that can be converted", function()
    -- a video in an image field was told to be converted to image/jpeg
    local image = { kinds = { image = true }, media_types = { ["image/jpeg"] = true, ["image/png"] = true } }
    assert.equal("Give an image: this field takes image/jpeg or image/png.", inspect(fixtures .. "clip.mp4", image).problems[1].hint)
    assert.equal("Give an image: this field takes image/jpeg or image/png.", inspect(fixtures .. "tone.wav", image).problems[1].hint)
    assert.equal("Convert it to image/jpeg or image/png.", inspect(fixtures .. "boat.gif", image).problems[1].hint)
    local both = { kinds = { image = true, video = true }, media_types = { ["image/png"] = true, ["video/mp4"] = true } }
    assert.equal("Give an image or a video: this field takes image/png or video/mp4.", inspect(fixtures .. "tone.wav", both).problems[1].hint)
    assert.equal("Give a sound.", inspect(fixtures .. "clip.mp4", { kinds = { audio = true } }).problems[1].hint)
  end)

  it("says of a turned video how far it is rotated, of an image its EXIF orientation", function()
    local checks, reports = require "retake.asset.checks", require "retake.asset.report"
    local function header(kind, orientation)
      local report = reports.new "path"
      report.kind, report.media_type = kind, kind .. "/x"
      checks.media(report, {}, {}, { kind = kind, width = 64, height = 40, orientation = orientation })
      return (report.steps[1].detail:gsub("^64x40,? ?", ""))
    end
    assert.same({ "", "rotated by 90 degrees", "rotated by 180 degrees", "rotated by 270 degrees" },
      { header("video", 1), header("video", 6), header("video", 3), header("video", 8) })
    assert.same({ "", "EXIF orientation 6" }, { header("image", 1), header("image", 6) })
  end)

  it("has the sides in range, in the provider's words", function()
    local report = inspect { bytes = png(9000, 4500) }
    assert.equal("asset.dimensions", classes(report))
    assert.equal("Invalid asset dimensions. Height and width must not exceed 8000px. Got 9000x4500.", report.problems[1].message)
    assert.equal("Scale it to 8000x4000.", report.problems[1].hint)
    assert.is_true(inspect({ bytes = png(8000, 4000) }).ok)
    report = inspect({ bytes = png(300, 200) }, { min_side = 300 })
    assert.equal("Invalid asset dimensions. Height and width must be at least 300px. Got 300x200.", report.problems[1].message)
    assert.equal("Scale it to 450x300.", report.problems[1].hint)
    report = inspect({ bytes = png(9000, 9000) }, { words = { dimensions = "max %s: %s by %s and %s%d" } })
    assert.equal("max 8000: 9000 by 9000 and %d", report.problems[1].message)
  end)

  it("has the aspect ratio in range, and says how to cut or pad", function()
    local report = inspect { bytes = png(462, 1000) }
    assert.equal("asset.aspect_ratio", classes(report))
    assert.equal("Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2. Got 0.462.", report.problems[1].message)
    assert.equal("It is too tall: crop the height to at most 924 px, or pad the width to at least 500 px.", report.problems[1].hint)
    report = inspect { bytes = png(2100, 1000) }
    assert.equal("It is too wide: crop the width to at most 2000 px, or pad the height to at least 1050 px.", report.problems[1].hint)
    assert.is_true(inspect({ bytes = png(500, 1000) }).ok)
    assert.is_true(inspect({ bytes = png(2000, 1000) }).ok)
  end)

  -- 0.49983 printed with three decimals read "between 0.5 and 2. Got 0.5."
  it("prints a ratio that just misses so that it can be told from the limit", function()
    assert.matches("Got 0.499833.", inspect({ bytes = png(1499, 2999) }).problems[1].message, 1, true)
  end)

  it("judges the picture as shown, and warns where only that one fits", function()
    local report = inspect(fixtures .. "turned.jpg", { aspect = { min = 0.5, max = 1 } })
    assert.is_true(report.ok)
    assert.equal("40 60 6", report.width .. " " .. report.height .. " " .. report.orientation)
    assert.equal("warn", (outcome(report, "aspect ratio")))
    assert.equal("asset.aspect_ratio", classes(inspect(fixtures .. "turned.jpg", { aspect = { min = 1, max = 2 } })))
    assert.equal("pass", (outcome(inspect(fixtures .. "turned.jpg"), "aspect ratio")))
  end)

  it("compares with the asked ratio as the provider does", function()
    local asked = { ratio = "1280:720" }
    local report = inspect({ bytes = png(1000, 1000) }, nil, asked)
    assert.is_true(report.ok)
    assert.equal("1000x1000 is not of the shape 1280:720: about 44 % of it would be cropped away",
      select(2, outcome(report, "fits the request")))
    report = inspect({ bytes = png(1920, 1080) }, { match = "size" }, asked)
    assert.equal("asset.mismatch", classes(report))
    assert.equal("The image is 1920x1080, the request asks for 1280:720.", report.problems[1].message)
    assert.is_true(inspect({ bytes = png(1280, 720) }, { match = "size" }, asked).ok)
    assert.is_true(inspect({ bytes = png(1920, 1080) }, { match = "ratio" }, asked).ok)
    assert.equal("Crop it to 1000x562.", inspect({ bytes = png(1000, 1000) }, { match = "ratio" }, asked).problems[1].hint)
    assert.is_true(inspect({ bytes = png(1000, 1000) }, { match = "ratio" }, { ratio = "adaptive" }).ok)
  end)

  it("tells animations", function()
    assert.equal("warn", (outcome(inspect(fixtures .. "moving.webp"), "animation")))
    assert.equal("asset.media_type", classes(inspect(fixtures .. "moving.png", { animated = false })))
    assert.is_nil(outcome(inspect(fixtures .. "moving.png", { animated = true }), "animation"))
  end)

  it("puts the worst problem first", function()
    local report = inspect({ bytes = png(9000, 1000, 6000000) }, { upload = false })
    assert.equal("asset.too_large asset.dimensions asset.aspect_ratio", classes(report))
    assert.is_nil(report.delivery)
    for _, problem in ipairs(report.problems) do assert.is_nil(problem.place) end
  end)

  it("throws at the caller for what is no source", function()
    for _, wrong in ipairs { 7, true, {}, { bytes = 7 } } do
      local good, message = pcall(asset.inspect, wrong)
      assert.is_false(good)
      assert.matches("the source has to be", message)
    end
    assert.has_error(function() asset.inspect("x", 7) end)
  end)
end)

describe("asset.inspect of a data URI", function()
  local function uri(name, media_type)
    return "data:" .. media_type .. ";base64," .. core.base64(read(name))
  end

  it("measures it like the file", function()
    for _, case in ipairs { { "boat.png", "image/png" }, { "turned.jpg", "image/jpg" }, { "moving.webp", "image/webp" } } do
      local file, report = inspect(fixtures .. case[1]), inspect(uri(case[1], case[2]))
      assert.is_true(report.ok)
      for _, name in ipairs { "media_type", "kind", "width", "height", "orientation", "animated", "size" } do
        assert.equal(file[name], report[name])
      end
      assert.equal("data_uri as_is", report.source .. " " .. report.delivery)
    end
  end)

  it("tells what is wrong with its form", function()
    local function first(text)
      local problem = inspect(text).problems[1]
      return problem.class .. " " .. problem.message, problem.hint
    end
    local text, hint = first "data:image/png;base64"
    assert.equal("asset.invalid_uri Invalid data URI.", text)
    assert.matches("comma", hint)
    assert.equal("asset.media_type Unsupported asset type. Data URIs must include the content type of the value they encode.",
      (first "data:;base64,QUJD"))
    assert.matches("must be base64", (first "data:image/png,abc"))
    text, hint = first("data:image/png;base64," .. ("A"):rep(76) .. "\n" .. ("A"):rep(76))
    assert.equal("asset.invalid_uri Invalid data URI.", text)
    assert.matches("line break %(character 99 of 175%). .*%-w0", hint)
    assert.matches("alphabet", select(2, first "data:image/png;base64,QU-_"))
    assert.matches("four", select(2, first "data:image/png;base64,QUJDQQ"))
    assert.matches("plain base64", select(2, first "data:image/png;base64,QU D"))
    assert.matches("percent", select(2, first "data:image/png;base64,QU%2B"))
    assert.equal("asset.corrupt Invalid data URI.", (first "data:image/png;base64,"))
  end)

  it("compares the declared type with the bytes", function()
    local report = inspect(uri("boat.png", "image/jpeg"))
    assert.equal("asset.media_type", classes(report))
    assert.equal('The media type says "image/jpeg", but the bytes are "image/png".', report.problems[1].message)
    report = inspect(uri("boat.png", "application/octet-stream"))
    assert.equal("Unsupported asset type. Data URIs must include the content type of the value they encode.", report.problems[1].message)
    assert.equal("Name the real type: data:image/png;base64,...", report.problems[1].hint)
    local video = { kinds = { video = true, audio = true }, media_types = { ["video/quicktime"] = true, ["audio/mp4"] = true } }
    assert.is_true(inspect(uri("clip.mp4", "video/mov"), video).ok)
    assert.equal("audio", inspect(uri("tone.m4a", "audio/m4a"), video).kind)
  end)

  it("counts characters, not bytes, and says how much fits", function()
    local text = "data:image/png;base64," .. core.base64(png(1000, 1000, 1000000))
    assert.is_true(inspect(text).ok)
    local report = inspect(text, { max_bytes = { data_uri_chars = #text } })
    assert.is_true(report.ok)
    report = inspect(text, { max_bytes = { data_uri_chars = #text - 1 }, upload = false })
    assert.equal("asset.too_large", classes(report))
    assert.equal("Data URIs must contain at most " .. #text - 1 .. " characters. Got " .. #text .. ".", report.problems[1].message)
    assert.matches("at most %d+ bytes %(now " .. report.size .. "%)", report.problems[1].hint)
    report = inspect(text, { max_bytes = { data_uri_chars = { image = 10, video = 1e9 } }, upload = false })
    assert.equal("asset.too_large", classes(report))
    assert.equal("warn", (outcome(inspect(text, { max_bytes = { data_uri_warn_chars = 1000 }, upload = false }), "size")))
    assert.equal("asset.invalid_uri", classes(inspect(text, { data_uri = false, upload = false })))
  end)

  it("goes by upload where it is longer than a data URI may be", function()
    local text = "data:image/png;base64," .. core.base64(png(1000, 1000, 1000000))
    local function way(changes)
      local report = inspect(text, changes)
      return report.delivery or report.problems[1].message
    end
    assert.equal("as_is", way { max_bytes = { data_uri_chars = #text } })
    assert.equal("upload", way { max_bytes = { data_uri_chars = #text - 1 } })
    assert.equal("upload", way { max_bytes = { data_uri_warn_chars = #text - 1 } })
    assert.equal("upload", way { data_uri = false })
    assert.equal("Asset size exceeds 1.0MB.", way { max_bytes = { data_uri_chars = 10, upload = 1e6 } })
    assert.equal("as_is", way { max_bytes = { data_uri_warn_chars = 10, upload = 1e6 } })
  end)
end)

describe("asset.inspect of a URL", function()
  it("passes an https URL on a domain, and says that it was not fetched", function()
    local report = inspect "https://cdn.example.com/boat.png?sig=abc"
    assert.is_true(report.ok)
    assert.equal("url as_is skip", report.source .. " " .. report.delivery .. " " .. outcome(report, "fetch"))
    assert.is_nil(report.media_type)
  end)

  it("finds an address in every spelling", function()
    for _, host in ipairs {
      "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "%31%32%37.0.0.1", "[::1]", "[::ffff:127.0.0.1]",
      "user@10.0.0.1", "cdn.example.com@10.0.0.1", "localhost", "a.localhost", "printer.local", "intranet",
    } do
      local report = inspect("https://" .. host .. "/boat.png")
      assert.matches("asset.ip_address", classes(report), 1, true)
      assert.equal("URLs must be hosted on a domain.", report.problems[#report.problems].message)
    end
  end)

  it("tells insecure, malformed and overlong URLs apart", function()
    assert.equal("asset.insecure_url", classes(inspect "http://cdn.example.com/a.png"))
    assert.equal("asset.insecure_url", classes(inspect "ftp://cdn.example.com/a.png"))
    assert.equal("asset.insecure_url", classes(inspect "s3://bucket.example/a.png"))
    assert.matches("plain path", inspect("file://cdn.example.com/a.png").problems[1].hint)
    -- a bucket was once told to be a name that only one's own network knows
    for source, hint in pairs { ["s3://bucket"] = "not s3://", ["ftp://x"] = "not ftp://", ["gs://bucket/a.png"] = "not gs://",
      ["file:///tmp/a.png"] = "plain path", ["FILE:///tmp/a.png"] = "plain path" } do
      local report = inspect(source)
      assert.equal("asset.insecure_url", classes(report), source)
      assert.truthy(report.problems[1].hint:find(hint, 1, true), report.problems[1].hint)
    end
    assert.equal("asset.insecure_url asset.ip_address", classes(inspect "http://10.0.0.1/a.png"))
    assert.equal("Invalid URL", inspect("https:/cdn.example.com/a.png").problems[1].message)
    assert.equal("asset.invalid_uri", classes(inspect "https://cdn.example.com/a b.png"))
    assert.equal("asset.invalid_uri", classes(inspect " https://cdn.example.com/a.png"))
    local long = "https://cdn.example.com/" .. ("a"):rep(2025)
    assert.equal("URLs must contain at most 2048 characters. Got 2049.", inspect(long).problems[1].message)
    assert.is_true(inspect(long:sub(1, 2048)).ok)
  end)

  it("refuses user information without repeating it", function()
    local report = inspect "https://user:hunter2@cdn.example.com/a.png"
    assert.equal("asset.invalid_uri", classes(report))
    for _, row in ipairs(report.steps) do assert.is_nil(tostring(row.detail):find "hunter2") end
    assert.is_nil((report.problems[1].message .. report.problems[1].hint):find "hunter2")
  end)

  it("leaves the provider's own ids alone", function()
    local report = inspect "runway://eyJhbGci"
    assert.is_true(report.ok)
    assert.equal("provider as_is", report.source .. " " .. report.delivery)
    assert.equal("asset.insecure_url", classes(inspect "runware://x.example/y"))
    assert.equal("asset.invalid_uri", classes(inspect("runway://" .. ("x"):rep(100), { id_max_chars = 50 })))
    assert.equal("provider", inspect("c64351d5-4c59-42f7-95e1-eace013eddab", { ids = { "^%x+%-%x+%-%x+%-%x+%-%x+$" } }).source)
    assert.equal("path", inspect("c64351d5-4c59-42f7-95e1-eace013eddab").source)
  end)
end)

describe("asset.delivery", function()
  local function how(size, changes)
    local report = { source = "path", kind = "image", media_type = "image/png", size = size, encoded_size = core.base64_length(size) + 22 }
    local way, problem = asset.delivery(report, limits(changes))
    return way or problem.class, problem
  end

  it("goes inside the request up to the last character, then by upload, then not at all", function()
    local most = (5242880 - 24) / 4 * 3 -- 22 characters of head, groups of four
    assert.equal("data_uri", (how(most)))
    assert.equal("upload", (how(most + 3)))
    assert.equal("upload", (how(200e6)))
    local class, problem = how(200e6 + 1)
    assert.equal("asset.too_large", class)
    assert.equal("Asset size exceeds 200.0MB.", problem.message)
    class, problem = how(most + 3, { upload = false })
    assert.equal("asset.too_large Asset size exceeds 5.0MB.", class .. " " .. problem.message)
    assert.matches("at most " .. string.format("%.0f", most) .. " bytes", problem.hint)
  end)

  it("knows the least size of an upload and who takes no files", function()
    assert.equal("upload", (how(512, { data_uri = false })))
    local class, problem = how(511, { data_uri = false })
    assert.equal("asset.invalid Asset size is below 512 bytes. Got 511.", class .. " " .. problem.message)
    assert.equal("asset.invalid_uri", (how(600, { data_uri = false, upload = false })))
    assert.equal("data_uri", (how(1e9, { max_bytes = {} })))
  end)

  it("leaves everything else as it is", function()
    for _, source in ipairs { "url", "provider" } do assert.equal("as_is", asset.delivery({ source = source }, limits())) end
    assert.equal("as_is", asset.delivery({ source = "data_uri", kind = "image", size = 1, encoded_size = 5 }, limits()))
    assert.equal("data_uri", asset.delivery { source = "bytes", size = 1, encoded_size = 5 })
  end)
end)

describe("asset.data_uri", function()
  it("makes what inspect takes", function()
    local text = assert(asset.data_uri(fixtures .. "boat.png"))
    assert.equal("data:image/png;base64," .. core.base64(read "boat.png"), text)
    assert.equal(inspect(fixtures .. "boat.png").encoded_size, #text)
    assert.is_true(inspect(text).ok)
    assert.equal("data:image/jpg;base64,QUJD", asset.data_uri({ bytes = "ABC" }, "image/jpg"))
  end)

  it("answers a problem for what cannot be read or is no media", function()
    local text, problem = asset.data_uri "no such file"
    assert.is_nil(text)
    assert.equal("asset.invalid_uri", problem.class)
    text, problem = asset.data_uri { bytes = "plain words" }
    assert.is_nil(text)
    assert.equal("asset.media_type", problem.class)
    assert.is_nil((asset.data_uri { bytes = "\0\1\2" }))
  end)
end)

describe("asset.fingerprint_part", function()
  local function print_of(...)
    local fp = core.fingerprint()
    for _, source in ipairs { ... } do assert.is_true(asset.fingerprint_part(fp, source)) end
    return fp:hex()
  end

  it("is the same for the same picture in any form", function()
    local path = fixtures .. "boat.png"
    local want = print_of(path)
    assert.equal(want, print_of { bytes = read "boat.png" })
    assert.equal(want, print_of(assert(asset.data_uri(path))))
    assert.equal(want, print_of((assert(asset.data_uri(path)):gsub("image/png", "image/x-png"))))
    assert.not_equal(want, print_of(fixtures .. "boat.jpg"))
    assert.not_equal(want, print_of(path, path))
  end)

  it("never lets two lists of parts run together", function()
    assert.not_equal(print_of("https://a.example/x", "https://b.example/y"), print_of "https://a.example/xhttps://b.example/y")
    assert.not_equal(print_of({ bytes = "ab" }, { bytes = "c" }), print_of({ bytes = "a" }, { bytes = "bc" }))
    assert.not_equal(print_of "https://a.example/x", print_of { bytes = "https://a.example/x" })
  end)

  it("answers a problem for a file that is not there, and adds nothing", function()
    local fp = core.fingerprint()
    local before = fp:hex()
    local good, problem = asset.fingerprint_part(fp, "no such file")
    assert.is_nil(good)
    assert.equal("asset.invalid_uri", problem.class)
    assert.is_nil((asset.fingerprint_part(fp, "data:broken")))
    assert.equal(before, fp:hex())
  end)
end)
