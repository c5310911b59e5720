local cjson = require "cjson"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

-- A fresh process: it gets the record as JSON, and makes its own client, gate and policy.
local FRESH = [[
local cjson = require "cjson"
local retake = require "retake"
local main_job = require "spec.support.main_job"
local file = assert(io.open(arg[1], "rb"))
local record = cjson.decode(file:read "*a")
file:close()
local client = main_job.client({ base_url = arg[2] }, { policy = dofile("spec/support/record_policy.lua")(retake.policy) })
local result, fault = client:adopt(record):await()
io.write(result and "succeeded " .. result.model or "failed " .. fault.class, " attempts ", #(result or fault).attempts, "\n")
]]

local function write(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

local function adopt_elsewhere(simulator, record)
  local script, data = write(FRESH), write(cjson.encode(record))
  local interpreter = _VERSION == "Lua 5.1" and "lua5.1" or "lua5.4"
  local pipe = io.popen(("%s %s %s %s 2>&1"):format(interpreter, script, data, simulator.base_url))
  local said = pipe:read "*a"
  pipe:close()
  os.remove(script)
  os.remove(data)
  return said
end

-- Every state of a job that is retried, falls back and is downloaded: the record after each step, as JSON.
local function script()
  return {
    tasks = {
      { match = { model = "gen4_turbo" }, states = { "RUNNING", { "FAILED", code = "INTERNAL", failure = "An unexpected error occurred.", refund = true } } },
      { match = { model = "gen4.5" }, states = { "PENDING", { "RUNNING", 0.5 }, "SUCCEEDED" } },
    },
  }
end

describe("a record", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function start(client, path)
    return client:start(main_job.request { image = "spec/fixtures/boat.png", save = path })
  end

  -- Steps a job until its record has changed `count` times, as a process that is then killed would leave it.
  local function stop_after(count, path)
    simulator:script(script())
    local saved = {}
    local journal = retake.journal.memory()
    local put = journal.put
    function journal:put(record)
      saved[#saved + 1] = cjson.encode(record)
      if #saved == count then error("killed", 0) end
      return put(self, record)
    end
    local client = main_job.client(simulator, { journal = journal, policy = dofile("spec/support/record_policy.lua")(policy),
      on_error = function() end })
    local job = start(client, path)
    while #saved < count and not job.done do client:wait() end
    client:close()
    return #saved >= count and cjson.decode(saved[count]) or nil
  end

  it("taken after any state ends in a fresh process as the same job, with no second submission", function()
    local path = main_job.temporary ".mp4"
    simulator:script(script())
    local whole = main_job.run(simulator, script(), { image = "spec/fixtures/boat.png", save = path },
      { policy = dofile("spec/support/record_policy.lua")(policy) })
    assert.is_nil(whole.fault)
    assert.equal(3, whole.submissions) -- gen4_turbo, again, then gen4.5
    local states, steps = {}, 0
    for count = 1, 100 do
      local record = stop_after(count, path)
      if not record then break end
      steps = count
      states[record.state] = (states[record.state] or 0) + 1
      local before = #simulator:submissions()
      if record.state == "submitting" then
        -- sent or not, nobody knows: it is never sent again
        assert.equal("failed submit.unknown attempts " .. #record.attempts .. "\n", adopt_elsewhere(simulator, record))
        assert.equal(before, #simulator:submissions())
      else
        assert.equal("succeeded runway/gen4.5 attempts 3\n", adopt_elsewhere(simulator, record))
        assert.equal(3, #simulator:submissions(), "after step " .. count .. " in state " .. record.state)
      end
    end
    os.remove(path)
    assert.is_true(steps >= 15, "only " .. steps .. " steps")
    for _, state in ipairs { "prepare", "submit", "submitting", "poll", "decide", "download", "succeeded" } do
      assert.truthy(states[state], "no record in state " .. state)
    end
  end)

  it("holds no key and is plain data", function()
    local one = main_job.run(simulator, script(), { image = "spec/fixtures/boat.png" }, { runway = { key = "key_secret_of_spec" } })
    local text = cjson.encode(one.job:record())
    assert.is_nil(text:find("key_secret_of_spec", 1, true))
    assert.is_nil(tostring(one.client):find("key_secret_of_spec", 1, true))
  end)

  -- It still said that nobody knows whether the submission arrived, and the task was lost though it was paid for.
  it("taken when the submission is told of leads to its task", function()
    for _, states in ipairs { { "RUNNING", "SUCCEEDED" }, { "SUCCEEDED" } } do
      simulator:script { tasks = { { states = states } } }
      local client, record = main_job.client(simulator), nil
      client:start(main_job.request()):on("submitted", function(_, job) record = cjson.decode(cjson.encode(job:record())) end)
      repeat client:wait() until record
      client:close()
      local other = main_job.client(simulator)
      local result, fault = other:adopt(record):await()
      assert.truthy(result, tostring(fault))
      assert.equal(1, #simulator:submissions())
      other:close()
    end
  end)

  it("that is none is refused at the caller's place", function()
    local client = main_job.client(simulator)
    local ok, message = pcall(function() client:adopt { version = 7 } end)
    assert.is_false(ok)
    assert.truthy(message:find "record_spec.lua:%d+: not the record of a job")
    client:close()
  end)

  it("that is damaged is refused with what is wrong, not built on", function()
    -- each of these once ended in a stack trace from inside a step, or sent a request to a path of the record's choosing
    local client = main_job.client(simulator)
    simulator:script(script())
    local job = client:start(main_job.request())
    while not job.task_id do client:wait() end
    local whole = job:record()
    local damages = {
      ["needs task"] = function(record) record.task = nil end,
      ["needs task "] = function(record) record.task = cjson.null end,
      ["no state garbage"] = function(record) record.state = "garbage" end,
      ["deadline_at is not a number"] = function(record) record.deadline_at = "soon" end,
      ["attempts[1] is no row"] = function(record) record.attempts[1] = 5 end,
      ["task.id is none"] = function(record) record.task.id = "../../evil" end,
      ["its request is none"] = function(record) record.request.model = nil end,
      ["its request is none: "] = function(record) record.request.extra = { model = "other" } end,
      ["fault is none"] = function(record) record.fault = { class = "no.such" } end,
    }
    for text, damage in pairs(damages) do
      local record = cjson.decode(cjson.encode(whole))
      damage(record)
      record.id = "another"
      local ok, message = pcall(client.adopt, client, record)
      assert.is_false(ok)
      assert.truthy(message:find((text:gsub("%s$", "")), 1, true), message)
    end
    local nulls = cjson.decode(cjson.encode(whole))
    nulls.id, nulls.uploads, nulls.max_credits, nulls.task.missing = "a third", cjson.null, cjson.null, cjson.null
    assert.equal("poll", client:adopt(nulls).state)
    client:close()
  end)

  it("that is finished gives its outcome at once", function()
    local one = main_job.run(simulator, { tasks = { { states = { { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "flagged" } } } } })
    local client = main_job.client(simulator)
    local job = client:adopt(cjson.decode(cjson.encode(one.job:record())))
    local result, fault = job:await()
    assert.is_nil(result)
    assert.equal("content.input", fault.class)
    assert.equal(1, #fault.attempts)
    client:close()
  end)
end)
