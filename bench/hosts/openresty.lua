--- nginx: the ticks of a light thread, and how many requests a worker answers, with and without 20 jobs. RETAKE_BASE_URL names the simulator.
local command = require "spec.support.command"
local nginx_of = require "spec.support.nginx"
local socket = require "socket"

local BOUND = 95 -- per cent of its rate
local ALONE, LIFE = 10, 32 -- seconds: of a measurement without jobs, and of all that a job does, from its picture to its result

local base_url = assert(os.getenv "RETAKE_BASE_URL")
local nginx = nginx_of.start { server = [=[
  keepalive_requests 1000000000;
  location ~ ^/(\w+)$ { content_by_lua_block { require("bench.hosts.openresty_worker")[ngx.var[1]]() } }
]=] }

local function clock() return tonumber((nginx:get "/clock")) end

-- Requests a second, and in a second of the worker's own processor time: whatever else the machine does takes nothing from that.
local function rate(seconds)
  local used = clock()
  local _, out, err = command.shell(("wrk -t 1 -c 16 -d %d %s/answer"):format(seconds, nginx.base_url))
  used = clock() - used
  local answered = tonumber(out:match "(%d+) requests in") or error("wrk: " .. out .. err)
  return answered / seconds, answered / used
end

local function requests()
  rate(1)
  local before, own_before = rate(ALONE)
  nginx:get("/start?base_url=" .. base_url)
  local with, own_with = rate(LIFE)
  local succeeded, failed = nginx:get("/stop"):match "(%d+) (%d+)"
  local after, own_after = rate(ALONE)
  local share = own_with / ((own_before + own_after) / 2) * 100
  local holds = share >= BOUND and tonumber(failed) == 0 and tonumber(succeeded) > 0
  print(("nginx: a worker answers %.0f and %.0f requests/s without retake, %.0f with 20 jobs, of which %s ended"):format(before, after, with, succeeded))
  print(("nginx: in a second of its own: %.0f and %.0f without, %.0f with them: %.1f %%  (at least %d: %s)"):format(own_before, own_after, own_with,
    share, BOUND, holds and "yes" or "NO"))
  return holds
end

-- What the jobs cost where nothing else keeps the worker busy, naps and all.
local function cost()
  nginx:get("/start?base_url=" .. base_url)
  local used, began = clock(), socket.gettime()
  socket.sleep(LIFE)
  print(("nginx: 20 jobs take %.2f %% of a core"):format((clock() - used) / (socket.gettime() - began) * 100))
  nginx:get "/stop"
end

local out = nginx:get("/ticks?base_url=" .. base_url)
io.write((out:gsub("%a+\n$", "")))
local good = out:find "good\n$" ~= nil
good = requests() and good
cost()
nginx:remove()
os.exit(good and 0 or 1)
