--- Runware (https://runware.ai/docs): where it is, how it is asked, how it answers.
--
-- One address takes everything: a list of tasks is posted to it, even to ask about one. The client names its tasks (taskUUID), so a
-- submission of unknown outcome can be asked about, and sent again under the same name without a second one being made.
local core = require "retake.core"
local provider = require "retake.provider"
local items = require "retake.provider.runware_items"
local limits = require "retake.provider.runware_limits"
local request = require "retake.provider.runware_request"
local rules = require "retake.provider.runware_rules"
local tasks = require "retake.provider.runware_tasks"

local PATH = "/v1"

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

---- polls ---------------------------------------------------------------------------------------------------------------------------

local function encode_poll(task_id)
  return { method = "POST", path = PATH, body = { { taskType = "getResponse", taskUUID = task_id } } }
end

-- "Exponential backoff from 1-2 seconds" (Runware's page on polling); ten seconds at most, as its own clients have it.
local function interval(_, polls)
  return math.min(10, 2 * 1.5 ^ math.max(0, polls - 1))
end

---- uploads -------------------------------------------------------------------------------------------------------------------------

local function encode_upload(file)
  local uri, problem = file.data_uri()
  if not uri then return nil, problem or { class = "asset.invalid", message = "the file cannot be read" } end
  return { method = "POST", path = PATH, body = { {
    -- the bare base64 text, as Runware's own nodes send it
    taskType = "mediaStorage", taskUUID = core.random_id(), operation = "upload", media = uri:match "^data:[^,]*,(.*)$" or uri,
  } } }
end

-- A mediaUUID of "1" stands for a file that is still being taken in: its task is asked about like any other.
local function decode_upload(body)
  local form
  items.each_item(body, function(item)
    if form then return end
    local id, task = text(item.mediaUUID) or text(item.imageUUID), text(item.taskUUID)
    if id and id ~= "1" then form = { uri = id, lifetime = 29 * 86400 } -- deleted 30 days after the last use
    elseif task then form = { pending = true, wait = 2, again = encode_poll(task) } end
  end)
  return form
end

---- the account ---------------------------------------------------------------------------------------------------------------------

local function encode_account()
  return { method = "POST", path = PATH,
    body = { { taskType = "accountManagement", taskUUID = core.random_id(), operation = "getDetails" } } }
end

local function decode_account(body)
  local account
  items.each_item(body, function(item)
    local balance = item.balance or item.credits or item.creditBalance
    if type(balance) == "table" then balance = balance.amount or balance.total end
    if not account and item.taskType ~= "authentication" then account = { credits = tonumber(balance) } end
  end)
  return account
end

-- What Runware answers to the repeated sending of a task it has.
local function duplicate(_, context)
  local key = context.identity and context.identity.key
  return key and { task_id = key, expected = tasks.expected(context.request) } or nil
end

return provider.define {
  name = "runware", built_in = true,
  base_url = "https://api.runware.ai",
  key_variable = "RUNWARE_API_KEY",
  auth = { header = "Authorization", prefix = "Bearer " },
  request_id = { "x-request-id", "x-runware-request-id", "cf-ray" },
  models = request.models,
  accepts = require "retake.provider.runware_accepts",
  submit = { method = "POST", encode = request.encode, decode = tasks.decode_submit, duplicate = duplicate },
  recognises_resend = true,
  lookup = function(identity) return identity and identity.key end,
  -- no published least pause; Runware's own clients ask twice a second and slower
  poll = { method = "POST", encode = encode_poll, decode = tasks.decode_poll, floor = 1, interval = interval, not_found_grace = 60 },
  -- no cancel: Runware has no call for it, what was submitted runs and is charged
  upload = { encode = encode_upload, decode = decode_upload, lifetime = 29 * 86400 },
  account = { method = "POST", encode = encode_account, decode = decode_account },
  assets = { limits_for = limits.limits_for },
  limits_for = limits.limits_for,
  estimate = request.estimate,
  -- no safe statuses beside the 4xx: after a 5xx the task may run and be charged, and asking under its name tells
  rules = rules.rules,
  last_rules = rules.last_rules,
  usual_states = true,
  tasks = { list = "data", id = "taskUUID", calls = rules.of_calls },
  quotes = "responseContent",
  credits = { "cost", "data.cost", "data.error.cost", "errors.cost", "error.cost" },
  hints = { { "min", "at least %s" }, { "max", "at most %s" }, { "multiplier", "a multiple of %s" }, { "allowedValues", "one of %s" },
    { "default", "by default %s" }, { "type", "of type %s" } },
}
