--- A client: providers with their keys, one policy, one gate, one engine, and the jobs that run over them.
local checkup = require "retake.checkup"
local constant = require "retake.policy.constant"
local core = require "retake.core"
local fetch = require "retake.fetch"
local flows = require "retake.flows"
local guard_of = require "retake.guard"
local health_of = require "retake.health"
local host_of = require "retake.host"
local http = require "retake.http"
local job_of = require "retake.job"
local journal_of = require "retake.journal"
local leftover = require "retake.leftover"
local metrics_of = require "retake.metrics"
local options_of = require "retake.options"
local places = require "retake.places"
local policy_of = require "retake.policy"
local provider_of = require "retake.provider"
local record_of = require "retake.record"
local request_of = require "retake.request"
local schedule_of = require "retake.schedule"
local spans_of = require "retake.spans"
local turns_of = require "retake.turns"

local M = {}

local Client = {}
for _, part in ipairs { flows, places } do
  for name, method in pairs(part) do Client[name] = method end
end
Client.__index = Client
Client.__tostring = function() return "retake client" end -- never its keys

-- Seconds and attempts that span a whole job where the client names none.
local DEFAULT_DEADLINE = 3600
local DEFAULT_ATTEMPTS = 12
-- Transfers at once; as many again may be queued in the engine, so that it never runs dry.
local DEFAULT_CONCURRENCY = 64

-- client.start { ... } would take the request for the client.
local function check_self(client, name)
  if type(client) ~= "table" or type(client.check_open) ~= "function" then
    error(("a client's functions are called with a colon: client:%s(...)"):format(name), 3)
  end
end

--- Makes a client.
---@param options table|nil providers, policy, host, journal, deadline (s, default 3600), max_credits, max_attempts (12), reroute_refused,
---  accept_double_charge, on_event, on_error, on_span (gets the spans of jobs, attempts and calls), concurrency (transfers at once, 64),
---  inspect_urls (ask for assets' URLs as the provider would before anything is paid; by default where the provider is no stand-in on this
---  machine), allow_addresses (exceptions from what such a look may connect to)
---@param level integer|nil of the caller, for error positions
---@return table client
function M.new(options, level)
  level = (level or 1) + 1
  options = options or {}
  options_of.check(options, level)
  local concurrency = options.concurrency or DEFAULT_CONCURRENCY
  local client = setmetatable({
    options = options, settings = {}, host = options.host and host_of.get(options.host, level) or host_of.detect(),
    engine = assert(core.engine { concurrency = concurrency }), most_transfers = 2 * concurrency, transferring = 0, transfers = {},
    gate = core.gate { reroute_refused = options.reroute_refused, accept_double_charge = options.accept_double_charge },
    journal = options.journal or journal_of.memory(), policy = constant(options.policy or policy_of.standard(), "option policy", level),
    schedule = schedule_of.new(), turns = turns_of.new(), metrics_ = metrics_of.new(), jobs = {}, running = 0, flows = {}, free_flows = {},
    tasks = {}, batches = {}, errors = {}, source = 0,
    waiters = {}, called = setmetatable({}, { __mode = "k" }), -- a flow that nobody will go on with is forgotten
    current = false, shaken = false, stepping = false, unbegun = false, -- there from the start: setting them must not need memory
  }, Client)
  client.left = leftover.new(client.host.now)
  if options.on_span then
    client.spans_ = spans_of.new(function(span) client:protect(options.on_span, span) end)
  end
  client.health_ = health_of.new {
    circuit = options.circuit,
    account_of = function(name)
      local _, settings = client:provider(name)
      return settings and settings.account or name
    end,
    look = function(provider) client:look_at(provider) end,
  }
  client.guard = guard_of.new(client, options.refusals)
  if client.host.attach then client.host.attach(client, level + 1) end
  return client
end

--- A provider's definition and this client's settings for it; nil for a name nobody knows.
---@param name string
---@return table|nil definition, table|nil settings
function Client:provider(name)
  local definition = provider_of.get(name)
  if not definition then return nil end
  local settings = self.settings[name]
  if not settings then
    settings = options_of.settings(definition, (self.options.providers or {})[name])
    self.settings[name] = settings
  end
  return definition, settings
end

