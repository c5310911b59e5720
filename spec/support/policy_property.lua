--- Many jobs with random policies against random faults, and what is true of every one of them. See spec/policy_property_spec.lua.

local accounts = require "spec.support.accounts"
local chance_of = require "spec.support.chance"
local judge_of = require "spec.support.provider_judge"
local random_policies = require "spec.support.random_policies"
local random_scripts = require "spec.support.random_scripts"
local twin_of = require "spec.support.twin"

local M = {}

-- A client that has not come to an end after so many steps never will.
local MOST_STEPS = 200000

-- What becomes of requests that never reach the provider: the way there is broken for a while.
local unsent = { { kind = "connect", sent = false, message = "no connection could be made" },
  { kind = "resolve", sent = false, message = "the host name could not be resolved" }, { kind = "tls", sent = false, message = "the TLS connection failed" },
  { kind = "timeout", timeout = "connect", sent = false, message = "the time ran out" } }

---- one client with its jobs -------------------------------------------------------------------------------------------------------------------

-- The client's policy asks the job's own.
local function asks(policies)
  return function(fault, job)
    local own = policies[job.id]
    if own then return own(fault, job) end
  end
end

local function cancel_later(client, job, seconds)
  client:spawn(function()
    client:sleep(seconds)
    job:cancel()
  end)
end

