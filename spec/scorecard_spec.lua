-- What providers do to jobs, and what becomes of them: every scenario of the scorecard passes. `make scorecard` prints them as a table.
local data = require "spec.support.scorecard_scenarios"
local retake = require "retake"
local scorecard = require "spec.support.scorecard"
local simulator_of = require "spec.support.simulator"

describe("the scorecard:", function()
  local simulators
  setup(function() simulators = { own = simulator_of.start(), other = simulator_of.start() } end)
  teardown(function()
    for _, simulator in pairs(simulators) do simulator:stop() end
  end)

  for _, scenario in ipairs(data.scenarios) do
    it(scenario.name, function()
      local row = scorecard.play(simulators, scenario)
      assert.equal("pass", row.verdict, table.concat(row.reasons, "; "))
    end)
  end

  describe("its judge", function()
    local function scenario_named(name, changes)
      for _, scenario in ipairs(data.scenarios) do
        if scenario.name == name then
          local copy = {}
          for key, value in pairs(scenario) do copy[key] = value end
          for key, value in pairs(changes) do copy[key] = value end
          return copy
        end
      end
      error("no scenario " .. name)
    end

    local function verdict(name, changes)
      local row = scorecard.play(simulators, scenario_named(name, changes))
      return row.verdict, table.concat(row.reasons, "; ")
    end

    it("finds what was paid twice", function()
      local found, why = verdict("reset after acceptance (Runway)", { policy = function() return retake.policy.retry(0) end,
        options = { accept_double_charge = true } })
      assert.equal("fail", found)
      assert.truthy(why:find "2 submissions were paid for, not 1", why)
    end)

    it("finds a file that is not whole", function()
      local found, why = verdict("download cut once", { after = function(stage)
        local file = assert(io.open(stage.path, "r+b"))
        local text = file:read "*a"
        file:close()
        file = assert(io.open(stage.path, "wb"))
        file:write(text:sub(1, -2))
        file:close()
      end })
      assert.equal("fail", found)
      assert.truthy(why:find "truncated", why)
    end)

    it("finds a ledger that is not the provider's", function()
      for _, one in ipairs { { "credits", 59, "the ledger says 59, the provider 60" }, { "billed", "no", "called free" },
        { "task_id", "another", "1 tasks at runway/gen4.5 that no ledger knows of" } } do
        local found, why = verdict("503 once", { after = function(stage)
          local attempts = stage.jobs[1].record_.attempts
          attempts[#attempts][one[1]] = one[2]
        end })
        assert.equal("fail", found)
        assert.truthy(why:find(one[3], 1, true), why)
      end
    end)

    it("tells what came too early, and what was not served", function()
      assert.equal("partial", (verdict("429 once, no hint", { wants = { served = "runway/gen4.5", wait = { 100, 101 } } })))
      assert.equal("safe", (verdict("503 for ever, fallback", { fallback = false })))
      assert.equal("safe", (verdict("429 once, no hint", { wants = { served = "runware/klingai:5@3" } })))
    end)

    it("finds refused content that was sent once more", function()
      local found, why = verdict("content refused by the task", { play = "refused_cleared" })
      assert.equal("fail", found)
      assert.truthy(why:find("a second time", 1, true), why)
    end)
  end)
end)
