--- A client: providers with their keys, one policy, one gate, one engine, and the jobs that run over them.
local core = require "retake.core"
local health_of = require "retake.health"
local host_of = require "retake.host"
local http = require "retake.http"
local job_of = require "retake.job"
local journal_of = require "retake.journal"
local policy_of = require "retake.policy"
local provider_of = require "retake.provider"
local request_of = require "retake.request"
local schedule_of = require "retake.schedule"

local M = {}

local Client = {}
Client.__index = Client
Client.__tostring = function() return "retake client" end -- never its keys

-- Seconds and attempts that span a whole job where the client names none.
local DEFAULT_DEADLINE = 3600
local DEFAULT_ATTEMPTS = 12
-- Transfers at once; as many again may be queued in the engine, so that it never runs dry.
local DEFAULT_CONCURRENCY = 64

local option_kinds = {
  providers = "table", policy = "function", host = "any", journal = "table", deadline = "number", max_credits = "number",
  max_attempts = "number", reroute_refused = "boolean", accept_double_charge = "boolean", on_event = "function",
  on_error = "function", concurrency = "number",
}

local provider_kinds = {
  key = "string", base_url = "string", headers = "table", concurrency = "number", timeout = "table", ca_file = "string", proxy = "string",
  upload_url = "string",
}

local function check_options(options, kinds, what, level)
  for name, value in pairs(options) do
    local kind = kinds[name]
    if not kind then error(("unknown option %s%s"):format(what, tostring(name)), level + 1) end
    if kind ~= "any" and type(value) ~= kind then
      error(("option %s%s has to be a %s, not a %s"):format(what, name, kind, type(value)), level + 1)
    end
  end
end

-- A line break in a key or header would end up as a header of its own.
local function check_header_text(value, what, level)
  if value and value:find "[%c%s]" then error(what .. " holds white space or control characters", level + 1) end
end

local function check_settings(name, settings, level)
  local definition = provider_of.get(name)
  if not definition then error(("unknown provider '%s'"):format(tostring(name)), level + 1) end
  check_options(settings, provider_kinds, "providers." .. name .. ".", level + 1)
  check_header_text(settings.key, "the key of " .. name, level + 1)
  for _, key in ipairs { "base_url", "upload_url" } do
    if settings[key] and not http.allowed_url(settings[key]) then
      error(("providers.%s.%s has to be https; plain http is for this machine only"):format(name, key), level + 1)
    end
  end
  for clock, seconds in pairs(settings.timeout or {}) do
    if not http.default_timeout[clock] or type(seconds) ~= "number" or seconds <= 0 then
      error(("providers.%s.timeout.%s: connect, first_byte, idle and total are seconds"):format(name, tostring(clock)), level + 1)
    end
  end
end

local function settings_of(definition, given)
  local settings = {}
  for key, value in pairs(given or {}) do settings[key] = value end
  settings.key = settings.key or definition.key_variable and os.getenv(definition.key_variable) or nil
  if settings.key then settings.key = settings.key:gsub("^%s+", ""):gsub("%s+$", "") end
  if settings.key == "" then settings.key = nil end
  settings.base_url = (settings.base_url or definition.base_url):gsub("/+$", "")
  settings.upload_url = settings.upload_url and settings.upload_url:gsub("/+$", "")
  return settings
end

--- Makes a client.
---@param options table|nil providers, policy, host, journal, deadline (s, default 3600), max_credits, max_attempts (12), reroute_refused,
---  accept_double_charge, on_event, on_error, concurrency (transfers at once, 64)
---@param level integer|nil of the caller, for error positions
---@return table client
function M.new(options, level)
  level = (level or 1) + 1
  options = options or {}
  if type(options) ~= "table" then error("client options are a table", level) end
  check_options(options, option_kinds, "", level)
  for name, settings in pairs(options.providers or {}) do check_settings(name, settings, level) end
  for _, name in ipairs { "deadline", "max_attempts" } do
    if options[name] and options[name] <= 0 then error(name .. " has to be over 0", level) end
  end
  local concurrency = options.concurrency or DEFAULT_CONCURRENCY
  return setmetatable({
    options = options, settings = {}, host = options.host and host_of.get(options.host, level) or host_of.detect(),
    engine = assert(core.engine { concurrency = concurrency }), most_transfers = 2 * concurrency, transferring = 0, transfers = {},
    gate = core.gate { reroute_refused = options.reroute_refused, accept_double_charge = options.accept_double_charge },
    journal = options.journal or journal_of.memory(), policy = options.policy or policy_of.standard(),
    schedule = schedule_of.new(), health_ = health_of.new(), jobs = {}, running = 0, flows = {}, tasks = {}, batches = {}, errors = {},
  }, Client)
