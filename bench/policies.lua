-- What jobs cost with policies and health: 1,000 and 10,000 of one client at once, on a virtual clock, with a provider that answers from memory.
-- A quarter of the submissions to the first model is turned away and a tenth of the tasks fails, so that jobs wait, go again and go elsewhere.
-- Prints memory, processor time (the collector's too) and steps of Lua's machine a job. Ends with 1 where a job of a client with many takes over
-- 20 % more steps than one of a client with few, or over 20 % more time than one of ten clients that share as many: 10,000 jobs are over 30 MB,
-- whoever they belong to, and what the machine's caches make of that is not the client's. The plain growth is printed beside.
-- usage: lua bench/policies.lua [few] [many]
local clock = require "retake.rehearsal.clock"
local retake = require "retake"
local transport = require "retake.rehearsal.transport"

local FEW, MANY = tonumber(arg[1]) or 1000, tonumber(arg[2]) or 10000
local MOST = 1.2 -- times
local ROUNDS = 3 -- taken in turns; the middle one counts

local LATENCY = 0.2
local HEADERS = { "Content-Type: application/json" }

local function answer(status, body, headers)
  return { kind = "response", sent = true, status = status, headers = headers or HEADERS, body = body, message = "a complete response arrived" }
end

local LIMITED = answer(429, '{"error":"Too Many Requests"}', { "Content-Type: application/json", "Retry-After: 3" })
local AWAY = answer(503, '{"error":"Service Unavailable"}')

-- A provider with as little to it as can be, so that what is measured is retake.
local function new_provider()
  local provider, submissions, polls = { accepted = 0 }, 0, {}
  function provider.submit(body)
    submissions = submissions + 1
    if submissions % 4 == 0 and body:find("gen4.5", 1, true) then return submissions % 8 == 0 and AWAY or LIMITED end
    provider.accepted = provider.accepted + 1
    return answer(200, ('{"id":"task-%d","estimatedCost":{"credits":60}}'):format(provider.accepted))
  end
  function provider.poll(id)
    polls[id] = (polls[id] or 0) + 1
    if polls[id] < 3 then return answer(200, ('{"id":"%s","status":"RUNNING","progress":0.%d}'):format(id, polls[id])) end
    polls[id] = nil
    if tonumber(id:match "%d+") % 10 == 0 then
      return answer(200, ('{"id":"%s","status":"FAILED","failure":"It failed.","failureCode":"INTERNAL.BAD_OUTPUT.CODE01","cost":{"credits":0}}')
        :format(id))
    end
    return answer(200, ('{"id":"%s","status":"SUCCEEDED","output":["https://example.com/boat.mp4"],"cost":{"credits":60}}'):format(id))
  end
  return provider
end

local function settled()
  for _ = 1, 3 do collectgarbage() end
  return collectgarbage "count" * 1024
end

local function new_client(provider)
  local host = clock.new(1800000000)
  local client = retake.client { host = host, providers = { runway = { key = "key_bench", base_url = "http://127.0.0.1:9" } },
    policy = retake.policy.standard { fallback = { "runway/veo3.1_fast" } } }
  client.engine:close()
  client.engine = transport.new(host, function(request)
    local id = request.url:match "/tasks/(.*)$"
    return id and provider.poll(id) or provider.submit(request.body), LATENCY
  end)
  return client
end

local function start(client, count)
  local jobs = {}
  for n = 1, count do
    jobs[n] = client:start { model = "runway/gen4.5", prompt = "a paper boat, number " .. n, ratio = "1280:720", duration = 5, seed = n }
  end
  return jobs
end

-- So many jobs of each of so many clients at once, to their end. `at_work` is called when nearly all of them are under way.
local function play(count, clients, at_work)
  local stages, left = {}, clients
  for n = 1, clients do
    local provider = new_provider()
    local client = new_client(provider)
    stages[n] = { client = client, provider = provider, jobs = start(client, count) }
  end
  while left > 0 do
    left = 0
    for _, stage in ipairs(stages) do
      if stage.client.running > 0 then stage.client:wait() end
      if stage.client.running > 0 then left = left + 1 end
    end
    if at_work and stages[1].provider.accepted >= 0.9 * count then at_work = at_work() end
  end
  local served, attempts = 0, 0
  for _, stage in ipairs(stages) do
    for _, job in ipairs(stage.jobs) do served, attempts = served + (job:result() and 1 or 0), attempts + #job.attempts end
    stage.client:close()
  end
  return served / count / clients, attempts / count / clients
end

local function memory_of(count)
  local before, bytes = settled(), nil
  local served, attempts = play(count, 1, function() bytes = (settled() - before) / count end)
  return bytes, served, attempts
end

-- Processor seconds of a job, MANY in all: one client after the other, or side by side.
local function seconds_of(count, clients)
  settled()
  local began = os.clock()
  for _ = 1, MANY / count / clients do play(count, clients) end
  return (os.clock() - began) / MANY
end

-- Steps of Lua's machine for each of so many jobs at once: the same on every machine.
local function steps_of(count)
  local EVERY, counted, create = 1000, 0, coroutine.create
  local function hook() counted = counted + EVERY end
  rawset(coroutine, "create", function(fn)
    local flow = create(fn)
    debug.sethook(flow, hook, "", EVERY)
    return flow
  end)
  debug.sethook(hook, "", EVERY)
  play(count, 1)
  debug.sethook()
  rawset(coroutine, "create", create)
  return counted / count
end

-- The middle of all rounds of each case, in milliseconds a job.
local function times_of(cases)
  local taken = {}
  for _ = 1, ROUNDS do
    for name, case in ipairs(cases) do
      taken[name] = taken[name] or {}
      table.insert(taken[name], 1000 * seconds_of(case[1], case[2]))
    end
  end
  for name, list in ipairs(taken) do
    table.sort(list)
    taken[name] = list[(ROUNDS + 1) / 2]
  end
  return taken[1], taken[2], taken[3]
end

local few, shared, many = times_of { { FEW, 1 }, { FEW, MANY / FEW }, { MANY, 1 } }
local steps = {}
for count, time in pairs { [FEW] = few, [MANY] = many } do
  local bytes, served, attempts = memory_of(count)
  steps[count] = steps_of(count)
  print(("%6d at once, each: %.0f steps, %.3f ms, %.0f bytes, %.2f attempts, %.0f %% served"):format(count, steps[count], time, bytes, attempts,
    served * 100))
end
print(("%6d at once in %d clients, each: %.3f ms"):format(MANY, MANY / FEW, shared))
local more_steps, more_time = steps[MANY] / steps[FEW], many / shared
local well = more_steps <= MOST and more_time <= MOST
print(("one of many takes %.2f times the steps of one of few, and %.2f times the time of one that shares the machine with as many of other clients"
  .. " (at most %.1f): %s"):format(more_steps, more_time, MOST, well and "yes" or "NO"))
print(("(%.2f times the time of one of few that have the caches for themselves)"):format(many / few))
os.exit(well and 0 or 1)
