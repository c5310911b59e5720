local cjson = require "cjson"
local made_media = require "spec.support.made_media"
local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local policy = retake.policy

describe("a fallback", function()
  local simulator
  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end

  local function fails(model, state)
    state = state or { "FAILED", code = "INTERNAL.BAD_OUTPUT.CODE01", failure = "An unexpected error occurred.", refund = true }
    return { match = { model = model }, states = { state } }
  end
  local refused = { "FAILED", code = "SAFETY.INPUT.TEXT", failure = "Your content was flagged by moderation.", refund = false }
  local good = { states = { "SUCCEEDED" } }

  -- The bodies of the submissions, as the provider's log has them.
  local function bodies()
    local list = {}
    for i, entry in ipairs(simulator:submissions()) do list[i] = type(entry.body) == "string" and cjson.decode(entry.body) or entry.body end
    return list
  end

  setup(function() simulator = simulator_of.start() end)
  teardown(function()
    made_media.remove_all()
    assert.equal("", simulator:stop())
  end)

  it("is translated for its target, and each change is an event and stands in the ledger", function()
    local one = run({ keep_bodies = true, tasks = { fails "gen4_turbo", good } }, { duration = 10, seed = 7 },
      { policy = policy.fallback { "runway/veo3.1_fast" } })
    assert.is_nil(one.fault)
    local sent = bodies()
    assert.equal("veo3.1_fast", sent[2].model)
    assert.equal(8, sent[2].duration)
    assert.is_nil(sent[2].seed)
    assert.is_nil(one.job.attempts[1].changes)
    assert.same({ "duration 10 became 8 (runway/veo3.1_fast takes 4, 6, 8)", "seed 7 was left out (runway/veo3.1_fast takes no seed)" },
      one.job.attempts[2].changes)
    local event = one.by_name.translated[1]
    assert.equal("runway/veo3.1_fast", event.model)
    assert.same({ "duration", 10, 8 }, { event.changes[1].field, event.changes[1].from, event.changes[1].to })
  end)

  it("starts from the script's own words, whatever the model before could do", function()
    local one = run({ keep_bodies = true, tasks = { fails "gen4_turbo", fails "veo3.1_fast", good } }, { duration = 10, seed = 7 },
      { policy = policy.fallback { { model = "runway/veo3.1_fast", prompt = "for veo" }, "runway/gen4.5" } })
    assert.is_nil(one.fault)
    local sent = bodies()
    assert.equal("for veo", sent[2].promptText)
    assert.same({ "gen4.5", 10, 7, "a paper boat on a river" }, { sent[3].model, sent[3].duration, sent[3].seed, sent[3].promptText })
    assert.is_nil(one.job.attempts[3].changes)
    -- what the policy itself changed is told too, but not the words
    assert.equal("prompt was changed (the policy's own)", one.job.attempts[2].changes[1])
  end)

  it("keeps what a revision changed, and the ledger says so as long as it holds", function()
    -- What a revision had changed was still sent by later fallbacks, and stood in the row of the revision only.
    local one = run({ keep_bodies = true, tasks = { { match = { prompt = "paper" }, states = { refused } }, fails "gen4_turbo",
      fails "veo3.1_fast", good } }, { duration = 10 }, { policy = policy.chain {
        policy.on("content", policy.revise { prompt = "a quiet secret", duration = 5 }),
        policy.fallback { { model = "runway/veo3.1_fast", ratio = "1280:720", seed = 3 }, { model = "runway/gen4.5", duration = 6 } } } })
    assert.is_nil(one.fault)
    local sent, rows = bodies(), one.job.attempts
    assert.same({ "a quiet secret", "a quiet secret" }, { sent[3].promptText, sent[4].promptText })
    local prompt, duration = "prompt was changed (the policy's own)", "duration 10 became 5 (the policy's own)"
    assert.is_nil(rows[1].changes)
    assert.same({ prompt, duration }, rows[2].changes)
    assert.same({ prompt, duration, "seed is 3 now (the policy's own)", "duration 5 became 4 (runway/veo3.1_fast takes 4, 6, 8)",
      "seed 3 was left out (runway/veo3.1_fast takes no seed)" }, rows[3].changes)
    assert.same({ prompt, "duration 5 became 6 (the policy's own)" }, rows[4].changes)
    assert.is_nil(cjson.encode(one.job:record().attempts):find("secret", 1, true))
    assert.truthy(one.job:explain():find("Changed for it: Prompt was changed (the policy's own)", 1, true))
  end)

  it("goes on from a record as from the job itself", function()
    simulator:script { keep_bodies = true, tasks = { fails "gen4_turbo", { match = { model = "veo3.1_fast" }, states = { "RUNNING", "FAILED" } }, good } }
    local options = { policy = policy.fallback { "runway/veo3.1_fast", "runway/gen4.5" } }
    local first = main_job.client(simulator, options)
    local job, text = first:start(main_job.request { duration = 10 }), nil
    job:on("progress", function() if job.model == "veo3.1_fast" then text = cjson.encode(job:record()) end end)
    while not text do first:wait() end
    first:close()
    local second = main_job.client(simulator, options)
    local result = assert(second:adopt(cjson.decode(text)):await())
    assert.equal("runway/gen4.5", result.model)
    assert.same({ 10, 8, 10 }, { bodies()[1].duration, bodies()[2].duration, bodies()[3].duration })
    second:close()
  end)

  it("skips targets that cannot serve the request, with the reason, before anything is sent", function()
    local wide = made_media.ffmpeg("-f lavfi -i color=red:s=1280x640 -frames:v 1", "png") -- wider than happyhorse takes
    local path = made_media.write(wide, "png")
    local one = run({ tasks = { fails "gen4_turbo", good } }, { image = path, duration = 10 }, { policy = policy.chain {
      policy.on("generation", policy.fallback { "nobody/x", "runware/klingai:5@3", "runway/aleph2", "runway/gen4_image", "runway/happyhorse_1_0",
        { model = "runway/veo3.1", duration = 8 } }),
    } })
    assert.is_nil(one.fault)
    assert.equal(2, one.submissions)
    local reasons = {}
    for i, entry in ipairs(one.job.attempts[1].skipped) do reasons[i] = entry.model .. ": " .. entry.reason end
    assert.equal(5, #reasons)
    for i, words in ipairs { "no provider is called 'nobody'", "no key was given for runware", "makes nothing of a length", "makes nothing of a length",
      "aspect ratio" } do
      assert.truthy(reasons[i]:find(words, 1, true), reasons[i])
    end
    assert.equal(5, #one.by_name.skipped)
    assert.equal(reasons[4], one.by_name.skipped[4].model .. ": " .. one.by_name.skipped[4].reason)
    assert.is_nil(one.by_name.skipped[6])
  end)

  it("skips targets that cost more than the job has left", function()
    local one = run({ tasks = { fails "gen4_turbo", good } }, { duration = 10, max_credits = 120 },
      { policy = policy.fallback { "runway/veo3.1", "runway/gen4.5" } })
    assert.is_nil(one.fault)
    assert.equal("runway/gen4.5", one.result.model)
    assert.same({ { model = "runway/veo3.1", reason = "it may cost 320 credits, and 120 of 120 are left" } }, one.job.attempts[1].skipped)
  end)

  it("gives up with the first fault where no target can serve it", function()
    local one = run({ tasks = { fails "gen4_turbo" } }, { video = "https://example.com/a.mp4", model = "runway/gen4_turbo", image = false or nil },
      { policy = policy.give_up })
    assert.equal("request.invalid", one.fault.class)
    local none = run({ tasks = { fails "gen4_turbo" } }, nil, { policy = policy.fallback { "runway/act_two", "runway/aleph2" } })
    assert.equal("generation.failed", none.fault.class)
    assert.equal(2, #none.fault.attempts[1].skipped)
    assert.equal(1, none.submissions)
  end)

  it("to a model that cannot serve it is refused in the end, where the policy insists", function()
    local one = run({ tasks = { fails "gen4_turbo" } }, nil, { policy = function() return policy.fallback "runway/act_two" end })
    assert.equal("local.refused", one.fault.class)
    assert.equal("unfit", one.fault.code)
    assert.truthy(one.fault.message:find("generation.failed", 1, true))
    assert.equal(1, one.submissions)
  end)

  it("goes to other providers in their own words, with the assets on their own way", function()
    local path = made_media.write(made_media.ffmpeg("-f lavfi -i color=red:s=640x360 -frames:v 1", "png"), "png")
    local asked = { image = path, ratio = "1280:720", duration = 10, extra = { contentModeration = { publicFigureThreshold = "low" } } }
    local own = { key = "key_spec", base_url = simulator.base_url }
    local one = run({ keep_bodies = true, tasks = { fails "gen4_turbo", { match = { model = "klingai:5@3" }, states = { "error" } },
      { states = { "completed" } } } }, asked, { providers = { runway = own, runware = own, evolink = own },
        policy = policy.fallback { "runware/klingai:5@3", { model = "evolink/sora-2-preview", image = "https://example.com/a.png" } } })
    assert.is_nil(one.fault)
    assert.equal("evolink/sora-2-preview", one.result.model)
    local models = {}
    for i, entry in ipairs(simulator:submissions()) do models[i] = entry.model end
    assert.same({ "gen4_turbo", "klingai:5@3", "sora-2-preview" }, models)
    local sent = bodies()[3]
    assert.same({ "16:9", 8, "https://example.com/a.png" }, { sent.aspect_ratio, sent.duration, sent.image_urls[1] })
    assert.same({ "extra.contentModeration was left out (it is a field of runway's own)" }, one.job.attempts[2].changes)
    assert.same({ "image was changed (the policy's own)", "extra.contentModeration was left out (it is a field of runway's own)",
      "duration 10 became 8 (evolink/sora-2-preview takes 4, 8, 12)" }, one.job.attempts[3].changes)
  end)

  it("does not bring refused content back in another form", function()
    -- the first model fails, the second refuses the words that it got; the third gets neither those nor the first ones
    local one = run({ tasks = { fails("gen4_turbo", refused), good } }, { negative_prompt = nil }, { policy = function(fault, job)
      if fault.class == "content.input" and not job:refused "runway/gen4.5" then return policy.fallback "runway/gen4.5" end
      return policy.give_up()
    end })
    assert.equal("content.input", one.fault.class)
    assert.equal(1, one.submissions)
    local two = run({ tasks = { fails "gen4_turbo", fails("veo3.1", refused), good } }, { extra = { negativePrompt = "rain" } }, {
      policy = policy.chain { policy.on("generation", policy.fallback { { model = "runway/veo3.1", prompt = "a bold boat" } }),
        policy.on("content", function(_, job)
          if job:refused "runway/gen4.5" then return policy.give_up() end
          return policy.fallback "runway/gen4.5"
        end) },
    })
    assert.equal("content.input", two.fault.class)
    assert.equal(2, two.submissions)
  end)

  it("changed by the policy takes refused content on, and keeps the change from there on", function()
    local one = run({ keep_bodies = true, tasks = { fails("gen4_turbo", refused), fails "veo3.1", good } }, nil,
      { policy = policy.fallback { { model = "runway/veo3.1", prompt = function(p) return p .. ", tame" end }, "runway/gen4.5" } })
    assert.is_nil(one.fault)
    assert.equal("a paper boat on a river, tame", bodies()[3].promptText)
  end)

  it("is taken at once where the circuit is open, and the job returns to its first choice when that is well again", function()
    simulator:script { tasks = { { match = { model = "veo3.1_fast" }, states = { "RUNNING", "FAILED" } }, good } }
    local client = main_job.client(simulator, { policy = policy.standard { tries = 0, fallback = { "runway/veo3.1_fast", "runway/gen4.5" } } })
    client:set_health("runway/gen4_turbo", "open")
    local job = client:start(main_job.request { duration = 10 })
    job:on("fallback", function(event) if event.to == "runway/veo3.1_fast" then client:set_health("runway/gen4_turbo", "auto") end end)
    local before = client.host.now()
    local result = assert(job:await())
    assert.equal("runway/gen4_turbo", result.model)
    assert.equal(10, job.request.duration)
    assert.is_true(client.host.now() - before < 30)
    local models = {}
    for i, entry in ipairs(simulator:submissions()) do models[i] = entry.model end
    assert.same({ "veo3.1_fast", "gen4_turbo" }, models)
    client:close()
  end)

  it("between models whose circuits are all open waits instead of going round", function()
    simulator:script { tasks = { good } }
    for _, chosen in ipairs { policy.standard { fallback = { "runway/gen4.5" } }, policy.fallback { "runway/gen4.5" },
      function(_, job) return policy.fallback(job.model == "gen4.5" and "runway/gen4_turbo" or "runway/gen4.5") end } do
      local client = main_job.client(simulator, { policy = chosen })
      client:set_health("runway", "open")
      local job = client:start(main_job.request { deadline = 600 })
      local turns = 0
      job:on("decision", function() turns = turns + 1 end)
      local _, fault = job:await()
      assert.truthy(fault)
      assert.is_true(turns <= 40, turns .. " decisions")
      client:close()
    end
    assert.equal(0, #simulator:log())
  end)
end)
