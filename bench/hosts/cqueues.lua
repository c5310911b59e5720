--- Ticks of a thread of cqueues.
local cqueues = require "cqueues"
local ticks = require "bench.ticks"

local loop, good = cqueues.new(), nil
loop:wrap(function() good = ticks.run { name = "cqueues", sleep = cqueues.sleep } end)
assert(loop:loop())
os.exit(good and 0 or 1)
