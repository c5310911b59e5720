--- The policy that most should use: it sends again where waiting helps, then goes to the other models, and else gives up.
local retake = require "retake"
local policy = retake.policy

local simulator = os.getenv "RETAKE_SIMULATOR" -- without it Runway itself is asked, and paid

local my_policy = policy.standard {
  tries = 2, -- of each model, after its first failure; each wait is random, and twice as long as the one before
  fallback = { "runway/gen4.5", { model = "runway/veo3.1_fast", duration = 8 } }, -- in this order; parameters are translated for them
}

-- Known before anything runs: what no policy should answer by itself is left to a person.
print("left to a person: " .. table.concat(policy.check(my_policy).unanswered, " "))

local client = retake.client {
  providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
  host = simulator and "virtual" or "blocking",
  policy = my_policy,
  max_credits = 250, deadline = 1800, max_attempts = 8, -- of a job in all: over every wait, attempt and model
}
local job = client:start {
  model = "runway/gen4_turbo", prompt = "a paper boat", image = "https://example.com/boat.jpg", ratio = "1280:720", duration = 5,
}
local result = job:await()

print("\n" .. require("retake.ledger").format(job.attempts)) -- one row an attempt: what failed, what was decided, what it cost
print("\n" .. job:explain()) -- the same for a person
if not result then os.exit(1) end
print("\n" .. result.outputs[1])
