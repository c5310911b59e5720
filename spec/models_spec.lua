-- The models that retake knows, from the definitions' own tables.
local command = require "spec.support.command"
local retake = require "retake"

describe("retake.models", function()
  local function by_name(provider)
    local found = {}
    for _, one in ipairs(retake.models(provider)) do found[one.model] = one.does end
    return found
  end

  it("lists what a provider has, in order, and what each is for", function()
    local runway = by_name "runway"
    assert.same({ "image_to_video" }, runway["runway/gen4_turbo"])
    assert.same({ "image_to_video", "text_to_video" }, runway["runway/gen4.5"])
    assert.same({ "video" }, by_name("evolink")["evolink/sora-2-preview"])
    assert.same({}, by_name("runware")["runware/klingai:5@3"])
    local list = retake.models "runway"
    for place = 2, #list do assert.is_true(list[place - 1].model < list[place].model) end
    for _, one in ipairs(list) do assert.is_truthy(retake.provider.get("runway").models[one.model:match "/(.+)$"]) end
  end)

  it("lists those of all providers that come with retake, each once", function()
    local count = 0
    for _, name in ipairs(retake.provider.built_in) do count = count + #retake.models(name) end
    assert.equal(count, #retake.models())
  end)

  it("lists a second account's under its own name, and none of a provider that names none", function()
    retake.provider.define { name = "runway_models", like = "runway" }
    assert.equal(#retake.models "runway", #retake.models "runway_models")
    assert.equal("runway_models/", retake.models("runway_models")[1].model:match "^.-/")
    retake.provider.define { name = "spec_modelless", base_url = "https://api.example", submit = { encode = function() end, decode = function() end },
      poll = { path = function() end, decode = function() end } }
    assert.same({}, retake.models "spec_modelless")
  end)

  it("throws at the caller's place where nobody has that name", function()
    for _, name in ipairs { "runwey", "generic", 5 } do
      local ok, message = pcall(function() local list = retake.models(name) return list end)
      assert.is_false(ok)
      assert.truthy(message:find("models_spec.lua:%d+: unknown provider '" .. name .. "'"), message)
    end
  end)
end)

describe("retake models", function()
  it("prints a line for each", function()
    local code, out = command.run { "bin/retake", "models", "runway" }
    assert.equal(0, code)
    assert.truthy(out:find "\nrunway/gen4_turbo +image to video\n", out)
    assert.equal(#retake.models "runway", select(2, out:gsub("\n", "")))
    code, out = command.run { "bin/retake", "models" }
    assert.equal(0, code)
    assert.truthy(out:find("\nrunware/klingai:5@3\n", 1, true), out)
  end)

  it("refuses what makes no sense, and is among the subcommands", function()
    for _, args in ipairs { { "runwey" }, { "runway", "evolink" }, { "--all" } } do
      local code, out, err = command.run { "bin/retake", "models", args[1], args[2] }
      assert.same({ 2, "" }, { code, out })
      assert.truthy(err:find "^retake models: ")
    end
    local _, help = command.run { "bin/retake", "--help" }
    assert.truthy(help:find("\n  models ", 1, true))
    local code = command.run { "bin/retake", "models", "--help" }
    assert.equal(0, code)
  end)
end)
