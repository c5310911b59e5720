--- Places: how many tasks of a provider run at once, where the client limits them. Jobs without one wait in order of arrival. These are methods
--- of the client.
local Client = {}

local function places_of(client, name)
  local places = client.tasks[name]
  if not places then
    places = { count = 0, first = 1, last = 0 }
    client.tasks[name] = places
  end
  return places
end

--- A place among the provider's tasks at once, where the client limits them; without one the job waits in order of arrival.
---@return boolean acquired
function Client:acquire(job)
  local _, settings = self:provider(job.provider)
  if job.holds or not settings.concurrency then return true end
  local tasks = places_of(self, job.provider)
  if tasks.count < settings.concurrency then
    tasks.count, job.holds = tasks.count + 1, job.provider
    return true
  end
  tasks.last = tasks.last + 1
  tasks[tasks.last] = job
  job.parked = true
  self.schedule:add(job.record_.deadline_at, job)
  return false
end

--- A task that runs already counts, whether there is a place or not.
function Client:hold(job)
  local _, settings = self:provider(job.provider)
  if job.holds or not settings.concurrency then return end
  local tasks = places_of(self, job.provider)
  tasks.count, job.holds = tasks.count + 1, job.provider
end

--- Gives the place to the job that waits longest.
function Client:release(job)
  local tasks = job.holds and self.tasks[job.holds]
  if not tasks then return end
  local name = job.holds
  job.holds = nil
  while tasks.first <= tasks.last do
    local next_job = tasks[tasks.first]
    tasks[tasks.first] = nil
    tasks.first = tasks.first + 1
    if not next_job.done and not next_job.cancelled then
      next_job.holds = name -- handed on, so that nobody who came later is faster
      self.schedule:add(self.host.now(), next_job)
      return
    end
  end
  tasks.count = tasks.count - 1
end

return Client
