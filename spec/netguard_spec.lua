-- What an asset check may connect to, and how little of an answer it reads. spec/c/test_engine_guard.c has names that change what they are.
local classify = require "retake.classify"
local core = require "retake.core"
local fault_server = require "spec.support.fault_server"

local LOCAL = { "127.0.0.1" }

-- How a host may be written, and the address that it is.
local hosts = {
  ["127.0.0.1"] = "127.0.0.1", ["0.0.0.0"] = "0.0.0.0", ["[::1]"] = "::1", ["[::]"] = "::", ["[::ffff:127.0.0.1]"] = "::ffff:127.0.0.1",
  ["[::ffff:7f00:1]"] = "::ffff:127.0.0.1", ["[::127.0.0.1]"] = "::127.0.0.1", ["[64:ff9b::7f00:1]"] = "64:ff9b::7f00:1",
  ["[64:ff9b:1::7f00:1]"] = "64:ff9b:1::7f00:1", ["[2002:7f00:1::]"] = "2002:7f00:1::", ["[2001:0:7f00:1::]"] = "2001:0:7f00:1::",
  ["[fe80::1]"] = "fe80::1", ["[fc00::1]"] = "fc00::1", ["[fd00:ec2::254]"] = "fd00:ec2::254", ["[100::1]"] = "100::1",
  ["[2001:db8::1]"] = "2001:db8::1", ["[fec0::1]"] = "fec0::1", ["[ff02::1]"] = "ff02::1", ["169.254.169.254"] = "169.254.169.254",
  ["100.64.0.1"] = "100.64.0.1", ["100.100.100.200"] = "100.100.100.200", ["192.0.0.1"] = "192.0.0.1", ["192.0.2.1"] = "192.0.2.1",
  ["198.18.0.1"] = "198.18.0.1", ["198.51.100.1"] = "198.51.100.1", ["203.0.113.1"] = "203.0.113.1", ["224.0.0.1"] = "224.0.0.1",
  ["240.0.0.1"] = "240.0.0.1", ["255.255.255.255"] = "255.255.255.255", ["192.88.99.1"] = "192.88.99.1", ["10.0.0.1"] = "10.0.0.1",
  ["172.16.0.1"] = "172.16.0.1", ["192.168.0.1"] = "192.168.0.1", ["0177.0.0.1"] = "127.0.0.1", ["2130706433"] = "127.0.0.1",
  ["0x7f.1"] = "127.0.0.1", ["127.1"] = "127.0.0.1", ["[::ffff:0:127.0.0.1]"] = "::ffff:0:7f00:1", ["[5f00::1]"] = "5f00::1",
  ["[2001:20::1]"] = "2001:20::1", ["[3fff::1]"] = "3fff::1",
}

local function run(command, ...)
  local status = os.execute(command:format(...) .. " >/dev/null 2>&1")
  return status == true or status == 0
end

