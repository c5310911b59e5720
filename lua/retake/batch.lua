--- Batch polls: where a provider reads many tasks in one request, the jobs that are due together share it.
local classify = require "retake.classify"
local http = require "retake.http"

local M = {}

-- Polls of such a provider fall due on a common grid, so that they meet. Each client has its own phase: many processes must not ask in step.
local GRID = 2

-- Seconds that a call may take. Whoever has less left does not wait for its end.
local LONGEST = http.default_timeout.total

local function state_of(client, definition)
  local batches = client.batches
  local state = batches[definition.name]
  if not state then
    state = { phase = math.random() * GRID }
    batches[definition.name] = state
  end
  return state
end

--- The time of the next poll, moved to the grid (never earlier) where the provider reads batches.
---@param client table
---@param definition table
---@param time number seconds since 1970
---@return number time
function M.align(client, definition, time)
  if not definition.poll.batch then return time end
  local phase = state_of(client, definition).phase
  return math.ceil((time - phase) / GRID) * GRID + phase
end

-- Reads the group's tasks and wakes the jobs that wait for them.
local function flush(client, definition, group)
  local batch = definition.poll.batch
  local ids, seen = {}, {}
  for _, id in ipairs(group.ids) do
    if not seen[id] then seen[id], ids[#ids + 1] = true, id end
  end
  local decoded, fault, outcome = http.api(client, {
    provider = definition.name, operation = "poll", method = batch.method, path = batch.path, body = batch.encode(ids), left = group.left,
  })
  local is_answer = decoded and outcome.kind == "response" and outcome.status < 300
  group.outcome, group.bodies, group.is_list = outcome, {}, false
  if is_answer then
    group.bodies, group.is_list = batch.split(decoded)
    if group.is_list == nil then group.is_list = true end -- a definition that does not tell
  end
  -- an answer that holds tasks has not failed: what it says of one of them is not said of the others
  group.fault = next(group.bodies) == nil and fault or nil
  for _, member in ipairs(group.members) do
    member.done = true
    client:wake(member)
  end
end

-- The group that is being gathered; it is sent when it is full, or when everything that is due has joined.
local function open_group(client, definition)
  local state = state_of(client, definition)
  local group = state.open
  if group then return group end
  group = { ids = {}, members = {}, left = LONGEST }
  state.open = group
  client:spawn(function()
    client:sleep(0)
    if state.open == group then state.open = nil end
    if not group.sent then
      group.sent = true
      flush(client, definition, group)
    end
  end)
  return group
end

local function send_full(client, definition, group)
  local state = state_of(client, definition)
  state.open, group.sent = nil, true
  client:spawn(function() flush(client, definition, group) end)
end

-- Waits for the answer that the group gets, or for the job's deadline.
---@return boolean answered
local function wait_for(client, job, definition, group)
  local member = {}
  group.members[#group.members + 1] = member
  if #group.ids >= definition.poll.batch.most then send_full(client, definition, group) end
  if job:left() < LONGEST then client:wait_signal(member, job.record_.deadline_at) else client:wait_until(member) end
  return member.done == true
end

--- Reads the job's task together with the others that are due.
---@param job table
---@param definition table
---@return table|nil body of the task, userdata|nil fault, table outcome
function M.read(job, definition)
  local client, id = job.client, job.record_.task.id
  local group = open_group(client, definition)
  group.ids[#group.ids + 1] = id
  if not wait_for(client, job, definition, group) then return nil, nil, { kind = "timeout", timeout = "total", sent = true } end
  local body = group.bodies[id]
  if group.fault then -- of the call; what it means for this job's task, which exists, is said anew
    local outcome = group.outcome
    return nil, classify.classify { provider = definition.name, operation = "poll", status = outcome.status, headers = outcome.headers,
      body = outcome.body, transport = outcome, task_id = id, model = job.model }, outcome
  end
  if not body and not group.is_list then return nil, nil, group.outcome end -- no answer to what was asked
  -- a task that the answer leaves out is one the provider does not know
  if not body then
    return nil, classify.classify { provider = definition.name, operation = "poll", status = 404, task_id = id, model = job.model,
      body = { error = { message = "the task is not in the answer" } } }, group.outcome
  end
  return body, classify.classify { provider = definition.name, operation = "poll", status = group.outcome.status, body = body,
    task_id = id, model = job.model }, group.outcome
end

return M
