--- The provider's side of a rehearsal: which step it has come to, and what is answered to each call. A step is over when the job has met its
-- fault; until then every call that it concerns is answered its way, as a provider in trouble does.
local cjson = require "cjson.safe"
local core = require "retake.core"
local answers = require "retake.rehearsal.answers"
local ledger = require "retake.ledger"
local other = require "retake.rehearsal.other"

local M = {}
M.__index = M

local OUTPUT = "https://rehearsal.invalid/output"

---@param steps table[] { class, retry_after, category, after }
---@param twin table the client that the job runs on
---@return table stage
function M.new(steps, twin)
  return setmetatable({ steps = steps, at = 1, twin = twin, real = {}, copies = {}, tasks = {}, sent = {} }, M)
end

local function response(body, status, headers)
  return { kind = "response", sent = true, status = status or 200, headers = headers or { "Content-Type: application/json" },
    body = type(body) == "table" and cjson.encode(body) or body or "", message = "a complete response arrived" }
end

---- steps ---------------------------------------------------------------------------------------------------------------------------------

-- The step that the job is at, and how it is played at the job's provider. Jobs that a policy starts beside it have no part in the list.
local function step_of(stage, job)
  local step = job == stage.job and stage.steps[stage.at]
  local definition = step and stage.real[job.provider]
  if not definition then return nil end
  step.told = step.told or {}
  step.told[definition] = step.told[definition] or answers.told(definition, step)
  return step, step.told[definition]
end

local function advance(stage)
  stage.at = stage.at + 1
end

--- The job has met a fault: if it is the step's, the next one's turn has come. What came of an answer may also be another fault, where retake
--- knows better than the provider; the step is over then too.
---@param event table
function M:met(event)
  local step = self.steps[self.at]
  if not step or not step.played or event.operation == "download" then return end
  step.provider, step.model, step.found = event.provider, event.model, event.class
  step.met = event.class == step.class
  advance(self)
end

---- calls ---------------------------------------------------------------------------------------------------------------------------------

-- What an answer may want to tell of the attempt.
local function call_of(job)
  local row, request = ledger.current(job.record_), job.record_.request
  local extra = type(request.extra) == "table" and request.extra or {}
  return { estimate = row and row.estimate, model = job.model, count = tonumber(extra.numberResults) or request.count or 1 }
end

local function accept(stage, job, dialect, body)
  local id = dialect.task_id(core.random_id(), body)
  stage.tasks[id] = job
  return response(dialect.accepted(id, call_of(job)))
end