local function write(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
end

describe("the address guard", function()
  local server, engine

  setup(function() server = fault_server.start() end)
  teardown(function() server.stop() end)
  before_each(function() engine = core.engine { concurrency = 8 } end)
  after_each(function() engine:close() end)

  local function perform(request)
    request.url = request.url or server.url(request.path)
    request.path = nil
    request.timeout = request.timeout or { total = 20 }
    assert(engine:start(request))
    while true do
      local outcome = engine:take()
      if outcome then return outcome end
      engine:step(1)
    end
  end

  local function header(outcome, name)
    for _, line in ipairs(outcome.headers) do
      if line:lower():find(name:lower() .. ":", 1, true) == 1 then return line:match ":%s*(.*)" end
    end
  end

  describe("of a transfer", function()
    it("refuses every address that is not the whole internet's, however a URL spells it", function()
      for host, address in pairs(hosts) do
        local outcome = perform { url = ("http://%s:%d/ok"):format(host, server.port), guard = true }
        assert.same({ "blocked", false }, { outcome.kind, outcome.sent }, host)
        assert.truthy(outcome.message:find(address .. " is ", 1, true), outcome.message)
        assert.is_nil(outcome.status)
        assert.equal("asset.blocked_address", classify.classify({ operation = "asset", transport = outcome }).class, host)
      end
      assert.equal(0, engine:stats().connections_opened)
    end)

    it("refuses what a name resolves to", function()
      for _, host in ipairs { "localhost", "LOCALHOST" } do
        local outcome = perform { url = ("http://%s:%d/ok"):format(host, server.port), guard = true }
        assert.equal("blocked", outcome.kind, host)
        assert.truthy(outcome.message:find("is a loopback address", 1, true), outcome.message)
      end
    end)

    it("connects where an exception says so, and nowhere else", function()
      for _, allow in ipairs { LOCAL, { "127.0.0.0/8" }, { "::1", "10.0.0.0/8", "127.0.0.1/32" } } do
        local outcome = perform { path = "/ok", guard = true, allow_addresses = allow }
        assert.same({ "response", 200, "ok" }, { outcome.kind, outcome.status, outcome.body })
      end
      for _, allow in ipairs { {}, { "127.0.0.2" }, { "::1" }, { "::ffff:127.0.0.1" }, { "10.0.0.0/8" }, { "0.0.0.0" } } do
        assert.equal("blocked", perform({ path = "/ok", guard = true, allow_addresses = allow }).kind)
      end
    end)

    it("holds for a connection that another transfer opened", function()
      perform { path = "/ok" }
      local outcome = perform { path = "/ok", guard = true }
      assert.same({ "blocked", false }, { outcome.kind, outcome.sent })
      perform { path = "/ok", guard = true, allow_addresses = LOCAL }
      assert.equal("blocked", perform({ path = "/ok", guard = true }).kind)
      perform { path = "/ok", guard = true, allow_addresses = LOCAL }
      assert.is_true(perform({ path = "/ok", guard = true, allow_addresses = LOCAL }).reused)
    end)

    it("holds wherever a redirect leads; none is followed unasked", function()
      local path = ("/redirecthttp://127.0.0.2:%d/ok"):format(server.port)
      local outcome = perform { path = path, guard = true, allow_addresses = LOCAL }
      assert.same({ "response", 302 }, { outcome.kind, outcome.status })
      assert.equal(("http://127.0.0.2:%d/ok"):format(server.port), header(outcome, "location"))
      outcome = perform { path = path, guard = true, allow_addresses = LOCAL, redirects = 3 }
      assert.same({ "blocked", true }, { outcome.kind, outcome.sent })
      assert.equal("response", perform({ path = "/redirect/ok", guard = true, allow_addresses = LOCAL, redirects = 3 }).kind)
    end)

    it("takes no proxy, whatever the environment says", function()
      local script = os.tmpname()
      write(script, [[
        local core = require "retake.core"
        local engine = core.engine()
        for _, guard in ipairs { false, true } do
          engine:start { url = arg[1], guard = guard, allow_addresses = guard and { "127.0.0.1" } or nil }
          local outcome
          repeat engine:step(1) outcome = engine:take() until outcome
          io.write(outcome.kind, " ")
        end
      ]])
      local interpreter = _VERSION == "Lua 5.1" and "lua5.1" or "lua5.4"
      local pipe = io.popen(("env http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 %s %s %s 2>&1"):format(interpreter, script, server.url "/ok"))
      assert.equal("connect response ", pipe:read "*a")
      pipe:close()
      os.remove(script)
    end)

    it("refuses wrong options by name", function()
      for field, request in pairs {
        guard = { guard = 1 }, allow_addresses = { guard = true, allow_addresses = "127.0.0.1" }, range = { range = "bytes=0-1" },
        stop_after = { stop_after = 0 }, proxy = { guard = true, proxy = "http://127.0.0.1:1" },
      } do
        request.url = "http://127.0.0.1/"
        local ok, message = pcall(function() engine:start(request) end)
        assert.is_false(ok, field)
        assert.truthy(message:find("'" .. field .. "'", 1, true), message)
      end
      for _, entry in ipairs { "localhost", "127.1", "127.0.0.1/33", "", "127.0.0.1\0", 1, {} } do
        assert.has_error(function() engine:start { url = "http://127.0.0.1/", guard = true, allow_addresses = { "::1", entry } } end)
      end
      assert.has_error(function() engine:start { url = "http://127.0.0.1/", allow_addresses = LOCAL } end)
      assert.has_error(function() engine:start { url = "http://127.0.0.1/", stop_after = 5, output = "x" } end)
    end)
  end)

  describe("reading little", function()
    it("asks by HEAD, with a name of its own", function()
      local outcome = perform { path = "/ok", method = "HEAD", user_agent = "RunwayML API/1.0", guard = true, allow_addresses = LOCAL }
      assert.same({ "response", 200, "", 0 }, { outcome.kind, outcome.status, outcome.body, outcome.size })
      assert.equal("2", header(outcome, "content-length"))
      local sent = perform({ path = "/echo", user_agent = "RunwayML API/1.0", guard = true, allow_addresses = LOCAL }).body
      assert.truthy(sent:find("\r\nUser-Agent: RunwayML API/1.0\r\n", 1, true))
      assert.truthy(sent:find("\r\nAccept-Encoding: identity\r\n", 1, true)) -- else neither the length nor a part would be the file's
    end)

    it("asks for a range", function()
      for _, range in ipairs { "0-63", "64-", "-64" } do
        assert.truthy(perform({ path = "/echo", range = range }).body:find("\r\nRange: bytes=" .. range .. "\r\n", 1, true))
      end
    end)

    it("stops as soon as it has enough, and that is no failure", function()
      local started = core.now()
      for _, path in ipairs { "/bytes/500000000", "/stall", "/chunked/whole", "/chunked/cut", "/short", "/drip/1000/0.01", "/status/404" } do
        local outcome = perform { path = path, stop_after = 2, guard = true, allow_addresses = LOCAL }
        assert.same({ "response", 2, 2, true, 0 }, { outcome.kind, outcome.size, #outcome.body, outcome.truncated, outcome.curl_code }, path)
      end
      assert.is_true(core.now() - started < 5)
      local outcome = perform { path = "/ok", stop_after = 3 }
      assert.same({ "response", "ok" }, { outcome.kind, outcome.body })
      assert.is_nil(outcome.truncated)
    end)

    it("keeps the connection where the body ends just there", function()
      for turn = 1, 3 do
        local outcome = perform { path = "/bytes/64", stop_after = 64 }
        assert.same({ 64, turn > 1 }, { outcome.size, outcome.reused })
        assert.is_nil(outcome.truncated)
      end
    end)
  end)

  -- The numbers of a check as it will be made: HEAD, then a range, over one pool of connections, by HTTP/1.1 and HTTP/2.
  describe("over nginx", function()
    local folder, plain, secure
    local config = [[
daemon on; pid @/pid; error_log @/error.log; worker_processes 1;
events { worker_connections 512; }
http {
  access_log off; default_type image/png; root @/www;
  client_body_temp_path @/t; proxy_temp_path @/t; fastcgi_temp_path @/t; uwsgi_temp_path @/t; scgi_temp_path @/t;
  gzip on; gzip_types *;
  ssl_certificate @/server.pem; ssl_certificate_key @/server.key;
  server { listen 127.0.0.1:%d; location /whole/ { alias @/www/; max_ranges 0; } location / { } }
  server { listen 127.0.0.1:%d ssl http2; }
}
]]

    setup(function()
      folder = fault_server.new_folder()
      assert(run("mkdir %s/www && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost "
        .. "-keyout %s/server.key -out %s/server.pem", folder, folder, folder))
      write(folder .. "/www/file.png", ("0123456789abcdef"):rep(65536))
      for try = 1, 10 do
        plain = 10000 + (math.floor(core.clock() * 1000) + try * 977) % 20000
        secure = plain + 1
        write(folder .. "/conf", (config:format(plain, secure):gsub("@", folder)))
        if run("chmod 755 %s && PATH=$PATH:/usr/sbin nginx -p %s -c %s/conf", folder, folder, folder) then return end
      end
      error("nginx did not start; is it installed?")
    end)
    teardown(function() run("kill $(cat %s/pid); sleep 0.2; rm -rf %s", folder, folder) end)

    local function asked(request)
      request.guard, request.allow_addresses, request.ca_file = true, { "127.0.0.1", "::1" }, folder .. "/server.pem"
      return perform(request)
    end

    it("gets the headers and a part, over one connection", function()
      for _, base in ipairs { ("http://127.0.0.1:%d"):format(plain), ("https://localhost:%d"):format(secure) } do
        local head = asked { url = base .. "/file.png", method = "HEAD" }
        assert.same({ "response", 200, "1048576", "" }, { head.kind, head.status, header(head, "content-length"), head.body })
        local part = asked { url = base .. "/file.png", range = "16-79", stop_after = 64 }
        assert.same({ "response", 206, ("0123456789abcdef"):rep(4), true }, { part.kind, part.status, part.body, part.reused })
        assert.equal("bytes 16-79/1048576", header(part, "content-range"))
        assert.equal(416, asked({ url = base .. "/file.png", range = "2000000-2000001" }).status)
        assert.equal("blocked", perform({ url = base .. "/file.png", guard = true, ca_file = folder .. "/server.pem" }).kind)
      end
    end)

    it("cuts what a server sends whole although a part was asked for", function()
      local outcome = asked { url = ("http://127.0.0.1:%d/whole/file.png"):format(plain), range = "0-63", stop_after = 64 }
      assert.same({ "response", 200, 64, true }, { outcome.kind, outcome.status, outcome.size, outcome.truncated })
    end)

    it("checks many side by side on few connections", function()
      local count, good = 200, 0
      for _ = 1, count do
        assert(engine:start { url = ("https://localhost:%d/file.png"):format(secure), method = "HEAD", guard = true,
          allow_addresses = { "127.0.0.1", "::1" }, ca_file = folder .. "/server.pem" })
      end
      for _ = 1, count do
        local outcome
        repeat engine:step(1) outcome = engine:take() until outcome
        if outcome.status == 200 then good = good + 1 end
      end
      assert.equal(count, good)
      assert.is_true(engine:stats().connections_opened <= 8)
    end)
  end)

  describe("for people", function()
    it("tells whether an address is blocked, and why", function()
      assert.equal("10.0.0.1 is a private address", core.address_blocked "10.0.0.1")
      for host, address in pairs(hosts) do
        local reason = core.address_blocked(host)
        assert.equal(address .. " is ", reason and reason:sub(1, #address + 4), host)
      end
      for _, address in ipairs { "172.15.255.255", "172.32.0.0", "100.63.255.255", "100.128.0.0", "11.0.0.1", "2001:db7::1", "2606:4700::1111", "8.8.8.8" } do
        assert.is_nil(core.address_blocked(address))
      end
    end)

    it("knows the exceptions", function()
      assert.is_nil(core.address_blocked("127.0.0.1", { "127.0.0.0/8" }))
      assert.is_nil(core.address_blocked("fd00::1", { "10.0.0.0/8", "fd00::/8" }))
      assert.is_string(core.address_blocked("127.0.0.1", {}))
      assert.is_string(core.address_blocked("::ffff:127.0.0.1", LOCAL))
      assert.has_error(function() core.address_blocked("127.0.0.1", { "localhost" }) end)
      assert.has_error(function() core.address_blocked("127.0.0.1", "127.0.0.1") end)
    end)

    it("takes nothing for an open address that is none", function()
      for _, text in ipairs { "", "localhost", "example.com", "8.8.8.8 ", "8.8.8.8\0", "8.8.8.8/32", "1.2.3.4.5" } do
        assert.equal("it is no internet address", core.address_blocked(text))
      end
    end)
  end)
end)
