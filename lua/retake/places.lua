--- Places: how many tasks run at once, at a provider and of one model, where the client limits them. Jobs without a place wait in order of
--- arrival. A job that the provider itself lets wait (Runway: THROTTLED) keeps its place: it waits there instead of here. These are methods of
--- the client.
local Client = {}

-- Most jobs that wait for a provider's or a model's places at once, where the client says nothing else.
local MOST_WAITING = 100000

-- A line: so many places, and the jobs that wait for one. `waiting` counts those that have not given up, of which traces stay in the queue.
local function line_of(client, name)
  local line = client.tasks[name]
  if not line then
    line = { count = 0, waiting = 0, first = 1, last = 0 }
    client.tasks[name] = line
  end
  return line
end

-- The job's lines, by name: the model's first, so that nobody waits for a provider's place while holding up other models.
local function limits_of(client, job)
  local _, settings = client:provider(job.provider)
  local of_models = settings.model_concurrency
  local model = of_models and of_models[job.model]
  if not model and not settings.concurrency then return nil end
  return model and { name = job.provider .. "/" .. job.model, places = model } or nil,
    settings.concurrency and { name = job.provider, places = settings.concurrency } or nil, settings.queue or MOST_WAITING
end

local function holds(job, limit)
  return job.holds ~= nil and job.holds[limit.name] == true
end

local function take(line, job, name)
  job.holds = job.holds or {}
  job.holds[name] = true
  line.count = line.count + 1
  if job.waits_for == name then line.waiting, job.waits_for = line.waiting - 1, nil end
end

-- "taken", "waiting", or "full" where too many wait already.
local function stand_in_line(client, job, limit, most)
  if not limit or holds(job, limit) then return "taken" end
  local line = line_of(client, limit.name)
  if line.count < limit.places then
    take(line, job, limit.name)
    return "taken"
  end
  if job.waits_for == limit.name then return "waiting" end -- woken before its turn
  if line.waiting >= most then return "full" end
  line.last, line.waiting = line.last + 1, line.waiting + 1
  line[line.last] = job
  job.waits_for = limit.name
  return "waiting"
end

--- A place among the tasks at once of the job's model and of its provider, where the client limits them; without one the job waits.
---@param job table
---@return "taken"|"waiting"|"full" outcome full: too many wait already, and the job does not
function Client:acquire(job)
  local model, provider, most = limits_of(self, job)
  local outcome = stand_in_line(self, job, model, most)
  if outcome == "taken" then outcome = stand_in_line(self, job, provider, most) end
  if outcome == "waiting" then
    job.parked = true
    self.schedule:add(job.record_.deadline_at, job)
  end
  return outcome
end

--- A task that runs already counts, whether there is a place or not.
---@param job table
function Client:hold(job)
  local model, provider = limits_of(self, job)
  if model and not holds(job, model) then take(line_of(self, model.name), job, model.name) end
  if provider and not holds(job, provider) then take(line_of(self, provider.name), job, provider.name) end
end

-- The next that waits and has not given up: traces of the others go.
local function next_in(line, name)
  while line.first <= line.last do
    local job = line[line.first]
    if job.waits_for == name and not job.done and not job.cancelled then return job end
    line[line.first] = nil
    line.first = line.first + 1
  end
end

local function hand_on(client, name)
  local line = client.tasks[name]
  line.count = line.count - 1
  local job = next_in(line, name)
  if not job then return end
  client.schedule:add(client.host.now(), job) -- first: where memory runs out here, it still stands in line
  take(line, job, name) -- at once, so that nobody who came later is faster
end

--- The job needs its places no more, nor waits for one: they go to the jobs that wait longest.
---@param job table
function Client:release(job)
  if job.waits_for then
    local line = self.tasks[job.waits_for]
    line.waiting, job.waits_for = line.waiting - 1, nil
  end
  local held = job.holds
  if not held then return end
  job.holds = nil
  for name in pairs(held) do hand_on(self, name) end
end

return Client
