--- Bodies that come from an enemy: the search for errors is asked without the net that classify spreads under it.
local cjson = require "cjson"
local core = require "retake.core"
local evidence = require "retake.evidence"
local generic = require "retake.provider.generic"
local retake = require "retake"
local words = require "retake.evidence_words"

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
      local body = value(random, 0)
      if type(body) == "table" then
        local findings = evidence.of_table(body, { status = numbers[random(#numbers)] })
        assert.is_true(#findings <= 64)
        for _, finding in ipairs(findings) do assert.is_true(is_finding(finding)) end
        assert.is_true(findings.retry_after == nil or findings.retry_after >= 0)
        assert.is_true(findings.task_id == nil or type(findings.task_id) == "string")
      elseif type(body) == "string" then evidence.of_text(body, { status = 400 }) end
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
      evidence.of_text(body:sub(1, stop), { status = 400 })
      evidence.of_text("data: " .. body:sub(1, stop), {})
      evidence.of_text("<html>" .. body:sub(1, stop), {})
      local decoded, text = evidence.decode(body:sub(1, stop))
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
    assert.is_true(#evidence.of_table(deep, { status = 400 }) <= 64)
    local long = {}
    for index = 1, 100000 do long[index] = { code = "x" .. index, message = "y" } end
    assert.is_true(#evidence.of_table({ errors = long }, { status = 400 }) <= 64)
    assert.equal("limit.rate", retake.classify { status = 429, body = ("["):rep(1e6) }.class)
    assert.equal("provider.internal", retake.classify { status = 500, body = ('{"a":'):rep(2e5) }.class)
  end)

  -- JSON inside of JSON was once followed as far as it went.
  it("that hold JSON in JSON in JSON are followed four times", function()
    local body = { error = { code = "innermost", message = "-" } }
    for _ = 1, 4 do body = { error = { message = cjson.encode(body) } } end
    local function knows(code)
      for _, finding in ipairs(evidence.of_table(body, { status = 400 })) do
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
  local function wait(text) return words.wait_in(text) end

  it("are read from words", function()
    for text, seconds in pairs { ["Retry after 30 seconds"] = 30, ["try again in 2 minutes"] = 120, ["try again in 1h2m3s"] = 3723,
      ["Please retry in 38.5s."] = 38.5, ["try again in 6m0s"] = 360, ["wait 5 s"] = 5, ["retry after 500ms"] = 0.5, ["请60秒后重试"] = 60,
      ["请在30秒之后再试"] = 30, ["请2分钟后重试"] = 120, ["1小时后重试"] = 3600, ["Expected available in 35 seconds"] = 35, ["resets in ~8s"] = 8,
      ["please wait at least 10 seconds"] = 10, ["try again in 1 hour and 5 minutes"] = 3900, ["Try again after 90"] = 90 } do
      assert.equal(seconds, wait(text), text)
    end
    for _, text in ipairs { "failed after 3 attempts", "try again later", "please wait", "retry after a while, code 17", "after", "", "60 images" } do
      assert.is_nil(wait(text), text)
    end
  end)

  it("are read from fields of all kinds", function()
    assert.equal(30, words.seconds "30s")
    assert.equal(90, words.seconds "1m30s")
    assert.equal(2.5, words.seconds(2.5))
    assert.equal(7, words.seconds { seconds = 7 })
    assert.is_nil(words.seconds(-1))
    assert.is_nil(words.seconds(0 / 0))
    assert.is_nil(words.seconds "soon")
    assert.is_true(math.abs(words.seconds(core.clock() + 60) - 60) < 2)
    assert.is_true(math.abs(words.seconds_until((core.clock() + 60) * 1000) - 60) < 2)
    assert.is_true(math.abs(words.seconds_until(os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(core.clock() + 60))) - 60) < 2)
    assert.is_true(math.abs(words.seconds_until(os.date("!%Y-%m-%dT%H:%M:%S+02:00", math.floor(core.clock() + 7260))) - 60) < 2)
    assert.equal(0, words.seconds_until "2001-01-01T00:00:00Z")
    assert.is_nil(words.seconds_until "whenever")
  end)
end)

describe("parts of messages", function()
  it("are codes, parameters and ids", function()
    for text, code in pairs { ["402 - Credits insufficient"] = "402", ["error code: 1033"] = "1033", ["code: 1201\nmessage: x"] = "1201",
      ["An error occurred (ThrottlingException) when calling"] = "ThrottlingException", ["status = StatusCode.PERMISSION_DENIED"] = "PERMISSION_DENIED",
      ["HTTP/1.1 503 Service"] = "503", ["Error: 500 oh"] = "500", ["java.lang.IllegalStateException: x"] = "IllegalStateException" } do
      assert.equal(code, words.code_in(text), text)
    end
    for text, field in pairs { ["Invalid parameter: 'size'"] = "size", ["duration must be 5"] = "duration", ["prompt is required"] = "prompt",
      ["Missing required parameter: 'image'."] = "image", ["'ratio' is not valid"] = "ratio", ["#/textToImage/text: too long"] = "textToImage.text",
      ["参数duration错误"] = "duration" } do
      assert.equal(field, words.field_in(text), text)
    end
    for text, id in pairs { ["x (request id: 20250801abc)"] = "20250801abc", ["Request id: 0217788"] = "0217788",
      ["include the request ID req_11aa22."] = "req_11aa22" } do
      assert.equal(id, words.request_id_in(text), text)
    end
    assert.is_nil(words.request_id_in "the request ideally")
    assert.is_nil(words.field_in "The request is invalid")
    assert.is_nil(words.code_in "all is well")
  end)

  it("are categories, the gravest first", function()
    for text, category in pairs { ["a minor in a violent scene"] = "minor", ["public figure"] = "celebrity", ["real person"] = "person", ["brand logo"] = "copyright",
      ["nudity"] = "adult", ["gore"] = "violence", ["refused"] = "general", ["涉黄"] = "adult" } do
      assert.equal(category, generic.category { { message = text } }, text)
    end
  end)
end)
