--- What earlier failures of a job forbid, whatever has failed since. A decision is about the last failure, and the gate asks what that one
-- allows; but an account without credits has none after a detour by another provider either, and what one provider has refused is not carried
-- to the next because a third was busy in between.
local provider = require "retake.provider"

local M = {}

-- Failures that hold for all the job: of its account, of a model that is not to be had, and of content.
local function lasts(fault)
  return fault.retry == "never" or fault.retry == "change" and fault:is "content"
end

local function same(a, b)
  return a.class == b.class and a.provider == b.provider and a.model == b.model and a.content == b.content
end

--- Notes a failure of something that was tried.
---@param job table
---@param fault userdata
function M.note(job, fault)
  local record = job.record_
  if not job.provider or fault:is "local" then return end
  local barrier = { class = fault.class, provider = job.provider, model = job.model, content = record.content, hash = record.hash,
    failed_at = record.failed_at, floor = fault.floor, retry_after = fault.retry_after }
  record.last = barrier
  if not lasts(fault) then return end
  record.barriers = record.barriers or {}
  for _, known in ipairs(record.barriers) do
    if same(known, barrier) then return end
  end
  table.insert(record.barriers, barrier)
end

local function ask(job, barrier, at, sent)
  local to_name, to_model = provider.split(sent.request.model)
  local account_of, known = job.client.health_.account_of, job.record_.history and job.record_.history[barrier.hash]
  return job.client.gate:decide {
    move = "fallback", class = barrier.class, floor = barrier.floor, retry_after = barrier.retry_after, failed_at = barrier.failed_at, at = at,
    resends = known and known.resends[barrier.class] or 0, provider = provider.service(barrier.provider), model = barrier.model,
    to_provider = provider.service(to_name), to_model = to_model, account = account_of(barrier.provider), to_account = account_of(to_name),
    content = sent.content, content_changed = sent.content ~= barrier.content, request_changed = sent.hash ~= barrier.hash,
  }
end

--- Whether what would be sent may be, for all that has failed before.
---@param job table
---@param at number
---@param sent table as job/target.lua makes it
---@return boolean allowed, string|nil rule, number|nil earliest
function M.check(job, at, sent)
  local record = job.record_
  for _, barrier in ipairs(record.barriers or {}) do
    local allowed, rule = ask(job, barrier, at, sent)
    if not allowed then return false, rule end
  end
  -- a submission that was turned away before it was sent says nothing: what failed before that still holds
  if record.turned_away and record.last then return ask(job, record.last, at, sent) end
  return true
end

return M
