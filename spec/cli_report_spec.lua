--- retake report: from what retake generate left behind, and from whatever else is given to it.
local cjson = require "cjson"
local command = require "spec.support.command"
local simulator_of = require "spec.support.simulator"

local KEY = "key_that_must_stay_secret"

local function retake(input, ...)
  local words = { "bin/retake" }
  for _, word in ipairs { ... } do words[#words + 1] = word end
  return command.run(words, { env = { RUNWAYML_API_SECRET = KEY }, input = input })
end

describe("retake report", function()
  local simulator, folder, remove, record, printed

  setup(function()
    simulator = simulator_of.start { script = { tasks = { { states = { { "FAILED", code = "INTERNAL",
      failure = "no \27[2J paper boat at dawn with " .. KEY } } } } } }
    folder, remove = command.folder()
    record = folder .. "/job.json"
    local code
    code, printed = retake(nil, "generate", "--model", "runway/gen4_turbo", "--prompt", "paper boat at dawn", "--image", "examples/boat.jpg", "--ratio",
      "1280:720", "--duration", "5", "--base-url", simulator.base_url, "--virtual", "--quiet", "--json", "--record", record, "--max-attempts", "2")
    assert(code == 21 or code == 16, code)
  end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  it("writes the support bundle of a record as Markdown, fit for a terminal", function()
    local code, out, err = retake(nil, "report", record)
    assert.equal(0, code, err)
    assert.equal("", err)
    assert.truthy(out:find("# Support request: runway/gen4_turbo", 1, true))
    assert.truthy(out:find("consistent: 2 of 2 attempts failed, all alike", 1, true), out)
    assert.truthy(out:find("image: image, as a file, .jpg", 1, true))
    for _, secret in ipairs { KEY, "paper boat", "examples/boat", "\27" } do assert.is_nil(out:find(secret, 1, true), secret) end
    for _, task in ipairs(simulator:state().tasks) do assert.truthy(out:find(task.id, 1, true)) end
  end)

  it("writes it as JSON, with the prompt and the inputs where asked", function()
    local code, out = retake(nil, "report", record, "--json", "--prompt", "--sources")
    assert.equal(0, code)
    local bundle = cjson.decode(out)
    assert.equal("paper boat at dawn", bundle.input.prompt)
    assert.equal("examples/boat.jpg", bundle.input.assets[1].source)
    assert.equal(2, #bundle.attempts)
    assert.equal("consistent", bundle.models[1].verdict)
    assert.is_nil(out:find(KEY, 1, true))
  end)

  it("tells the story", function()
    local code, out = retake(nil, "report", record, "--story")
    assert.equal(0, code)
    assert.truthy(out:find("The job failed after 2 attempts", 1, true), out)
    assert.truthy(out:find("\nNext: ", 1, true))
  end)

  it("reads what retake generate --json wrote, and a bare ledger, from standard input too", function()
    for _, text in ipairs { printed, cjson.encode(cjson.decode(printed).attempts) } do
      local code, out, err = retake(text, "report", "-")
      assert.equal(0, code, err)
      assert.truthy(out:find("consistent: 2 of 2 attempts failed", 1, true), out)
      assert.truthy(err:find("does not hold the request", 1, true))
      code, out = retake(text, "report", "-", "--story")
      assert.equal(0, code)
      assert.truthy(out:find("The job failed after 2 attempts", 1, true), out)
    end
  end)

  it("refuses what is no record and no ledger, with the reason", function()
    local row = '{"provider":"p","model":"m","started_at":1'
    for _, text in ipairs { "", "nonsense", "{}", "[]", "[1]", "null", '"x"', '{"version":1}', "[" .. row .. ',"class":5}]', "[" .. row .. ',"ended_at":"x"}]',
      "[" .. row .. ',"changes":3}]', "[" .. row .. ',"changes":[{}]}]',
      "[" .. row .. ',"skipped":[1]}]', '{"ok":false,"attempts":[],"fault":{"class":"made.up"}}', '{"ok":true,"outputs":[{}]}' } do
      local code, out, err = retake(text, "report", "-")
      assert.equal(2, code, text .. ": " .. out)
      assert.truthy(err:find("retake report: -: ", 1, true), err)
      assert.is_nil(err:find("traceback", 1, true), err)
    end
    for _, args in ipairs { {}, { folder .. "/none.json" }, { folder }, { "a", "b" }, { record, "--story", "--json" }, { record, "--nonsense" } } do
      local code = retake("", "report", args[1], args[2], args[3])
      assert.equal(2, code, table.concat(args, " "))
    end
  end)

  it("takes what looks like a ledger but says odd things", function()
    local odd = '[{"provider":"p","model":"m","started_at":1e300,"ended_at":null,"class":"made.up","effect":"huge","billed":"perhaps","decision":"dance"}]'
    for _, form in ipairs { "--story", "--json", "--prompt" } do
      local code, _, err = retake(odd, "report", "-", form)
      assert.equal(0, code, err)
    end
  end)
end)