-- Starts the jobs, each with a policy of its own; jobs that policies start are found too.
local function start_all(run, client, count)
  local chance, start = run.chance, client.start
  run.numbers = {}
  function client:start(request)
    local job = start(self, request)
    run.jobs[#run.jobs + 1] = job
    return job
  end
  for n = 1, count do
    local policy, name = random_policies.new(chance)
    local request = random_scripts.request(chance)
    if run.socket then -- whose it is has to be told from the log
      request.prompt, request.deadline = ("%s, job %d"):format(request.prompt, n), math.max(request.deadline, 300)
    end
    local job = client:start(request)
    run.numbers[job.id] = n
    rawset(job, "name_", name)
    run.policies[job.id] = policy
    if chance:yes(0.03) then cancel_later(client, job, chance:number() * 60) end
  end
end

local function until_over(client)
  for _ = 1, MOST_STEPS do
    if client.running == 0 then return true end
    client:wait()
  end
  return false
end

---- what has to be true -------------------------------------------------------------------------------------------------------------------------

local function check_end(job, problems)
  local function blame(text, ...) problems[#problems + 1] = ("job %s: " .. text):format(job.name_ or "of a policy", ...) end
  local record = job.record_
  if not job.done then return blame("it did not end (%s)", job.state) end
  local lived, given = record.finished_at - record.created_at, record.deadline_at - record.created_at
  if lived > given * 1.01 then blame("it lived %.2f s, its deadline was %g s", lived, given) end
  if (job:result() == nil) == (job.fault == nil) then blame("it has both a result and a fault, or neither") end
  if job.fault and job.fault.class == "unknown" and tostring(job.fault.message):find("a step of the job failed", 1, true) then
    blame("it crashed: %s", job.fault.message)
  end
  for _, row in ipairs(job.attempts) do
    if not row.ended_at then blame("a row of its ledger is open") end
    -- a job that gave the task up while it ran knows no cost; all others do, where the provider tells one
    if row.effect == "finished" and not row.credits and row.provider ~= "runware" then blame("a finished task without a cost") end
  end
end

-- Whatever the jobs, their ledgers are the provider's books.
local function check_books(run, tasks, problems)
  local ledgers, known, charged = {}, 0, 0
  local costs = {}
  for _, list in pairs(tasks) do
    for _, task in ipairs(list) do costs[task.id] = task.cost end
  end
  for place, job in ipairs(run.jobs) do
    ledgers[place] = job.attempts
    for _, row in ipairs(job.attempts) do
      if row.credits then known, charged = known + row.credits, charged + (costs[row.task_id] or 0) end
    end
  end
  for _, problem in ipairs(accounts.compare(ledgers, tasks)) do problems[#problems + 1] = problem end
  if math.abs(known - charged) > 1e-6 then problems[#problems + 1] = ("the ledgers sum up to %g, the provider's books to %g"):format(known, charged) end
end

---- in one process ------------------------------------------------------------------------------------------------------------------------------

local function is_submission(request, job) return job and job.state == "submitting" and request.method == "POST" end

--- Runs so many jobs of one client over the twin of the network, with the judge reading along.
---@param seed integer
---@param count integer
---@return string[] problems, table run jobs, submissions, polls, classes
function M.in_process(seed, count)
  local chance = chance_of.new(seed)
  math.randomseed(seed)
  local run = { chance = chance, jobs = {}, policies = {}, classes = {}, submissions = 0, polls = 0, errors = 0 }
  local script, options, down = random_scripts.script(chance), random_scripts.options(chance), chance:yes(0.3) and chance:number() * 0.3 or 0
  local twin, judge
  local function task_of(id)
    local runway, others = twin.world.runway.tasks[id], twin.world.others
    if runway then return runway, "runway" end
    if others.evolink.tasks[id] then return others.evolink.tasks[id], "evolink" end
    return others.runware.tasks[id], "runware"
  end
  options.policy, options.on_error = asks(run.policies), function() run.errors = run.errors + 1 end
  options.on_event = function(event, job)
    if event.event ~= "fault" then return end
    run.classes[event.class] = (run.classes[event.class] or 0) + 1
    judge:heard(job, event)
  end
  twin = twin_of.new(script, options, {
    lose = function(request, job)
      if not chance:yes(down) then return nil end
      if is_submission(request, job) then judge:lost(job, request.url:match "^%a+://[^/]+([^?]*)", request.body, twin_of.identity_of(request)) end
      return chance:pick(unsent)
    end,
    on_entry = function(entry, job)
      if entry.operation == "submit" and job then
        run.submissions = run.submissions + 1
        judge:sent(job, entry)
      elseif entry.operation == "poll" then
        run.polls = run.polls + 1
        judge:polled(entry, task_of)
      end
    end,
  })
  judge = judge_of.new { now = twin.host.now, reroute_refused = options.reroute_refused, accept_double_charge = options.accept_double_charge }
  start_all(run, twin.client, count)
  local problems = judge.problems
  if not until_over(twin.client) then problems[#problems + 1] = "the client came to no end" end
  for _, job in ipairs(run.jobs) do check_end(job, problems) end
  check_books(run, twin_of.tasks(twin), problems)
  run.script, run.options, run.twin = script, options, twin
  twin.client:close()
  return problems, run
end

---- over sockets ----------------------------------------------------------------------------------------------------------------------------------

local function settings_at(base_url, given)
  local settings = { key = "key_spec", base_url = base_url, timeout = { connect = 5, first_byte = 0.15, idle = 0.15, total = 5 } }
  for key, value in pairs(given or {}) do settings[key] = value end
  return settings
end

-- The submissions in the log by the job whose number stands in their prompts, and how often each task was said not to be there.
local function by_job(log)
  local found, missing = {}, {}
  for _, entry in ipairs(log) do
    local number = entry.operation == "submit" and tostring(entry.body):match "[Jj][Oo][Bb] (%d+)"
    if number then
      found[number] = found[number] or {}
      table.insert(found[number], entry)
    end
    if entry.operation == "poll" and entry.fault == "missing" then
      if not entry.task_id then missing.all = true else missing[entry.task_id] = (missing[entry.task_id] or 0) + 1 end
    end
  end
  return found, missing
end

local function tasks_of(simulator)
  local state, by_id = simulator:state(), {}
  local lists = { runway = state.tasks, evolink = state.evolink.tasks, runware = state.runware.tasks }
  for _, list in pairs(lists) do
    for _, task in ipairs(list) do by_id[task.id] = task end
  end
  return lists, by_id
end

--- The same over real sockets, against a simulator that is another process, which is the judge by what it logged.
---@param simulator table
---@param seed integer
---@param count integer
---@return string[] problems, table run
function M.over_sockets(simulator, seed, count)
  local chance = chance_of.new(seed)
  math.randomseed(seed)
  local run = { chance = chance, jobs = {}, policies = {}, submissions = 0, polls = 0, socket = true }
  local script, options = random_scripts.script(chance), random_scripts.options(chance)
  script.keep_bodies = true
  simulator:script(script)
  local own = options.providers
  options.providers, options.host = {}, "virtual"
  for _, name in ipairs { "runway", "evolink", "runware" } do options.providers[name] = settings_at(simulator.base_url, own[name]) end
  options.policy, options.on_error = asks(run.policies), function() end
  local client = require("retake").client(options)
  start_all(run, client, count)
  local problems = {}
  if not until_over(client) then problems[1] = "the client came to no end" end
  for _, job in ipairs(run.jobs) do check_end(job, problems) end
  local lists, by_id = tasks_of(simulator)
  check_books(run, lists, problems)
  local log = simulator:log()
  local submissions, missing = by_job(log)
  local judge = judge_of.new { accept_double_charge = options.accept_double_charge or missing.all, missing = missing, problems = problems }
  for _, job in ipairs(run.jobs) do
    judge:read_log(submissions[tostring(run.numbers[job.id])] or {}, job, by_id)
    run.submissions = run.submissions + #(submissions[tostring(run.numbers[job.id])] or {})
  end
  run.polls = #log
  client:close()
  return problems, run
end

return M
