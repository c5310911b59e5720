--- A job: a plain record, and a walk over the table of its states. Each state does one step and names the next; between steps the
-- record is all there is, so it can be journalled, and a fresh process goes on from it.
local barriers = require "retake.job.barriers"
local core = require "retake.core"
local events = require "retake.job.events"
local ledger = require "retake.ledger"
local provider = require "retake.provider"
local result_of = require "retake.result"
local sameness = require "retake.job.sameness"
local submit = require "retake.job.submit"
local tell = require "retake.job.tell"
local target = require "retake.job.target"

-- Why the gate refused, in words.
local rule_words = {
  never = "the class of the failure ends this job's use of the model",
  unchanged = "what is at fault has not changed",
  paid_once = "a paid task may exist already, and nothing may be paid twice",
  resends = "the same request has gone again as often as its class allows",
  floor = "it is too soon",
  retry_after = "the provider asked to be left alone longer",
  elsewhere = "a failure of this class may not be taken to that model",
  refused_content = "this provider has refused this content before",
  retry_budget = "too many resends to this provider have failed lately",
  no_task = "there is no task to resume",
  unfit = "that model cannot serve the request",
  too_dear = "that model costs more than the job has left",
}

local M = {}

local states = {
  prepare = require "retake.job.prepare",
  submit = submit.submit,
  submitting = submit.submitting,
  recover = require "retake.job.recover",
  poll = require("retake.job.poll").poll,
  download = require("retake.job.download").download,
  decide = require "retake.job.decide",
  cancel = require "retake.job.cancel",
}

local Job = { explain = tell.explain, support_bundle = tell.support_bundle }

local function finished(record)
  return record.state == "succeeded" or record.state == "failed"
end

-- A copy of plain data.
local function copy(value)
  if type(value) ~= "table" then return value end
  local to = {}
  for key, item in pairs(value) do to[key] = copy(item) end
  return to
end

--- What a script can read of a job, beside its methods.
local getters = {
  id = function(job) return job.record_.id end,
  -- a copy: a policy that writes into it must not change what the gate has seen
  request = function(job) return copy(job.record_.request) end,
  attempts = function(job) return job.record_.attempts end,
  state = function(job) return job.record_.state end,
  tries = function(job) return job.record_.tries end,
  provider = function(job) return (provider.split(job.record_.request.model)) end,
  model = function(job) return (select(2, provider.split(job.record_.request.model))) end,
  progress = function(job) return job.record_.task and job.record_.task.progress end,
  status = function(job) return job.record_.task and job.record_.task.status end,
  task_id = function(job) return job.record_.task and job.record_.task.id end,
  outputs = function(job) return job.record_.outputs end,
  done = function(job) return finished(job.record_) end,
  reroute_refused = function(job) return job.client.options.reroute_refused == true end,
  -- the model that was asked for, once the job has left it
  home = function(job) return target.home(job.record_) end,
  -- of what moderation sees of the request as it is now: what client:unblock takes
  fingerprint = function(job) return job.record_.content end,
  age = function(job) return job.client.host.now() - job.record_.created_at end,
  spent = function(job) return ledger.spent(job.record_) end,
  submissions = function(job) return job.record_.submissions or 0 end,
}

local meta = {
  __index = function(job, key)
    local method = Job[key]
    if method then return method end
    local getter = getters[key]
    if getter then return getter(job) end
  end,
  __tostring = function(job) return ("retake job %s (%s, %s)"):format(job.id, job.request.model, job.state) end,
}

--- A new record for a request.
---@param request table normalised
---@param limits { deadline: number, max_credits: number|nil, max_attempts: integer }
---@param now number seconds since 1970
---@return table record
function M.record(request, limits, now)
  return {
    version = 1, id = core.random_id(), state = "prepare", request = request, created_at = now, deadline_at = now + limits.deadline,
    max_credits = limits.max_credits, max_attempts = limits.max_attempts, tries = 0, attempts = {},
  }
end

--- The handle of a record.
function M.new(client, record)
  return setmetatable({ client = client, record_ = record }, meta)
end

--- Walks the states until the job is over or has to wait. Runs in a flow of the client.
function M.walk(job)
  local record, client = job.record_, job.client
  while not finished(record) do
    client:give_way()
    local now = client.host.now()
    if job.cancelled then record.state, record.due_at = "cancel", nil
    elseif now >= record.deadline_at then
      job:expire "the job's deadline has passed"
      break
    elseif record.due_at and now < record.due_at then
      client.schedule:add(math.min(record.due_at, record.deadline_at), job)
      return
    end
    record.due_at = nil
    states[record.state](job)
    if job.parked then return end
    if not finished(record) then job:save() end
  end
end

--- The record as it is now: plain data for JSON, from which client:adopt goes on, in another process too.
---@return table record a copy
function Job:record()
  return copy(self.record_)
end

