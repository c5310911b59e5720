--- Errors of APIs that have no rules of their own: each row was written down by what it means before any rule was looked at.
local cjson = require "cjson"
local corpus = require "spec.support.corpus"
local retake = require "retake"

local rows = {}
for _, row in ipairs(corpus.rows "written.jsonl") do
  if not row.provider then rows[#rows + 1] = row end
end

describe("errors of APIs nobody described", function()
  for number, row in ipairs(rows) do
    it(("%d: %s"):format(number, row.line:match('"body": (.*)'):sub(1, 70)), function()
      local fault = retake.classify(row.evidence)
      local class = fault and fault.class
      assert.is_true((corpus.judge(class, row.expect)), ("%s is not among %s"):format(tostring(class), table.concat(row.expect, ", ")))
      for _, name in ipairs { "category", "code", "field", "request_id", "task_id" } do
        if row[name] then assert.equal(row[name], fault[name], name) end
      end
      if row.retry_after then assert.is_true(math.abs((fault.retry_after or -1) - row.retry_after) < 0.01, tostring(fault.retry_after)) end
    end)
  end

  -- Gateways put statuses of their own before the answers of others: a refusal under 503 was once sent again five times.
  it("are never sent again where they are refusals, whatever the status", function()
    local judged = 0
    for _, row in ipairs(rows) do
      local body = row.evidence.body
      local says_nothing = type(body) == "table" and (body.message == "Forbidden" or body.message == "Missing Authentication Token")
      for _, status in ipairs(corpus.is_grave(row.expect) and not row.evidence.headers and not says_nothing and { 200, 400, 403, 429, 500, 503 } or {}) do
        local fault = retake.classify { operation = row.evidence.operation, status = status, body = body }
        assert.is_true(fault ~= nil and not corpus.may_go_again(fault.class), ("HTTP %d, %s: %s"):format(status, tostring(fault and fault.class), row.line))
        judged = judged + 1
      end
    end
    assert.is_true(judged > 500)
  end)

  it("are read the same as tables, as JSON, as JSON in a string and inside of words", function()
    for _, row in ipairs(rows) do
      local body = row.evidence.body
      if type(body) == "table" and corpus.is_grave(row.expect) and not row.evidence.headers then
        local text = cjson.encode(body)
        for _, form in ipairs { text, cjson.encode(text), "data: " .. text .. "\n\n" } do
          local fault = retake.classify { operation = row.operation, status = row.status, body = form }
          assert.is_true((corpus.judge(fault and fault.class, row.expect)), tostring(fault) .. "\n" .. form)
        end
      end
    end
  end)
end)
