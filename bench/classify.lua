--- Classifications a second, from raw bodies of some 300 bytes with JSON decoding included, one core; then bodies of 1 MiB made to be hard.
-- Where a large body takes more than its share over a small one, reading is not linear: that is a failure. Seconds are only printed.
local classify = require "retake.classify".classify
local core = require "retake.core"
local cjson = require "cjson.safe"

local function padded(text, mark, size)
  return (text:gsub(mark, (" and so on"):rep(math.ceil((size - #text) / 10)):sub(1, math.max(size - #text, 0))))
end

-- `@` is filled up with words to 300 bytes.
local answers = {
  { 400, "submit", '{"error":{"message":"Your request was rejected by the safety system.@ Contact us and include the request ID req_b68e1d8f.",'
    .. '"type":"image_generation_user_error","param":null,"code":"moderation_blocked"}}' },
  { 429, "submit", '{"error":{"message":"Rate limit reached for images per min: Limit 5, Used 5.@ Please try again in 12s.",'
    .. '"type":"requests","param":null,"code":"rate_limit_exceeded"}}' },
  { 200, "poll", '{"id":"8f1c","status":"failed","created_at":1766737710,"model":"video-2","error":{"code":"internal_error",'
    .. '"message":"An unexpected error occurred.@"},"output":null}' },
  { 200, "submit", '{"code":1001,"msg":"Account balance not enough, please top up.@","data":null,'
    .. '"request_id":"9984d27b-a408-4073-ae28-17ca6a13622d"}' },
  { 422, "submit", '{"detail":[{"loc":["body","duration"],"msg":"Input should be 5 or 10@","type":"literal_error","input":"7"}]}' },
  { 503, "submit", '{"error":{"code":503,"message":"The model is overloaded.@ Please try again later.","status":"UNAVAILABLE"}}' },
}
for index, row in ipairs(answers) do answers[index] = { status = row[1], operation = row[2], body = padded(row[3], "@", 300) } end

-- The processor's seconds for one run of the function.
local function seconds(fn, count)
  local start = os.clock()
  for _ = 1, count do fn() end
  return (os.clock() - start) / count
end

local function best_of(times, fn, count)
  local best = math.huge
  for _ = 1, times do best = math.min(best, seconds(fn, count)) end
  return best
end

local function all(fn)
  return function()
    for index = 1, #answers do fn(answers[index]) end
  end
end

local json = cjson.new()
local whole = best_of(3, all(classify), 10000) / #answers
local decoding = best_of(3, all(function(answer) json.decode(answer.body) end), 10000) / #answers
local fault = best_of(3, all(function(answer)
  core.fault { class = "limit.rate", message = answer.body, code = "x", status = 429, effect = "none", billed = "no", operation = "submit" }
end), 10000) / #answers
print(("%.0f classifications a second, %.2f us each: JSON decoding alone takes %.2f us, making the fault %.2f us"):format(1 / whole, whole * 1e6,
  decoding * 1e6, fault * 1e6))
---- the same by each provider's rules, with bodies of its own ---------------------------------------------------------------------------

local of_providers = {
  runway = {
    { 400, "submit", '{"error":"Validation of body failed","docUrl":"https://docs.dev.runwayml.com/api","issues":[{"code":"too_big",'
      .. '"path":["promptText"],"message":"Too big: expected string to have <=1000 characters@"}]}' },
    { 200, "poll", '{"id":"17f20503-6c24-4c16-946b-35dbbce2af2f","status":"FAILED","createdAt":"2026-06-27T19:49:32.334Z",'
      .. '"failure":"An unexpected error occurred.@","failureCode":"INTERNAL.BAD_OUTPUT.CODE01"}' },
    { 200, "poll", '{"id":"17f20503-6c24-4c16-946b-35dbbce2af2f","status":"FAILED","failure":"Content was flagged by our moderation.@",'
      .. '"failureCode":"SAFETY.INPUT.TEXT","cost":{"credits":0}}' },
    { 429, "submit", '{"error":"You have exceeded the daily limit of generations.@ Please try again later."}' },
    { 400, "submit", '{"error":"Invalid asset aspect ratio. width / height ratio must be between 0.5 and 2. Got 2.37.@"}' },
  },
  runware = {
    { 400, "submit", '{"errors":[{"code":"invalidWidth","message":"Invalid value for \'width\' parameter.@","parameter":"width","type":"integer",'
      .. '"min":128,"max":2048,"taskType":"imageInference","taskUUID":"a770f077-f413-47de-9dac-be0b26a35da6"}]}' },
    { 400, "poll", '{"errors":[{"code":"timeoutProvider","status":"error","message":"The external provider did not respond in time.@",'
      .. '"parameter":"","taskType":"videoInference","taskUUID":"a770f077-f413-47de-9dac-be0b26a35da6"}]}' },
    { 200, "poll", '{"data":[],"errors":[{"code":"providerError","status":"error","message":"The provider returned an error.","responseContent":'
      .. '"The prompt was flagged by content moderation@","taskUUID":"a770f077-f413-47de-9dac-be0b26a35da6"}]}' },
    { 400, "submit", '{"errors":[{"code":"insufficientCredits","message":"Insufficient credits to run this task.@","taskType":"videoInference"}]}' },
  },
  evolink = {
    { 402, "submit", '{"error":{"code":"insufficient_quota","message":"Your credits are not enough for this request.@","type":"insufficient_quota"},'
      .. '"request_id":"req_9a41c2"}' },
    { 200, "poll", '{"id":"task-unified-1756817821-4x3rx6ny","status":"failed","error":{"code":"generation_failed_no_content",'
      .. '"message":"The model did not generate any content.@","type":"task_error"},"progress":100}' },
    { 400, "submit", '{"error":{"code":"invalid_parameters","message":"duration must be one of 5, 10@",'
      .. '"type":"invalid_request_error","param":"duration"}}' },
    { 429, "submit", '{"error":{"code":429,"message":"Rate limit exceeded, please retry after 30 seconds@","type":"rate_limit_error"}}' },
    { 200, "poll", '{"id":"task-unified-1756817821-4x3rx6ny","status":"failed","error":{"code":"content_policy_violation",'
      .. '"message":"Your prompt violates our content policy.@","type":"task_error"}}' },
  },
}

for _, provider in ipairs { "runway", "runware", "evolink" } do
  local own = {}
  for index, row in ipairs(of_providers[provider]) do
    own[index] = { provider = provider, status = row[1], operation = row[2], body = padded(row[3], "@", 300) }
  end
  local each = best_of(3, function()
    for index = 1, #own do classify(own[index]) end
  end, 5000) / #own
  print(("%.0f a second of %s's, %.2f us each"):format(1 / each, provider, each * 1e6))
end

---- hard bodies of a size -------------------------------------------------------------------------------------------------------------

local function fill(piece, size) return piece:rep(math.floor(size / #piece)) end

local hard = {
  ["nested lists"] = function(size) return fill("[", size / 2) .. fill("]", size / 2) end,
  ["nested tables"] = function(size) return fill('{"error":', size / 2) .. "1" .. fill("}", size / 2) end,
  ["braces in a text"] = function(size) return '{"error":"' .. fill("{[{[", size) .. '"}' end,
  ["quotes in a text"] = function(size) return '{"error":"' .. fill('{\\"', size) .. '"}' end,
  ["a page of tags"] = function(size) return fill("<", size) end,
  ["a page of titles"] = function(size) return fill("<title", size) end,
  ["a page of open tags"] = function(size) return "<html>" .. fill("<a ", size) end,
  ["many errors"] = function(size) return '{"errors":[' .. fill('{"code":"x","message":"y"},', size) .. "1]}" end,
  ["many keys"] = function(size)
    local keys = {}
    for index = 1, size / 24 do keys[index] = ('"error_%d":"x%d"'):format(index, index) end
    return "{" .. table.concat(keys, ",") .. "}"
  end,
  ["one long word"] = function(size) return '{"message":"' .. fill("a", size) .. '"}' end,
  ["words of rules"] = function(size) return '{"message":"' .. fill("prompt image request output model ", size) .. '"}' end,
  ["digits to wait for"] = function(size) return '{"error":"rate limit, retry after ' .. fill("1", size) .. '"}' end,
  ["request ids"] = function(size) return '{"error":"' .. fill("request id request ", size) .. '"}' end,
  ["a stream"] = function(size) return fill('data: {"error":{"message":"x"}}\n', size) end,
  ["a stream of nothing"] = function(size) return "data: x\n" .. fill("\n", size) end,
  ["no text at all"] = function(size) return fill("\0\255\254", size) end,
  ["spaces"] = function(size) return fill(" ", size) end,
  ["dots in a code"] = function(size) return '{"error":{"code":"' .. fill("a.", size) .. '"}}' end,
}
local names = {}
for name in pairs(hard) do names[#names + 1] = name end
table.sort(names)

local SMALL, LARGE = 128 * 1024, 1024 * 1024
local worst, worst_name, missed = 0, nil, 0
for _, name in ipairs(names) do
  local times = {}
  for index, size in ipairs { SMALL, LARGE } do
    local evidence = { status = 400, operation = "submit", body = hard[name](size) }
    times[index] = best_of(3, function() classify(evidence) end, 3)
  end
  if times[2] > worst then worst, worst_name = times[2], name end
  -- eight times the size: what is below a tenth of a millisecond says nothing
  if times[2] > 24 * math.max(times[1], 1e-4) then
    missed = missed + 1
    print(("MISSED: %s: 1 MiB takes %.0f times what 128 KiB take"):format(name, times[2] / times[1]))
  end
end
print(("%d hard bodies of 1 MiB: the slowest (%s) takes %.1f ms"):format(#names, worst_name, worst * 1000))
if missed > 0 then os.exit(1) end
