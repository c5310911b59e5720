local main_job = require "spec.support.main_job"
local retake = require "retake"
local simulator_of = require "spec.support.simulator"

local provider = retake.provider

local function definition(changes)
  local all = {
    name = "spec_studio", base_url = "https://api.example",
    submit = { encode = function(request) return { path = "/v1/text_to_video", body = { model = request.model, promptText = request.prompt,
      ratio = "1280:720", duration = 5 } } end, decode = function(body) return body.id and { task_id = body.id } end },
    poll = { path = function(id) return "/v1/tasks/" .. id end, floor = 5, decode = function(body)
      return { task_id = body.id, status = body.status, state = body.status == "SUCCEEDED" and "succeeded" or "running", outputs = body.output }
    end },
    headers = { Authorization = "Bearer key_spec", ["X-Runway-Version"] = "2024-11-06" },
  }
  for key, value in pairs(changes or {}) do all[key] = value end
  return all
end

describe("a provider", function()
  local function throws(changes, text)
    local ok, message = pcall(function() provider.define(changes) end)
    assert.is_false(ok)
    assert.truthy(tostring(message):find("provider_spec.lua:%d+: "), message)
    assert.truthy(message:find(text, 1, true), message)
  end

  -- Errors found by a script's own function had a time to wait of 0 s, which took the place of the rule's floor.
  it("that finds its errors itself names no time to wait where its answer names none", function()
    provider.define(definition { name = "spec_kitchen", evidence = function(body) return { { code = body.oops } } end,
      rules = { { class = "provider.internal", code = "KITCHEN.*", floor = 3 } } })
    local fault = retake.classify { provider = "spec_kitchen", operation = "poll", status = 200, body = '{"oops":"KITCHEN.FIRE"}' }
    assert.equal("provider.internal", fault.class)
    assert.is_nil(fault.retry_after)
    assert.equal(3, fault.floor)
  end)

  it("that is wrong fails when it is defined, with what is wrong", function()
    throws(nil, "a table is needed")
    throws(definition { name = "a-b" }, "a name is letters, digits and _")
    throws(definition { base_url = 5 }, "spec_studio: base_url has to be a string")
    throws(definition { submit = {} }, "spec_studio: submit.encode has to be a function")
    throws(definition { poll = { decode = function() end } }, "spec_studio: poll needs path")
    throws(definition { cancel = {} }, "spec_studio: cancel.path has to be a function")
    throws(definition { rules = { { class = "unknown", code = "x" }, { class = "content.inptu" } } },
      "rules of spec_studio: rule 2: unknown failure class 'content.inptu'")
  end)

  it("is found by its name, and its models by what stands before the slash", function()
    local studio = provider.define(definition())
    assert.equal(studio, provider.get "spec_studio")
    assert.is_nil(provider.get "nobody")
    assert.is_nil(provider.get "../init")
    assert.is_nil(provider.get "init")
    assert.is_nil(provider.get "generic")
    assert.same({ "runware", "klingai:5@3" }, { provider.split "runware/klingai:5@3" })
    assert.same({ "a", "b/c" }, { provider.split "a/b/c" })
    assert.is_nil(provider.split "gen4")
    for _, name in ipairs(provider.built_in) do assert.equal(name, provider.get(name).name) end
  end)

  it("of a script's own runs jobs like the others", function()
    provider.define(definition())
    local simulator = simulator_of.start { script = { tasks = { { states = { "RUNNING", "SUCCEEDED" } } } } }
    local client = main_job.client(simulator, { providers = { spec_studio = { base_url = simulator.base_url } } })
    local result, fault = client:start({ model = "spec_studio/gen4.5", prompt = "a boat" }):await()
    assert.is_nil(fault)
    assert.equal(1, #result.outputs)
    client:close()
    simulator:stop()
  end)

  it("that recognises a resend is asked again under the same name, and charged once", function()
    -- the stand-in recognises nothing, so what is seen here is the name and the order of the calls; its own stand-ins do the rest
    local names, lookups = {}, {}
    local submit = definition().submit
    local plain = submit.encode
    submit.encode = function(request, identity)
      names[#names + 1] = identity.key
      return plain(request)
    end
    provider.define(definition { submit = submit, recognises_resend = true, lookup = function(identity)
      lookups[#lookups + 1] = identity.key
      return identity.key
    end })
    local simulator = simulator_of.start { script = { faults = { { on = "submit", action = "reset", times = 2 } } } }
    local client = main_job.client(simulator, { providers = { spec_studio = { base_url = simulator.base_url } } })
    local job = client:start { model = "spec_studio/gen4.5", prompt = "a boat" }
    local result = job:await()
    assert.truthy(result)
    assert.equal(1, #simulator:submissions { paid = true })
    assert.equal(3, #simulator:submissions())
    assert.equal(1, #result.attempts)
    assert.equal(2, #lookups)
    for _, name in ipairs(names) do
      if name ~= "00000000-0000-4000-8000-000000000000" then assert.equal(lookups[1], name) end
    end
    simulator:script { faults = { { on = "submit", action = "reset", times = "always" } } }
    local _, fault = client:start({ model = "spec_studio/gen4.5", prompt = "a boat" }):await()
    assert.equal("submit.unknown", fault.class)
    assert.equal("unknown", fault.effect)
    assert.equal(4, #simulator:submissions()) -- the first, and three more
    client:close()
    simulator:stop()
  end)

  it("is not believed when it refuses the second sending: the first may have been accepted", function()
    provider.define(definition { recognises_resend = true })
    local simulator = simulator_of.start { script = { faults = {
      { on = "submit", action = "reset", after_accept = true }, { on = "submit", nth = 2, status = 401, times = "always", body = { error = "no" } } } } }
    local client = main_job.client(simulator, { providers = { spec_studio = { base_url = simulator.base_url } } })
    local _, fault = client:start({ model = "spec_studio/gen4.5", prompt = "a boat" }):await()
    assert.equal("submit.unknown", fault.class)
    assert.equal("unknown", fault.effect)
    client:close()
    simulator:stop()
  end)
end)
