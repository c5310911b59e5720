--- Flows: the coroutines of a client. What runs in one may wait for transfers, for time and for other flows; what is at rest between two steps
--- has none. These are methods of the client.
local coroutine = require "retake.coroutines"
local job_of = require "retake.job"

local Client = {}

-- What a flow yields while it waits for something of the client's: a yield of anything else would never be resumed.
local WAITING = {}
-- What a job's flow yields when the job is at rest or over: it takes another job then, for a coroutine is the most memory that a step needs.
local FREE = {}
-- So many of them are kept; what a job resumes one with, so that nobody else's resume is taken for one.
local MOST_FREE, NEXT = 32, {}

-- The longest single wait, where nothing says when the next event is due.
local LONGEST = 3600

--- Throws at the caller's place where the client is closed.
---@param level integer of the caller
function Client:check_open(level)
  if self.closed then error("the client is closed", level + 1) end
end

local function let_go(client, flow, job)
  client.flows[flow] = nil
  if job then job.flow = nil end
end

local function set_free(client, flow)
  let_go(client, flow, client.flows[flow])
  if #client.free_flows < MOST_FREE then table.insert(client.free_flows, flow) end
end

local function walk_jobs(sign, job)
  while sign == NEXT do
    job.client.unbegun = false
    job_of.walk(job)
    sign, job = coroutine.yield(FREE)
  end
end

local function new_flow(client)
  local flow = table.remove(client.free_flows)
  while flow and coroutine.status(flow) ~= "suspended" do flow = table.remove(client.free_flows) end -- somebody else resumed it
  return flow or coroutine.create(walk_jobs)
end

-- A flow is a coroutine of the client: what runs in it may wait for transfers and time.
local function go_on(client, flow, ...)
  local outer = client.current
  client.current = flow
  local ok, trouble = coroutine.resume(flow, ...)
  client.current = outer
  if ok and trouble == WAITING then return end
  if ok and trouble == FREE then return set_free(client, flow) end
  if ok and coroutine.status(flow) ~= "dead" then
    ok, trouble = false, "a policy or callback yielded by itself: to wait it has client:sleep and job:await"
  end
  local job = client.flows[flow]
  let_go(client, flow, job)
  if ok then return end
  if job and not job.done then job:crashed(tostring(trouble)) end
  local signal = client.called[flow]
  if not signal or signal.callback then return client:report(debug.traceback(flow, tostring(trouble))) end
  signal.done, signal.trouble = true, tostring(trouble) -- for whoever waits in call
  client:wake(signal)
end

local function walk_job(client, job)
  if job.done or job.flow or client.closed then return end
  job.parked = nil
  local flow = new_flow(client)
  client.flows[flow] = job -- first: a job that has a flow is taken to be on its way
  job.flow, client.unbegun = flow, flow
  go_on(client, flow, NEXT, job)
end

-- Resumes a coroutine of the script's own that waited beside its loop.
local function resume_waiter(client, waiter)
  local ok, trouble = coroutine.resume(waiter.thread)
  if not ok then client:report(debug.traceback(waiter.thread, tostring(trouble))) end
end

-- An item is a flow to go on with, a call, a job that is over, or whoever waited for one.
local function perform(client, item)
  local kind = type(item)
  if kind == "function" then item()
  elseif kind == "table" and rawget(item, "record_") then client:finished(item)
  elseif kind == "table" then resume_waiter(client, item)
  elseif not client.closed then go_on(client, item) end
end

--- Does that now, or with the next step where this one's time is used up, or what came before it is left over, too.
---@param item thread|function|table
function Client:in_time(item)
  local left = self.left
  if left:keeps() and pcall(left.keep, left, item) then return end -- without memory to keep it, it is done late rather than lost
  perform(self, item)
end

-- In a flow of its own: what it yields must not reach whoever calls the step that has time for it.
local function keep_call(client, fn, what, job)
  local flow = coroutine.create(function()
    local ok, trouble = pcall(fn, what, job)
    if not ok then client:report(trouble) end
  end)
  client.called[flow] = { job = job, callback = true }
  client.left:keep(function() go_on(client, flow) end)
end

