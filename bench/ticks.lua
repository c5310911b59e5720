--- How late a host's 10 ms tick is: without retake, and while 20 jobs run against a slow simulator. Run unchanged inside each host.
--
--   local ticks = require "bench.ticks"
--   ticks.run { name =, base_url =, sleep =, run =, client =, log =, idle = }      the simulator has ticks.script
--
-- given.name                     of the host, for the line that is printed
-- given.base_url                 where the simulator listens; absent: RETAKE_BASE_URL of the environment
-- given.sleep(seconds, client)   waits as one who wants to be called again then does in this host. client is there while jobs run: a host that
--                                has to step it by itself does so here
-- given.run(fn)                  runs fn to its end the way this host does; absent: fn()
-- given.client(options)          a client on this host; absent: the host is found by itself
-- given.log(line)                absent: print
--
-- Both sides alternate in one process, so that they meet the same machine. All that the jobs do counts, their start too: pictures are read,
-- requests written, answers read, results of 2 MB saved. A second line says what 1,000 waiting jobs cost there.
local core = require "retake.core"
local quick_provider = require "spec.support.quick_provider"
local retake = require "retake"
local thousand = require "spec.hosts.thousand"

local M = {}

local TICK, ROUNDS, TICKS, JOBS = 0.01, 3, 450, 20
local BOUND = 5 -- ms at the 99th percentile beyond what the host has without retake

--- For the simulator: every answer takes its time, and the results are larger than what a test would do with.
---@return table script
function M.script()
  local clip = require("retake.simulator.media").output("video").bytes .. ("\0"):rep(2e6)
  return {
    tasks = { { states = { "PENDING", { "RUNNING", 0.2 }, { "RUNNING", 0.6 }, "SUCCEEDED" } } },
    faults = {
      { on = "submit", match = { prompt = "a paper boat" }, times = "always", delay = 0.2 }, -- not those of the thousand
      { on = "poll", times = "always", delay = 0.2 },
      { on = "download", times = "always", delay = 0.3, headers = { ["content-type"] = "video/mp4" }, body = clip },
    },
    balance = 1e9,
  }
end

local function percentile(values, share)
  table.sort(values)
  return values[math.max(1, math.ceil(#values * share))] * 1000
end

-- Ticks on a fixed grid: what holds the host up makes all ticks late that fall into it, not only the first.
local function measure(given, client, late)
  local due = core.now()
  for _ = 1, TICKS do
    due = due + TICK
    local left = due - core.now()
    while left > 0 do
      given.sleep(left, client)
      left = due - core.now()
    end
    late[#late + 1] = -left
  end
end

local function request(save)
  return { model = "quick/gen4_turbo", prompt = "a paper boat", image = "examples/boat.jpg", ratio = "1280:720", duration = 5, save = save }
end

-- As one job ends the next begins: there are always so many.
local function start_jobs(client, folder, ended)
  local function start(number)
    local path = ("%s/%d.mp4"):format(folder, number)
    local job = client:start(request(path))
    local function over(event) -- the next result takes the file's place: to remove one here would hold up the host, for what is not retake's
      ended[event.event] = (ended[event.event] or 0) + 1
      if not client.closed then start(number) end
    end
    job:on("succeeded", over)
    job:on("failed", over)
  end
  for number = 1, JOBS do start(number) end
end

-- A client that is made and thrown away, so that neither side pays for what happens once.
local function warm_up(given, new_client)
  local client = new_client()
  local job = client:start(request())
  while not job.done do given.sleep(TICK, client) end
  client:close()
end

local function both_sides(given, folder)
  local without, with, ended = {}, {}, {}
  local function new_client()
    return (given.client or retake.client) { providers = { quick = { key = "key_ticks", base_url = given.base_url } } }
  end
  warm_up(given, new_client)
  for _ = 1, ROUNDS do
    measure(given, nil, without)
    local client = new_client()
    start_jobs(client, folder, ended)
    measure(given, client, with)
    client:close()
    collectgarbage()
  end
  return without, with, ended
end

local function lateness(given)
  local folder = os.tmpname()
  os.execute(("rm -f %s; mkdir %s"):format(folder, folder))
  local without, with, ended = both_sides(given, folder)
  os.execute("rm -rf " .. folder)
  local before, after = percentile(without, 0.99), percentile(with, 0.99)
  local good = after - before <= BOUND and (ended.succeeded or 0) > 0 and not ended.failed
  local line = "%s: a 10 ms tick is late by %.2f ms (median), %.2f (99 %%) without retake, by %.2f, %.2f with %d jobs, %d ended (at most %g more: %s)"
  given.log(line:format(given.name, percentile(without, 0.5), before, percentile(with, 0.5), after, JOBS, ended.succeeded or 0, BOUND,
    good and "yes" or "NO"))
  return good
end

local function idle(given)
  local share, waiting = thousand.share(nil, given.base_url, given.sleep)
  local good = share < 1 and waiting == thousand.COUNT
  given.log(("%s: %d jobs that wait take %.2f %% of a core  (less than 1: %s)"):format(given.name, waiting, share, good and "yes" or "NO"))
  return good
end

--- Measures, and prints two lines.
---@param given table as above
---@return boolean good whether the bounds are kept
function M.run(given)
  given.log = given.log or print
  given.base_url = given.base_url or os.getenv "RETAKE_BASE_URL"
  quick_provider(0.2)
  local good = true
  local function all()
    good = lateness(given) and good
    good = idle(given) and good
  end
  local ran, trouble = true, nil
  if given.run then ran, trouble = given.run(all) else all() end
  if ran == false then error(trouble, 0) end
  return good
end

return M
