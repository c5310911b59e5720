--- A circuit: whether to go on calling what has been failing. Closed, calls pass and are counted; after too many failures it opens, and none
--- passes for a while; then it is half-open: one call at a time passes as a probe, whose outcome closes the circuit or opens it for longer.
--- It knows nothing of jobs and providers: who calls is a name, and the time is told to it.
local window_of = require "retake.window"

local M = {}
M.__index = M

--- What a circuit does where nothing else is said.
M.defaults = {
  window = 30,    -- seconds that the share of failures is taken over
  share = 0.5,    -- the share of failures that opens it ...
  calls = 5,      -- ... among at least so many calls
  in_a_row = 5,   -- failures without a success between them that open it, however long they take
  open = 5,       -- seconds it stays open at first; twice as long after each probe that fails ...
  longest = 60,   -- ... up to this
  lease = 300,    -- seconds after which a probe of which nothing was heard no longer keeps the others waiting
}

-- A wait that was told in seconds ends a little early or late by the arithmetic alone.
local TOLERANCE = 0.001

---@param options table|nil fields that differ from the defaults
---@return table circuit
function M.new(options)
  local settings = options and setmetatable(options, { __index = M.defaults }) or M.defaults
  return setmetatable({ settings = settings, window = window_of.new(settings.window), row = 0, lasts = settings.open }, M)
end

--- "closed", "open" or "half_open"; how it is held by hand comes first.
---@param now number seconds
---@return string state
function M:state(now)
  if self.held then return self.held end
  if not self.until_ then return "closed" end
  return now + TOLERANCE >= self.until_ and "half_open" or "open"
end

-- Seconds until another may probe, while one is under way; nil where none is.
local function probed(circuit, now, who)
  local probe = circuit.probe
  if not probe or probe.who == who then return nil end
  local left = probe.at + circuit.settings.lease - now
  if left <= 0 then return nil end
  return math.min(left, circuit.settings.open)
end

--- Whether a call may pass now.
---@param now number seconds
---@param who string|nil the caller; it may pass again on its own probe
---@return number|nil seconds nil where it may; else when to ask again, or math.huge where it is held open by hand
function M:wait(now, who)
  local state = self:state(now)
  if state == "closed" then return nil end
  if state == "half_open" then return probed(self, now, who) end
  return self.held and math.huge or self.until_ - now
end

--- A call that wait let pass goes off: in a half-open circuit it is the probe.
---@param now number seconds
---@param who string
---@return boolean probing
function M:enter(now, who)
  if self:state(now) ~= "half_open" then return false end
  self.probe = { who = who, at = now }
  return true
end

--- The call came to an end that says nothing of what is called: the next may probe.
---@param who string
function M:leave(who)
  if self.probe and self.probe.who == who then self.probe = nil end
end

local function open(circuit, now, at_least)
  circuit.opened_at = now
  circuit.until_ = now + math.max(circuit.lasts, at_least or 0)
  circuit.probe = nil
end

--- Opens it now, whatever was counted.
---@param now number seconds
---@param at_least number|nil seconds, where more is asked for than the circuit's own time
---@return string|nil changed "open" where it was not open before
function M:trip(now, at_least)
  if self.held then return nil end
  local before = self:state(now)
  if before == "half_open" then self.lasts = math.min(self.lasts * 2, self.settings.longest) end
  if before == "open" then
    self.until_ = math.max(self.until_, now + (at_least or 0))
    return nil
  end
  open(self, now, at_least)
  return "open"
end

local function too_many(circuit, now, suspected)
  if suspected or circuit.row >= circuit.settings.in_a_row then return true end
  local calls, failures = circuit.window:count(now)
  return calls >= circuit.settings.calls and failures >= calls * circuit.settings.share
end

--- A call failed in a way that what was called is to blame for. What was under way before the circuit opened decides nothing more, but a time
--- that the provider asks for counts.
---@param now number seconds
---@param who string
---@param retry_after number|nil seconds that the provider asks for
---@param suspected boolean|nil there are other signs of trouble: one failure is enough
---@return string|nil changed "open" where it opened by this
function M:failure(now, who, retry_after, suspected)
  self.row = self.row + 1
  self.window:failure(now)
  if self.held then return nil end
  if self.until_ then
    if self.probe and self.probe.who == who then return self:trip(now, retry_after) end
    if retry_after then self.until_ = math.max(self.until_, now + retry_after) end
    return nil
  end
  return too_many(self, now, suspected) and self:trip(now, retry_after) or nil
end

--- Something else than a call told how things stand: what is down is not probed before that time, what is up again may be at once.
---@param up boolean
---@param now number seconds
---@param not_before number seconds, where it is down
function M:told(up, now, not_before)
  if self.held or not self.until_ then return end
  if up then
    self.until_, self.lasts = math.min(self.until_, now), self.settings.open
    return
  end
  if self:state(now) == "half_open" and not self.probe then self:trip(now) end
  self.until_ = math.max(self.until_, not_before)
end

--- Closes it, and counts afresh.
function M:reset()
  self.held, self.until_, self.opened_at, self.probe = nil, nil, nil, nil
  self.row, self.lasts = 0, self.settings.open
  self.window:clear()
end

--- A call went well.
---@param now number seconds
---@param who string
---@return string|nil changed "closed" where it closed by this
function M:success(now, who)
  self.row = 0
  self.window:success(now)
  if self.held or not self.until_ then return nil end
  if not (self.probe and self.probe.who == who) then return nil end
  self:reset()
  return "closed"
end

--- Holds it by hand.
---@param state "open"|"closed"|nil nil: it goes by what is counted again, from now on
function M:hold(state)
  self:reset()
  self.held = state
end

return M