local function enlist(client, job)
  client.jobs[job.id] = job
  local ok, trouble = pcall(client.schedule.add, client.schedule, client.host.now(), job)
  if not ok then -- out of memory: a job whose start was thrown out of must not run on its own
    client.jobs[job.id] = nil
    error(trouble, 0)
  end
  client.running = client.running + 1
  client:stir()
  return job
end

--- Starts a job and returns at once; it goes on in step, run and await.
---@param request table model ("provider/model"), prompt, image, ... (see the README); deadline, max_credits and max_attempts for this job
---  with rehearse = { "provider.internal", ... } nothing is sent: the job is taken through these failures on a clock of its own, and is over
---@return table job of a rehearsal its ledger instead, table|nil run what else came of the rehearsal (see rehearsal/init.lua)
function Client:start(request)
  check_self(self, "start")
  self:check_open(2)
  if type(request) ~= "table" then error("a request is a table", 2) end
  if request.rehearse ~= nil then
    local attempts, run = require("retake.rehearsal").run(self, request, 2) -- no tail call: the caller's position is counted in frames
    return attempts, run
  end
  local own, limits = {}, {}
  for key, value in pairs(request) do own[key] = value end
  for name, default in pairs { deadline = DEFAULT_DEADLINE, max_attempts = DEFAULT_ATTEMPTS, max_credits = false } do
    limits[name] = own[name] or self.options[name] or default or nil
    own[name] = nil
    if limits[name] ~= nil and not (type(limits[name]) == "number" and limits[name] >= 0) then
      error(name .. " has to be a number, not negative", 2)
    end
  end
  local plain = request_of.normalise(own, 2)
  local job = enlist(self, job_of.new(self, job_of.record(plain, limits, self.host.now())))
  self.metrics_:started()
  return job
end

--- Goes on with a job from its record alone, in whatever state it was left; policy and callbacks are this client's.
---@param record table as job:record() gave it, also by way of JSON
---@return table job
function Client:adopt(record)
  check_self(self, "adopt")
  self:check_open(2)
  local checked, problem = record_of.check(record)
  if not checked then error("not the record of a job: " .. problem, 2) end
  if self.jobs[checked.id] then return self.jobs[checked.id] end
  local job = job_of.new(self, checked)
  if job.done then
    job.fault = checked.state == "failed" and core.attach_attempts(core.fault(checked.fault), checked.attempts) or nil
    return job
  end
  enlist(self, job)
  self.metrics_:started(true)
  return job
end

--- A job of this client that is not over yet.
---@param id string
---@return table|nil job
function Client:find(id)
  check_self(self, "find")
  return self.jobs[id]
end

--- Goes on with a job of the journal.
---@param id string
---@return table|nil job nil where the journal has no such record
function Client:resume(id)
  check_self(self, "resume")
  if self.jobs[id] then return self.jobs[id] end
  local record = self.journal:get(id)
  return record and self:adopt(record) or nil
end

--- How each model has been doing for this client, and whether submissions to it are let pass.
---@return table<string, table> by "provider/model": state ("closed", "open" or "half_open"), next_try (seconds), reason, class, provider and
---  account (their own states), succeeded, failed, in_a_row, classes, succeeded_at, failed_at
function Client:health()
  return self.health_:report(self.host.now())
end

--- What was counted so far and how things stand, in Prometheus' text form (version 0.0.4): jobs, attempts, failures, decisions, credits, calls.
---@return string text
function Client:metrics()
  return metrics_of.write(self)
end

--- Looks at a provider that jobs wait for, now and then, as long as that costs nothing.
---@param provider table as health keeps it
function Client:look_at(provider)
  if not checkup.possible(self:provider(provider.name)) then return end
  provider.watched = true
  self:spawn(function()
    checkup.run(self, provider, health_of)
    provider.watched = nil
  end)
end

--- Keeps submissions to a provider or a model back by hand ("open"), lets them pass whatever happens ("closed"), or goes by what happens, from
--- now on and afresh ("auto").
---@param name string "provider" or "provider/model"
---@param state "open"|"closed"|"auto"
function Client:set_health(name, state)
  local provider = tostring(name):match "^([^/]+)/.+$" or name
  if type(name) ~= "string" or not self:provider(provider) then
    error(("a provider or \"provider/model\" is needed, not %s"):format(tostring(name)), 2)
  end
  if not self.health_:set(name, state) then error(("a circuit is set \"open\", \"closed\" or \"auto\", not %s"):format(tostring(state)), 2) end
