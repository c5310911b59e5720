--- submit: the one call that costs money. It is journalled before it is sent, and its outcome is known, or said to be unknown.
local core = require "retake.core"
local assets = require "retake.job.assets"
local batch = require "retake.batch"
local http = require "retake.http"
local ledger = require "retake.ledger"
local poll = require "retake.job.poll"
local provider = require "retake.provider"

-- What went wrong last, for messages that would hide it.
local function last_of(job)
  local fault = job:last_fault()
  return fault and " (the last: " .. tostring(fault) .. ")" or ""
end

-- The limits that span the whole job, checked before spending.
local function over_limit(job, estimate)
  local record = job.record_
  if (record.submissions or 0) >= record.max_attempts then
    return ("the job's %d attempts are used up%s"):format(record.max_attempts, last_of(job))
  end
  if not record.max_credits then return nil end
  local spent = ledger.spent(record)
  if spent + (estimate or 0) > record.max_credits then
    return ("%g credits are spent and this attempt may cost %s, more than the job's %g"):format(spent,
      estimate and ("%g"):format(estimate) or "an unknown number", record.max_credits)
  end
end

--- A failed submission that may have been accepted is its own class. A provider that recognises it as the same one is asked again;
--- to any other it is never sent again.
---@param job table
---@param fault userdata
---@param heard boolean|nil this process sent it and knows what went wrong: the provider's health has to do with it
local function as_unknown(job, fault, heard)
  local record, definition = job.record_, job.client:provider(job.provider)
  if fault:is "content" then job.client.guard:refused(job, fault) end -- of one sending that much is known: it is not sent again
  if heard then job.client.health_:failed(job, fault, job.client.host.now(), true) end
  if definition.recognises_resend and record.identity then
    record.uncertain = fault:totable()
    return job:go "recover"
  end
  local fields = fault:totable()
  fields.class, fields.effect, fields.billed = "submit.unknown", "unknown", "unknown"
  fields.category, fields.floor = nil, nil
  fields.hint = "look at the account's usage before sending it again: a task may be running and may be charged"
  job:fail(core.fault(fields))
end

--- Nobody said whether the submission was taken, and it cannot be asked again: the job's attempt ends with what may have become of it.
---@param job table
---@param why string|nil what stands in the way of asking again
local function lost(job, why)
  local record = job.record_
  local fields = record.uncertain
  fields.class, fields.effect, fields.billed, fields.category, fields.floor = "submit.unknown", "unknown", "unknown", nil, nil
  if why then fields.message = ("%s; it was not sent once more to find out: %s"):format(tostring(fields.message), why) end
  fields.hint = "the provider did not say whether it took the submission: look at the account's usage before sending it anew"
  record.uncertain, record.recovery = nil, nil
  job:fail(core.fault(fields))
end

--- The task exists: its id goes into the record before anything else happens.
---@param job table
---@param definition table
---@param task table as the provider's decode gives it
local function accepted(job, definition, task)
  local record, now = job.record_, job.client.host.now()
  local row = ledger.current(record)
  row.effect, row.billed, row.task_id = "accepted", "unknown", task.task_id
  row.estimate = task.estimated_credits or row.estimate
  record.task = { id = task.task_id, submitted_at = now, failures = 0, expected = task.expected }
  record.uncertain, record.recovery, record.identity = nil, nil, nil -- the submission's name has served: its task has one of its own
  -- before anybody is told: a record that is taken then has to lead another process to the task
  job:go("poll", batch.align(job.client, definition, now + math.max(definition.poll.floor, task.first_poll or 0)))
  job.client.health_:accepted(job, now)
  job:emit("submitted", { task_id = task.task_id, provider = job.provider, model = job.model })
  if task.state == "succeeded" then return poll.finished(job, task) end -- the provider answered at once
end

-- The task the answer tells of: a new one, or the one this submission made before.
local function task_in(job, definition, decoded, fault)
  local context = { identity = job.record_.identity, request = job.record_.request }
  if not fault then return decoded and definition.submit.decode(decoded, context) end
  if fault.class == "task.duplicate" and definition.submit.duplicate then
    return definition.submit.duplicate(decoded or {}, context)
  end
end

-- What was sent is known; what came back decides.
local function conclude(job, definition, decoded, fault, outcome)
  local record = job.record_
  local resend, after_timeout = record.resend, record.after_timeout
  record.resend, record.after_timeout = nil, nil
  local task = task_in(job, definition, decoded, fault)
  if task then
    job.client.gate:succeeded(provider.service(job.provider), resend, after_timeout)
    return accepted(job, definition, task)
  end
  fault = fault or core.fault { class = "network.protocol", message = "the answer names no task", effect = "unknown", billed = "unknown",
    provider = job.provider, model = job.model, operation = "submit", status = outcome.status }
  -- a refusal of the second sending says nothing of the first
  if fault.effect == "unknown" or record.uncertain and fault.effect ~= "finished" then return as_unknown(job, fault, true) end
  job:fail(fault)
end

