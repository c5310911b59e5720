local command = require "spec.support.command"
local simulator_of = require "spec.support.simulator"

-- Each example by its file, and what it has to print against a simulator where everything succeeds at the first question.
local expected = {
  custom_provider = { "submitted\tgen4.5", "progress\tSUCCEEDED", "saved " },
  explain_failure = { "account.credits:", "content.input [SAFETY.INPUT.TEXT]", "no failure" },
  frame_loop = { "SUCCEEDED", "done after" },
  many_jobs = { "1\tsucceeded\thttp", "2\tsucceeded\thttp", "3\tsucceeded\thttp" },
  resume = { "finished by another client: http", "submissions: 1\n" },
  quickstart = { "inspecting examples/boat.jpg", "SUCCEEDED", "is video/mp4," },
}

describe("examples", function()
  local simulator, folder, remove

  setup(function()
    simulator = simulator_of.start {}
    folder, remove = command.folder()
  end)
  teardown(function()
    simulator:stop()
    remove()
  end)

  it("are all run here", function()
    local _, out = command.shell "ls examples/*.lua"
    for name in out:gmatch "examples/([%w_]+)%.lua" do
      assert.is_truthy(expected[name] or name == "quickstart_script" or name == "policy_spec", name)
    end
  end)

  for name, lines in pairs(expected) do
    it("run: " .. name, function()
      simulator:script { tasks = { { states = { "SUCCEEDED" } } } }
      local words = { "examples/" .. name .. ".lua" }
      if name == "quickstart" or name == "custom_provider" then words[2] = folder .. "/" .. name .. ".mp4" end
      local code, out, err = command.run(words, { env = { RETAKE_SIMULATOR = simulator.base_url } })
      assert.equal("", err)
      assert.equal(0, code)
      for _, line in ipairs(lines) do assert.is_truthy(out:find(line, 1, true), line .. " in " .. out) end
    end)
  end

  it("run: policy_spec, with busted and without a provider", function()
    local _, busted = command.shell "command -v busted"
    local code, out, err = command.run { busted:match "%S+", "-o", "plainTerminal", "examples/policy_spec.lua" }
    assert.equal("", err)
    assert.equal(0, code, out)
    assert.is_truthy(out:find("6 successes / 0 failures", 1, true), out)
  end)

  it("end with 1 where the job fails", function()
    simulator:script { tasks = { { states = { { "FAILED", code = "ASSET.INVALID" } } } } }
    local code, out = command.run({ "examples/quickstart.lua", folder .. "/failed.mp4" }, { env = { RETAKE_SIMULATOR = simulator.base_url } })
    assert.equal(1, code)
    assert.is_truthy(out:find("asset.invalid", 1, true))
    assert.is_nil(command.read(folder .. "/failed.mp4"))
  end)
end)

describe("the demo", function()
  local function demo(environment)
    return command.shell(("env -u RUNWAYML_API_SECRET -u RETAKE_SIMULATOR LUA=%s %s sh tools/demo.sh"):format(command.lua, environment or ""))
  end

  it("takes its job through every failure of its script, and leaves no process behind", function()
    local code, out, err = demo()
    assert.equal("", err)
    assert.equal(0, code, out)
    for _, line in ipairs { "THROTTLED", "gate: retry in 30 s (floor)", "policy: fallback to runway/gen4.5", "policy: revise", "is video/mp4," } do
      assert.is_truthy(out:find(line, 1, true), line)
    end
    local port = out:match "asking the simulator at http://127%.0%.0%.1:(%d+)"
    assert.is_nil((require("socket").connect("127.0.0.1", port)))
  end)

  it("fails where the ledger is not the one expected, although the job succeeds", function()
    local simulator = simulator_of.start { script = { tasks = { { states = { "SUCCEEDED" } } } } }
    local code, out, err = demo("RETAKE_SIMULATOR=" .. simulator.base_url)
    simulator:stop()
    assert.is_truthy(out:find("is video/mp4,", 1, true))
    assert.equal(1, code)
    assert.is_truthy(err:find("row 2 of the ledger", 1, true))
  end)

  it("fails where the simulator does not start", function()
    local code, _, err = demo "LUA=false"
    assert.equal(1, code)
    assert.is_truthy(err:find("the simulator did not start", 1, true))
  end)
end)
