-- Requests a second from Lua through core.engine, against bare libcurl (bench/baseline.c) in the same run, round by round in turn.
-- usage: lua bench/engine.lua BASELINE [ROUNDS] [REQUESTS] [CONCURRENCY] [URL]; without a URL it starts an nginx of its own.
local core = require "retake.core"

local baseline = assert(arg[1], "usage: lua bench/engine.lua BASELINE [ROUNDS] [REQUESTS] [CONCURRENCY] [URL]")
local rounds, requests, concurrency = tonumber(arg[2] or 7), tonumber(arg[3] or 20000), tonumber(arg[4] or 100)
local url, stop_server = arg[5], function() end

local nginx_conf = [[
daemon on; pid %s/pid; error_log %s/error.log; worker_processes 1;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 100000000; client_body_temp_path %s; proxy_temp_path %s;
  fastcgi_temp_path %s; uwsgi_temp_path %s; scgi_temp_path %s;
  server { listen 127.0.0.1:%d; location / { default_type application/json; return 200 '{"id":"17f20503","status":"RUNNING","progress":0.5}'; } }
}
]]

local function start_nginx()
  local folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. folder))
  for try = 1, 10 do -- another port where somebody else has this one
    local port = 10000 + (math.floor(core.clock() * 1000) + try * 977) % 20000
    local file = assert(io.open(folder .. "/conf", "w"))
    file:write((nginx_conf:gsub("%%s", folder):gsub("%%d", tostring(port))))
    file:close()
    local status = os.execute(("PATH=$PATH:/usr/sbin nginx -p %s -c %s/conf 2>/dev/null"):format(folder, folder))
    if status == true or status == 0 then
      return ("http://127.0.0.1:%d/"):format(port), function()
        os.execute(("kill $(cat %s/pid); sleep 0.2; rm -rf %s"):format(folder, folder))
      end
    end
  end
  error("nginx did not start; is it installed?")
end

local function run_baseline()
  local pipe = assert(io.popen(("%s %s %d %d"):format(baseline, url, requests, concurrency)))
  local speed = tonumber(pipe:read("*l"))
  pipe:close()
  return assert(speed, "the baseline failed")
end

local function run_engine()
  local engine = core.engine { concurrency = concurrency }
  local started, sent, done = core.now(), 0, 0
  local function send()
    sent = sent + 1
    assert(engine:start { url = url, timeout = { connect = 10, first_byte = 60, idle = 30, total = 300 } })
  end
  for _ = 1, concurrency do send() end
  while done < requests do
    engine:step(1)
    local outcome = engine:take()
    while outcome do
      assert(outcome.status == 200, outcome.message)
      done = done + 1
      if sent < requests then send() end
      outcome = engine:take()
    end
  end
  local speed = requests / (core.now() - started)
  engine:close()
  return speed
end

local function median(list)
  table.sort(list)
  return list[math.floor((#list + 1) / 2)]
end

if not url then url, stop_server = start_nginx() end
local ok, message = pcall(function()
  run_baseline()
  run_engine()
  local ours, theirs, ratios = {}, {}, {}
  for round = 1, rounds do
    theirs[round] = run_baseline()
    ours[round] = run_engine()
    ratios[round] = ours[round] / theirs[round]
    print(("round %d: baseline %.0f/s, engine %.0f/s, ratio %.3f"):format(round, theirs[round], ours[round], ratios[round]))
  end
  print(("median: baseline %.0f/s, engine %.0f/s, ratio %.3f (%s, %d requests, %d at once)"):format(
    median(theirs), median(ours), median(ratios), _VERSION, requests, concurrency))
  return median(ratios)
end)
stop_server()
if not ok then error(message, 0) end
if message < 0.85 then os.exit(1) end