--- Calls a callback of the script, in time; its error is reported and does not disturb the job.
---@param fn function
---@param what any
---@param job table|nil
function Client:protect(fn, what, job)
  if self.left:keeps() and pcall(keep_call, self, fn, what, job) then return end
  local ok, trouble = pcall(fn, what, job)
  if not ok then self:report(trouble) end
end

--- In a flow, where nothing is under way: goes on with the next step where the time of this one is used up.
function Client:give_way()
  local left = self.left
  if left:keeps() and pcall(left.keep, left, self.current) then coroutine.yield(WAITING) end
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
  local outcome = coroutine.yield(WAITING)
  self.transferring = self.transferring - 1
  if job then job.transfer = nil end
  return outcome
end

--- Waits, in a flow.
---@param seconds number
function Client:sleep(seconds)
  if coroutine.running() ~= self.current or not self.current then error("sleep is for policies and flows of the client", 2) end
  if type(seconds) ~= "number" or seconds ~= seconds then error("sleep needs a number of seconds", 2) end
  self.schedule:add(self.host.now() + seconds, self.current)
  coroutine.yield(WAITING)
end

--- What is due has changed: a host that steps by itself is told.
function Client:stir()
  local stirred = self.host.stirred
  if stirred and not self.closed then stirred(self) end
end

--- Runs fn in a flow of its own, beside the caller.
---@param fn function
function Client:spawn(fn)
  go_on(self, coroutine.create(fn))
  self:stir()
end

--- Runs fn in a flow and waits until it is over; what it throws is thrown here.
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
  self.called[flow] = signal
  go_on(self, flow)
  self:stir()
  self:wait_until(signal)
  self.called[flow] = nil
  self.running = self.running - 1
  self:rested()
  if signal.trouble then error(signal.trouble, 0) end
end

