--- The stand-in for Runware: everything is a list of tasks posted to /v1. What comes when is the script's to say.
--
-- Beside what script.lua tells, a life's states may say: `failed` results of several that did not come (with code and failure), `done`
-- results that are there already while others are made, `upstream` and `upstream_status` (the words of the model's own service), `shape`
-- (runware_answers.lua). PENDING is an empty answer, as it is for tasks nobody knows.

local answers = require "retake.simulator.runware_answers"
local checks = require "retake.simulator.runware_checks"
local json = require "retake.simulator.json"
local log = require "retake.simulator.log"
local media = require "retake.simulator.media"
local task_model = require "retake.simulator.task"

local M = {}
M.__index = M
M.blank = answers.blank
M.fault_body = answers.fault_body

-- A script may speak of states in Runway's words or in Runware's.
local INTERNAL = { queued = "PENDING", pending = "PENDING", throttled = "PENDING", processing = "RUNNING", running = "RUNNING", success = "SUCCEEDED",
  succeeded = "SUCCEEDED", error = "FAILED", failed = "FAILED" }

--- Whether a request is for Runware: the other providers' paths go on after /v1.
---@param request table
---@return boolean
function M.takes(request)
  return request.path == "/v1" or request.path == "/v1/" or request.path:find "^/runware/" ~= nil
end

---@param world table  { script =, key = or nil, now = function }
function M.new(world)
  local self = setmetatable({ world = world }, M)
  self:reset()
  return self
end

function M:reset()
  self.tasks, self.order, self.media, self.uploads, self.links = {}, {}, {}, {}, {}
  self.balance = self.world.script.balance
end

--- What the control endpoint shows.
function M:state()
  local tasks = {}
  for i, task in ipairs(self.order) do
    local state = task.states[math.max(task.index, 1)]
    tasks[i] = { id = task.id, model = task.model, path = task.path, status = task.index == 0 and "PENDING" or state.name,
      estimated = task.credits, cost = task.cost }
  end
  return { balance = self.balance, tasks = #tasks > 0 and tasks or json.empty_list }
end

-- Submitting ---------------------------------------------------------------------------------------------------------------------------

--- What one result is charged, in US dollars; the real prices are the service's own.
local function price(task)
  if task.taskType == "videoInference" then return 0.0625 * (task.duration or 5) end
  return task.taskType == "imageInference" and 0.0078125 or 0.00390625
end

local REFUSED = { code = "invalidProviderContent",
  failure = "Invalid content detected. The generated content was flagged and rejected by Google's content moderation system." }

local function translated(life, count, each)
  local states = {}
  for i, entry in ipairs(life.states) do
    local state = { entry }
    if type(entry) == "table" then
      state = {}
      for key, value in pairs(entry) do state[key] = value end
    end
    local name = state.state or state[1]
    state.state = INTERNAL[name:lower()] or name
    if state.failed and state.credits == nil then state.credits = each * (count - state.failed) end -- what did not come is not charged
    states[i] = state
  end
  return { states = states, at_once = life.at_once }
end

local function life_of(self, context, refusal)
  if not refusal then return self.world.script:life(context) end
  return { states = { "RUNNING", { "FAILED", code = refusal.code or REFUSED.code, failure = refusal.failure or REFUSED.failure,
    refund = refusal.refund, credits = refusal.credits } } }
end

local function error_item(task, fields)
  fields.taskType, fields.taskUUID = task.taskType, task.taskUUID
  fields.documentation = "https://runware.ai/docs/platform/errors"
  return fields
end

local NO_CREDITS = {
  videoInference = { "videoInferenceInsufficientCredits", "External inference tasks require a paid invoice or at least $5 credit." },
  imageInference = { "insufficientCredits", "Insufficient credits. Please top up your account." },
}

local task_items -- further down

--- One task of the list.
---@return table? data item, table? error item, table facts
local function submit_one(self, body, context)
  local item = checks.problem(body, self.media, self.world.script)
  if item then return nil, error_item(body, item), { refused = item.code } end
  if self.tasks[body.taskUUID] then
    return nil, error_item(body, { code = "conflictTaskUUID", parameter = "taskUUID",
      message = "The taskUUID '" .. body.taskUUID .. "' has already been used." }), { refused = "conflictTaskUUID", replayed = true }
  end
  local prompt = type(body.positivePrompt) == "string" and body.positivePrompt or ""
  local refusal = self.world.script:refusal(prompt)
  if refusal and refusal.how == "refusal" then
    local code = refusal.code or REFUSED.code
    return nil, error_item(body, { code = code, message = refusal.failure or REFUSED.failure }), { refused = code }
  end
  local count = body.numberResults or 1
  local credits = price(body) * count
  if credits > self.balance then
    local said = NO_CREDITS[body.taskType] or NO_CREDITS.imageInference
    return nil, error_item(body, { code = said[1], message = said[2] }), { refused = said[1] }
  end
  local life = translated(life_of(self, context, refusal), count, price(body))
  local task = task_model.new({
    id = body.taskUUID, ordinal = #self.order + 1, model = body.model or body.taskType, path = body.taskType, credits = credits,
    created = self.world.now(), kind = checks.GENERATES[body.taskType], count = count, prompt = prompt, taskType = body.taskType,
    includes_cost = body.includeCost == true,
  }, life, self.world.script)
  self.balance = self.balance - credits
  self.tasks[task.id], self.order[task.ordinal] = task, task
  context.task, context.task_id = context.task or task.ordinal, context.task_id or task.id
  local facts = { task_id = task.id, billed = true, credits = credits }
  if body.deliveryMethod == "sync" or life.at_once then
    task.is_sync = body.deliveryMethod == "sync"
    return nil, nil, facts, task
  end
  return { taskType = body.taskType, taskUUID = task.id }, nil, facts
end

-- Tasks --------------------------------------------------------------------------------------------------------------------------------

local function link(self, task, i, request)
  local rules, token = self.world.script.output, answers.random_hex(16)
  local dead = (task.link_sets or 0) <= (rules.dead_urls or 0)
  self.links[token] = { task = task, reads = dead and 0 or rules.reads, dies = rules.seconds and self.world.now() + rules.seconds }
  local extension = media.output(task.kind).extension
  return string.format("%s://%s/runware/%s/%d.%s?token=%s", request.scheme, request.authority, task.id, i, extension, token)
end

local function success_items(self, task, state, request, count)
  local items = {}
  if count > 0 then task.link_sets = (task.link_sets or 0) + 1 end
  for i = 1, count do
    local item = { taskType = task.taskType, taskUUID = state.id or task.id, status = "success", seed = 42 + i }
    item[task.kind .. "UUID"] = answers.uuid()
    if state.output ~= false then item[task.kind .. "URL"] = link(self, task, i, request) end
    if task.includes_cost then item.cost = (task.cost or task.credits) / math.max(1, count) end
    for key, value in pairs(state.fields or {}) do item[key] = value end
    items[i] = item
  end
  return items
end

local function failure_items(task, state, count)
  local items = {}
  for i = 1, count do
    items[i] = { code = state.code or "providerError", message = state.failure or "The provider responded with an error.", taskType = task.taskType,
      taskUUID = state.anonymous == nil and (state.id or task.id) or nil, responseContent = state.upstream,
      responseStatusCode = state.upstream_status }
  end
  return items
end

--- What getResponse shows of a task in a state.
---@return table[] data, table[] errors
task_items = function(self, task, state, request)
  if state.name == "PENDING" then return {}, {} end
  if state.name == "FAILED" then return {}, failure_items(task, state, state.failed or 1) end
  if state.name == "SUCCEEDED" then
    local failed = state.failed or 0
    return success_items(self, task, state, request, state.count or task.count - failed), failure_items(task, state, failed)
  end
  local done = math.min(state.done or 0, task.count)
  local data = success_items(self, task, state, request, done)
  for _ = done + 1, task.count do
    data[#data + 1] = { taskType = task.taskType, taskUUID = state.id or task.id,
      status = state.name == "RUNNING" and "processing" or state.name, progress = state.progress and math.floor(state.progress * 100) or nil }
  end
  return data, failure_items(task, state, state.failed or 0)
end

--- One step of a task's life, as its reading shows it.
local function read_task(self, task, request)
  local state, refund = task:advance(self.world.now())
  self.balance = self.balance + (refund or 0)
  local data, errors = task_items(self, task, state, request)
  return data, errors, { state = state.name, code = state.code, refunded = refund ~= 0 and refund or nil, credits = task.cost }, state.shape
end

--- A task that is answered at once goes through its life without being watched.
local function finish(self, task, request)
  local data, errors, facts, shape
  repeat data, errors, facts, shape = read_task(self, task, request) until task:is_over() or task.index >= #task.states
  return data, errors, facts, shape
end

-- Files --------------------------------------------------------------------------------------------------------------------------------

local function upload(self, body)
  if type(body.media or body.image) ~= "string" or #(body.media or body.image) == 0 then
    return nil, error_item(body, { code = "missingMedia", message = "Missing required parameter 'media'.", parameter = "media" }),
      { refused = "missingMedia" }
  end
  local id = answers.uuid()
  local pending = self.world.script.media_polls or 0
  self.uploads[body.taskUUID] = { id = id, left = pending }
  if pending == 0 then self.media[id] = true end
  return { taskType = body.taskType, taskUUID = body.taskUUID, mediaUUID = pending > 0 and "1" or id }, nil, { task_id = body.taskUUID }
end

local function read_upload(self, task_uuid)
  local file = self.uploads[task_uuid]
  file.left = file.left - 1
  if file.left <= 0 then self.media[file.id] = true end
  return { { taskType = "mediaStorage", taskUUID = task_uuid, mediaUUID = file.left > 0 and "1" or file.id } }, {}, {}
end

-- The list ----------------------------------------------------------------------------------------------------------------------------

local function poll_one(self, request, body)
  if self.uploads[body.taskUUID] then return read_upload(self, body.taskUUID) end
  local task = self.tasks[body.taskUUID]
  if not task or task.is_sync then return {}, {}, {} end -- never heard of, or told already
  return read_task(self, task, request)
end

local function account(self, body)
  return { taskType = body.taskType, taskUUID = body.taskUUID, operation = body.operation, balance = self.balance }
end

--- Does one task of the list and adds to what is answered.
local function perform(self, request, body, context, result)
  local kind = type(body) == "table" and body.taskType
  local data, errors, facts, shape, item, problem, at_once
  if kind == "getResponse" and type(body.taskUUID) == "string" then data, errors, facts, shape = poll_one(self, request, body)
  elseif kind == "authentication" then item = { taskType = kind, connectionSessionUUID = answers.uuid() }
  elseif kind == "ping" then item = { taskType = kind, pong = true }
  elseif kind == "accountManagement" then item = account(self, body)
  elseif kind == "mediaStorage" or kind == "imageUpload" then item, problem, facts = upload(self, body)
  else item, problem, facts, at_once = submit_one(self, type(body) == "table" and body or {}, context) end
  if at_once then
    data, errors, facts, shape = finish(self, at_once, request)
    facts.billed, facts.task_id = true, at_once.id
  end
  for _, one in ipairs(data or { item }) do result.data[#result.data + 1] = one end
  for _, one in ipairs(errors or { problem }) do result.errors[#result.errors + 1] = one end
  result.shape = shape or result.shape
  for key, value in pairs(facts or {}) do
    if key == "credits" and type(result.facts.credits) == "number" then value = value + result.facts.credits end
    result.facts[key] = value
  end
end

local function refused(self, status, item)
  return answers.answer(status, answers.body({}, { item }, self.world.script.shape)), { refused = item.code }
end

local function check_access(self, request, list)
  local first = type(list) == "table" and type(list[1]) == "table" and list[1] or {}
  local key = (request.header "authorization" or ""):match "^Bearer (%S+)$" or first.taskType == "authentication" and first.apiKey
  local wanted = self.world.key
  if type(key) ~= "string" or (wanted and key ~= wanted) or (not wanted and not key:find "^key_.") then
    return refused(self, 401, { code = "invalidApiKey", message = "Invalid API key. Get one at https://my.runware.ai/signup",
      parameter = "apiKey", taskType = "authentication" })
  end
end

local function handle_list(self, request, context)
  local list = context.list
  local response, facts = check_access(self, request, list)
  if response then return response, facts end
  if request.method ~= "POST" then return refused(self, 404, { code = "notFound", message = "The requested resource doesn't exist." }) end
  if type(list) ~= "table" or #list == 0 then
    return refused(self, 400, { code = "invalidRequest", message = "The request body must be an array of task objects." })
  end
  local result = { data = {}, errors = {}, facts = {}, shape = self.world.script.shape }
  for _, body in ipairs(list) do perform(self, request, body, context, result) end
  local is_refusal = #result.data == 0 and #result.errors > 0 and context.operation ~= "poll" and not result.facts.task_id
  return answers.answer(is_refusal and 400 or 200, answers.body(result.data, result.errors, result.shape)), result.facts
end

local function download(self, request, context)
  local link_of = self.links[request.query.token or ""]
  local alive = link_of and link_of.task.id == context.task_id and (not link_of.dies or self.world.now() < link_of.dies)
  if not alive or (link_of.reads and link_of.reads <= 0) then
    return { status = 404, headers = { { "content-type", "text/plain" } }, body = "Not Found" }, { refused = "404" }
  end
  if link_of.reads and request.method == "GET" then link_of.reads = link_of.reads - 1 end
  local file = media.output(link_of.task.kind)
  return { status = 200, headers = { { "content-type", file.type } }, body = file.bytes }, { bytes = #file.bytes }
end

local OPERATIONS = { getResponse = "poll", mediaStorage = "upload", imageUpload = "upload", accountManagement = "organization",
  authentication = "other", ping = "other" }

--- Fills in what the script may match on: the first task of the list that is not a key.
local function look(self, request, context)
  local text, size = request.body()
  context.bytes = size and size > 0 and size or nil
  context.list = text and json.decode(text)
  local first = type(context.list) == "table" and context.list[1]
  if type(first) == "table" and first.taskType == "authentication" and context.list[2] then first = context.list[2] end
  if type(first) ~= "table" then return "other" end
  local operation = OPERATIONS[first.taskType] or "submit"
  context.model = type(first.model) == "string" and first.model or nil
  context.prompt = type(first.positivePrompt) == "string" and first.positivePrompt or nil
  if operation == "poll" and type(first.taskUUID) == "string" then
    context.task_id = first.taskUUID
    local task = self.tasks[first.taskUUID]
    if task then context.model, context.task, context.prompt = task.model, task.ordinal, task.prompt end
    if self.uploads[first.taskUUID] then operation = "upload" end
  end
  context.prompt_digest = operation == "submit" and context.prompt and log.digest(context.prompt) or nil
  return operation
end

--- What a request is about, before anything is done about it.
---@param request table
---@return table context  { operation =, model =, prompt =, path =, task =, task_id = }
---@return fun(): table, table? handle  does it: response, facts for the log
function M:receive(request)
  local context = { path = request.path }
  local id = request.path:match "^/runware/([^/]+)/%d+%.%w+$"
  if id then
    context.operation, context.task_id = "download", id
    local task = self.tasks[id]
    if task then context.model, context.task, context.prompt = task.model, task.ordinal, task.prompt end
    return context, function() return download(self, request, context) end
  end
  context.operation = look(self, request, context)
  return context, function()
    local response, facts = handle_list(self, request, context)
    return response, facts or {}
  end
end

return M
