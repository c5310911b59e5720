--- The stand-in for EvoLink: its paths, its checks, its words, its way of charging. What comes when is the script's to say.

local answers = require "retake.simulator.evolink_answers"
local files = require "retake.simulator.evolink_files"
local json = require "retake.simulator.json"
local service = require "retake.simulator.service"
local log = require "retake.simulator.log"
local media = require "retake.simulator.media"
local models = require "retake.provider.evolink_models"
local task_model = require "retake.simulator.task"

local M = {}
M.__index = M
M.blank = answers.blank

local MOST_IN_BATCH, MOST_IMAGES, MOST_PROMPT = 50, 14, 5000
local KINDS = { images = "image", videos = "video", audios = "audio" }

-- A script may speak of states in Runway's words or in EvoLink's.
local INTERNAL = { pending = "PENDING", processing = "RUNNING", completed = "SUCCEEDED", failed = "FAILED", cancelled = "CANCELLED",
  throttled = "PENDING", running = "RUNNING", succeeded = "SUCCEEDED" }
local EXTERNAL = { PENDING = "pending", THROTTLED = "pending", RUNNING = "processing", SUCCEEDED = "completed", FAILED = "failed",
  CANCELLED = "cancelled" }

--- Whether a request is for EvoLink.
---@param request table
---@return boolean
function M.takes(request)
  local path = request.path
  if path:find "^/v1/%a+/generations$" or path:find "^/v1/tasks/task%-unified" or path == "/v1/tasks/batch" or path == "/v1/credits"
    or path == "/v1/models" or path:find "^/api/v1/files/" or path:find "^/output/task%-unified" then return true end
  -- a malformed id is for whoever was asked: Runway's clients name their version
  return path:find "^/v1/tasks/" ~= nil and not request.header "x-runway-version" and not path:find "^/v1/tasks/%x+%-%x+%-%x+%-%x+%-%x+$"
end

---@param world table  { script =, key = or nil, now = function }
function M.new(world)
  local self = setmetatable({ world = world }, M)
  self:reset()
  return self
end

function M:reset()
  self.tasks, self.order, self.files, self.links, self.keys = {}, {}, {}, {}, {}
  self.balance, self.used = self.world.script.balance, 0
end

