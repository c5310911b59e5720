--- The cheapest model first, dearer ones only where it fails, and none that would cost more than what is left to spend.
local retake = require "retake"

local simulator = os.getenv "RETAKE_SIMULATOR"
local request = { prompt = "a paper boat sails down a gutter", ratio = "1280:720", duration = 8 }
local candidates = { "runway/veo3.1", "runway/seedance2_fast", "runway/gen4.5", "runway/veo3.1_fast" }
local MOST = 350 -- credits for the job, failed attempts included

-- What a model would charge for this request; nil where that cannot be known beforehand.
local function price_of(model)
  local provider, name = retake.provider.split(model)
  local definition = retake.provider.get(provider)
  return definition.estimate and definition.estimate(name, request)
end

local prices = {}
for _, model in ipairs(candidates) do prices[model] = price_of(model) or math.huge end -- the unknown comes last
table.sort(candidates, function(a, b) return prices[a] < prices[b] end)
for _, model in ipairs(candidates) do print(("%-22s %s"):format(model, prices[model] < math.huge and prices[model] .. " credits" or "unknown")) end

request.model = table.remove(candidates, 1)
local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  policy = retake.policy.standard { tries = 1, fallback = candidates },
  max_credits = MOST,
}
local job = client:start(request)
job:on("skipped", function(event) print(("passed over: %s, %s"):format(event.model, event.reason)) end)
local result, fault = job:await()

print("\n" .. require("retake.ledger").format(job.attempts))
print(("\nspent: %g of %g credits"):format(job.spent, MOST))
if not result then
  print(fault:explain())
  os.exit(1)
end
print(result.outputs[1])
