--- What waiting jobs cost: memory each, processor time while nothing is due, and the time of a step.
-- usage: lua bench/waiting.lua [jobs]     the simulator is started by itself; memory counts Lua and C together
package.path = "./?.lua;" .. package.path
local core = require "retake.core"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

-- What jobs cost is asked, not what the collector has left lying about: by default it lets the heap grow to twice what is in use.
collectgarbage("setpause", 105)
collectgarbage("setstepmul", 400)

local JOBS = tonumber(arg[1]) or 10000

-- Resident memory of this process, in bytes.
local function resident()
  for line in io.lines "/proc/self/status" do
    local kilobytes = line:match "^VmRSS:%s*(%d+)"
    if kilobytes then return tonumber(kilobytes) * 1024 end
  end
end

local function settled()
  for _ = 1, 4 do collectgarbage() end
  return resident(), collectgarbage "count" * 1024
end

local function report(name, value) print(("%-52s %s"):format(name, value)) end

local function median_step(client, count)
  local times = {}
  for n = 1, count do
    local began = core.now()
    client:step()
    times[n] = core.now() - began
  end
  table.sort(times)
  return times[math.ceil(#times / 2)] * 1e6
end

-- A clock that stands still until it is moved, so that nothing falls due by itself.
local function standing_host()
  local host, now = { name = "standing" }, core.clock()
  function host.now() return now end
  function host.advance(seconds) now = now + seconds end
  function host.sleep(seconds) now = now + seconds end
  function host.wait(engine, seconds) return engine:step(math.min(seconds, 0.01)) end
  function host.spawn(fn) return coroutine.wrap(fn)() end
  return host
end

local function submit_all(client, count)
  local polling, jobs = 0, {}
  for n = 1, count do
    jobs[n] = client:start { model = "runway/gen4_turbo", prompt = "a paper boat on a river, number " .. n,
      image = "https://example.com/boat.png", ratio = "1280:720", duration = 5, seed = n }
  end
  local function count_polling()
    polling = 0
    for n = 1, count do if jobs[n].state == "poll" then polling = polling + 1 end end
    return polling
  end
  local deadline = core.now() + 300
  repeat
    for _ = 1, 50 do client:wait(0.01) end
    assert(core.now() < deadline, "the submissions take too long")
  until count_polling() == count
  return jobs
end

local simulator = simulator_of.start { script = { tasks = { { states = { "RUNNING" } } }, balance = 1e9 } }
local host = standing_host()
local function new_client()
  return retake.client { host = host, concurrency = 32, providers = { runway = { key = "key_bench", base_url = simulator.base_url } } }
end

-- a first round, so that what the process keeps in any case is not counted as the jobs'
local warm = new_client()
submit_all(warm, 200)
local empty_step = median_step(new_client(), 2000)
warm:close()

local client = new_client()
local rss, lua = settled()
local jobs = submit_all(client, JOBS)
local rss_after, lua_after = settled()
report("jobs waiting between polls", #jobs)
report("memory a job, Lua alone (bytes)", ("%.0f"):format((lua_after - lua) / JOBS))
local each = math.max(rss_after - rss, lua_after - lua) / JOBS
report("memory a job, Lua and C together, resident (bytes)", ("%.0f  (at most 4096: %s)"):format(each, each <= 4096 and "yes" or "NO"))

local full_step = median_step(client, 2000)
report("a step with no job (us)", ("%.2f"):format(empty_step))
report("a step with all waiting, none due (us)", ("%.2f  (%.2f times)"):format(full_step, full_step / empty_step))

local began, cpu = core.now(), os.clock()
while core.now() - began < 2 do host.wait(client.engine, 0.01) client:step() end
report("processor while idle, stepping 100 times a second (%)", ("%.2f"):format((os.clock() - cpu) / (core.now() - began) * 100))

simulator:stop()
os.exit(each <= 4096 and full_step < 3 * empty_step and 0 or 1)
