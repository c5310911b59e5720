-- The example in examples/openresty as its users see it: its own nginx.conf in a copy of its folder, and its page in a browser.
if _VERSION ~= "Lua 5.4" then return end -- the Lua that is tested is nginx's

local browser_of = require "spec.support.browser"
local cjson = require "cjson"
local command = require "spec.support.command"
local nginx_of = require "spec.support.nginx"
local simulator_of = require "spec.support.simulator"

local KEY = "key_for_the_simulator"

-- A copy of the folder with its own configuration, but for the port, the path of the checkout, and the user where that is root.
local function config_of(folder)
  os.execute("cp -r examples/openresty/. " .. folder)
  local config, changed = command.read("examples/openresty/nginx.conf"):gsub("listen 127%.0%.0%.1:8090", "listen 127.0.0.1:@PORT@")
  assert(changed == 1)
  config = config:gsub("%$prefix/%.%./%.%./", nginx_of.root .. "/"):gsub("data/nginx%.pid", "pid"):gsub("data/error%.log", folder .. "/error.log")
  config, changed = config:gsub("location / {", "location = /forget { content_by_lua_block { ngx.shared.shown:flush_all() } }\n    %0")
  assert(changed == 1)
  return "user root; daemon off;\n" .. config
end

local UNKNOWN = "/jobs/00000000-0000-0000-0000-000000000000"

local function mode_of(path) return (select(2, command.shell("stat -c %a " .. path)):gsub("\n", "")) end

local function picture() return command.read "examples/boat.jpg" end