--- Does what is due in the whole client, and never waits: for loops that look after a single job.
---@param budget number|nil seconds, as for client:step
---@return boolean done
function Job:step(budget)
  self.client:step(budget, 2)
  return self.done
end

--- Names the next state, and when it is due.
function Job:go(state, due_at)
  self.record_.state, self.record_.due_at = state, due_at
end

--- Seconds to the deadline.
---@return number
function Job:left()
  return self.record_.deadline_at - self.client.host.now()
end

--- Journals the record. Before money is spent a journal that fails stops the job; later it must not lose the task.
---@return boolean saved
function Job:save()
  local record = self.record_
  local saved, reason = self.client.journal:put(record)
  if saved then return true end
  self:emit("journal_failed", { message = tostring(reason) })
  if record.state == "submitting" and not record.uncertain then
    local row = ledger.current(record)
    row.effect, row.billed = "none", "no"
    self:fail_with { class = "local.storage", message = "the journal could not be written: " .. tostring(reason) }
  end
  return false
end

--- Tells listeners and the client's on_event. Costs nothing where nobody listens.
function Job:emit(name, fields)
  self.client.metrics_:event(name, self, fields)
  local listeners, on_event = self.listeners, self.client.options.on_event
  if not listeners and not on_event then return end
  local event = { event = name, job = self.record_.id, at = self.client.host.now() }
  for key, value in pairs(fields or {}) do event[key] = value end
  for _, listener in ipairs(listeners or {}) do
    if listener[1] == "event" or listener[1] == name then self.client:protect(listener[2], event, self) end
  end
  if on_event then self.client:protect(on_event, event, self) end
end

-- What a failed request leaves behind for the gate, should the job come back to it.
local function remember(record, fault)
  if not record.hash then return end
  record.history = record.history or {}
  local known = record.history[record.hash] or { resends = {} }
  known.class, known.failed_at = fault.class, record.failed_at
  known.floor, known.retry_after, known.wire = fault.floor, fault.retry_after, record.wire
  record.history[record.hash] = known
end

-- Our own verdicts end the job: no policy can argue with a deadline. A paid output that cannot be fetched is not made anew either.
local function is_final(fault)
  return fault:is "local" and fault.class ~= "local.storage" or fault.operation == "download"
end

