--- What inspecting assets costs: bytes read and nanoseconds for a header of each form, a long data URI, hundreds of URLs over one client.
-- usage: lua bench/assets.lua MEDIA     MEDIA: bench/media.c, built. Pictures and videos are made at the first run and kept below build/.
package.path = "./?.lua;" .. package.path
local asset = require "retake.asset"
local client_of = require "retake.client"
local core = require "retake.core"
local hosts = require "spec.support.asset_hosts"
local images = require "spec.support.media_images"
local retake = require "retake"
local videos = require "spec.support.media_videos"

local program = assert(arg[1], "usage: lua bench/assets.lua MEDIA")
local missed = 0

local function bound(text, holds)
  if not holds then missed = missed + 1 end
  print((holds and "  " or "MISSED: ") .. text)
end

local function best_of(rounds, fn)
  local best = math.huge
  for _ = 1, rounds do
    local start = os.clock() -- the processor's time: what others do on the machine does not count
    fn()
    best = math.min(best, os.clock() - start)
  end
  return best
end

---- files -------------------------------------------------------------------------------------------------------------------------

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local function make(path, command)
  if not exists(path) then assert(hosts.run(command, path), command) end
  return path
end

-- Of a camera's size, with a thumbnail in its EXIF segment.
local function camera_picture(folder)
  local path = folder .. "camera.jpg"
  if exists(path) then return path end
  local plain = make(folder .. "plain.jpg", "convert -size 2400x1800 plasma:grey-blue -quality 92 %s")
  local thumbnail = make(folder .. "thumbnail.jpg", "convert -size 160x120 plasma:grey-blue -quality 80 -strip %s")
  local bytes = images.read(plain)
  hosts.write(path, bytes:sub(1, 2) .. images.exif(6, true, images.read(thumbnail)) .. bytes:sub(3))
  return path
end

local VIDEO = "ffmpeg -nostdin -y -v error -f lavfi -i testsrc2=size=64x48:rate=25:duration=40 -c:v libx264 -preset ultrafast -pix_fmt yuv420p "

