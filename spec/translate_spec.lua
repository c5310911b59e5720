local provider = require "retake.provider"
local ratios = require "retake.ratios"
local translate = require "retake.translate"

-- A request for one model in the terms of another; what changed, as { field = "from -> to" }.
local function to(model, request, given, from)
  local asked = { prompt = "a paper boat" }
  for field, value in pairs(request) do asked[field] = value end
  asked.model = model
  local made, changes, problem = translate(asked, from or "runway/gen4_turbo", given)
  local list = {}
  for _, change in ipairs(changes or {}) do
    assert.truthy(change.why and #change.why > 0)
    list[change.field] = ("%s -> %s"):format(tostring(change.from), tostring(change.to))
  end
  return made, list, problem
end

describe("a request for another model", function()
  it("keeps what the target takes, and lists no change", function()
    local made, changes = to("runway/gen4.5", { image = "https://example.com/a.png", ratio = "1280:720", duration = 5, seed = 7 })
    assert.same({}, changes)
    assert.equal(5, made.duration)
    assert.equal(7, made.seed)
  end)

  it("gets the nearest duration that the target takes, of two as near the shorter", function()
    for asked, expected in pairs { [10] = 8, [9] = 8, [7] = 6, [5] = 4, [2] = 4, [3.2] = 4 } do
      local made, changes = to("runway/veo3.1_fast", { ratio = "1280:720", duration = asked })
      assert.equal(expected, made.duration)
      assert.equal(("%s -> %s"):format(tostring(asked), tostring(expected)), changes.duration)
    end
    assert.equal(10, to("runway/gen4.5", { ratio = "1280:720", duration = 12 }).duration)
    assert.equal(4, to("runway/gen4.5", { ratio = "1280:720", duration = 3.7 }).duration)
    assert.equal(12, to("evolink/sora-2-preview", { duration = 10.5 }).duration)
    assert.equal(8, to("evolink/sora-2-preview", { duration = 10 }).duration)
  end)

  it("is not served by a target that makes half the length, or another thing", function()
    local none = { ["runway/veo3.1"] = { ratio = "1280:720", duration = 20 }, ["runway/gen4_image"] = { ratio = "1280:720", duration = 5 },
      ["evolink/gpt-image-1"] = { duration = 5 }, ["runware/bfl:3@1"] = { duration = 5, ratio = "1024:1024" } }
    for model, request in pairs(none) do
      local made, _, problem = to(model, request)
      assert.is_nil(made, model)
      assert.truthy(problem:find("20", 1, true) or problem:find("length", 1, true), problem)
    end
  end)

  it("gets the nearest shape, in the target's spelling", function()
    local cases = {
      { "runway/gen4.5", { ratio = "1104:832" }, "1280:720" }, { "runway/hailuo3", { ratio = "1280:720" }, "16:9" },
      { "runway/seedance2_fast", { ratio = "16:9" }, "1280:720" }, { "runway/gen4_turbo", { width = 1920, height = 1080, image = "https://e.com/a.png" }, "1280:720" },
      { "runway/veo3.1", { ratio = "9:16" }, "720:1280" }, { "runway/gen4_image", { ratio = "1280:800" }, "1360:768" },
      { "runway/gen4_image", { ratio = "1040:1040" }, "1024:1024" }, { "runware/klingai:5@3", { ratio = "16:9", duration = 5 }, "1280:720" },
      { "runware/bfl:3@1", { ratio = "16:9" }, "1344:768" }, { "runware/bfl:3@1", { ratio = "16:10" }, "1216:832" },
      { "runware/klingai:5@3", { ratio = "1280:720", duration = 5 }, "1280:720" }, { "evolink/veo3.1-fast", { ratio = "1280:720", duration = 8 }, "1280:720" },
    }
    for _, case in ipairs(cases) do
      local request = { duration = case[1]:find "image" == nil and not case[1]:find "bfl" and 5 or nil }
      for field, value in pairs(case[2]) do request[field] = value end
      local made, changes, problem = to(case[1], request)
      assert.truthy(made, ("%s: %s"):format(case[1], tostring(problem)))
      assert.equal(case[3], made.ratio)
      assert.is_nil(made.width)
      assert.equal(made.ratio ~= case[2].ratio, changes.ratio ~= nil)
    end
  end)

  it("is not served by a target whose shapes are all too different", function()
    local made, _, problem = to("runway/gen4.5", { ratio = "960:960", duration = 5 })
    assert.is_nil(made)
    assert.truthy(problem:find("takes no shape near 960:960", 1, true), problem)
  end)

  it("leaves out what the target does not take and can be done without, and says so", function()
    local made, changes = to("runway/gen4.5", { ratio = "1280:720", duration = 5, negative_prompt = "rain", audio = true, count = 4 })
    assert.is_nil(made.negative_prompt)
    assert.is_nil(made.audio)
    assert.is_nil(made.count)
    assert.same({ negative_prompt = "rain -> nil", audio = "true -> nil", count = "4 -> nil" }, changes)
    assert.is_nil(to("runway/veo3.1", { ratio = "1280:720", duration = 8, seed = 3 }).seed)
  end)

  it("is not served by a target that would drop a picture, or cut the prompt short", function()
    local _, _, picture = to("runway/gen4_image", { ratio = "1280:720", video = "https://e.com/a.mp4" })
    assert.truthy(picture:find("has no field for video", 1, true), picture)
    local _, _, long = to("runway/gen4.5", { ratio = "1280:720", duration = 5, prompt = ("x"):rep(1500) }, nil, "runway/seedance2")
    assert.truthy(long:find("1500 characters", 1, true), long)
    local _, _, missing = to("runway/gen4.5", { duration = 5 }, nil, "evolink/veo3.1-fast")
    assert.truthy(missing:find("ratio", 1, true), missing)
  end)

  it("leaves a provider's own fields at the provider, but for those the policy gives", function()
    local asked = { ratio = "1280:720", duration = 5, extra = { contentModeration = { publicFigureThreshold = "low" } } }
    local elsewhere, changes = to("runware/klingai:5@3", asked)
    assert.is_nil(elsewhere.extra)
    assert.equal("nil -> nil", changes["extra.contentModeration"])
    assert.same(asked.extra, to("runway/gen4.5", asked).extra)
    assert.is_nil(to("runway/seedance2", asked).extra) -- the same provider, a model that refuses names it does not know
    assert.same(asked.extra, to("runware/klingai:5@3", asked, { extra = asked.extra }).extra)
  end)

  it("goes as it is to a model that the tables do not know, and to a second account of a provider", function()
    assert.equal(99, to("runway/gen9", { ratio = "7:3", duration = 99 }).duration)
    local second = {}
    for field, value in pairs(provider.get "runway") do second[field] = value end
    second.name = "runway_b"
    provider.define(second)
    local made, changes = to("runway_b/gen4_turbo", { image = "https://e.com/a.png", ratio = "1280:720", extra = { x = 1 } })
    assert.same({ x = 1 }, made.extra)
    assert.same({}, changes)
  end)

  it("of a provider of the script's own: its encode has the last word", function()
    provider.define {
      name = "plain", base_url = "https://plain.example", poll = { path = function() return "/" end, decode = function() end },
      submit = { decode = function() end, encode = function(request)
        if request.seed then return nil, { class = "request.invalid", field = "seed", message = "no seeds here" } end
        if request.duration > 6 then return nil, { class = "request.invalid", field = "duration", message = "6 s at most" } end
        return { path = "/", body = {} }
      end },
    }
    local made, changes = to("plain/one", { seed = 1, duration = 5 })
    assert.is_nil(made.seed)
    assert.equal("1 -> nil", changes.seed)
    local _, _, problem = to("plain/one", { duration = 10 })
    assert.equal("6 s at most", problem)
  end)
end)

describe("ratios", function()
  it("are shapes or sizes", function()
    assert.is_true(ratios.is_pixels "1280:720")
    assert.is_false(ratios.is_pixels "16:9")
    assert.is_nil(ratios.parse "adaptive")
    assert.is_nil(ratios.parse "0:5")
    assert.equal("1280:720", ratios.nearest("16:9", { "1920:1080", "auto", "1280:720", "720:1280" }))
    assert.equal("1920:1080", ratios.nearest("1920:1088", { "1280:720", "1920:1080" }))
    assert.is_nil(ratios.nearest("1:1", { "21:9" }))
    assert.is_nil(ratios.nearest("16:9", { "adaptive" }))
  end)
end)
