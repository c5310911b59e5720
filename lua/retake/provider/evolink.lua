--- EvoLink (https://docs.evolink.ai): where it is, how it is asked, how it answers.
local provider = require "retake.provider"
local limits = require "retake.provider.evolink_limits"
local models = require "retake.provider.evolink_models"
local request = require "retake.provider.evolink_request"
local rules = require "retake.provider.evolink_rules"

local MOST_OUTPUTS = 64
-- A first look sooner than this is wasted, and later than this keeps a job waiting that was done early.
local SOONEST, LATEST = 3, 120

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function number(value)
  return type(value) == "number" and value == value and value > -math.huge and value < math.huge and value or nil
end

local function table_or_empty(value)
  return type(value) == "table" and value or {}
end

-- An id goes into a path: one that holds more than a task id can is not believed.
local function task_id_of(value)
  local id = text(value)
  return id and #id <= 128 and id:find "^[%w_%-]+$" and id or nil
end

local states = {
  pending = "queued", queued = "queued", submitted = "queued", created = "queued", not_start = "queued", processing = "running",
  running = "running", in_progress = "running", generating = "running", completed = "succeeded", succeeded = "succeeded", success = "succeeded",
  failed = "failed", failure = "failed", error = "failed", cancelled = "cancelled", canceled = "cancelled",
}

local function add_output(outputs, value)
  local url = text(value)
  if url and #outputs < MOST_OUTPUTS and (url:find "^[hH][tT][tT][pP][sS]?://[^%s%c]+$" or url:find "^data:%a+/[^%s%c]+$") then
    outputs[#outputs + 1] = url
  end
end

-- Results are links, objects that hold one, or the file itself as a data: URI.
local function outputs_of(body)
  local outputs = {}
  local list = body.results
  if type(list) == "string" then list = { list } end
  for _, entry in ipairs(table_or_empty(list)) do
    if type(entry) == "table" then add_output(outputs, entry.url or entry.video_url or entry.image_url or entry.audio_url)
    else add_output(outputs, entry) end
  end
  if #outputs > 0 then return outputs end
  for _, entry in ipairs(table_or_empty(body.result_data)) do
    if type(entry) == "table" then add_output(outputs, entry.video_url or entry.image_url or entry.audio_url or entry.url) end
  end
  return outputs
end

local refunded = { "refunded", "refund_success", "success", "succeeded", "completed", "full" }
local given_back = {}
for _, word in ipairs(refunded) do given_back[word] = true end

-- What the task cost in the end. A reservation is no cost, and a running task has none yet.
local function credits_of(body, state)
  if state ~= "succeeded" and state ~= "failed" and state ~= "cancelled" then return nil end
  local billing, usage = table_or_empty(body.billing), table_or_empty(body.usage)
  local refund = text(billing.refund_status)
  if refund and given_back[refund:lower()] then return 0 end
  local used = number(usage.credits_used)
  return used and used >= 0 and used or nil
end

local function decode_task(body, known)
  if type(body) ~= "table" then return nil end
  -- a gateway in between may wrap the task
  if type(body.data) == "table" and body.id == nil and body.data.id ~= nil then body = body.data end
  local id, status = task_id_of(body.id), text(body.status)
  if not id and not status then return nil end
  local state = status and states[status:lower()]
  local progress = number(body.progress)
  return {
    task_id = id, status = status, state = state, progress = progress and math.max(0, math.min(1, progress / 100)),
    outputs = outputs_of(body), credits = credits_of(body, state), estimated_credits = number(table_or_empty(body.usage).credits_reserved),
    expected = known and known.expected or nil,
  }
end

local function first_poll(body)
  local seconds = number(table_or_empty(body.task_info).estimated_time)
  return seconds and math.max(SOONEST, math.min(LATEST, seconds)) or nil
end

-- An answer without an id is none, whatever its status was. One with an id may be of a task that is over already.
local function decode_submit(body, context)
  local task = decode_task(body)
  if not task or not task.task_id then return nil end
  local asked = context and type(context.request) == "table" and context.request.count
  task.expected = type(asked) == "number" and asked or 1
  task.first_poll = first_poll(body)
  return task
end

-- The task that a conflict names, where it names one.
local function duplicate(body)
  if type(body) ~= "table" then return nil end
  local error_table = table_or_empty(body.error)
  local details = table_or_empty(error_table.details)
  local id = task_id_of(error_table.task_id) or task_id_of(details.task_id) or task_id_of(error_table.existing_task_id)
    or task_id_of(body.task_id) or task_id_of(body.id)
  if not id then
    local message = text(error_table.message) or text(body.message) or ""
    id = task_id_of(message:sub(1, 1000):match "(task%-unified%-[%w%-]+)")
  end
  return id and { task_id = id } or nil
end

-- Each read of an unfinished task makes EvoLink ask the model's service, so reads grow rarer: an image is done within the first few.
local function interval(_, polls)
  if polls <= 3 then return 4 end
  return polls <= 8 and 6 or 10
end

local function task_path(task_id) return "/v1/tasks/" .. task_id end

local function add_tasks(bodies, list)
  for _, body in ipairs(table_or_empty(list)) do
    local id = type(body) == "table" and task_id_of(body.id)
    if id then bodies[id] = body end
  end
end

-- { data = { task, ... } }, or the list by another name, or bare. A task that is not in a list is one EvoLink does not know; where there is no
-- list at all nothing was said.
---@return table<string, table> bodies by id, boolean is_list
local function split(body)
  local bodies = {}
  if type(body) ~= "table" then return bodies, false end
  local data = table_or_empty(body.data)
  local is_list = #body > 0
  for _, list in pairs { body.data or false, body.tasks or false, data.tasks or false, data.items or false, body.results or false } do
    is_list = is_list or type(list) == "table"
  end
  for _, list in ipairs { body, data, body.tasks or {}, data.tasks or {}, data.items or {}, body.results or {} } do add_tasks(bodies, list) end
  return bodies, is_list
end

local function encode_upload(file)
  return {
    base_url = "https://files-api.evolink.ai", method = "POST", path = "/api/v1/files/upload/stream",
    parts = { { name = "file", file = file.path, filename = file.name, type = file.media_type } },
  }
end

-- "2026-04-01T12:00:00Z", or seconds or milliseconds since 1970. The zone does not matter: only the difference of two is used.
local function time_of(value)
  if number(value) then return value > 1e11 and value / 1000 or value end
  local year, month, day, hour, minute, second = (text(value) or ""):match "^(%d%d%d%d)-(%d%d)-(%d%d)[T ](%d%d):(%d%d):(%d%d)"
  if not year then return nil end
  return os.time { year = tonumber(year), month = tonumber(month), day = tonumber(day), hour = tonumber(hour), min = tonumber(minute),
    sec = tonumber(second), isdst = false }
end

local function decode_upload(body)
  if type(body) ~= "table" or body.success == false or type(body.data) ~= "table" then return nil end
  local data = body.data
  local uri = text(data.file_url) or text(data.download_url)
  if not uri or not uri:find "^https?://[^%s%c]+$" then return nil end
  local from, to = time_of(data.upload_time), time_of(data.expires_at)
  local lifetime = from and to and to > from and to - from or limits.upload.lifetime
  return { uri = uri, lifetime = math.min(lifetime, limits.upload.lifetime) }
end

local function decode_account(body)
  if type(body) ~= "table" then return nil end
  local data = type(body.data) == "table" and body.data or body
  local user, token = table_or_empty(data.user), table_or_empty(data.token)
  local credits, of_key = number(user.remaining_credits), token.unlimited_credits ~= true and number(token.remaining_credits) or nil
  return { credits = credits or of_key, used = number(user.used_credits), key_credits = of_key, key_used = number(token.used_credits) }
end

-- Every 4xx answers the request itself: it was read and refused. Nothing else is sure: a gateway's 502 or 503 may hide an acceptance. That
-- costs little, because what goes again goes under the same Idempotency-Key.
local safe_statuses = {}
for status = 400, 499 do safe_statuses[status] = true end

-- Refusals that are sure whatever their status: they come before anything is sent to a model.
local safe_codes = {}
for code in ([[pricing_unavailable pricing_policy_not_found estimate_unsupported no_available_channel channel_selection_failed
  get_channel_failed channel:no_available_key model_unavailable model_not_found service_unavailable service_unavailable_error
  insufficient_quota insufficient_user_quota quota_not_enough account_balance_insufficient rate_limit_exceeded
  rate_limited]]):gmatch "%S+" do safe_codes[code] = true end

-- Errors of quotas and parameters carry numbers that say what would be right.
local hints = {
  { "allowed_values", "allowed: %s" }, { "allowed_models", "models this key may use: %s" }, { "min", "at least %s" }, { "max", "at most %s" },
  { "estimated_credits", "it would cost %s credits" }, { "account_balance_credits", "the account has %s" },
  { "remaining_credits", "%s credits are left" }, { "used_credits", "%s are used" }, { "total_limit_credits", "the key's limit is %s" },
  { "daily_used_credits", "%s credits were used today" }, { "daily_limit_credits", "the key's daily limit is %s" },
  { "reset_timezone", "it is reset at midnight (%s)" }, { "expired_at", "expired at %s" }, { "limit_scope", "limit of the %s" },
  { "action_url", "see %s" }, { "fallback_suggestion", "%s" }, { "suggestion", "%s" },
}

return provider.define {
  name = "evolink", built_in = true,
  base_url = "https://api.evolink.ai",
  key_variable = "EVOLINK_API_KEY",
  auth = { header = "Authorization", prefix = "Bearer " },
  request_id = { "x-request-id", "x-oneapi-request-id", "cf-ray" },
  models = models.models,
  accepts = require "retake.provider.evolink_accepts",
  submit = { method = "POST", encode = request.encode, decode = decode_submit, duplicate = duplicate },
  -- the same Idempotency-Key is answered with the first submission's task, and charged once
  recognises_resend = true,
  poll = {
    method = "GET", path = task_path, decode = decode_task, floor = SOONEST, interval = interval, not_found_grace = 15,
    batch = { most = 50, method = "POST", path = "/v1/tasks/batch", encode = function(ids) return { task_ids = ids } end, split = split },
  },
  upload = { encode = encode_upload, decode = decode_upload, max_bytes = limits.upload.max_bytes, lifetime = limits.upload.lifetime },
  account = { method = "GET", path = "/v1/credits", decode = decode_account },
  assets = { limits_for = limits.limits_for, words = limits.words },
  limits_for = limits.limits_for,
  safe_statuses = safe_statuses,
  safe_codes = safe_codes,
  rules = rules.rules,
  last_rules = rules.last_rules,
  usual_states = true,
  credits = { "usage.credits_used", "data.usage.credits_used" },
  refund = { path = "billing.refund_status", words = refunded },
  hints = hints,
}
