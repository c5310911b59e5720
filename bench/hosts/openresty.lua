--- nginx: the ticks of a light thread, and how many requests a worker answers, with and without 20 jobs. RETAKE_BASE_URL names the simulator.
local command = require "spec.support.command"
local nginx_of = require "spec.support.nginx"
local socket = require "socket"

local BOUND = 95 -- per cent of its rate
local LIFE = 32 -- seconds: all that a job does, from its picture to its result

local base_url = assert(os.getenv "RETAKE_BASE_URL")

-- Two, each of one worker: the same machine at the same time, with jobs and without. Both on one core, so that neither has a better one.
local function start()
  local nginx = nginx_of.start { server = [=[
    keepalive_requests 1000000000;
    location ~ ^/(\w+)$ { content_by_lua_block { require("bench.hosts.openresty_worker")[ngx.var[1]]() } }
  ]=] }
  command.shell("taskset -p -c 0 " .. nginx:workers()[1])
  return nginx
end
local with, without = start(), start()

local function ask(nginx, path)
  local text, status = nginx:get(path)
  if status ~= 200 then error(("nginx answers %s to %s\n%s"):format(tostring(status), path, nginx:errors())) end
  return text
end

local function clock(nginx) return tonumber(ask(nginx, "/clock")) end

-- Requests that each answers in a second with a core of its own: the one without jobs at what a request costs it, the other one with that second
-- less what its jobs took meanwhile. Both share a core here, and whoever else is on the machine has some of it; neither counts.
local function rates(seconds)
  local used_with, used_without = clock(with), clock(without)
  local line = ("wrk -t 1 -c 16 -d %d %%s/answer"):format(seconds)
  local _, out, err = command.shell(("%s >with.out & %s >without.out; wait; cat with.out without.out"):format(line:format(with.base_url),
    line:format(without.base_url)):gsub("(%w+)%.out", with.folder .. "/%1.out"))
  used_with, used_without = clock(with) - used_with, clock(without) - used_without
  local answered_with, answered_without = out:match "(%d+) requests in.-(%d+) requests in"
  if not answered_with then error("wrk: " .. out .. err) end
  local request = used_without / answered_without
  local jobs = used_with - answered_with * request
  return (1 - jobs / seconds) / request, 1 / request
end

local function requests()
  rates(2)
  ask(with, "/start?base_url=" .. base_url)
  local busy, alone = rates(LIFE)
  local succeeded, failed = ask(with, "/stop"):match "(%d+) (%d+)"
  local share = busy / alone * 100
  local holds = share >= BOUND and tonumber(failed) == 0 and tonumber(succeeded) > 0
  print(("nginx: a worker answers %.0f requests/s without retake, %.0f with 20 jobs, of which %s ended: %.1f %%  (at least %d: %s)"):format(
    alone, busy, succeeded, share, BOUND, holds and "yes" or "NO"))
  return holds
end

-- What the jobs cost where nothing else keeps the worker busy, naps and all.
local function cost()
  local used, began = clock(with), socket.gettime()
  ask(with, "/start?base_url=" .. base_url)
  socket.sleep(LIFE)
  print(("nginx: 20 jobs take %.2f %% of a core"):format((clock(with) - used) / (socket.gettime() - began) * 100))
  ask(with, "/stop")
end

local out = ask(with, "/ticks?base_url=" .. base_url)
io.write((out:gsub("%a+\n$", "")))
local good = out:find "good\n$" ~= nil
good = requests() and good
cost()
with:remove()
without:remove()
os.exit(good and 0 or 1)
