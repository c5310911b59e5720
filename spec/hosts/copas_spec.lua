-- Debian brings copas for Lua 5.1 and 5.2, and its files run on 5.4 as they are. It has to come before socket.http.
package.path = package.path .. ";/usr/share/lua/5.2/?.lua;/usr/share/lua/5.3/?.lua"
local copas = require "copas"
local conformance = require "spec.hosts.conformance"
local core = require "retake.core"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"
local thousand = require "spec.hosts.thousand"

-- Runs fn in a thread, and the loop until it is over.
local function run(fn)
  local ok, trouble, over
  copas.addthread(function()
    copas.setErrorHandler(function(why) ok, trouble, over = false, why, true end)
    fn()
    ok, over = true, true
  end)
  while not over do copas.step() end
  return ok, trouble
end

describe("host copas", function()
  local simulator, client
  local function new(options)
    local all = { host = "copas", providers = { quick = { key = "key_x", base_url = simulator.base_url } } }
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
  after_each(function()
    if client then client:close() end
    copas.step(0) -- its thread ends
    assert.is_false(copas.step(0))
  end)

  it("does what every host does", function()
    local lines = {}
    local failed = conformance.run { run = run, base_url = simulator.base_url, log = function(line) lines[#lines + 1] = line end,
      client = function(options)
        options.host = "copas"
        return retake.client(options)
      end }
    assert.equal(0, failed, table.concat(lines, "\n"))
    assert.is_true(#lines > 10)
  end)

  it("goes on with jobs that nobody awaits, also those started before the loop", function()
    local job = new():start(request())
    local began = core.now()
    while not job.done do copas.step() end
    assert.equal("succeeded", job.state)
    assert.is_true(core.now() - began < 5)
  end)

  it("leaves the loop alone while nothing is due", function()
    new():start(request "for ever")
    local began, steps = core.now(), 0
    while core.now() < began + 1 do
      copas.step(0.5)
      steps = steps + 1
    end
    assert.is_true(steps > 2 and steps < 60, steps .. " steps for seven polls")
  end)

  it("costs nothing with 1,000 jobs waiting", function()
    local share, waiting
    assert.is_true(run(function() share, waiting = thousand.share("copas", simulator.base_url, new().host.sleep) end))
    assert.equal(1000, waiting)
    assert.is_true(share < 3, share .. " % of a core") -- under 1 in make bench; beside other programs it takes some more
  end)

  it("holds up only the thread that awaits, waits, sleeps or fetches", function()
    local seen = {}
    local function note(what) seen[#seen + 1] = what end
    new()
    copas.addthread(function()
      client.host.sleep(0.3)
      note "slept"
    end)
    copas.addthread(function()
      client:wait(0.1)
      note "waited"
    end)
    assert.is_true(run(function()
      assert.equal(200, client:fetch({ url = simulator.base_url .. "/_simulator/state" }).status)
      note "fetched"
      assert(client:start(request "a long time"):await())
      client:start(request())
      client:run()
      note "ran"
    end))
    assert.equal("ran", seen[4])
    assert.equal("slept", seen[3])
  end)

  it("is found where the client is made before the loop runs, and threads that await do not stop it", function()
    client = retake.client { providers = { quick = { key = "key_x", base_url = simulator.base_url } } }
    assert.equal("copas", client.host.name)
    local ended, ticks = 0, 0
    for _ = 1, 5 do
      copas.addthread(function()
        assert(client:start(request()):await())
        ended = ended + 1
      end)
    end
    while ended < 5 do
      copas.step(0.05)
      ticks = ticks + 1
    end
    assert.is_true(ticks > 5)
  end)

  it("is blocked by the main program alone, which has no thread", function()
    new()
    client:wait(0)
    client.host.sleep(0)
    assert.is_truthy(client:start(request()):await())
    client:start(request())
    client:run()
    assert.equal(0, client.running)
  end)

  it("lets a coroutine inside a thread yield to the script", function()
    local given, result
    assert.is_true(run(function()
      local job = new():start(request())
      local inner = coroutine.wrap(function()
        coroutine.yield "mine"
        result = job:await()
      end)
      given = inner()
      inner()
      client:start(request "a long time"):await()
    end))
    assert.equal("mine", given)
    assert.is_truthy(result)
  end)

  it("tells of errors in callbacks as copas does, and the jobs go on", function()
    local printed, print_, job = {}, _G.print, nil
    _G.print = function(...) printed[#printed + 1] = tostring((...)) end -- luacheck: ignore 122
    local ok = run(function()
      job = new():start(request())
      job:on("submitted", function() error "spoken wrong" end)
      job:await()
    end)
    _G.print = print_ -- luacheck: ignore 122
    assert.is_true(ok)
    assert.equal("succeeded", job.state)
    assert.equal(1, #printed)
    assert.is_truthy(printed[1]:find("spoken wrong", 1, true))
  end)

  it("throws out who waits when the client is closed", function()
    local ok, trouble
    copas.addthread(function()
      copas.setErrorHandler(function(why) ok, trouble = false, why end)
      new():start(request "for ever"):await()
    end)
    copas.step(0.1)
    client:close()
    copas.step(0) -- newer ones resume in a step
    assert.is_false(ok)
    assert.is_truthy(trouble:find("the client is closed", 1, true), trouble)
  end)
end)
