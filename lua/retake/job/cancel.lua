--- cancel: the script wants no more of this job. A task that runs at the provider is cancelled there too, as well as can be.
local core = require "retake.core"
local http = require "retake.http"

local TRIES = 3
-- A cancelled job waits no longer than this for the provider to take note, and hardly beyond its deadline.
local LONGEST = 10
local OVERTIME = 0.01

local function gone(definition, status)
  for _, known in ipairs(definition.cancel.gone or {}) do
    if status == known then return true end
  end
  return false
end

local function cancel_task(job, definition)
  local record, now = job.record_, job.client.host.now
  local latest = record.deadline_at + OVERTIME * (record.deadline_at - record.created_at)
  for try = 1, TRIES do
    local left = math.min(LONGEST, latest - now())
    if left <= 0 then return false end
    local _, fault, outcome = http.api(job.client, {
      provider = job.provider, operation = "cancel", model = job.model, task_id = record.task.id,
      method = definition.cancel.method, path = definition.cancel.path(record.task.id), left = left,
    })
    if not fault or gone(definition, outcome.status) then return true end
    if try < TRIES then job.client:sleep(math.min(try, math.max(0, latest - now()))) end
  end
  return false
end

return function(job)
  local record = job.record_
  local definition = job.client:provider(job.provider)
  local message = "cancelled by the script"
  if record.task and not record.outputs and definition and definition.cancel then
    local done = cancel_task(job, definition)
    message = message .. (done and "; the provider's task was cancelled too" or "; the provider's task may still run")
  end
  local row = record.attempts[#record.attempts]
  local open = row and not row.ended_at
  job:fail(core.fault {
    class = "local.cancelled", message = message, provider = job.provider, model = job.model,
    task_id = record.task and record.task.id, effect = open and row.effect or "none", billed = open and row.billed or "no",
  })
end
