--- recover: a submission of unknown outcome, at a provider that recognises it by what the job called it. It is looked up first, then sent
--- again under the same name: that can never make a second task.
local poll = require "retake.job.poll"
local provider = require "retake.provider"
local submit = require "retake.job.submit"

local FIRST_WAIT, LONGEST_WAIT = 2, 30

-- Whether the provider knows the submission already.
local function look_up(job, definition)
  local record = job.record_
  local id = definition.lookup and definition.lookup(record.identity)
  if not id then return nil end
  record.task = { id = id, submitted_at = job.client.host.now(), failures = 0 }
  local task = poll.read_task(job, definition)
  record.task = nil
  -- a task that is not found may never have been taken: `found` is false where the provider answers both alike
  return task and task.task_id == id and task.found ~= false and task or nil
end

return function(job)
  local record, client = job.record_, job.client
  local definition = client:provider(job.provider)
  local recovery = record.recovery or { resends = 0, at = client.host.now() }
  record.recovery = recovery
  local task = look_up(job, definition)
  if job.cancelled then return end
  if task then
    task.task_id = record.identity and definition.lookup(record.identity)
    return submit.accepted(job, definition, { task_id = task.task_id, expected = task.expected })
  end
  local now = client.host.now()
  local wait = math.max(poll.jittered(math.min(FIRST_WAIT * 2 ^ recovery.resends, LONGEST_WAIT)), record.uncertain.retry_after or 0)
  local service = provider.service(job.provider)
  local allowed, _, earliest = client.gate:decide {
    move = "retry", class = "submit.unknown", failed_at = now, at = now + wait, resends = recovery.resends, recognised = true,
    provider = service, model = job.model, to_provider = service, to_model = job.model, content = record.content,
  }
  if not allowed and not earliest then return submit.lost(job) end
  recovery.resends = recovery.resends + 1
  job:emit("recovering", { resends = recovery.resends, message = record.uncertain.message })
  job:go("submit", earliest or now + wait)
end
