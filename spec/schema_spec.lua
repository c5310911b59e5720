local schema = require "retake.schema"

local FACE = "\240\159\152\128" -- one character of two UTF-16 units

describe("schema", function()
  it("counts UTF-16 units and knows what is no UTF-8", function()
    assert.equal(0, schema.utf16_length "")
    assert.equal(3, schema.utf16_length "a\0b")
    assert.equal(2, schema.utf16_length "\195\169\226\130\172")
    assert.equal(2, schema.utf16_length(FACE))
    for _, bytes in ipairs { "\128", "\195", "\192\128", "\224\128\128", "\237\160\128", "\240\128\128\128", "\244\144\128\128", "\245\128\128\128",
      "\226\130", "\255", "a\240\159\152" } do
      assert.is_nil(schema.utf16_length(bytes))
    end
  end)

  it("finds missing, unknown and wrong keys in an object", function()
    local rule = { type = "object", strict = true, required = { "a" }, fields = { a = { type = "integer", min = 1, max = 3 },
      b = { type = "list", max = 1, items = { type = "boolean" } } } }
    assert.is_nil(schema.check({ a = 1, b = { true } }, rule))
    assert.is_true(schema.check({}, rule).missing)
    assert.is_true(schema.check({ a = 1, c = 1 }, rule).unknown)
    assert.equal("a", schema.check({ a = 1.5 }, rule).path)
    assert.equal("b[0]", schema.check({ a = 1, b = { 1 } }, rule).path)
    assert.equal("b", schema.check({ a = 1, b = { true, true } }, rule).path)
    assert.equal("b", schema.check({ a = 1, b = "x" }, rule).path)
  end)
end)
