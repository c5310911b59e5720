--- How accounts, providers and models have been doing, as this client has seen it, and whether the next submission should be sent. All jobs
--- of a client share it. Every event costs the same however many jobs there are.
--
-- A model has three circuits: `submit` for submissions that the provider answers with trouble of its own, `task` for tasks that it took and
-- that failed, and `stop` for a model that is not to be had. They are apart because a provider that takes every task and loses it is as
-- broken as one that takes none, and an accepted submission must not make its failed tasks look better. A provider has one circuit, for the
-- network on the way to it and for trouble with several of its models; an account has one, for its key and its credits.
local circuit_of = require "retake.circuit"
local cooling = require "retake.cooling"
local kept = require "retake.kept"
local status_page = require "retake.status_page"

local M = {}
M.__index = M

-- An account without a key or credits, and a model that does not exist, are asked again more and more rarely: a person has to act first.
local STOP = { open = 60, longest = 900, in_a_row = 1 }
-- A task takes minutes: after so long the next may be tried beside the one under way.
local TASK_LEASE = 60
-- A quota without a time.
local QUOTA = 900
-- A provider may ask for anything; longer than this nobody is kept away from it by that alone.
local LONGEST_COOL_DOWN = 3600
-- What is said where a circuit is held open by hand: come and ask again.
local HELD = 60

local stops_account = { ["account.unauthorized"] = true, ["account.forbidden"] = true, ["account.suspended"] = true,
  ["account.credits"] = true }
local blamed = { provider = true, model = true, network = true }

local function with(settings, own)
  local all = {}
  for key, value in pairs(settings or {}) do all[key] = value end
  for key, value in pairs(own or {}) do all[key] = value end
  return all
end

---@param settings { account_of: (fun(provider: string): string)|nil, circuit: table|boolean|nil, look: (fun(provider: table))|nil }|nil
---  circuit: fields that differ from circuit.defaults, or false: everything is counted, and nothing is ever held back; look: begins to look at a
---  provider that jobs wait for
---@return table health
function M.new(settings)
  settings = settings or {}
  return setmetatable({ models = {}, providers = {}, accounts = {}, account_of = settings.account_of or tostring, look = settings.look,
    circuit = settings.circuit ~= false and (settings.circuit or {}) or nil }, M)
end

local function circuit(health, scope, name, own)
  local made = circuit_of.new(with(health.circuit, own))
  made.scope, made.name = scope, name
  return made
end

local function account_entry(health, name)
  local entry = health.accounts[name]
  if not entry then
    entry = { name = name, stop = circuit(health, "account", name, STOP) }
    health.accounts[name] = entry
  end
  return entry
end

local function provider_entry(health, name)
  local entry = health.providers[name]
  if not entry then
    entry = { name = name, circuit = circuit(health, "provider", name), models = {}, open_models = 0,
      account = account_entry(health, health.account_of(name)) }
    health.providers[name] = entry
  end
  return entry
end

