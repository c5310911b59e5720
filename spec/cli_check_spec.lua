-- retake check, as a user runs it: over real servers with TLS, files, data URIs, terminals and pipes.
local cjson = require "cjson"
local command = require "spec.support.command"
local fault_server = require "spec.support.fault_server"
local hosts = require "spec.support.asset_hosts"
local json = require "retake.json_line"
local made = require "spec.support.made_media"
local pages = require "retake.cli.check_page"

local unpacked = rawget(_G, "unpack") or table.unpack -- luacheck: ignore

local KEY = "key_that_must_stay_secret"
local MIB = 1048576
local AGENT = "RunwayML API/1.0"

local config = [[
daemon on; pid @/pid; error_log @/error.log crit; worker_processes 1;
events { worker_connections 512; }
http {
  log_format short '$request_method $uri "$http_range" $status "$http_user_agent" $connection';
  access_log @/access.log short;
  client_body_temp_path @/t; proxy_temp_path @/t; fastcgi_temp_path @/t; uwsgi_temp_path @/t; scgi_temp_path @/t;
  types { image/png png; video/mp4 mp4; } default_type application/octet-stream;
  ssl_certificate @/server.pem; ssl_certificate_key @/server.key;
  server {
    listen 127.0.0.1:%d ssl http2; root @/files;
    location = /moved.png { return 302 https://cdn.localhost/boat.png?sig=s3cret; }
    location = /octets { alias @/files/boat.png; }
    location = /slow.png { limit_rate 10; alias @/files/boat.png; }
    location = /no-range.png { max_ranges 0; alias @/files/boat.png; }
    location = /signed.png { if ($request_method = HEAD) { return 403; } alias @/files/boat.png; }
    location ~ ^/many/ { alias @/files/boat.png; types { } default_type image/png; }
  }
}
]]

local OK = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
local routes = {
  ["/silent"] = { HEAD = {}, GET = {} },
  ["/streamed"] = { HEAD = { OK .. "Transfer-Encoding: chunked\r\n\r\n" }, GET = { OK .. "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" } },
  ["/steering"] = { HEAD = { "HTTP/1.1 200 OK\r\nContent-Type: im\27[2Jage/\194\155png\7\r\nServer: \233t\233\27]0;owned\7\r\n\r\n" } },
}

describe("retake check", function()
  local folder, stop_nginx, stop_raw, nginx, raw, files, remove

  setup(function()
    folder = fault_server.new_folder()
    files, remove = command.folder()
    hosts.certificates(folder)
    assert(hosts.run("mkdir -p %s/files", folder))
    hosts.write(folder .. "/files/boat.png", hosts.read "spec/fixtures/boat.png")
    hosts.write(folder .. "/files/big.png", made.png(640, 480, 16 * MIB + 1))
    hosts.write(folder .. "/files/wide.png", made.png(2370, 1000))
    hosts.write(folder .. "/files/clip.mp4", hosts.read "spec/fixtures/clip.mp4")
    local ports, port
    ports, stop_nginx = hosts.nginx(folder, config, 1)
    nginx = ("https://%s:%d"):format(hosts.name, ports[1])
    port, stop_raw = hosts.raw(folder, routes)
    raw = ("https://%s:%d"):format(hosts.name, port)
  end)
  teardown(function()
    stop_raw()
    stop_nginx()
    remove()
    os.execute("rm -rf " .. folder)
  end)

  local function words(...)
    local list = { "bin/retake", "check", "--ca-file", folder .. "/ca.pem", "--allow-address", "127.0.0.1", "--allow-address", "::1" }
    for _, word in ipairs { ... } do list[#list + 1] = word end
    return list
  end

  local environment = { env = { RUNWAYML_API_SECRET = KEY, EVOLINK_API_KEY = KEY, RUNWARE_API_KEY = KEY } }

  local function check(...)
    local code, out, err = command.run(words(...), environment)
    assert.is_nil((out .. err):find(KEY, 1, true))
    assert.is_nil((out .. err):find("[%z\1-\8\11-\31\127]"), out)
    return code, out, err
  end

  -- Lines with these patterns, in that order.
  local function has(out, ...)
    local lines, at = {}, 0
    for line in out:gmatch "[^\n]+" do lines[#lines + 1] = line end
    for _, pattern in ipairs { ... } do
      repeat
        at = at + 1
        if not lines[at] then error(pattern .. " is not there, or not in that place:\n" .. out, 2) end
      until lines[at]:find(pattern)
    end
  end

  local function asked(run)
    hosts.write(folder .. "/access.log", "")
    run()
    os.execute "sleep 0.05" -- the log is written after the answer
    local list = {}
    for line in hosts.read(folder .. "/access.log"):gmatch "[^\n]+" do list[#list + 1] = line end
    return list
  end

  it("shows the three steps with the real headers, and what was asked under which name", function()
    local code, out, err
    local list = asked(function() code, out, err = check(nginx .. "/boat.png", "--for", "runway/gen4_turbo") end)
    assert.equal(0, code, out)
    assert.equal("", err)
    assert.equal(nginx .. "/boat.png", out:match "^[^\n]+")
    has(out, '>     HEAD  .*as "RunwayML API/1%.0"', "HTTP/2 200", "content%-type: image/png", "content%-length: 418",
      "GET .*Range: bytes=0%-16383", "HTTP/2 206 %([%d.]+ s%), 418 bytes read", "content%-range: bytes 0%-417/418",
      "1%. ok    status +HTTP/2 200", "2%. ok    content type +content%-type: image/png", "3%. ok    content length +content%-length: 418",
      "ok    dimensions +64x40", "usable for runway/gen4_turbo, field image %(by its kind%): image/png, 64x40, 418 bytes, as it is")
    assert.equal(2, #list)
    assert.truthy(list[1]:find('HEAD /boat.png "-" 200 "' .. AGENT .. '"', 1, true))
  end)

  -- a URL, its failing step, then what is said of it
  local refused = {
    { "/octets", "2%. FAIL  content type +content%-type: application/octet%-stream", "asset%.media_type: Assets must use an approved Content%-Type",
      "%-> The bytes are image/png: have the server send Content%-Type: image/png%." },
    { "/none.png", "1%. FAIL  status +HTTP/2 404", 'asset%.bad_status: .*Received HTTP response code "404"', "no file at that address" },
    { "/moved.png", "<  +HTTP/2 302", "<  +location: https://cdn%.localhost/boat%.png%?%.%.%.$", "1%. FAIL  status +HTTP/2 302",
      "redirects to https://cdn%.localhost/boat%.png%?%.%.%., and redirects are not followed" },
    { "/big.png", "3%. ok +content length +content%-length: 16777217", "FAIL  size", "asset%.too_large: Asset size exceeds 16%.0MB%.",
      "at most 16777216 bytes %(now 16777217%)" },
    { "/wide.png", "FAIL  aspect ratio", "asset%.aspect_ratio: .* Got 2%.37%.", "crop the width to at most 2358 px" },
    { "/signed.png", "<  +HTTP/2 403", "<  +HTTP/2 206", "1%. FAIL  status", "refuses HEAD" },
    { "raw /silent", "HEAD", "< +no answer: ", "FAIL  fetch", "asset%.unreachable", "closed the connection" },
    { "raw /streamed", "< +transfer%-encoding: chunked", "3%. FAIL  content length +content%-length: %(none%)", "asset%.no_length: Content%-Length not provided" },
  }
  for _, case in ipairs(refused) do
    it("says what is wrong with " .. case[1] .. ", and what helps", function()
      local path = case[1]:match "^raw (.*)"
      local code, out = check(path and raw .. path or nginx .. case[1], "--for=runway/gen4_turbo", "--field", "promptImage")
      assert.equal(1, code, out)
      assert.is_nil(out:find("s3cret", 1, true))
      has(out, unpacked(case, 2))
      has(out, "^  NOT USABLE for runway/gen4_turbo, field promptImage$")
    end)
  end

  it("names a server that sends no ranges", function()
    local code, out = check(nginx .. "/no-range.png", "--for", "runway/gen4_turbo")
    assert.equal(0, code)
    has(out, "1%. ok", "2%. ok", "3%. ok", "warn  ranges", ", with 1 warning: ")
    local step
    code, out = check("--json", nginx .. "/no-range.png")
    assert.equal(0, code)
    for _, one in ipairs(cjson.decode(out).assets[1].steps) do
      if one.check == "ranges" then step = one end
    end
    assert.equal("warn", step.outcome)
  end)

  it("takes files, data URIs and ids, and sums up in columns", function()
    local cut = command.write(files .. "/cut.png", hosts.read("spec/fixtures/boat.png"):sub(1, -13))
    local code, out = check("--for", "runway/gen4_turbo", "spec/fixtures/boat.png", cut, made.data_uri(hosts.read "spec/fixtures/boat.png", "image/png"),
      "spec/fixtures/clip.mp4", "runway://upload-1", files .. "/none.png", "http://example.com/a.png")
    assert.equal(1, code)
    has(out, "VERDICT +TYPE +SIDES +LENGTH +BYTES +HOW OR WHY +ASSET", "usable +image/png +64x40 +418  data uri +spec/fixtures/boat%.png",
      "NOT USABLE +image/png +406  asset%.corrupt", "usable +image/png .*data:image/png;base64,.*%.%.%. %(%d+ characters%)",
      "usable +video/mp4", "not looked at +as is +runway://upload%-1", "NOT USABLE +asset%.invalid_uri", "NOT USABLE +asset%.insecure_url +http://example%.com",
      "7 checked, 3 not usable")
    has(out, "^  usable for runway/gen4_turbo, field video %(by its kind%)")
  end)

  it("is brief where it is asked to be", function()
    local code, out = check("--brief", "--for", "runway/gen4_turbo", nginx .. "/boat.png", nginx .. "/octets", "spec/fixtures/boat.png")
    assert.equal(1, code)
    assert.equal(nginx .. "/octets", out:match "^[^\n]+")
    assert.is_nil(out:find("HEAD.*HEAD"))
    has(out, "VERDICT", "usable", "NOT USABLE", "usable", "3 checked, 1 not usable")
  end)

  it("is a line for one file that is usable, where it is to be brief", function()
    -- it once printed nothing
    local code, out = check("--brief", "--for", "runway/gen4_turbo", "spec/fixtures/boat.png")
    assert.equal(0, code)
    assert.truthy(out:find "^spec/fixtures/boat%.png: usable for runway/gen4_turbo, field image %(by its kind%): image/png, 64x40, [^\n]*\n$", out)
    code, out = check("--brief", "--for", "runway/gen4_turbo", "spec/fixtures/clip.mp4", "--field", "image")
    assert.equal(1, code)
    has(out, "NOT USABLE", "%-> Give an image: this field takes image/jpeg, image/png or image/webp%.")
  end)

  it("checks the ratio that the request will ask for, and the limits of the model", function()
    local square = command.write(files .. "/square.png", made.png(720, 720))
    assert.equal(1, (check(square, "--for", "evolink/sora-2-preview", "--ratio", "16:9")))
    assert.equal(0, (check(square, "--for", "runway/gen4_turbo", "--ratio", "1280:720")))
    assert.equal(0, (check(square)))
  end)

  it("says so where it does not know the model", function()
    local code, out, err = check("spec/fixtures/boat.png", "--for", "runway/gen4_trubo", "--json")
    assert.same({ 0, true }, { code, cjson.decode(out).unknown_model })
    assert.truthy(err:find("does not know the model gen4_trubo of runway", 1, true))
    code, out, err = check("spec/fixtures/boat.png", "--for", "runway")
    assert.same({ 0, "" }, { code, err })
    has(out, "usable for runway, field image")
  end)

  it("gives one JSON object with everything", function()
    local code, out, err = check("--json", nginx .. "/boat.png?id=7&X-Amz-Signature=abc", nginx .. "/octets", "spec/fixtures/clip.mp4",
      "--for", "runway/gen4_turbo", "--ratio=1280:720")
    assert.equal(1, code)
    assert.equal("", err)
    assert.equal(1, select(2, out:gsub("\n", "")))
    local all = cjson.decode(out)
    assert.same({ false, "runway/gen4_turbo", "1280:720", 3, 1, 1, 3 }, { all.ok, all["for"], all.ratio, all.checked, all.unusable, all.exit_code, #all.assets })
    local first, second, third = all.assets[1], all.assets[2], all.assets[3]
    assert.same({ nginx .. "/boat.png?id=7&X-Amz-Signature=...", true, "usable", "image", "url", 64, 40, 418 },
      { first.asset, first.ok, first.verdict, first.field, first.source, first.width, first.height, first.size })
    assert.same({ "HEAD", AGENT, 200, "2" }, { first.requests[1].method, first.requests[1].user_agent, first.requests[1].status, first.requests[1].http_version })
    assert.same({ "GET", "0-16383", 206, 418 }, { first.requests[2].method, first.requests[2].range, first.requests[2].status, first.requests[2].bytes })
    assert.same({ 200, "image/png", 418 }, { first.response.status, first.response.content_type, first.response.content_length })
    assert.same({ false, "not usable", "asset.media_type", "runway" }, { second.ok, second.verdict, second.faults[1].class, second.faults[1].provider })
    assert.matches("have the server send", second.faults[1].hint)
    assert.same({ "video", "path", "h264" }, { third.field, third.source, third.codec })
    for _, step in ipairs(third.steps) do assert.is_string(step.check .. step.outcome) end
  end)

  it("checks many side by side over a few connections", function()
    local urls = {}
    for place = 1, 200 do urls[place] = ("%s/many/%d"):format(nginx, place) end
    local code, out
    local list = asked(function() code, out = check("--brief", "--for=runway/gen4_turbo", unpacked(urls)) end)
    assert.equal(0, code)
    assert.truthy(out:find("200 checked, 0 not usable", 1, true))
    assert.equal(400, #list)
    local connections, count = {}, 0
    for _, line in ipairs(list) do
      local number = line:match "%d+$"
      if not connections[number] then connections[number], count = true, count + 1 end
    end
    assert.is_true(count <= 64, count .. " connections")
    for place = 1, 200 do assert.truthy(out:find(("/many/%d\n"):format(place), 1, true)) end
  end)

  it("shows no control characters of a server's, in text or in JSON", function()
    local code, out = check(raw .. "/steering", "--for", "runway/gen4_turbo")
    assert.equal(1, code)
    assert.is_nil(out:find("\194\155", 1, true))
    has(out, "im%?%[2Jage")
    code, out = check("--json", raw .. "/steering", "--for", "runway/gen4_turbo")
    assert.equal(1, code)
    assert.is_nil(out:find("\194[\128-\159]"))
    local headers = cjson.decode(out).assets[1].requests[1].headers
    assert.equal("content-type: im\27[2Jage/\194\155png\7", headers[1])
    assert.equal("server: \239\191\189t\239\191\189\27]0;owned\7", headers[2])
  end)

  it("connects to nothing that is not the internet's, unless it is allowed", function()
    local code, out = command.run { "bin/retake", "check", nginx .. "/boat.png", "--ca-file", folder .. "/ca.pem", "--allow-address", "10.0.0.0/8" }
    assert.equal(1, code)
    assert.truthy(out:find("asset.blocked_address", 1, true))
    local list = asked(function() code, out = command.run { "bin/retake", "check", nginx .. "/boat.png" } end)
    assert.equal(1, code)
    assert.truthy(out:find("asset.ip_address", 1, true))
    assert.same({}, list)
  end)

  it("rewrites a progress line on a terminal, breaks lines there, and leaves nothing behind", function()
    if command.shell "command -v script && command -v stty" ~= 0 then return pending "script and stty are not installed" end
    local urls = { "check", "--for", "runway/gen4_turbo", raw .. "/silent", nginx .. "/octets" }
    for place = 1, 40 do urls[#urls + 1] = ("%s/many/%d"):format(nginx, place) end
    table.remove(urls, 1)
    local log = files .. "/typescript"
    local line = command.line(words(unpacked(urls)), environment)
    command.shell("script -qec " .. command.quote("stty cols 70; " .. line) .. " " .. command.quote(log) .. " >/dev/null")
    local text = command.read(log)
    assert.truthy(text:find "\r\27%[K0:%d%d  %d+ of 42 checked, %d+ not usable")
    assert.is_nil(text:find "checked, %d+ not usable[^\r\n]*\n.*VERDICT") -- no progress line stays behind
    assert.truthy(text:find("42 checked, 2 not usable", 1, true))
    for shown in text:gmatch "[^\r\n]+" do
      if shown:find "^%s+%->" or shown:find "^     asset%." then assert.is_true(#shown < 70, shown) end
    end
  end)

  it("ends with 130 on Ctrl-C", function()
    hosts.write(folder .. "/access.log", "")
    local log = command.quote(folder .. "/access.log")
    local code, out, err = command.shell(command.line(words(nginx .. "/slow.png", nginx .. "/boat.png"), environment) .. " & pid=$!\n"
      .. "n=0; until grep -q 'HEAD /slow' " .. log .. " || [ $n -gt 200 ]; do n=$((n + 1)); sleep 0.05; done\n"
      .. "kill -INT $pid; wait $pid")
    assert.same({ 130, "", "interrupted\n" }, { code, out, err })
  end)

  it("refuses wrong use", function()
    for reason, args in pairs {
      ["which assets?"] = {},
      ["unknown provider: nobody"] = { "a.png", "--for", "nobody/model" },
      ["--field goes with --for"] = { "a.png", "--field", "image" },
      ["runway has no assets in a field prompt"] = { "a.png", "--for", "runway/gen4_turbo", "--field", "prompt" },
      ["--ratio has to be W:H"] = { "a.png", "--ratio", "wide" },
      ["--allow-address needs an address"] = { "a.png", "--allow-address", "localhost" },
      ["--ca-file cannot be read"] = { "a.png", "--ca-file", files .. "/none.pem" },
      ["unknown option: --key"] = { "a.png", "--key", "key_x" },
      ["--json takes no value"] = { "a.png", "--json=yes" },
    } do
      local list = { "bin/retake", "check" }
      for _, word in ipairs(args) do list[#list + 1] = word end
      local code, out, err = command.run(list)
      assert.same({ 2, "" }, { code, out })
      assert.truthy(err:find(reason, 1, true), err)
    end
  end)

  it("explains itself", function()
    local code, out = command.run { "bin/retake", "check", "--help" }
    assert.equal(0, code)
    assert.truthy(out:find("exit codes: 0 all are usable, 1 one is not, 2 wrong arguments", 1, true))
    code, out = command.run { "bin/retake", "--help" }
    assert.equal(0, code)
    assert.truthy(out:find("\n  check ", 1, true))
  end)
end)

describe("what is shown of an asset", function()
  it("holds no credentials and no bytes", function()
    for given, shown in pairs {
      ["boat.png"] = "boat.png",
      ["https://user:hunter2@example.com/a@b.png"] = "https://...@example.com/a@b.png",
      ["https://example.com/a.png?id=7&width=640#part"] = "https://example.com/a.png?id=7&width=640#part",
      ["https://example.com/a.png?id=7&sig=abc&Policy=x&se=2026"] = "https://example.com/a.png?id=7&sig=...&Policy=...&se=2026",
      ["https://example.com/a.png?x=" .. ("a"):rep(40) .. "&y=1"] = "https://example.com/a.png?x=...&y=1",
      ["https://example.com/a.png?just-this"] = "https://example.com/a.png?just-this",
      ["data:image/png;base64,QUJD"] = "data:image/png;base64,QUJD",
    } do assert.equal(shown, pages.shown(given)) end
    local long = pages.shown("data:image/png;base64," .. ("QUJD"):rep(1000))
    assert.equal(60, #long:match "^(.*)%.%.%. %(4022 characters%)$")
  end)
end)

describe("JSON for a terminal", function()
  it("is UTF-8 whatever the bytes, with control characters as escapes and slashes as they are", function()
    for given, text in pairs {
      ["a/b\\/c"] = [["a/b\\/c"]], ["\27\127"] = [["\u001b\u007f"]], ["\194\155"] = [["\u009b"]], ["\195\164\226\130\172\240\159\152\128"] =
        '"\195\164\226\130\172\240\159\152\128"',
      ["\228\246"] = '"\239\191\189\239\191\189"', ["a\194"] = '"a\239\191\189"', ["\192\175"] = '"\239\191\189\239\191\189"',
      ["\237\160\128"] = '"\239\191\189\239\191\189\239\191\189"', ["\244\144\128\128x"] = '"' .. ("\239\191\189"):rep(4) .. 'x"',
    } do assert.equal('{"t":' .. text .. "}", json.encode { t = given, empty = {} }) end
  end)
end)
