--- The scorecard: each scenario is played over sockets with the real client on the virtual clock, and the providers' own logs are the judge.
--
--   local rows = require("spec.support.scorecard").run(on_row)
--   require("spec.support.scorecard").print(rows)
--
-- A verdict is one of
--   pass      everything that the scenario wants
--   partial   the job came to the right end, but not as it should have: too early, too late, with too many tries
--   safe      the job was not served where it could have been; nobody was harmed, and the end says what happened
--   fail      harm: paid twice, refused content sent again, a truncated file called a success, a ledger that is not the provider's, no end

local accounts = require "spec.support.accounts"
local core = require "retake.core"
local data = require "spec.support.scorecard_scenarios"
local main_job = require "spec.support.main_job"
local patience = require "spec.support.patience"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"
local socket = require "socket"

local policy = retake.policy

local M = {}

local REQUEST = { model = "runway/gen4.5", prompt = "a paper boat on a river", ratio = "1280:720", duration = 5, deadline = 1800 }

---- the stage ----------------------------------------------------------------------------------------------------------------------------------

local function with(base, changes)
  local copy = {}
  for key, value in pairs(base) do copy[key] = value end
  for key, value in pairs(changes or {}) do copy[key] = value end
  return copy
end

-- A port that takes no connection and refuses none: its line is full.
local function silent_port()
  local server = assert(socket.bind("127.0.0.1", 0, 0))
  local _, port = server:getsockname()
  local held = { server }
  for _ = 1, 8 do
    local client = socket.tcp()
    client:settimeout(0)
    client:connect("127.0.0.1", port)
    held[#held + 1] = client
  end
  return "http://127.0.0.1:" .. port, function()
    for _, one in ipairs(held) do one:close() end
  end
end

local function settings_at(simulator)
  return { key = "key_spec", base_url = simulator.base_url, timeout = patience.timeout(simulator.scripted, 0.5) }
end

-- The other models, where the job's own is not among them.
local function others_than(model)
  local list = {}
  for _, other in ipairs(data.others) do
    if other:match "^[^/]+" ~= model:match "^[^/]+" then list[#list + 1] = other end
  end
  return list
end

local function policy_of(scenario, model)
  if type(scenario.policy) == "function" then return scenario.policy end
  local others = others_than(model)
  if scenario.policy == "elsewhere" then return policy.on("submit.unknown", policy.fallback(others[1])) end
  return policy.standard { tries = 3, fallback = scenario.fallback ~= false and others or nil }
end

local function client_of(stage, scenario)
  local model = with(REQUEST, scenario.request).model
  local providers = {}
  for _, name in ipairs { "runway", "evolink", "runware" } do
    providers[name] = settings_at(model:find("^" .. name) and stage.own or stage.other)
  end
  local own = providers[model:match "^[^/]+"]
  for key, value in pairs(scenario.settings or {}) do own[key] = type(value) == "table" and with(own[key], value) or value end
  if own.base_url == "silent" then own.base_url, stage.close_silent = silent_port() end
  return retake.client(with({ host = "virtual", providers = providers, policy = policy_of(scenario, model) }, scenario.options))
end

local function start(stage, scenario, changes)
  local fields = with(with(REQUEST, scenario.request), changes)
  if scenario.wants.file ~= nil then fields.save = stage.path end
  local job = stage.client:start(fields)
  stage.jobs[#stage.jobs + 1] = job
  return job
end

---- what came of it -------------------------------------------------------------------------------------------------------------------------------

-- Tasks of both stand-ins, by provider, and their logs together.
local function books(stage)
  local tasks, submissions = {}, {}
  for _, simulator in ipairs { stage.own, stage.other } do
    local state = simulator:state()
    for name, list in pairs { runway = state.tasks, evolink = state.evolink.tasks, runware = state.runware.tasks } do
      tasks[name] = tasks[name] or {}
      for _, task in ipairs(list) do table.insert(tasks[name], task) end
    end
    for _, entry in ipairs(simulator:submissions()) do submissions[#submissions + 1] = entry end
  end
  return tasks, submissions
end

local function within(value, wanted)
  if type(wanted) == "number" then return value == wanted end
  return value >= wanted[1] and value <= wanted[2]
end

local function shown(wanted)
  return type(wanted) == "number" and tostring(wanted) or ("%g to %g"):format(wanted[1], wanted[2])
end

local function read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

local whole_file = require("retake.simulator.media").output("video").bytes

-- Prompts that were refused and sent once more.
local function refused_again(stage, submissions)
  local refused = {}
  for _, entry in ipairs(submissions) do
    if entry.prompt_digest and refused[entry.prompt_digest] then return "refused content was sent a second time" end
    if stage.refuses then refused[entry.prompt_digest] = true end
  end
end

-- What must not be, whatever the scenario wants.
local function harm_of(stage, scenario, row)
  local harm = { refused_again(stage, row.sent) }
  local most = scenario.wants.paid or scenario.wants.served and 1 or 0
  if type(most) == "table" then most = most[2] end
  if not scenario.play and row.paid > most then harm[#harm + 1] = ("%d submissions were paid for, not %d"):format(row.paid, most) end
  for _, job in ipairs(stage.jobs) do
    local record = job.record_
    if not job.done then harm[#harm + 1] = "a job did not end"
    elseif record.finished_at - record.created_at > 1.01 * (record.deadline_at - record.created_at) then
      harm[#harm + 1] = "a job outlived its deadline"
    end
  end
  for _, problem in ipairs(accounts.compare(row.ledgers, stage.tasks)) do harm[#harm + 1] = problem end
  local file = read(stage.path)
  if file and file ~= whole_file then harm[#harm + 1] = "a truncated file stands where the output should be" end
  return harm
end

-- What a single job's scenario wants and did not get.
local function missed_by(stage, wants, row)
  local missed, job = {}, stage.jobs[1]
  local function want(what, got, wanted)
    if wanted ~= nil and not within(got, wanted) then missed[#missed + 1] = ("%s: %g, not %s"):format(what, got, shown(wanted)) end
  end
  want("submissions", row.submissions, wants.submissions)
  want("paid", row.paid, wants.paid or wants.served and 1 or 0)
  want("seconds", row.virtual, wants.seconds)
  local first, second = job.attempts[1], job.attempts[2]
  if wants.wait then want("seconds before the second try", second and second.started_at - first.ended_at or -1, wants.wait) end
  local has_file = read(stage.path) ~= nil
  if wants.file ~= nil and has_file ~= wants.file then missed[#missed + 1] = wants.file and "no file" or "a file of an output that never came" end
  return missed
end

local function ended_rightly(job, wants)
  local result = job:result()
  if wants.served then return result ~= nil and result.model == wants.served end
  return job.fault ~= nil and job.fault.class == wants.ended
end

local function judge(stage, scenario, row)
  local harm = harm_of(stage, scenario, row)
  if #harm > 0 then return "fail", harm end
  if row.missed then -- the play's own findings
    return #row.missed == 0 and "pass" or "partial", row.missed
  end
  local job = stage.jobs[1]
  if not ended_rightly(job, scenario.wants) then return "safe", { ("ended as %s"):format(row.outcome) } end
  local missed = missed_by(stage, scenario.wants, row)
  return #missed == 0 and "pass" or "partial", missed
end

---- plays ----------------------------------------------------------------------------------------------------------------------------------------

local plays = {}

function plays.one(stage, scenario)
  start(stage, scenario):await()
end

-- The content that was refused is asked for again, by another job of the client: it must not be sent.
function plays.refused_twice(stage, scenario)
  start(stage, scenario):await()
  local again = start(stage, scenario, { seed = 7 })
  again:await()
end

-- The same, where somebody has said that it may be.
function plays.refused_cleared(stage, scenario)
  local job = start(stage, scenario)
  job:await()
  stage.client:unblock(job.fingerprint)
  plays.refused_twice(stage, scenario)
end

-- A request every two seconds for so long; the provider goes up and down meanwhile. Answers the submissions that reached it in each phase.
local function outage(stage, scenario, phases)
  local client, reached = stage.client, {}
  local began, at, phase_ends, seen = client.host.now(), 0, 0, 0
  client:call(function()
    while true do
      local now = client.host.now() - began
      if now >= phase_ends then
        local count = #stage.own:submissions()
        if at > 0 then reached[at] = count - seen end
        seen, at = count, at + 1
        if not phases[at] then return end
        stage.own:faults(phases[at].down and { { on = "*", status = 503, times = "always" } } or {})
        phase_ends, phases[at].began = phase_ends + phases[at].seconds, now
      end
      local job = start(stage, scenario, { seed = math.floor(now) })
      local phase = phases[at]
      job:on("submitted", function(event)
        if event.provider == "runway" and client.host.now() - began >= phase.began then phase.back = phase.back or client.host.now() - began - phase.began end
      end)
      client:sleep(2)
    end
  end)
  client:run()
  return reached
end

local function flapping(stage, scenario, phases)
  local opened, probing = 0, 0
  stage.own:script { tasks = { data.done } }
  local reached = outage(stage, scenario, phases)
  -- the failures that open the circuit come first in a phase that is down; what follows them are probes
  for place, phase in ipairs(phases) do
    if phase.down then
      opened = opened + math.min(reached[place], 5)
      probing = probing + math.max(0, reached[place] - 5)
    end
  end
  local wants, missed = scenario.wants, {}
  if opened > wants.most_opening then missed[#missed + 1] = opened .. " failures before the circuit was open" end
  if probing > wants.most_probes then missed[#missed + 1] = probing .. " probes while it was down" end
  local back = phases[#phases].back
  if not back or back > wants.back_within then missed[#missed + 1] = ("back on it after %s s"):format(back or "no") end
  local served = 0
  for _, job in ipairs(stage.jobs) do served = served + (job:result() and 1 or 0) end
  if served < #stage.jobs then stage.harm = ("%d of %d requests were not served"):format(#stage.jobs - served, #stage.jobs) end
  stage.outcome = ("%d/%d served, %d failures, %d probes, back in %.1f s"):format(served, #stage.jobs, opened, probing, back or -1)
  return missed
end

function plays.down_for_a_minute(stage, scenario)
  return flapping(stage, scenario, { { seconds = 10 }, { seconds = 60, down = true }, { seconds = 30 } })
end

function plays.up_and_down(stage, scenario)
  local phases = {}
  for _ = 1, 3 do
    phases[#phases + 1] = { seconds = 10 }
    phases[#phases + 1] = { seconds = 10, down = true }
  end
  phases[#phases + 1] = { seconds = 40 }
  return flapping(stage, scenario, phases)
end

-- A failure that is given back, one that is charged, and a success: who served, and which attempts were billed.
function plays.accounts(stage, scenario)
  stage.own:script { tasks = {
    { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "It failed.", refund = true } } },
    { states = { { "FAILED", code = "SAFETY.OUTPUT.VIDEO", failure = "The output was withheld.", refund = false } } }, data.done } }
  stage.client.policy = policy.chain {
    policy.on("content", policy.revise { prompt = function(prompt) return prompt .. ", gently" end }), policy.backoff() }
  local job = start(stage, scenario)
  local result = job:await()
  local billed, missed = {}, {}
  for place, row in ipairs(job.attempts) do billed[place] = row.billed .. " " .. tostring(row.credits) end
  local told = table.concat(billed, ", "):gsub("%.0", "")
  if told ~= "no 0, yes 60, yes 60" then missed[#missed + 1] = "the ledger says: " .. told end
  if not result or result.model ~= "runway/gen4.5" or result.credits ~= 60 then missed[#missed + 1] = "the result names another model or cost" end
  stage.outcome = "billed: " .. told
  return missed
end

---- the run ---------------------------------------------------------------------------------------------------------------------------------------

local function outcome_of(stage)
  if stage.outcome then return stage.outcome end
  local job = stage.jobs[1]
  local result = job:result()
  return result and result.model or tostring(job.fault and job.fault.class)
end

--- Plays one scenario.
---@param simulators { own: table, other: table }
---@param scenario table
---@return table row name, verdict, reasons, outcome, submissions, paid, virtual and real seconds
function M.play(simulators, scenario)
  local stage = { own = simulators.own, other = simulators.other, jobs = {}, path = main_job.temporary ".mp4",
    refuses = scenario.script and scenario.script.blocked ~= nil }
  stage.own:script(scenario.script or { tasks = { data.done } })
  stage.other:script { tasks = { data.done } }
  local real = core.now()
  stage.client = client_of(stage, scenario)
  local began = stage.client.host.now()
  local missed = plays[scenario.play or "one"](stage, scenario)
  local row = { name = scenario.name, virtual = stage.client.host.now() - began, ledgers = {}, missed = missed, outcome = outcome_of(stage) }
  if scenario.after then scenario.after(stage) end
  stage.client:close()
  if stage.close_silent then stage.close_silent() end
  for place, job in ipairs(stage.jobs) do row.ledgers[place] = job.attempts end
  stage.tasks, row.sent = books(stage)
  row.submissions, row.paid = #row.sent, 0
  for _, entry in ipairs(row.sent) do row.paid = row.paid + (entry.billed and 1 or 0) end
  row.verdict, row.reasons = judge(stage, scenario, row)
  if stage.harm then row.verdict, row.reasons = "fail", { stage.harm } end
  row.real = core.now() - real
  os.remove(stage.path)
  return row
end

--- Plays all.
---@param on_row fun(row: table)|nil
---@return table[] rows
function M.run(on_row)
  local simulators = { own = simulator_of.start(), other = simulator_of.start() }
  local rows = {}
  for place, scenario in ipairs(data.scenarios) do
    rows[place] = M.play(simulators, scenario)
    if on_row then on_row(rows[place]) end
  end
  simulators.own:stop()
  simulators.other:stop()
  return rows
end

local LINE = "%-52s %-8s %5s %5s %9s %7s  %s"

function M.head() return LINE:format("scenario", "verdict", "sent", "paid", "virtual s", "real s", "served by, or ended as") end

function M.line(row)
  local told = row.verdict == "pass" and row.outcome or row.outcome .. ": " .. table.concat(row.reasons, "; ")
  return LINE:format(row.name, row.verdict, row.submissions, row.paid, ("%.1f"):format(row.virtual), ("%.2f"):format(row.real), told)
end

--- "61 scenarios: 61 pass, 0 partial, 0 safe, 0 fail", and whether all pass.
---@param rows table[]
---@return string text, boolean all
function M.sum(rows)
  local count = { pass = 0, partial = 0, safe = 0, fail = 0 }
  for _, row in ipairs(rows) do count[row.verdict] = count[row.verdict] + 1 end
  return ("%d scenarios: %d pass, %d partial, %d safe, %d fail"):format(#rows, count.pass, count.partial, count.safe, count.fail),
    count.pass == #rows
end

return M
