-- nginx has one Lua, LuaJIT, whichever runs the specs, so it is tested under one of them.
if _VERSION ~= "Lua 5.4" then return end

local cjson = require "cjson"
local command = require "spec.support.command"
local conformance = require "spec.hosts.conformance"
local nginx_of = require "spec.support.nginx"
local simulator_of = require "spec.support.simulator"

local wait_for = nginx_of.wait_for

local HTTP = [[
  lua_shared_dict spec 1m;
  init_by_lua_block {
    ngx.shared.spec:set("base_url", "@BASE_URL@")
    ngx.shared.spec:set("folder", "@FOLDER@")
    local retake = require "retake"
    local position = debug.getinfo(1, "l").currentline + 1
    local ok, why = pcall(function() retake.client() end)
    ngx.shared.spec:set("refused", tostring(ok) .. " " .. why .. " " .. position)
  }
  init_worker_by_lua_block { require("spec.hosts.openresty.handlers").adopt() }
]]
local SERVER = [=[
  location ~ ^/(\w+)$ { content_by_lua_block { require("spec.hosts.openresty.handlers")[ngx.var[1]]() } }
  location = /refused { content_by_lua_block { ngx.say(ngx.shared.spec:get "refused") } }
  location = /filter {
    header_filter_by_lua_block { require("spec.hosts.openresty.handlers").filter() }
    log_by_lua_block { require("spec.hosts.openresty.handlers").start_from_log() }
    return 200 "filtered";
  }
]=]

local function start(simulator, given)
  given = given or {}
  given.http, given.server = HTTP:gsub("@BASE_URL@", simulator.base_url), SERVER
  return nginx_of.start(given)
end

local function check_log(nginx)
  for line in nginx:errors():gmatch "[^\n]+" do
    assert.is_falsy(line:find("%[alert%]") or line:find("%[emerg%]") or line:find("%[crit%]") or line:find("%[error%]") or line:find("core dumped"), line)
  end
end

local function state(nginx) return cjson.decode((nginx:get "/state")) end

local function wait_for_state(nginx, what, holds)
  return wait_for(what, function()
    local now = state(nginx)
    return holds(now) and now
  end)
end

-- The cases of all hosts, in a request and in a timer of one worker; they mostly wait, so the others run meanwhile.
local function start_conformance()
  local run = { in_request = simulator_of.start { script = conformance.script }, in_timer = simulator_of.start { script = conformance.script } }
  run.nginx = start(run.in_request)
  run.nginx:get "/refused"
  run.before = nginx_of.descriptors(run.nginx:workers()[1])
  run.request = run.nginx:open("/conformance_request?base_url=" .. run.in_request.base_url)
  run.timer = run.nginx:open("/conformance_timer?base_url=" .. run.in_timer.base_url)
  return run
end

local conformance_run
setup(function() conformance_run = start_conformance() end)

