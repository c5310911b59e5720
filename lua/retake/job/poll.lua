--- poll: asks about the task until it is over. A poll's failure never ends the job: the task is paid for and goes on without us.
local core = require "retake.core"
local batch = require "retake.batch"
local http = require "retake.http"
local ledger = require "retake.ledger"
local provider = require "retake.provider"

-- Failed polls back off to this, so that a provider in trouble is not asked at full pace.
local SLOWEST = 60
-- The provider's floor is the least; around it, jitter keeps many jobs from asking in step.
local JITTER = 0.25
-- How often "no such task" has to be said before it is believed of a task that was accepted.
local BELIEVE_MISSING = 2

local function jittered(seconds)
  return seconds * (1 - JITTER + 2 * JITTER * math.random())
end

-- Seconds between polls when all is well: a number, or as the provider's definition says for this task.
local function interval_of(poll, task)
  if type(poll.interval) ~= "function" then return poll.interval or poll.floor end
  task.polls = (task.polls or 0) + 1
  return poll.interval(task, task.polls)
end

local function next_poll(job, definition)
  local task, poll = job.record_.task, definition.poll
  local wait = interval_of(poll, task) * 2 ^ math.min(task.failures, 6)
  wait = math.max(poll.floor, jittered(math.min(wait, math.max(SLOWEST, poll.floor))))
  job:go("poll", batch.align(job.client, definition, job.client.host.now() + wait))
end

local function failed_poll(job, definition, fault)
  local task = job.record_.task
  task.failures = task.failures + 1
  task.trouble = fault and tostring(fault) or "network.protocol: the answer does not tell of the task" -- should nothing better be heard
  job:emit("poll_failed", { class = fault and fault.class or "network.protocol", failures = task.failures })
  local wait = fault and fault.retry_after
  if not wait then return next_poll(job, definition) end
  job:go("poll", job.client.host.now() + math.max(wait, definition.poll.floor))
end

-- A task just made may not be visible yet; later, one wrong answer must not lose a paid task.
local function missing(job, definition, fault)
  local record, now = job.record_, job.client.host.now()
  local task = record.task
  if now - task.submitted_at < definition.poll.not_found_grace then return failed_poll(job, definition, fault) end
  task.missing = (task.missing or 0) + 1
  if task.missing < BELIEVE_MISSING then return failed_poll(job, definition, fault) end
  job:fail(fault)
end

local function finished(job, task)
  local record = job.record_
  if not task.outputs or #task.outputs == 0 then
    return job:fail(core.fault { class = "network.protocol", message = "the task succeeded but its answer names no output",
      effect = "finished", billed = task.credits and (task.credits > 0 and "yes" or "no") or "unknown", credits = task.credits,
      task_id = record.task.id, provider = job.provider, model = job.model, operation = "poll" })
  end
  record.outputs, record.credits = task.outputs, task.credits
  record.failures = task.partial and task.failures or nil
  if record.failures then job:emit("partial", { succeeded = #task.outputs, failed = #record.failures }) end
  ledger.succeeded(record, task.credits, job.client.host.now())
  job.client.health_:succeeded(job, job.client.host.now())
  job.client.metrics_:succeeded(job)
  job.client.guard:succeeded(job)
  job.client:release(job)
  if record.request.save then return job:go "download" end
  job:finish "succeeded"
end

local function progressed(job, task)
  local known = job.record_.task
  if known.status == task.status and known.progress == task.progress then return end
  known.status, known.progress = task.status, task.progress
  job:emit("progress", { status = task.status, state = task.state, progress = task.progress, task_id = known.id })
end

-- A readable answer about our task. An answer about another task is not believed, whatever it says.
local function answered(job, definition, task, fault)
  local known = job.record_.task
  if task.task_id ~= known.id then return failed_poll(job, definition) end
  known.expected = task.expected or known.expected
  known.missing = nil
  if task.state == "failed" or task.state == "cancelled" then return job:fail(fault) end
  job.client.gate:polled(provider.service(job.provider), known.failures > 0)
  known.failures, known.trouble = 0, nil
  progressed(job, task)
  if task.state == "succeeded" then return finished(job, task) end
  next_poll(job, definition)
end

--- One reading of the task.
---@return table|nil task, userdata|nil fault
local function read_task(job, definition)
  local record = job.record_
  local poll = definition.poll
  local decoded, fault, outcome
  if poll.batch then decoded, fault, outcome = batch.read(job, definition)
  else
    local call = poll.encode and poll.encode(record.task.id) or { path = poll.path(record.task.id) }
    decoded, fault, outcome = http.api(job.client, {
      provider = job.provider, operation = "poll", model = job.model, task_id = record.task.id,
      method = call.method or poll.method, path = call.path, body = call.body, left = job:left(),
    })
  end
  if outcome.kind ~= "response" or not decoded then return nil, fault end
  local task = poll.decode(decoded, record.task)
  -- an error's status speaks of the call; only where the body tells of our own task's end does it speak of the task
  local over = task and (task.state == "failed" or task.state == "cancelled") and task.task_id == record.task.id
  return (outcome.status < 300 or over) and task or nil, fault
end

local function poll(job)
  local record, client = job.record_, job.client
  local definition = client:provider(job.provider)
  local task, now = record.task, client.host.now()
  client:hold(job)
  local allowed, _, earliest = client.gate:poll(provider.service(job.provider), now, task.polled_at, definition.poll.floor, task.failures > 0)
  if not allowed then return job:go("poll", earliest) end
  task.polled_at = now
  local read, fault = read_task(job, definition)
  if job.cancelled then return end
  if read then return answered(job, definition, read, fault) end
  if fault and fault.class == "task.not_found" then return missing(job, definition, fault) end
  failed_poll(job, definition, fault)
end

return { poll = poll, read_task = read_task, finished = finished, jittered = jittered }
