--- decide: the policy is asked, and what it wants passes the gate and the job's own limits, or is refused with the rule's name.
local ask = require "retake.job.ask"
local barriers = require "retake.job.barriers"
local fitness = require "retake.job.fitness"
local former_of = require "retake.former"
local ledger = require "retake.ledger"
local provider = require "retake.provider"
local request_of = require "retake.request"
local target = require "retake.job.target"

-- How often a policy is asked again after a refusal, each time knowing what was refused.
local MOST_ASKED = 40

-- Failures that come before anything is sent cost no attempt; a policy that always knows another way to fail has to come to an end too.
local MOST_DECIDED = 40

local function history_of(record, hash)
  return record.history and record.history[hash]
end

-- What was turned away was not sent: sending it when it is let in is no resend, and nothing but the time is asked.
local function wait_at_door(job, fault, at)
  local earliest = job.record_.failed_at + (fault.retry_after or 0)
  if at >= earliest then return true end
  return false, "retry_after", earliest
end

-- What the last failure allows.
local function after_last(job, decision, fault, at, sent)
  local record = job.record_
  local to_name, to_model = provider.split(sent.request.model)
  local account_of, before = job.client.health_.account_of, history_of(record, record.hash)
  return job.client.gate:decide {
    move = decision.kind, class = fault.class, floor = fault.floor, retry_after = fault.retry_after,
    failed_at = record.failed_at, at = at, resends = before and not record.turned_away and before.resends[fault.class] or 0,
    provider = provider.service(job.provider), model = job.model, to_provider = provider.service(to_name), to_model = to_model,
    account = account_of(job.provider), to_account = account_of(to_name), content = sent.content, content_changed = sent.content_changed,
    request_changed = sent.request_changed, paid = record.outputs ~= nil,
  }
end

-- The job comes back to a request it has sent before: what failed then holds for it still.
local function after_same(job, at, sent)
  local earlier = sent.request_changed and history_of(job.record_, sent.hash)
  if not earlier then return true end
  local to_name, to_model = provider.split(sent.request.model)
  local service = provider.service(to_name)
  return job.client.gate:decide {
    move = "retry", class = earlier.class, floor = earlier.floor, retry_after = earlier.retry_after, failed_at = earlier.failed_at, at = at,
    resends = earlier.resends[earlier.class] or 0, provider = service, model = to_model, to_provider = service, to_model = to_model,
    content = sent.content,
  }
end

-- All failures that have a say are asked, and of the times that they name the latest counts.
local function propose(job, decision, fault, at, sent)
  local record = job.record_
  if record.turned_away and decision.kind == "retry" and fault.retry == "wait" then return wait_at_door(job, fault, at) end
  local rule, earliest
  for _, ask_rule in ipairs {
    function(time) return after_last(job, decision, fault, time, sent) end,
    function(time) return after_same(job, time, sent) end,
    function(time) return barriers.check(job, time, sent) end,
  } do
    local allowed, broken, later = ask_rule(math.max(at, earliest or at))
    if not allowed and not later then return false, broken end
    if not allowed then rule, earliest = broken, later end
  end
  return earliest == nil, rule, earliest
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

-- The job leaves its model. One that let nothing in was not tried: the job may come back to it.
local function leave(job, sent)
  local record = job.record_
  job:emit("fallback", { from = record.request.model, to = sent.request.model })
  if sent.translated and #sent.translated > 0 then job:emit("translated", { model = sent.request.model, changes = sent.translated }) end
  record.tries = 0
  record.tried = record.tried or {}
  if not record.turned_away then record.tried[record.request.model] = true end
end

local function carry_out(job, decision, at, why, sent)
  local record, now = job.record_, job.client.host.now()
  ledger.decided(record, decision.kind, math.max(0, at - now), why)
  count_resend(record, sent.hash)
  if decision.kind == "fallback" then leave(job, sent)
  elseif not record.turned_away then record.tries = record.tries + 1 end
  -- a submission that was surely refused keeps its name, so that a provider that took it all the same recognises it; a new task, or
  -- another request, gets a new one
  if sent.hash ~= record.hash or record.fault.effect ~= "none" then record.identity = nil end
  former_of.keep(record, sent.request)
  record.request, record.content, record.hash, record.wire, record.task = sent.request, sent.content, sent.hash, sent.wire, nil
  record.asked, record.changes = sent.asked, sent.changes and #sent.changes > 0 and sent.changes or nil
  job:go("prepare", at)
end

-- Back to the task that exists: nothing is sent that could cost anything.
local function resume(job, decision, fault)
  if not job.record_.task or fault.effect == "finished" then return nil, "no_task" end
  job.record_.task.missing = nil
  job:go("poll", job.client.host.now() + decision.delay)
  return true
end