-- A process that ended between sending and hearing the answer left the record like this.
local function interrupted(job)
  as_unknown(job, core.fault { class = "submit.unknown", message = "the process ended while the submission was under way",
    provider = job.provider, model = job.model, operation = "submit" })
end

-- What would be sent, or the problem with it.
local function encode(job, definition)
  local resolved, problem = assets.resolve(job, definition, job.model)
  if not resolved then return nil, problem end
  resolved.model = job.model
  job.record_.identity = job.record_.identity or { key = core.random_id() }
  local call, trouble = definition.submit.encode(resolved, job.record_.identity)
  if not call then return nil, trouble end
  return call, nil, definition.estimate and definition.estimate(job.model, resolved, call) or nil
end

local function send(job, definition, call)
  local decoded, fault, outcome = http.api(job.client, {
    provider = job.provider, operation = "submit", model = job.model, method = definition.submit.method or "POST",
    path = call.path, body = call.body, headers = call.headers, once = true, left = job:left(),
  })
  conclude(job, definition, decoded, fault, outcome)
end

-- A submission that the deadline cuts off is paid for and lost: with so little left of a longer job none is begun.
local LEAST_LEFT = 5

local function too_late(job)
  local record, left = job.record_, job:left()
  return left < LEAST_LEFT and left < 0.1 * (record.deadline_at - record.created_at)
end

-- Another job was told to come back so soon: the policy need not be asked.
local SHORT_WAIT = 10

-- Whether a run of refusals keeps the account's submissions back. No policy is asked, for it could only carry the trouble to another account.
local function paused(job)
  local time, reason = job.client.guard:held(job)
  if not time then return false end
  if time >= job.record_.deadline_at then job:expire("the pause outlasts the job's deadline: " .. reason)
  else job:go("submit", time) end
  return true
end

-- Whether the provider and the model are to be tried now. What is sent once more to find out about the first time only waits; anything else
-- fails without being sent, so that the policy may wait too or go elsewhere.
local function kept_back(job, again)
  local admitted, seconds, reason, class = job.client.health_:admit(job)
  if admitted then return false end
  if again then job:go("submit", job.client.host.now() + seconds)
  else job:turn_away { class = class, code = "circuit_open", message = reason, retry_after = seconds } end
  return true
end

-- Whether the job waits because its model is to be left alone for a moment: found out before anything is worked out for it.
local function waits_a_moment(job)
  local admitted, seconds, _, class = job.client.health_:admit(job)
  if admitted or class ~= "limit.rate" or seconds > SHORT_WAIT then return false end
  job.client.health_:wait(job)
  return true
end

-- Whether the job has to wait for a place, or was sent away because too many wait for one.
local function without_place(job, again)
  local outcome, seconds = job.client:acquire(job)
  if outcome ~= "full" then return outcome == "waiting" end
  if again then job:go("submit", job.client.host.now() + seconds)
  else
    job:turn_away { class = "limit.rate", code = "queue_full",
      message = ("too many jobs wait already to be sent to %s"):format(job.provider), retry_after = seconds }
  end
  return true
end

-- Others have used up the retries since this one was decided: the policy may know another model.
local function reconsider(job, rule)
  local record = job.record_
  record.resend, record.after_timeout = nil, nil
  job.client:release(job)
  job:note_refusal("retry", rule)
  job:emit("gate", { rule = rule, decision = "retry" })
  job:go "decide"
end

local function submit(job)
  local record, client = job.record_, job.client
  local definition = client:provider(job.provider)
  local again = record.uncertain ~= nil -- the same submission once more, in the same row of the ledger
  if not again and waits_a_moment(job) then return end
  local call, problem, estimate = encode(job, definition)
  if not call and again then return lost(job, problem.message) end -- nothing that is found now says what became of the first
  if not call then return job:fail_with(problem) end
  local limit = not again and over_limit(job, estimate)
  if limit then return job:fail_with { class = "local.budget", message = limit } end
  if too_late(job) then return job:expire "too little time is left before the deadline to hear the answer to a submission" end
  if not again and paused(job) or kept_back(job, again) or without_place(job, again) then return end
  local allowed, rule = client.gate:submit(provider.service(job.provider), record.content, record.resend or again, record.after_timeout)
  if not allowed and again then return lost(job, "the gate refused that (" .. rule .. ")") end
  if not allowed and rule == "retry_budget" and record.fault then return reconsider(job, rule) end
  if rule == "refused_content" and not again then return job:refused_before() end
  if not allowed then return job:refuse(rule, "submit", job:last_fault()) end
  local row = again and ledger.current(record) or ledger.open(record, job.provider, job.model, client.host.now())
  row.effect, row.billed, row.estimate = "unknown", "unknown", estimate
  record.submissions = (record.submissions or 0) + (again and 0 or 1)
  record.state = "submitting"
  if not job:save() then return again and lost(job, "the journal could not be written") or nil end
  client.health_:enter(job)
  job:emit("submitting", { provider = job.provider, model = job.model, attempt = #record.attempts })
  send(job, definition, call)
end

return { submit = submit, submitting = interrupted, accepted = accepted, lost = lost }
