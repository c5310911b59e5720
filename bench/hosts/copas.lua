--- Ticks of a thread of copas. Debian's knows no timers: the thread sleeps on the client's host, which is copas too.
package.path = package.path .. ";/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua" -- Debian has it there; it runs on 5.4 as it is
local copas = require "copas"
local ticks = require "bench.ticks"

local host, good = require("retake.host.copas").new(), nil
copas.addthread(function() good = ticks.run { name = "copas", sleep = host.sleep } end)
while good == nil do copas.step() end -- 1.1.7's loop has no end
os.exit(good and 0 or 1)
