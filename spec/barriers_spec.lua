-- What holds for all of a job, whatever has failed since: over the simulator without sockets, so that its log tells the times too.
local retake = require "retake"
local twin_of = require "spec.support.twin"

local policy = retake.policy

local VEO = "evolink/veo-3.1-fast-generate-preview"
local DONE = { states = { "SUCCEEDED" } }
local REFUSED = { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "Flagged by moderation.", refund = true } } }

describe("an earlier failure of a job", function()
  local twin

  -- A job whose policy makes these decisions, one after the other, and insists on the last.
  local function run(script, decisions, options, fields)
    local at = 0
    local all = { policy = function()
      at = at + 1
      return decisions[at] or not decisions.once and decisions[#decisions] or nil
    end }
    for key, value in pairs(options or {}) do all[key] = value end
    twin = twin_of.new(script, all)
    local request = { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
    for key, value in pairs(fields or {}) do request[key] = value end
    local job = twin.client:start(request)
    job:await()
    if job.fault and job.fault.code == "policy_error" then error(job.fault.message) end
    return job
  end
  after_each(function() twin.client:close() end)

  local function sent()
    local list = {}
    for _, entry in ipairs(twin.world.log.entries) do
      if entry.operation == "submit" then list[#list + 1] = entry end
    end
    return list
  end

  it("of its account holds after a detour by another provider", function()
    local script = { faults = { { on = "submit", match = { model = "gen4.5" }, status = 402 }, { on = "submit", match = { model = VEO:sub(9) },
      status = 503 } }, tasks = { DONE } }
    local job = run(script, { policy.fallback(VEO), policy.fallback "runway/veo3.1_fast" }, { circuit = false })
    assert.equal("local.refused", job.fault.class)
    assert.equal("elsewhere", job.fault.code)
    assert.equal(2, #sent())
  end)

  it("holds where the other provider let nothing in", function()
    local script = { faults = { { on = "submit", status = 429, body = { error = "Too Many Requests" } } }, tasks = { DONE } }
    twin = twin_of.new(script, { policy = function(fault)
      if fault.code == "circuit_open" then return policy.fallback "runway/veo3.1_fast" end
      return policy.fallback(VEO)
    end })
    twin.client:set_health("evolink", "open")
    -- too many requests may be taken to any model, a network's failure to another provider only
    local job = twin.client:start { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
    assert.equal("runway/veo3.1_fast", assert(job:await()).model)
    twin.client:close()

    twin = twin_of.new({ tasks = { DONE } }, { policy = twin.client.policy }, { lose = function(request)
      if request.url:find "text_to_video" then return { kind = "connect", sent = false, message = "no connection could be made" } end
    end })
    twin.client:set_health("evolink", "open")
    job = twin.client:start { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
    job:await()
    assert.equal("elsewhere", job.fault.code)
    assert.equal(0, #sent())
  end)

  it("says no to a model that is not to be had, with other parameters too", function()
    local script = { faults = { { on = "submit", match = { model = "gen4.5" }, status = 404, body = { error = "Model not found" } },
      { on = "submit", match = { model = VEO:sub(9) }, status = 503 } } }
    local job = run(script, { policy.fallback(VEO), policy.fallback("runway/gen4.5", { seed = 7 }) }, { circuit = false })
    assert.equal("never", job.fault.code)
    assert.equal(2, #sent())
  end)

  it("keeps refused content from a third provider, unless the client lets it go there", function()
    local script = { faults = { { on = "submit", match = { model = VEO:sub(9) }, status = 503, times = "always" } }, tasks = { REFUSED, DONE } }
    local decisions = { policy.fallback(VEO, { prompt = "another boat" }), policy.fallback("runware/klingai:5@3", { prompt = "a paper boat" }) }
    local job = run(script, decisions, { circuit = false })
    assert.equal("unchanged", job.fault.code)
    assert.equal(2, #sent())
    twin.client:close()
    job = run(script, decisions, { circuit = false, reroute_refused = true })
    assert.is_nil(job.fault)
    assert.equal(3, #sent())
  end)

  it("makes a request wait for its own failure and for the last one, whichever wants more", function()
    local failed = { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "It failed." } } }
    run({ tasks = { failed, failed, DONE } }, { policy.revise({ seed = 2 }, 0), policy.revise({ seed = 1 }, 0) }, nil, { seed = 1 })
    local entries = sent()
    assert.equal(3, #entries)
    local ended = twin.world.log.entries[#twin.world.log.entries - 2].time -- the poll that told of the second failure
    assert.truthy(entries[3].time - ended >= 1, entries[3].time - ended)
  end)

  it("is one of the same request where a revision changes nothing that is sent", function()
    local script = { faults = { { on = "submit", status = 400, body = { error = "Validation of body failed", issues = { { code = "custom",
      path = { "duration" }, message = "Invalid duration" } } }, times = "always" } } }
    local job = run(script, { policy.revise { count = 1 } }, nil, { model = "runway/veo3.1_fast", duration = 8 })
    assert.equal("unchanged", job.fault.code)
    assert.equal(1, #sent())
    twin.client:close()
    job = run(script, { policy.revise { duration = 6 }, once = true }, nil, { model = "runway/veo3.1_fast", duration = 8 })
    assert.equal("request.invalid", job.fault.class)
    assert.equal(2, #sent())
  end)

  it("is there after a journal as before", function()
    local script = { faults = { { on = "submit", match = { model = "gen4.5" }, status = 402 }, { on = "submit", match = { model = VEO:sub(9) },
      status = 503 } } }
    local job = run(script, { policy.fallback(VEO), once = true }, { circuit = false })
    local record = job:record()
    assert.equal("account.credits", record.barriers[1].class)
    assert.equal("provider.unavailable", record.last.class)
    record.state, record.id = "decide", record.id .. "x"
    local other = twin_of.new({}, { policy = function() return policy.fallback "runway/veo3.1_fast" end, circuit = false })
    local adopted = other.client:adopt(record)
    adopted:await()
    assert.equal("elsewhere", adopted.fault.code)
    record.barriers[1].class = "nonsense"
    assert.has_error(function() other.client:adopt(record) end)
    other.client:close()
  end)
end)
