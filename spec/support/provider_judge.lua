--- Reads what reaches the providers, as it comes, and says where that breaks what the gate promises. What a failure is called it takes from the
--- client, and what the class then allows from the taxonomy; all else (times, bodies, tasks and what was told of them) is the provider's own log.
--
--   local judge = require("spec.support.provider_judge").new { now = , reroute_refused = , accept_double_charge = }
--   judge:sent(job, entry)   judge:lost(job, path, text)   judge:polled(entry)   judge:heard(job, event)   judge.problems

local cjson = require "cjson.safe"
local core = require "retake.core"
local provider = require "retake.provider"

local M = {}
M.__index = M

local infos = {}
for _, info in ipairs(core.classes()) do infos[info.class] = info end

-- Times are sums of many small ones.
local TOLERANCE = 1e-4

function M.new(options)
  local self = { jobs = {}, ended = {}, missing = {}, polled_at = {}, asked = {}, refused = {}, tokens = {}, problems = {} }
  for key, value in pairs(options) do self[key] = value end
  return setmetatable(self, M)
end

function M:blame(job, text, ...)
  self.problems[#self.problems + 1] = ("job %s: %s"):format(tostring(job and job.name or "?"), text:format(...))
end

local function state_of(judge, job)
  local state = judge.jobs[job.id]
  if not state then
    state = { name = job.id, failures = {}, lasting = {}, resends = {}, submissions = 0, told = 0 }
    judge.jobs[job.id] = state
  end
  return state
end

---- what is sent -----------------------------------------------------------------------------------------------------------------------------

-- A body as text, whatever order its keys came in; without the name that the client gave the task.
local function canonical(value)
  if type(value) ~= "table" then return type(value) .. ":" .. tostring(value) end
  local keys, parts = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for place, key in ipairs(keys) do
    if key ~= "taskUUID" then parts[#parts + 1] = tostring(keys[place]) .. "=" .. canonical(value[key]) end
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

local is_content = { note = true, promptText = true, positivePrompt = true, prompt = true, negativePrompt = true, negative_prompt = true, promptImage = true,
  image_urls = true, image_start = true, frameImages = true, inputs = true }

local function content_of(body)
  local item = body[1] or body
  local parts = {}
  for key, value in pairs(item) do
    if is_content[key] then parts[#parts + 1] = canonical(value):lower():gsub("%s+", " ") end -- by the value: each provider has its own keys
  end
  table.sort(parts)
  return table.concat(parts, "\n")
end

local function name_of(path)
  if path == "/v1" then return "runware" end
  return path:find "^/v1/%a+/generations$" and "evolink" or "runway"
end

-- What a submission is: where it goes, the request and the content.
local function sending(path, text)
  local body = cjson.decode(text) or {}
  local name = name_of(path)
  return { provider = name, model = (body[1] or body).model, request = path .. canonical(body), content = content_of(body) }
end

-- The last failure of this very request in this job: the least wait, and whether it may come again at all.
local function check_again(judge, state, send, failure, changed)
  local info, now = infos[failure.class], judge.now()
  local allowed = info.retry == "wait" or info.retry == "change" and changed or info.retry == "poll" and judge.accept_double_charge
  if not allowed then judge:blame(state, "sent again after %s", failure.class) end
  if info.retry ~= "wait" then return end
  local least = failure.retry_after or failure.floor or info.floor
  if now - failure.at < least - TOLERANCE then
    judge:blame(state, "sent %.3f s after %s, which wants %g s", now - failure.at, failure.class, least)
  end
  if changed then return end
  local counts = state.resends[send.request] or {}
  state.resends[send.request] = counts
  counts[failure.class] = (counts[failure.class] or 0) + 1
  if counts[failure.class] > info.resends then judge:blame(state, "sent again %d times after %s", counts[failure.class], failure.class) end
end

local function check_elsewhere(judge, state, send, failure)
  local info = infos[failure.class]
  if info.retry == "poll" and judge.accept_double_charge then return end
  if info.elsewhere == "no" then judge:blame(state, "taken elsewhere after %s", failure.class) end
  if info.elsewhere == "provider" and send.provider == failure.provider then
    judge:blame(state, "taken to another model of %s after %s", send.provider, failure.class)
  end
  if info.blame ~= "content" or info.retry ~= "change" or send.content ~= failure.content then return end
  if not judge.reroute_refused or send.provider == failure.provider then judge:blame(state, "refused content was taken elsewhere") end
end

-- What failed earlier in the job, and is no better for what has failed since.
local function check_lasting(judge, state, send)
  for _, failure in ipairs(state.lasting) do
    local info, there = infos[failure.class], send.provider == failure.provider
    if info.retry == "never" and there and (info.elsewhere == "provider" or send.model == failure.model) then
      judge:blame(state, "sent to %s/%s, which had failed with %s", send.provider, send.model, failure.class)
    end
    if info.blame == "content" and info.retry == "change" and send.content == failure.content and not (judge.reroute_refused and not there) then
      judge:blame(state, "content that was refused earlier was sent to %s", send.provider)
    end
  end
end

-- What the last failure allows, and what the last failure of the same request does.
local function check_moves(judge, state, send)
  check_lasting(judge, state, send)
  local failure = state.failure
  if not failure then return end
  local known = state.failures[send.request]
  if send.provider == failure.provider and send.model == failure.model then
    local changed = send.request ~= failure.request
    if infos[failure.class].blame == "content" and infos[failure.class].retry == "change" then changed = send.content ~= failure.content end
    check_again(judge, state, send, failure, changed)
    if known and known ~= failure then check_again(judge, state, send, known, false) end
  else
    check_elsewhere(judge, state, send, failure)
    if known then check_again(judge, state, send, known, false) end
  end
end

-- Nothing may be sent while what was sent before may be a task that runs.
local function check_paid_once(judge, state, send, entry)
  local pending = state.pending
  if not pending or judge.accept_double_charge then return end
  -- the same submission once more, under the name it had; the provider must not have taken it for a new one
  local again = pending.identity and pending.identity == entry.identity and pending.provider == send.provider
  if again and not (entry.billed and pending.task) then return end
  local told = pending.task and judge.ended[pending.task]
  if told == "FAILED" or told == "CANCELLED" then return end
  if pending.task and (judge.missing[pending.task] or 0) >= 2 then return end
  judge:blame(state, "submitted again while %s", told and "its task had succeeded" or pending.task and "its task was running"
    or "the first submission may have been accepted")
end

local function surely_refused(send, entry)
  if entry.kind ~= "response" or not entry.status then return false end
  local definition = provider.get(send.provider)
  local body = cjson.decode(entry.answer or "") or {}
  local code = type(body.error) == "table" and body.error.code
  return (definition.safe_statuses or {})[entry.status] == true or entry.status >= 400 and entry.status < 500
    or code and (definition.safe_codes or {})[code] == true
end

local function after_sending(state, send, entry)
  if entry.billed or entry.replayed then
    state.pending = { task = entry.task_id or entry.identity, identity = entry.identity, provider = send.provider }
  elseif not surely_refused(send, entry) then
    state.pending = { identity = entry.identity, provider = send.provider, task = state.pending and state.pending.task }
  elseif not (state.pending and state.pending.identity == entry.identity and entry.identity) then
    state.pending = nil
  end
end

local function count_tokens(judge, state, send)
  local bucket = judge.tokens[send.provider] or 500
  if state.failures[send.request] then bucket = bucket - 5 end
  judge.tokens[send.provider] = bucket
  -- what was won back is counted at its most
  if bucket < -10 * (judge.accepted or 0) then judge:blame(state, "more resends at %s than its retry budget allows", send.provider) end
end

local function note_sending(judge, job, state, send, is_new)
  if is_new then state.submissions = state.submissions + 1 end
  if state.submissions > job.record_.max_attempts then judge:blame(state, "submitted %d times", state.submissions) end
  local most = job.record_.max_credits
  if is_new and most and state.told > most then judge:blame(state, "submitted with %g of %g credits spent", state.told, most) end
  state.sent, state.name = send, job.name_ or job.id
end

--- A submission reached its provider.
---@param job table
---@param entry table of the provider's log
function M:sent(job, entry)
  local state, send = state_of(self, job), sending(entry.path, entry.text)
  local again = state.pending and state.pending.identity and state.pending.identity == entry.identity
  if not again then
    check_moves(self, state, send)
    count_tokens(self, state, send)
  end
  check_paid_once(self, state, send, entry)
  if self.refused[send.provider .. send.content] then self:blame(state, "content that %s had refused was sent there", send.provider) end
  if entry.billed then self.accepted = (self.accepted or 0) + 1 end
  note_sending(self, job, state, send, not again)
  after_sending(state, send, entry)
end

--- A submission that never left.
---@param job table
---@param path string
---@param text string
---@param identity string|nil
function M:lost(job, path, text, identity)
  local state, send = state_of(self, job), sending(path, text)
  local again = state.pending and state.pending.identity and state.pending.identity == identity
  if not again then check_moves(self, state, send) end
  note_sending(self, job, state, send, false)
end

-- What is done to an answer on its way: whoever waits for it does not hear its status, or not all of it.
local spoilt = { cut = true, wrong_length = true, stall = true, reset = true, bad_json = true }

--- The log of a provider in another process, read when all is over. It tells the order of things, but not when the client heard of them, so what
--- is judged is money: nothing was paid for while an earlier task of the job might have been running.
---@param entries table[] of one job, its submissions with bodies
---@param job table
---@param tasks table<string, table> the provider's tasks by id, as its state has them
function M:read_log(entries, job, tasks)
  local state = state_of(self, job)
  for _, entry in ipairs(entries) do
    local send = sending(entry.path, entry.body)
    local body = cjson.decode(entry.body) or {}
    entry.identity = body[1] and body[1].taskUUID or entry.idempotency_key
    entry.kind = entry.status and not spoilt[entry.fault] and "response" or "interrupted"
    if send.provider == "evolink" and entry.status == 503 then entry.answer = '{"error":{"code":"service_unavailable"}}' end -- what it says with that
    -- the same submission once more: a slow client may not have heard what the log has as its answer
    local again = entry.identity and entry.identity == state.identity
    state.identity = entry.identity
    check_paid_once(self, state, send, entry)
    note_sending(self, job, state, send, not again and not entry.replayed)
    after_sending(state, send, entry)
    local task = entry.task_id and tasks[entry.task_id]
    if task and task.cost then self.ended[task.id] = task.status:upper():gsub("COMPLETED", "SUCCEEDED") end
  end
end

---- what is told ------------------------------------------------------------------------------------------------------------------------------

local function tasks_asked(entry)
  if entry.path ~= "/v1/tasks/batch" then return { entry.task_id } end
  local body = cjson.decode(entry.text or "")
  return body and body.task_ids or {}
end

local floors = { runway = 5, evolink = 3, runware = 1 }

--- A poll reached its provider.
---@param entry table
---@param task_of fun(id: string): table|nil, string|nil the simulator's task, and its provider
function M:polled(entry, task_of)
  local now = self.now()
  for _, id in ipairs(tasks_asked(entry)) do
    local task, name = task_of(id)
    local last = self.polled_at[id]
    if task and last and now - last < floors[name] - TOLERANCE then
      self:blame(nil, "task %s was polled %.3f s after the last time", id, now - last)
    end
    if task then self.polled_at[id] = now end
    if entry.fault and entry.fault:find "^missing" and entry.kind == "response" then self.missing[id] = (self.missing[id] or 0) + 1 end
    if task and task:is_over() and entry.kind == "response" and not entry.fault then self.ended[id] = task.states[task.index].name end
  end
end

--- A job was told of a failure.
---@param job table
---@param event table
function M:heard(job, event)
  local state, fault = state_of(self, job), event.fault
  if not fault or fault:is "local" or fault.code == "circuit_open" or fault.code == "queue_full" or fault.operation == "download" then return end
  local send = state.sent
  if fault.credits then state.told = state.told + fault.credits end
  if not send then -- it came before anything was sent
    state.failure = { class = fault.class, at = self.now(), provider = fault.provider, model = fault.model, floor = 0 }
    return
  end
  local failure = { class = fault.class, floor = fault.floor, retry_after = fault.retry_after, at = self.now(), request = send.request,
    content = send.content, provider = send.provider, model = send.model }
  state.failure, state.failures[send.request], state.sent = failure, failure, nil
  if infos[fault.class].retry == "never" or fault:is "content" then table.insert(state.lasting, failure) end
  if fault:is "content" then self.refused[send.provider .. send.content] = true end
end

return M