--- The attempt failed: noted, told, and either final or for the policy to decide.
---@param fault userdata
---@param turned_away boolean|nil nothing was sent: neither the provider's health nor the resends of the request have to do with it
---@param known boolean|nil the provider refused the content before, and was not asked again: no news of its health, and no further refusal
function Job:fail(fault, turned_away, known)
  local record, client = self.record_, self.client
  record.failed_at = client.host.now()
  client:release(self)
  local note = turned_away and ledger.turned_away or ledger.failed
  note(record, fault, self.provider or "?", self.model or record.request.model, record.failed_at)
  record.fault = fault:totable()
  sameness.note(self)
  self.refusals = nil
  record.turned_away = turned_away or nil
  if not turned_away then
    remember(record, fault)
    barriers.note(self, fault)
    if not known then client.health_:failed(self, fault, record.failed_at) end
  end
  if known then record.attempts[#record.attempts].fingerprint = record.content
  elseif fault:is "content" then client.guard:refused(self, fault) end
  self:emit("fault", { class = fault.class, code = fault.code, message = fault.message, operation = fault.operation,
    provider = fault.provider, model = fault.model, fault = fault, fingerprint = fault:is "content" and record.content or nil })
  if is_final(fault) then return self:finish("failed", fault) end
  self:go "decide"
end

--- The same for a problem found here, before anything was sent.
---@param problem table class, field, message, hint
function Job:fail_with(problem)
  self:fail(core.fault {
    class = problem.class, field = problem.field, message = problem.message, hint = problem.hint, effect = "none", billed = "no",
    provider = self.provider, model = self.model, operation = problem.operation,
  })
end

--- The submission was kept back before anything was sent: the policy may wait or go elsewhere.
---@param problem { class: string, code: string, message: string, retry_after: number|nil }
function Job:turn_away(problem)
  self:fail(core.fault {
    class = problem.class, code = problem.code, message = problem.message, retry_after = problem.retry_after, effect = "none", billed = "no",
    provider = self.provider, model = self.model, operation = "submit",
  }, true)
end

local function how_to_clear(fingerprint)
  return ("where a person has cleared it: client:unblock \"%s\""):format(fingerprint)
end

--- The provider has refused this content before, in another job or another process: it is not asked again, and the policy may change it.
function Job:refused_before()
  self:fail(core.fault {
    class = "content.input", code = "refused_content", message = rule_words.refused_content, hint = how_to_clear(self.record_.content),
    effect = "none", billed = "no", provider = self.provider, model = self.model, operation = "submit",
  }, false, true)
end

--- The deadline ends the job; the task may still run, so its id goes with the fault.
function Job:expire(message)
  local record = self.record_
  local trouble = record.state == "poll" and record.task and record.task.trouble
  if trouble then message = ("%s; polls that failed in a row before that: %d, the last with %s"):format(message, record.task.failures, trouble) end
  local row = ledger.current(record)
  self:fail(core.fault {
    class = "local.deadline", message = message, provider = self.provider, model = self.model, operation = row and row.operation,
    task_id = record.task and record.task.id, effect = row and row.effect or "none", billed = row and row.billed or "no",
  })
end

--- The gate ends the job: the policy insists on what may not be.
function Job:refuse(rule, what, fault)
  local content = rule == "refused_content" and self.record_.content
  local known = content and self.client.gate:remembers(provider.service(self.provider), content)
  self:finish("failed", core.fault {
    class = (rule == "retry_budget" or rule == "too_dear") and "local.budget" or "local.refused", code = rule,
    message = ("the gate refused to %s: %s%s"):format(what, rule_words[rule] or rule, fault and (" (after " .. tostring(fault) .. ")") or ""),
    provider = self.provider, model = self.model, effect = fault and fault.effect or "none", billed = fault and fault.billed or "no",
    credits = fault and fault.credits, task_id = fault and fault.task_id,
    hint = known and how_to_clear(content) or nil,
  })
end

--- A mistake in a policy or in retake itself stopped the walk: the job ends with what it knew, and the error is reported beside.
---@param trouble string
function Job:crashed(trouble)
  local fault = self.deciding or core.fault {
    class = "unknown", message = "a step of the job failed: " .. trouble, provider = self.provider, model = self.model,
    task_id = self.task_id, effect = self.task_id and "accepted" or "unknown",
  }
  self.deciding = nil
  self:finish("failed", fault)
end

--- The end: the record is final, listeners and waiters are told.
function Job:finish(state, fault)
  local record = self.record_
  if fault then -- before the state: nobody may see a failed job without its fault, not even where memory runs out
    ledger.left_open(record, fault, self.client.host.now())
    record.fault = fault:totable()
    self.fault = core.attach_attempts(fault, record.attempts)
  end
  record.state, record.due_at, record.finished_at = state, nil, self.client.host.now()
  if state == "succeeded" then record.fault = nil end -- the ledger keeps what went wrong on the way
  self.client:release(self)
  self.client.health_:leave(self)
  self:save()
  self:emit(state, fault and { class = fault.class, message = fault.message } or { outputs = record.outputs })
  if self.client.spans_ then self.client.spans_:finished(self) end
  self.client:in_time(self) -- client:finished(self)
end

--- The last failure, as a fault.
function Job:last_fault()
  return self.record_.fault and core.fault(self.record_.fault) or nil
end

--- How often the present request went again for this class.
---@param class string
---@return integer
function Job:resends(class)
  local known = self.record_.history and self.record_.history[self.record_.hash]
  return known and known.resends[class] or 0
end

--- Whether this job has been to that model.
---@param model string "provider/model"
---@return boolean
function Job:tried(model)
  local tried = self.record_.tried
  return model == self.record_.request.model or tried ~= nil and tried[model] == true
end

--- Seconds until a submission to the model may pass, or nil where it does now: its circuit is open, or its line is full.
---@param model string "provider/model"
---@return number|nil seconds
function Job:closed_for(model)
  local client, name, rest = self.client, provider.split(model)
  local available, seconds = client.health_:available(name, rest, client.host.now())
  if not available then return seconds end
  return client:full_line(name, rest)
end

--- The rule by which the gate has refused that for the present fault, or nil.
---@param what string "retry", "revise", or a model
---@return string|nil rule
function Job:refused(what)
  return self.refusals and self.refusals[what]
end

function Job:note_refusal(what, rule)
  self.refusals = self.refusals or {}
  self.refusals[what] = rule
end

--- The result of a job that succeeded.
---@return table|nil result
function Job:result()
  if self.record_.state ~= "succeeded" then return nil end
  return result_of.new(self)
end

--- Calls fn for the job's events: "event" for all, or a name (job/events.lua has them).
---@param name string
---@param fn fun(event: table, job: table)
---@return table job
function Job:on(name, fn)
  if type(name) ~= "string" or type(fn) ~= "function" then error("on needs an event's name and a function", 2) end
  local problem = events.problem_with(name)
  if problem then error(problem, 2) end
  self.listeners = self.listeners or {}
  self.listeners[#self.listeners + 1] = { name, fn }
  return self
end

--- Waits for the end: yields in a flow or where the host drives, blocks in a plain script.
---@return table|nil result, userdata|nil fault
function Job:await()
  self.client:wait_until(self)
  return self:result(), self.fault
end

--- Ends the job, and the provider's task with it. A submission under way is let finish first: its task would be lost otherwise.
---@return boolean cancelled false when it was over already, or the client is closed
function Job:cancel()
  if finished(self.record_) or self.cancelled or self.client.closed then return false end
  self.cancelled = true
  self.client:interrupt(self)
  return true
end

return M
