--- client:metrics(): Prometheus' text form, with the provider's own log as judge of the numbers.
local core = require "retake.core"
local main_job = require "spec.support.main_job"
local metrics_of = require "retake.metrics"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

local function labels_in(text)
  local labels, place = {}, 1
  while place <= #text do
    local name, after = text:match('^([%a_][%w_]*)="()', place)
    assert(name, "no label at " .. text:sub(place))
    local value
    value, place = "", after
    while text:sub(place, place) ~= '"' do
      local escaped = text:match('^\\([\\"n])', place)
      value = value .. (escaped == "n" and "\n" or escaped or text:match("^[^\\\n]", place))
      place = place + (escaped and 2 or 1)
    end
    labels[name] = value
    place = place + 1
    if place <= #text then
      assert.equal(",", text:sub(place, place))
      place = place + 1
    end
  end
  return labels
end

-- Reads the text form as strictly as it is written down: samples { name, labels, value } by family.
local function parse(text)
  local families, family, seen = {}, nil, {}
  assert.equal("\n", text:sub(-1))
  for line in text:gmatch "([^\n]*)\n" do
    local name, kind = line:match "^# TYPE ([%a_:][%w_:]*) (%l+)$"
    local help = line:match "^# HELP ([%a_:][%w_:]*) .+$"
    if help then
      assert.is_nil(families[help], "two families " .. help)
      family = { name = help, samples = {} }
      families[help] = family
    elseif name then
      assert.equal(family.name, name)
      assert.is_true(kind == "counter" or kind == "gauge" or kind == "histogram", kind)
      family.kind = kind
    else
      local sample, labels, value = line:match "^([%a_:][%w_:]*){(.*)} (%S+)$"
      if not sample then sample, value = line:match "^([%a_:][%w_:]*) (%S+)$" end
      assert.truthy(sample, line)
      assert.equal(family.name, family.kind == "histogram" and sample:gsub("_bucket$", ""):gsub("_sum$", ""):gsub("_count$", "") or sample)
      assert.is_nil(seen[sample .. (labels or "")], "twice: " .. line)
      seen[sample .. (labels or "")] = true
      family.samples[#family.samples + 1] = { name = sample, labels = labels_in(labels or ""), value = assert(tonumber(value), line) }
    end
  end
  return families
end

-- The sum of a family's samples that have these labels ("" for none).
local function value(families, name, labels)
  local sum = 0
  for _, sample in ipairs(assert(families[name:gsub("_count$", ""):gsub("_sum$", "")] or families[name], name).samples) do
    local fits = sample.name == name
    for label, wanted in pairs(labels or {}) do fits = fits and (sample.labels[label] or "") == wanted end
    if fits then sum = sum + sample.value end
  end
  return sum
end

describe("client:metrics", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end

  it("counts what the provider counts", function()
    local one = run({ tasks = { { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01" } } }, { states = { "SUCCEEDED" } } },
      faults = { { on = "submit", status = 503 }, { on = "poll", status = 500 } } }, nil, { policy = policy.standard() })
    assert.is_nil(one.fault)
    local families = parse(one.client:metrics())
    local log, polls, credits = simulator:log(), 0, 0
    for _, entry in ipairs(log) do polls = polls + (entry.operation == "poll" and 1 or 0) end
    for _, task in ipairs(simulator:state().tasks) do credits = credits + task.cost end
    assert.equal(#simulator:submissions(), value(families, "retake_submissions_total", { provider = "runway", model = "gen4_turbo" }))
    assert.equal(#simulator:submissions(), value(families, "retake_requests_total", { operation = "submit" }))
    assert.equal(polls, value(families, "retake_requests_total", { operation = "poll" }))
    assert.equal(1, value(families, "retake_requests_total", { operation = "poll", error_type = "provider.internal" }))
    assert.equal(1, value(families, "retake_requests_total", { operation = "submit", error_type = "provider.unavailable" }))
    assert.equal(credits, value(families, "retake_credits_total"))
    assert.equal(3, value(families, "retake_attempts_total"))
    assert.equal(1, value(families, "retake_attempts_total", { error_type = "" }))
    assert.equal(1, value(families, "retake_attempts_total", { error_type = "generation.failed" }))
    assert.equal(3, value(families, "retake_attempt_duration_seconds_count"))
    assert.equal(2, value(families, "retake_decisions_total", { decision = "retry" }))
    assert.equal(1, value(families, "retake_jobs_finished_total", { state = "succeeded", error_type = "" }))
    assert.equal(0, value(families, "retake_jobs_active"))
    assert.is_true(math.abs(one.seconds - value(families, "retake_job_duration_seconds_sum", { state = "succeeded" })) < 0.5)
  end)

  it("counts each attempt once, whatever ends it", function()
    local endings = {
      { { blocked = { "paper" } }, attempts = 1, class = "content.input" },
      { { faults = { { on = "submit", after_accept = true, action = "reset" } } }, attempts = 1, class = "submit.unknown", unknown = 1 },
      { {}, fields = { ratio = "7:5" }, attempts = 0, class = "request.invalid" },
      { { tasks = { { states = { "RUNNING" } } } }, fields = { deadline = 60 }, attempts = 1, class = "local.deadline", unknown = 1 },
      { { faults = { { on = "submit", status = 503, times = "always" } } }, attempts = 1, class = "local.budget" },
      { { tasks = { { states = { "SUCCEEDED" } } }, faults = { { on = "download", action = "cut", times = "always" } } }, fields = { save = true },
        attempts = 1, class = "network.interrupted" },
    }
    for _, ending in ipairs(endings) do
      local fields = ending.fields or {}
      if fields.save then fields.save = main_job.temporary ".mp4" end
      local one = run(ending[1], fields, { policy = function() return policy.retry(9) end, max_attempts = 1 })
      -- a policy that insists is refused by the gate: the job's end is another than its attempt's
      assert.is_true(one.fault.class == ending.class or one.fault.class == "local.refused", one.fault.class)
      local families = parse(one.client:metrics())
      assert.equal(ending.attempts, value(families, "retake_attempts_total"), ending.class)
      assert.equal(one.submissions, value(families, "retake_submissions_total"), ending.class)
      assert.equal(ending.unknown or 0, value(families, "retake_unknown_cost_attempts_total"), ending.class)
      assert.equal(1, value(families, "retake_jobs_finished_total", { state = "failed", error_type = one.fault.class }), ending.class)
      assert.equal(0, value(families, "retake_jobs_active"))
    end
  end)

  it("has cumulative buckets, the last of them everything", function()
    local one = run { tasks = { { states = { "RUNNING", "RUNNING", "SUCCEEDED" } } } }
    for name, family in pairs(parse(one.client:metrics())) do
      local before, last = {}, {}
      for _, sample in ipairs(family.kind == "histogram" and family.samples or {}) do
        local key = (sample.labels.provider or "") .. (sample.labels.model or sample.labels.operation or sample.labels.state or "")
        if sample.name:find "_bucket$" then
          assert.is_true(sample.value >= (before[key] or 0), name)
          before[key], last[key] = sample.value, sample.labels.le
        elseif sample.name:find "_count$" then
          assert.equal("+Inf", last[key])
          assert.equal(before[key], sample.value)
        end
      end
    end
  end)

  it("tells of jobs under way, adopted jobs and circuits", function()
    simulator:script { tasks = { { states = { "RUNNING" } } } }
    local client = main_job.client(simulator)
    local job = client:start(main_job.request())
    for _ = 1, 1000 do
      if job.task_id then break end
      client:wait()
    end
    assert.equal(1, value(parse(client:metrics()), "retake_jobs_active"))
    local other = main_job.client(simulator)
    other:adopt(job:record())
    assert.equal(1, value(parse(other:metrics()), "retake_jobs_adopted_total"))
    assert.equal(0, value(parse(other:metrics()), "retake_jobs_started_total"))
    client:set_health("runway/gen4_turbo", "open")
    assert.equal(1, value(parse(client:metrics()), "retake_circuit_open", { provider = "runway", model = "gen4_turbo" }))
    client:close()
    other:close()
  end)

  it("stays small, whatever models a script makes up, and no label is anything but a known word", function()
    local client = retake.client { host = "virtual" }
    for i = 1, 500 do client:start { model = "nobody/made-up \"" .. i .. "\"\n" } end
    client:run()
    local text = client:metrics()
    local families = parse(text)
    assert.equal(500, value(families, "retake_jobs_finished_total", { error_type = "model.unavailable" }))
    local classes = {}
    for _, info in ipairs(core.classes()) do classes[info.class] = true end
    local samples = 0
    for _, family in pairs(families) do
      for _, sample in ipairs(family.samples) do
        samples = samples + 1
        assert.is_true(sample.labels.error_type == nil or classes[sample.labels.error_type], sample.labels.error_type)
      end
    end
    assert.is_true(samples < 250, samples) -- 200 models, and what there is for all of them
    client:close()
  end)

  it("gives only so many models series of their own", function()
    local metrics = metrics_of.new()
    for i = 1, 1000 do
      metrics:event("submitting", { provider = "runway", model = "m" .. i })
    end
    local count = 0
    for _ in pairs(metrics.series.retake_submissions_total) do count = count + 1 end
    assert.equal(201, count)
  end)
end)
