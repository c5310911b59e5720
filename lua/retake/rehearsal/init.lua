--- Rehearsals: a job taken through failures of one's choice, so that a policy can be tried before it is needed. The job runs on a twin of the
-- client: the same options and policy, the same gate, translation and ledger in the making, but a clock of its own, and a transport without a
-- network. What the client itself has learnt and spent (refused content, health, retry budgets, jobs) is neither used nor changed.
local core = require "retake.core"
local answers = require "retake.rehearsal.answers"
local clock = require "retake.rehearsal.clock"
local journal = require "retake.journal"
local ledger = require "retake.ledger"
local stage_of = require "retake.rehearsal.stage"
local transport = require "retake.rehearsal.transport"

local M = {}

-- What belongs to the client alone: its time, its records, and those who listen to it.
local own = { host = true, journal = true, on_event = true, on_error = true, on_span = true, status_pages = true }

-- A step that goes on for ever without time passing, or a policy that outlives the job's deadline, ends the rehearsal.
local MOST_STEPS, OVERTIME = 30000, 3600

local STAND_IN_KEY = "rehearsal"

---- the list ------------------------------------------------------------------------------------------------------------------------------

local step_fields = { class = "string", retry_after = "number", after = "number", category = "string" }

-- Our own verdicts end a job whatever its policy says: there is nothing to rehearse.
local function problem_with_class(class)
  if type(class) ~= "string" or not answers.meaning(class) then return ("unknown failure class '%s'"):format(tostring(class)) end
  if class:find "^local%." and class ~= "local.storage" then return class .. " is retake's own verdict, and no policy is asked about it" end
end

local function problem_with_step(step)
  for name, value in pairs(step) do
    if not step_fields[name] then return ("unknown field '%s'"):format(tostring(name)) end
    if type(value) ~= step_fields[name] then return ("%s has to be a %s"):format(name, step_fields[name]) end
    if step_fields[name] == "number" and not (value >= 0 and value < math.huge) then return name .. " is a number of seconds, not negative" end
  end
  local problem = problem_with_class(step.class)
  if problem or not step.category then return problem end
  if not answers.categories[step.category] then return ("unknown category '%s'"):format(step.category) end
  if not step.class:find "^content%." then return "a category is for refused content" end
end

local function steps_of(list, level)
  if type(list) ~= "table" then error("rehearse needs a list of failure classes", level + 1) end
  local steps = {}
  for place, entry in ipairs(list) do
    local step = {}
    for key, value in pairs(type(entry) == "table" and entry or { class = entry }) do step[key] = value end
    local problem = problem_with_step(step)
    if problem then error(("rehearse: entry %d: %s"):format(place, problem), level + 1) end
    steps[place] = step
  end
  for key in pairs(list) do
    if type(key) ~= "number" or key > #steps or key < 1 then error("rehearse needs a list of failure classes", level + 1) end
  end
  return steps
end

---- the twin ------------------------------------------------------------------------------------------------------------------------------

local function twin_of(client, steps, errors)
  local options = {}
  for name, value in pairs(client.options) do
    if not own[name] then options[name] = value end
  end
  options.host = clock.new(math.floor(client.host.now()))
  options.policy = client.policy
  options.inspect_urls = false -- a look at a URL would be sent
  options.on_error = function(message) errors[#errors + 1] = tostring(message) end
  local twin = require("retake.client").new(options)
  local stage = stage_of.new(steps, twin)
  twin.engine:close()
  twin.engine = transport.new(twin.host, function(request) return stage:answer(request) end)
  twin.journal = stage:journal(journal.memory())
  local provider = twin.provider
  function twin:provider(name)
    local definition, settings = provider(self, name)
    if not definition then return nil end
    settings.key = settings.key or STAND_IN_KEY -- policies are tried where there are no keys, too
    return stage:definition(definition), settings
  end
  twin.rehearsing = true
  return twin, stage
end

-- Until the job is over; time passes as soon as nothing is to be done.
local function play(twin, job)
  local host, deadline = twin.host, job.record_.deadline_at
  for _ = 1, MOST_STEPS do
    if job.done then return end
    if host.now() > deadline + OVERTIME then break end
    twin:wait()
  end
  if job.done then return end
  job:finish("failed", core.fault { class = "local.deadline", message = "the policy came to no decision, and the rehearsal was ended",
    provider = job.provider, model = job.model })
end

---- what came of it -----------------------------------------------------------------------------------------------------------------------

local Run = {}
Run.__index = Run
Run.__tostring = function(run) return ledger.format(run.attempts) end

local function outcome_of(job, stage, events, errors, seconds)
  local steps, unmet = {}, {}
  for place, step in ipairs(stage.steps) do
    steps[place] = { class = step.class, met = step.met == true, found = step.found, provider = step.provider, model = step.model }
    if not step.met then unmet[#unmet + 1] = step.class end
  end
  return setmetatable({ job = job, attempts = job.attempts, result = job:result(), fault = job.fault, events = events, errors = errors,
    steps = steps, unmet = unmet, sent = stage.sent, seconds = seconds }, Run)
end

--- Takes a request through the failures it names in `rehearse`, in that order, and then to success.
---@param client table
---@param request table with rehearse, a list of classes or of { class, retry_after, after, category }
---@param level integer of the caller, for error positions
---@return table attempts the ledger, table run result, fault, events, errors, steps, unmet, sent, seconds, attempts, job
function M.run(client, request, level)
  if client.rehearsing then error("a rehearsal cannot be rehearsed", level + 1) end
  local steps = steps_of(request.rehearse, level + 1)
  local errors, events, plain = {}, {}, {}
  for key, value in pairs(request) do plain[key] = value end
  plain.rehearse = nil
  local twin, stage = twin_of(client, steps, errors)
  local ok, job = pcall(twin.start, twin, plain)
  if not ok then
    twin:close()
    error((tostring(job):gsub("^[^:]+:%d+: ", "")), level + 1)
  end
  stage.job = job
  job:on("event", function(event)
    events[#events + 1] = event
    if event.event == "fault" then stage:met(event) end
  end)
  local began = twin.host.now()
  play(twin, job)
  local run = outcome_of(job, stage, events, errors, twin.host.now() - began)
  twin:close()
  return run.attempts, run
end

return M
