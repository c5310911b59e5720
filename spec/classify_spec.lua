local core = require "retake.core"
local retake = require "retake"

describe("retake.classify", function()
  local function class(evidence)
    local fault = retake.classify(evidence)
    return fault and fault.class
  end

  it("knows transport outcomes, and what they may have done", function()
    for kind, expected in pairs { resolve = "network.resolve", connect = "network.connect", tls = "network.tls", timeout = "network.timeout",
      interrupted = "network.interrupted", protocol = "network.protocol", too_large = "network.protocol", storage = "local.storage" } do
      local fault = retake.classify { transport = { kind = kind, sent = false }, operation = "submit" }
      assert.equal(expected, fault.class)
      assert.equal("none", fault.effect)
      assert.equal("no", fault.billed)
      local sent = retake.classify { transport = { kind = kind, sent = true }, operation = "submit" }
      assert.equal("submit.unknown", sent.class)
      assert.equal("unknown", sent.effect)
      assert.equal("unknown", sent.billed)
      assert.equal(expected, class { transport = { kind = kind, sent = true }, operation = "poll" })
    end
  end)

  it("takes a bare transport name for the worse case", function()
    assert.equal("submit.unknown", class { transport = "timeout", operation = "submit" })
    -- but for what comes before there is a connection
    for _, kind in ipairs { "resolve", "connect", "tls" } do
      assert.equal("network." .. kind, class { transport = kind, operation = "submit" })
      assert.equal("network." .. kind, class { transport = { kind = kind }, operation = "submit" })
    end
  end)

  -- Runway's rule for failed tasks without a word took a poll that was never answered for one.
  it("knows a poll that was not answered at every provider", function()
    for _, name in ipairs { "runway", "runware", "evolink" } do
      for _, kind in ipairs { "connect", "timeout", "interrupted", "protocol" } do
        assert.equal("network." .. kind, class { provider = name, transport = kind, operation = "poll" })
      end
    end
  end)

  it("gives nil where there is no failure", function()
    assert.is_nil(retake.classify { status = 200, body = '{"id":"x"}', operation = "submit" })
    assert.is_nil(retake.classify { provider = "runway", operation = "poll", status = 200,
      body = '{"id":"x","status":"RUNNING","progress":0.5}' })
    assert.is_nil(retake.classify { status = 204, operation = "cancel" })
    assert.is_nil(retake.classify { status = 200, operation = "download", body = "whatever bytes" })
    assert.is_nil(retake.classify {})
  end)

  it("keeps the provider's code and text, and its request id", function()
    local fault = retake.classify { provider = "runway", model = "gen4_turbo", operation = "poll", status = 200,
      headers = { ["ApiGW-RequestId"] = "abc=" }, body = { id = "t1", status = "FAILED", failureCode = "SAFETY.OUTPUT.VIDEO",
        failure = "The output was flagged.", cost = { credits = 25 } } }
    assert.equal("content.output", fault.class)
    assert.equal("SAFETY.OUTPUT.VIDEO", fault.code)
    assert.equal("The output was flagged.", fault.message)
    assert.equal("abc=", fault.request_id)
    assert.equal("t1", fault.task_id)
    assert.equal("finished", fault.effect)
    assert.equal("yes", fault.billed)
    assert.equal(25, fault.credits)
    assert.equal("general", fault.category)
  end)

  it("never guesses billing from the class", function()
    local body = { id = "t1", status = "FAILED", failureCode = "SAFETY.INPUT.TEXT", failure = "flagged" }
    assert.equal("unknown", retake.classify { provider = "runway", operation = "poll", status = 200, body = body }.billed)
    body.cost = { credits = 0 }
    assert.equal("no", retake.classify { provider = "runway", operation = "poll", status = 200, body = body }.billed)
  end)

  it("reads headers in any form and letter case", function()
    for _, headers in ipairs { { ["Retry-After"] = "7" }, { ["retry-after"] = 7 }, { "RETRY-AFTER: 7" }, { ["Retry-After"] = { "3", "7" } } } do
      assert.equal(7, retake.classify { status = 429, headers = headers }.retry_after)
    end
    assert.equal(1.5, retake.classify { status = 429, headers = { "retry-after-ms: 1500", "retry-after: 9" } }.retry_after)
    assert.is_nil(retake.classify { status = 429, headers = { "retry-after: soon" } }.retry_after)
  end)

  it("finds the words in pages and text", function()
    local fault = retake.classify { status = 502, body = "<html><head><title>502 Bad\nGateway</title></head><body>x</body></html>", operation = "poll" }
    assert.equal("provider.unavailable", fault.class)
    assert.equal("502 Bad Gateway", fault.message)
    assert.equal("limit.rate", class { status = 400, body = "Too Many Requests" })
    assert.equal("network.protocol", class { status = 200, body = "<html>Welcome</html>", operation = "poll" })
    assert.equal("network.protocol", class { status = 200, body = '{"id": "trunca', operation = "poll" })
  end)

  it("falls back to statuses, and to unknown", function()
    for status, expected in pairs { [401] = "account.unauthorized", [402] = "account.credits", [403] = "account.forbidden",
      [408] = "network.timeout", [413] = "request.too_large", [418] = "request.invalid", [422] = "request.invalid", [429] = "limit.rate",
      [500] = "provider.internal", [502] = "provider.unavailable", [503] = "provider.unavailable", [504] = "provider.unavailable",
      [529] = "provider.capacity", [599] = "provider.internal", [302] = "network.protocol" } do
      assert.equal(expected, class { status = status }, status)
    end
    assert.equal("task.not_found", class { status = 404, operation = "poll" })
    assert.equal("unknown", class { body = { error = "something new" } })
  end)

  it("never throws on a hostile body", function()
    local deep = ("["):rep(5000) .. ("]"):rep(5000)
    local cjson = require "cjson"
    local null = cjson.null
    local bodies = { deep, '{"error":' .. deep .. "}", "\0\255\254", '{"error":null}', '{"error":{"message":[1,2]}}', "[]", "[[[]]]", "{}", "null", "12",
      '{"errors":[null,1,"x",{}]}', { error = null }, { error = { message = null, code = {} } }, { status = "FAILED", failure = 12, failureCode = {} },
      { issues = { null, 1, { path = null, message = {}, code = 1 } } }, { failure = '{"code":{}}', status = "FAILED" }, { cost = 1, status = "FAILED" },
      ("x"):rep(1e6), '{"error":"' .. ("\\u0000"):rep(1000) .. '"}' }
    for _, provider in ipairs { "runway", "nobody" } do
      for _, operation in ipairs { "submit", "poll", "cancel", "upload", "download", "asset", "websocket" } do
        for _, body in ipairs(bodies) do
          for _, status in ipairs { 200, 400, 500, 0, -1, 1e300 } do
            local ok, message = pcall(retake.classify, { provider = provider, operation = operation, status = status, body = body })
            assert.is_true(ok, message)
          end
        end
      end
    end
  end)
end)

