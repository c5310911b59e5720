-- Jobs at EvoLink, over real sockets, through the client, on the virtual clock.
local main_job = require "spec.support.main_job"
local patience = require "spec.support.patience"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("a job at EvoLink", function()
  local simulator

  local function settings()
    return { key = "sk-spec", base_url = simulator.base_url, timeout = patience.timeout(simulator.scripted) }
  end

  local function run(script, fields, options)
    local request = { model = "evolink/veo-3.1-fast-generate-preview", prompt = "a paper boat on a river", ratio = "16:9", duration = 8,
      image = false }
    for key, value in pairs(fields or {}) do request[key] = value end
    if request.image == false then request.image = nil end
    simulator:script(script)
    local all = { host = "virtual", providers = { evolink = settings() } }
    for key, value in pairs(options or {}) do all[key] = value end
    local client = retake.client(all)
    local one, began = { events = {} }, client.host.now()
    one.job = client:start(request)
    one.job:on("event", function(event)
      one.events[event.event] = one.events[event.event] or {}
      table.insert(one.events[event.event], event)
    end)
    one.result, one.fault = one.job:await()
    one.seconds = client.host.now() - began
    client:close()
    one.submissions, one.paid = simulator:submissions(), #simulator:submissions { paid = true }
    return one
  end

  setup(function() simulator = simulator_of.start() end)
  teardown(function() assert.equal("", simulator:stop()) end)

  it("goes from a prompt to a file, and knows what it cost", function()
    local path = main_job.temporary ".mp4"
    local one = run({ tasks = { { states = { "pending", { "processing", 0.4 }, "completed" } } } }, { save = path })
    assert.is_nil(one.fault)
    assert.same({ path }, one.result.files)
    assert.equal(80, one.result.credits)
    assert.equal(1, one.paid)
    os.remove(path)
  end)

  it("makes images and songs, each at its own endpoint", function()
    local images = run({ tasks = { { states = { "completed" } } } }, { model = "evolink/doubao-seedream-4.5" })
    assert.is_nil(images.fault)
    assert.equal("/v1/images/generations", images.submissions[1].path)
    local song = run({ tasks = { { states = { "completed" } } } }, { model = "evolink/suno-v5", duration = 60 })
    assert.is_nil(song.fault)
    assert.equal("/v1/audios/generations", song.submissions[1].path)
  end)

  it("looks first when the task is expected to be done", function()
    local one = run { estimated_time = 50, tasks = { { states = { "completed" } } } }
    assert.is_nil(one.fault)
    assert.is_true(one.seconds >= 50 and one.seconds < 60, "took " .. one.seconds)
  end)

  it("takes a task that is over when it is submitted", function()
    local one = run { tasks = { { at_once = true, states = { "completed" } } } }
    assert.is_nil(one.fault)
    assert.equal(1, one.paid)
  end)

  it("knows a task that failed when it was submitted", function()
    local one = run({ tasks = { { at_once = true, states = { { "failed", code = "content_policy_violation", failure = "nudity detected" } } } } },
      nil, { policy = policy.give_up })
    assert.equal("content.input", one.fault.class)
    assert.equal("adult", one.fault.category)
    assert.equal(1, #one.submissions)
  end)

  describe("sends a submission of unknown outcome again under the same key, and pays once:", function()
    for name, fault in pairs {
      ["accepted, then reset"] = { on = "submit", after_accept = true, action = "reset" },
      ["accepted, then silence"] = { on = "submit", after_accept = true, action = "silence" },
      ["accepted, then 500"] = { on = "submit", after_accept = true, status = 500 },
      ["accepted, then a gateway's page"] = { on = "submit", after_accept = true, action = "html" },
      ["accepted, then an answer cut short"] = { on = "submit", after_accept = true, action = "cut" },
      ["accepted, then an answer without an id"] = { on = "submit", after_accept = true, status = 200, body = {} },
      ["reset before it was read"] = { on = "submit", action = "reset" },
      ["paid_outcome_unknown"] = { on = "submit", after_accept = true, status = 409, code = "paid_outcome_unknown", message = "ambiguous" },
    } do
      it(name, function()
        local one = run { faults = { fault }, tasks = { { states = { "completed" } } } }
        assert.is_nil(one.fault)
        assert.equal(1, one.paid)
        assert.equal(2, #one.submissions)
      end)
    end
  end)

  it("goes to the task that a conflict names", function()
    local one = run { faults = { { on = "submit", after_accept = true, action = "reset" },
      { on = "submit", nth = 2, status = 409, code = "idempotency_conflict", message = "see task-unified-1-abcd" } } }
    assert.equal("task-unified-1-abcd", one.events.submitted[1].task_id)
    assert.equal(1, one.paid)
  end)

  it("waits as long as the words say", function()
    local one = run { faults = { { on = "submit", status = 429, shape = "B" } }, tasks = { { states = { "completed" } } } }
    assert.is_nil(one.fault)
    assert.is_true(main_job.wait_between(one, 1) >= 60)
  end)

  for _, shape in ipairs { "A", "B", "C", "G" } do
    it("stops without credits, in shape " .. shape, function()
      local one = run { faults = { { on = "submit", status = 402, shape = shape } } }
      assert.equal("account.credits", one.fault.class)
      assert.equal(1, #one.submissions)
    end)
  end

  it("never sends refused content again", function()
    local one = run({ blocked = { "boat" } }, nil, { policy = function() return policy.retry(0) end })
    assert.equal(1, #one.submissions)
    assert.equal("content.input", one.job.attempts[1].class)
    assert.equal("no", one.job.attempts[1].billed)
  end)

  it("survives polls that fail", function()
    local one = run { faults = { { on = "poll", status = 500, times = 2 }, { on = "poll", action = "reset" }, { on = "poll", action = "html" },
      { on = "poll", status = 429, shape = "B" }, { on = "poll", shape = "E", status = 200, code = 500 } } }
    assert.is_nil(one.fault)
    assert.equal(1, one.paid)
  end)

  it("believes that a task is gone when it is said again", function()
    local one = run { faults = { { on = "poll", status = 200, body = { data = {} }, times = "always" } } }
    assert.equal("task.not_found", one.fault.class)
    assert.truthy(one.fault.task_id)
    assert.equal(1, one.paid)
  end)

  it("believes nobody who answers something else", function()
    local one = run { faults = { { on = "poll", status = 200, body = "", times = 2 }, { on = "poll", status = 200, body = "{}", times = 2 } } }
    assert.is_nil(one.fault)
  end)

  it("does not call a task free that is said not to be there", function()
    local one = run { faults = { { on = "poll", status = 404, times = "always" } } }
    assert.equal("task.not_found", one.fault.class)
    assert.equal("unknown", one.fault.billed)
    assert.equal("unknown", one.job.attempts[1].billed)
    assert.equal("accepted", one.job.attempts[1].effect)
  end)

  it("is of unknown outcome where its content is refused to another before it could be sent once more", function()
    simulator:script { blocked = { { "secret", how = "refusal" } }, faults = { { on = "submit", action = "reset" } } }
    local client = retake.client { host = "virtual", providers = { evolink = settings() }, policy = policy.give_up }
    local request = { model = "evolink/veo-3.1-fast-generate-preview", prompt = "a secret boat", ratio = "16:9", duration = 8 }
    local first, second = client:start(request), nil
    first:on("recovering", function() second = second or client:start(request) end)
    local _, fault = first:await()
    second:await()
    assert.equal("content.input", second.fault.class)
    assert.equal("submit.unknown", fault.class)
    assert.equal("unknown", fault.effect)
    assert.equal("unknown", fault.billed)
    assert.truthy(fault.message:find("the gate refused that (refused_content)", 1, true), fault.message)
    assert.truthy(first.attempts[1].ended_at)
    assert.equal(2, #simulator:submissions()) -- what was refused was not sent a third time
    client:close()
  end)

  it("uploads a local image and gives its link", function()
    local one = run({ tasks = { { states = { "completed" } } } }, { image = "spec/fixtures/boat.png", model = "evolink/seedance-2.0-image-to-video" })
    assert.is_nil(one.fault)
    assert.equal(1, #one.events.uploaded)
    assert.truthy(one.events.uploaded[1].uri:find "^https://")
  end)

  it("refuses an image that has not exactly the video's pixels, before anything is paid for", function()
    local one = run({}, { image = "spec/fixtures/boat.png", model = "evolink/sora-2-preview", ratio = "9:16" }, { policy = policy.give_up })
    assert.equal("asset.mismatch", one.fault.class)
    assert.equal(0, #one.submissions)
  end)

  it("tells of an asset that EvoLink cannot fetch", function()
    local one = run({ assets = { ["gone.png"] = "input media URL could not be fetched (not found)" } },
      { image = "https://example.com/gone.png", model = "evolink/seedance-2.0-image-to-video" }, { policy = policy.give_up })
    assert.equal("asset.bad_status", one.fault.class)
  end)

  it("reads the account", function()
    simulator:script { balance = 123 }
    local client = retake.client { host = "virtual", providers = { evolink = settings() } }
    assert.equal(123, client:account("evolink").credits)
    client:close()
  end)

  it("tells a task that failed from the others of the same answer", function()
    simulator:script { blocked = { "storm" }, tasks = { { states = { "pending", "processing", "completed" } } } }
    local client = retake.client { host = "virtual", policy = policy.give_up, providers = { evolink = settings() } }
    local jobs = {}
    for i, prompt in ipairs { "a boat", "a boat in a storm", "two boats" } do
      jobs[i] = client:start { model = "evolink/veo-3.1-fast-generate-preview", prompt = prompt, duration = 8 }
    end
    local first, second, third = jobs[1]:await(), select(2, jobs[2]:await()), jobs[3]:await()
    client:close()
    assert.truthy(first)
    assert.equal("content.input", second.class)
    assert.truthy(third)
  end)

  it("reads the tasks of many jobs in one request", function()
    simulator:script { tasks = { { states = { "pending", "processing", "processing", "processing", "completed" } } } }
    local client = retake.client { host = "virtual", providers = { evolink = settings() } }
    local jobs, done = {}, 0
    for i = 1, 60 do
      jobs[i] = client:start { model = "evolink/veo-3.1-fast-generate-preview", prompt = "boat " .. i, duration = 8 }
    end
    for _, job in ipairs(jobs) do
      if job:await() then done = done + 1 end
    end
    client:close()
    assert.equal(60, done)
    local reads = 0
    for _, entry in ipairs(simulator:log()) do
      if entry.operation == "poll" then reads = reads + 1 end
    end
    assert.is_true(reads <= 60, reads .. " reads of 60 tasks, five each")
  end)
end)
