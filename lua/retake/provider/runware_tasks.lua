--- What Runware's answers say of a task: its state, its results one by one, what it cost.
local items = require "retake.provider.runware_items"
local rules = require "retake.provider.runware_rules"

local M = {}

local MOST_OUTPUTS = 64
-- Readings without change after which results that stay fewer than were asked for are taken as all there will be: sooner where some
-- failed, for a failure may stand for several.
local SETTLED_AFTER, SETTLED_AFTER_SILENCE = 4, 12
local FIRST_POLL = 2

local function text(value)
  return type(value) == "string" and value ~= "" and value or nil
end

local function number(value)
  return type(value) == "number" and value == value and value > -math.huge and value < math.huge and value or nil
end

--- How many results a request asks for.
---@param request table|nil as a script gives it
---@return integer
function M.expected(request)
  local count = type(request) == "table" and request.count
  if type(request) == "table" and type(request.extra) == "table" and request.extra.numberResults then count = request.extra.numberResults end
  return type(count) == "number" and count >= 1 and count or 1
end

---- results -------------------------------------------------------------------------------------------------------------------------

local places = { "videoURL", "imageURL", "audioURL", "mediaURL", "url" }

local function add_output(outputs, value)
  if #outputs < MOST_OUTPUTS and text(value) and value:find "^[hH][tT][tT][pP][sS]?://[^%s%c]+$" then
    outputs[#outputs + 1] = value
    return true
  end
end

local function add_outputs(outputs, item)
  for _, place in ipairs(places) do
    if add_output(outputs, item[place]) then return end -- videoURL and mediaURL of one item are the same file
  end
  local files = type(item.outputs) == "table" and item.outputs.files
  for _, file in ipairs(type(files) == "table" and files or {}) do
    if type(file) == "table" then add_output(outputs, file.url) end
  end
end

local waiting = { queued = "queued", pending = "queued", scheduled = "queued", waiting = "queued", processing = "running", running = "running",
  started = "running", in_progress = "running" }
local succeeded = { success = true, succeeded = true, completed = true, complete = true, done = true }

-- A result may come without a status: it is there, so it succeeded.
local function holds_result(item)
  for _, place in ipairs(places) do
    if item[place] ~= nil then return true end
  end
  return item.outputs ~= nil or item.imageUUID ~= nil or item.videoUUID ~= nil or item.audioUUID ~= nil or item.imageBase64Data ~= nil
    or item.imageDataURI ~= nil
end

local function count_item(seen, item)
  local status = text(item.status)
  local state = status and waiting[status:lower()]
  if state then
    seen.waiting, seen.status = seen.waiting + 1, status
    if state == "running" then seen.running = true end
    seen.progress = seen.progress + math.max(0, math.min(100, number(item.progress) or 0))
    seen.tells_progress = seen.tells_progress or number(item.progress) ~= nil
  elseif status and succeeded[status:lower()] or not status and holds_result(item) then
    seen.done = seen.done + 1
    add_outputs(seen.outputs, item)
  elseif status then seen.unknown = status
  else seen.acknowledged = true end -- { taskType, taskUUID }: taken, not begun
  local cost = number(item.cost)
  if cost then seen.cost = (seen.cost or 0) + cost end
end

---- failures ------------------------------------------------------------------------------------------------------------------------

-- An error that does not name its task belongs to the only one that was asked about, unless it speaks of the call. An error without a code
-- says too little to call a paid task lost. (siblings.c decides in the same way whether a fault is the end of its task.)
local function is_of_task(item, outer, known_id)
  local owner = text(item.taskUUID) or text(outer.taskUUID)
  if owner and known_id and owner ~= known_id then return false end
  local code = text(item.code) or text(item.errorCode)
  local of_call = code and rules.of_calls:match { findings = { { code = code:sub(1, 128) } } }
  if of_call == "task.not_found" then return false end
  if owner or text(item.status) or text(outer.status) then return true end
  return code ~= nil and not of_call
end

local function failures_of(failed)
  local classify = require "retake.classify" -- which itself asks for providers
  local failures = {}
  for i, item in ipairs(failed) do
    local fault = classify.classify { provider = "runware", operation = "poll", status = 200, body = { errors = { item } } } or { class = "unknown" }
    failures[i] = { class = fault.class, code = fault.code, message = fault.message, field = fault.field, category = fault.category }
  end
  return failures
end

---- the whole -----------------------------------------------------------------------------------------------------------------------

local function read(body, known_id)
  local seen = { outputs = {}, failures = {}, done = 0, waiting = 0, progress = 0, items = 0 }
  items.each_item(body, function(item)
    local owner = text(item.taskUUID)
    if items.is_failed(item) then return end
    if known_id and owner and owner ~= known_id then return end
    if item.taskType == "authentication" or item.taskType == "ping" then return end
    if not known_id then
      seen.id = seen.id or owner -- without knowing whose answer it is, the first task's is read
      if owner ~= seen.id then return end
    end
    seen.items = seen.items + 1
    count_item(seen, item)
  end)
  items.each_error(body, function(item, outer)
    local id = known_id or seen.id or text(item.taskUUID) or text(outer.taskUUID)
    if not is_of_task(item, outer, id) then
      seen.about_call = seen.about_call or not (text(item.taskUUID) or text(outer.taskUUID)) or nil
      return
    end
    seen.id = seen.id or text(item.taskUUID) or text(outer.taskUUID)
    if #seen.failures < MOST_OUTPUTS then seen.failures[#seen.failures + 1] = item end
    local cost = number(item.cost) or number(outer.cost)
    if cost and seen.cost == nil then seen.cost = cost end
  end)
  return seen
end

-- Nothing waits and something is missing: whether that will stay so is decided by a few readings that show no change.
local function is_settled(seen, known)
  if type(known) ~= "table" then return true end
  local before = known.counted
  local same = type(before) == "table" and before.done == seen.done and before.failed == #seen.failures
  known.counted = { done = seen.done, failed = #seen.failures, readings = same and before.readings + 1 or 1 }
  return known.counted.readings >= (#seen.failures > 0 and SETTLED_AFTER or SETTLED_AFTER_SILENCE)
end

local function decide(task, seen, expected, known)
  local done, failed = seen.done, #seen.failures
  if seen.waiting > 0 or done + failed == 0 then
    task.state = seen.running and "running" or seen.waiting > 0 and "queued" or seen.unknown and "running" or "queued"
    return
  end
  if done + failed < expected and not is_settled(seen, known) then
    task.state = "running"
    return
  end
  task.state = done > 0 and "succeeded" or "failed"
  if task.state == "succeeded" and done < expected then task.partial, task.failures = true, failures_of(seen.failures) end
end

local statuses = { succeeded = "success", failed = "error" }

local function task_of(body, known_id, expected, known)
  local seen = read(body, known_id)
  if seen.items == 0 and #seen.failures == 0 and seen.about_call then return nil end
  local task = { task_id = known_id or seen.id, outputs = seen.outputs, credits = seen.cost, expected = expected }
  decide(task, seen, expected or 1, known)
  if task.state ~= "succeeded" and task.state ~= "failed" then task.credits = nil end -- what is done so far is not what it will cost
  task.status = statuses[task.state] or seen.status or seen.unknown
  if seen.tells_progress then
    task.progress = (seen.progress + 100 * seen.done) / (100 * math.max(1, seen.waiting + seen.done))
  end
  -- an empty answer means "not begun" and "never heard of" alike
  if seen.items == 0 and #seen.failures == 0 then task.found = false end
  return task
end

local function is_answer(body)
  if type(body) ~= "table" then return false end
  if body.data ~= nil or body.errors ~= nil or body.error ~= nil then return true end
  return type(body[1]) == "table" and (body[1].data ~= nil or body[1].errors ~= nil or body[1].error ~= nil)
end

--- A reading of a task.
---@param body any decoded JSON
---@param known { id: string, expected: integer|nil }|nil our task
---@return table|nil task nil: not an answer about tasks
function M.decode_poll(body, known)
  if not is_answer(body) then return nil end
  return task_of(body, known and known.id, known and known.expected, known)
end

--- The answer to a submission: an acknowledgement, or, of a quick task, its results. An empty one says nothing: the task may run.
---@param body any decoded JSON
---@param context { identity: table|nil, request: table|nil }
---@return table|nil task
function M.decode_submit(body, context)
  if not is_answer(body) then return nil end
  local key = context and context.identity and context.identity.key
  local expected = M.expected(context and context.request)
  local task = task_of(body, key, expected)
  if not task or not task.task_id or task.found == false or task.state == "failed" then return nil end
  task.first_poll = FIRST_POLL
  return task
end

return M