end

--- Lets content be sent again that was refused and that a person has cleared: a false positive.
---@param fingerprint string of the content: job.fingerprint, or `fingerprint` in the row of the ledger
---@param provider string|nil whose refusal; nil: every provider's
---@return boolean known false where no such refusal is remembered
function Client:unblock(fingerprint, provider)
  if type(fingerprint) ~= "string" or #fingerprint ~= 64 or fingerprint:find "[^%x]" then error("a fingerprint is 64 hex digits", 2) end
  if provider ~= nil and not self:provider(provider) then error(("unknown provider '%s'"):format(tostring(provider)), 2) end
  return self.guard:unblock(fingerprint:lower(), provider)
end

--- Goes on with the submissions of an account that a run of refusals has paused, once a person has looked at what was refused.
---@param provider string
---@return boolean resumed false where nothing was paused
function Client:unpause(provider)
  if not self:provider(provider) then error(("unknown provider '%s'"):format(tostring(provider)), 2) end
  local resumed = self.guard:resume(provider)
  self:stir()
  return resumed
end

--- What the provider says of the account: credits, limits and usage by model, as far as it says anything.
---@param name string the provider's
---@return table|nil account credits, models, usage, userdata|nil fault
function Client:account(name)
  check_self(self, "account")
  local definition, settings = self:provider(name)
  if not definition then error(("unknown provider '%s'"):format(tostring(name)), 2) end
  if not definition.account then error(("%s tells nothing of the account"):format(name), 2) end
  if definition.auth and not settings.key then
    return nil, core.fault { class = "account.unauthorized", message = "no key was given for " .. name, provider = name, billed = "no" }
  end
  local decoded, fault
  self:call(function()
    local call = definition.account.encode and definition.account.encode() or definition.account
    decoded, fault = http.api(self, { provider = name, operation = "account", method = call.method or definition.account.method,
      path = call.path, body = call.body })
  end)
  if fault then return nil, fault end
  return definition.account.decode(decoded)
end

--- A call of the script's own over HTTP, to a service that its policy asks, say: in a policy the job waits for the answer, and nothing else
--- does. It is made once, without a provider's key, follows no redirect, and takes no longer than the job has left.
---@param call { url: string, method: string|nil, headers: table<string, string>|nil, body: string|table|nil, timeout: number|nil,
---  ca_file: string|nil, proxy: string|nil } url: https, or http to this machine; method: GET, or POST where there is a body; body: a table is
---  sent as JSON; timeout: seconds in all, 60
---@return { status: integer, headers: table<string, string>, body: string, json: table|nil }|nil answer with a status from 200 to 299; the names
---  of the headers in lower case; json: the body decoded, where it is an object or a list
---@return userdata|nil fault of any other status, or where no answer came
function Client:fetch(call)
  check_self(self, "fetch")
  self:check_open(2)
  local answer, fault = fetch.run(self, call, 2) -- no tail call: the caller's position is counted in frames
  return answer, fault
end

--- Notes a mistake in a callback or policy: given to on_error, or thrown from step once everything due has run.
function Client:report(message)
  self.errors[#self.errors + 1] = message == nil and "nil" or message
end

--- A job is over, and its last callback called: whoever waits for it goes on.
function Client:finished(job)
  if self.jobs[job.id] then
    self.jobs[job.id] = nil
    self.running = self.running - 1
  end
  self:wake(job)
  self:rested()
end

--- A job was cancelled: what it waits for ends now, but for a submission under way.
function Client:interrupt(job)
  if job.transfer and job.state ~= "submitting" then self.engine:cancel(job.transfer) end
  if not job.flow then self.schedule:add(self.host.now(), job) end
  if job.asking then -- what its policy still waits for comes too late
    job.asking.stopped = true
    self:wake(job.asking)
  end
  self:stir()
end

--- Ends everything: running jobs stop where they are, and their records can be adopted later. Who waits for one is thrown out.
function Client:close()
  if self.closed then return end
  self.closed = true
  if self.host.detach then self.host.detach(self) end
  self.engine:close()
  self.transfers, self.flows, self.free_flows = {}, {}, {}
  self:deliver()
  local left = {}
  for waiter in pairs(self.waiters) do left[#left + 1] = waiter end
  self:wake { waiters = left }
end

return M
