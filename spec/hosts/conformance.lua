--- What every host has to do alike: one file without busted, run unchanged inside each of them over the simulator.
--
--   local conformance = require "spec.hosts.conformance"
--   simulator:script(conformance.script)        -- anew before each run: its faults strike once
--   conformance.run { run =, client =, base_url =, log = }
--
-- given.run(fn)          runs fn to its end the way this host does (a coroutine, a light thread, the main chunk), while the host's loop goes on;
--                        answers true, or false and the error. fn waits with job:await() alone
-- given.client(options)  a client on this host; absent: the host is found by itself
-- given.base_url         where the simulator listens
-- given.log(line)        takes the lines of TAP, the last of which is "N passed, N failed"; absent: print
local quick_provider = require "spec.support.quick_provider"
local retake = require "retake"

local M = {}

-- One life for all, but for prompts that say otherwise.
M.script = {
  tasks = {
    { match = { prompt = "for ever" }, states = { "RUNNING" } },
    { match = { prompt = "a long time" }, states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } },
    { states = { "PENDING", { "RUNNING", 0.5 }, "SUCCEEDED" } },
  },
  faults = {
    { on = "submit", match = { prompt = "refused once" }, status = 429, retry_after = 1 },
    { on = "submit", match = { prompt = "elsewhere", model = "gen4.5" }, times = "always", status = 503 },
  },
}

local function request(prompt, fields)
  local made = { model = "quick/gen4.5", prompt = prompt, ratio = "1280:720", duration = 5 }
  for key, value in pairs(fields or {}) do made[key] = value end
  return made
end

local function expect(value, wanted, what)
  if value ~= wanted then error(("%s: %s, not %s"):format(what, tostring(value), tostring(wanted)), 2) end
end

-- Whatever is held nowhere but in the core, or by nobody, goes at every event.
local function collect()
  collectgarbage()
  collectgarbage()
end

