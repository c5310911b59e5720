local core = require "retake.core"
local fault_server = require "spec.support.fault_server"

local MIB = 1024 * 1024

---@return table outcome
local function await(engine)
  local deadline = core.now() + 20
  repeat
    local outcome = engine:take()
    if outcome then return outcome end
    engine:step(1)
  until core.now() > deadline
  error("no outcome came")
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local content = file:read("*a")
  file:close()
  return content
end

local function write(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
end

local function listing(folder)
  local pipe = io.popen("ls -A " .. folder)
  local names = pipe:read("*a")
  pipe:close()
  return names
end

-- How many, and which. Without a pipe: one end of it would be listed too, and on a busy machine now and then the other.
local function open_descriptors()
  local path = os.tmpname()
  os.execute("ls -l /proc/$PPID/fd >" .. path)
  local list = read(path)
  os.remove(path)
  return select(2, list:gsub(" %-> ", "")), list
end

describe("core.engine", function()
  local server, engine, folder

  setup(function() server = fault_server.start() end)
  teardown(function() server.stop() end)
  before_each(function()
    engine = core.engine { concurrency = 8 }
    folder = fault_server.new_folder()
  end)
  after_each(function()
    engine:close()
    os.execute("rm -rf " .. folder)
  end)

  local function perform(request)
    request.url = request.url or server.url(request.path)
    request.path = nil
    local id = assert(engine:start(request))
    local outcome = await(engine)
    assert.equal(id, outcome.id)
    return outcome
  end

  local function arrivals(path)
    local count = 0
    for line in perform({ path = "/log" }).body:gmatch("[^\n]+") do
      if line:find(" " .. path .. " ", 1, true) then count = count + 1 end
    end
    return count
  end

  describe("a response", function()
    it("carries status, raw headers, body, and how it came", function()
      local outcome = perform { path = "/ok" }
      assert.equal("response", outcome.kind)
      assert.equal(200, outcome.status)
      assert.same({ "Content-Length: 2", "X-Served-By: fault" }, outcome.headers)
      assert.equal("ok", outcome.body)
      assert.equal(2, outcome.size)
      assert.is_true(outcome.sent)
      assert.is_false(outcome.reused)
      assert.equal("1.1", outcome.http_version)
      assert.equal(server.url("/ok"), outcome.effective_url)
      assert.is_true(outcome.elapsed >= 0 and outcome.elapsed < 20)
      assert.is_nil(outcome.retry_after)
      assert.equal(0, outcome.curl_code)
    end)

    it("has the headers of the last response only, folded lines joined, trailers left out", function()
      assert.same({ "X-Long: one two", "Set-Cookie: a=1", "Set-Cookie: b=2", "Content-Length: 2" }, perform({ path = "/folded" }).headers)
      local outcome = perform { path = "/chunked/whole" }
      assert.equal("firstsecond", outcome.body)
      for _, line in ipairs(outcome.headers) do assert.is_nil(line:find("^X%-Late")) end
    end)

    it("tells Retry-After", function()
      assert.equal(7, perform({ path = "/status/429/7" }).retry_after)
    end)

    it("comes over a kept connection the second time", function()
      perform { path = "/ok" }
      assert.is_true(perform({ path = "/ok" }).reused)
      assert.equal(1, engine:stats().connections_reused)
    end)

    it("answers HEAD and methods of its own", function()
      assert.equal("", perform({ method = "HEAD", path = "/ok" }).body)
      assert.truthy(perform({ method = "DELETE", path = "/echo" }).body:find("^DELETE /echo HTTP/1.1"))
    end)
  end)

  describe("a request", function()
    it("sends its headers as given, and none of libcurl's own making", function()
      local body = perform({
        method = "POST", path = "/echo", body = ("x"):rep(2 * MIB), headers = { "X-One: 1", "X-Empty:", "Content-Type: application/json" },
        user_agent = "spec/1",
      }).body
      assert.truthy(body:find("\r\nX-One: 1\r\n", 1, true))
      assert.truthy(body:find("\r\nX-Empty:\r\n", 1, true))
      assert.truthy(body:find("\r\nContent-Type: application/json\r\n", 1, true))
      assert.truthy(body:find("\r\nUser-Agent: spec/1\r\n", 1, true))
      assert.falsy(body:lower():find("expect:", 1, true)) -- a server that ignores it costs a second's wait
      assert.falsy(perform({ method = "POST", path = "/echo", body = "a" }).body:find("urlencoded", 1, true))
    end)

    it("asks for compression in memory, for none in a file", function()
      assert.truthy(perform({ path = "/echo" }).body:find("\r\nAccept%-Encoding: [^\r]*gzip"))
      perform { path = "/echo", output = folder .. "/x" }
      assert.truthy(read(folder .. "/x"):find("\r\nAccept-Encoding: identity\r\n", 1, true))
    end)

    it("streams a file, byte for byte", function()
      local bytes = ("0123456789abcdef"):rep(20000) .. "end"
      write(folder .. "/upload", bytes)
      perform { path = "/log/clear" }
      assert.equal(200, perform({ method = "PUT", path = "/ok", body_file = folder .. "/upload" }).status)
      local from_file = perform({ path = "/log/clear" }).body:match("PUT /ok (%d+ %d+)")
      assert.equal(200, perform({ method = "PUT", path = "/ok", body = bytes }).status)
      assert.equal(from_file, perform({ path = "/log/clear" }).body:match("PUT /ok (%d+ %d+)"))
      assert.equal(tostring(#bytes), from_file:match("^%d+"))
    end)

    it("sends a multipart form of values and files", function()
      write(folder .. "/a.png", "PNG\0bytes")
      local body = perform({
        method = "POST", path = "/echo",
        parts = { { name = "key", value = "a\0b" }, { name = "file", file = folder .. "/a.png", filename = "b.png", type = "image/png" } },
      }).body
      assert.truthy(body:find("\r\nContent%-Length: %d+\r\n"))
      assert.truthy(body:find('name="key"\r\n\r\na\0b\r\n', 1, true))
      assert.truthy(body:find('name="file"; filename="b.png"\r\nContent-Type: image/png\r\n\r\nPNG\0bytes\r\n', 1, true))
    end)

    it("fails before it is sent where its file is missing", function()
      perform { path = "/log/clear" }
      local outcome = perform { method = "POST", path = "/ok", body_file = folder .. "/none" }
      assert.equal("storage", outcome.kind)
      assert.is_false(outcome.sent)
      assert.equal(0, arrivals("/ok"))
    end)

    it("is interrupted, not padded, where its file shrinks while it is sent", function()
      write(folder .. "/big", ("x"):rep(40 * MIB))
      assert(engine:start { method = "PUT", url = server.url("/deaf"), body_file = folder .. "/big", timeout = { idle = 0.3 } })
      for _ = 1, 20 do engine:step(0.01) end
      local file = io.open(folder .. "/big", "wb")
      file:close()
      local outcome = await(engine)
      assert.is_true(outcome.sent)
      -- the server does not read: either the shortened file was met first, or the wait for the socket ran out
      assert.truthy(outcome.kind == "storage" or outcome.kind == "timeout")
    end)

    it("follows redirects only when asked, and never with credentials", function()
      assert.equal(302, perform({ path = "/redirect/ok" }).status)
      local outcome = perform { path = "/redirect/ok", redirects = 3 }
      assert.equal(200, outcome.status)
      assert.equal(server.url("/ok"), outcome.effective_url)
      assert.equal("protocol", perform({ path = "/redirect/redirect/redirect/redirect/ok", redirects = 1 }).kind)
      assert.has_error(function() engine:start { url = server.url("/ok"), redirects = 1, headers = { "Authorization: Bearer k" } } end)
    end)

    it("goes through a proxy where told to", function()
      -- to a plain proxy the whole URL is the path, and the host is for the proxy to find
      local outcome = perform { url = "http://no-such-host.invalid/ok", proxy = server.url("") }
      assert.same({ "response", 404 }, { outcome.kind, outcome.status })
      -- a tunnel that is refused: the proxy heard the host's name, and nothing of the request
      outcome = perform { url = "https://no-such-host.invalid/ok", proxy = server.url("") }
      assert.same({ "connect", false }, { outcome.kind, outcome.sent })
    end)

    -- libcurl sent a POST again by itself when the kept connection it chose turned out dead: paid twice.
    it("arrives once where it must, even when a kept connection dies", function()
      perform { path = "/second-dies" }
      perform { path = "/log/clear" }
      perform { path = "/second-dies" }
      local outcome = perform { method = "POST", path = "/second-dies", body = "{}", once = true }
      assert.equal("response", outcome.kind)
      assert.is_false(outcome.reused)
      local _, posts = perform({ path = "/log/clear" }).body:gsub("POST /second%-dies", "")
      assert.equal(1, posts)
      for _, path in ipairs { "/reset", "/close" } do
        outcome = perform { method = "POST", path = path, body = "{}", once = true }
        assert.equal("interrupted", outcome.kind)
        assert.is_true(outcome.sent)
        assert.equal(1, arrivals(path))
      end
    end)
  end)

  describe("a failure", function()
    it("says what broke, and that nothing was sent where that is certain", function()
      local outcome = perform { url = "http://127.0.0.1:1/" }
      assert.equal("connect", outcome.kind)
      assert.is_false(outcome.sent)
      outcome = perform { url = "http://no-such-host.invalid/" }
      assert.equal("resolve", outcome.kind)
      assert.is_false(outcome.sent)
      assert.is_string(outcome.message)
    end)

    it("says that the request may have left otherwise", function()
      for path, kind in pairs {
        ["/reset"] = "interrupted", ["/close"] = "interrupted", ["/short"] = "interrupted", ["/chunked/cut"] = "interrupted",
        ["/chunked/broken"] = "interrupted", ["/garbage"] = "protocol", ["/headers"] = "too_large",
      } do
        local outcome = perform { path = path }
        assert.equal(kind, outcome.kind, path)
        assert.is_true(outcome.sent, path)
        assert.is_nil(outcome.body, path)
      end
    end)

    it("names the clock that ran out", function()
      local outcome = perform { path = "/silence", timeout = { connect = 5, first_byte = 0.1, idle = 5, total = 9 } }
      assert.same({ "timeout", "first_byte", true }, { outcome.kind, outcome.timeout, outcome.sent })
      outcome = perform { path = "/stall", timeout = { first_byte = 5, idle = 0.1, total = 9 } }
      assert.same({ "timeout", "idle", true }, { outcome.kind, outcome.timeout, outcome.sent })
      outcome = perform { path = "/drip/1000/0.02", timeout = { idle = 5, total = 0.2 } }
      assert.same({ "timeout", "total", true }, { outcome.kind, outcome.timeout, outcome.sent })
      -- TCP connects; the TLS handshake is never answered
      outcome = perform { url = ("https://127.0.0.1:%d/"):format(server.port), timeout = { connect = 0.2 } }
      assert.is_false(outcome.sent)
      assert.truthy(outcome.timeout == "connect" or outcome.kind == "tls")
    end)

    it("does not call a slow but moving body idle", function()
      assert.equal("response", perform({ path = "/drip/20/0.1", timeout = { idle = 1.5 } }).kind)
    end)

    it("is the upload that stands still, too", function()
      local outcome = perform { method = "POST", path = "/deaf", body = ("x"):rep(40 * MIB), timeout = { first_byte = 9, idle = 0.2 } }
      assert.same({ "timeout", "idle", true }, { outcome.kind, outcome.timeout, outcome.sent })
    end)

    it("stops a body that unpacks to more than allowed", function()
      local outcome = perform { path = "/bomb/64" }
      assert.equal("too_large", outcome.kind)
      assert.equal("too_large", perform({ path = "/bytes/1001", max_body = 1000 }).kind)
      assert.equal(1000, perform({ path = "/bytes/1000", max_body = 1000 }).size)
    end)
  end)

  describe("an output file", function()
    it("appears whole, under its name", function()
      local outcome = perform { path = "/bytes/300000", output = folder .. "/video.mp4" }
      assert.equal("response", outcome.kind)
      assert.equal(folder .. "/video.mp4", outcome.path)
      assert.is_nil(outcome.body)
      assert.equal(300000, outcome.size)
      assert.equal(300000, #read(folder .. "/video.mp4"))
      assert.equal("video.mp4\n", listing(folder))
    end)

    it("does not appear, and leaves nothing behind, where the body is short, cut, stalled, too large or cancelled", function()
      for _, path in ipairs { "/short", "/chunked/cut", "/chunked/broken", "/stall", "/bytes/5000" } do
        local outcome = perform { path = path, output = folder .. "/x", max_body = 4000, timeout = { idle = 0.1 } }
        assert.not_equal("response", outcome.kind)
        assert.equal("", listing(folder), path)
      end
      local id = engine:start { url = server.url("/stall"), output = folder .. "/x" }
      while listing(folder) == "" do engine:step(0.02) end
      assert.is_true(engine:cancel(id))
      assert.equal("cancelled", await(engine).kind)
      assert.equal("", listing(folder))
    end)

    it("leaves the old one in place until the new one is whole", function()
      write(folder .. "/x", "old")
      perform { path = "/short", output = folder .. "/x" }
      assert.equal("old", read(folder .. "/x"))
      perform { path = "/ok", output = folder .. "/x" }
      assert.equal("ok", read(folder .. "/x"))
    end)

    it("is not made of an error page, which comes in memory, cut at a mebibyte", function()
      local outcome = perform { path = "/status/403", output = folder .. "/x" }
      assert.equal('{"error":"asked for"}', outcome.body)
      assert.is_nil(outcome.path)
      outcome = perform { path = "/bytes/3000000/500", output = folder .. "/x" }
      assert.same({ "response", 500, MIB, true }, { outcome.kind, outcome.status, #outcome.body, outcome.truncated })
      assert.equal("", listing(folder))
    end)

    it("that cannot be written is a storage failure", function()
      assert.equal("storage", perform({ path = "/ok", output = folder .. "/no/such/x" }).kind)
      assert.equal("storage", perform({ path = "/ok", output = folder }).kind)
      local outcome = perform { path = "/ok", output = "/proc/x" }
      assert.equal("storage", outcome.kind)
      assert.is_string(outcome.message)
    end)
  end)

  describe("the queue", function()
    it("runs no more than its concurrency, refuses over its length, and cancels anywhere", function()
      local small = core.engine { concurrency = 1, queue = 2 }
      local request = { url = server.url("/silence") }
      local running = small:start(request)
      for _ = 1, 20 do small:step(0.01) end
      local first, second = small:start(request), small:start(request)
      assert.same({ nil, "queue_full" }, { small:start(request) })
      assert.equal(1, small:stats().running)
      assert.equal(2, small:stats().queued)
      assert.is_true(small:cancel(first))
      assert.is_false(small:cancel(first))
      local outcome = small:take()
      assert.same({ first, "cancelled", false }, { outcome.id, outcome.kind, outcome.sent })
      assert.is_true(small:cancel(running))
      outcome = small:take()
      assert.same({ running, "cancelled", true }, { outcome.id, outcome.kind, outcome.sent })
      small:step(0.01)
      assert.equal(1, small:stats().running)
      assert.is_true(small:cancel(second))
      assert.is_false(small:cancel(12345))
      small:close()
    end)

    it("holds ten thousand waiting requests in less than a kibibyte each beside their strings", function()
      local small = core.engine { concurrency = 1, queue = 20000 }
      local function resident()
        return tonumber(read("/proc/self/statm"):match("^%d+ (%d+)")) * 4096
      end
      collectgarbage()
      local before = resident()
      for _ = 1, 10000 do assert(small:start { url = "http://127.0.0.1:1/" }) end
      assert.is_true((resident() - before) / 10000 < 1024)
      assert.equal(10000, small:stats().queued)
      small:close()
    end)
  end)

  describe("the loop's side", function()
    it("speaks the cqueues protocol and never blocks in step(0)", function()
      assert.equal("r", engine:events())
      assert.equal("number", type(engine:pollfd()))
      assert.is_nil(engine:timeout())
      local id = engine:start { url = server.url("/late/1.5"), timeout = { total = 5 } }
      assert.equal(0, engine:timeout())
      local longest = 0
      while not engine:take() do
        local before = core.now()
        engine:step(0)
        longest = math.max(longest, core.now() - before)
        local wait = engine:timeout()
        assert.is_true(wait == nil or (wait >= 0 and wait <= 5))
      end
      assert.is_true(longest < 1.2) -- the answer takes 1.5 s: a step that waited for it would show
      assert.is_nil(engine:progress(id))
    end)

    it("takes a few of many answers at a time where it has to hurry", function()
      for _ = 1, 8 do engine:start { url = server.url("/late/2") } end
      for _ = 1, 20 do engine:step(0.01) end -- the requests leave
      core.sleep(2.5) -- all answers are there
      local steps, before, most = 0, 0, 0
      repeat
        local ready = engine:step(0, 0)
        most = math.max(most, ready - before)
        before, steps = ready, steps + 1
        assert.is_true(steps < 1000)
      until ready == 8
      assert.is_true(steps >= 4, steps .. " steps")
      assert.is_true(most < 8)
      assert.has_error(function() engine:step(0, "long") end)
    end)

    it("tells progress", function()
      local id = engine:start { url = server.url("/drip/20/0.05") }
      local received, expected
      repeat
        engine:step(0.05)
        received, expected = engine:progress(id)
      until received > 3
      assert.equal(20, expected)
      assert.is_true(received < 20)
      engine:cancel(id)
    end)

    it("watches foreign descriptors on the same one", function()
      local other = core.engine()
      assert.is_true(engine:watch(other:pollfd(), "r"))
      engine:step(0)
      assert.is_nil(engine:ready())
      other:start { url = server.url("/ok") }
      repeat other:step(0) until other:stats().running == 1 and other:stats().queued == 0
      local fd, events
      for _ = 1, 100 do
        engine:step(0.1)
        fd, events = engine:ready()
        if fd then break end
        other:step(0)
        if other:take() then other:start { url = server.url("/ok") } end
      end
      assert.same({ other:pollfd(), "r" }, { fd, events })
      engine:unwatch(other:pollfd())
      engine:step(0)
      assert.is_nil(engine:ready())
      assert.same({ nil, "Bad file descriptor" }, { engine:watch(-1, "r") })
      other:close()
    end)

    it("has an alarm, for loops that watch its descriptor and have no timers", function()
      local other = core.engine()
      assert.is_true(engine:watch(other:pollfd(), "r"))
      local function rings()
        engine:step(0)
        return engine:ready() == other:pollfd()
      end
      assert.is_true(other:alarm(0.1))
      assert.is_false(rings())
      local began = core.now()
      engine:step(5)
      assert.is_true(core.now() - began >= 0.09 and core.now() - began < 4)
      assert.is_true(rings()) -- until it is stepped
      other:step(0)
      assert.is_false(rings())
      assert.is_true(other:alarm(0))
      assert.is_true(other:alarm())
      assert.is_false(rings())
      assert.has_error(function() other:alarm(-1) end)
      engine:unwatch(other:pollfd())
      other:close()
      assert.same({ nil, "closed" }, { other:alarm(1) })
    end)

    it("closes more than once, is refused afterwards, and leaves no descriptor open", function()
      collectgarbage()
      collectgarbage()
      local before = open_descriptors()
      for _ = 1, 20 do
        local one = core.engine()
        one:start { url = server.url("/silence") }
        one:start { url = server.url("/ok") }
        while not one:take() do one:step(1) end
      end
      collectgarbage()
      collectgarbage()
      -- a name look-up that was given up closes its descriptors when its thread ends
      local left, list
      for _ = 1, 1000 do
        left, list = open_descriptors()
        if left <= before then break end
        core.sleep(0.01)
      end
      assert.is_true(left <= before, ("%d descriptors are open, there were %d:\n%s"):format(left, before, list))
      engine:close()
      engine:close()
      assert.same({ nil, "closed" }, { engine:step(0) })
      assert.same({ nil, "closed" }, { engine:start { url = "http://x/" } })
      assert.same({ nil, "closed" }, { engine:take() })
    end)

    it("survives a collection at every turn", function()
      for _ = 1, 50 do assert(engine:start { url = server.url("/ok"), headers = { "X-A: " .. _ } }) end
      local good = 0
      while good < 50 do
        collectgarbage()
        engine:step(1)
        collectgarbage()
        local outcome = engine:take()
        if outcome and outcome.body == "ok" then good = good + 1 end
      end
    end)
  end)

  describe("wrong arguments", function()
    local function message_of(request)
      local ok, message = pcall(function() engine:start(request) end)
      assert.is_false(ok)
      return message
    end

    it("throw at the caller's position, with the field's name", function()
      assert.truthy(message_of({ url = "http://x/", verb = "GET" }):find("engine_spec.lua:%d+: .*'verb'"))
      for field, value in pairs {
        url = 1, method = "A B", headers = { "no colon" }, timeout = { connect = "1" }, max_body = -1, once = 1, parts = { {} }, body = {},
        user_agent = "a\nb", output = "a\0b",
      } do
        local request = { url = "http://127.0.0.1/" }
        request[field] = value
        assert.truthy(message_of(request):find(field, 1, true), field)
      end
      assert.truthy(message_of({ url = "http://x/", timeout = { conect = 1 } }):find("conect", 1, true))
      assert.truthy(message_of({ url = "file:///etc/passwd" }):find("url", 1, true))
      assert.truthy(message_of({ url = "http://x/", headers = { "A: b\r\nC: d" } }):find("headers", 1, true))
      assert.truthy(message_of({ url = "http://x/", body = "a", body_file = "b" }):find("body", 1, true))
      assert.has_error(function() core.engine { speed = 1 } end)
      assert.has_error(function() core.engine { concurrency = 0 } end)
      assert.has_error(function() engine.step({}, 1) end)
    end)

    it("do not show a header's value", function()
      assert.falsy(message_of({ url = "http://x/", headers = { "Authorization Bearer s3cret" } }):find("s3cret", 1, true))
    end)
  end)
end)
