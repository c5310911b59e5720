-- What a job does with its assets: long ones by upload however they were given, durations counted over all references, the asked size held
-- against each image, and URIs among the provider's own fields inspected too. Over real sockets, on the virtual clock.
local main_job = require "spec.support.main_job"
local made = require "spec.support.made_media"
local patience = require "spec.support.patience"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local MIB = 1048576
local succeeds = { tasks = { { states = { "SUCCEEDED" } } } }

local secrets = { runway = "key_spec", evolink = "sk-spec", runware = "key_spec" }

-- A job without defaults; a fault ends it.
local function start(simulator, script, request)
  simulator:script(script)
  local name = request.model:match "^%w+"
  local client = retake.client { host = "virtual", policy = retake.policy.give_up, providers = {
    [name] = { key = secrets[name], base_url = simulator.base_url, timeout = patience.timeout(simulator.scripted) } } }
  local one = { uploaded = 0 }
  local job = client:start(request)
  job:on("uploaded", function() one.uploaded = one.uploaded + 1 end)
  one.result, one.fault = job:await()
  client:close()
  one.submissions = #simulator:submissions()
  return one
end

describe("a job's assets at Runway", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function()
    assert.equal("", simulator:stop())
    made.remove_all()
  end)
  local function run(script, fields, options) return main_job.run(simulator, script, fields, options) end

  it("go by upload where they are longer than a data URI may be, given as bytes or as a data URI, and only once", function()
    local bytes = made.sized("image", 4 * MIB)
    for _, image in ipairs { { bytes = bytes }, made.data_uri(bytes, "image/png") } do
      local one = run({ tasks = { { states = { { "FAILED", code = "INTERNAL", failure = "x", refund = true } } }, succeeds.tasks[1] } },
        { image = image })
      assert.is_nil(one.fault)
      assert.equal(1, #one.by_name.uploaded)
      assert.equal(2, one.submissions)
      local report = one.by_name.inspected[1].report
      assert.equal("upload data_uri", report.delivery .. " " .. report.source)
    end
  end)

  it("are known by a fingerprint in the record", function()
    local one = run(succeeds, { image = { bytes = made.sized("image", 4 * MIB) } })
    local keys = {}
    for key in pairs(one.job:record().uploads) do keys[#keys + 1] = key end
    assert.equal(1, #keys)
    assert.matches("^sha256:%x+$", keys[1])
  end)

  it("go inside the request where they fit", function()
    local one = run(succeeds, { image = { bytes = made.sized("image", 3 * MIB) } })
    assert.is_nil(one.fault)
    assert.is_nil(one.by_name.uploaded)
  end)

  it("are too large where no way takes them, before anything is sent", function()
    local one = run(succeeds, { image = made.sized_file("image", 200 * MIB + 1) }, { policy = retake.policy.give_up })
    assert.equal("asset.too_large", one.fault.class)
    assert.equal("Asset size exceeds 200.0MB.", one.fault.message)
    assert.equal(0, one.submissions)
  end)

  it("may not last longer in all than the references together may", function()
    local function uri(seconds) return made.data_uri(made.video(seconds), "video/mp4") end
    local function try(first, second)
      return start(simulator, succeeds, { model = "runway/seedance2", prompt = "a boat", video = uri(first), duration = 5,
        extra = { referenceVideos = { { type = "video", uri = uri(second) } } } })
    end
    local one = try(8, 7)
    assert.is_nil(one.fault)
    one = try(8, 7.25)
    assert.equal("asset.duration", one.fault.class)
    assert.equal("The combined duration across all video references must not exceed 15 seconds. Got 15.25.", one.fault.message)
    assert.equal("They last 8 + 7.25 = 15.25 seconds: trim 0.25 seconds off.", one.fault.hint)
    assert.equal("extra.referenceVideos[1].uri", one.fault.field)
    assert.equal(0, one.submissions)
  end)

  it("are inspected among the provider's own fields, which nobody uploads", function()
    local uri = made.data_uri(made.sized("image", 4 * MIB), "image/png")
    local one = start(simulator, succeeds, { model = "runway/gen4_image", prompt = "a boat", ratio = "1920:1080",
      extra = { referenceImages = { { uri = uri, tag = "boat" } } } })
    assert.equal("asset.too_large", one.fault.class)
    assert.matches("^Data URIs must contain at most 5242880 characters. Got 5592%d+.$", one.fault.message)
    assert.equal(0, one.submissions)
  end)
end)

describe("a job's assets at EvoLink and Runware", function()
  local simulator
  setup(function() simulator = simulator_of.start() end)
  teardown(function()
    assert.equal("", simulator:stop())
    made.remove_all()
  end)

  it("go to EvoLink's storage as bytes too, for it takes no data URIs", function()
    local one = start(simulator, { tasks = { { states = { "completed" } } } }, {
      model = "evolink/veo-3.1-fast-generate-preview", prompt = "a boat", ratio = "16:9", duration = 8, image = { bytes = made.png(1280, 720) } })
    assert.is_nil(one.fault)
    assert.equal(1, one.uploaded)
  end)

  it("have the very size of the video, however that is asked for", function()
    for _, asked in ipairs { { ratio = "16:9" }, { width = 1280, height = 720 } } do
      local request = { model = "evolink/sora-2-preview", prompt = "a boat", duration = 8, image = { bytes = made.png(1280, 721) } }
      for name, value in pairs(asked) do request[name] = value end
      local one = start(simulator, { tasks = { { states = { "completed" } } } }, request)
      assert.equal("asset.mismatch 0", one.fault.class .. " " .. one.submissions)
      assert.matches("requires a 1280x720 landscape image. Got 1280x721.", one.fault.message, 1, true)
    end
  end)

  it("go to Runware by upload where they are long", function()
    local one = start(simulator, { tasks = { { states = { "success" } } } }, {
      model = "runware/runware:200@6", prompt = "a boat", width = 1280, height = 720, duration = 5, image = { bytes = made.sized("image", 2 * MIB) } })
    assert.is_nil(one.fault)
    assert.equal(1, one.uploaded)
  end)
end)