local function model_entry(health, provider, model)
  local name = provider .. "/" .. model
  local entry = health.models[name]
  if entry then return entry end
  local owner = provider_entry(health, provider)
  entry = { name = name, provider = owner, succeeded = 0, failed = 0, in_a_row = 0, classes = {}, stop = circuit(health, "model", name, STOP),
    submit = circuit(health, "model", name), task = circuit(health, "model", name, { lease = TASK_LEASE }) }
  entry.circuits = { owner.account.stop, owner.circuit, entry.stop, entry.submit, entry.task } -- the widest first
  health.models[name] = entry
  owner.models[#owner.models + 1] = entry
  return entry
end

local function entry_of(health, job)
  return model_entry(health, job.provider or "?", job.model or "?")
end

local function why(circuit_)
  if circuit_.held then return ("%s %s is held %s by hand"):format(circuit_.scope, circuit_.name, circuit_.held) end
  return ("%s %s is not tried now: %s"):format(circuit_.scope, circuit_.name, circuit_.cause or "it has failed too often")
end

-- Circuits that speak of the provider's answering at all: a look at it tells of them.
local function in_trouble(entry)
  if entry.circuit.until_ then return true end
  for _, model in ipairs(entry.models) do
    if model.submit.until_ then return true end
  end
  return false
end

--- Whether submissions to the provider, or to one of its models, are kept back because of how it answers.
M.in_trouble = in_trouble

--- A free look at the provider told how it is. It counts only where it has failed before: else the trouble is not of the kind it can see.
---@param entry table the provider's
---@param seen "up"|"down"
---@param now number seconds since 1970
---@param again number seconds until the next look
function M.saw(entry, seen, now, again)
  local up = seen == "up"
  if up and not entry.seen_down then return end
  entry.seen_down = not up or nil
  entry.circuit:told(up, now, now + again + 1)
  for _, model in ipairs(entry.models) do model.submit:told(up, now, now + again + 1) end
end

-- The circuit that keeps a model's submissions back the longest, if any does.
local function in_the_way(entry, now, who)
  local longest, found = 0, nil
  for _, candidate in ipairs(entry.circuits) do
    local wait = candidate:wait(now, who)
    if wait and wait > longest then longest, found = wait, candidate end
  end
  return found, longest
end

-- Seconds to wait, the reason and the class, or nil where a submission may go.
local function held_back(health, entry, now, who)
  if not health.circuit then return nil end
  local found, wait = in_the_way(entry, now, who)
  if found then return wait == math.huge and HELD or wait, why(found), found.class or "provider.unavailable" end
  if entry.cool_until and now < entry.cool_until - 0.001 then
    return entry.cool_until - now, ("%s asked to be left alone (%s)"):format(entry.name, entry.cool_class), entry.cool_class
  end
end

--- Whether the job may submit to its model now.
---@param job table
---@return boolean admitted, number|nil seconds to the next try, string|nil reason, string|nil class of what stopped it
function M:admit(job)
  local entry, now = entry_of(self, job), job.client.host.now()
  local seconds, reason, class = held_back(self, entry, now, job.id)
  if not seconds then return true end
  local provider = entry.provider
  provider.wanted_at = now
  kept.note(provider, job, now + seconds)
  if self.look and not provider.watched and in_trouble(provider) then self.look(provider) end
  return false, seconds, reason, class
end

--- The job waits in line until its model may be asked again, which it was not admitted to.
---@param job table
function M:wait(job)
  cooling.wait(entry_of(self, job), job)
end

--- Whether a submission to that model would be let pass now; nothing is changed by asking.
---@param provider string
---@param model string
---@param now number seconds since 1970
---@return boolean available, number|nil seconds, string|nil reason
function M:available(provider, model, now)
  if not self.models[provider .. "/" .. model] and not self.providers[provider] then return true end
  local seconds, reason = held_back(self, model_entry(self, provider, model), now)
  if not seconds then return true end
  return false, seconds, reason
end

local function tell(job, entry, circuit_, state, now)
  local model = circuit_.scope == "model"
  job:emit("circuit", { provider = entry.provider.name, model = model and job.model or nil, account = circuit_.scope == "account" and
    circuit_.name or nil, scope = circuit_.scope, state = state, seconds = state == "open" and circuit_:wait(now) or nil,
    reason = circuit_.cause })
end

--- An admitted job sends its submission: where a circuit is half-open, this is its probe.
---@param job table
function M:enter(job)
  if not self.circuit then return end
  local entry, now, who = entry_of(self, job), job.client.host.now(), job.id
  for _, circuit_ in ipairs(entry.circuits) do
    if circuit_:enter(now, who) then tell(job, entry, circuit_, "half_open", now) end
  end
end

--- The job is done with its attempt: whatever probe it still was, the next may go.
---@param job table
function M:leave(job)
  local entry = self.circuit and self.models[(job.provider or "?") .. "/" .. (job.model or "?")]
  if not entry then return end
  for _, circuit_ in ipairs(entry.circuits) do circuit_:leave(job.id) end
end

-- Whether another of the provider's models has been doing well lately: then trouble with two is not trouble with all.
local function any_doing_well(provider, now)
  for _, entry in ipairs(provider.models) do
    if not entry.is_open and entry.well_at and now - entry.well_at < provider.circuit.settings.window then return true end
  end
  return false
end

-- A model of the provider opened: with two of them open the whole provider is taken to be in trouble.
local function opened(job, entry, now)
  if entry.is_open then return end
  entry.is_open = true
  local provider = entry.provider
  provider.open_models = provider.open_models + 1
  if provider.open_models < 2 or any_doing_well(provider, now) then return end
  local circuit_ = provider.circuit
  circuit_.cause, circuit_.class = ("%d of its models fail"):format(provider.open_models), "provider.unavailable"
  if circuit_:trip(now) then tell(job, entry, circuit_, "open", now) end
end

local function closed(entry)
  if not entry.is_open or entry.submit.until_ or entry.task.until_ then return end
  entry.is_open = nil
  entry.provider.open_models = entry.provider.open_models - 1
end

local function note_failure(job, entry, circuit_, fault, now, changed)
  if not changed then return end
  local text = tostring(fault)
  circuit_.cause = circuit_.row > 1 and ("%d failures in a row, the last: %s"):format(circuit_.row, text) or "the last failure: " .. text
  tell(job, entry, circuit_, changed, now)
  if circuit_ == entry.submit or circuit_ == entry.task then opened(job, entry, now) end
end

local function note_success(job, entry, circuit_, now)
  if circuit_:success(now, job.id) == "closed" then
    tell(job, entry, circuit_, "closed", now)
    closed(entry)
  end
end

local function cool_down(entry, fault, now)
  local seconds = fault.retry_after
  if not seconds or seconds <= 0 then return end
  local time = now + math.min(seconds, LONGEST_COOL_DOWN)
  if entry.cool_until and entry.cool_until >= time then return end
  entry.cool_until, entry.cool_class = time, fault.class
end

-- What an account or a model lacks stops it at once.
local function stop(job, entry, circuit_, fault, now, seconds)
  circuit_.class = fault.class
  note_failure(job, entry, circuit_, fault, now, circuit_:trip(now, seconds or fault.retry_after))
end

-- A quota may be the model's (Runway counts the tasks of a day by model) or the account's (EvoLink: the key's): the first one stops its model,
-- a second model that meets one stops the account.
local function quota(job, entry, fault, now)
  local seconds, others = fault.retry_after or QUOTA, false
  for _, other in ipairs(entry.provider.models) do
    if other ~= entry and other.stop.until_ and other.stop.class == fault.class then others = true end
  end
  stop(job, entry, entry.stop, fault, now, seconds)
  if others then stop(job, entry, entry.provider.account.stop, fault, now, seconds) end
end

local function failed_circuits(job, entry, fault, now)
  local who, provider = job.id, entry.provider
  local seconds = fault.retry_after and math.min(fault.retry_after, LONGEST_COOL_DOWN)
  local function failure(circuit_)
    circuit_.class = nil
    note_failure(job, entry, circuit_, fault, now, circuit_:failure(now, who, seconds, status_page.tells_outage(provider, now)))
  end
  if fault.class == "account.quota" then return quota(job, entry, fault, now) end
  if stops_account[fault.class] then return stop(job, entry, provider.account.stop, fault, now) end
  if fault.class == "model.unavailable" then return stop(job, entry, entry.stop, fault, now) end
  local submitting = fault.operation == "submit"
  if fault.blame == "network" then return failure(submitting and provider.circuit or entry.task) end
  if fault.blame == "provider" then failure(submitting and entry.submit or entry.task) end
  if submitting then
    local probing = provider.circuit.probe and provider.circuit.probe.who == who
    if probing and fault.blame == "provider" then failure(provider.circuit)
    else note_success(job, entry, provider.circuit, now) end -- it answered: the way there is open
  end
  if fault.class == "limit.rate" or fault.blame == "provider" then cool_down(entry, fault, now) end
end

-- What came of something else than a submission or its task says nothing of them: files are stored by other hosts.
local counted = { submit = true, poll = true }

--- An attempt failed. Only what the provider or its model is to blame for, or the network on the way there, is a failure of theirs: what a
--- caller does wrong says nothing of their health.
---@param job table
---@param fault userdata
---@param now number seconds since 1970
---@param lost boolean|nil the outcome of a submission was lost just now; later, when the job gives up on it, that was counted already
function M:failed(job, fault, now, lost)
  if fault.class == "submit.unknown" and not lost then return self:leave(job) end
  local entry = entry_of(self, job)
  if blamed[fault.blame] then
    entry.failed, entry.in_a_row, entry.failed_at = entry.failed + 1, entry.in_a_row + 1, now
    entry.classes[fault.class] = (entry.classes[fault.class] or 0) + 1
    status_page.refresh(job.client, entry.provider)
  end
  if not self.circuit then return end
  if counted[fault.operation] and fault.blame ~= "caller" then failed_circuits(job, entry, fault, now) end
  self:leave(job)
end

--- The provider took the job's submission.
---@param job table
---@param now number seconds since 1970
function M:accepted(job, now)
  if not self.circuit then return end
  local entry = entry_of(self, job)
  entry.well_at = now
  for _, circuit_ in ipairs(entry.circuits) do
    if circuit_ ~= entry.task then note_success(job, entry, circuit_, now) end
  end
  cooling.taken(entry, job.client, now)
  kept.wake(entry.provider, job.client, now)
end

--- The job's task succeeded.
---@param job table
---@param now number seconds since 1970
function M:succeeded(job, now)
  local entry = entry_of(self, job)
  entry.succeeded, entry.in_a_row, entry.succeeded_at, entry.well_at = entry.succeeded + 1, 0, now, now
  if self.circuit then note_success(job, entry, entry.task, now) end
end

local by_hand = { open = "open", closed = "closed", auto = false }

--- Holds a provider or a model open or closed by hand; "auto" lets it go by what is counted, from now on and afresh.
---@param name string "provider" or "provider/model"
---@param state "open"|"closed"|"auto"
---@return boolean known false for a state there is none
function M:set(name, state)
  if by_hand[state] == nil then return false end
  local held = by_hand[state] or nil
  local provider, model = name:match "^([^/]+)/(.+)$"
  local entry = model and model_entry(self, provider, model)
  local owner = provider_entry(self, provider or name)
  local function release(each)
    each.submit:hold(nil)
    each.task:hold(nil)
    each.stop:hold(nil)
    each.cool_until, each.in_a_row = nil, 0
    closed(each)
  end
  if entry then
    release(entry)
    entry.submit:hold(held)
    if held == "closed" then
      entry.task:hold(held)
      entry.stop:hold(held)
    end
    return true
  end
  owner.account.stop:hold(held == "closed" and held or nil)
  owner.circuit:hold(held)
  if not held then
    for _, each in ipairs(owner.models) do release(each) end
  end
  return true
end

local function state_of(entry, now)
  local worst = "closed"
  for _, circuit_ in ipairs(entry.circuits) do
    local state = circuit_:state(now)
    if state == "open" then return "open" end
    if state == "half_open" then worst = state end
  end
  return worst
end

local function report_of(health, entry, now)
  local classes = {}
  for class, count in pairs(entry.classes) do classes[class] = count end
  local seconds, reason, class = held_back(health, entry, now)
  local provider = entry.provider
  return { succeeded = entry.succeeded, failed = entry.failed, in_a_row = entry.in_a_row, classes = classes, succeeded_at = entry.succeeded_at,
    failed_at = entry.failed_at, state = health.circuit and state_of(entry, now) or "closed", next_try = seconds, reason = reason, class = class,
    provider = provider.circuit:state(now), account = provider.account.stop:state(now),
    page = provider.page and { indicator = provider.page.indicator, description = provider.page.description, at = provider.page.at } or nil }
end

--- What is known, by "provider/model".
---@param now number seconds since 1970
---@return table<string, table> models state ("closed", "open", "half_open": of the model, its provider and its account together), next_try
---  (seconds, where submissions are kept back), reason, class, provider and account (their own states), succeeded, failed, in_a_row (failures
---  since the last success), classes, succeeded_at, failed_at, page (what the provider's status page said, where one is read)
function M:report(now)
  local report = {}
  for name, entry in pairs(self.models) do report[name] = report_of(self, entry, now) end
  return report
end

--- Neovim's :checkhealth retake asks whatever has this file's name on its runtimepath; the plugin has a report of its own.
function M.check()
  local health = rawget(_G, "vim").health or require "health"
  local info = health.info or health.report_info
  info "The module is on 'runtimepath'. What the plugin needs is told under retake_nvim.retake."
end

return M