--- What the control endpoint shows.
function M:state()
  local tasks = {}
  for i, task in ipairs(self.order) do
    local state = task.states[math.max(task.index, 1)]
    tasks[i] = { id = task.id, model = task.model, path = task.path, status = task.index == 0 and "pending" or EXTERNAL[state.name] or state.name,
      estimated = task.credits, cost = task.cost }
  end
  return { balance = self.balance, tasks = #tasks > 0 and tasks or json.empty_list }
end

--- The body of a fault that names a status and no body.
---@param plan table
---@return table|string body
function M.fault_body(plan)
  return answers.error_body(plan.status or 500, { code = plan.code, message = plan.message, type = plan.type }, plan.shape)
end

local function refuse(self, status, said) return answers.refuse(status, said, self.world.script.shape) end

local function invalid(self, param, message)
  return refuse(self, 400, { code = "invalid_parameters", message = message, type = "invalid_request_error", param = param })
end

local function check_access(self, request)
  local key = (request.header "authorization" or ""):match "^Bearer (%S+)$"
  local wanted = self.world.key
  if not key or (wanted and key ~= wanted) or (not wanted and not key:find "^key_." and not key:find "^sk%-.") then
    return refuse(self, 401)
  end
end

-- Submitting ---------------------------------------------------------------------------------------------------------------------------

local function check_urls(self, body)
  local list = body.image_urls
  if list ~= nil and (type(list) ~= "table" or #list > MOST_IMAGES) then
    return invalid(self, "image_urls", "image_urls must be an array of at most 14 URLs")
  end
  local all = { body.image_start or false, body.image_end or false, body.video_url or false }
  for _, name in ipairs { "image_urls", "video_urls", "audio_urls" } do
    for _, url in ipairs(type(body[name]) == "table" and body[name] or {}) do all[#all + 1] = url end
  end
  for _, url in ipairs(all) do
    if url and (type(url) ~= "string" or not url:find "^https?://[^/%s]+") then
      return refuse(self, 400, { code = "invalid_media_url", message = "Invalid media URL", type = "invalid_request_error", param = "image_urls" })
    end
  end
end

local function check_values(self, body, entry)
  if type(body.prompt) ~= "string" and not body.image_urls and not body.image_start then
    return invalid(self, "prompt", "prompt is required")
  end
  if type(body.prompt) == "string" and #body.prompt > (entry.prompt or MOST_PROMPT) then return invalid(self, "prompt", "Prompt is too long") end
  if body.n ~= nil and (type(body.n) ~= "number" or body.n < 1 or body.n > 10) then return invalid(self, "n", "n must be between 1 and 10") end
  local seconds = body.duration
  if seconds == nil then return nil end
  local fits = type(seconds) == "number" and not entry.durations
  for _, allowed in ipairs(entry.durations or {}) do fits = fits or allowed == seconds end
  if not fits then return invalid(self, "duration", "Invalid duration parameter") end
end

local function check_body(self, request, body)
  local kind = KINDS[request.path:match "^/v1/(%a+)/"]
  local entry = models.models[body.model]
  if not entry then
    return refuse(self, 404, { code = "model_not_found", message = "Specified model not found", type = "invalid_request_error", param = "model" })
  end
  if entry.kind ~= kind then return invalid(self, "model", "model " .. body.model .. " is not supported by this endpoint") end
  local response, facts = check_values(self, body, entry)
  if response then return response, facts end
  return check_urls(self, body)
end

--- What a task is charged; the real prices are the service's own.
local function price(kind, body)
  if kind == "image" then return 12 * (body.n or 1), "per_call" end
  if kind == "video" then return 10 * (body.duration or 5), "per_second" end
  return 30, "per_call"
end

local REFUSED = { code = "content_policy_violation",
  message = "Content policy violation.\nYour request was blocked by safety filters. Please revise your prompt." }

local function translated(life)
  local states = {}
  for i, entry in ipairs(life.states) do
    local state = { entry }
    if type(entry) == "table" then
      state = {}
      for key, value in pairs(entry) do state[key] = value end
    end
    local name = state.state or state[1]
    state.state = INTERNAL[name:lower()] or name
    states[i] = state
  end
  return { states = states, at_once = life.at_once }
end

-- The first asset that the script says cannot be fetched: EvoLink finds out when the task runs.
local function unfetched(self, body)
  local all = { body.image_start or "", body.image_end or "" }
  for _, url in ipairs(body.image_urls or {}) do all[#all + 1] = url end
  for fragment, sentence in pairs(self.world.script.assets) do
    for _, url in ipairs(all) do
      if url:find(fragment, 1, true) then return { "PENDING", { "FAILED", code = "image_processing_error", failure = sentence } } end
    end
  end
end

local function life_of(self, context, refusal, body)
  local states = refusal and { "PENDING", { "FAILED", code = refusal.code or REFUSED.code, failure = refusal.failure or REFUSED.message,
    refund = refusal.refund, credits = refusal.credits } } or unfetched(self, body)
  return translated(states and { states = states } or self.world.script:life(context))
end

local function task_id(self)
  return string.format("task-unified-%.0f-%s", math.floor(self.world.now()), answers.random_hex(4))
end

local task_body -- further down

local function accept(self, request, body, context, refusal)
  local kind = KINDS[request.path:match "^/v1/(%a+)/"]
  local credits, billing_rule = price(kind, body)
  if credits > self.balance then
    return refuse(self, 402, { code = "insufficient_quota", fields = { estimated_credits = credits, account_balance_credits = self.balance,
      action_url = "https://evolink.ai/dashboard/billing" } })
  end
  local life = life_of(self, context, refusal, body)
  local task = task_model.new({
    id = task_id(self), ordinal = #self.order + 1, model = body.model, path = request.path, credits = credits, created = self.world.now(),
    kind = kind, count = body.n or 1, billing_rule = billing_rule, prompt = context.prompt,
  }, life, self.world.script)
  self.balance = self.balance - credits
  self.tasks[task.id], self.order[task.ordinal] = task, task
  context.task, context.task_id = task.ordinal, task.id
  local state, refund = { name = "PENDING" }, nil
  if life.at_once then state, refund = task:advance(self.world.now()) end
  self.balance = self.balance + (refund or 0)
  local answer = answers.answer(200, task_body(self, task, state, request))
  return answer, { task_id = task.id, billed = true, credits = credits, state = life.at_once and state.name or nil, code = state.code }
end

--- A key that came before: its answer once more, or a conflict. The very first answer may have been lost on the way.
local function replay(self, key, text)
  local known = key and self.keys[key]
  if not known then return nil end
  if known.digest ~= log.digest(text) then
    return refuse(self, 409, { code = "idempotency_conflict", fields = { task_id = known.task_id } })
  end
  local response = answers.blank()
  response.status, response.body = 200, known.body
  response.headers[#response.headers + 1] = { "content-type", "application/json; charset=utf-8" }
  response.headers[#response.headers + 1] = { "idempotency-replayed", "true" }
  return response, { task_id = known.task_id, replayed = true }
end

local function submit(self, request, context)
  local text = request.text
  local body = text and json.decode(text)
  if type(body) ~= "table" or type(body.model) ~= "string" then
    return refuse(self, 400, { code = "invalid_request", message = "Invalid request body", type = "invalid_request_error" })
  end
  local key = request.header "idempotency-key"
  if key and (#key < 16 or #key > 96 or key:find "[^%w._-]") then
    return refuse(self, 400, { code = "invalid_request", message = "Idempotency-Key must be 16 to 96 of A-Z, a-z, 0-9, ., _ and -" })
  end
  local response, facts = replay(self, key, text)
  if response then return response, facts end
  response, facts = check_body(self, request, body)
  if response then return response, facts end
  local refusal = self.world.script:refusal(context.prompt or "")
  if refusal and refusal.how == "refusal" then
    return refuse(self, refusal.status or 400, { code = refusal.code or REFUSED.code, message = refusal.failure or REFUSED.message,
      type = "invalid_request_error" })
  end
  response, facts = accept(self, request, body, context, refusal)
  if key and facts.task_id then self.keys[key] = { digest = log.digest(text), body = response.body, task_id = facts.task_id } end
  return response, facts
end

-- Tasks --------------------------------------------------------------------------------------------------------------------------------

local function output_links(self, task, state, request)
  if state.output ~= nil then return state.output or nil end
  local count = state.count or task.count
  if count == 0 then return json.empty_list end
  local rules, links = self.world.script.output, {}
  task.link_sets = (task.link_sets or 0) + 1
  local dead = task.link_sets <= (rules.dead_urls or 0)
  local file = media.output(task.kind)
  for i = 1, count do
    local token = answers.random_hex(16)
    self.links[token] = { task = task, reads = dead and 0 or rules.reads, dies = rules.seconds and self.world.now() + rules.seconds }
    links[i] = string.format("%s://%s/output/%s/%d.%s?_jwt=%s", request.scheme, request.authority, task.id, i, file.extension, token)
  end
  return links
end

local function billing_of(task, state)
  if state.name == "SUCCEEDED" then return { charge_status = "charged", refund_status = "none" } end
  if task.cost == 0 then return { charge_status = "released", refund_status = "refunded" } end
  return { charge_status = "charged", refund_status = "none" }
end

local function error_of(state)
  if state.name ~= "FAILED" or state.failure == false then return nil end -- some failed tasks come without a reason
  return { code = state.code or "unknown_error", message = state.failure or "An unclassified error occurred.", type = "task_error" }
end

task_body = function(self, task, state, request)
  local body = {
    created = math.floor(task.created), id = state.id or task.id, model = task.model, object = task.kind .. ".generation.task", type = task.kind,
    status = EXTERNAL[state.name] or state.name, progress = state.name == "SUCCEEDED" and 100 or math.floor((state.progress or 0) * 100),
    task_info = { can_cancel = true, estimated_time = state.estimated_time or self.world.script.estimated_time },
    usage = { billing_rule = task.billing_rule, credits_reserved = task.credits, user_group = "default" },
  }
  if task:is_over() then
    body.usage.credits_used, body.billing = task.cost, billing_of(task, state)
    if state.name == "SUCCEEDED" then body.results = output_links(self, task, state, request) end
  end
  body.error = error_of(state)
  for key, value in pairs(state.fields or {}) do body[key] = value end
  return body
end

local function read_task(self, task, request)
  local state, refund = task:advance(self.world.now())
  self.balance = self.balance + (refund or 0)
  if refund and task.cost then self.used = self.used + task.cost end
  return task_body(self, task, state, request), state, refund
end

local function poll(self, request, context)
  if not context.task_id:find "^task%-unified%-%d+%-%w+$" then
    return refuse(self, 400, { code = "invalid_task_id", message = "Invalid task ID format", param = "task_id" })
  end
  local task = self.tasks[context.task_id]
  if not task then return refuse(self, 404, { code = "task_not_found", message = "Task not found or expired", param = "task_id" }) end
  local body, state, refund = read_task(self, task, request)
  return answers.answer(200, body), { state = state.name, code = state.code, refunded = refund ~= 0 and refund or nil, credits = task.cost }
end

--- Ids that are unknown are left out of the answer, without a word.
local function batch(self, request)
  local body = json.decode(request.text or "")
  local ids = type(body) == "table" and body.task_ids
  if type(ids) ~= "table" or #ids == 0 or #ids > MOST_IN_BATCH then
    return invalid(self, "task_ids", "task_ids must hold 1 to 50 ids")
  end
  local list, refunded = {}, 0
  for _, id in ipairs(ids) do
    local task = self.tasks[id]
    if task then
      local one, _, refund = read_task(self, task, request)
      list[#list + 1], refunded = one, refunded + (refund or 0)
    end
  end
  local facts = { refunded = refunded ~= 0 and refunded or nil }
  return answers.answer(200, { data = #list > 0 and list or json.empty_list, total = #list }), facts
end

-- The rest -----------------------------------------------------------------------------------------------------------------------------

local function denied()
  local body = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
  return { status = 403, headers = { { "content-type", "application/xml" } }, body = body }, { refused = "AccessDenied" }
end

local function download(self, request, context)
  local link = self.links[request.query._jwt or ""]
  local alive = link and link.task.id == context.task_id and (not link.dies or self.world.now() < link.dies)
  if not alive or (link.reads and link.reads <= 0) then return denied() end
  if link.reads and request.method == "GET" then link.reads = link.reads - 1 end
  local file = media.output(link.task.kind)
  return { status = 200, headers = { { "content-type", file.type } }, body = file.bytes }, { bytes = #file.bytes }
end

local function credits(self)
  return answers.answer(200, { success = true, message = "", data = {
    token = { remaining_credits = self.balance, unlimited_credits = false, used_credits = self.used },
    user = { remaining_credits = self.balance, used_credits = self.used },
  } })
end

local function list_models()
  local list = {}
  for name in pairs(models.models) do list[#list + 1] = { id = name, object = "model", owned_by = "evolink" } end
  table.sort(list, function(a, b) return a.id < b.id end)
  return answers.answer(200, { object = "list", data = list })
end

local function unknown(self, request)
  return refuse(self, 404, { code = "invalid_request", message = "Invalid URL (" .. request.method .. " " .. request.path .. ")" })
end

local function wrong_method(self)
  return refuse(self, 405, { code = "invalid_request", message = "Method not allowed" })
end

---@return string operation, function handler, table context
local function route(request)
  local method, path = request.method, request.path
  if KINDS[path:match "^/v1/(%a+)/generations$"] then return "submit", method == "POST" and submit or wrong_method, {} end
  if path == "/v1/tasks/batch" then return "poll", method == "POST" and batch or wrong_method, {} end
  local id = path:match "^/v1/tasks/([^/]+)$"
  if id then return "poll", method == "GET" and poll or wrong_method, { task_id = id } end
  id = path:match "^/output/([^/]+)/%d+%.%w+$"
  if id then return "download", (method == "GET" or method == "HEAD") and download or wrong_method, { task_id = id, is_open = true } end
  if path == "/v1/credits" then return "organization", method == "GET" and credits or wrong_method, {} end
  if path == "/v1/models" then return "other", list_models, {} end
  local file = path:match "^/api/v1/files/(.+)$"
  if file then return "upload", files.handler(method, file), { streams = true } end
  return "other", unknown, {}
end

--- What a request is about, before anything is done about it.
---@param request table
---@return table context  { operation =, model =, prompt =, path =, task =, task_id = }
---@return fun(): table, table? handle  does it: response, facts for the log
function M:receive(request)
  return service.receive(self, request, { route = route, check_access = check_access, prompt_field = "prompt" })
end

return M
