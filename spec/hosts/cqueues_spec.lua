local conformance = require "spec.hosts.conformance"
local auxlib = require "cqueues.auxlib"
local cqueues = require "cqueues"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"
local thousand = require "spec.hosts.thousand"

-- Runs fn in a thread of the controller until nothing is left there; its error, or that of the client, comes out of the loop as the host's do.
local function run_on(controller, fn)
  controller:wrap(fn)
  local ok, trouble = true, nil
  while not controller:empty() do
    local went, why = controller:loop()
    if not went then ok, trouble = false, trouble or why end
  end
  return ok, trouble
end

describe("host cqueues", function()
  local simulator, client
  local function new(options)
    local all = { host = "cqueues", providers = { quick = { key = "key_x", base_url = simulator.base_url } } }
    for key, value in pairs(options or {}) do all[key] = value end
    client = retake.client(all)
    return client
  end
  local function request(prompt)
    return { model = "quick/gen4.5", prompt = prompt or "a paper boat", ratio = "1280:720", duration = 5 }
  end

  setup(function() simulator = simulator_of.start { script = conformance.script } end)
  teardown(function() simulator:stop() end)
  before_each(function() simulator:script(conformance.script) end)
  after_each(function() if client then client:close() end end)

  it("does what every host does", function()
    local lines = {}
    local function run(fn) return run_on(cqueues.new(), fn) end
    local failed = conformance.run { run = run, base_url = simulator.base_url, log = function(line) lines[#lines + 1] = line end,
      client = function(options)
        options.host = "cqueues"
        return retake.client(options)
      end }
    assert.equal(0, failed, table.concat(lines, "\n"))
    assert.is_true(#lines > 10)
  end)

  it("goes on with jobs that nobody awaits, and its controller is empty after them", function()
    local job, ticks = nil, 0
    assert.is_true(run_on(cqueues.new(), function()
      job = new():start(request())
      for _ = 1, 3 do
        cqueues.sleep(0.01)
        ticks = ticks + 1
      end
    end))
    assert.equal(3, ticks)
    assert.equal("succeeded", job.state)
  end)

  it("leaves the controller alone while nothing is due", function()
    local controller, steps = cqueues.new(), 0
    controller:wrap(function()
      new():start(request "for ever")
      cqueues.sleep(0.3)
      local step = client.step
      client.step = function(...)
        steps = steps + 1
        return step(...)
      end
      cqueues.sleep(1)
      client:close()
    end)
    assert.is_true(controller:loop())
    assert.is_true(controller:empty())
    assert.is_true(steps > 2 and steps < 40, steps .. " steps for seven polls") -- each a few: connection, headers, body
  end)

  it("costs nothing with 1,000 jobs waiting", function()
    local share, waiting
    assert.is_true(run_on(cqueues.new(), function() share, waiting = thousand.share("cqueues", simulator.base_url, cqueues.sleep) end))
    assert.equal(1000, waiting)
    assert.is_true(share < 3, share .. " % of a core") -- under 1 in make bench; beside other programs it takes some more
  end)

  it("drives jobs that were started outside of a controller it was given", function()
    local controller = cqueues.new()
    local job = new({ host = require("retake.host.cqueues").new(controller) }):start(request())
    assert.is_true(controller:loop())
    assert.equal("succeeded", job.state)
    assert.is_truthy(client:start(request()):await()) -- outside of it: blocks
    assert.is_true(controller:loop())
  end)

  it("is waited for by many threads of several controllers", function()
    local outer, inner, ended = cqueues.new(), cqueues.new(), 0
    local function await()
      if client:start(request()):await() then ended = ended + 1 end
    end
    new()
    outer:wrap(function() assert(inner:loop()) end)
    for _ = 1, 3 do
      inner:wrap(await)
      outer:wrap(await)
    end
    outer:wrap(function()
      client:run()
      ended = ended + 10
    end)
    assert.is_true(outer:loop())
    assert.equal(16, ended)
  end)

  it("is waited for in coroutines that a thread made with cqueues' wrap", function()
    local given, result
    assert.is_true(run_on(cqueues.new(), function()
      local job = new():start(request())
      local inner = auxlib.wrap(function()
        coroutine.yield "mine"
        result = job:await()
      end)
      given = inner()
      inner()
    end))
    assert.equal("mine", given)
    assert.is_truthy(result)
  end)

  it("gives errors of callbacks to whoever looks after the controller, and the jobs go on", function()
    local job
    local ok, trouble = run_on(cqueues.new(), function()
      job = new():start(request())
      job:on("submitted", function() error "spoken wrong" end)
    end)
    assert.is_false(ok)
    assert.is_truthy(tostring(trouble):find("spoken wrong", 1, true), trouble)
    assert.equal("succeeded", job.state)
  end)

  it("lets no policy yield to the controller", function()
    local troubles, fault = {}, nil
    assert.is_true(run_on(cqueues.new(), function()
      new { on_error = function(trouble) troubles[#troubles + 1] = trouble end, policy = function() cqueues.sleep(0.1) end }
      local _, why = client:start(request "elsewhere"):await()
      fault = why
    end))
    assert.is_truthy(fault)
    assert.equal(1, #troubles)
  end)

  it("throws out who waits when the client is closed", function()
    local controller = cqueues.new()
    controller:wrap(function()
      local job = new():start(request "for ever")
      job:await()
    end)
    controller:wrap(function()
      cqueues.sleep(0.2)
      client:close()
    end)
    local ok, trouble = controller:loop()
    assert.is_falsy(ok)
    assert.is_truthy(tostring(trouble):find("the client is closed", 1, true), trouble)
    assert.is_true(controller:loop(1))
    assert.is_true(controller:empty())
  end)

  it("fetches and waits, while other threads go on", function()
    local answer, ticked
    assert.is_true(run_on(cqueues.new(), function()
      new()
      cqueues.running():wrap(function() ticked = not answer end)
      local began = client.host.now()
      client:wait(0.1)
      assert.is_true(client.host.now() - began < 0.2)
      answer = client:fetch { url = simulator.base_url .. "/_simulator/state" }
    end))
    assert.equal(200, answer.status)
    assert.is_true(ticked)
  end)

  it("is not needed by a client that is polled like any object of cqueues", function()
    local job
    assert.is_true(run_on(cqueues.new(), function()
      job = new({ host = "frame" }):start(request())
      while client:step() > 0 do cqueues.poll(client) end
    end))
    assert.equal("succeeded", job.state)
  end)
end)