describe("host openresty", function()
  local simulator, nginx

  setup(function() simulator = simulator_of.start() end)
  before_each(function()
    simulator:script(conformance.script)
    nginx = start(simulator)
  end)
  after_each(function()
    check_log(nginx)
    assert.equal(0, nginx:remove())
  end)
  teardown(function() simulator:stop() end)

  it("refuses a client of init_by_lua, and says why and where", function()
    local line, position = nginx:get("/refused"):match "^false init_by_lua.-:(%d+): a client belongs to the worker that uses it, .* (%d+)\n$"
    assert.is_truthy(line)
    assert.equal(position, line)
  end)

  it("costs nothing with 1,000 jobs waiting", function()
    local jobs, share = nginx:get("/thousand?base_url=" .. simulator.base_url):match "(%d+) jobs, ([%d.]+) %% of a core"
    assert.equal("1000", jobs)
    assert.is_true(tonumber(share) < 3, share)
  end)

  it("goes on with jobs whose request is over", function()
    assert.equal("started\n", (nginx:get "/start?count=3&prompt=a%20paper%20boat"))
    wait_for_state(nginx, "their ends", function(now) return now.succeeded == 3 end)
    assert.equal(3, #simulator:submissions())
  end)

  it("cancels a job whose request is gone, where the handler asks for that", function()
    local connection = nginx:open "/bound"
    wait_for_state(nginx, "the job", function(now) return now.states.poll == 1 end)
    connection:close()
    wait_for_state(nginx, "its end", function(now) return now.failed == 1 and now.running == 0 end)
    local log = simulator:log()
    assert.equal("cancel", log[#log].operation)
  end)

  it("says where nothing can be awaited, and starts jobs there all the same", function()
    local connection = nginx:open "/filter"
    local answer = connection:receive "*a"
    connection:close()
    for header, phrase in pairs { ["X-Await"] = "phase header_filter", ["X-Wait"] = "phase header_filter" } do
      local value = answer:match(header .. ": ([^\r]*)")
      assert.is_truthy(value:find("^false .*spec/hosts/openresty/handlers.lua:%d+: .*" .. phrase), value)
    end
    wait_for_state(nginx, "both ends", function(now) return now.succeeded == 2 end)
  end)

  it("lets callbacks do all but wait, and spawns what has to", function()
    local seen = cjson.decode((nginx:get "/callbacks"))
    assert.same({ false, "timer", true, true }, { seen.slept, seen.spawned, seen.awaited, seen.nested })
    assert.is_truthy(seen.why:find "no request found", seen.why)
    assert.is_truthy(nginx:errors():find "logged by a callback")
  end)

  it("is waited for by light threads, timers and coroutines of their own", function()
    assert.equal("6 ended, 0 running\n", (nginx:get "/threads"))
  end)
end)

describe("a worker without a timer left", function()
  it("says so, and goes on with the job when it has one again", function()
    local simulator = simulator_of.start { script = conformance.script }
    local nginx = start(simulator)
    assert.equal("prepare, then succeeded and succeeded\n", (nginx:get "/crowded"))
    assert.is_truthy(nginx:errors():find "%[error%][^\n]* retake: nginx gives no timer: too many pending timers")
    assert.equal(0, nginx:remove())
    simulator:stop()
  end)
end)

describe("a worker that exits", function()
  local simulator, nginx

  local tasks = { { match = { prompt = "for ever" }, states = { "RUNNING" } }, { states = { "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCEEDED" } } }
  setup(function() simulator = simulator_of.start() end)
  before_each(function()
    simulator:script { tasks = tasks }
    nginx = start(simulator)
  end)
  after_each(function()
    check_log(nginx)
    nginx:remove()
  end)
  teardown(function() simulator:stop() end)

  local function check_ends(count)
    local now = wait_for_state(nginx, "the ends of all jobs", function(it) return it.succeeded + it.failed == count end)
    assert.same({ count, 0, 0 }, { now.succeeded, now.failed, now.running })
    assert.is_nil(now.error)
    assert.equal(count, #simulator:submissions())
  end

  it("hands its jobs over at a reload, and none is submitted again", function()
    nginx:get "/start?count=20&prompt=a%20paper%20boat"
    wait_for_state(nginx, "the submissions", function(now) return now.states.poll == 20 end)
    nginx_of.wait_gone(nginx:signal "HUP")
    assert.equal(20, wait_for_state(nginx, "the records", function(now) return now.adopted == 20 end).adopted)
    check_ends(20)
    assert.equal(1, #nginx:workers())
  end)

  it("hands them over as they are being submitted, too", function()
    simulator:script { tasks = tasks, faults = { { on = "submit", times = "always", delay = 0.5 } } }
    nginx:get "/start?count=20&prompt=a%20paper%20boat"
    wait_for_state(nginx, "submissions", function(now) return (now.states.submitting or 0) > 0 end)
    nginx_of.wait_gone(nginx:signal "HUP")
    check_ends(20)
  end)

  it("leaves their records at quit, and the next nginx goes on with them", function()
    nginx:get "/start?count=20&prompt=a%20paper%20boat"
    wait_for_state(nginx, "the submissions", function(now) return now.states.poll == 20 end)
    local worker = nginx:workers()
    assert.equal(0, nginx:stop())
    nginx_of.wait_gone(worker)
    check_log(nginx)
    nginx = start(simulator, { folder = nginx.folder })
    check_ends(20)
  end)

  it("waits at quit for a request that awaits a job", function()
    local connection = nginx:open "/await?prompt=a%20paper%20boat"
    wait_for_state(nginx, "the job", function(now) return now.states.poll == 1 end)
    nginx:signal "QUIT"
    assert.is_truthy(connection:receive("*a"):find "\r\n\r\nsucceeded\n$")
    connection:close()
    assert.equal(0, nginx:stop())
  end)

  it("does not wait for a request that went away", function()
    local connection = nginx:open "/await?prompt=for%20ever"
    wait_for_state(nginx, "the job", function(now) return now.states.poll == 1 end)
    connection:close()
    wait_for("its end for nginx", function() return nginx:errors():find "client prematurely closed" end)
    local worker = nginx:signal "QUIT"
    nginx_of.wait_gone(worker)
    assert.equal(0, nginx:stop())
    local left = command.shell("ls " .. nginx.folder .. "/record.*")
    assert.equal(0, left)
  end)

  it("is gone at once at a fast stop", function()
    nginx:get "/start?count=20&prompt=for%20ever"
    nginx_of.wait_gone(nginx:signal "TERM")
    assert.equal(0, nginx:stop())
  end)
end)

describe("nginx does the same as every host:", function()
  for _, place in ipairs { "request", "timer" } do
    it("in a " .. place, function()
      local out = conformance_run[place]:receive "*a"
      conformance_run[place]:close()
      assert.is_truthy(out:find "[1-9]%d passed, 0 failed\n$", out)
    end)
  end

  it("and leaves nothing open", function()
    local nginx, before = conformance_run.nginx, conformance_run.before
    local worker = nginx:workers()[1]
    wait_for("all descriptors closed again", function() return nginx_of.descriptors(worker) <= before end)
    check_log(nginx)
    assert.equal(0, nginx:remove())
    conformance_run.in_request:stop()
    conformance_run.in_timer:stop()
  end)
end)
