--- Words for classes and codes, and why an answer was classified as it was.
local explain = require "retake.explain"
local provider = require "retake.provider"
local retake = require "retake"

describe("retake.explain", function()
  for _, name in ipairs { "runway", "runware", "evolink", "generic" } do
    it("covers every code of the rules of " .. name, function()
      local codes = explain.codes(name)
      if not codes then return pending(name .. " is not there") end
      assert.is_true(#codes > 10)
      for _, code in ipairs(codes) do
        if code:find "[^*.]" then
          local text = explain.explain(code, name)
          assert.truthy(text, code)
          assert.truthy(text:find(code .. " is a code of " .. name, 1, true), text)
        end
      end
    end)
  end

  it("names the rules that know a code, and under which conditions", function()
    local text = explain.explain("quota_exceeded", "evolink")
    assert.truthy(text:find("account.credits where status 402, 403; code quota_exceeded", 1, true), text)
    assert.truthy(text:find("limit.rate where code quota_exceeded", 1, true), text)
  end)

  it("prefers the provider that spells a code out", function()
    assert.truthy(explain.explain("quota_exceeded"):find "^quota_exceeded is a code of evolink")
    assert.truthy(explain.explain("SAFETY.INPUT.TEXT"):find "^SAFETY.INPUT.TEXT is a code of runway")
    assert.truthy(explain.explain("timeoutProvider"):find "^timeoutProvider is a code of runware")
  end)

  it("knows nothing of made-up words", function()
    for _, word in ipairs { "hello", "x", "content.inptu", "*", "", "%", "[" } do assert.is_nil(explain.explain(word), word) end
    assert.is_nil(explain.explain("quota_exceeded", "nobody"))
    assert.is_nil(explain.codes "nobody")
  end)

  it("says what was found in an answer, and which rule decided", function()
    local text = explain.answer { status = 400, operation = "submit",
      body = { error = { code = "InvalidParameter", message = "Timeout while downloading url=http://x/y.png", param = "image" } } }
    assert.truthy(text:find('found:    code InvalidParameter, field image, "Timeout while downloading', 1, true), text)
    assert.truthy(text:find("because:  rule %d+ of generic: message timeout while downloading"), text)
  end)

  it("says which of several errors decided", function()
    local text = explain.answer { status = 500, operation = "submit", body = '{"error":"failed: {\\"code\\":\\"insufficient_quota\\"}"}' }
    assert.truthy(text:find("code insufficient_quota.*this decides"), text)
  end)

  it("says so where no rule decided, and nothing where nothing failed", function()
    assert.truthy(explain.answer { body = { error = "qwertz" } }:find "no rule knows it")
    assert.truthy(explain.answer { provider = "runway", operation = "poll", body = { id = "1", status = "CANCELLED" } }:find "the state of the task")
    assert.is_nil(explain.answer { status = 200, body = { id = "1" } })
    assert.truthy(explain.answer { status = 502, operation = "poll" }:find "no words of an error")
  end)

  it("names the providers at which a code of their own means something else, and no others", function()
    local function others(body, status)
      local list = {}
      for i, other in ipairs(explain.differently { status = status or 200, operation = "poll", body = body }) do
        list[i] = other.provider .. " " .. other.class
      end
      return table.concat(list, ", ")
    end
    local failed = { id = "1", status = "FAILED", failureCode = "OUTPUT_POSTPROCESSING.SAFETY.FRAMES" }
    -- the generic rules may learn the code one day: then there is nothing to tell
    local function expected(name, body, status)
      local evidence = { status = status or 200, operation = "poll", body = body }
      local anybody = retake.classify(evidence).class
      evidence.provider = name
      local own = retake.classify(evidence).class
      return own ~= anybody and name .. " " .. own or ""
    end
    assert.equal(expected("runway", failed), others(failed))
    local thirteen = { id = "1", status = "FAILED", failureCode = "13", failure = "x" }
    assert.equal(expected("runway", thirteen), others(thirteen))
    local quota = { error = { code = "quota_exceeded", message = "slow" } }
    assert.equal(expected("evolink", quota), others(quota))
    -- codes that anybody uses, of which the providers say the same
    for _, code in ipairs { "rate_limit_exceeded", "insufficient_quota", "Throttling.RateQuota", "internal_error" } do
      assert.is_nil(others({ error = { code = code, message = "x" } }, 429):find "runway", code)
    end
    assert.equal("", others("", 500))
    assert.equal("", others { id = "1" })
  end)

  it("says what a status means, of a submission and of a question where that differs", function()
    local text = explain.explain "429"
    assert.truthy(text:find("^HTTP 429 means\nlimit.rate: "), text)
    assert.truthy(text:find("429 is a code of ", 1, true), text)
    text = explain.explain "404"
    assert.truthy(text:find("HTTP 404, of a submission, means\nrequest.invalid", 1, true), text)
    assert.truthy(text:find("HTTP 404, of a question about a task, means\ntask.not_found", 1, true), text)
    assert.truthy(explain.explain("503", "runway"):find("^HTTP 503 at runway means\nprovider.unavailable"))
    assert.truthy(explain.explain("503", "generic"):find("^HTTP 503 means\n"))
    for _, other in ipairs { "200", "42", "4290", "999" } do assert.is_nil((explain.explain(other) or ""):find "^HTTP", other) end
  end)

  it("says of what a wait may mend that nobody has to act", function()
    assert.truthy(explain.class("limit.rate"):find("who acts: Nobody, if the wait helps; else the account's owner", 1, true))
    assert.truthy(explain.class("account.credits"):find("who acts: The account's owner has to act", 1, true))
  end)

  it("is what the module's own explain answers", function()
    assert.equal(explain.class "content.input", retake.explain "content.input")
    assert.is_true(#provider.built_in >= 1)
  end)
end)
