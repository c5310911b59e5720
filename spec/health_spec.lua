local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("health", function()
  local simulator, client, circuits
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)
  after_each(function() if client then client:close() end end)

  -- A client whose jobs end with their first failure, and the circuit events it tells.
  local function begin(script, options)
    simulator:script(script)
    circuits = {}
    local all = { policy = policy.give_up, on_event = function(event)
      if event.event == "circuit" then circuits[#circuits + 1] = event end
    end }
    for key, value in pairs(options or {}) do all[key] = value end
    client = main_job.client(simulator, all)
  end

  local function one(fields)
    local job = client:start(main_job.request(fields))
    local result, fault = job:await()
    return result, fault, job
  end

  local function pass(seconds)
    client:call(function() client:sleep(seconds) end)
  end

  local function states()
    local list = {}
    for _, event in ipairs(circuits) do list[#list + 1] = event.scope .. " " .. event.state end
    return list
  end

  local function submissions() return #simulator:submissions() end

  local GOOD = { { states = { "SUCCEEDED" } } }

  it("keeps submissions back after five failures in a row, without sending anything, and says so", function()
    begin { faults = { { on = "submit", status = 503, times = "always" } } }
    for n = 1, 5 do one { seed = n } end
    assert.same({ "model open" }, states())
    assert.equal(5, circuits[1].seconds)
    assert.equal("gen4_turbo", circuits[1].model)
    local _, fault, job = one()
    assert.equal(5, submissions())
    assert.equal("provider.unavailable", fault.class)
    assert.equal("circuit_open", fault.code)
    assert.equal("none", fault.effect)
    assert.equal("no", fault.billed)
    assert.truthy(fault.retry_after > 4 and fault.retry_after <= 5, fault.retry_after)
    assert.truthy(fault.message:find("5 failures in a row", 1, true), fault.message)
    assert.equal(1, #job.attempts)
    assert.equal("circuit_open", job.attempts[1].code)
    assert.equal(1, job.attempts[1].turned_away)
    local known = client:health()["runway/gen4_turbo"]
    assert.equal("open", known.state)
    assert.equal(5, known.failed) -- what was not sent is no failure
    assert.equal("provider.unavailable", known.class)
    assert.truthy(known.next_try <= 5 and known.reason:find("failures in a row", 1, true))
  end)

  it("lets one probe through at a time, and is closed by the first submission that is taken", function()
    begin { faults = { { on = "submit", status = 500, times = 5 } }, tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    for n = 1, 5 do one { seed = n } end
    pass(6)
    assert.equal("half_open", client:health()["runway/gen4_turbo"].state)
    local jobs = {}
    for n = 1, 4 do jobs[n] = client:start(main_job.request { seed = n }) end
    client:run()
    assert.truthy(jobs[1]:result())
    for n = 2, 4 do assert.equal("circuit_open", jobs[n].fault.code) end
    assert.same({ "model open", "model half_open", "model closed" }, states())
    assert.truthy((one()))
  end)

  it("stays open for longer after each probe that fails", function()
    begin { faults = { { on = "submit", status = 503, times = "always" } } }
    for n = 1, 5 do one { seed = n } end
    local open = {}
    for _ = 1, 6 do
      local known = client:health()["runway/gen4_turbo"]
      open[#open + 1] = math.floor(known.next_try + 0.5)
      pass(known.next_try)
      one()
    end
    assert.same({ 5, 10, 20, 40, 60, 60 }, open)
    assert.equal(11, submissions())
  end)

  it("counts tasks that were taken and failed apart from submissions that were not", function()
    local failed = { states = { { "FAILED", code = "INTERNAL", failure = "x" } } }
    begin { tasks = { { states = failed.states, times = 5 }, GOOD[1] } }
    for n = 1, 5 do one { seed = n } end
    assert.same({ "model open" }, states())
    assert.equal("circuit_open", select(2, one()).code)
    pass(5)
    local probe, other = client:start(main_job.request { seed = 1 }), client:start(main_job.request { seed = 2 })
    client:run()
    assert.truthy(probe:result())
    assert.equal("circuit_open", other.fault.code) -- though the probe's submission had been taken
    assert.same({ "model open", "model half_open", "model closed" }, states())
  end)

  it("is not impressed by what a caller does wrong, by refusals, limits and deadlines", function()
    begin { faults = { { on = "submit", status = 400, times = 10 }, { on = "submit", status = 429, times = 10 } }, blocked = { "boat" },
      tasks = GOOD }
    for n = 1, 30 do
      one { seed = n, prompt = n > 20 and "a boat " .. n or nil }
    end
    assert.same({}, circuits)
    assert.equal("closed", client:health()["runway/gen4_turbo"].state)
    assert.equal(0, client:health()["runway/gen4_turbo"].failed)
  end)

  describe("of an account:", function()
    for class, answer in pairs {
      ["account.unauthorized"] = { status = 401 },
      ["account.credits"] = { status = 400, body = { error = "You do not have enough credits to run this task." } },
    } do
      it(class .. " stops all its models at once, and says so", function()
        begin { faults = { { on = "submit", status = answer.status, body = answer.body, times = 1 } }, tasks = GOOD }
        local _, first = one()
        assert.equal(class, first.class)
        local _, fault = one { model = "runway/gen4.5" }
        assert.equal(class, fault.class)
        assert.equal("circuit_open", fault.code)
        assert.truthy(fault.retry_after > 55 and fault.retry_after <= 60, fault.retry_after)
        assert.equal(1, submissions())
        assert.same({ "account open" }, states())
        assert.equal("runway", circuits[1].account)
        assert.is_nil(circuits[1].model)
        local known = client:health()["runway/gen4.5"]
        assert.equal("open", known.account)
        assert.equal(class, known.class)
        pass(61)
        assert.truthy((one { model = "runway/gen4.5" }))
        assert.equal("account closed", states()[3])
        assert.truthy((one()))
      end)
    end

    it("a quota stops its model until the time there is, and the account where a second model meets it", function()
      begin { faults = { { on = "submit", match = { model = "gen4_turbo" }, status = 429, body = { error = "You have reached your daily task limit." } },
        { on = "submit", match = { model = "gen4.5" }, status = 429, body = { error = "You have reached your daily task limit." }, nth = 2 } },
        tasks = GOOD }
      assert.equal("account.quota", select(2, one()).class)
      local _, fault = one()
      assert.same({ "account.quota", "circuit_open" }, { fault.class, fault.code })
      assert.truthy(fault.retry_after > 890 and fault.retry_after <= 900, fault.retry_after)
      assert.truthy((one { model = "runway/gen4.5" })) -- the quota may be the model's own
      assert.is_nil(select(2, one { model = "runway/gen4.5" }).code)
      assert.same({ "model open", "model open", "account open" }, states())
      assert.equal("circuit_open", select(2, one { model = "runway/veo3.1", duration = 8 }).code)
    end)

    it("is the one that the client names, shared by providers", function()
      local definition = {}
      for key, value in pairs(retake.provider.get "runway") do definition[key] = value end
      definition.name = "runway_again"
      retake.provider.define(definition)
      simulator:script { faults = { { on = "submit", status = 401, times = 1 } } }
      local settings = { key = "key_spec", base_url = simulator.base_url, account = "studio" }
      client = retake.client { host = "virtual", policy = policy.give_up, providers = { runway = settings, runway_again = settings } }
      one()
      assert.equal("circuit_open", select(2, one { model = "runway_again/gen4_turbo" }).code)
    end)
  end)

  it("of one broken model leaves the others of its provider alone; with two the provider is taken to be in trouble", function()
    begin { faults = { { on = "submit", match = { model = "gen4_turbo" }, status = 500, times = "always" },
      { on = "submit", match = { model = "gen4.5" }, status = 500, times = "always" } }, tasks = GOOD }
    for n = 1, 6 do one { seed = n } end
    assert.same({ "model open" }, states())
    for n = 1, 5 do one { seed = n, model = "runway/gen4.5" } end
    assert.same({ "model open", "model open", "provider open" }, states())
    assert.is_nil(circuits[3].model)
    local _, fault = one { model = "runway/veo3.1", ratio = "1280:720", duration = 8 }
    assert.equal("circuit_open", fault.code)
    assert.truthy(fault.message:find("2 of its models fail", 1, true), fault.message)
    pass(5)
    assert.truthy((one { model = "runway/veo3.1", duration = 8 }))
    assert.equal("closed", client:health()["runway/veo3.1"].state)
    assert.equal("open", client:health()["runway/gen4_turbo"].provider == "closed" and "open")
  end)

  it("of a provider survives two broken models where a third does well", function()
    begin { faults = { { on = "submit", match = { model = "gen4_turbo" }, status = 500, times = "always" },
      { on = "submit", match = { model = "gen4.5" }, status = 500, times = "always" } }, tasks = GOOD }
    assert.truthy((one { model = "runway/veo3.1", duration = 8 }))
    for n = 1, 5 do one { seed = n } end
    for n = 1, 5 do one { seed = n, model = "runway/gen4.5" } end
    assert.same({ "model open", "model open" }, states())
    assert.truthy((one { model = "runway/veo3.1", duration = 8 }))
  end)

  it("of the network is the provider's", function()
    begin({}, { runway = { base_url = "http://127.0.0.1:1" } })
    for n = 1, 5 do one { seed = n } end
    assert.same({ "provider open" }, states())
    assert.equal("circuit_open", select(2, one { model = "runway/gen4.5" }).code)
  end)

  it("counts submissions of unknown outcome as the network's", function()
    begin { faults = { { on = "submit", action = "close", times = "always" } } }
    for n = 1, 5 do assert.equal("submit.unknown", select(2, one { seed = n }).class) end
    assert.same({ "provider open" }, states())
    assert.equal("circuit_open", select(2, one()).code)
    assert.equal(5, submissions())
  end)

  it("keeps a model that is not to be had from being asked for again, with its own class", function()
    begin { faults = { { on = "submit", match = { model = "gen4_turbo" }, status = 404, body = { error = "Model gen4_turbo is not available" } } },
      tasks = GOOD }
    assert.equal("model.unavailable", select(2, one()).class)
    local _, fault = one()
    assert.same({ "model.unavailable", "circuit_open" }, { fault.class, fault.code })
    assert.truthy((one { model = "runway/gen4.5" }))
  end)

  it("lets jobs wait for the time that another was told", function()
    begin({ faults = { { on = "submit", status = 429, retry_after = 7, times = 1 } }, tasks = GOOD }, { policy = policy.standard() })
    local began = client.host.now()
    local jobs = {}
    local function start_another()
      jobs[4] = client:start(main_job.request { seed = 4 })
      jobs[4]:on("submitting", function() jobs[4].sent_at = client.host.now() - began end)
    end
    for n = 1, 3 do -- whichever arrives first is told, once
      jobs[n] = client:start(main_job.request { seed = n })
      jobs[n]:on("fault", start_another)
    end
    client:run()
    for n = 1, 4 do assert.truthy(jobs[n]:result(), n) end
    assert.truthy(jobs[4].sent_at >= 6.9, jobs[4].sent_at)
    assert.equal(1, #jobs[4].attempts)
    assert.equal(5, submissions())
  end)

  it("keeps its hands off the retry budget and the attempts of jobs that it sends away", function()
    begin({ faults = { { on = "submit", status = 503, times = 5 } }, tasks = GOOD }, { policy = function() return policy.retry(0) end })
    for n = 1, 5 do client:start(main_job.request { seed = n, max_attempts = 1 }) end
    client:run()
    local tokens = client.gate:tokens "runway"
    local job = client:start(main_job.request { max_attempts = 1 })
    job:await()
    assert.truthy(job:result(), tostring(job.fault))
    assert.equal(2, #job.attempts)
    assert.equal("circuit_open", job.attempts[1].code)
    assert.truthy(client.gate:tokens "runway" >= tokens)
  end)

  it("leaves one row in the ledger however often a job is sent away", function()
    begin({ tasks = GOOD }, { policy = function() return policy.retry(0) end })
    client:set_health("runway", "open")
    local _, fault, job = one { deadline = 600 }
    assert.equal("local.deadline", fault.class)
    assert.equal(1, #job.attempts)
    assert.truthy(job.attempts[1].turned_away >= 9, job.attempts[1].turned_away)
    assert.truthy(require("retake.ledger").format(job.attempts):find("circuit_open x%d"))
    assert.equal(0, submissions())
  end)

  it("is set by hand, and says so", function()
    begin { faults = { { on = "submit", status = 503, times = 20 } }, tasks = GOOD }
    client:set_health("runway/gen4_turbo", "open")
    assert.truthy(select(2, one()).message:find("held open by hand", 1, true))
    client:set_health("runway/gen4_turbo", "closed")
    for n = 1, 19 do assert.is_nil(select(2, one { seed = n }).code) end
    assert.equal("closed", client:health()["runway/gen4_turbo"].state)
    client:set_health("runway/gen4_turbo", "auto")
    one()
    assert.truthy((one()))
    client:set_health("runway", "open")
    assert.equal("circuit_open", select(2, one { model = "runway/gen4.5" }).code)
    client:set_health("runway", "auto")
    assert.truthy((one { model = "runway/gen4.5" }))
    for text, arguments in pairs { ["a provider or"] = { "runwey", "open" }, ["is set"] = { "runway", "broken" } } do
      local ok, message = pcall(client.set_health, client, arguments[1], arguments[2])
      assert.is_false(ok)
      assert.truthy(message:find(text, 1, true), message)
    end
    assert.has_error(function() client:set_health(nil, "open") end)
  end)

  it("only counts where the client wants no circuits", function()
    begin({ faults = { { on = "submit", status = 503, times = "always" } } }, { circuit = false })
    for n = 1, 20 do one { seed = n } end
    assert.equal(20, submissions())
    assert.equal("closed", client:health()["runway/gen4_turbo"].state)
    assert.equal(20, client:health()["runway/gen4_turbo"].in_a_row)
  end)

  it("takes the client's own numbers, and refuses wrong ones", function()
    begin({ faults = { { on = "submit", status = 503, times = "always" } } }, { circuit = { in_a_row = 2, open = 30 } })
    for n = 1, 3 do one { seed = n } end
    assert.equal(2, submissions())
    assert.equal(30, circuits[1].seconds)
    for _, wrong in ipairs { { calls = 0 }, { opne = 1 }, 1, true } do
      assert.has_error(function() retake.client { circuit = wrong } end)
    end
  end)

  describe("while a provider is down for sixty seconds,", function()
    -- A request every two seconds that goes elsewhere where the first choice fails.
    local function outage(faults)
      begin({ faults = faults, tasks = GOOD })
      local began, down, back, log = client.host.now(), true, nil, nil
      client:call(function()
        while not back do
          local now = client.host.now() - began
          if down and now >= 60 then
            down, log = false, simulator:log()
            simulator:script { tasks = GOOD }
          end
          client:start(main_job.request { seed = math.floor(now) }):on("submitted", function() back = back or client.host.now() - began end)
          client:sleep(2)
        end
      end)
      local count = { submit = 0, organization = 0 }
      for _, entry in ipairs(log) do count[entry.operation] = (count[entry.operation] or 0) + 1 end
      return count, back
    end

    it("sends no probe that could cost anything while a free call shows it down, and is back within five seconds", function()
      local count, back = outage { { on = "*", status = 503, times = "always" } }
      assert.equal(5, count.submit)
      assert.truthy(count.organization > 10 and count.organization <= 24, count.organization)
      assert.truthy(back <= 65, back)
    end)

    it("sends at most three probes where only submissions fail", function()
      local count = outage { { on = "submit", status = 503, times = "always" } }
      assert.truthy(count.submit <= 8, count.submit)
    end)
  end)

  it("wakes the jobs that wait as soon as the provider takes submissions again", function()
    begin({ faults = { { on = "submit", status = 503, times = 8 } }, tasks = GOOD },
      { policy = function(fault) return fault.code == "circuit_open" and policy.retry(fault.retry_after) or policy.give_up() end })
    for n = 1, 5 do one { seed = n } end
    local began, ends = client.host.now(), {}
    for n = 1, 30 do
      client:start(main_job.request { seed = n, deadline = 300 }):on("submitted", function() ends[#ends + 1] = client.host.now() - began end)
    end
    client:run()
    assert.equal(27, #ends) -- three were probes that failed
    assert.truthy(ends[#ends] - ends[1] < 5, ends[#ends] - ends[1])
  end)

  it("opens at the first failure while the provider's status page tells of an outage", function()
    begin({ faults = { { on = "other", status = 200, body = { status = { indicator = "major", description = "Major outage" } }, times = "always" },
      { on = "submit", status = 503, times = "always" } } }, { runway = { status_page = simulator.base_url .. "/status.json" } })
    one { seed = 1 }
    assert.same({}, circuits)
    pass(1)
    assert.equal("Major outage", client:health()["runway/gen4_turbo"].page.description)
    one { seed = 2 }
    assert.same({ "model open" }, states())
  end)

  it("makes nothing of a status page that cannot be read", function()
    local read = require("retake.status_page").read
    for _, text in ipairs { "", "x", "{}", "[]", '{"status":1}', '{"status":{"indicator":{}}}', '"status"' } do assert.is_nil(read(text)) end
    assert.is_false(read('{"status":{"indicator":"none"}}').outage)
    assert.is_false(read('{"status":{"indicator":"minor"}}').outage)
    assert.is_true(read('{"status":{"indicator":"critical"}}').outage)
  end)
end)
