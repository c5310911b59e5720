--- What the provider's support asks for, and nothing that is none of its business.
local cjson = require "cjson"
local consistency = require "retake.consistency"
local main_job = require "spec.support.main_job"
local redact = require "retake.redact"
local request_kind = require "retake.request_kind"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local KEY = "key_that_must_stay_secret"
local PROMPT = "a paper boat on a river, filmed for Acme's secret launch"

describe("job:support_bundle", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function() simulator:stop() end)

  local function run(script, fields, options)
    options = options or {}
    options.runway = options.runway or { key = KEY }
    fields = fields or {}
    fields.prompt = fields.prompt or PROMPT
    return main_job.run(simulator, script, fields, options)
  end
  local both = { states = { { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "Could not render 'a paper boat on a river, filmed fo...' (" .. KEY .. ")" } } }

  local function texts_of(job, options)
    local bundle = job:support_bundle(options)
    assert.equal(bundle:markdown(), tostring(bundle))
    return { bundle:markdown(), bundle:json() }, bundle
  end

  it("holds model, kind of input, counts, ids, times and messages, in both forms", function()
    local one = run({ tasks = { both } }, nil, { policy = retake.policy.standard() })
    local texts, bundle = texts_of(one.job)
    local ids = {}
    for _, entry in ipairs(simulator:submissions()) do ids[#ids + 1] = entry.task_id end
    for _, task in ipairs(simulator:state().tasks) do ids[#ids + 1] = task.id end
    assert.is_true(#ids >= 3)
    for _, text in ipairs(texts) do
      for _, id in ipairs(ids) do assert.truthy(text:find(id, 1, true), id) end
      for _, part in ipairs { "runway/gen4_turbo", "image-to-video", "/v1/image_to_video", "generation.failed", "INTERNAL.BAD_OUTPUT.CODE01", "Could not render",
        "consistent", os.date "!%Y-%m-%dT" } do assert.truthy(text:find(part, 1, true), part .. " in " .. text) end
    end
    local counts = bundle.models[1]
    assert.same({ "consistent", #one.job.attempts, #one.job.attempts, 0 }, { counts.verdict, counts.attempts, counts.failed, counts.succeeded })
    assert.truthy(texts[1]:find(("consistent: %d of %d attempts failed, all alike"):format(counts.failed, counts.attempts), 1, true))
    assert.equal("retake support bundle 1", cjson.decode(texts[2]).form)
  end)

  it("holds no prompt, no input and no key, though the provider quotes them", function()
    local image = "https://cdn.example.com/secret/path/boat.png?signature=0123456789abcdef"
    local failure = { states = { { "FAILED", code = "INTERNAL", failure = "No luck with " .. PROMPT .. " and " .. image .. " for " .. KEY } } }
    local one = run({ tasks = { both, failure } }, { image = image, extra = { contentModeration = { publicFigureThreshold = "low" } } })
    for _, text in ipairs((texts_of(one.job))) do
      for _, secret in ipairs { KEY, "Acme", "paper boat", "secret/path", "signature" } do
        assert.is_nil(text:find(secret, 1, true), secret .. " in " .. text)
      end
      assert.truthy(text:find("[the prompt]", 1, true))
      assert.truthy(text:find("[key]", 1, true))
      assert.truthy(text:find("[the input image]", 1, true))
    end
  end)

  it("holds the prompt and the inputs where they are asked for, never the key", function()
    local one = run { tasks = { both } }
    for _, text in ipairs((texts_of(one.job, { prompt = true, sources = true, key = true }))) do
      assert.truthy(text:find(PROMPT, 1, true))
      assert.truthy(text:find("https://example.com/boat.png", 1, true))
      assert.is_nil(text:find(KEY, 1, true))
    end
    local _, bundle = texts_of(one.job, { key = true })
    assert.truthy(bundle.account.runway:find "^%x%x%x%x%x%x%x%x%x%x%x%x$")
    assert.is_nil(one.job:support_bundle().account)
    local ok, trouble = pcall(function() one.job:support_bundle { promt = true } end)
    assert.is_false(ok)
    assert.truthy(trouble:find "support_bundle_spec.lua:%d+: support_bundle: unknown option 'promt'")
  end)

  it("holds no words that a policy has changed since, nor those that a translation left out", function()
    local quoting = { states = { { "FAILED", code = "INTERNAL", failure = "No luck with " .. PROMPT } } }
    local one = run({ tasks = { quoting, quoting, { states = { "SUCCEEDED" } } } }, nil, { policy = retake.policy.chain {
      function(_, job) if #job.attempts == 1 then return retake.policy.revise { prompt = "something quite different" } end end,
      retake.policy.fallback { { model = "runway/gen4.5", prompt = "and now a third one" } } } })
    assert.is_true(#one.job.attempts >= 3)
    local record = cjson.decode(cjson.encode(one.job:record()))
    assert.is_nil(require("retake.support_bundle").of(record):markdown():find("paper boat", 1, true))
    for _, text in ipairs((texts_of(one.job))) do
      for _, secret in ipairs { "paper boat", "Acme", "something quite", "third one" } do assert.is_nil(text:find(secret, 1, true), secret .. " in " .. text) end
    end
  end)

  it("tells what was asked for, not what the last model got", function()
    local one = run({ faults = { { on = "submit", status = 503, times = 1 } } }, { duration = 7 },
      { policy = retake.policy.fallback { "runway/veo3.1_fast" } })
    local _, bundle = texts_of(one.job)
    assert.equal("runway/gen4_turbo", bundle.model)
    assert.equal(7, bundle.input.parameters.duration)
    assert.truthy(bundle:markdown():find("From attempt 2 on the request differs from what was asked for: duration 7 became", 1, true))
  end)

  it("calls a failure intermittent where some attempts succeeded, and says how the model did for other jobs", function()
    simulator:script { tasks = { both, { states = { "SUCCEEDED" } } } }
    local client = main_job.client(simulator)
    local job = client:start(main_job.request())
    job:await()
    local _, bundle = texts_of(job)
    assert.equal("intermittent", bundle.models[1].verdict)
    assert.truthy(bundle:markdown():find("intermittent: 1 of 2 attempts failed (once generation.failed", 1, true))
    assert.equal(1, bundle.health["runway/gen4_turbo"].succeeded)
    client:close()
  end)

  it("keeps Markdown whole, whatever the provider says", function()
    local one = run { tasks = { { states = { { "FAILED", code = "A|B", failure = "```\n# not a heading\n````" } } } } }
    local text = one.job:support_bundle():markdown()
    assert.truthy(text:find("`````\n```\n# not a heading\n````\n`````", 1, true), text)
    assert.truthy(text:find("A\\|B", 1, true))
  end)
end)

describe("consistency", function()
  local function row(class, fields)
    local all = { provider = "p", model = "m", operation = "poll", class = class, started_at = 1, ended_at = 2 }
    for key, value in pairs(fields or {}) do all[key] = value end
    return all
  end
  local function verdict(...) return consistency.by_model({ ... })[1].verdict end

  it("is told by what reached the provider only", function()
    assert.equal("unknown", verdict(row "provider.internal"))
    assert.equal("consistent", verdict(row "provider.internal", row "provider.internal"))
    assert.equal("varying", verdict(row "provider.internal", row "generation.failed"))
    assert.equal("intermittent", verdict(row "provider.internal", row()))
    assert.equal("none", verdict(row()))
    assert.equal("unknown", verdict(row "provider.internal", row("provider.unavailable", { sent = false }), row("network.interrupted", { operation = "download" })))
    assert.same({}, consistency.by_model { row("request.invalid", { sent = false }) })
  end)

  it("says how often the request was changed", function()
    local entry = consistency.by_model({ row("content.input", { decision = "revise" }), row "content.input" })[1]
    assert.truthy(consistency.words(entry):find("changed once", 1, true))
  end)
end)

describe("what kind of request it is", function()
  for kind, request in pairs {
    ["text-to-video"] = { model = "runway/gen4.5", prompt = "x", ratio = "1280:720", duration = 5 },
    ["image-to-video"] = { model = "runway/gen4_turbo", prompt = "x", image = "boat.png", ratio = "1280:720", duration = 5 },
    ["video-to-video"] = { model = "runway/gen4_aleph", prompt = "x", video = "https://example.com/a.mp4", ratio = "1280:720" },
    ["text-to-image"] = { model = "runway/gen4_image", prompt = "x", ratio = "1920:1080" },
    ["text only"] = { model = "nobody/knows", prompt = "x" },
    ["image"] = { model = "nobody/knows", image = "boat.png" },
  } do
    it("is told by inputs and operation: " .. kind, function() assert.equal(kind, (request_kind.of(request))) end)
  end

  it("holds the form of the inputs, and of a data URI its type and size", function()
    assert.same({
      { field = "image", kind = "image", form = "data URI", media_type = "image/png", bytes = 3 },
      { field = "images[1]", kind = "image", form = "URL", ending = "jpg" }, { field = "images[2]", kind = "image", form = "id of the provider's" },
      { field = "video", kind = "video", form = "file", ending = "mp4" },
    }, request_kind.inputs { image = "data:image/png;base64,AAAA",
      images = { "https://example.com/a.JPG?x=.png", { uri = "runway://abc", tag = "t" } }, video = "a.mp4" })
  end)
end)

describe("redaction", function()
  it("finds quotations cut short, in other letters and other spaces, of any script", function()
    local clean = redact.of { request = { prompt = "A  paper boat\non a river",
      negative_prompt = "\228\184\128\232\137\152\231\186\184\232\136\185\229\156\168\230\178\179\228\184\138\230\188\130\230\181\129" } }
    assert.equal("Prompt '[the prompt]...' refused", clean "Prompt 'a paper BOAT on a...' refused")
    assert.equal("\"[the prompt]\"", clean "\"\228\184\128\232\137\152\231\186\184\232\136\185\229\156\168\230\178\179\"")
    assert.equal("An unexpected error occurred.", clean "An unexpected error occurred.")
  end)

  it("finds keys nobody told of by their looks", function()
    local clean = redact.of {}
    assert.equal("Bearer [key] was refused", clean "Bearer abc.DEF-123== was refused")
    assert.equal("[key] [key]", clean "key_0123456789abcdef0123456789abcdef sk-proj-abc_123")
  end)

  it("is quick with the longest of prompts and messages", function()
    local clean = redact.of { request = { prompt = ("word "):rep(4000), image = "data:image/png;base64," .. ("A"):rep(1000000) } }
    local began = os.clock()
    clean(("some of the words "):rep(6000))
    assert.is_true(os.clock() - began < 2)
  end)
end)
