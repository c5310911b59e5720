-- What a provider would say about a URL, against real servers: every reason of Runway's page "Troubleshooting assets" and of its live answers,
-- with its class, the page's words with the real numbers, and a remedy.
local asset = require "retake.asset"
local client_of = require "retake.client"
local core = require "retake.core"
local hosts = require "spec.support.asset_hosts"
local fault_server = require "spec.support.fault_server"
local http = require "retake.http"
local limits_of = require "retake.provider.runway_limits"
local made = require "spec.support.made_media"
local retake = require "retake"

local MIB = 1048576
local AGENT = "RunwayML API/1.0"
local HOME = { "127.0.0.1", "::1" }

local config = [[
daemon on; pid @/pid; error_log @/error.log crit; worker_processes 1;
events { worker_connections 256; }
http {
  log_format short '$request_method $uri "$http_range" $status $body_bytes_sent "$http_user_agent"';
  access_log @/access.log short;
  client_body_temp_path @/t; proxy_temp_path @/t; fastcgi_temp_path @/t; uwsgi_temp_path @/t; scgi_temp_path @/t;
  types { image/png png; image/jpeg jpg; image/gif gif; video/mp4 mp4; text/html html; audio/mp4 m4a; }
  default_type application/octet-stream;
  ssl_certificate @/server.pem; ssl_certificate_key @/server.key;
  server {
    listen 127.0.0.1:%d ssl http2; root @/files;
    location = /moved { return 302 https://cdn.localhost/boat.png?sig=s3cret; }
    location = /forbidden.png { return 403; }
    location = /gone.png { return 410; }
    location = /broken.png { return 500; }
    location = /octets { default_type application/octet-stream; alias @/files/boat.png; }
    location = /page.png { types { } default_type text/html; alias @/files/page.html; }
    location = /liar.png { types { } default_type image/png; alias @/files/boat.jpg; }
    location = /charset.png { types { } default_type "image/PNG; charset=binary"; alias @/files/boat.png; }
    location = /alias.png { types { } default_type image/jpg; alias @/files/boat.jpg; }
    location = /text.png { types { } default_type image/png; alias @/files/page.html; }
    location = /signed.png { if ($request_method = HEAD) { return 403; } alias @/files/boat.png; }
    location = /no-head.png { if ($request_method = HEAD) { return 405; } alias @/files/boat.png; }
    location = /no-get.png { if ($request_method = GET) { return 403; } alias @/files/boat.png; }
    location = /no-range.png { max_ranges 0; alias @/files/boat.png; }
    location = /no-range-late.mp4 { max_ranges 0; alias @/files/late.mp4; }
    location = /no-range-big.png { max_ranges 0; alias @/files/biggest.png; }
    location = /fussy.png { if ($http_range) { return 400; } alias @/files/boat.png; }
    location = /picky.png { if ($http_user_agent != "RunwayML API/1.0") { return 403; } alias @/files/boat.png; }
  }
  server { listen 127.0.0.1:%d; location / { return 200 "plain"; } }
}
]]

local PNG = made.png(640, 480)
local OK = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
local LENGTH = "Content-Length: " .. #PNG .. "\r\n"

local routes = {
  ["/silent"] = { HEAD = {}, GET = {} },
  ["/garbage"] = { HEAD = { "SSH-2.0-OpenSSH_9.2\r\n" } },
  ["/slow"] = { HEAD = { 3, OK .. "\r\n" } },
  ["/slow-body"] = { HEAD = { OK .. LENGTH .. "\r\n" }, GET = { OK .. LENGTH .. "\r\n", 3, PNG } },
  ["/late"] = { HEAD = { 1.1, OK .. LENGTH .. "\r\n" }, GET = { OK .. LENGTH .. "\r\n" .. PNG } },
  ["/typeless"] = { HEAD = { "HTTP/1.1 200 OK\r\n" .. LENGTH .. "\r\n" }, GET = { "HTTP/1.1 200 OK\r\n" .. LENGTH .. "\r\n" .. PNG } },
  ["/streamed"] = {
    HEAD = { OK .. "Transfer-Encoding: chunked\r\n\r\n" },
    GET = { OK .. "Transfer-Encoding: chunked\r\n\r\n" .. ("%x\r\n"):format(#PNG) .. PNG .. "\r\n0\r\n\r\n" },
  },
  ["/shorter"] = { HEAD = { OK .. "Content-Length: 5000\r\n\r\n" }, GET = { OK .. LENGTH .. "\r\n" .. PNG } },
  ["/cut"] = { HEAD = { OK .. "Content-Length: 5000\r\n\r\n" }, GET = { OK .. "Content-Length: 5000\r\n\r\n" .. PNG } },
  ["/empty"] = { HEAD = { OK .. "Content-Length: 0\r\n\r\n" }, GET = { OK .. "Content-Length: 0\r\n\r\n" } },
  ["/crumbs"] = { HEAD = { OK .. LENGTH .. "\r\n" }, GET = { "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/" .. #PNG
    .. "\r\nContent-Length: 10\r\n\r\n" .. PNG:sub(1, 10) } },
  ["/no-head"] = { HEAD = { "HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n" }, GET = { OK .. LENGTH .. "\r\n" .. PNG } },
}

describe("asset.inspect over the network", function()
  local folder, stop_nginx, stop_raw, stop_other, client
  local base = {} -- what the URLs below begin with

  setup(function()
    folder = fault_server.new_folder()
    hosts.certificates(folder)
    assert(hosts.run("mkdir -p %s/files", folder))
    local function file(name, bytes) hosts.write(folder .. "/files/" .. name, bytes) end
    for _, name in ipairs { "boat.png", "boat.jpg", "boat.gif", "turned.jpg", "tone.m4a" } do file(name, hosts.read("spec/fixtures/" .. name)) end
    file("page.html", "<!doctype html><html><body>Share this picture</body></html>")
    file("big.png", made.png(640, 480, 16 * MIB + 1))
    file("biggest.png", made.png(640, 480, 16 * MIB))
    file("wide.png", made.png(2370, 1000))
    file("tall.png", made.png(462, 1000))
    file("huge.png", made.png(8001, 8000))
    file("cut.png", hosts.read("spec/fixtures/boat.png"):sub(1, -13))
    file("long.mp4", made.ffmpeg("-f lavfi -i testsrc=s=64x64:r=2:d=31 -pix_fmt yuv420p -c:v libx264", "mp4"))
    file("late.mp4", made.ffmpeg("-f lavfi -i testsrc=s=320x240:r=10:d=5 -pix_fmt yuv420p -c:v libx264 -b:v 400k", "mp4"))
    local ports
    ports, stop_nginx = hosts.nginx(folder, config, 2)
    local raw, other
    raw, stop_raw = hosts.raw(folder, routes)
    other, stop_other = hosts.raw(folder, routes, "other")
    base = {
      nginx = ("https://%s:%d"):format(hosts.name, ports[1]), plain = ("https://%s:%d"):format(hosts.name, ports[2]),
      raw = ("https://%s:%d"):format(hosts.name, raw), other = ("https://%s:%d"):format(hosts.name, other),
    }
    client = client_of.new {}
  end)
  teardown(function()
    client:close()
    stop_raw()
    stop_other()
    stop_nginx()
    os.execute("rm -rf " .. folder)
    made.remove_all()
  end)

  local function place(text)
    return (text:gsub("^(%a+) (/.*)$", function(name, path) return base[name] and base[name] .. path end))
  end

  local function inspect(source, target)
    local aim = { provider = "runway", model = "gen4_turbo", field = "promptImage", allow_addresses = HOME, client = client }
    for key, value in pairs(target or {}) do aim[key] = value end
    aim.ca_file = folder .. "/ca.pem"
    return retake.inspect(place(source), aim)
  end

  -- With other limits than a provider's own.
  local function inspect_with(source, limits, target)
    local aim = { fetch = http.fetcher(client, { ca_file = folder .. "/ca.pem" }), allow_addresses = HOME, limits = limits, field = "promptImage" }
    for key, value in pairs(target or {}) do aim[key] = value end
    local report
    client:call(function() report = asset.inspect(place(source), aim) end)
    return report
  end

  local function runway(changes)
    local limits = limits_of.limits_for("gen4_turbo", "promptImage")
    for key, value in pairs(changes) do limits[key] = value end
    return limits
  end

  local function row(report, check)
    for _, entry in ipairs(report.steps) do
      if entry.check == check then return entry.outcome, entry.detail end
    end
  end

  local function order(report)
    local list = {}
    for _, entry in ipairs(report.steps) do list[#list + 1] = entry.check .. "=" .. entry.outcome end
    return table.concat(list, " ")
  end

  local function requests(run)
    hosts.write(folder .. "/access.log", "")
    run()
    os.execute "sleep 0.05" -- the log is written after the answer
    local list = {}
    for line in hosts.read(folder .. "/access.log"):gmatch "[^\n]+" do list[#list + 1] = line end
    return list
  end

  -- Every reason of the page, in its order, with what it is called here and a part of the remedy.
  local reasons = {
    { "Invalid data URI.", "data:image/png;base64,iVBORw0KGgo*", "asset.invalid_uri", "plain base64" },
    { "Invalid data URI.", "data:image/png", "asset.invalid_uri", "It has to read data:" },
    { "Unsupported asset type. Data URIs must include the content type of the value they encode.", "data:;base64,iVBORw0KGgo=",
      "asset.media_type", "Name the type" },
    { "Unsupported asset type. Data URIs must include the content type of the value they encode.",
      "data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=", "asset.media_type", "Convert it to image/jpeg" },
    { "Invalid URL", "https:///boat.png", "asset.invalid_uri", "cannot be parsed" },
    { "Invalid URL", "https://cdn.example.com/a b.png", "asset.invalid_uri", "cannot be parsed" },
    { "Only HTTPS URLs are allowed.", "http://cdn.example.com/boat.png", "asset.insecure_url", "Use https://" },
    { "Only HTTPS URLs are allowed.", "ftp://cdn.example.com/boat.png", "asset.insecure_url", "not ftp://" },
    { "URLs must be hosted on a domain.", "https://11.22.33.44/foo/bar", "asset.ip_address", "use its domain name" },
    { "URLs must be hosted on a domain.", "https://[2606:4700::1111]:8443/bar", "asset.ip_address", "use its domain name" },
    { "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.", "https://no-such-host.invalid/boat.png",
      "asset.unreachable", "name cannot be resolved" }, -- DNS
    { "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.", "https://cdn.localhost:1/boat.png",
      "asset.unreachable", "Nothing takes connections" }, -- TCP
    { "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.", "other /silent",
      "asset.unreachable", "TLS failed" }, -- a certificate for another name
    { "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.", "plain /boat.png",
      "asset.unreachable", "TLS failed" }, -- no TLS at all
    { "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.", "raw /garbage",
      "asset.unreachable", "as HTTP asks for" }, -- no HTTP
    { "Failed to fetch asset. The URL may be incorrect or the server hosting the asset may be down.", "raw /silent",
      "asset.unreachable", "closed the connection" }, -- closed
    { 'Failed to fetch asset. Received HTTP response code "404"', "nginx /none.png", "asset.bad_status", "no file at that address" },
    { 'Failed to fetch asset. Received HTTP response code "403"', "nginx /forbidden.png", "asset.bad_status", AGENT },
    { 'Failed to fetch asset. Received HTTP response code "410"', "nginx /gone.png", "asset.bad_status", "gone" },
    { 'Failed to fetch asset. Received HTTP response code "500"', "nginx /broken.png", "asset.bad_status", "trouble of its own" },
    { 'Failed to fetch asset. Received HTTP response code "302"', "nginx /moved", "asset.bad_status", "https://cdn.localhost/boat.png" },
    { 'Failed to fetch asset. Received HTTP response code "405"', "nginx /no-head.png", "asset.bad_status", "refuses HEAD" },
    { 'Failed to fetch asset. Received HTTP response code "501"', "raw /no-head", "asset.bad_status", "refuses HEAD" },
    { 'Failed to fetch asset. Received HTTP response code "403"', "nginx /no-get.png", "asset.bad_status", "GET with 403" },
    { "Timeout while fetching asset.", "raw /slow", "asset.timeout", "not finished within 1 s", { timeout = 1 } },
    { "Timeout while fetching asset.", "raw /slow-body", "asset.timeout", "not finished within 1 s", { timeout = 1 } },
    { "Assets must use an approved Content-Type response header. We received application/octet-stream, which is not allowed.", "nginx /octets",
      "asset.media_type", "have the server send Content-Type: image/png" },
    { 'Unsupported Content-Type response header: "text/html".', "nginx /page.png", "asset.media_type", "a web page" },
    { 'Unsupported Content-Type response header: "image/gif".', "nginx /boat.gif", "asset.media_type", "Convert it to image/jpeg" },
    { 'Unsupported Content-Type response header: "video/mp4".', "nginx /late.mp4", "asset.media_type", "image/jpeg, image/png or image/webp" },
    { 'Unsupported Content-Type response header: "".', "raw /typeless", "asset.media_type", "have the server send Content-Type: image/png" },
    { "Content-Length not provided", "raw /streamed", "asset.no_length", "Transfer-Encoding: chunked" },
    { "Asset size exceeds 16.0MB.", "nginx /big.png", "asset.too_large", "at most 16777216 bytes (now 16777217)" },
    { "Asset size exceeds 16.0MB.", "raw /shorter", "asset.too_large", "Content-Length says 5000 bytes, but there are " .. #PNG },
    { "Asset size exceeds 16.0MB.", "raw /cut", "asset.too_large", "Content-Length says 5000 bytes, but there are " .. #PNG },
    { "Invalid asset dimensions. Height and width must not exceed 8000px. Got 8001x8000.", "nginx /huge.png", "asset.dimensions",
      "Scale it to 8000x7999" },
    { "Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2.358. Got 2.37.", "nginx /wide.png", "asset.aspect_ratio",
      "crop the width to at most 2358 px" },
    { "Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2.358. Got 0.462.", "nginx /tall.png", "asset.aspect_ratio",
      "crop the height to at most 924 px" },
    { "Asset duration must be at most 30 seconds", "nginx /long.mp4", "asset.duration", "Trim it to at most 30 seconds",
      nil, { model = "act_two", field = "reference" } },
  }

  for _, case in ipairs(reasons) do
    local message, source, class, hint, changes, target = case[1], case[2], case[3], case[4], case[5], case[6]
    it("says of " .. source:sub(1, 60) .. ": " .. message, function()
      local report = changes and inspect_with(source, runway(changes)) or inspect(source, target)
      assert.is_false(report.ok)
      assert.is_nil(report.delivery)
      local problem = report.problems[1]
      assert.same({ class, message }, { problem.class, problem.message }, order(report))
      assert.equal(target and target.field or "promptImage", problem.field)
      assert.truthy(problem.hint:find(hint, 1, true), problem.hint)
      if report.faults then
        local fault = report.faults[1]
        assert.same({ class, message, "none", "no" }, { fault.class, fault.message, fault.effect, fault.billed })
      end
    end)
  end

  it("has a case for each of the page's words", function()
    local named = {}
    for _, name in ipairs { "data_uri", "data_uri_type", "url", "insecure_url", "domain", "unreachable", "bad_status", "timeout",
      "content_type_generic", "content_type", "no_length", "too_large", "dimensions", "aspect_ratio", "duration" } do
      local pattern = "^" .. limits_of.words[name]:gsub("%p", "%%%0"):gsub("%%%%s", ".-") .. "$"
      for _, case in ipairs(reasons) do named[name] = named[name] or case[1]:find(pattern) end
      assert.truthy(named[name], name)
    end
  end)

  it("passes a good URL with the provider's own requests, and tells the real headers", function()
    local report
    local list = requests(function() report = inspect "nginx /boat.png" end)
    assert.same({}, report.problems)
    assert.is_true(report.ok)
    assert.equal("as_is image/png image 64 40 418", table.concat({
      report.delivery, report.media_type, report.kind, report.width, report.height, report.size }, " "))
    assert.equal("scheme=pass host=pass status=pass content type=pass media type=pass content length=pass size=pass header=pass "
      .. "dimensions=pass aspect ratio=pass time=pass", (order(report):gsub("^length=pass ", "")))
    assert.equal("HTTP/2 200", select(2, row(report, "status")))
    assert.equal("content-type: image/png", select(2, row(report, "content type")))
    assert.equal("content-length: 418", select(2, row(report, "content length")))
    assert.same({ status = 200, http_version = "2", content_type = "image/png", content_length = 418 }, report.response)
    assert.same({ 'HEAD /boat.png "-" 200 0 "' .. AGENT .. '"', 'GET /boat.png "bytes=0-16383" 206 418 "' .. AGENT .. '"' }, list)
  end)

  it("reads the beginning and the end of a large image, and no more", function()
    local report
    local list = requests(function() report = inspect "nginx /biggest.png" end)
    assert.is_true(report.ok)
    assert.equal(16 * MIB, report.size)
    assert.equal(3, #list)
    local bytes = 0
    for _, line in ipairs(list) do bytes = bytes + tonumber(line:match '" %d+ (%d+) "') end
    assert.is_true(bytes <= 16384 + 4096, tostring(bytes))
  end)

  it("measures what is turned, and a video whose header stands at its end, in a few ranges", function()
    local report = inspect "nginx /turned.jpg"
    assert.same({ true, 40, 60, 6 }, { report.ok, report.width, report.height, report.orientation })
    local list = requests(function() report = inspect("nginx /late.mp4", { model = "gen4_aleph", field = "videoUri" }) end)
    assert.same({ 320, 240, "h264" }, { report.width, report.height, report.codec }, order(report))
    assert.is_true(math.abs(report.duration - 5) < 0.01)
    assert.is_true(#list <= 4, table.concat(list, "\n"))
  end)

  it("gives up on servers that answer ranges with something else", function()
    local report = inspect "raw /crumbs"
    assert.same({ true, "image/png" }, { report.ok, report.media_type })
    assert.is_nil(report.width)
    assert.equal("skip", (row(report, "header")))
    for _, range in ipairs { "bytes 7-3/2", "bytes 0-99/0", "bytes */" .. #PNG, "bytes 0-" .. #PNG .. "/" .. ("9"):rep(40), "bytes 900-2/*", "", "x" } do
      local calls = 0
      report = asset.inspect("https://cdn.example.com/a.png", { fetch = function(call)
        calls = calls + 1
        local headers = { "Content-Type: image/png", "content-length: " .. #PNG, "Content-Range: " .. range }
        return { kind = "response", status = call.method == "HEAD" and 200 or 206, headers = headers, body = call.method == "GET" and PNG or "" }
      end })
      assert.is_true(calls <= 10 and #report.steps > 2, range)
    end
    report = asset.inspect("https://cdn.example.com/a.png", { fetch = function()
      return { kind = "response", status = 200, headers = { "Content-Type: image/png", "Content-Length: " .. ("9"):rep(30) }, body = "" }
    end })
    assert.matches("=warn", order(report))
  end)

  it("finds what is damaged or cut short", function()
    assert.equal("asset.corrupt", inspect("nginx /cut.png").problems[1].class)
    local report = inspect "raw /empty"
    assert.equal("asset.corrupt", report.problems[1].class)
    assert.matches("nothing in it", report.problems[1].message)
  end)

  it("compares the header with the bytes", function()
    local problem = inspect("nginx /liar.png").problems[1]
    assert.same({ "asset.media_type", 'The media type says "image/png", but the bytes are "image/jpeg".' }, { problem.class, problem.message })
    assert.matches("Content%-Type: image/jpeg", problem.hint)
    problem = inspect("nginx /text.png").problems[1]
    assert.equal("asset.media_type", problem.class)
    assert.is_true(inspect("nginx /charset.png").ok)
    assert.is_true(inspect("nginx /alias.png").ok)
  end)

  it("tells a server that refuses HEAD or ranges from a file that is not there", function()
    local report = inspect "nginx /signed.png"
    assert.same({ "asset.bad_status", 403, true }, { report.problems[1].class, report.problems[1].status, report.response.server_refuses_head })
    assert.equal(64, report.width)
    report = inspect "nginx /none.png"
    assert.is_nil(report.response.server_refuses_head)
    report = inspect "nginx /no-range.png"
    assert.same({ true, true, 64 }, { report.ok, report.response.server_refuses_range, report.width })
    report = inspect "nginx /fussy.png"
    assert.same({ true, true, 64 }, { report.ok, report.response.server_refuses_range, report.width })
    report = inspect "nginx /no-range-big.png" -- too far to its end
    assert.same({ true, true, 640 }, { report.ok, report.response.server_refuses_range, report.width })
    report = inspect("nginx /no-range-late.mp4", { model = "gen4_aleph", field = "videoUri" })
    assert.same({ true, 320 }, { report.response.server_refuses_range, report.width }, order(report))
  end)

  it("asks under the provider's name", function()
    assert.is_true(inspect("nginx /picky.png").ok)
    local report = inspect("nginx /picky.png", { provider = "runware", model = "runware:101@1", field = "seedImage" })
    assert.equal("asset.bad_status", report.problems[1].class)
  end)

  it("only warns of what no document of the provider asks for", function()
    for _, path in ipairs { "nginx /no-head.png", "nginx /moved", "raw /streamed" } do
      for _, target in ipairs { { provider = "evolink", model = "seedance-2.5", field = "image_urls" }, {} } do
        local report = inspect_with(path, nil, target)
        assert.same({}, report.problems)
        assert.matches("=warn", order(report))
      end
    end
  end)

  it("warns of a host that needs half of the time for its headers", function()
    local report = inspect_with("raw /late", runway { timeout = 2 })
    assert.equal("warn", (row(report, "time")))
    assert.is_true(report.ok)
  end)

  it("never connects to what is not on the public internet, whatever the name", function()
    local report = inspect("nginx /boat.png", { allow_addresses = { "10.0.0.0/8" } })
    assert.equal("asset.blocked_address", report.problems[1].class)
    assert.matches("^The host is not on the public internet: [%d.:]+ is a loopback address%.$", report.problems[1].message)
    assert.equal("never", report.faults[1].retry)
    report = inspect("nginx /boat.png", { allow_addresses = false })
    assert.equal("asset.ip_address", report.problems[1].class)
    assert.equal("skip", (row(report, "fetch")))
    assert.is_nil(report.response)
  end)

  it("makes no request for a URL that no provider would fetch, nor where none is wanted", function()
    local list = requests(function()
      assert.is_false(inspect("http" .. place("nginx /boat.png"):sub(6)).ok)
      assert.is_false(inspect("https://user:hunter2@" .. place("nginx /boat.png"):sub(9)).ok)
      assert.is_true(inspect("nginx /boat.png", { fetch = false }).ok)
    end)
    assert.same({}, list)
  end)

  it("takes no address for a domain, however it is spelled", function()
    local function never() error "a request was made" end
    for host in ([[127.0.0.1 0.0.0.0 [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1]
      [fe80::1%25lo] [fd00:ec2::254] 169.254.169.254 100.64.0.1 192.88.99.1 0177.0.0.1 2130706433 0x7f.1 127.1 017700000001 0x7f000001 127.0.0.1.
      127.0.0.1:8443 user@127.0.0.1 %31%32%37.1 １２７.0.0.1 127。0。0。1 8.8.8.8 [2606:4700::1111] localhost intranet]]):gmatch "%S+" do
      local report = asset.inspect("https://" .. host .. "/boat.png", { fetch = never, limits = runway {} })
      assert.is_false(report.ok, host)
      assert.truthy(("asset.ip_address asset.invalid_uri"):find(report.problems[1].class, 1, true), host)
    end
  end)

  it("ends whatever is answered, without a throw and after a few requests", function()
    math.randomseed(20261121)
    local function pick(list) return list[math.random(#list)] end
    local bytes = { PNG, PNG:sub(1, 20), "", hosts.read "spec/fixtures/boat.jpg", hosts.read "spec/fixtures/clip.mp4", "<!doctype html>", ("\0"):rep(5000) }
    local numbers = { "0", "1", "20", "418", "16384", "99999999", ("9"):rep(25), "-1", "x", "", "1e3", "0x10", "5, 5" }
    local kinds = { "response", "response", "response", "response", "response", "resolve", "tls", "timeout", "blocked", "interrupted", "closed", "odd" }
    local function answer()
      local headers = {}
      if math.random(3) > 1 then headers[#headers + 1] = "CONTENT-TYPE: " .. pick { "image/png", "image/jpeg", "video/mp4", "", ";", "a", "text/html; x=y", "%s%d" } end
      if math.random(3) > 1 then headers[#headers + 1] = "Content-Length:" .. pick(numbers) end
      if math.random(3) > 1 then
        headers[#headers + 1] = "content-range: bytes " .. pick(numbers) .. "-" .. pick(numbers) .. "/" .. pick { "*", pick(numbers), pick(numbers) }
      end
      if math.random(4) == 1 then headers[#headers + 1] = pick { "nonsense", ":", "Location: //x@y?z", "Transfer-Encoding: chunked" } end
      return {
        kind = pick(kinds), status = pick { 200, 200, 200, 206, 206, 206, 416, 302, 403, 404, 405, 500 }, headers = headers, body = pick(bytes),
        elapsed = math.random() * 2, truncated = math.random(2) == 1, message = "100% %s (18 bytes remaining)", curl_code = pick { 0, 18 },
      }
    end
    for _ = 1, 3000 do
      local calls = 0
      local report = asset.inspect("https://cdn.example.com/a.png", { limits = pick { false, runway {} } or nil, fetch = function()
        calls = calls + 1
        return answer()
      end })
      assert.is_true(calls >= 1 and calls <= 10)
      assert.equal(#report.problems == 0, report.ok)
      for _, problem in ipairs(report.problems) do assert.is_truthy(core.fault { class = problem.class, message = problem.message }) end
    end
  end)

  it("tells no secrets of a redirect", function()
    local report = inspect "nginx /moved"
    for _, entry in ipairs(report.steps) do assert.is_nil(((entry.detail or "") .. (entry.seen or "")):find("s3cret", 1, true)) end
    assert.equal("https://cdn.localhost/boat.png?...", report.response.location)
    assert.is_nil(report.faults[1]:explain():find("s3cret", 1, true))
  end)

  it("shows the header that was refused", function()
    for source, seen in pairs {
      ["nginx /octets"] = "content-type: application/octet-stream", ["nginx /none.png"] = "HTTP/2 404", ["raw /shorter"] = "content-length: 5000",
      ["raw /typeless"] = "content-type: ",
    } do
      local found
      for _, entry in ipairs(inspect(source).steps) do found = found or entry.outcome == "fail" and entry.seen end
      assert.equal(seen, found)
    end
  end)

  it("has a client of its own, and goes side by side over one that is given", function()
    local report = retake.inspect(place "nginx /boat.png", { ca_file = folder .. "/ca.pem", allow_addresses = HOME })
    assert.is_true(report.ok)
    local open, good = 0, 0
    for _ = 1, 100 do
      open = open + 1
      client:spawn(function()
        if inspect("nginx /boat.png").ok then good = good + 1 end
        open = open - 1
      end)
    end
    while open > 0 do client:wait() end
    assert.equal(100, good)
  end)

  it("refuses wrong options", function()
    assert.has_error(function() retake.inspect("https://cdn.example.com/a.png", { allow_addresses = { "localhost" } }) end)
    assert.has_error(function() retake.inspect("https://cdn.example.com/a.png", { ca_file = 1 }) end)
  end)

  it("says so where it could not ask", function()
    local closed = client_of.new {}
    closed:close()
    local report = inspect("nginx /boat.png", { client = closed })
    assert.equal("skip", (row(report, "fetch")))
    assert.is_nil(report.response)
  end)
end)
