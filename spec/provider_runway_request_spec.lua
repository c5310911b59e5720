-- Requests and the bodies made of them: provider/runway_request.lua and provider/runway_models.lua, judged by Runway's own document.
local cjson = require "cjson"
local runway = require "retake.provider.runway"
local models = require "retake.provider.runway_models"

local IMAGE, OTHER = "https://cdn.example.com/boat.jpg", "data:image/png;base64,iVBORw0KGgo="
local VIDEO, AUDIO = "https://cdn.example.com/boat.mp4", "runway://abcdefghijklmn"
local FACE = "\240\159\152\128" -- one character of two UTF-16 units

local function encode(request) return runway.submit.encode(request) end

local function with(request, changes)
  local all = {}
  for name, value in pairs(request) do all[name] = value end
  for name, value in pairs(changes) do all[name] = value end
  return all
end

-- One request in retake's words for each model and operation, and more than one where a model can be asked in several ways.
local typical = dofile "spec/contract/typical.lua"

local callers = { promptText = "prompt", negativePrompt = "negative_prompt", ratio = "ratio", targetAspectRatio = "ratio",
  duration = "duration", seed = "seed", outputCount = "count", audio = "audio" }

local function sorted(set)
  local names = {}
  for name in pairs(set) do names[#names + 1] = name end
  table.sort(names)
  return names
end

-- The values at the edge of what a rule takes, and just beyond.
local function edges(rule)
  if rule.type == "enum" then return rule.values, { type(rule.values[1]) == "number" and 7 or "1:7" } end
  if rule.type == "integer" or rule.type == "number" then return { rule.min, rule.max }, { rule.min - 1, rule.max + 1 } end
  if rule.type == "boolean" then return { true, false }, {} end
  if rule.type == "string" and rule.max then
    local half = FACE:rep(rule.max / 2)
    return { ("x"):rep(rule.min), ("x"):rep(rule.max), half }, { ("x"):rep(rule.max + 1), "" }
  end
  return {}, {}
end

local function read_file(name)
  local file = assert(io.open(name, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

local judged = dofile "spec/contract/judge.lua"

describe("Runway: encoding", function()
  it("covers every model and operation of its tables", function()
    local covered = {}
    for _, row in ipairs(typical) do covered[row[2].model .. " " .. row[1]] = true end
    for model, entry in pairs(models.models) do
      for operation in pairs(entry.operations) do assert.is_true(covered[model .. " " .. operation], model .. " " .. operation) end
    end
  end)

  it("chooses the endpoint from the model and the inputs", function()
    for _, row in ipairs(typical) do
      local encoded, problem = encode(row[2])
      assert.is_nil(problem, problem and problem.message)
      assert.equal("/v1/" .. row[1], encoded.path, row[2].model)
      assert.equal(row[2].model, encoded.body.model)
    end
  end)

  it("makes only bodies that Runway's document allows, up to the edges, and refuses nothing that it allows", function()
    local cases = {}
    local function add(name, path, body, expect) cases[#cases + 1] = { name = name, path = path, body = body, expect = expect } end
    for _, row in ipairs(typical) do
      local operation, request = row[1], row[2]
      local base = encode(request)
      add("typical", base.path, base.body, true)
      local fields = models.models[request.model].operations[operation].fields
      for _, field in ipairs(sorted(fields)) do
        local caller = callers[field]
        local inside, outside = edges(fields[field])
        if fields[field].ignored then inside, outside = {}, {} end
        for _, value in ipairs(inside) do
          local changed = caller and with(request, { [caller] = value }) or with(request, { extra = with(request.extra or {}, { [field] = value }) })
          if caller == "ratio" then changed.width, changed.height = nil, nil end
          local encoded, problem = encode(changed)
          assert.is_nil(problem, problem and request.model .. " " .. field .. ": " .. problem.message)
          assert.same(value, encoded.body[field])
          add(field .. " inside", encoded.path, encoded.body, true)
        end
        for _, value in ipairs(outside) do
          if caller then
            local changed = with(request, { [caller] = value })
            if caller == "ratio" then changed.width, changed.height = nil, nil end
            local encoded, problem = encode(changed)
            assert.is_nil(encoded, request.model .. " " .. field)
            assert.equal("request.invalid", problem.class)
            assert.equal(caller, problem.field)
            assert.truthy(problem.message:find(field, 1, true))
          end
          add(field .. " outside", base.path, with(base.body, { [field] = value }), false)
        end
      end
    end
    assert.is_true(#cases > 800)
    local report, missing = judged(cases)
    if not report then return pending(missing) end
    assert.equal(("%d judged, 0 wrong\n"):format(#cases), report)
  end)
end)

describe("Runway: its tables against its document", function()
  local contract = cjson.decode(read_file "spec/contract/runway.json")

  local function resolve(node)
    while node and node["$ref"] do node = contract["$defs"][node["$ref"]:match "[^/]+$"] end
    return node
  end

  local function names_of(list)
    local names = {}
    for _, value in ipairs(list or {}) do names[#names + 1] = tostring(value):gsub("%.0$", "") end
    table.sort(names)
    return table.concat(names, " ")
  end

  local compare

  local function differ(found, place, what, ours, theirs)
    if ours ~= theirs then found[#found + 1] = ("%s: %s is %s here, %s there"):format(place, what, tostring(ours), tostring(theirs)) end
  end

  local kinds = {}
  function kinds.string(found, place, rule, node)
    differ(found, place, "type", "string", node.type)
    if not rule.ignored then
      differ(found, place, "min", rule.min, node.minLength)
      differ(found, place, "max", rule.max, node.maxLength)
    end
  end
  function kinds.integer(found, place, rule, node)
    differ(found, place, "type", rule.type, node.type)
    local least = node.minimum or node.exclusiveMinimum and node.exclusiveMinimum + 1
    differ(found, place, "min", rule.min, least)
    differ(found, place, "max", rule.max, node.maximum)
  end
  kinds.number = kinds.integer
  function kinds.boolean(found, place, _, node) differ(found, place, "type", "boolean", node.type) end
  function kinds.enum(found, place, rule, node)
    local values = node.enum or node.const ~= nil and { node.const }
    if not values then
      values = {}
      for _, one in ipairs(node.anyOf or node.oneOf or {}) do values[#values + 1] = resolve(one).const end
    end
    differ(found, place, "values", names_of(rule.values), names_of(values))
  end
  function kinds.uri(found, place, rule, node)
    local theirs = {}
    for _, one in ipairs(node.anyOf) do
      one = resolve(one)
      theirs[one.pattern:match "^%^(%a+)"] = one
      differ(found, place, "min", rule.min, one.minLength)
    end
    differ(found, place, "https", rule.max, theirs.https.maxLength)
    differ(found, place, "runway", rule.max_runway, theirs.runway.maxLength)
    differ(found, place, "data", rule.max_data, theirs.data.maxLength)
    differ(found, place, "media", rule.media, theirs.data.pattern:match "^%^data:(%a+)")
  end
  function kinds.list(found, place, rule, node)
    differ(found, place, "least", rule.min, node.minItems)
    differ(found, place, "most", rule.max, node.maxItems)
    if next(node.items) then compare(found, place .. "[]", rule.items, node.items) end
  end
  function kinds.object(found, place, rule, node)
    local theirs, required = {}, {}
    for name in pairs(node.properties) do if name ~= "model" then theirs[#theirs + 1] = name end end
    for _, name in ipairs(node.required or {}) do if name ~= "model" then required[#required + 1] = name end end
    differ(found, place, "fields", names_of(sorted(rule.fields)), names_of(theirs))
    differ(found, place, "required", names_of(rule.required), names_of(required))
    differ(found, place, "strict", rule.strict or false, node.additionalProperties == false)
    for name, field in pairs(rule.fields) do
      if node.properties[name] then compare(found, place .. "." .. name, field, node.properties[name]) end
    end
  end
  function kinds.either(found, place, rule, node)
    local forms = node.anyOf or node.oneOf or { node }
    differ(found, place, "forms", #rule.rules, #forms)
    for index, one in ipairs(rule.rules) do if forms[index] then compare(found, place .. "|" .. index, one, forms[index]) end end
  end

  function compare(found, place, rule, node) kinds[rule.type](found, place, rule, resolve(node)) end

  it("has the same fields, values, bounds and strictness for every model, in both directions", function()
    local found, ours = {}, {}
    for model, entry in pairs(models.models) do
      for operation, rule in pairs(entry.operations) do
        local key = models.paths[operation] .. " " .. model
        ours[key] = true
        if contract.schemas[key] then compare(found, key, rule, contract.schemas[key])
        else found[#found + 1] = key .. " is not there" end
      end
    end
    for key in pairs(contract.schemas) do
      if key:find "^/v1/" and not key:find "^/v1/uploads" and not ours[key] then found[#found + 1] = key .. " is not here" end
    end
    assert.same({}, found)
  end)

  it("finds a ratio that is missing on either side", function()
    local rule = models.models["gen4_turbo"].operations.image_to_video.fields.ratio
    local found = {}
    compare(found, "ratio", { type = "enum", values = { "1280:720" } }, { enum = rule.values })
    compare(found, "ratio", rule, { enum = { "1280:720" } })
    assert.equal(2, #found)
  end)
end)

describe("Runway: what a request gets wrong", function()
  local good = { model = "gen4_turbo", image = IMAGE, ratio = "1280:720" }

  local function refused(request, field, ...)
    local encoded, problem = encode(request)
    assert.is_nil(encoded)
    assert.equal("request.invalid", problem.class)
    assert.equal(field, problem.field)
    for _, words in ipairs { ... } do
      assert.truthy((problem.message .. " " .. tostring(problem.hint)):find(words, 1, true), problem.message .. " lacks " .. words)
    end
    return problem
  end

  it("names the field, the value and the choices", function()
    local problem = refused(with(good, { ratio = "16:9" }), "ratio", "16:9", "1280:720", "1584:672")
    assert.equal("1280:720, 720:1280, 1104:832, 960:960, 832:1104, 1584:672", problem.hint)
    refused(with(good, { duration = 11 }), "duration", "11", "2 to 10")
    refused(with(good, { duration = "5" }), "duration", "whole number")
    refused(with(good, { seed = 0 / 0 }), "seed")
    refused(with(good, { prompt = "" }), "prompt", "0 characters")
    refused(with(good, { prompt = "\255" }), "prompt", "UTF-8")
    refused(with(good, { prompt = FACE:rep(501) }), "prompt", "1002 characters", "1000")
    refused({ model = "veo3.1", prompt = "p", ratio = "1280:720", duration = 5 }, "duration", "4, 6, 8")
  end)

  it("asks for what is required instead of inventing it", function()
    refused({ model = "gen4_turbo", image = IMAGE }, "ratio", "required", "1280:720")
    refused({ model = "gen4_turbo", ratio = "1280:720", prompt = "p" }, "image", "promptImage", "required")
    refused({ model = "gen4.5", image = IMAGE, ratio = "1280:720", duration = 5 }, "prompt", "required")
    refused({ model = "gen4.5", prompt = "p", ratio = "1280:720" }, "duration", "required")
    refused({ model = "gen4_image_turbo", prompt = "p", ratio = "1920:1080" }, "images", "required")
    refused({ model = "act_two", image = IMAGE }, "video", "required")
    refused({ model = "aleph2", prompt = "p" }, "video", "required")
    refused({ model = "veo3.1", last_image = IMAGE, ratio = "1280:720" }, "image", "first frame")
    refused({ prompt = "p" }, "model")
  end)

  it("never drops a field that the model does not have", function()
    refused(with(good, { negative_prompt = "x" }), "negative_prompt", "gen4_turbo")
    refused(with(good, { last_image = IMAGE }), "last_image")
    refused(with(good, { images = { IMAGE } }), "images")
    refused(with(good, { video = VIDEO }), "video")
    refused(with(good, { audio = true }), "audio")
    refused(with(good, { audio = AUDIO }), "audio")
    refused(with(good, { count = 2 }), "count")
    refused(with(good, { image = { IMAGE, IMAGE } }), "image")
    refused({ model = "veo3.1", prompt = "p", ratio = "1280:720", seed = 1 }, "seed")
    refused({ model = "happyhorse_1_0", image = IMAGE, ratio = "1280:720" }, "ratio")
    refused({ model = "seedance2", prompt = "p", images = { { uri = IMAGE, tag = "boat" } } }, "images", "tag")
    refused(with(good, { image = { uri = IMAGE, tag = "boat" } }), "image", "tag")
    refused({ model = "seedance2", prompt = "p", image = IMAGE, images = { IMAGE } }, "images", "not both")
    refused({ model = "gen4_image", prompt = "p", ratio = "1920:1080", images = { { uri = IMAGE, tag = "No" } } }, "images", "tag")
  end)

  it("knows assets that are no final URIs, and too many of them", function()
    refused(with(good, { image = "http://example.com/a.png" }), "image", "https:")
    refused(with(good, { image = "boat.jpg" }), "image")
    refused(with(good, { image = 5 }), "image")
    refused(with(good, { image = true }), "image")
    refused(with(good, { image = "data:video/mp4;base64,AAAA" }), "image", "data:image/")
    refused(with(good, { image = "https://example.com/" .. ("a"):rep(2048) }), "image", "2048")
    refused({ model = "veo3.1", image = IMAGE, last_image = "boat.jpg", ratio = "1280:720" }, "last_image")
    refused({ model = "gen4_image", prompt = "p", ratio = "1920:1080", images = { IMAGE, IMAGE, IMAGE, IMAGE } }, "images", "3")
  end)

  it("takes width and height for a ratio, and says where they disagree", function()
    assert.equal("1280:720", encode { model = "gen4_turbo", image = IMAGE, width = 1280, height = 720 }.body.ratio)
    assert.equal("16:9", encode { model = "hailuo3", prompt = "p", width = 1920, height = 1080 }.body.ratio)
    assert.equal("16:9", encode { model = "aleph2", video = VIDEO, width = 1920, height = 1080 }.body.targetAspectRatio)
    assert.equal("1280:720", encode(with(good, { width = 1280, height = 720 })).body.ratio)
    refused(with(good, { width = 720, height = 1280 }), "ratio", "disagree")
    refused({ model = "gen4_turbo", image = IMAGE, width = 1280 }, "height")
    refused({ model = "gen4_turbo", image = IMAGE, width = 1281, height = 720 }, "ratio", "1281:720")
    refused({ model = "gen4_turbo", image = IMAGE, width = 1280.5, height = 720 }, "width")
  end)

  it("sends extra as it is, last, and takes it for what is required", function()
    local body = encode(with(good, { duration = 5, extra = { duration = 60, contentModeration = { publicFigureThreshold = "low" } } })).body
    assert.equal(60, body.duration)
    assert.same({ publicFigureThreshold = "low" }, body.contentModeration)
    assert.equal("9:9", encode { model = "gen4_turbo", image = IMAGE, extra = { ratio = "9:9" } }.body.ratio)
    refused(with(good, { extra = "ratio" }), "extra")
  end)

  it("does not change the request", function()
    local request = { model = "seedance2", prompt = "p", images = { IMAGE }, extra = { a = { 1 } } }
    local before = cjson.encode(request.images) .. cjson.encode(request.extra)
    encode(request)
    assert.equal(before, cjson.encode(request.images) .. cjson.encode(request.extra))
  end)

  it("reads JSON's null in a request as not given", function()
    local request = with(good, { prompt = cjson.null, images = cjson.null, extra = cjson.null, width = cjson.null, video = cjson.null })
    assert.same(encode(good), encode(request))
  end)

  it("sends an unknown model as it is given", function()
    local function path_and_body(request)
      local encoded = encode(request)
      return encoded.path, encoded.body
    end
    local path, body = path_and_body { model = "gen9", prompt = ("x"):rep(99999), image = IMAGE, ratio = "1:7", duration = 99, seed = -1 }
    assert.equal("/v1/image_to_video", path)
    assert.same({ model = "gen9", promptText = ("x"):rep(99999), promptImage = IMAGE, ratio = "1:7", duration = 99, seed = -1 }, body)
    assert.equal("/v1/text_to_video", (path_and_body { model = "gen9", prompt = "p" }))
    path, body = path_and_body { model = "aleph9", prompt = "p", video = VIDEO }
    assert.equal("/v1/video_to_video", path)
    assert.equal(VIDEO, body.videoUri)
    path, body = path_and_body { model = "gen9_image", prompt = "p", images = { { uri = IMAGE, tag = "boat" } } }
    assert.equal("/v1/text_to_image", path)
    assert.same({ { uri = IMAGE, tag = "boat" } }, body.referenceImages)
    path, body = path_and_body { model = "act_nine", image = IMAGE, video = VIDEO }
    assert.equal("/v1/character_performance", path)
    assert.same({ type = "image", uri = IMAGE }, body.character)
    path, body = path_and_body { model = "gen9", image = IMAGE, last_image = OTHER }
    assert.equal("/v1/image_to_video", path)
    assert.same({ { uri = IMAGE, position = "first" }, { uri = OTHER, position = "last" } }, body.promptImage)
  end)
end)

describe("Runway: estimates", function()
  local function estimate(model, request) return runway.estimate(model, request) end

  it("counts seconds, switches, pixels and outputs", function()
    assert.equal(25, estimate("gen4_turbo", { image = "boat.jpg", ratio = "1280:720", duration = 5 }))
    assert.equal(60, estimate("gen4.5", { prompt = "p", ratio = "1280:720", duration = 5 }))
    assert.equal(85, estimate("gen4.5", { prompt = "p", ratio = "1280:720", duration = 5, extra = { outputFormat = "prores" } }))
    assert.equal(320, estimate("veo3.1", { prompt = "p", ratio = "1280:720", duration = 8 }))
    assert.equal(160, estimate("veo3.1", { prompt = "p", ratio = "1280:720", duration = 8, audio = false }))
    assert.equal(144, estimate("seedance2", { prompt = "p", ratio = "1280:720", duration = 4 }))
    assert.equal(600, estimate("seedance2", { prompt = "p", ratio = "3840:2160", duration = 4 }))
    assert.equal(80, estimate("seedance2_5", { prompt = "p", ratio = "640:640", duration = 4 }))
    assert.equal(5, estimate("gen4_image", { prompt = "p", ratio = "1280:720" }))
    assert.equal(8, estimate("gen4_image", { prompt = "p", ratio = "1920:1080" }))
    assert.equal(160, estimate("gemini_image3_pro", { prompt = "p", ratio = "4096:4096", count = 4 }))
  end)

  it("says nothing where it cannot know", function()
    assert.is_nil(estimate("gen4_turbo", { image = IMAGE, ratio = "1280:720" }))
    assert.is_nil(estimate("seedance2", { prompt = "p", duration = 4 }))
    assert.is_nil(estimate("seedance2_5", { video = VIDEO, duration = 4, ratio = "640:640" }))
    assert.is_nil(estimate("aleph2", { video = VIDEO }))
    assert.is_nil(estimate("unheard_of", { prompt = "p", duration = 4 }))
    assert.is_nil(estimate("gen4_turbo", { image = IMAGE, ratio = "1280:720", duration = "5" }))
  end)
end)
