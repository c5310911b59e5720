--- Spans in OpenTelemetry's shape: on_span of a client, and what a collector takes.
local cjson = require "cjson"
local core = require "retake.core"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"
local spans_of = require "retake.spans"

local policy = retake.policy

describe("on_span", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function run(script, fields, options)
    local spans = {}
    options = options or {}
    options.on_span = options.on_span or function(span) spans[#spans + 1] = span end
    local one = main_job.run(simulator, script, fields, options)
    local by_kind = { CLIENT = {}, attempt = {}, job = {} }
    for _, span in ipairs(spans) do
      local list = span.kind == "CLIENT" and by_kind.CLIENT or span.parent_span_id and by_kind.attempt or by_kind.job
      list[#list + 1] = span
    end
    return one, by_kind, spans
  end
  local bad = { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "nothing usable of a paper boat on a river" } } }

  it("gives one trace a job: the job, its attempts, and the calls within them", function()
    local one, kinds, all = run({ tasks = { bad, { states = { "SUCCEEDED" } } } }, nil, { policy = policy.standard() })
    assert.equal(1, #kinds.job)
    assert.equal(2, #kinds.attempt)
    assert.equal(#simulator:log(), #kinds.CLIENT)
    local root, ids = kinds.job[1], {}
    for _, span in ipairs(all) do
      assert.equal(root.trace_id, span.trace_id)
      assert.truthy(span.trace_id:find("^" .. ("%x"):rep(32) .. "$"))
      assert.truthy(span.span_id:find("^" .. ("%x"):rep(16) .. "$"))
      assert.is_nil(ids[span.span_id])
      ids[span.span_id] = span
      assert.is_true(span.end_time >= span.start_time)
      assert.is_true(span.start_time >= root.start_time - 0.001 and span.end_time <= root.end_time + 0.001)
    end
    for number, span in ipairs(kinds.attempt) do
      assert.equal(root.span_id, span.parent_span_id)
      assert.equal(number, span.attributes["retake.attempt"])
      assert.equal(one.job.attempts[number].task_id, span.attributes["gen_ai.response.id"])
    end
    for _, span in ipairs(kinds.CLIENT) do assert.equal(root.span_id, ids[span.parent_span_id].parent_span_id) end
    assert.equal("retake.decision", kinds.attempt[1].events[1].name)
    assert.equal("retry", kinds.attempt[1].events[1].attributes["retake.decision"])
    assert.equal(25, kinds.attempt[2].attributes["retake.credits"])
  end)

  it("has our class as error.type, on failures only, and names of few kinds", function()
    local classes, names = {}, {}
    for _, info in ipairs(core.classes()) do classes[info.class] = true end
    for _, script in ipairs { { tasks = { bad } }, { blocked = { "paper" } }, { faults = { { on = "submit", status = 503, times = 2 } } },
      { faults = { { on = "submit", after_accept = true, action = "reset" } } }, { faults = { { on = "poll", action = "html" } } } } do
      local one, kinds, all = run(script)
      for _, span in ipairs(all) do
        local class = span.attributes["error.type"]
        assert.equal(class and "ERROR" or "OK", span.status.code)
        assert.is_true(class == nil or classes[class], class)
        names[span.name] = true
      end
      assert.equal(one.fault and one.fault.class, kinds.job[1].attributes["error.type"])
    end
    local count = 0
    for _ in pairs(names) do count = count + 1 end
    assert.is_true(count <= 4, count) -- job, attempt, submit, poll
  end)

  it("holds no prompt, no key and no URL", function()
    local path = main_job.temporary ".mp4"
    local _, _, all = run({ tasks = { bad, { states = { "SUCCEEDED" } } } }, { save = path }, { runway = { key = "key_that_must_stay_secret" },
      policy = policy.standard() })
    os.remove(path)
    local text = cjson.encode(spans_of.otlp(all))
    for _, secret in ipairs { "paper boat", "key_that", "http:", "https:", "/v1", "boat.png", "_jwt" } do assert.is_nil(text:find(secret, 1, true), secret) end
    assert.truthy(text:find("GET download", 1, true))
    assert.truthy(text:find('"server.address"', 1, true))
  end)

  it("goes on with the trace where another process goes on with the job", function()
    simulator:script { tasks = { { states = { "RUNNING", "SUCCEEDED" } } } }
    local first, second = {}, {}
    local client = main_job.client(simulator, { on_span = function(span) first[#first + 1] = span end })
    local job = client:start(main_job.request())
    for _ = 1, 1000 do
      if job.task_id then break end
      client:wait()
    end
    local record = cjson.decode(cjson.encode(job:record()))
    client:close()
    local other = main_job.client(simulator, { on_span = function(span) second[#second + 1] = span end })
    assert(other:adopt(record):await())
    other:close()
    assert.equal("POST submit", first[1].name)
    local attempt = second[#second - 1]
    assert.equal(first[1].trace_id, attempt.trace_id)
    assert.equal(first[1].parent_span_id, attempt.span_id)
  end)

  it("does not disturb the job where it throws", function()
    local told = 0
    local one = run({ tasks = { { states = { "SUCCEEDED" } } } }, nil, { on_span = function() error "no" end, on_error = function() told = told + 1 end })
    assert.is_nil(one.fault)
    assert.is_true(told >= 4)
    assert.has_error(function() retake.client { on_span = 5 } end)
  end)

  it("becomes what a collector takes", function()
    local _, _, all = run { tasks = { bad } }
    local body = cjson.decode(cjson.encode(spans_of.otlp(all, "my service")))
    local resource = body.resourceSpans[1]
    assert.equal("my service", resource.resource.attributes[1].value.stringValue)
    local spans = resource.scopeSpans[1].spans
    assert.equal(#all, #spans)
    for i, span in ipairs(spans) do
      assert.truthy(span.startTimeUnixNano:find "^%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d$", span.startTimeUnixNano)
      assert.is_true(math.abs(tonumber(span.startTimeUnixNano) / 1e9 - all[i].start_time) < 1e-5)
      assert.is_true(span.kind == 1 or span.kind == 3)
      for _, attribute in ipairs(span.attributes) do
        local kind, held = next(attribute.value)
        assert.truthy(({ stringValue = "string", intValue = "string", boolValue = "boolean", doubleValue = "number" })[kind] == type(held), attribute.key)
      end
    end
  end)
end)
