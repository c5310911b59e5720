--- Ticks of a timer of libuv's loop.
local uv = require "luv"
local ticks = require "bench.ticks"

local timer, thread, good = uv.new_timer(), nil, nil
local function go_on() assert(coroutine.resume(thread)) end
local function sleep(seconds)
  timer:start(math.max(math.floor(seconds * 1000), 1), 0, go_on)
  coroutine.yield()
end

thread = coroutine.create(function()
  good = ticks.run { name = "luv", sleep = sleep }
  timer:close()
end)
go_on()
uv.run()
os.exit(good and 0 or 1)
