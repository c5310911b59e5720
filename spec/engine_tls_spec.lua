-- TLS and HTTP/2 against a real nginx with certificates made here.
local core = require "retake.core"
local fault_server = require "spec.support.fault_server"

local function run(command, ...)
  local status = os.execute(command:format(...) .. " >/dev/null 2>&1")
  return status == true or status == 0
end

local function write(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  file:close()
end

local config = [[
daemon on; pid @/pid; error_log @/error.log; worker_processes 1;
events { worker_connections 256; }
http {
  access_log @/access.log; client_body_temp_path @/t; proxy_temp_path @/t; fastcgi_temp_path @/t; uwsgi_temp_path @/t; scgi_temp_path @/t;
  ssl_certificate @/server.pem; ssl_certificate_key @/server.key;
  server { listen 127.0.0.1:%d ssl http2; location / { return 200 "two"; } location = /big { root @; } }
  server { listen 127.0.0.1:%d ssl; location / { return 200 "one"; } location /down { return 302 "http://127.0.0.1:%d/"; } }
  server { listen 127.0.0.1:%d; location / { return 200 "plain"; } }
}
]]

describe("core.engine over TLS", function()
  local folder, engine, h2, h1, plain

  -- below the range from which the system takes ports by itself; another try where somebody else has one of them
  local function start_nginx()
    for try = 1, 10 do
      h2 = 10000 + (math.floor(core.clock() * 1000) + try * 977) % 20000
      h1, plain = h2 + 1, h2 + 2
      write(folder .. "/conf", (config:format(h2, h1, plain, plain):gsub("@", folder)))
      if run("PATH=$PATH:/usr/sbin nginx -p %s -c %s/conf", folder, folder) then return end
    end
    error("nginx did not start; is it installed?")
  end

  setup(function()
    folder = fault_server.new_folder()
    write(folder .. "/names", "subjectAltName=DNS:localhost")
    for _, name in ipairs { "ca", "other" } do
      assert(run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj '/CN=Spec %s' -keyout %s/%s.key -out %s/%s.pem",
        name, folder, name, folder, name))
    end
    assert(run("openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout %s/server.key -out %s/server.csr", folder, folder))
    assert(run("openssl x509 -req -in %s/server.csr -CA %s/ca.pem -CAkey %s/ca.key -CAcreateserial -days 2 -extfile %s/names -out %s/server.pem",
      folder, folder, folder, folder, folder))
    write(folder .. "/big", ("retake "):rep(150000))
    start_nginx()
  end)
  teardown(function()
    run("kill $(cat %s/pid); sleep 0.2; rm -rf %s", folder, folder)
  end)
  before_each(function() engine = core.engine() end)
  after_each(function() engine:close() end)

  local function perform(request)
    request.timeout = { connect = 5, total = 10 }
    assert(engine:start(request))
    while true do
      engine:step(1)
      local outcome = engine:take()
      if outcome then return outcome end
    end
  end

  local function url(port, host, path)
    return ("https://%s:%d%s"):format(host or "localhost", port, path or "/")
  end

  it("accepts a certificate of the CA it was given, for the right name", function()
    local outcome = perform { url = url(h1), ca_file = folder .. "/ca.pem" }
    assert.same({ "response", "one", "1.1" }, { outcome.kind, outcome.body, outcome.http_version })
  end)

  it("refuses an unknown CA, another name and a missing CA file, before a byte of the request is sent", function()
    for _, request in ipairs {
      { url = url(h1) },
      { url = url(h1), ca_file = folder .. "/other.pem" },
      { url = url(h1, "127.0.0.1"), ca_file = folder .. "/ca.pem" },
      { url = url(h1), ca_file = folder .. "/none.pem" },
    } do
      request.headers = { "Authorization: Bearer s3cret" }
      local outcome = perform(request)
      assert.same({ "tls", false }, { outcome.kind, outcome.sent }, request.url)
      assert.is_nil(outcome.message:find("s3cret", 1, true))
      assert.is_nil(outcome.status)
    end
  end)

  it("refuses TLS where the server speaks none", function()
    local outcome = perform { url = url(plain), ca_file = folder .. "/ca.pem" }
    assert.same({ "tls", false }, { outcome.kind, outcome.sent })
  end)

  it("speaks HTTP/2, many requests on one connection", function()
    local first = perform { url = url(h2), ca_file = folder .. "/ca.pem" }
    assert.same({ "response", "two", "2" }, { first.kind, first.body, first.http_version })
    for _ = 1, 20 do engine:start { url = url(h2), ca_file = folder .. "/ca.pem" } end
    local good = 0
    while good < 20 do
      engine:step(1)
      local outcome = engine:take()
      while outcome do
        assert.same({ "two", "2", true }, { outcome.body, outcome.http_version, outcome.reused })
        good = good + 1
        outcome = engine:take()
      end
    end
  end)

  -- A short buffer, which is good for downloads, had libcurl forget the rest of an HTTP/2 frame until more came: the answer was never whole.
  it("reads long answers over HTTP/2, and downloads over HTTP/1.1", function()
    for _ = 1, 3 do
      local answer = perform { url = url(h2, nil, "/big"), ca_file = folder .. "/ca.pem" }
      assert.same({ "response", 1050000, "2" }, { answer.kind, #(answer.body or ""), answer.http_version })
      local part = perform { url = url(h2, nil, "/big"), ca_file = folder .. "/ca.pem", range = "7-10006" }
      assert.same({ "response", 10000, "2" }, { part.kind, #(part.body or ""), part.http_version })
      local download = perform { url = url(h2, nil, "/big"), ca_file = folder .. "/ca.pem", output = folder .. "/copy" }
      assert.same({ "response", "1.1" }, { download.kind, download.http_version })
      assert.is_true(run("cmp %s/big %s/copy", folder, folder))
    end
  end)

  it("speaks HTTP/1.1 where asked, and for what may be sent only once", function()
    perform { url = url(h2), ca_file = folder .. "/ca.pem" }
    local outcome = perform { method = "POST", body = "{}", url = url(h2), ca_file = folder .. "/ca.pem", once = true }
    assert.same({ "1.1", false }, { outcome.http_version, outcome.reused })
    engine:close()
    engine = core.engine()
    assert.equal("1.1", perform({ url = url(h2), ca_file = folder .. "/ca.pem", http1 = true }).http_version)
  end)

  it("follows no redirect from https down to http", function()
    local outcome = perform { url = url(h1, nil, "/down"), ca_file = folder .. "/ca.pem", redirects = 2 }
    assert.equal("protocol", outcome.kind)
  end)

  it("tells a broken HTTP/2 connection from a response", function()
    perform { url = url(h2), ca_file = folder .. "/ca.pem" }
    run("kill -9 $(ps -o pid= --ppid $(cat %s/pid))", folder) -- the worker dies with the connection; the master starts another
    local outcome
    for _ = 1, 50 do
      outcome = perform { url = url(h2), ca_file = folder .. "/ca.pem" }
      if outcome.kind == "response" then break end
      assert.truthy(({ interrupted = true, connect = true, tls = true })[outcome.kind], outcome.kind .. ": " .. outcome.message)
      os.execute("sleep 0.05")
    end
    assert.equal("response", outcome.kind)
  end)
end)