--- Waits, in a flow, until the signal is given (signal.done), interrupted (signal.stopped), or its time is over (signal.late).
---@param signal table
---@param until_time number
function Client:wait_signal(signal, until_time)
  local running = coroutine.running()
  if running ~= self.current or not self.current then error("only policies and flows of the client can wait for an answer", 2) end
  if signal.done then return end
  self.schedule:add(until_time, { ring = function()
    signal.late = not signal.done
    self:wake(signal)
  end })
  while not (signal.done or signal.late or signal.stopped) do
    signal.waiters = signal.waiters or {}
    signal.waiters[#signal.waiters + 1] = { thread = running, flow = true }
    coroutine.yield(WAITING)
  end
end

--- Gives a signal: whoever waits for it goes on with the next step.
function Client:signal(signal)
  signal.done = true
  self.schedule:add(self.host.now(), { ring = function() self:wake(signal) end })
  self:stir()
end

-- A policy that computes for ever would keep every other job waiting: after so many steps of the machine it is stopped. LuaJIT has no such
-- count for one coroutine, and where somebody else counts (a debugger, a coverage tool) nothing is counted here.
local MOST_STEPS, STEPS = 1e8, 1e6

local function watch(flow)
  if rawget(_G, "jit") or debug.gethook() then return end
  local taken = 0
  local function stop() error(("it computed for %.0f million steps without an answer"):format(MOST_STEPS / 1e6), 0) end
  debug.sethook(flow, function()
    taken = taken + STEPS
    if taken <= MOST_STEPS then return end
    debug.sethook(flow, stop, "", 1) -- at each step from here on: a policy that catches errors would go on else
    stop()
  end, "", STEPS)
end

--- Runs a script's function for a job, in a flow of its own, so that it may wait, and neither its errors nor its silence reach anybody else.
--- Called in the job's flow.
---@param job table
---@param fn function
---@return any answer, string|nil trouble what it threw, or "late" where the job's deadline passed, or "cancelled"
---@return string|nil traceback
function Client:run_for(job, fn)
  local signal, answer = { job = job }, nil
  self:give_way()
  if job.cancelled then return nil, "cancelled" end
  local flow = coroutine.create(function()
    answer = fn()
    signal.done = true
    self:wake(signal)
  end)
  watch(flow)
  self.called[flow] = signal
  go_on(self, flow)
  if not signal.done then
    job.asking = signal
    self:wait_signal(signal, job.record_.deadline_at)
    job.asking = nil
  end
  if signal.trouble == "not enough memory" then error(signal.trouble, 0) end
  if signal.trouble then return nil, signal.trouble, debug.traceback(flow, signal.trouble) end
  if signal.done then return answer end
  return nil, job.cancelled and "cancelled" or "late"
end

--- Resumes whoever waits for the signal.
function Client:wake(signal)
  local waiters = signal.waiters
  signal.waiters = nil
  for _, waiter in ipairs(waiters or {}) do
    local waits = self.waiters[waiter] -- or it was woken by the client's end before
    self.waiters[waiter] = nil
    if waiter.flow then self:in_time(waiter.thread)
    elseif waits and waiter.wake then
      local ok, trouble = pcall(waiter.wake) -- of the host: it only notes that its thread goes on
      if not ok then self:report(trouble) end
    elseif waits then self:in_time(waiter) end
  end
end

-- How the caller waits beside a loop that drives the client; nil where it has to wait itself.
local function waiter_of(client, running, main)
  if client.host.park then return client.host.park() end
  return client.host.driven and running and not main and { thread = running } or nil
end

-- Whether whoever asks may go on. A job whose last callbacks did not fit into a step is over before they were called: those who await it hear
-- of its end after them, but for the callbacks themselves, which would wait for what comes after them.
local function is_over(client, signal, running)
  if not signal.done or client.closed or client.jobs[signal.id or false] ~= signal then return signal.done end
  return client.stepping == (running or true)
end

--- Waits until signal.done.
function Client:wait_until(signal)
  local running, main = coroutine.running()
  local in_flow = self.current and running == self.current
  local own = in_flow and (self.flows[running] or self.called[running] and self.called[running].job)
  if own and own == signal then
    if signal.done then return end
    error("a job cannot wait for its own end", 3)
  end
  while not is_over(self, signal, running) do
    if self.closed and not in_flow then error("the client is closed", 3) end
    local waiter = in_flow and { thread = running, flow = true } or waiter_of(self, running, main)
    if waiter then
      signal.waiters = signal.waiters or {}
      signal.waiters[#signal.waiters + 1] = waiter
      if not in_flow then
        self.waiters[waiter] = true
        self:stir() -- the caller's loop may be another than the one that drives the client so far
      end
      if waiter.sleep then waiter.sleep() else coroutine.yield(WAITING) end
    else
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
  if not self.left:empty() or #self.errors > 0 or not self.turns:empty() and not self:busy() then return 0 end
  local due = self.schedule:next_time()
  local engine = self.engine:timeout()
  if due then due = math.max(0, due - self.host.now()) end
  if due and engine then return math.min(due, engine) end
  return due or engine
end

--- The descriptor that becomes readable when step has something to do, with events and timeout: the protocol of cqueues.
function Client:pollfd() return self.engine:pollfd() end
function Client:events() return self.engine:events() end

-- Tells on_error of mistakes, in the time that is left.
---@param first boolean|nil the first is told in any case
---@return boolean told
local function tell_errors(client, first)
  local errors, on_error = client.errors, client.options.on_error
  local told = false
  while on_error and #errors > 0 and (first and not told or not client.left:late()) do
    told = true
    on_error(table.remove(errors, 1))
  end
  return told
end

local function take_outcome(client)
  local outcome = client.engine:take()
  if not outcome then return false end
  local flow = client.transfers[outcome.id]
  if flow then go_on(client, flow, outcome) end
  client.transfers[outcome.id] = nil
  return true
end

-- A job is due. Where all transfers are taken it waits for its turn, but for its deadline, or somebody who cancels it.
local function job_due(client, job, now)
  local record = job.record_
  local pressing = job.cancelled or now >= record.deadline_at
  if pressing then job.held_back = nil
  elseif job.held_back then return end
  if pressing or not client:busy() then return walk_job(client, job) end
  if not job.done and not job.flow then client.turns:hold(client, job) end
end

local function take_turn(client)
  local job = not client:busy() and client.turns:take()
  if not job then return false end
  walk_job(client, job)
  return true
end

local function take_due(client, now)
  local item = client.schedule:take(now)
  if not item then return false end
  if type(item) == "thread" then go_on(client, item)
  elseif rawget(item, "ring") then item.ring()
  elseif not rawget(item, "record_") then -- an alarm; the job may be gone
    if item.late and (item.late.held_back or item.late.parked) then job_due(client, item.late, now) end
  else job_due(client, item, now) end
  return true
end

local function take_left(client)
  local item = client.left:take()
  if item then perform(client, item) end
  return item ~= nil
end

-- All there is to do.
local function work(client)
  while take_left(client) do end
  while take_outcome(client) do end
  local now = client.host.now()
  while take_turn(client) do end
  while take_due(client, now) do end
end

local sources = { take_outcome, take_turn, take_due }

-- One thing of the source whose turn it is: with little time in each step none of them may starve.
local function take_next(client, now)
  for _ = 1, #sources do
    client.source = client.source % #sources + 1
    if sources[client.source](client, now) then return true end
  end
  return false
end

-- One thing after the other until the time is used up; at least one.
local function work_in_time(client)
  local now = client.host.now()
  repeat
    local worked = take_left(client) or take_next(client, now)
  until not worked or client.left:late()
end

-- Whether a job's flow will not be called again by anyone: it never came to the job, or it ended without a word.
local function is_stranded(client, job)
  return job.flow and (coroutine.status(job.flow) == "dead" or client.unbegun == job.flow)
end

-- A step that was thrown out of (memory ran out between two lines) may have left jobs that nothing will call again, and flows whose outcome
-- was taken from the engine and never reached them: whether that request did something is then unknown.
local function find_lost(client)
  local over, unheard = {}, {}
  for _, job in pairs(client.jobs) do
    if is_stranded(client, job) then let_go(client, job.flow, job) end
    if job.done then over[#over + 1] = job
    elseif job.flow and job.transfer and not client.engine:progress(job.transfer) then unheard[#unheard + 1] = job
    elseif not job.flow and not job.parked then client.schedule:add(client.host.now(), job) end
  end
  for _, job in ipairs(unheard) do
    client.transfers[job.transfer] = nil
    go_on(client, job.flow, { kind = "memory", sent = true, message = "memory ran out as the outcome came in" })
  end
  for _, job in ipairs(over) do client:finished(job) end -- may start others
end

--- Does what is due, and never waits. Errors of callbacks are thrown from here, after everything due has run.
---@param budget number|nil seconds: once they are used up nothing more is begun, and no further callback is called; what is left over comes
---  first in the next step, in order. At least one thing is done in each
---@param level integer|nil of the caller, for error positions
---@return integer running jobs that are not over, or whose callbacks have not all been called
function Client:step(budget, level)
  level = (level or 1) + 1
  self:check_open(level)
  if budget ~= nil and not (type(budget) == "number" and budget >= 0) then
    error("a step's budget is a number of seconds, not negative", level)
  end
  local left, errors = self.left, self.errors
  local outer, outer_stepping = self.shaken and left.ends, self.shaken and self.stepping -- this step is called from a callback of another
  left:begin(budget)
  if not self.engine:step(0, budget) then error("a client cannot be used in a process forked from its own", level) end
  if not (tell_errors(self, true) and left:late()) then
    local shaken = self.shaken
    self.shaken, self.stepping = true, coroutine.running() or true
    if shaken then find_lost(self) end
    if budget then work_in_time(self) else work(self) end
    self.shaken = false
  end
  tell_errors(self)
  left.ends, self.stepping = outer, outer_stepping
  self:stir()
  if #errors > 0 and not self.options.on_error then error(table.remove(errors, 1), 0) end -- one a step, so that all are heard of
  return self.running
end

--- Waits for the next event, at most so long, and does what is due.
---@param seconds number|nil at most
---@return integer running
function Client:wait(seconds)
  self:check_open(2)
  local timeout = math.min(self:timeout() or LONGEST, seconds or math.huge)
  self.host.wait(self.engine, timeout)
  return self:step()
end

--- Until all jobs are over, or a callback has closed the client. Where threads of a loop can be parked only the caller waits.
function Client:run()
  self:check_open(2)
  while self.running > 0 and not self.closed do
    if self.host.park then
      self.rest = self.rest or {}
      self:wait_until(self.rest)
    else self:wait() end
  end
end

--- The script hears of what has happened, though the client is closed.
function Client:deliver()
  self.left:close()
  while take_left(self) do end
end

--- Something ended; where nothing runs any more, whoever waits in run goes on.
function Client:rested()
  local rest = self.rest
  if self.running > 0 or not rest then return end
  self.rest, rest.done = nil, true
  self:wake(rest)
end

return Client
