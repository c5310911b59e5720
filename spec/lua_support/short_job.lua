--- A short job against the simulator, for valgrind: one retry, one image inspected, one file saved, an engine left to the collector.
package.path = "./?.lua;lua/?.lua;lua/?/init.lua;" .. package.path

local retake = require "retake"
local simulator = require("spec.support.simulator").start {
  script = {
    tasks = {
      { states = { { "RUNNING", 0.5 }, { "FAILED", code = "INTERNAL", failure = "Internal error", refund = true } } },
      { states = { "SUCCEEDED" } },
    },
  },
}
local output = os.tmpname()
local client = retake.client {
  providers = { runway = { key = "key_test", base_url = simulator.base_url } }, host = "virtual", on_event = function() collectgarbage() end,
}
local job = client:start {
  model = "runway/gen4_turbo", prompt = "a paper boat", image = "spec/fixtures/boat.png", ratio = "1280:720", duration = 5, save = output,
}
local result, fault = job:await()
local paid = #simulator:submissions { paid = true }
local dropped = retake.client { host = "virtual" }
dropped:start { model = "runway/gen4_turbo", prompt = "never runs", ratio = "1280:720", duration = 5 }
client:close()
simulator:stop()
os.remove(output)
local good = result ~= nil and paid == 2
print(good and "1 passed, 0 failed" or "0 passed, 1 failed", fault, paid)
os.exit(good and 0 or 1, true)
