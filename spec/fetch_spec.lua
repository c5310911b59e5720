local http_service = require "spec.support.http_service"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

local ANSWER = [[
local cjson = require "cjson"
return function(request)
  if request.path == "/echo" then
    return { headers = { ["Content-Type"] = "application/json", ["X-Kind"] = "echo" }, body = cjson.encode { method = request.method, body = request.body } }
  end
  if request.path == "/list" then return { body = "[1, 2]" } end
  if request.path == "/text" then return { body = "plain words" } end
  if request.path == "/slow" then return { wait = 0.5, body = '{"prompt":"late"}' } end
  if request.path == "/endless" then return { wait = 60, body = "{}" } end
  if request.path == "/moved" then return { status = 302, headers = { Location = "/text" } } end
  if request.path == "/busy" then return { status = 429, headers = { ["Retry-After"] = "7" }, body = '{"error":"slow down"}' } end
  return { status = 500, body = "broken" }
end
]]

describe("client:fetch", function()
  local service, client
  setup(function() service = http_service.start(ANSWER) end)
  teardown(function() service:stop() end)
  before_each(function() client = retake.client { host = "virtual", providers = { runway = { key = "key_secret" } } } end)
  after_each(function() client:close() end)

  local function last()
    local requests = service:requests()
    return requests[#requests]
  end

  it("answers with status, headers, text and decoded body", function()
    local answer = assert(client:fetch { url = service.url .. "/echo" })
    assert.equal(200, answer.status)
    assert.equal("echo", answer.headers["x-kind"])
    assert.equal("GET", answer.json.method)
    assert.is_string(answer.body)
    assert.same({ 1, 2 }, client:fetch({ url = service.url .. "/list" }).json)
    local text = client:fetch { url = service.url .. "/text" }
    assert.equal("plain words", text.body)
    assert.is_nil(text.json)
  end)

  it("sends a table as JSON and a text as it is, and no provider's key", function()
    local answer = client:fetch { url = service.url .. "/echo", body = { prompt = "a boat" }, headers = { Authorization = "Bearer mine" } }
    assert.same({ method = "POST", body = '{"prompt":"a boat"}' }, answer.json)
    assert.equal("application/json", last().headers["content-type"])
    assert.equal("Bearer mine", last().headers.authorization)
    client:fetch { url = service.url .. "/echo", method = "PUT", body = "words", headers = { ["Content-Type"] = "text/plain" } }
    assert.equal("PUT", last().method)
    assert.equal("words", last().body)
    assert.equal("text/plain", last().headers["content-type"])
    assert.is_nil(last().headers.authorization)
  end)

  it("answers with a fault where there is no good answer", function()
    local function class_of(path, fields)
      local call = { url = service.url .. path }
      for name, value in pairs(fields or {}) do call[name] = value end
      local answer, fault = client:fetch(call)
      assert.is_nil(answer)
      return fault.class, fault
    end
    local class, fault = class_of "/busy"
    assert.equal("limit.rate", class)
    assert.equal(7, fault.retry_after)
    assert.equal("provider.internal", (class_of "/broken"))
    assert.equal("network.protocol", (class_of "/moved"))
    assert.equal("network.timeout", (class_of("/slow", { timeout = 0.1 })))
    assert.equal("network.connect", (class_of("", { url = "http://127.0.0.1:1" })))
  end)

  it("throws at the caller's place where its arguments are wrong", function()
    local url = service.url
    for _, case in ipairs {
      { "words", "fetch needs a table" }, { {}, "https, or http to this machine" }, { { url = "http://example.com/" }, "https, or http to this machine" },
      { { url = url, timeout = 0 }, "over 0" }, { { url = url, timeout = 0 / 0 }, "over 0" }, { { url = url, method = "get" }, "capitals" },
      { { url = url, body = 5 }, "a text, or a table" }, { { url = url, body = { print } }, "cannot be written as JSON" },
      { { url = url, headers = { ["a b"] = "c" } }, "no name of a header" }, { { url = url, headers = { a = "b\r\nc: d" } }, "a line of text" },
      { { url = url, header = {} }, "unknown field 'header'" }, { { url = url, headers = 5 }, "headers has to be a table" },
    } do
      local ok, message = pcall(function() client:fetch(case[1]) end)
      assert.is_false(ok)
      assert.truthy(message:find "fetch_spec.lua:%d+: fetch", message)
      assert.truthy(message:find(case[2], 1, true), message)
    end
  end)

  describe("in a policy", function()
    local simulator
    local refused = { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "flagged" }
    setup(function() simulator = simulator_of.start() end)
    teardown(function() simulator:stop() end)

    it("lets its job wait, and no other", function()
      simulator:script { tasks = { { match = { prompt = "bad" }, states = { refused } }, { states = { "SUCCEEDED" } } } }
      local own = main_job.client(simulator, { policy = function(_, job)
        local answer = job.client:fetch { url = service.url .. "/slow", method = "POST" }
        return policy.revise { prompt = answer.json.prompt }
      end })
      local ended = {}
      for _, prompt in ipairs { "bad", "good" } do
        own:start(main_job.request { prompt = prompt }):on("succeeded", function() ended[#ended + 1] = prompt end)
      end
      own:run()
      assert.same({ "good", "bad" }, ended)
      own:close()
    end)

    it("takes no longer than the job has left", function()
      local function ask(_, job)
        local _, fault = job.client:fetch { url = service.url .. "/endless" }
        return policy.give_up(fault.class)
      end
      local run = main_job.run(simulator, { tasks = { { states = { refused } } } }, { deadline = 5.2 }, { policy = ask })
      assert.is_true(run.seconds < 20, tostring(run.seconds))
      assert.truthy(run.fault)
    end)

    it("reaches nobody in a rehearsal", function()
      local count, heard = #service:requests(), nil
      local own = main_job.client(simulator, { policy = function(_, job)
        local _, fault = job.client:fetch { url = service.url .. "/echo", body = "5" }
        heard = fault.class
        return policy.give_up()
      end })
      own:start(main_job.request { rehearse = { "content.input" } })
      assert.equal("network.connect", heard)
      assert.equal(count, #service:requests())
      own:close()
    end)
  end)
end)
