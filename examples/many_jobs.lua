--- Many jobs at once in one client: it never runs more tasks than the account allows, the others wait in order.
local retake = require "retake"

local simulator = os.getenv "RETAKE_SIMULATOR"
local COUNT, AT_ONCE = tonumber(arg and arg[1]) or 3, 2

local client = retake.client {
  providers = {
    runway = { key = simulator and "key_for_the_simulator" or nil, base_url = simulator, concurrency = AT_ONCE },
  },
  host = simulator and "virtual" or "blocking",
  policy = retake.policy.standard { tries = 3, fallback = { "runway/gen4.5" } },
}

local jobs = {}
for i = 1, COUNT do
  jobs[i] = client:start {
    model = "runway/gen4_turbo", prompt = "a paper boat, take " .. i, image = "https://example.com/boat.jpg", ratio = "1280:720", duration = 2,
    max_credits = 50,
  }
end
client:run()

local failed = 0
for i, job in ipairs(jobs) do
  local result = job:result()
  if result then print(i, "succeeded", result.outputs[1])
  else
    failed = failed + 1
    print(i, "failed", tostring(job.fault))
  end
end
os.exit(failed == 0 and 0 or 1)