local function submit(stage, job, dialect, body, path)
  stage.sent[#stage.sent + 1] = { provider = job.provider, model = job.model, request = job.request, path = path, body = body }
  local step, told = step_of(stage, job)
  if not step or told.on == "poll" or told.on == "missing" then return accept(stage, job, dialect, body) end
  if told.on == "submit" then
    step.played = true
    return answers.outcome(dialect, told, step, nil, call_of(job)), step.after
  elseif told.on == "transport" then
    step.played = true
    return told.outcome, step.after
  elseif told.on == "lost" then
    step.played = true
    return { kind = "interrupted", sent = true, message = "the connection broke before the response was complete" }, step.after
  end
  return accept(stage, job, dialect, body)
end

-- A task's own state: nil for one that is not there.
local function task_body(stage, job, dialect, id)
  local call = call_of(job)
  local step, told = step_of(stage, job)
  if step and step.played and (told.on == "submit" or told.on == "lost") then -- the submission turned out to be accepted all the same
    advance(stage)
    step, told = step_of(stage, job)
  end
  local task = job.record_.task
  local running = step and step.after and task and stage.twin.host.now() - task.submitted_at < step.after
  if step and (told.on == "poll" or told.on == "missing") and running then return dialect.running(id, call) end
  if step and told.on == "missing" then
    step.played = true
    return nil
  elseif step and told.on == "poll" then
    step.played = true
    return cjson.decode(answers.outcome(dialect, told, step, id, call).body), step
  end
  return dialect.succeeded(id, OUTPUT, call)
end

local function poll(stage, job, dialect)
  local id = job.record_.task and job.record_.task.id
  -- asked about before anyone knows whether it was taken
  if job.state == "recover" then return { kind = "timeout", timeout = "first_byte", sent = true, message = "the time ran out" } end
  local body, step = task_body(stage, job, dialect, id)
  if body then return response(body, 200, answers.headers(step or {})) end
  if dialect.missing then return response(dialect.missing(id)) end
  return response({ error = { code = "task_not_found", message = "Task not found" } }, 404)
end

-- Many tasks in one call, which is made by no job in particular.
local function poll_many(stage, body)
  local dialect = answers.by_name.evolink
  local list = {}
  for _, id in ipairs(type(body) == "table" and type(body.task_ids) == "table" and body.task_ids or {}) do
    local job = stage.tasks[id]
    list[#list + 1] = job and task_body(stage, job, dialect, id) or nil
  end
  return response(dialect.batch(list))
end

-- What costs nothing goes well and tells nothing: questions about the account, with which a client finds out whether a provider is back.
local function free(stage, request)
  for name in pairs(stage.real) do
    local base = stage.twin.settings[name].base_url
    if request.url:sub(1, #base) == base then return response "{}" end
  end
end

local by_state = {
  submitting = submit,
  poll = poll,
  recover = poll,
  download = poll, -- links that ran out are asked for anew
  prepare = function(_, _, dialect) return response(dialect.uploaded()) end,
  cancel = function() return response("", 204) end,
}

--- The answer to a call of the twin's.
---@param request table as engine:start takes it
---@return table|nil outcome, number|nil seconds
function M:answer(request)
  -- nothing is written either
  if request.output then return { kind = "response", sent = true, status = 200, headers = {}, size = 0, path = request.output }, 0 end
  if request.guard then return nil end
  local job = self.twin.flows[coroutine.running() or false]
  local body = request.body and cjson.decode(request.body)
  if not job and type(body) == "table" and body.task_ids then return poll_many(self, body) end
  local definition, handle = job and self.real[job.provider], job and by_state[job.state]
  if not definition or not handle then return free(self, request) end
  local path = request.url:match "^%a+://[^/]*(/.*)$"
  return handle(self, job, answers.dialect_of(definition), body, path)
end

---- what the twin sees of a provider ------------------------------------------------------------------------------------------------------

-- What a provider has no words for is found where retake itself finds such things: as the request is looked at.
local function looked_at(stage, encode)
  return function(...)
    local step, told
    if stage.job and stage.job.state == "prepare" then step, told = step_of(stage, stage.job) end
    if not step or told.on ~= "before" then return encode(...) end
    step.played = true
    return nil, { class = step.class, message = "rehearsed: " .. answers.meaning(step.class) }
  end
end

--- A provider's definition as the twin has it.
---@param definition table
---@return table copy
function M:definition(definition)
  local name = definition.name
  if self.real[name] == definition then return self.copies[name] end
  local readable = answers.dialect_of(definition) == other and other.readable(definition) or definition
  local copy, submitting = {}, {}
  for key, value in pairs(readable) do copy[key] = value end
  for key, value in pairs(readable.submit) do submitting[key] = value end
  submitting.encode = looked_at(self, readable.submit.encode)
  copy.submit = submitting
  self.real[name], self.copies[name] = definition, copy
  return copy
end

--- A journal that cannot write where that is the step.
---@param journal table
---@return table journal
function M:journal(journal)
  return setmetatable({
    put = function(_, record)
      local step, told
      if self.job and record.state == "submitting" then step, told = step_of(self, self.job) end
      if not step or told.on ~= "storage" or record.id ~= self.job.id then return journal:put(record) end
      step.played = true
      return nil, "rehearsed: the disk is full"
    end,
  }, { __index = function(_, key)
    local value = journal[key]
    return type(value) == "function" and function(_, ...) return value(journal, ...) end or value
  end })
end

return M