describe("a fault", function()
  local fault = retake.classify { provider = "runway", operation = "submit", status = 400, body = { error = "You do not have enough credits to run this task." } }

  it("is read-only, and only the core makes it", function()
    assert.equal("userdata", type(fault))
    assert.has_error(function() fault.class = "limit.rate" end, "a fault is read-only")
    assert.equal("retake.fault", getmetatable(fault))
    assert.is_true(core.is_fault(fault))
    for _, other in ipairs { 1, "x", {}, io.stdout, false } do assert.is_false(core.is_fault(other)) end
    assert.has_error(function() core.fault { class = "content" } end, "unknown failure class 'content'")
    assert.has_error(function() core.fault { class = "unknown", message = {} } end, "fault: message has to be a string")
  end)

  it("tells its class, its family and what may be done", function()
    assert.equal("account.credits", fault.class)
    assert.is_true(fault:is "account" and fault:is "account.credits")
    assert.is_false(fault:is "acc" or fault:is "account.credits.x")
    assert.equal("never", fault.retry)
    assert.equal("account", fault.blame)
    assert.equal("provider", fault.elsewhere)
    assert.is_nil(fault.no_such_field)
    assert.is_nil(fault[1])
  end)

  it("is one good line, several for a person, and a table for a log", function()
    assert.equal("account.credits: You do not have enough credits to run this task. (submit at runway, HTTP 400)", tostring(fault))
    assert.truthy(fault:explain():find("who acts: The account's owner", 1, true))
    local fields = fault:totable()
    assert.equal("account.credits", fields.class)
    assert.equal(400, fields.status)
    assert.equal("no", fields.billed)
    local long = core.fault { class = "unknown", message = ("long "):rep(1000) }
    assert.equal(#("long "):rep(1000) + #"unknown: ", #tostring(long))
    for length = 480, 530 do -- the headline of explain was lost where it did not fit the first buffer
      local one = core.fault { class = "unknown", message = ("x"):rep(length) }
      assert.equal(tostring(one), one:explain():match "^[^\n]*")
    end
  end)

  it("explains by its effect, and says when", function()
    -- a 500 to a submission was once explained as "may go again after a wait", though it may have been accepted
    local uncertain = retake.classify { provider = "runway", operation = "submit", status = 500, headers = { ["Retry-After"] = "7" } }
    assert.truthy(uncertain:explain():find("a task may already exist", 1, true))
    assert.truthy(uncertain:explain():find("the provider asks to wait 7 s", 1, true))
    assert.truthy(retake.classify { operation = "poll", status = 500 }:explain():find("may go again after a wait", 1, true))
  end)

  it("survives being made into a table and back", function()
    local copy = core.fault(fault:totable())
    assert.same(fault:totable(), copy:totable())
  end)
end)

describe("rules", function()
  local function fails(rules, message)
    local ok, got = pcall(core.rules, rules, "spec")
    assert.is_false(ok)
    assert.equal(message, got)
  end

  it("fail at load, with the place of the rule", function()
    local good = { class = "unknown" }
    fails({ good, { class = "content.inptu" } }, "rules of spec: rule 2: unknown failure class 'content.inptu'")
    fails({ { class = "content" } }, "rules of spec: rule 1: unknown failure class 'content'")
    fails({ good, good, { class = "unknown", cod = "x" } }, "rules of spec: rule 3: unknown key 'cod'")
    fails({ { class = "unknown", operation = "submitt" } }, "rules of spec: rule 1: unknown operation 'submitt'")
    fails({ { class = "unknown", status = "9xx" } }, "rules of spec: rule 1: a status is a number or a class such as \"4xx\", not '9xx'")
    fails({ { class = "unknown", code = {} } }, "rules of spec: rule 1: an empty list matches nothing")
    fails({ { class = "unknown", message = "" } }, "rules of spec: rule 1: an empty pattern matches everything")
    fails({ "x" }, "rules of spec: rule 1: a rule is a table")
  end)

  it("match by all their conditions, the first that holds deciding", function()
    local rules = core.rules({
      { class = "content.input", code = { "A.*", "B" }, message = "flag", category = "adult", field = "prompt", hint = "h" },
      { class = "limit.rate", status = { 429, "5xx" }, operation = { "poll", "cancel" } },
      { class = "unknown", type = "odd" },
    }, "spec")
    assert.equal(3, #rules)
    local class, verdict = rules:match { findings = { { code = "A.B", message = "x" }, { code = "b", message = "FLAGGED" } } }
    assert.equal("content.input", class)
    assert.same({ category = "adult", field = "prompt", hint = "h", finding = 2, rule = 1 }, verdict)
    assert.is_nil(rules:match { findings = { { code = "A", message = "x" }, { code = "x", message = "flag" } } })
    assert.equal("limit.rate", (rules:match { status = 503, operation = "poll" }))
    assert.is_nil(rules:match { status = 503, operation = "submit" })
    assert.is_nil(rules:match { status = 0 / 0 })
    assert.equal("unknown", (rules:match { findings = { { type = "odd" } } }))
  end)
end)
