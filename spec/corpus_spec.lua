--- Both files of labelled errors, with each provider's own rules and with the generic ones alone. What is missed is printed.
local corpus = require "spec.support.corpus"
local provider = require "retake.provider"
local retake = require "retake"

-- The shares that are right and of the right family; how many refusals would be sent again; what was missed, in words.
local function measure(file, with_provider)
  local count, right, family, grave, missed = 0, 0, 0, 0, {}
  for _, row in ipairs(corpus.rows(file)) do
    row.evidence.provider = with_provider and row.provider or nil
    local fault = retake.classify(row.evidence)
    local class = fault and fault.class
    local exactly, near = corpus.judge(class, row.expect)
    count, right, family = count + 1, right + (exactly and 1 or 0), family + (near and 1 or 0)
    if not exactly then
      missed[#missed + 1] = ("%s, expected %s: %s"):format(tostring(class), table.concat(row.expect, " "), row.line)
      if corpus.is_grave(row.expect) and corpus.may_go_again(class) then grave = grave + 1 end
    elseif with_provider and row.category and fault.category ~= row.category then
      missed[#missed + 1] = ("category %s: %s"):format(tostring(fault.category), row.line)
    end
  end
  if #missed > 0 then io.stderr:write("\n", file, ":\n  ", table.concat(missed, "\n  "), "\n") end
  return right / count, family / count, grave, missed
end

describe("labelled errors", function()
  for _, name in ipairs { "runway", "runware", "evolink" } do
    it("of " .. name .. " are all right by its own rules", function()
      if not provider.get(name) then return pending(name .. " is not there") end
      for _, row in ipairs(corpus.rows "errors.jsonl") do
        if row.provider == name then
          row.evidence.provider = name
          local fault = retake.classify(row.evidence)
          assert.is_true((corpus.judge(fault and fault.class, row.expect)), tostring(fault) .. "\n" .. row.line)
          if row.category then assert.equal(row.category, fault.category, row.line) end
        end
      end
    end)
  end

  it("of the three providers are right by the generic rules alone", function()
    local right, family, grave = measure("errors.jsonl", false)
    assert.is_true(right >= 0.92, ("%.3f are right"):format(right))
    assert.is_true(family >= 0.97, ("%.3f are of the right family"):format(family))
    assert.equal(0, grave)
  end)

  it("of other APIs are right by the generic rules", function()
    local right, family, grave = measure("generic.jsonl", false)
    assert.is_true(right >= 0.95, ("%.3f are right"):format(right))
    assert.is_true(family >= 0.97, ("%.3f are of the right family"):format(family))
    assert.equal(0, grave)
  end)
end)
