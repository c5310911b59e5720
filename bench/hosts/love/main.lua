--- Frames of LÖVE that begin every 10 ms (where nothing is measured, every sixtieth of a second): how late they begin. Retake's part of each is what
-- a game would give it. usage: RETAKE_BASE_URL=... love bench/hosts/love
local core = require "retake.core"
local ticks = require "bench.ticks"

local BUDGET, FRAME = 0.002, 1 / 60

local bench, due, stepped

-- Called in the bench's coroutine, which goes on with the frame that comes then.
local function sleep(seconds, client)
  due, stepped = core.now() + seconds, client
  coroutine.yield()
end

function love.load()
  bench = coroutine.create(function()
    love.event.quit(ticks.run { name = "LÖVE", sleep = sleep } and 0 or 1)
    due = math.huge
    coroutine.yield()
  end)
end

function love.update()
  if stepped and not stepped.closed then stepped:step(BUDGET) end
  love.timer.sleep(math.max(0, math.min((due or 0) - core.now(), FRAME)))
  if due and core.now() < due then return end
  local ok, trouble = coroutine.resume(bench)
  if not ok then error(trouble, 0) end
end

function love.errorhandler(trouble)
  io.stderr:write(tostring(trouble), "\n")
  return function() return 1 end
end
