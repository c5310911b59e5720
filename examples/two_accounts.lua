--- Two accounts of one provider: where the first is out of credits, or its key is refused, the second goes on with the same model.
local retake = require "retake"
local policy = retake.policy

-- The same provider under a second name, with a key of its own. Everything is kept apart (credits, circuits, uploads, places) but for
-- refused content: what moderation has refused to one account goes to the other as little.
retake.provider.define { name = "runway_second", like = "runway", key_variable = "RUNWAYML_API_SECRET_SECOND" }

local simulator, second_simulator = os.getenv "RETAKE_SIMULATOR", os.getenv "RETAKE_SIMULATOR_SECOND" or os.getenv "RETAKE_SIMULATOR"

local client = retake.client {
  providers = {
    runway = simulator and { key = "key_first", base_url = simulator, concurrency = 2 } or { concurrency = 2 },
    runway_second = simulator and { key = "key_second", base_url = second_simulator } or {},
  },
  host = simulator and "virtual" or "blocking",
  policy = policy.chain {
    policy.on({ "account", "limit.rate" }, function(_, job)
      if job.provider == "runway" then return policy.fallback("runway_second/" .. job.model) end
    end),
    policy.standard(),
  },
}

local jobs = {}
for take = 1, 3 do
  jobs[take] = client:start { model = "runway/gen4.5", prompt = "a paper boat, take " .. take, ratio = "1280:720", duration = 5 }
end
client:run()

local failed = 0
for take, job in ipairs(jobs) do
  local result = job:result()
  if not result then failed = failed + 1 end
  print(("take %d  %s  %s"):format(take, result and result.model or "failed", result and result.outputs[1] or tostring(job.fault)))
end
for model, state in pairs(client:health()) do
  print(("%-24s account %s%s"):format(model, state.account, state.class and " (" .. state.class .. ")" or ""))
end
os.exit(failed == 0 and 0 or 1)