end

--- A provider's definition and this client's settings for it; nil for a name nobody knows.
---@param name string
---@return table|nil definition, table|nil settings
function Client:provider(name)
  local definition = provider_of.get(name)
  if not definition then return nil end
  local settings = self.settings[name]
  if not settings then
    settings = settings_of(definition, (self.options.providers or {})[name])
    self.settings[name] = settings
  end
  return definition, settings
end

local function check_open(client, level)
  if client.closed then error("the client is closed", level + 1) end
end

local function enlist(client, job)
  client.jobs[job.id] = job
  client.running = client.running + 1
  client.schedule:add(client.host.now(), job)
  return job
end

--- Starts a job and returns at once; it goes on in step, run and await.
---@param request table model ("provider/model"), prompt, image, ... (see the README); deadline, max_credits and max_attempts for this job
---@return table job
function Client:start(request)
  check_open(self, 2)
  if type(request) ~= "table" then error("a request is a table", 2) end
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
  return enlist(self, job_of.new(self, job_of.record(plain, limits, self.host.now())))
end

--- Goes on with a job from its record alone, in whatever state it was left; policy and callbacks are this client's.
---@param record table as job:record() gave it, also by way of JSON
---@return table job
function Client:adopt(record)
  check_open(self, 2)
  if type(record) ~= "table" or record.version ~= 1 or type(record.request) ~= "table" or type(record.state) ~= "string" then
    error("not a record of a job", 2)
  end
  if self.jobs[record.id] then return self.jobs[record.id] end
  local job = job_of.new(self, record)
  if job.done then
    job.fault = record.fault and record.state == "failed" and core.attach_attempts(core.fault(record.fault), record.attempts) or nil
    return job
  end
  return enlist(self, job)
end

--- A job of this client that is not over yet.
---@param id string
---@return table|nil job
function Client:find(id)
  return self.jobs[id]
end

--- Goes on with a job of the journal.
---@param id string
---@return table|nil job nil where the journal has no such record
function Client:resume(id)
  if self.jobs[id] then return self.jobs[id] end
  local record = self.journal:get(id)
  return record and self:adopt(record) or nil
end

--- How each model has been doing for this client.
---@return table<string, table> by "provider/model": succeeded, failed, in_a_row, classes, succeeded_at, failed_at
function Client:health()
  return self.health_:report()
end

--- What the provider says of the account: credits, limits and usage by model, as far as it says anything.
---@param name string the provider's
---@return table|nil account credits, models, usage, userdata|nil fault
function Client:account(name)
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