local function made_files()
  local folder = "build/bench/"
  assert(hosts.run("mkdir -p %s", folder))
  local special = {
    camera = camera_picture(folder), thousand = make(folder .. "end.mp4", VIDEO .. "%s"),
    thousand_first = make(folder .. "start.mp4", VIDEO .. "-movflags faststart %s"),
  }
  local list = { special.camera, special.thousand, special.thousand_first }
  for place, made in pairs { ["build/images/"] = images, ["build/videos/"] = videos } do
    for _, name in ipairs((made.make(place))) do list[#list + 1] = place .. name end
  end
  return list, special
end

-- { path =, media_type =, size =, ns =, requests =, to_sides =, bytes = } of each that can be read to its end
local function measured(list)
  hosts.write("build/bench/list", table.concat(list, "\n") .. "\n")
  local pipe, rows = assert(io.popen("xargs -n 400 " .. program .. " <build/bench/list")), {}
  for line in pipe:lines() do
    local path, media_type, numbers = line:match "^([^\t]+)\t([^\t]+)\t(.*)$"
    local size, ns, requests, to_sides, bytes = numbers:match "(%d+)\t(%d+)\t(%d+)\t(%d+)\t(%d+)"
    rows[#rows + 1] = { path = path, media_type = media_type, size = tonumber(size), ns = tonumber(ns), requests = tonumber(requests),
      to_sides = tonumber(to_sides), bytes = tonumber(bytes) }
    rows[path] = rows[#rows]
  end
  pipe:close()
  return rows
end

local function by_type(rows)
  local groups, order = {}, {}
  for _, row in ipairs(rows) do
    local group = groups[row.media_type]
    if not group then
      group = { files = 0, ns = 0, ns_least = math.huge, to_sides = 0, bytes = 0, requests = 0 }
      groups[row.media_type], order[#order + 1] = group, row.media_type
    end
    group.files, group.ns_least = group.files + 1, math.min(group.ns_least, row.ns)
    for _, name in ipairs { "ns", "to_sides", "bytes", "requests" } do group[name] = math.max(group[name], row[name]) end
  end
  table.sort(order)
  return groups, order
end

local small = { ["image/png"] = true, ["image/gif"] = true, ["image/bmp"] = true, ["image/webp"] = true }

-- The quicker of two rounds for each file: other work on the machine may slow one of them down for seconds.
local function measured_twice(list)
  local rows, again = measured(list), measured(list)
  for _, row in ipairs(rows) do row.ns = math.min(row.ns, again[row.path].ns) end
  return rows
end

local function bench_headers()
  local list, special = made_files()
  local rows = measured_twice(list)
  local groups, order = by_type(rows)
  print "form               files  ns in memory   bytes to the sides  bytes in all  requests   (the most of any file)"
  for _, name in ipairs(order) do
    local group = groups[name]
    print(("%-18s %5d  %5d - %5d  %19d  %12d  %8d"):format(name, group.files, group.ns_least, group.ns, group.to_sides, group.bytes, group.requests))
  end
  for _, name in ipairs(order) do
    if name:find "^image/" then bound(("%s: %d ns, less than 1000"):format(name, groups[name].ns), groups[name].ns < 1000) end
    if small[name] then bound(("%s: %d bytes to the sides, at most 64"):format(name, groups[name].to_sides), groups[name].to_sides <= 64) end
  end
  local camera, late, early = rows[special.camera], rows[special.thousand], rows[special.thousand_first]
  bound(("a camera's JPEG of %d bytes with a thumbnail: %d bytes read, less than 4096"):format(camera.size, camera.bytes), camera.bytes < 4096)
  bound(("an MP4 of 1000 samples: %d ns, less than 50000"):format(early.ns), early.ns < 50000)
  bound(("the same with its header at the end: %d bytes of %d in %d requests, at most two further ranges"):format(late.bytes, late.size,
    late.requests), late.requests <= 3)
  local bytes = images.read(special.camera)
  print(("  from Lua, its table included: %.0f ns for that JPEG"):format(best_of(10, function()
    for _ = 1, 10000 do core.media(bytes) end
  end) / 10000 * 1e9))
end

---- a data URI ------------------------------------------------------------------------------------------------------------------------

local function bench_data_uri()
  local picture = images.read "build/images/a.png"
  local text = core.base64(picture:sub(1, -13) .. ("\0\1\2\3crc!"):rep(1572864 - 60) .. picture:sub(-12), "data:image/png;base64,")
  local offset = core.data_uri(text).offset
  local check = best_of(20, function() assert(core.base64_check(text, offset)) end)
  local copy = best_of(20, function() assert(#(text .. "=") > 0) end)
  local whole = best_of(20, function() assert(asset.inspect(text).size > 0) end)
  local speed = #text / whole / 1e9
  print(("a data URI of %.1f MiB: base64 checked at %.1f GB/s, copied at %.1f GB/s"):format(#text / 1048576, #text / check / 1e9,
    #text / copy / 1e9))
  bound(("inspected as a whole at %.1f GB/s, at least 1"):format(speed), speed >= 1)
end

---- URLs ------------------------------------------------------------------------------------------------------------------------------

local config = [[
daemon on; pid @/pid; error_log @/error.log crit; worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000; client_body_temp_path @/t; proxy_temp_path @/t; fastcgi_temp_path @/t; uwsgi_temp_path @/t;
  scgi_temp_path @/t; ssl_certificate @/server.pem; ssl_certificate_key @/server.key;
  server { listen 127.0.0.1:%d ssl%s; location ~ ^/ { default_type image/png; alias @/boat.png; } }
}
]]

local URLS, AT_ONCE = 500, 64
local HOME = { "127.0.0.1", "::1" }

-- Side by side, as retake check does it.
local function run_side_by_side(client, count, fn)
  local following, done = 1, 0
  for _ = 1, math.min(AT_ONCE, count) do
    client:spawn(function()
      while following <= count do
        local place = following
        following = place + 1
        fn(place)
        done = done + 1
      end
    end)
  end
  while done < count do client:wait(1) end
end

-- Seconds, and connections made.
local function timed(folder, run)
  local client, connections = client_of.new { concurrency = AT_ONCE }, 0
  local start = core.now()
  run(client, function(outcome)
    assert(outcome.kind == "response", outcome.message)
    if not outcome.reused then connections = connections + 1 end
  end, folder .. "/ca.pem")
  local took = core.now() - start
  client:close()
  return took, connections
end

local function inspections(url)
  return function(client, tell, ca_file)
    run_side_by_side(client, URLS, function(place)
      local report = retake.inspect(url .. place, { provider = "runway", model = "gen4_turbo", field = "image", client = client,
        allow_addresses = HOME, ca_file = ca_file, on_request = function(_, outcome) tell(outcome) end })
      assert(report.ok, report.problems[1] and report.problems[1].message)
    end)
  end
end

-- The same requests with nothing around them.
local function bare_requests(url)
  return function(client, tell, ca_file)
    run_side_by_side(client, URLS, function(place)
      for _, method in ipairs { "HEAD", "GET" } do
        tell(client:wait_transfer(assert(client.engine:start { method = method, url = url .. place, range = method == "GET" and "0-16383" or nil,
          ca_file = ca_file, guard = true, allow_addresses = HOME, timeout = { connect = 10, total = 10 } })))
      end
    end)
  end
end

local function bench_urls(version, listens)
  local folder = os.tmpname()
  os.remove(folder)
  assert(hosts.run("mkdir %s", folder))
  hosts.certificates(folder)
  hosts.write(folder .. "/boat.png", images.read "build/images/a.png")
  local ports, stop = hosts.nginx(folder, (config:gsub("%%s", listens)), 1)
  local url = ("https://%s:%d/"):format(hosts.name, ports[1])
  local ok, trouble = pcall(function()
    timed(folder, bare_requests(url))
    local ratios, least, connections = {}, math.huge, 0
    for round = 1, 5 do
      local bare = timed(folder, bare_requests(url))
      local took, made = timed(folder, inspections(url))
      ratios[round], least, connections = took / bare, math.min(least, took), math.max(connections, made)
    end
    table.sort(ratios)
    print(("%d URLs checked side by side over TLS and %s: %.3f s, %.2f times what their requests alone take"):format(URLS, version, least, ratios[3]))
    bound(("%s: %d connections for %d requests, at most %d"):format(version, connections, 2 * URLS, AT_ONCE), connections <= AT_ONCE)
    bound(("%s: %.2f times the requests alone, at most 2.5"):format(version, ratios[3]), ratios[3] <= 2.5)
  end)
  stop()
  os.execute("rm -rf " .. folder)
  if not ok then error(trouble, 0) end
end

bench_headers()
bench_data_uri()
bench_urls("HTTP/1.1", "")
bench_urls("HTTP/2", " http2")
os.exit(missed > 0 and 1 or 0)
