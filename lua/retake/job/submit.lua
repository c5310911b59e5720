--- submit: the one call that costs money. It is journalled before it is sent, and its outcome is known, or said to be unknown.
local core = require "retake.core"
local assets = require "retake.job.assets"
local http = require "retake.http"
local ledger = require "retake.ledger"

-- The limits that span the whole job, checked before spending.
local function over_limit(job, estimate)
  local record = job.record_
  if #record.attempts >= record.max_attempts then
    return ("the job's %d attempts are used up"):format(record.max_attempts)
  end
  if not record.max_credits then return nil end
  local spent = ledger.spent(record)
  if spent + (estimate or 0) > record.max_credits then
    return ("%g credits are spent and this attempt may cost %s, more than the job's %g"):format(spent,
      estimate and ("%g"):format(estimate) or "an unknown number", record.max_credits)
  end
end

-- A failed submission that may have been accepted is its own class: it is never sent again by itself.
local function as_unknown(job, fault)
  local fields = fault:totable()
  fields.class, fields.effect, fields.billed = "submit.unknown", "unknown", "unknown"
  fields.category, fields.floor = nil, nil
  fields.hint = "look at the account's usage before sending it again: a task may be running and may be charged"
  job:fail(core.fault(fields))
end

local function accepted(job, definition, decoded)
  local task = decoded and definition.submit.decode(decoded)
  if not task then return nil end
  local record, now = job.record_, job.client.host.now()
  local row = ledger.current(record)
  row.effect, row.billed, row.task_id = "accepted", "unknown", task.task_id
  row.estimate = task.estimated_credits or row.estimate
  record.task = { id = task.task_id, submitted_at = now, failures = 0 }
  return task.task_id
end

-- What was sent is known; what came back decides.
local function conclude(job, definition, decoded, fault, outcome)
  local after_timeout = job.record_.after_timeout
  local resend = job.record_.resend
  job.record_.resend, job.record_.after_timeout = nil, nil
  if not fault then
    local task_id = accepted(job, definition, decoded)
    if task_id then
      job.client.gate:succeeded(job.provider, resend, after_timeout)
      job:emit("submitted", { task_id = task_id, provider = job.provider, model = job.model })
      return job:go("poll", job.record_.task.submitted_at + definition.poll.floor)
    end
    fault = core.fault { class = "network.protocol", message = "the answer names no task", effect = "unknown", billed = "unknown",
      provider = job.provider, model = job.model, operation = "submit", status = outcome.status }
  end
  if fault.effect == "unknown" then return as_unknown(job, fault) end
  job:fail(fault)
end

-- A process that ended between sending and hearing the answer left the record like this.
local function interrupted(job)
  as_unknown(job, core.fault { class = "submit.unknown", message = "the process ended while the submission was under way",
    provider = job.provider, model = job.model, operation = "submit" })
end

local function submit(job)
  local record, client = job.record_, job.client
  local definition = client:provider(job.provider)
  local resolved, problem = assets.resolve(job, definition, job.model)
  local call
  if resolved then
    resolved.model = job.model
    call, problem = definition.submit.encode(resolved)
  end
  if not call then return job:fail_with(problem) end
  local estimate = definition.estimate and definition.estimate(job.model, resolved) or nil
  local limit = over_limit(job, estimate)
  if limit then return job:fail_with { class = "local.budget", message = limit } end
  if not client:acquire(job) then return end
  local allowed, rule = client.gate:submit(job.provider, record.content, record.resend, record.after_timeout)
  if not allowed then return job:refuse(rule, "submit") end
  local row = ledger.open(record, job.provider, job.model, client.host.now())
  row.effect, row.billed, row.estimate = "unknown", "unknown", estimate
  record.state = "submitting"
  if not job:save() then return end
  job:emit("submitting", { provider = job.provider, model = job.model, attempt = #record.attempts })
  local decoded, fault, outcome = http.api(client, {
    provider = job.provider, operation = "submit", model = job.model, method = definition.submit.method,
    path = call.path, body = call.body, once = true, left = job:left(),
  })
  conclude(job, definition, decoded, fault, outcome)
end

return { submit = submit, submitting = interrupted }
