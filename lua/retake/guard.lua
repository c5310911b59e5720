--- The content guard: refused content is remembered, in the gate and in the journal, and a run of refusals pauses an account's submissions.
-- Providers suspend accounts for the volume of refused content, not for a single prompt; so a run of refusals that no success has broken is
-- a reason to stop and have a person look, whatever policies want, before the provider stops the account for good.
local provider_of = require "retake.provider"

local M = {}
M.__index = M

--- What a pause is like where the client says nothing else.
M.defaults = {
  run = 10,       -- refusals of one account without a success between them that begin a pause
  pause = 600,    -- seconds it lasts; twice as long after each refusal that follows a pause at once ...
  longest = 3600, -- ... up to this
}

-- Jobs that a pause held back do not all come at once when it is over.
local SPREAD = 0.1

---@param client table
---@param options table|false|nil fields that differ from the defaults; false: nothing is ever paused
---@return table guard
function M.new(client, options)
  local settings
  if options ~= false then
    settings = {}
    for name, default in pairs(M.defaults) do settings[name] = options and options[name] or default end
    settings.longest = math.max(settings.longest, settings.pause)
  end
  local guard = setmetatable({ client = client, settings = settings, accounts = {}, providers = {} }, M)
  local journal = client.journal
  if journal.each_refusal then
    for refusal in journal:each_refusal() do guard:know(refusal.provider, refusal.fingerprint) end
  end
  return guard
end

--- Content that was refused, in this process or an earlier one. It is refused at all accounts of the provider.
---@param provider string
---@param fingerprint string 64 hex digits
---@return string service the name under which it is known
function M:know(provider, fingerprint)
  local service = provider_of.service(provider)
  self.providers[service] = true
  self.client.gate:remember(service, fingerprint)
  return service
end

-- Jobs that are over need not be kept for being woken.
local WEAK = { __mode = "v" }

local function account_of(guard, provider)
  local name = guard.client.health_.account_of(provider)
  local account = guard.accounts[name]
  if not account then
    account = { name = name, service = provider_of.service(provider), run = 0, lasts = guard.settings.pause, waiting = setmetatable({}, WEAK) }
    guard.accounts[name] = account
  end
  return account
end

local function reason_of(account)
  return ("%d refusals of content in a row at %s: a provider may suspend an account for that; have a person look"):format(account.run, account.name)
end

local function pause(guard, account, job)
  local now, settings = guard.client.host.now(), guard.settings
  account.until_ = now + account.lasts
  job:emit("paused", { warning = true, provider = job.provider, account = account.name, reason = reason_of(account), seconds = account.lasts,
    refusals = account.run })
  account.lasts = math.min(account.lasts * 2, settings.longest)
end

-- The job's own content: kept where the next process finds it too.
local function keep(guard, job, fault)
  local record, client = job.record_, guard.client
  local service = guard:know(job.provider, record.content)
  local row = record.attempts[#record.attempts]
  if row then row.fingerprint = record.content end
  if not client.journal.put_refusal then return end
  local kept, reason = client.journal:put_refusal { provider = service, fingerprint = record.content, at = client.host.now(),
    class = fault.class, category = fault.category, model = job.model }
  if not kept then job:emit("journal_failed", { message = tostring(reason) }) end
end

--- A job's content was refused by its provider.
---@param job table
---@param fault userdata
function M:refused(job, fault)
  if not job.record_.content then return end
  keep(self, job, fault)
  if not self.settings then return end
  local account = account_of(self, job.provider)
  account.run = account.run + 1
  local paused = account.until_ and self.client.host.now() < account.until_
  if account.run >= self.settings.run and not paused then pause(self, account, job) end
end

--- A job's content came through.
---@param job table
function M:succeeded(job)
  local account = self.settings and self.accounts[self.client.health_.account_of(job.provider)]
  if not account then return end
  account.run, account.lasts = 0, self.settings.pause
end

--- When a job may submit that a pause holds back; nil where none does.
---@param job table
---@return number|nil time seconds since 1970, string|nil reason
function M:held(job)
  local account = self.settings and self.accounts[self.client.health_.account_of(job.provider)]
  local now = self.client.host.now()
  if not account or not account.until_ then return nil end
  if now >= account.until_ then
    account.until_, account.waiting = nil, setmetatable({}, WEAK)
    return nil
  end
  local reason = reason_of(account)
  account.waiting[job.id] = job
  job:emit("paused", { provider = job.provider, account = account.name, reason = reason, seconds = account.until_ - now })
  return account.until_ + math.random() * SPREAD * (account.until_ - now), reason
end

-- Jobs that were held back go on at once.
local function lift(guard, account)
  local waiting, now = account.waiting, guard.client.host.now()
  account.until_, account.waiting = nil, setmetatable({}, WEAK)
  for _, job in pairs(waiting) do
    if job.state == "submit" and job.record_.due_at then
      job.record_.due_at = nil
      guard.client.schedule:add(now, job)
    end
  end
end

--- A person has looked at what was refused: the account's submissions go on, and its refusals are counted afresh.
---@param provider string
---@return boolean resumed false where nothing was paused
function M:resume(provider)
  local account = self.settings and self.accounts[self.client.health_.account_of(provider)]
  if not account then return false end
  local paused = account.until_ ~= nil and self.client.host.now() < account.until_
  account.run, account.lasts = 0, self.settings.pause
  lift(self, account)
  return paused
end

-- Which of a provider's accounts met the refusal is not kept: it is one less for each.
local function count_less(guard, service)
  for _, account in pairs(guard.accounts) do
    if account.service == service then
      account.run = math.max(0, account.run - 1)
      if account.until_ and account.run < guard.settings.run then lift(guard, account) end
    end
  end
end

--- Content that a person has cleared may be sent again, and counts no longer as refused.
---@param fingerprint string
---@param provider string|nil nil: at every provider that has refused it
---@return boolean known false where it was not remembered
function M:unblock(fingerprint, provider)
  local known, client = false, self.client
  for name in pairs(provider and { [provider_of.service(provider)] = true } or self.providers) do
    if client.gate:forget(name, fingerprint) then
      known = true
      count_less(self, name)
    end
    if client.journal.remove_refusal then client.journal:remove_refusal(name, fingerprint) end
  end
  return known
end

return M
