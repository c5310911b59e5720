-- How a policy is tried before it is needed:  busted examples/policy_spec.lua
-- A rehearsal takes a job through the failures that it names, in that order, and then to success. It sends and spends nothing, needs no key,
-- and waits on a clock of its own; all else is the client's: policy, gate, limits, ledger. print(run) shows it as a table.
local retake = require "retake"
local policy = retake.policy

local function soften(prompt, category)
  return ("%s, gentle, nothing %s"):format(prompt, category == "violence" and "violent" or "that could offend")
end

local client = retake.client {
  policy = policy.chain {
    policy.on("content", function(fault, job)
      if job.tries >= 2 then return policy.give_up "refused three times: a person has to look" end
      return policy.revise { prompt = soften(job.request.prompt, fault.category) }
    end),
    policy.on({ "limit", "provider", "network" }, policy.backoff { tries = 2, base = 2, cap = 60 }),
    policy.fallback { "runway/gen4.5", { model = "evolink/veo-3.1-fast-generate-preview", ratio = "16:9", duration = 8 } },
  },
  max_credits = 300, deadline = 1800,
}

local function rehearse(failures, changes)
  local request = { model = "runway/gen4_turbo", prompt = "two knights in a duel", image = "https://example.com/knights.png", ratio = "1280:720",
    duration = 5, rehearse = failures }
  for name, value in pairs(changes or {}) do request[name] = value end
  return client:start(request)
end

describe("our policy", function()
  it("softens a prompt that was refused", function()
    local ledger, run = rehearse { { class = "content.input", category = "violence" } }
    assert.equal("revise", ledger[1].decision)
    assert.equal("two knights in a duel, gentle, nothing violent", run.sent[2].request.prompt)
    assert.is_truthy(run.result)
  end)

  it("does so twice, and then leaves it to a person", function()
    local ledger, run = rehearse { "content.input", "content.output", "content.input" }
    assert.equal(3, #ledger)
    assert.equal("content.input", run.fault.class)
  end)

  it("waits as long as the provider asks for", function()
    local ledger = rehearse { { class = "limit.rate", retry_after = 30 } }
    assert.is_true(ledger[1].delay >= 30 and ledger[1].delay < 31)
  end)

  it("goes to another model when waiting does not help, and to another provider when the credits are out", function()
    local ledger, run = rehearse { "provider.internal", "provider.internal", "provider.internal", "account.credits" }
    assert.equal("gen4.5", ledger[4].model)
    assert.equal("evolink", ledger[5].provider)
    assert.is_truthy(run.result)
  end)

  it("never pays twice, whatever it answers", function()
    local ledger, run = rehearse { "submit.unknown" }
    assert.equal(1, #ledger)
    assert.equal("unknown", run.fault.billed)
  end)

  it("is done within the deadline", function()
    local _, run = rehearse({ { class = "provider.timeout", after = 500 }, { class = "provider.timeout", after = 500 } }, { deadline = 600 })
    assert.equal("local.deadline", run.fault.class)
    assert.is_true(run.seconds <= 600)
  end)
end)
