--- Failures, waits and times in words for people who do not know retake.
local core = require "retake.core"

local M = {}

-- Where the taxonomy's own words are for those who know it.
local failures = {
  ["request.invalid"] = "a parameter or the body of the request is wrong",
  ["asset.insecure_url"] = "the URL of an input is not https",
  ["asset.no_length"] = "the host of an input does not say how long it is (no Content-Length)",
  ["asset.dimensions"] = "an input has too many or too few pixels on a side",
  ["asset.aspect_ratio"] = "an input is too wide or too high for its other side",
  ["asset.duration"] = "an input is too long or too short",
  ["asset.too_large"] = "an input has too many bytes, or more than its host said",
  ["asset.media_type"] = "an input's type is not supported, not told, or not what its bytes are",
  ["asset.mismatch"] = "an input does not fit the request",
  ["asset.corrupt"] = "an input is cut short or cannot be decoded",
  ["asset.invalid"] = "the provider does not take an input, and says no more than that",
  ["asset.bad_status"] = "the host of an input answered with an error or a redirect",
  ["asset.timeout"] = "an input did not arrive in time",
  ["account.unauthorized"] = "no valid key was given",
  ["account.quota"] = "a daily, monthly or plan limit is reached",
  ["provider.capacity"] = "the provider is overloaded",
  ["provider.internal"] = "the provider had an error of its own",
  ["provider.unavailable"] = "the provider was not to be had",
  ["provider.upstream"] = "the third-party model behind the provider failed, and no more is known",
  ["task.not_found"] = "the provider knows no such task: unknown, expired or deleted",
  ["network.resolve"] = "the provider's address could not be looked up (DNS)",
  ["network.connect"] = "no connection to the provider could be made",
  ["network.tls"] = "no secure connection to the provider could be made (certificate or handshake)",
  ["network.timeout"] = "the provider did not answer in time",
  ["network.protocol"] = "what came back was no answer of the provider's API",
  ["local.deadline"] = "the job's deadline passed",
  ["local.refused"] = "the policy wanted what must not be done",
  ["unknown"] = "nothing is known of this failure",
}

local meanings

--- A class of failure, as half a sentence.
---@param class string
---@return string
function M.failure(class)
  if failures[class] then return failures[class] end
  if not meanings then
    meanings = {}
    for _, info in ipairs(core.classes()) do meanings[info.class] = info.meaning end
  end
  return meanings[class] or class
end

--- A span of time.
---@param seconds number
---@return string
function M.seconds(seconds)
  if seconds < 9.95 then return ("%.1f s"):format(seconds) end
  if seconds < 119.5 then return ("%.0f s"):format(seconds) end
  local minutes = math.floor(seconds / 60 + 0.5)
  if minutes < 120 then return ("%d min"):format(minutes) end
  return ("%d h %d min"):format(math.floor(minutes / 60), minutes % 60)
end

--- A moment, in UTC, as support wants it.
---@param time number seconds since 1970
---@return string
function M.moment(time)
  local whole = math.floor(time)
  if whole < 0 or whole > 253402300799 then return tostring(time) end
  return ("%s.%03dZ"):format(os.date("!%Y-%m-%dT%H:%M:%S", whole), math.floor((time - whole) * 1000))
end

local moves = {
  retry = "the same request again", revise = "the request was changed and sent again", resume = "back to asking about the task",
  give_up = "the policy gave up",
}

local rules = { floor = "as this kind of failure asks", retry_after = "as the provider asked" }

--- What was decided after an attempt.
---@param row table of the ledger
---@param following table|nil the next row
---@return string
function M.decision(row, following)
  local text = moves[row.decision]
  if row.decision == "fallback" then
    text = following and ("on to %s/%s"):format(following.provider, following.model) or "on to another model"
  end
  text = text or row.decision
  if row.delay and row.delay >= 0.05 then text = ("%s, after %s"):format(text, M.seconds(row.delay)) end
  return row.why and ("%s (%s)"):format(text, rules[row.why] or row.why) or text
end

local ordinals = { "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth" }

--- "third", or "12th".
---@param number integer
---@return string
function M.ordinal(number)
  if ordinals[number] then return ordinals[number] end
  local last = number % 100
  local ending = (last < 11 or last > 13) and ({ "st", "nd", "rd" })[number % 10] or "th"
  return ("%d%s"):format(number, ending)
end

--- "1 attempt", "2 attempts".
---@param count integer
---@param noun string
---@return string
function M.count(count, noun)
  return ("%d %s%s"):format(count, noun, count == 1 and "" or "s")
end

return M
