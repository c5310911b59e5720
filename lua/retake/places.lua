--- Places: how many tasks run at once, at a provider and of one model, where the client limits them. Jobs without a place wait in order of
--- arrival. A job that the provider itself lets wait (Runway: THROTTLED) keeps its place: it waits there instead of here. These are methods of
--- the client.
local new_line = require("retake.line").new

local Client = {}

-- Most jobs that wait for a provider's or a model's places at once, where the client says nothing else.
local MOST_WAITING = 100000

-- Seconds after which a line that was full may be shorter.
local SHORTER = 5

-- A line: so many places taken, and the jobs that wait for one. `waiting` counts those that have not given up, of which traces stay in it.
local function line_of(client, name)
  local line = client.tasks[name]
  if not line then
    line = { count = 0, waiting = 0, jobs = new_line() }
    client.tasks[name] = line
  end
  return line
end

-- What limits the job, of two kinds. A place of the model is taken first, so that nobody takes one of the provider's that cannot use it.
local kinds = { "model", "provider" }

-- The places there are of a kind, and the name of their line; nil where nothing limits them.
local function limit_of(job, settings, kind)
  if kind == "provider" then return settings.concurrency, job.provider end
  local places = settings.model_concurrency
  return places and places[job.model], job.provider .. "/" .. job.model
end

local function take(line, job, kind, name)
  job.holds = job.holds or {}
  job.holds[kind] = name
  line.count = line.count + 1
  if job.waits_for == name then line.waiting, job.waits_for = line.waiting - 1, nil end
end

-- "taken", "waiting", or "full" where too many wait already.
local function stand_in_line(client, job, settings, kind)
  local places, name = limit_of(job, settings, kind)
  if not places or job.holds and job.holds[kind] then return "taken" end
  local line = line_of(client, name)
  if line.count < places then
    take(line, job, kind, name)
    return "taken"
  end
  if job.waits_for == name then return "waiting" end -- woken before its turn
  if line.waiting >= (settings.queue or MOST_WAITING) then return "full" end
  line.jobs:add(job)
  line.waiting = line.waiting + 1
  job.waits_for = name
  return "waiting"
end

--- A place among the tasks at once of the job's model and of its provider, where the client limits them; without one the job waits.
---@param job table
---@return "taken"|"waiting"|"full" outcome full: too many wait already, and the job does not
---@return number|nil seconds after which a full line may be shorter
function Client:acquire(job)
  local _, settings = self:provider(job.provider)
  if not settings.concurrency and not settings.model_concurrency then return "taken" end
  if not job.arrived then
    self.arrivals = (self.arrivals or 0) + 1
    job.arrived = self.arrivals
  end
  for _, kind in ipairs(kinds) do
    local outcome = stand_in_line(self, job, settings, kind)
    if outcome == "waiting" then
      job.parked = true
      self.schedule:add(job.record_.deadline_at, job)
    end
    if outcome ~= "taken" then return outcome, outcome == "full" and SHORTER or nil end
  end
  return "taken"
end

--- Whether a job for that model would be sent away, because too many wait already.
---@param provider string
---@param model string
---@return number|nil seconds after which to try again; nil where there is a place, or room in the line
function Client:full_line(provider, model)
  local _, settings = self:provider(provider)
  if not settings then return nil end
  local asked = { provider = provider, model = model }
  for _, kind in ipairs(kinds) do
    local places, name = limit_of(asked, settings, kind)
    local line = places and self.tasks[name]
    if line and line.count >= places and line.waiting >= (settings.queue or MOST_WAITING) then return SHORTER end
  end
end

--- A task that runs already counts, whether there is a place or not.
---@param job table
function Client:hold(job)
  local _, settings = self:provider(job.provider)
  for _, kind in ipairs(kinds) do
    local places, name = limit_of(job, settings, kind)
    if places and not (job.holds and job.holds[kind]) then take(line_of(self, name), job, kind, name) end
  end
end

-- The next that waits and has not given up: traces of the others go.
local function next_in(line, name)
  local job = line.jobs:next()
  while job and (job.waits_for ~= name or job.done or job.cancelled) do
    line.jobs:take()
    job = line.jobs:next()
  end
  return job
end

-- Gives a place up. It goes to the next in its line, or to `other` where that came earlier.
local function hand_on(client, kind, name, other)
  local line = client.tasks[name]
  line.count = line.count - 1
  local job = next_in(line, name)
  if other and (not job or other.arrived < job.arrived) then job = other end
  if not job then return nil end
  client.schedule:add(client.host.now(), job) -- first: where memory runs out here, it still stands in line
  take(line, job, kind, name) -- at once, so that nobody who came later is faster
  return job
end

--- The job needs its places no more, nor waits for one: they go to the jobs that wait longest.
---@param job table
function Client:release(job)
  job.arrived = nil
  if job.waits_for then
    local line = self.tasks[job.waits_for]
    line.waiting, job.waits_for = line.waiting - 1, nil
  end
  local held = job.holds
  if not held then return end
  job.holds = nil
  local of_model = held.model and hand_on(self, "model", held.model)
  if held.provider then hand_on(self, "provider", held.provider, of_model) end
end

return Client