describe("the example for nginx", function()
  local simulator, nginx, folder

  local script = {
    tasks = {
      { match = { prompt = "a storm" }, states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "The prompt was flagged by content moderation." } } },
      { match = { prompt = "a lighthouse" }, states = { { "RUNNING", 0.6 } } },
      { states = { "SUCCEEDED" } },
    },
    faults = {
      { on = "submit", match = { prompt = "a paper boat" }, status = 429, retry_after = 1 },
      { on = "download", times = "always", headers = { ["content-type"] = "image/jpeg" }, body = picture() },
    },
  }

  local function start()
    nginx = nginx_of.start { config = config_of(folder), folder = folder, env = { RETAKE_SIMULATOR = simulator.base_url } }
  end

  local function post(body, content_type)
    local text, status = nginx:post("/jobs", body, content_type)
    return cjson.decode(text), status
  end

  local function get(path)
    local text, status = nginx:get(path)
    return cjson.decode(text), status
  end

  setup(function()
    simulator = simulator_of.start { script = script }
    folder = command.folder()
    start()
  end)
  teardown(function()
    if nginx then nginx:remove() end
    simulator:stop()
  end)

  -- tools/setup.sh installs it where it is a plain package
  local browsed = command.shell "command -v chromedriver chromium" == 0 and it or pending
  browsed("is used with a browser: a job is started by clicking and its picture appears, a refused one is explained", function()
    local browser = browser_of.start(1000, 1200)
    finally(function() browser:stop() end)
    browser:open(nginx.base_url)
    browser:wait_for("the connection", "document.getElementById('connection').textContent === 'Connected'")

    browser:click "#start"
    browser:wait_for("what is missing", "document.getElementById('trouble').textContent === 'Say what it should show.'")
    for number, prompt in ipairs { "a storm at sea, with every detail", "a paper boat on a river at dawn", "a lighthouse in the fog" } do
      browser:type("#prompt", prompt)
      browser:click "#start"
      browser:wait_for("job " .. number, ("document.querySelectorAll('#jobs > li').length === %d"):format(number))
    end
    assert.equal("", browser:evaluate "document.getElementById('trouble').textContent")

    browser:wait_for("the picture", "[...document.querySelectorAll('.succeeded img')].some((image) => image.complete && image.naturalWidth === 1280)")
    browser:wait_for("the progress", "document.querySelector('.running progress').value === 0.6")
    local refused = browser:wait_for("the explanation", "document.querySelector('.failed') && document.querySelector('.failed').innerText")
    for _, phrase in ipairs { "a storm at sea", "Failed", "The input was refused by moderation", "The content has to change", "flagged by content moderation",
      "SAFETY.INPUT.TEXT" } do
      assert.is_truthy(refused:find(phrase, 1, true), refused)
    end
    browser:evaluate "document.querySelectorAll('details').forEach((details) => { details.open = details.closest('.succeeded') !== null })"
    assert.same({ "limit.rate", "succeeded" }, {
      browser:evaluate "document.querySelector('.succeeded tbody').rows[0].cells[2].innerText.split('\\n')[0]",
      browser:evaluate "document.querySelector('.succeeded tbody').rows[1].cells[2].innerText",
    })
    browser:evaluate "document.activeElement.blur()"
    os.execute "mkdir -p build/test"
    browser:screenshot "build/test/openresty.png"
    assert.is_truthy(command.read("build/test/openresty.png"):find "^\137PNG")
    assert.is_nil(browser:evaluate("document.documentElement.outerHTML"):find(KEY, 1, true))
    for _, message in ipairs(browser:messages()) do assert.is_truthy(message:find "400 %(Bad Request%)", message) end -- the one without a prompt
  end)

  browsed("streams to a browser that stays away once there is no more to come", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local job = post [[{ "prompt": "a paper boat" }]]
    local browser = browser_of.start(1000, 1200)
    finally(function() browser:stop() end)
    browser:open(nginx.base_url)
    browser:evaluate(([[(window.seen = {}, ["/jobs/%s", "%s"].forEach((path) => {
      const source = new EventSource(path + "/events");
      seen[path] = { source, states: [] };
      source.onmessage = (event) => seen[path].states.push(JSON.parse(event.data).state);
    }), true)]]):format(job.id, UNKNOWN))
    browser:wait_for("the end of the job's", ("seen['/jobs/%s'].source.readyState === EventSource.CLOSED"):format(job.id))
    local states = browser:evaluate(("seen['/jobs/%s'].states.join(' ')"):format(job.id))
    assert.is_truthy((" " .. states):find " succeeded$", states)
    assert.equal(1, select(2, states:gsub("succeeded", "")))
    browser:wait_for("the end of the other", ("seen['%s'].source.readyState === EventSource.CLOSED"):format(UNKNOWN))

    browser:wait_for("the connection", "document.getElementById('connection').textContent === 'Connected'")
    assert.equal("The server tells no more of its jobs; load the page again.",
      browser:evaluate "(events.close(), events.onerror(), document.getElementById('connection').textContent)")
  end)

  it("takes a job over HTTP, tells how it stands, and streams it", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local job, status = post [[{ "prompt": "a paper boat", "kind": "video" }]]
    assert.same({ 202, "running", "runway/gen4.5" }, { status, job.state, job.model })
    assert.equal("a paper boat", (get("/jobs/" .. job.id)).prompt)
    local stream = nginx:open("/jobs/" .. job.id .. "/events")
    local last
    repeat
      local line = assert(stream:receive "*l")
      local data = line:match "^data: (.*)"
      last = data and cjson.decode(data) or last
    until last and last.state ~= "running"
    stream:close()
    assert.equal("succeeded", last.state)
    local clip, code, head = nginx:get(last.result)
    assert.equal(200, code)
    assert.is_truthy(head:find "Content%-Type: video/mp4\r\n" and clip:find "^....ftyp", head)
  end)

  it("says in plain words what it does not take", function()
    for _, case in ipairs {
      { "{}", nil, 400, "Say what it should show." }, { "no JSON", nil, 400, "That is no JSON object." },
      { [[{ "prompt": "x", "kind": "song" }]], nil, 400, "It can make a picture or a video." },
      { "prompt=x", "application/x-www-form-urlencoded", 415, "Send the job as JSON." },
    } do
      local answer, status = post(case[1], case[2])
      assert.same({ case[3], case[4] }, { status, answer.error })
    end
    local answer, status = get(UNKNOWN)
    assert.same({ 404, "No such job is known here." }, { status, answer.error })
  end)

  -- It streamed for ever: of a job that nobody knows, that had ended, or that was forgotten meanwhile.
  it("ends a stream that has no more to tell", function()
    local answer, code, head = nginx:get(UNKNOWN .. "/events")
    assert.same({ (nginx:get(UNKNOWN)), 404 }, { answer, code })
    assert.is_truthy(head:find "Content%-Type: application/json\r\n", head)

    simulator:script { tasks = { { match = { prompt = "a lighthouse" }, states = { { "RUNNING", 0.6 } } }, { states = { "SUCCEEDED" } } } }
    local ended = post [[{ "prompt": "a paper boat" }]]
    nginx_of.wait_for("its end", function() return (get("/jobs/" .. ended.id)).state == "succeeded" end, 60)
    local stream, status = nginx:get("/jobs/" .. ended.id .. "/events")
    assert.equal(200, status)
    local last = cjson.decode(stream:match "^retry: 1000\n\nid: over\ndata: ([^\n]+)\n\n$" or error(stream))
    assert.same({ ended.id, "succeeded" }, { last.id, last.state })

    local running = post [[{ "prompt": "a lighthouse" }]]
    local connection = nginx:open("/jobs/" .. running.id .. "/events")
    repeat local line = assert(connection:receive "*l") until line:find "^data: "
    connection:settimeout(1)
    nginx_of.wait_for("the end of the forgotten one's", function()
      assert.equal(200, (select(2, nginx:get "/forget"))) -- again and again: whatever happens to the job makes it known anew
      local _, why
      repeat _, why = connection:receive "*l" until why
      return why == "closed"
    end, 60)
    connection:close()
  end)

  -- nginx's own pages came instead of JSON.
  it("answers JSON to what nginx refuses by itself under /jobs", function()
    for _, path in ipairs { "/jobs/xyz", "/jobs/", UNKNOWN .. "/song" } do
      local text, status, head = nginx:get(path)
      assert.same({ 404, "There is nothing at this address." }, { status, cjson.decode(text).error })
      assert.is_truthy(head:find "Content%-Type: application/json\r\n", head)
    end
    local answer, status = post(cjson.encode { prompt = ("x"):rep(40000) })
    assert.same({ 413, "That is too long: a job takes 32 kB at most." }, { status, answer.error })
    answer, status = post(cjson.encode { prompt = "", padding = ("x"):rep(30000) }) -- just below it is read as a whole
    assert.same({ 400, "Say what it should show." }, { status, answer.error })
  end)

  -- They were taken, failed at the provider, and made the list of all jobs invalid JSON.
  it("refuses a prompt that is not UTF-8", function()
    for _, prompt in ipairs { "caf\233", "\xC0\xAF", "\xED\xA0\x80", "a boat \xF0\x9F" } do
      local answer, status = post('{ "prompt": "' .. prompt .. '" }')
      assert.same({ 400, "The prompt has to be text in UTF-8." }, { status, answer.error })
    end
    assert.is_truthy(rawget(_G, "utf8").len((nginx:get "/jobs")))
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local job, status = post [[{ "prompt": "caf\u00e9 ☕ 🚢" }]]
    assert.same({ 202, "café ☕ 🚢" }, { status, job.prompt })
  end)

  -- It said 202, and the result was lost.
  it("takes no job that it could not keep", function()
    for _, name in ipairs { "results", "records" } do
      local path = folder .. "/data/" .. name
      os.rename(path, path .. ".aside")
      command.write(path, "a file, in which root cannot write either as in a folder")
      for _ = 1, 3 do
        local answer, status = post [[{ "prompt": "a paper boat" }]]
        assert.same({ 503, "No job can be started now: the server has nowhere to keep it. Its log says why." }, { status, answer.error })
      end
      local lines, pattern = 0, "data/" .. name .. "/: Not a directory"
      for line in nginx:errors():gmatch "[^\n]+" do
        if line:find(pattern, 1, true) then
          lines = lines + 1
          assert.is_truthy(line:find("jobs are refused, for nothing can be kept in data/: ", 1, true), line)
        end
      end
      assert.equal(1, lines)
      os.remove(path)
      os.rename(path .. ".aside", path)
      assert.equal(202, (select(2, post [[{ "prompt": "a paper boat" }]])))
    end
  end)

  -- Whatever is made after nginx has cleared the umask could be read and written by all.
  it("keeps records and results from other users", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    for _, name in ipairs { "records", "results" } do assert.equal("700", mode_of(folder .. "/data/" .. name)) end
    os.execute(("chmod 777 '%s/data/records' '%s/data/results'"):format(folder, folder)) -- as an earlier version left them
    local job = post [[{ "prompt": "a paper boat" }]]
    for _, name in ipairs { "records", "results" } do assert.equal("700", mode_of(folder .. "/data/" .. name)) end
    nginx_of.wait_for("its end", function() return (get("/jobs/" .. job.id)).state == "succeeded" end, 60)
    assert.equal("600", mode_of(folder .. "/data" .. (get("/jobs/" .. job.id)).result))
  end)

  it("goes on with its jobs after it was stopped and started again", function()
    simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
    local job = post [[{ "prompt": "a paper boat" }]]
    nginx_of.wait_for("the submission", function() return #simulator:submissions() == 1 end)
    nginx_of.wait_for("its task in the record", function() return (get("/jobs/" .. job.id)).says == "Accepted; the provider is at work." end)
    assert.equal(0, nginx:stop())
    assert.equal("600", mode_of(folder .. "/data/records/" .. job.id))
    start()
    nginx_of.wait_for("the job", function() return select(2, nginx:get("/jobs/" .. job.id)) == 200 end)
    nginx_of.wait_for("its end", function() return (get("/jobs/" .. job.id)).state == "succeeded" end, 60)
    assert.equal(1, #simulator:submissions())
    assert.equal("", (select(2, command.shell("ls " .. folder .. "/data/records"))))
    local log = nginx:errors()
    assert.is_nil(log:find "%[error%]" or log:find "%[alert%]" or log:find(KEY, 1, true) or log:find "SIGCHLD", log)
  end)
end)