--- Notes a mistake in a callback or policy: given to on_error, or thrown from step once everything due has run.
function Client:report(message)
  self.errors[#self.errors + 1] = message
end

--- Calls a callback of the script; its error is reported and does not disturb the job.
function Client:protect(fn, ...)
  local ok, trouble = pcall(fn, ...)
  if not ok then self:report(trouble) end
end

-- A flow is a coroutine of the client: what runs in it may wait for transfers and time.
local function go_on(client, flow, ...)
  local outer = client.current
  client.current = flow
  local ok, trouble = coroutine.resume(flow, ...)
  client.current = outer
  if coroutine.status(flow) ~= "dead" then return end
  local job = client.flows[flow]
  client.flows[flow] = nil
  if job then job.flow = nil end
  if not ok then
    client:report(debug.traceback(flow, tostring(trouble)))
    if job and not job.done then job:crashed(tostring(trouble)) end
  end
end

local function walk_job(client, job)
  if job.done or job.flow then return end
  job.parked = nil
  local flow = coroutine.create(job_of.walk)
  job.flow = flow
  client.flows[flow] = job
  go_on(client, flow, job)
end

--- Waits for a transfer, in a flow.
---@param id integer
---@return table outcome
function Client:wait_transfer(id)
  local flow = coroutine.running()
  local job = self.flows[flow]
  self.transfers[id] = flow
  self.transferring = self.transferring + 1
  if job then job.transfer = id end
  local outcome = coroutine.yield()
  self.transferring = self.transferring - 1
  if job then job.transfer = nil end
  return outcome
end

--- Waits, in a flow.
---@param seconds number
function Client:sleep(seconds)
  if coroutine.running() ~= self.current or not self.current then error("sleep is for policies and flows of the client", 2) end
  self.schedule:add(self.host.now() + seconds, self.current)
  coroutine.yield()
end

--- Runs fn in a flow of its own, beside the caller.
---@param fn function
function Client:spawn(fn)
  go_on(self, coroutine.create(fn))
end

--- Runs fn in a flow and waits until it is over.
---@param fn function
function Client:call(fn)
  if self.current and coroutine.running() == self.current then return fn() end
  local signal = {}
  local flow = coroutine.create(function()
    fn()
    signal.done = true
    self:wake(signal)
  end)
  self.running = self.running + 1
  go_on(self, flow)
  self:wait_until(signal)
  self.running = self.running - 1
end

--- Resumes whoever waits for the signal.
function Client:wake(signal)
  local waiters = signal.waiters
  signal.waiters = nil
  for _, waiter in ipairs(waiters or {}) do
    if waiter.flow then go_on(self, waiter.thread)
    else
      local ok, trouble = coroutine.resume(waiter.thread)
      if not ok then self:report(debug.traceback(waiter.thread, tostring(trouble))) end
    end
  end
end

--- Waits until signal.done.
function Client:wait_until(signal)
  local running, main = coroutine.running()
  local in_flow = self.current ~= nil and running == self.current
  while not signal.done do
    if in_flow or (self.host.driven and running and not main) then
      signal.waiters = signal.waiters or {}
      signal.waiters[#signal.waiters + 1] = { thread = running, flow = in_flow }
      coroutine.yield()
    else
      if self.closed then error("the client is closed", 3) end
      self:wait()
    end
  end
end

--- Whether so many transfers are under way or queued that what is due waits for one to end: a job at rest costs far less memory than a
--- queued transfer with its coroutine and body, and ten thousand may fall due at once.
---@return boolean
function Client:busy()
  return self.transferring >= self.most_transfers
end

--- Seconds until something is due; nil where only transfers or nothing is waited for.
---@return number|nil seconds
function Client:timeout()
  local due = not self:busy() and self.schedule:next_time() or nil
  local engine = self.engine:timeout()
  if due then due = math.max(0, due - self.host.now()) end
  if due and engine then return math.min(due, engine) end
  return due or engine
end

--- The descriptor that becomes readable when step has something to do, with events and timeout: the protocol of cqueues.
function Client:pollfd() return self.engine:pollfd() end
function Client:events() return self.engine:events() end

local function raise_errors(client)
  local errors = client.errors
  if #errors == 0 then return end
  client.errors = {}
  local on_error = client.options.on_error
  if on_error then
    for _, trouble in ipairs(errors) do on_error(trouble) end
  else error(errors[1], 0) end
end

local function take_outcomes(client)
  while true do
    local outcome = client.engine:take()
    if not outcome then return end
    local flow = client.transfers[outcome.id]
    client.transfers[outcome.id] = nil
    if flow then go_on(client, flow, outcome) end
  end
end

local function run_due(client)
  local now = client.host.now()
  while not client:busy() do
    local item = client.schedule:take(now)
    if not item then return end
    if type(item) == "thread" then go_on(client, item) else walk_job(client, item) end
  end
end

--- Does what is due, and never waits. Errors of callbacks are thrown from here, after everything due has run.
---@return integer running jobs that are not over
function Client:step()
  check_open(self, 2)
  if not self.engine:step(0) then error("a client cannot be used in a process forked from its own", 2) end
  take_outcomes(self)
  run_due(self)
  raise_errors(self)
  return self.running
end

--- Waits for the next event, at most so long, and does what is due.
---@param seconds number|nil at most
---@return integer running
function Client:wait(seconds)
  check_open(self, 2)
  local timeout = math.min(self:timeout() or 3600, seconds or 3600)
  self.host.wait(self.engine, timeout)
  return self:step()
end

--- Until all jobs are over.
function Client:run()
  while self.running > 0 do self:wait() end
end

--- A place among the provider's tasks at once, where the client limits them; without one the job waits in order of arrival.
---@return boolean acquired
function Client:acquire(job)
  local _, settings = self:provider(job.provider)
  if job.holds or not settings.concurrency then return true end
  local tasks = self.tasks[job.provider] or { count = 0, first = 1, last = 0 }
  self.tasks[job.provider] = tasks
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
  local tasks = self.tasks[job.provider] or { count = 0, first = 1, last = 0 }
  self.tasks[job.provider] = tasks
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

--- A job is over: whoever waits for it goes on.
function Client:finished(job)
  if self.jobs[job.id] then
    self.jobs[job.id] = nil
    self.running = self.running - 1
  end
  self:wake(job)
end

--- A job was cancelled: what it waits for ends now, but for a submission under way.
function Client:interrupt(job)
  if job.transfer and job.state ~= "submitting" then self.engine:cancel(job.transfer) end
  if not job.flow then self.schedule:add(self.host.now(), job) end
end

--- Ends everything: running jobs stop where they are, and their records can be adopted later.
function Client:close()
  if self.closed then return end
  self.closed = true
  self.engine:close()
  self.transfers, self.flows = {}, {}
end

return M
