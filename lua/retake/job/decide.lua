--- decide: the policy is asked, and what it wants passes the gate and the job's own limits, or is refused with the rule's name.
local ledger = require "retake.ledger"
local policy_of = require "retake.policy"
local provider = require "retake.provider"
local request_of = require "retake.request"

-- How often a policy is asked again after a refusal, each time knowing what was refused.
local MOST_ASKED = 8

local function history_of(record, hash)
  return record.history and record.history[hash]
end

-- The request that a decision would send, with its fingerprints.
local function target_of(record, decision)
  if decision.kind == "retry" then return record.request, record.content, record.hash end
  local changes = request_of.changed(decision.changes or {})
  changes.model = decision.kind == "fallback" and decision.model or changes.model
  local request = request_of.normalise(request_of.changed(record.request, changes), 0)
  local content = request_of.content_fingerprint(request)
  return request, content, request_of.hash(request, content)
end

local function propose(job, decision, fault, at, request, content, hash)
  local record = job.record_
  local to_provider, to_model = provider.split(request.model)
  local before = history_of(record, record.hash)
  local proposal = {
    move = decision.kind, class = fault.class, floor = fault.floor, retry_after = fault.retry_after,
    failed_at = record.failed_at, at = at, resends = before and not record.turned_away and before.resends[fault.class] or 0,
    provider = job.provider, model = job.model, to_provider = to_provider, to_model = to_model,
    content = content, content_changed = content ~= record.content, request_changed = hash ~= record.hash,
    paid = record.outputs ~= nil,
  }
  local gate = job.client.gate
  local allowed, rule, earliest = gate:decide(proposal)
  local earlier = hash ~= record.hash and history_of(record, hash)
  if (allowed or earliest) and earlier then
    -- the job comes back to a request it has sent before: what failed then holds for it still
    allowed, rule, earliest = gate:decide {
      move = "retry", class = earlier.class, floor = earlier.floor, retry_after = earlier.retry_after,
      failed_at = earlier.failed_at, at = math.max(at, earliest or at), resends = earlier.resends[earlier.class] or 0,
      provider = to_provider, model = to_model, to_provider = to_provider, to_model = to_model, content = content,
    }
  end
  return allowed, rule, earliest
end

local function count_resend(record, hash)
  if record.turned_away and hash == record.hash then return end -- nothing was sent since this was decided the last time
  local before = history_of(record, hash)
  record.resend = before ~= nil or nil
  if before then
    before.resends[before.class] = (before.resends[before.class] or 0) + 1
    record.after_timeout = before.class:find "timeout$" ~= nil or nil
  end
end

local function carry_out(job, decision, at, why, request, content, hash)
  local record, now = job.record_, job.client.host.now()
  ledger.decided(record, decision.kind, at - now, why)
  count_resend(record, hash)
  if decision.kind == "fallback" then
    job:emit("fallback", { from = record.request.model, to = request.model })
    record.tries = 0
    record.tried = record.tried or {}
    record.tried[record.request.model] = true
  else record.tries = record.tries + 1 end
  -- a submission that was surely refused keeps its name, so that a provider that took it all the same recognises it; a new task, or
  -- another request, gets a new one
  if hash ~= record.hash or record.fault.effect ~= "none" then record.identity = nil end
  record.request, record.content, record.hash, record.task = request, content, hash, nil
  job:go("prepare", at)
end

-- Back to the task that exists: nothing is sent that could cost anything.
local function resume(job, decision, fault)
  if not job.record_.task or fault.effect == "finished" then return nil, "no_task" end
  job.record_.task.missing = nil
  job:go("poll", job.client.host.now() + decision.delay)
  return true
end

-- true where the decision is under way (or ended the job), else nil and the rule that refused it
local function apply(job, fault, decision)
  if decision.kind == "give_up" then
    ledger.decided(job.record_, "give_up", nil, decision.why)
    job:finish("failed", fault)
    return true
  end
  if decision.kind == "resume" then return resume(job, decision, fault) end
  local now = job.client.host.now()
  local made, request, content, hash = pcall(target_of, job.record_, decision)
  if not made then -- the policy's changes make no request: its mistake is told, and the job keeps its fault
    job.client:report(request)
    job:finish("failed", fault)
    return true
  end
  local at = now + decision.delay
  local why = decision.why
  local allowed, rule, earliest = propose(job, decision, fault, at, request, content, hash)
  if not allowed then
    if not earliest then return nil, rule end
    at, why = earliest, rule
    job:emit("gate", { rule = rule, decision = decision.kind, delay = at - now })
  end
  if at >= job.record_.deadline_at then
    job:expire(("the wait of %.0f s outlasts the job's deadline, after %s"):format(at - now, tostring(fault)))
    return true
  end
  carry_out(job, decision, at, why, request, content, hash)
  return true
end

local function ask(job, fault)
  job.deciding = fault
  local decision = job.client.policy(fault, job)
  job.deciding = nil
  if decision == nil then return policy_of.give_up() end
  if not policy_of.is_decision(decision) then
    job.client:report(("the policy answered a %s, not a decision"):format(type(decision)))
    return policy_of.give_up "the policy's answer was no decision"
  end
  return decision
end

return function(job)
  local record = job.record_
  local fault = job:last_fault()
  record.content = record.content or request_of.content_fingerprint(record.request)
  record.hash = record.hash or request_of.hash(record.request, record.content)
  for _ = 1, MOST_ASKED do
    local decision = ask(job, fault)
    if job.cancelled then return end
    job:emit("decision", { decision = decision.kind, delay = decision.delay, model = decision.model, why = decision.why, class = fault.class })
    local done, rule = apply(job, fault, decision)
    if done then return end
    local what = decision.model or decision.kind
    if job:refused(what) then return job:refuse(rule, decision.kind, fault) end
    job:note_refusal(what, rule)
    job:emit("gate", { rule = rule, decision = decision.kind, model = decision.model })
    record.refused = rule
  end
  job:refuse(record.refused, "decide", fault)
end
