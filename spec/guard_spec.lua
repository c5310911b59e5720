local main_job = require "spec.support.main_job"
local memory = require "retake.journal.memory"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

local function give_up() return policy.give_up() end

local refused = { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "flagged" }

describe("refused content", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function client_with(options)
    local all = { policy = give_up }
    for name, value in pairs(options or {}) do all[name] = value end
    return main_job.client(simulator, all)
  end

  it("is named by a fingerprint wherever it is told of", function()
    simulator:script { tasks = { { states = { refused } } } }
    local client = client_with()
    local told
    local job = client:start(main_job.request())
    job:on("fault", function(event) told = event.fingerprint end)
    job:await()
    assert.equal(64, #told)
    assert.equal(told, job.fingerprint)
    assert.equal(told, job.attempts[1].fingerprint)
    local _, fault = client:start(main_job.request()):await()
    assert.equal("refused_content", fault.code)
    assert.truthy(fault.hint:find(told, 1, true))
    client:close()
  end)

  it("is told to the policy of another job, which may change it; nothing is sent before that, and nothing counted", function()
    -- The job ended with local.refused, and its policy was never asked.
    simulator:script { tasks = { { states = { refused } }, { match = { prompt = "tame" }, states = { "SUCCEEDED" } } } }
    local asked = {}
    local client = client_with { refusals = { run = 2, pause = 500 }, policy = function(fault)
      asked[#asked + 1] = fault
      if fault.code == "refused_content" then return policy.revise { prompt = "tame" } end
    end }
    local first = client:start(main_job.request())
    first:await()
    local before = client:health()["runway/gen4_turbo"]
    local began, second = client.host.now(), client:start(main_job.request())
    local told
    second:on("fault", function(event) told = event.fingerprint end)
    assert.is_truthy(second:await())
    assert.equal(2, #asked)
    local fault = asked[2]
    assert.same({ "content.input", "refused_content", "none", "no", "submit" }, { fault.class, fault.code, fault.effect, fault.billed, fault.operation })
    assert.equal("this provider has refused this content before", fault.message)
    assert.truthy(fault.hint:find(first.fingerprint, 1, true))
    assert.equal(first.fingerprint, told)
    assert.equal(first.fingerprint, second.attempts[1].fingerprint)
    assert.is_false(second.attempts[1].sent)
    assert.equal(2, #simulator:submissions())
    assert.same({ before.failed, before.classes }, { client:health()["runway/gen4_turbo"].failed, client:health()["runway/gen4_turbo"].classes })
    assert.is_true(client.host.now() - began < 60) -- a second refusal would have paused the account
    assert.truthy(second:explain():find("was not sent: the input was refused by moderation", 1, true))
    assert.truthy(second:explain():find("Because: this provider has refused this content before", 1, true))
    client:close()
  end)

  it("refused before ends a job whose policy does not change it as any refusal does", function()
    for kind, answer in pairs { give_up = policy.give_up, retry = function() return policy.retry() end, standard = policy.standard() } do
      simulator:script { tasks = { { states = { refused } } } }
      local client = client_with { policy = answer }
      client:start(main_job.request()):await()
      local job = client:start(main_job.request())
      local _, fault = job:await()
      assert.equal(kind == "retry" and "local.refused" or "content.input", fault.class)
      assert.equal(kind == "retry" and "unchanged" or "refused_content", fault.code)
      assert.equal("no", fault.billed)
      assert.truthy(job:explain():find("client:unblock", 1, true))
      assert.equal(1, #simulator:submissions())
      client:close()
    end
  end)

  it("two kinds of it in turn bring a policy to an end", function()
    simulator:script { tasks = { { states = { refused } }, { states = { refused } } } }
    local one = main_job.client(simulator, { policy = function(_, job)
      return policy.revise { prompt = job.request.prompt == "a" and "b" or "a" }
    end, max_attempts = 3 })
    local _, fault = one:start(main_job.request { prompt = "a" }):await()
    assert.is_true(fault.class == "local.refused" or fault.class == "local.budget", tostring(fault))
    one:close()
  end)

  it("goes again once a person has cleared it, and not before", function()
    simulator:script { tasks = { { states = { refused } }, { states = { "SUCCEEDED" } } } }
    local client = client_with()
    local job = client:start(main_job.request())
    job:await()
    assert.is_false(client:unblock(("0"):rep(64)))
    assert.is_false(client:unblock(job.fingerprint, "evolink"))
    local _, fault = client:start(main_job.request()):await()
    assert.equal("refused_content", fault.code)
    assert.is_true(client:unblock(job.fingerprint:upper()))
    assert.is_false(client:unblock(job.fingerprint))
    assert.is_truthy(client:start(main_job.request()):await())
    assert.equal(2, #simulator:submissions())
    for _, wrong in ipairs { "12", ("g"):rep(64), 5 } do
      local ok, message = pcall(function() client:unblock(wrong) end)
      assert.is_false(ok)
      assert.truthy(message:find "guard_spec.lua:%d+: a fingerprint is 64 hex digits")
    end
    assert.has_error(function() client:unblock(job.fingerprint, "nobody") end)
    client:close()
  end)

  it("is known to a later client of the same journal, until it is cleared", function()
    simulator:script { tasks = { { states = { refused } }, { states = { "SUCCEEDED" } } } }
    local journal = retake.journal.memory()
    local first = client_with { journal = journal }
    local job = first:start(main_job.request())
    job:await()
    first:close()
    local kept = journal:each_refusal()()
    assert.equal("runway", kept.provider)
    assert.equal(job.fingerprint, kept.fingerprint)
    assert.equal("content.input", kept.class)
    assert.is_string(require("cjson").encode(kept))
    local second = client_with { journal = journal }
    local _, fault = second:start(main_job.request()):await()
    assert.equal("refused_content", fault.code)
    assert.is_true(second:unblock(job.fingerprint))
    second:close()
    assert.is_nil(journal:each_refusal()())
    local third = client_with { journal = journal }
    assert.is_truthy(third:start(main_job.request()):await())
    third:close()
  end)

  it("is remembered by the client where its journal keeps no refusals, or cannot", function()
    local function journal_with(own)
      local inner, journal = memory.new(), {}
      for _, name in ipairs { "put", "get", "remove", "each" } do journal[name] = function(_, ...) return inner[name](inner, ...) end end
      for name, value in pairs(own or {}) do journal[name] = value end
      return journal
    end
    for _, case in ipairs { { journal = journal_with() }, { failed = 1, journal = journal_with {
      put_refusal = function() return nil, "disk full" end, remove_refusal = function() return nil end, each_refusal = function() return function() end end } } } do
      simulator:script { tasks = { { states = { refused } } } }
      local client, troubles = client_with { journal = case.journal }, 0
      local job = client:start(main_job.request())
      job:on("journal_failed", function(event)
        assert.equal("disk full", event.message)
        troubles = troubles + 1
      end)
      job:await()
      assert.equal(case.failed or 0, troubles)
      local _, fault = client:start(main_job.request()):await()
      assert.equal("refused_content", fault.code)
      client:close()
    end
    local ok, message = pcall(function() return client_with { journal = journal_with { put_refusal = function() end } } end)
    assert.is_false(ok)
    assert.truthy(message:find("a journal of refusals needs the function", 1, true))
  end)
end)

describe("the journal of a process", function()
  it("keeps the refusals in order, each once, and lets go of those that are cleared", function()
    local journal = memory.new()
    for _, print_ in ipairs { "a", "b", "a", "c" } do assert.is_true(journal:put_refusal { provider = "runway", fingerprint = print_ }) end
    journal:put_refusal { provider = "evolink", fingerprint = "a" }
    journal:remove_refusal("runway", "b")
    journal:remove_refusal("runway", "a")
    journal:put_refusal { provider = "runway", fingerprint = "a" }
    local found = {}
    for refusal in journal:each_refusal() do found[#found + 1] = refusal.provider .. refusal.fingerprint end
    assert.same({ "runwayc", "evolinka", "runwaya" }, found)
  end)

  it("does not grow without end", function()
    local journal = memory.new()
    for n = 1, 100500 do journal:put_refusal { provider = "p", fingerprint = tostring(n) } end
    local count, first = 0, nil
    for refusal in journal:each_refusal() do
      first = first or refusal.fingerprint
      count = count + 1
    end
    assert.equal(100000, count)
    assert.equal("501", first)
  end)
end)

describe("a run of refusals", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  -- A client whose events are counted by name, and a job of it with its own prompt.
  local function observed(options)
    local seen, all = {}, { policy = give_up, on_event = nil }
    for name, value in pairs(options or {}) do all[name] = value end
    all.on_event = function(event)
      seen[event.event] = seen[event.event] or {}
      table.insert(seen[event.event], event)
    end
    return main_job.client(simulator, all), seen
  end

  local function warnings(seen)
    local found = {}
    for _, event in ipairs(seen.paused or {}) do
      if event.warning then found[#found + 1] = event end
    end
    return found
  end

  local function ask(client, n)
    return client:start(main_job.request { prompt = "prompt " .. n }):await()
  end

  it("pauses the account with a warning, and later submissions wait", function()
    local states = {}
    for n = 1, 4 do states[n] = { states = { n == 4 and "SUCCEEDED" or refused } } end
    simulator:script { tasks = states }
    local client, seen = observed { refusals = { run = 3, pause = 200 } }
    for n = 1, 3 do ask(client, n) end
    local warned = warnings(seen)
    assert.equal(1, #warned)
    assert.equal("runway", warned[1].provider)
    assert.equal(200, warned[1].seconds)
    assert.equal(3, warned[1].refusals)
    assert.truthy(warned[1].reason:find("3 refusals of content in a row at runway", 1, true))
    local began = client.host.now()
    assert.is_truthy(ask(client, 4))
    local waited = client.host.now() - began
    assert.is_true(waited >= 195 and waited < 260, waited)
    assert.equal(2, #seen.paused) -- the job that waits says so as well
    assert.equal(4, #simulator:submissions())
    client:close()
  end)

  it("pauses again, and longer, where the next is refused as well; a success ends the run", function()
    local tasks = {}
    for n = 1, 12 do tasks[n] = { states = { n == 5 and "SUCCEEDED" or refused } } end
    simulator:script { tasks = tasks }
    local client, seen = observed { refusals = { run = 3, pause = 100, longest = 150 } }
    for n = 1, 8 do ask(client, n) end
    local lengths = {}
    for i, event in ipairs(warnings(seen)) do lengths[i] = event.seconds end
    assert.same({ 100, 150, 100 }, lengths) -- after 3, after the 4th at once; then the 5th succeeds, and 6 to 8 are a run of their own
    client:close()
  end)

  it("is broken by a success", function()
    local tasks = {}
    for n = 1, 12 do tasks[n] = { states = { n % 3 == 0 and "SUCCEEDED" or refused } } end
    simulator:script { tasks = tasks }
    local client, seen = observed { refusals = { run = 3 } }
    for n = 1, 12 do ask(client, n) end
    assert.is_nil(seen.paused)
    client:close()
  end)

  it("leaves running tasks, other accounts and other jobs' polls alone", function()
    simulator:script { tasks = {
      { match = { prompt = "slow" }, states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } },
      { match = { prompt = "bad" }, states = { refused } }, { states = { "completed" } } } }
    local client = observed { refusals = { run = 2, pause = 1000 }, providers = {
      runway = { key = "key_spec", base_url = simulator.base_url }, evolink = { key = "key_spec", base_url = simulator.base_url } } }
    local began = client.host.now()
    local slow = client:start(main_job.request { prompt = "slow" })
    client:start(main_job.request { prompt = "bad 1" })
    client:start(main_job.request { prompt = "bad 2" })
    assert.is_truthy(slow:await())
    assert.is_truthy(client:start { model = "evolink/veo-3.1-fast-generate-preview", prompt = "good", ratio = "16:9", duration = 8 }:await())
    assert.is_true(client.host.now() - began < 200)
    client:close()
  end)

  it("ends where a person says so", function()
    for _, how in ipairs { "unpause", "unblock" } do
      simulator:script { tasks = { { match = { prompt = "bad" }, states = { refused } }, { states = { "SUCCEEDED" } } } }
      local client = observed { refusals = { run = 2, pause = 1000 } }
      local bad
      for n = 1, 2 do
        bad = client:start(main_job.request { prompt = "bad " .. n })
        bad:await()
      end
      local began, job = client.host.now(), client:start(main_job.request { prompt = "fine" })
      client:step()
      assert.equal("submit", job.state)
      if how == "unpause" then
        assert.is_true(client:unpause "runway")
        assert.is_false(client:unpause "runway")
      else assert.is_true(client:unblock(bad.fingerprint)) end
      assert.is_truthy(job:await())
      assert.is_true(client.host.now() - began < 30, how)
      client:close()
    end
  end)

  it("that outlasts a deadline ends the job at once; a cancelled one costs nothing", function()
    simulator:script { tasks = { { states = { refused } } } }
    local client = observed { refusals = { run = 1, pause = 1000 } }
    ask(client, 1)
    local began = client.host.now()
    local _, fault = client:start(main_job.request { prompt = "other", deadline = 500 }):await()
    assert.equal("local.deadline", fault.class)
    assert.truthy(fault.message:find("pause outlasts", 1, true))
    assert.is_true(client.host.now() - began < 5)
    local job = client:start(main_job.request { prompt = "third" })
    client:step()
    job:cancel()
    _, fault = job:await()
    assert.equal("local.cancelled", fault.class)
    assert.equal(1, #simulator:submissions())
    client:close()
  end)

  it("pauses nothing where the client does not want that", function()
    simulator:script { tasks = { { states = { refused } } } }
    local client, seen = observed { refusals = false }
    for n = 1, 15 do ask(client, n) end
    assert.is_nil(seen.paused)
    assert.is_false(client:unpause "runway")
    client:close()
    local usual, told = observed()
    for n = 1, 10 do ask(usual, n) end
    assert.equal(600, warnings(told)[1].seconds)
    usual:close()
  end)

  it("is checked as an option", function()
    for text, value in pairs { ["option refusals has to be a table, or false"] = 5, ["unknown option refusals.most"] = { most = 1 },
      ["option refusals.pause has to be a number over 0"] = { pause = 0 }, ["refusals.run has to be a whole number"] = { run = 1.5 } } do
      local ok, message = pcall(function() retake.client { refusals = value } end)
      assert.is_false(ok)
      assert.truthy(message:find("guard_spec.lua:%d+: "), message)
      assert.truthy(message:find(text, 1, true), message)
    end
  end)
end)
