-- Faults are acted out on real sockets, so they are judged there: what bytes came, and how the connection ended.

local json = require "cjson"
local start = require("spec.support.simulator").start
local client = require "spec.support.simulator_client"
local HEADERS, BOAT, PNG_HEAD, with, big_endian, request, submit, poll, connect, as_text, raw_submit
  = client.HEADERS, client.BOAT, client.PNG_HEAD, client.with, client.big_endian,
     client.request, client.submit, client.poll, client.connect, client.as_text, client.raw_submit

local function run(command)
  local pipe = io.popen(command .. ' 2>&1; echo "exit $?"')
  local output = pipe:read "*a"
  pipe:close()
  return output
end

local LUA = (_VERSION:lower():gsub(" ", ""))

describe("the simulator's", function()
  local simulator

  setup(function() simulator = start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  describe("fault", function()
    it("of any status, headers and body comes instead of the answer", function()
      simulator:script { faults = { { on = "submit", status = 503, headers = { ["X-Odd"] = "yes" }, body = { error = "Overloaded" } },
        { on = "submit", status = 413, body = "413 Request Entity Too Large" } } }
      local status, body, headers = submit(simulator)
      assert.same({ 503, "Overloaded", "yes" }, { status, body.error, headers["x-odd"] })
      status, body = submit(simulator)
      assert.same({ 413, "413 Request Entity Too Large" }, { status, body })
      assert.equal(200, (submit(simulator)))
      assert.equal(1, #simulator:submissions { paid = true })
      assert.equal(1, #simulator:state().tasks)
    end)

    it("after acceptance leaves the task behind, paid for", function()
      for _, fault in ipairs { { action = "reset" }, { action = "silence", seconds = 0.1 }, { status = 500 }, { action = "close" } } do
        fault.on, fault.after_accept = "submit", true
        simulator:script { faults = { fault } }
        raw_submit(simulator, fault.status and "}$")
        assert.equal(1, #simulator:submissions { paid = true })
        assert.equal(1, #simulator:state().tasks)
        assert.equal(100000 - 60, simulator:state().balance)
      end
    end)

    it("before acceptance leaves nothing behind", function()
      local faults = { { action = "reset" }, { action = "silence", seconds = 0.1 }, { status = 500 }, { action = "close" }, { action = "html" } }
      for _, fault in ipairs(faults) do
        fault.on = "submit"
        simulator:script { faults = { fault } }
        raw_submit(simulator, (fault.status or fault.action == "html") and "[}>]\n?$")
        assert.same({ 1, 0 }, { #simulator:submissions(), #simulator:submissions { paid = true } })
        assert.equal(100000, simulator:state().balance)
      end
    end)

    it("does to the connection what its action says", function()
      local cases = {
        { { action = "reset" }, "reset", "^$" },
        { { action = "close" }, "closed", "^$" },
        { { action = "silence" }, "open", "^$" },
        { { action = "silence", seconds = 0.05 }, "closed", "^$" },
        { { action = "garbage" }, "closed", "not HTTP" },
        { { action = "html", status = 200 }, "open", "200 OK.*text/html.*<!DOCTYPE html>" },
        { { action = "stall", bytes = 10 }, "open", "content%-length: 76\r\nconnection: close\r\n\r\n..........$" },
        { { action = "cut", bytes = 10 }, "closed", "content%-length: 76\r\nconnection: close\r\n\r\n..........$" },
        { { action = "cut", bytes = 10, how = "reset" }, "reset", "content%-length: 76\r\nconnection: close\r\n\r\n..........$" },
        { { action = "wrong_length", length = "+10" }, "closed", "content%-length: 86\r\n.*}$" },
        { { action = "wrong_length", length = "-10" }, "closed", "content%-length: 66\r\n.*}$" },
        { { action = "wrong_length", length = 5 }, "closed", "content%-length: 5\r\n.*}$" },
        { { action = "bad_json" }, "open", "content%-length: 38\r\n\r\n{.*[^}]$" },
        { { action = "slow", chunk = 20, pause = 0.01 }, "closed", "content%-length: 76\r\n.*}$" },
        { { action = "close_after" }, "closed", "content%-length: 76\r\n.*}$" },
      }
      for _, case in ipairs(cases) do
        case[1].on = "submit"
        simulator:script { faults = { case[1] } }
        local received, ending = raw_submit(simulator, case[2] == "open" and case[3])
        assert.same({ case[1], case[2] }, { case[1], ending })
        assert.truthy(received:find(case[3]), case[1].action .. ": " .. received)
      end
    end)

    it("comes from the nth request on, so many times, where it matches", function()
      simulator:script { tasks = { { states = { { "RUNNING", 0.1 } } } }, faults = { { on = "poll", nth = 2, times = 2, status = 500 },
        { on = "submit", match = { model = "veo3.1" }, times = "always", status = 403 },
        { on = "submit", match = { prompt = "tree" }, status = 429 } } }
      local _, created = submit(simulator)
      local seen = {}
      for i = 1, 5 do seen[i] = (poll(simulator, created.id)) end
      assert.same({ 200, 500, 500, 200, 200 }, seen)
      local veo = { model = "veo3.1", promptText = "x", ratio = "1280:720" }
      assert.same({ 403, 403 }, { (submit(simulator, veo)), (submit(simulator, veo)) })
      local tree = with(BOAT, { promptText = "a tree" })
      assert.same({ 429, 200 }, { (submit(simulator, tree)), (submit(simulator, tree)) })
    end)

    it("lets faults follow each other in their order", function()
      simulator:script { tasks = { { states = { "SUCCEEDED" } } }, faults = { { on = "poll", times = 2, status = 500 },
        { on = "poll", status = 404, body = { error = "Could not find Task" } },
        { on = "poll", action = "html" }, { on = "poll", action = "bad_json" } } }
      local _, created = submit(simulator)
      local seen = {}
      for i = 1, 4 do seen[i] = (poll(simulator, created.id)) end
      assert.same({ 500, 500, 404, 502 }, seen)
      assert.has_error(function() poll(simulator, created.id) end) -- not JSON any more
      assert.equal("SUCCEEDED", select(2, poll(simulator, created.id)).status)
    end)

    it("after acceptance does not count what was refused, while one that spoils an answer spoils refusals too", function()
      simulator:script { faults = { { on = "submit", status = 500, after_accept = true },
        { on = "submit", nth = 2, headers = { ["x-odd"] = "2" } } } }
      local wrong = with(BOAT, { ratio = "1:1" })
      assert.equal(400, (submit(simulator, wrong)))
      local status, _, headers = submit(simulator, wrong)
      assert.same({ 400, "2" }, { status, headers["x-odd"] })
      assert.same({ 500, 200 }, { (submit(simulator)), (submit(simulator)) })
    end)

    it("can name a Retry-After of any form", function()
      simulator:script { faults = { { on = "submit", status = 429, retry_after = 2 }, { on = "submit", status = 429, retry_after = 1e9 },
        { on = "submit", status = 429, retry_after = "soon" }, { on = "submit", status = 429, retry_after_date = 4 },
        { on = "submit", status = 429, retry_after_date = -3600 } } }
      local seen = {}
      for i = 1, 5 do
        local _, _, headers = submit(simulator)
        seen[i] = headers["retry-after"]
      end
      assert.same({ "2", "1000000000", "soon" }, { seen[1], seen[2], seen[3] })
      for i = 4, 5 do assert.truthy(seen[i]:find "^%a%a%a, %d%d %a%a%a %d%d%d%d %d%d:%d%d:%d%d GMT$") end
      local function seconds(date)
        local h, m, s = date:match "(%d+):(%d+):(%d+)"
        return h * 3600 + m * 60 + s
      end
      assert.is_true((seconds(seen[4]) - seconds(seen[5])) % 86400 >= 3604 - 1)
      assert.is_true((seconds(seen[4]) - seconds(seen[5])) % 86400 <= 3604)
    end)
  end)

  describe("output link", function()
    local function links(script)
      script.tasks = { { states = { "SUCCEEDED" } } }
      simulator:script(script)
      local _, created = submit(simulator)
      return function() return select(2, poll(simulator, created.id)).output[1] end
    end

    it("dies after so many reads; reading the task again gives a fresh one", function()
      local fresh = links { output = { reads = 1 } }
      local first = fresh()
      assert.equal(200, (request(simulator, "GET", first, nil, {})))
      local status, body, headers = request(simulator, "GET", first, nil, {})
      assert.same({ 403, "application/xml" }, { status, headers["content-type"] })
      assert.truthy(body:find("<Code>AccessDenied</Code>", 1, true))
      local second = fresh()
      assert.not_equal(first, second)
      assert.equal(200, (request(simulator, "GET", second, nil, {})))
    end)

    it("dies by the clock, or is dead from the start", function()
      assert.equal(403, (request(simulator, "GET", links { output = { seconds = 0 } } (), nil, {})))
      local fresh = links { output = { dead_urls = 1 } }
      assert.equal(403, (request(simulator, "GET", fresh(), nil, {})))
      assert.equal(200, (request(simulator, "GET", fresh(), nil, {})))
    end)

    it("needs its token, answers HEAD, and can be cut short", function()
      local fresh = links {}
      assert.equal(403, (request(simulator, "GET", (fresh():gsub("_jwt=.*", "_jwt=x")), nil, {})))
      local status, body, headers = request(simulator, "HEAD", fresh(), nil, {})
      assert.same({ 200, "" }, { status, body })
      assert.is_true(tonumber(headers["content-length"]) > 1000)
      fresh = links { faults = { { on = "download", action = "cut", bytes = 100 } } }
      local connection = connect(simulator.port)
      connection:xwrite("GET " .. fresh():match("^http://[^/]*(.*)$") .. " HTTP/1.1\r\nHost: x\r\n\r\n", "n", 5)
      local received = ""
      repeat
        local piece = connection:xread(-4096, 5)
        received = received .. (piece or "")
      until not piece
      connection:close()
      assert.equal(100, #received:match("\r\n\r\n(.*)$"))
    end)
  end)

  describe("upload", function()
    local function form(fields, file, after)
      local boundary, lines = "----boundary-of-the-spec", {}
      local function field(name, value)
        lines[#lines + 1] = "--" .. boundary .. '\r\nContent-Disposition: form-data; name="' .. name .. '"\r\n\r\n' .. value .. "\r\n"
      end
      for name, value in pairs(fields) do field(name, value) end
      lines[#lines + 1] = "--" .. boundary .. '\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n'
      lines[#lines + 1] = "Content-Type: image/png\r\n\r\n"
      lines[#lines + 1] = file .. "\r\n"
      for name, value in pairs(after or {}) do field(name, value) end
      lines[#lines + 1] = "--" .. boundary .. "--\r\n"
      return table.concat(lines), { ["Content-Type"] = "multipart/form-data; boundary=" .. boundary }
    end

    local function create(filename) return request(simulator, "POST", "/v1/uploads", { filename = filename or "a.png", type = "ephemeral" }) end

    local FILE = PNG_HEAD .. big_endian(1280) .. big_endian(720) .. "\8\2\0\0\0" .. ("\r\n--"):rep(500)

    before_each(function() simulator:script {} end)

    it("gives a URI that is good once the file is stored", function()
      local _, upload = create()
      local body = { model = "gen4_turbo", ratio = "1280:720", promptImage = upload.runwayUri }
      assert.equal(400, (submit(simulator, body, "/v1/image_to_video")))
      local text, headers = form(upload.fields, FILE)
      assert.equal(204, (request(simulator, "POST", upload.uploadUrl, text, headers)))
      assert.equal(200, (submit(simulator, body, "/v1/image_to_video")))
      assert.equal(400, (submit(simulator, { model = "aleph2", videoUri = upload.runwayUri }, "/v1/video_to_video")))
    end)

    it("needs every field, unchanged, before the file", function()
      local _, upload = create()
      local early, late = with(upload.fields, {}), { Policy = upload.fields.Policy }
      early.Policy = nil
      local text, headers = form(early, FILE, late)
      local status, body = request(simulator, "POST", upload.uploadUrl, text, headers)
      assert.equal(403, status)
      assert.truthy(body:find("Policy must come before the file", 1, true))
      text, headers = form(with(upload.fields, { key = "other" }), FILE)
      assert.equal(403, (request(simulator, "POST", upload.uploadUrl, text, headers)))
    end)

    it("is refused when too small, cut short, or of no known kind", function()
      local _, upload = create()
      local text, headers = form(upload.fields, ("x"):rep(511))
      local status, body = request(simulator, "POST", upload.uploadUrl, text, headers)
      assert.same({ 400, true }, { status, body:find("EntityTooSmall", 1, true) ~= nil })
      text, headers = form(upload.fields, ("x"):rep(512))
      assert.equal(204, (request(simulator, "POST", upload.uploadUrl, text, headers)))
      assert.equal(400, (request(simulator, "POST", upload.uploadUrl, text:sub(1, -20), headers)))
      assert.equal(400, (create "a.exe"))
      assert.equal(400, (create "a"))
    end)

    it("streams a large file", function()
      local _, upload = create "a.mp4"
      local text, headers = form(upload.fields, ("0123456789abcdef"):rep(4 * 1024 * 1024))
      assert.equal(204, (request(simulator, "POST", upload.uploadUrl, text, headers)))
    end)
  end)

  describe("log", function()
    it("has one line a request, with what became of it, and never the key", function()
      local path = os.tmpname()
      local other = start { log = path, key = "key_very_secret" }
      local headers = with(HEADERS, { ["Authorization"] = "Bearer key_very_secret" })
      local _, created = request(other, "POST", "/v1/text_to_video", BOAT, headers)
      request(other, "GET", "/v1/tasks/" .. created.id, nil, headers)
      assert.equal(401, (request(other, "GET", "/v1/organization")))
      local entries = other:log()
      other:stop()
      local file = assert(io.open(path))
      local text = file:read "*a"
      file:close()
      os.remove(path)
      local lines = {}
      for line in text:gmatch "[^\n]+" do lines[#lines + 1] = json.decode(line) end
      assert.same(entries, lines)
      assert.same({ "submit", "poll", "organization" }, { lines[1].operation, lines[2].operation, lines[3].operation })
      assert.same({ created.id, true, 60, "gen4.5" }, { lines[1].task_id, lines[1].billed, lines[1].credits, lines[1].model })
      assert.equal("The API key you provided is not valid.", lines[3].refused)
      assert.is_nil(text:find("secret", 1, true))
      assert.is_nil(text:find("boat", 1, true))
      assert.equal(16, #lines[1].prompt_digest)
    end)

    it("names the fault and what was answered", function()
      simulator:script { faults = { { on = "submit", action = "reset", after_accept = true }, { on = "submit", status = 503 } } }
      raw_submit(simulator, "}$")
      raw_submit(simulator)
      local log = simulator:log()
      assert.same({ "status", 503, false }, { log[1].fault, log[1].status, log[1].billed })
      assert.same({ "reset", true }, { log[2].fault, log[2].billed })
      assert.is_nil(log[2].status)
    end)
  end)

  describe("script", function()
    it("with a mistake in it is refused with the place, and the old one stays", function()
      simulator:script { balance = 77 }
      for fragment, script in pairs {
        ["unknown key: balanse"] = { balanse = 1 },
        ["faults[1] has an unknown action: explode"] = { faults = { { on = "poll", action = "explode" } } },
        ["faults[2] needs `on`"] = { faults = { { on = "poll" }, { status = 500 } } },
        ["unknown operation: polls"] = { faults = { { on = "polls" } } },
        ["tasks[1] needs `states`"] = { tasks = { {} } },
      } do
        local ok, reason = pcall(simulator.script, simulator, script)
        assert.is_false(ok)
        assert.truthy(reason:find(fragment, 1, true), reason)
      end
      assert.equal(77, simulator:state().balance)
    end)

    it("may be JSON, and Lua that reaches for anything is refused", function()
      local function post(text, media_type)
        return request(simulator, "POST", "/_simulator/script", text, { ["Content-Type"] = media_type })
      end
      local states = '["PENDING", ["RUNNING", 0.2], {"state": "FAILED", "code": "INTERNAL"}]'
      assert.equal(200, (post('{"balance": 5, "tasks": [{"states": ' .. states .. "}]}", "application/json")))
      assert.equal(5, simulator:state().balance)
      local status, body = post('return { balance = os.time() }', "text/x-lua")
      assert.equal(400, status)
      assert.truthy(body.error)
      assert.equal(400, (post("{", "application/json")))
    end)
  end)
end)

describe("the simulator over TLS", function()
  local function handshake(options)
    local ssl_context = require "openssl.ssl.context"
    local simulator = start(options)
    local context, store, parameters = ssl_context.new "TLS", require("openssl.x509.store").new(), require("openssl.x509.verify_param").new()
    store:add(simulator.ca_file)
    context:setStore(store)
    context:setVerify(ssl_context.VERIFY_PEER)
    parameters:setIP "127.0.0.1"
    context:setParam(parameters)
    local connection = connect(simulator.port)
    local ok = connection:starttls(context, 10)
    local received = ok and connection:xwrite(as_text("GET", "/v1/organization"), "n", 5) and connection:xread(-4096, 5)
    connection:close()
    local ca_file = simulator.ca_file
    local balance = simulator:state().balance
    simulator:stop()
    assert.is_nil(io.open(ca_file))
    assert.equal(100000, balance)
    return ok and received
  end

  it("is trusted by who trusts its certificate", function() assert.truthy(handshake({ tls = true }):find "^HTTP/1.1 200 OK") end)

  it("is not, when the certificate names another host", function() assert.falsy(handshake { bad_certificate = true }) end)
end)

describe("retake simulate", function()
  it("says what is wrong with its options, and exits with 2", function()
    for _, options in ipairs { "--bogus", "--port", "--port 70000", "--port x" } do
      local output = run(LUA .. " bin/retake simulate " .. options)
      assert.truthy(output:find("usage: retake simulate", 1, true), output)
      assert.truthy(output:find "exit 2\n$", output)
    end
    assert.truthy(run(LUA .. " bin/retake"):find "usage: retake SUBCOMMAND.*exit 2\n$")
    assert.truthy(run(LUA .. " bin/retake dance"):find "unknown subcommand: dance.*exit 2\n$")
    assert.truthy(run(LUA .. " bin/retake simulate --help"):find "exit 0\n$")
  end)

  it("names the script file it cannot use, and exits with 1", function()
    assert.truthy(run(LUA .. " bin/retake simulate --script /nonexistent.lua"):find "/nonexistent.lua.*exit 1\n$")
  end)

  it("says what to install where lua-http is missing", function()
    local output = run(LUA .. [[ -e 'package.preload["http.server"] = function() error "absent" end' bin/retake simulate]])
    assert.truthy(output:find "needs lua%-http.*exit 1\n$", output)
  end)

  it("ends with 0 on SIGTERM and SIGINT", function()
    for _, signal in ipairs { "TERM", "INT" } do
      -- A shell without job control starts background children with SIGINT ignored; the simulator must hear it nevertheless.
      local output = run(([[sh -c 'f=$(mktemp); %s bin/retake simulate >$f & p=$!; while ! grep -q listening $f; do sleep 0.05; done; ]]
        .. [[kill -%s $p; wait $p; s=$?; rm -f $f; exit $s']]):format(LUA, signal))
      assert.equal("exit 0\n", output)
    end
  end)
end)
