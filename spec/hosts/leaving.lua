--- A script that ends with jobs running. usage: lua spec/hosts/leaving.lua HOST BASE_URL FOLDER
-- It closes one client under 10 jobs, and prints what descriptors and threads that has left behind. It starts 10 more, writes their records once
-- they are submitted to FOLDER/records, and comes to its end with client and jobs as they are.
package.path = package.path .. ";/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua" -- copas, where Debian has it
local host, base_url, folder = arg[1], arg[2], arg[3]
local controller = host == "cqueues" and require("cqueues").new()
local in_copas = host == "copas" and require "copas" -- before anything that knows sockets
local cjson = require "cjson"
local retake = require "retake"

local JOBS = 10

local loops = {
  blocking = function(wanted, client)
    while not wanted() do client:wait(1) end
  end,
  frame = function(wanted, client)
    while not wanted() do
      client:step(0.002)
      client.host.sleep(0.005)
    end
  end,
  luv = function(wanted)
    local uv = require "luv"
    while not wanted() do uv.run "once" end
  end,
  cqueues = function(wanted, client)
    controller:wrap(function()
      while not wanted() do client:wait(1) end
    end)
    while not wanted() do controller:step(1) end
  end,
  copas = function(wanted)
    while not wanted() do in_copas.step(1) end
  end,
}

local function count(what)
  collectgarbage()
  collectgarbage()
  os.execute(("ls /proc/$PPID/%s >%s/listed"):format(what, folder)) -- a pipe to ls would be listed, or not
  local file = assert(io.open(folder .. "/listed"))
  local all = file:read "*a"
  file:close()
  return select(2, all:gsub("\n", ""))
end

local function start(wanted)
  local client, seen, jobs = retake.client { host = host, providers = { runway = { key = "key_leaving", base_url = base_url } } }, 0, {}
  for number = 1, JOBS do
    jobs[number] = client:start { model = "runway/gen4_image", prompt = "a paper boat", ratio = "1920:1080",
      save = ("%s/%s-%d.png"):format(folder, host, number) }
    jobs[number]:on(wanted, function() seen = seen + 1 end)
  end
  loops[host](function() return seen == JOBS end, client)
  return client, jobs
end

if host == "luv" then require("luv").run() end -- the loop has descriptors of its own, from its first run on
local descriptors, threads = count "fd", count "task"
local first = start "submitted"
first:close()
if host == "luv" then require("luv").run "nowait" end
first = nil -- luacheck: ignore 311
print(("%d descriptors, %d threads left"):format(count "fd" - descriptors, count "task" - threads))

local _, jobs = start "submitted"
local records = {}
for number, job in ipairs(jobs) do records[number] = job:record() end
local file = assert(io.open(folder .. "/records", "w"))
file:write(cjson.encode(records))
file:close()
if _VERSION ~= "Lua 5.1" then os.exit(true, true) end -- 5.1 closes its state at a script's end alone
