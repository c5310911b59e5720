--- Bodies that come from an enemy. The words of texts (codes, times, parameters) are tested in spec/c/test_words.c and test_waits.c.
local cjson = require "cjson"
local classify = require "retake.classify"
local core = require "retake.core"
local retake = require "retake"

-- The same numbers on every machine.
local function generator(seed)
  return function(most)
    seed = (seed * 16807) % 2147483647
    return seed % most + 1
  end
end

local keys = { "error", "errors", "code", "message", "msg", "type", "status", "state", "detail", "details", "data", "output", "reason", "param", "loc",
  "retry_after", "retryDelay", "reset_at", "finishReason", "blockReason", "base_resp", "task_id", "request_id", "success", "raiMediaFilteredReasons", "title",
  "metadata", "raw", "candidates", "@type", "prompt", "error_code", "moderation_stage", "images", "id", "violations", "status_code", "" }
local texts = { "", "failed", "FAILED", "succeeded", "pending", "\0", "\255\254\253", ("x"):rep(300), '{"error":{"code":"a"}}', '{\\"code\\":13', "{'code': 'x'}",
  "[[[[[[[", "retry after 1e999 seconds", "retry after 99999999999999999999", "in 1h2m3s", "请60秒后重试", "敏感", "(request id: abcdef)", "%s%d%n", "2024-13-45T99:99:99Z",
  "429", "1e400", "-0", "nan", "https://x/y#z", "com.a#B:c", "code: ", "HTTP 503", "\\", '"', "'", "NSFW", "{", "}", "Exception", "error code: " }
local numbers = { 0, -1, 1, 200, 404, 429, 1e15, 1e300, -1e300, 0 / 0, 1 / 0, -1 / 0, 0.1, 2 ^ 53 }

