local circuit_of = require "retake.circuit"
local window_of = require "retake.window"

describe("a sliding window", function()
  it("forgets what is older than it is long, and nothing younger than nine tenths of that", function()
    local window = window_of.new(30)
    for second = 1, 100 do window.success(window, second) end
    local calls, failures = window:count(100)
    assert.is_true(calls >= 27 and calls <= 30, calls)
    assert.equal(0, failures)
    window:failure(100)
    assert.equal(1, select(2, window:count(126)))
    assert.equal(0, (window:count(131)))
  end)

  it("agrees with a plain list of calls, whatever their times", function()
    math.randomseed(7)
    local window, calls, now = window_of.new(10), {}, 1000
    for _ = 1, 2000 do
      now = now + math.random() * (math.random(20) == 1 and 15 or 1)
      local failed = math.random(2) == 1
      if failed then window:failure(now) else window:success(now) end
      calls[#calls + 1] = { slot = math.floor(now), failed = failed }
      local count, failures = 0, 0
      for _, call in ipairs(calls) do
        if call.slot > math.floor(now) - 10 then
          count = count + 1
          failures = failures + (call.failed and 1 or 0)
        end
      end
      assert.same({ count, failures }, { window:count(now) })
    end
  end)

  it("survives a clock that is set back", function()
    local window = window_of.new(30)
    window:failure(1e9)
    window:failure(1)
    assert.same({ 1, 1 }, { window:count(1) })
  end)
end)

describe("a circuit", function()
  local circuit
  before_each(function() circuit = circuit_of.new() end)

  local function fail(times, from, step)
    local changed
    for n = 1, times do changed = circuit:failure(from + (n - 1) * (step or 0), "job " .. n) or changed end
    return changed
  end

  it("opens at five failures in a row, however long they take", function()
    assert.is_nil(fail(4, 100, 1000))
    assert.equal("closed", circuit:state(3100))
    assert.equal("open", circuit:failure(4100, "x"))
    assert.equal("open", circuit:state(4100))
    assert.equal(5, circuit:wait(4100))
  end)

  it("opens where half of at least five calls in thirty seconds failed, and not before", function()
    circuit:success(100, "a")
    circuit:failure(101, "b")
    circuit:success(102, "c")
    circuit:failure(103, "d")
    assert.equal("closed", circuit:state(103)) -- two of four
    assert.equal("open", circuit:failure(104, "e"))
    local other = circuit_of.new()
    for second = 100, 200, 10 do -- one of four in thirty seconds
      other:success(second, "a")
      other:success(second + 1, "a")
      other:success(second + 2, "a")
      assert.is_nil(other:failure(second + 3, "b"))
    end
  end)

  it("lets one probe through at a time, and closes after one that went well", function()
    fail(5, 100)
    assert.equal("half_open", circuit:state(105))
    assert.is_nil(circuit:wait(105, "one"))
    assert.is_true(circuit:enter(105, "one"))
    assert.is_nil(circuit:wait(105, "one"))
    assert.equal(5, circuit:wait(105, "two"))
    assert.is_nil(circuit:success(106, "two")) -- what was under way before decides nothing
    assert.equal("half_open", circuit:state(106))
    assert.equal("closed", circuit:success(106, "one"))
    assert.is_nil(circuit:wait(106, "two"))
    assert.is_false(circuit:enter(106, "two"))
  end)

  it("doubles the time it stays open from 5 s to 60 s, and begins at 5 s again once it has closed", function()
    fail(5, 100)
    local now = 100
    for _, seconds in ipairs { 5, 10, 20, 40, 60, 60 } do
      assert.equal(seconds, circuit:wait(now))
      now = now + seconds
      assert.is_nil(circuit:wait(now))
      circuit:enter(now, "probe")
      assert.equal("open", circuit:failure(now, "probe"))
    end
    now = now + 60
    circuit:enter(now, "probe")
    circuit:success(now, "probe")
    fail(5, now)
    assert.equal(5, circuit:wait(now))
  end)

  it("stays open as long as the provider asks, and no shorter than its own time", function()
    fail(4, 100)
    circuit:failure(100, "x", 30)
    assert.equal(30, circuit:wait(100))
    circuit:failure(110, "late", 40)
    assert.equal(40, circuit:wait(110))
    circuit:failure(111, "late", 1)
    assert.equal(39, circuit:wait(111))
    assert.is_nil(circuit:failure(112, "late"))
    assert.equal(38, circuit:wait(112))
  end)

  it("waits for no probe that says nothing, is let go, or takes too long", function()
    fail(5, 100)
    circuit:enter(105, "one")
    circuit:leave "two"
    assert.equal(5, circuit:wait(105, "two"))
    circuit:leave "one"
    assert.is_nil(circuit:wait(105, "two"))
    circuit:enter(105, "two")
    assert.equal(1, circuit:wait(404, "three"))
    assert.is_nil(circuit:wait(405, "three"))
  end)

  it("opens at once where it is tripped, or where one failure is enough", function()
    assert.equal("open", circuit:trip(100))
    assert.is_nil(circuit:trip(101, 20))
    assert.equal(20, circuit:wait(101))
    local suspected = circuit_of.new()
    assert.equal("open", suspected:failure(100, "x", nil, true))
  end)

  it("takes what it is told about the provider for a probe", function()
    fail(5, 100)
    circuit:told(false, 104, 108)
    assert.equal(4, circuit:wait(104))
    circuit:told(false, 108, 112) -- it would be half-open: now it has failed once more
    assert.equal(10, circuit:wait(108))
    circuit:told(true, 109)
    assert.equal("half_open", circuit:state(109))
    circuit:enter(109, "one")
    assert.equal("open", circuit:failure(109, "one"))
    assert.equal(5, circuit:wait(109) / 2)
    local closed = circuit_of.new()
    closed:told(false, 100, 200)
    assert.equal("closed", closed:state(100))
  end)

  it("is held by hand, whatever happens, until it is let go", function()
    circuit:hold "open"
    circuit:success(100, "x")
    assert.equal("open", circuit:state(1e6))
    assert.equal(math.huge, circuit:wait(1e6))
    circuit:hold "closed"
    fail(20, 100)
    assert.equal("closed", circuit:state(100))
    assert.is_nil(circuit:trip(100))
    circuit:hold(nil)
    assert.is_nil(fail(4, 100))
    assert.equal("open", circuit:failure(100, "x"))
  end)

  it("takes a wait that was told in seconds as over, though the arithmetic is a little short", function()
    local now = 1795275626.6314
    fail(5, now)
    local wait = circuit:wait(now + 2.0003)
    assert.is_nil(circuit:wait(now + 2.0003 + wait))
  end)
end)
