--- Errors that people met, from public issues, documents and recorded answers: each was labelled by somebody who did not know the rules.
local corpus = require "spec.support.corpus"
local retake = require "retake"

-- By whose rules they are judged: a provider's own, or the generic ones.
local groups, names = {}, {}
local function add(row, name)
  if not groups[name] then groups[name], names[#names + 1] = {}, name end
  table.insert(groups[name], row)
  row.evidence.provider = row.provider
end
for _, row in ipairs(corpus.rows "met.jsonl") do add(row, row.provider or "other APIs") end
for _, row in ipairs(corpus.rows "written.jsonl") do
  if row.provider then add(row, row.provider .. ", written down") end
end

local function missed(rows)
  local list = {}
  for _, row in ipairs(rows) do
    local fault = retake.classify(row.evidence)
    local class = fault and fault.class
    if not corpus.judge(class, row.expect) then list[#list + 1] = ("%s: %s"):format(tostring(class), row.line)
    elseif row.category and fault.category ~= row.category then list[#list + 1] = ("category %s: %s"):format(tostring(fault.category), row.line) end
  end
  return table.concat(list, "\n")
end

describe("errors that people met", function()
  for _, name in ipairs(names) do
    it(("of %s: %d of them"):format(name, #groups[name]), function()
      assert.is_true(#groups[name] > 60)
      assert.equal("", missed(groups[name]))
    end)
  end

  it("are not sent again where the content was refused, whatever status a gateway puts before them", function()
    local judged = 0
    for _, row in ipairs(groups["other APIs"]) do
      for _, status in ipairs((row.expect[1] or ""):find "^content" and { 200, 400, 403, 429, 500, 503 } or {}) do
        local fault = retake.classify { operation = row.operation, status = status, headers = row.evidence.headers, body = row.evidence.body }
        assert.is_true(fault ~= nil and not corpus.may_go_again(fault.class), ("HTTP %d, %s: %s"):format(status, tostring(fault and fault.class), row.line))
        judged = judged + 1
      end
    end
    assert.is_true(judged > 300)
  end)
end)