local function value(random, depth)
  local kind = random(10)
  if kind <= 4 then return texts[random(#texts)] end
  if kind == 5 then return numbers[random(#numbers)] end
  if kind == 6 then return random(2) == 1 end
  if kind == 7 or depth > 6 then return cjson.null end
  local made = {}
  if kind == 8 then
    for index = 1, random(6) - 1 do made[index] = value(random, depth + 1) end
  else
    for _ = 1, random(8) do made[keys[random(#keys)]] = value(random, depth + 1) end
  end
  return made
end

local function findings_of(body, answer)
  local seen = classify.examine { status = answer.status, body = body }
  return seen and seen.findings or {}
end

local function is_finding(finding)
  for _, name in ipairs { "code", "type", "message", "field" } do
    if finding[name] ~= nil and type(finding[name]) ~= "string" then return false, name end
  end
  return next(finding) ~= nil
end

describe("hostile bodies", function()
  it("of all shapes make findings of texts, never a throw", function()
    local random = generator(20240501)
    for _ = 1, 20000 do
      local answer = { body = value(random, 0), status = numbers[random(#numbers)] }
      local findings = findings_of(answer.body, answer)
      assert.is_true(#findings <= 32)
      for _, finding in ipairs(findings) do assert.is_true(is_finding(finding)) end
      local fault = retake.classify(answer)
      assert.is_true(fault == nil or fault.retry_after == nil or fault.retry_after >= 0)
    end
  end)

  it("of all shapes are classified", function()
    local random = generator(7)
    for _ = 1, 3000 do
      local fault = retake.classify { provider = ({ "runway", "nobody" })[random(2)], status = numbers[random(#numbers)], body = value(random, 0),
        operation = ({ "submit", "poll", "upload", "download" })[random(4)], headers = { ["Retry-After"] = texts[random(#texts)],
          ["x-amzn-errortype"] = texts[random(#texts)], "X-RateLimit-Reset: " .. texts[random(#texts)], "::: ", "no colon" } }
      assert.is_true(fault == nil or core.is_fault(fault))
    end
  end)

  it("are no trouble as texts cut anywhere", function()
    local body = '{"error":{"code":"x","message":"wait 5 seconds \\u00e9 {\\"a\\":[1,{\\"b\\":null}]}","details":[{"retryDelay":"3s"}]}} \226\130\172'
    for stop = 0, #body do
      for _, before in ipairs { "", "data: ", "<html>", '"' } do
        assert.is_table(findings_of(before .. body:sub(1, stop), { status = 400 }))
        assert.is_table(findings_of(before .. body:sub(1, stop), {}))
      end
      local decoded, text = classify.decode(body:sub(1, stop))
      assert.is_true(decoded ~= nil or text ~= nil or stop == 0)
    end
  end)

  it("of great depth and length end the search, not the program", function()
    local deep = {}
    local at = deep
    for _ = 1, 10000 do
      at.error = {}
      at = at.error
    end
    at.message = "deep"
    assert.is_true(#findings_of(deep, { status = 400 }) <= 32)
    local long = {}
    for index = 1, 100000 do long[index] = { code = "x" .. index, message = "y" } end
    assert.is_true(#findings_of({ errors = long }, { status = 400 }) <= 32)
    assert.equal("limit.rate", retake.classify { status = 429, body = ("["):rep(1e6) }.class)
    assert.equal("provider.internal", retake.classify { status = 500, body = ('{"a":'):rep(2e5) }.class)
  end)

  -- JSON inside of JSON was once followed as far as it went.
  it("that hold JSON in JSON in JSON are followed four times", function()
    local body = { error = { code = "innermost", message = "-" } }
    for _ = 1, 4 do body = { error = { message = cjson.encode(body) } } end
    local function knows(code)
      for _, finding in ipairs(findings_of(body, { status = 400 })) do
        if finding.code == code then return true end
      end
      return false
    end
    assert.is_true(knows "innermost")
    body = { error = { message = cjson.encode(body) } }
    assert.is_false(knows "innermost")
  end)

  it("keep the provider's words whole", function()
    local long = "flagged " .. ("word "):rep(20000)
    assert.equal(long, retake.classify { status = 400, body = { error = { message = long } } }.message)
    assert.is_true(#retake.classify { status = 502, body = "<html><title>" .. long .. "</title></html>" }.message <= 4096)
  end)

  it("of one shape leave nothing behind for the next", function()
    assert.equal("content.output", retake.classify { status = 200, body = { candidates = { { finishReason = "SAFETY" } } } }.class)
    assert.is_nil(retake.classify { status = 200, body = { candidates = { { finishReason = "STOP", content = "x" } } } })
    assert.is_nil(retake.classify { status = 200, body = { id = "1", status = "running" } })
  end)
end)

describe("times to wait", function()
  local function wait(body) return retake.classify({ status = 429, body = body }).retry_after end

  it("are read from fields of all kinds", function()
    assert.equal(30, wait { error = { code = "x", retry_after = "30s" } })
    assert.equal(90, wait { error = { code = "x", retryDelay = "1m30s" } })
    assert.equal(7, wait { error = { code = "x", retry_after = { seconds = 7 } } })
    assert.equal(2, wait { error = { code = "x", retry_after_ms = 2000 } })
    assert.is_nil(wait { error = { code = "x", retry_after = -1 } })
    assert.is_nil(wait { error = { code = "x", retry_after = "soon" } })
    assert.is_true(math.abs(wait { error = { code = "x", reset_at = math.floor(core.clock() + 60) } } - 60) < 2)
    assert.is_true(math.abs(wait { error = { code = "x", reset_at = os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(core.clock() + 60)) } } - 60) < 2)
  end)

  it("are read from words", function()
    assert.equal(60, wait "请60秒后重试")
    assert.equal(3723, wait { error = { message = "Too many requests, try again in 1h2m3s" } })
  end)
end)

describe("parts of messages", function()
  it("are categories, the gravest first", function()
    for text, category in pairs { ["a minor in a violent scene"] = "minor", ["public figure"] = "celebrity", ["real person"] = "person", ["brand logo"] = "copyright",
      ["nudity"] = "adult", ["gore"] = "violence", ["refused"] = "general", ["涉黄"] = "adult" } do
      local fault = retake.classify { status = 400, body = { error = { code = "content_policy_violation", message = text } } }
      assert.equal(category, fault.category, text)
    end
  end)
end)
