--- A game that starts itself anew while jobs run and one is being downloaded: LÖVE closes its Lua and opens another one in the same process.
-- ARGUMENT: the simulator's address, and a file that counts the lives. Each prints its descriptors and threads before it makes a client.
local retake = require "retake"

local M = {}

local LIVES, JOBS = 4, 20

local client, life, submitted, file

-- The names of what is in a folder of this process, or what they stand for.
local function listed(folder)
  local stat = io.open "/proc/self/stat"
  local process = stat:read "*n"
  stat:close()
  local pipe = io.popen(("sleep 0.1; ls -l /proc/%d/%s"):format(process, folder)) -- meanwhile io.popen closes what it opened for a moment
  local text = pipe:read "*a"
  pipe:close()
  local count, names = 0, {}
  for line in text:gmatch "[^\n]+" do
    local name = line:match "-> (.*)$"
    names[#names + 1] = name and name:gsub("[%d]+", "N") or nil
    if line:find "^[ld]" then count = count + 1 end
  end
  table.sort(names)
  return count, table.concat(names, " ")
end

function M.load(base_url, path)
  file = assert(io.open(path, "a+"))
  life = #file:read "*a" + 1
  file:write "x"
  file:close()
  local descriptors, names = listed "fd"
  print(("life %d: %d descriptors, %d threads (%s)"):format(life, descriptors, (listed "task"), names))
  submitted = 0
  client = retake.client { providers = { runway = { key = "key_restart", base_url = base_url } } }
  for number = 1, JOBS do
    local job = client:start { model = "runway/gen4.5", prompt = number > 17 and "slow" or "a paper boat", ratio = "1280:720", duration = 5 }
    job:on("submitted", function() submitted = submitted + 1 end)
  end
end

function M.update()
  client:step(0.002)
  if submitted < 17 then return end
  love.event.quit(life < LIVES and "restart" or 0)
end

return M
