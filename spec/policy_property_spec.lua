-- Whatever a policy wants and whatever a provider does: nothing is paid for twice, nothing is sent that may not be, every job ends in time, and
-- its ledger is what the provider's books say. Policies, faults, limits and requests are random; a failure names the seed that it comes from.
local property = require "spec.support.policy_property"
local simulator_of = require "spec.support.simulator"

-- Other seeds and more jobs: RETAKE_SEED=77 RETAKE_BATCHES=1000 busted spec/policy_property_spec.lua
local FIRST = tonumber(os.getenv "RETAKE_SEED") or 20260927
local BATCHES, OVER_SOCKETS, JOBS = tonumber(os.getenv "RETAKE_BATCHES") or 100, 20, 100

local MOST_SHOWN = 8

local function check(seed, problems)
  if #problems == 0 then return end
  local shown = {}
  for place = 1, math.min(#problems, MOST_SHOWN) do shown[place] = problems[place] end
  error(("seed %d: %d problems\n  %s"):format(seed, #problems, table.concat(shown, "\n  ")), 0)
end

describe("random policies against random faults", function()
  it("break nothing that the gate promises, on a clock of their own (10,000 jobs)", function()
    local jobs, submissions, served, classes = 0, 0, 0, {}
    for seed = FIRST, FIRST + BATCHES - 1 do
      local problems, run = property.in_process(seed, JOBS)
      check(seed, problems)
      jobs, submissions = jobs + #run.jobs, submissions + run.submissions
      for _, job in ipairs(run.jobs) do served = served + (job:result() and 1 or 0) end
      for class in pairs(run.classes) do classes[class] = true end
    end
    -- they meet what they are made for
    assert.truthy(jobs >= BATCHES * JOBS and submissions > jobs / 2 and served > jobs / 20, ("%d jobs, %d submissions, %d served")
      :format(jobs, submissions, served))
    if BATCHES < 100 then return end
    for _, class in ipairs { "content.input", "content.output", "request.invalid", "model.unavailable", "account.credits", "account.quota", "limit.rate",
      "provider.internal", "provider.unavailable", "provider.capacity", "generation.failed", "submit.unknown", "network.connect", "network.timeout",
      "local.deadline", "local.cancelled", "local.budget", "task.cancelled", "task.not_found", "unknown" } do
      assert.truthy(classes[class], "nothing failed with " .. class)
    end
  end)

  it("pay for nothing twice over real sockets either, as the provider's log has it (2,000 jobs)", function()
    local simulator = simulator_of.start()
    for seed = FIRST, FIRST + OVER_SOCKETS - 1 do
      local problems = property.over_sockets(simulator, seed, JOBS)
      check(seed, problems)
    end
    simulator:stop()
  end)
end)