local function skip(job, model, reason)
  local row = job.record_.attempts[#job.record_.attempts]
  if row then
    row.skipped = row.skipped or {}
    row.skipped[#row.skipped + 1] = { model = model, reason = reason }
  end
  job:emit("skipped", { model = model, reason = reason })
end

-- What its functions make of a request is seen only now: where they stand in the script goes with a mistake.
local function what_changes(decision)
  local places = {}
  for field, value in pairs(type(decision.changes) == "table" and decision.changes or {}) do -- a script may have spoilt those of a retry
    local from = type(value) == "function" and debug and debug.getinfo(value, "S")
    if from and from.linedefined > 0 then places[#places + 1] = ("%s at %s:%d"):format(field, from.short_src, from.linedefined) end
  end
  table.sort(places)
  return "what the policy changes" .. (#places > 0 and " (" .. table.concat(places, ", ") .. ")" or "")
end

-- The request that a decision would send; nil and a rule where the target is not for it, or true where the job is over.
local function prepared(job, fault, decision)
  local ok, sent = ask.run(job, fault, what_changes(decision), function() return target.of(job, decision, fault) end)
  if not ok then return nil, nil, true end -- over, or cancelled
  local reason, dear = sent.problem, nil
  local stays = decision.kind ~= "fallback" or decision.model == job.record_.request.model
  if stays and not reason then return sent end
  if not reason then reason, dear = fitness(job, sent.request) end
  if not reason then return sent end
  skip(job, decision.model, reason)
  return nil, dear and "too_dear" or "unfit"
end

-- When a decision would be carried out. A model whose circuit is open is gone to, but not before its next try: else two of them could be
-- gone between for ever.
local function time_of(job, decision)
  local at = job.client.host.now() + decision.delay
  local closed = decision.kind == "fallback" and job:closed_for(decision.model)
  return closed and math.max(at, job.client.host.now() + closed) or at
end

-- What was turned away before it was sent only takes time: the deadline is its end.
local function decided_too_often(job)
  local record = job.record_
  if record.turned_away then return false end
  record.decided = (record.decided or 0) + 1
  return record.decided > record.max_attempts + MOST_DECIDED
end

-- true where the decision is under way (or ended the job), else nil and the rule that refused it
local function apply(job, fault, decision)
  if decision.kind == "give_up" then
    ledger.decided(job.record_, "give_up", nil, decision.why)
    job:finish("failed", fault)
    return true
  end
  if decision.kind == "resume" then return resume(job, decision, fault) end
  local sent, unfit, over = prepared(job, fault, decision)
  if not sent then return over, unfit end
  if job.cancelled then return true end
  local at, why, now = time_of(job, decision), decision.why, job.client.host.now()
  local allowed, rule, earliest = propose(job, decision, fault, at, sent)
  if not allowed then
    if not earliest then return nil, rule end
    at, why = earliest, rule
    job:emit("gate", { rule = rule, decision = decision.kind, delay = at - now })
  end
  if at >= job.record_.deadline_at then
    job:expire(("the wait of %.0f s outlasts the job's deadline, after %s"):format(at - now, tostring(fault)))
    return true
  end
  if decided_too_often(job) then
    job:fail_with { class = "local.budget", message = ("%d decisions have led to no more than %d submissions, the last after %s")
      :format(job.record_.decided, job.submissions, tostring(fault)) }
    return true
  end
  carry_out(job, decision, at, why, sent)
  return true
end

-- Nothing is left to try but what the job's credits do not allow.
local function end_for_credits(job, fault, model)
  job:fail_with { class = "local.budget", message = ("%s costs more than the job's %g credits allow, and nothing else is left (after %s)")
    :format(model, job.record_.max_credits, tostring(fault)) }
end

return function(job)
  local record = job.record_
  local fault = job:last_fault()
  record.content = record.content or request_of.content_fingerprint(record.request)
  record.hash = record.hash or request_of.hash(record.request, record.content)
  local dear
  for _ = 1, MOST_ASKED do
    local decision = ask.policy(job, fault)
    if not decision or job.cancelled or job.done then return end
    if dear and decision.kind == "give_up" and not decision.why then return end_for_credits(job, fault, dear) end
    job:emit("decision", { decision = decision.kind, delay = decision.delay, model = decision.model, why = decision.why, class = fault.class })
    local done, rule = apply(job, fault, decision)
    if done then return end
    local what = decision.model or decision.kind
    dear = dear or rule == "too_dear" and what
    if job:refused(what) then return job:refuse(rule, decision.kind, fault) end
    job:note_refusal(what, rule)
    job:emit("gate", { rule = rule, decision = decision.kind, model = decision.model })
    record.refused = rule
  end
  job:refuse(record.refused, "decide", fault)
end