-- A client for the simulator, and its errors; each job is watched, and its events counted by name.
local function client_of(given, options)
  local errors, all = {}, { providers = { quick = { key = "key_conformance", base_url = given.base_url } } }
  all.on_error = function(trouble) errors[#errors + 1] = tostring(trouble) end
  all.on_event = collect
  for key, value in pairs(options or {}) do all[key] = value end
  return (given.client or retake.client)(all), errors
end

local function start(client, prompt, fields)
  local job, seen = client:start(request(prompt, fields)), {}
  job:on("event", function(event) seen[event.event] = (seen[event.event] or 0) + 1 end)
  return job, seen
end

local function succeed(job)
  local result, fault = job:await()
  if not result then error("the job failed: " .. tostring(fault), 2) end
  return result
end

local function fail(job, class)
  local result, fault = job:await()
  if result then error("the job succeeded", 2) end
  expect(fault and fault.class, class, "class")
  return fault
end

local cases = {}
local function case(name, fn) cases[#cases + 1] = { name = name, run = fn } end

case("a job starts at once and ends", function(given)
  local client, errors = client_of(given)
  local job = start(client, "a paper boat")
  expect(job.done, false, "done at once")
  local result = succeed(job)
  expect(type(result.outputs[1]), "string", "output")
  expect(job.submissions, 1, "submissions")
  expect(#errors, 0, "errors")
  client:close()
end)

case("its progress is told", function(given)
  local client = client_of(given)
  local job, seen = start(client, "a paper boat")
  local half
  job:on("progress", function(event) half = half or event.progress == 0.5 end)
  succeed(job)
  expect(half, true, "half-way")
  expect(seen.submitted, 1, "submitted")
  expect(seen.progress, 3, "progress")
  expect(seen.succeeded, 1, "succeeded")
  client:close()
end)

case("what was refused for now goes again, and the policy may use coroutines of its own", function(given)
  local numbers
  local client = client_of(given, { policy = function()
    local next_number = coroutine.wrap(function()
      for number = 1, 3 do coroutine.yield(number) end
    end)
    numbers = next_number() + next_number() + next_number()
    return retake.policy.retry(0)
  end })
  local job, seen = start(client, "refused once")
  succeed(job)
  expect(numbers, 6, "numbers")
  expect(seen.fault, 1, "faults")
  expect(#job.attempts, 2, "attempts")
  client:close()
end)

case("a policy waits, and nobody waits with it", function(given)
  local waited, client
  client = client_of(given, { policy = function()
    local began = client.host.now()
    client:sleep(0.3)
    waited = client.host.now() - began
    return retake.policy.give_up()
  end })
  local other, refused = start(client, "a paper boat"), start(client, "elsewhere")
  fail(refused, "provider.unavailable")
  succeed(other)
  expect(waited >= 0.29, true, "waited")
  client:close()
end)

case("another model takes over", function(given)
  local client = client_of(given, { policy = retake.policy.fallback { "quick/veo3.1" } })
  local job, seen = start(client, "elsewhere", { duration = 4 })
  succeed(job)
  expect(job.model, "veo3.1", "model")
  expect(seen.fallback, 1, "fallbacks")
  client:close()
end)

case("a job is cancelled", function(given)
  local client = client_of(given)
  local job = start(client, "for ever")
  job:on("progress", function() job:cancel() end)
  local fault = fail(job, "local.cancelled")
  expect(fault.message, "cancelled by the script; the provider's task was cancelled too", "message")
  expect(job:cancel(), false, "cancelled again")
  client:close()
end)

case("a job ends at its deadline", function(given)
  local client = client_of(given)
  local job = start(client, "for ever", { deadline = 0.8 })
  local began = client.host.now()
  local fault = fail(job, "local.deadline")
  local taken = client.host.now() - began
  expect(type(fault.task_id), "string", "task")
  expect(taken > 0.7 and taken < 10, true, ("%.2f s, in time"):format(taken))
  client:close()
end)

case("50 jobs run at once", function(given)
  local client, errors = client_of(given)
  local jobs, submitted, ended, most = {}, 0, 0, 0
  for number = 1, 50 do
    local job = start(client, "boat " .. number)
    job:on("succeeded", function() ended = ended + 1 end)
    job:on("submitted", function()
      submitted = submitted + 1
      most = math.max(most, submitted - ended)
    end)
    jobs[number] = job
  end
  for _, job in ipairs(jobs) do succeed(job) end
  expect(ended, 50, "ended")
  expect(most >= 10, true, "at once, not in turn") -- all of them, on a machine with nothing else to do
  expect(client.running, 0, "running")
  expect(#errors, 0, "errors")
  client:close()
end)

case("an error in a callback goes to on_error, and the jobs go on", function(given)
  local client, errors = client_of(given)
  local job, other = start(client, "a paper boat"), start(client, "a paper boat")
  job:on("submitted", function() error "spoken wrong" end)
  succeed(job)
  succeed(other)
  expect(#errors, 1, "errors")
  expect(errors[1]:find("spoken wrong", 1, true) ~= nil, true, "message")
  client:close()
end)

case("a callback that yields reaches neither the host nor other jobs", function(given)
  local client, errors = client_of(given)
  local job, other = start(client, "a paper boat"), start(client, "a paper boat")
  job:on("submitted", function() coroutine.yield "to whom?" end)
  job:await() -- it fails, or goes on where Lua itself refuses such a yield
  succeed(other)
  expect(job.done, true, "done")
  expect(#errors >= 1, true, "reported")
  client:close()
end)

case("two clients do not disturb each other", function(given)
  local one, other = client_of(given), client_of(given)
  local first, second = start(one, "a paper boat"), start(other, "a paper boat")
  succeed(second)
  succeed(first)
  one:close()
  succeed((start(other, "a paper boat")))
  other:close()
end)

case("a client is closed under running jobs, and another one goes on with them", function(given)
  local client = client_of(given)
  local jobs, records = {}, {}
  for number = 1, 5 do jobs[number] = start(client, "a long time") end
  succeed((start(client, "a paper boat"))) -- by then the others are under way
  for number, job in ipairs(jobs) do records[number] = job:record() end
  client:close()
  client:close()
  collect()
  expect(pcall(client.start, client, request "a paper boat"), false, "starts when closed")
  local heir = client_of(given)
  for number, record in ipairs(records) do jobs[number] = heir:adopt(record) end
  for _, job in ipairs(jobs) do
    succeed(job)
    expect(#job.attempts, 1, "attempts")
    expect(job.submissions, 1, "submissions")
  end
  heir:close()
end)

case("a client is closed in a callback", function(given)
  local client, errors = client_of(given)
  local other, job = start(client, "for ever"), start(client, "a paper boat")
  job:on("succeeded", function() client:close() end)
  succeed(job)
  expect(other.done, false, "over")
  expect(#errors, 0, "errors")
  local next_client = client_of(given)
  succeed((start(next_client, "a paper boat")))
  next_client:close()
end)

--- Runs them all.
---@param given { run: function, client: function|nil, base_url: string, log: function|nil }
---@return integer failed
function M.run(given)
  local log, failed = given.log or print, 0
  quick_provider()
  log("1.." .. #cases)
  for number, one in ipairs(cases) do
    local ok, trouble = given.run(function() one.run(given) end)
    if not ok then failed = failed + 1 end
    log(("%s %d - %s%s"):format(ok and "ok" or "not ok", number, one.name, ok and "" or ": " .. tostring(trouble):gsub("\n.*", "")))
  end
  log(("%d passed, %d failed"):format(#cases - failed, failed))
  return failed
end

return M
