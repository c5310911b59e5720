--- A transport without a network: what the engine is to a client, with answers made up on the spot. There is no socket in it, so nothing that
-- runs over it can reach anybody.
local M = {}
M.__index = M

--- What a call comes to that nobody has an answer for.
M.nobody = { kind = "connect", sent = false, message = "a rehearsal reaches nobody" }

---@param host table its clock
---@param answer fun(request: table): table|nil, number|nil an outcome as the engine gives it, and the seconds it takes
---@return table transport
function M.new(host, answer)
  return setmetatable({ host = host, answer = answer, under_way = {}, count = 0 }, M)
end

-- Whoever waits for an answer goes away when its clocks have run out, and does not know what became of the request.
local function in_time(request, outcome, seconds)
  local clocks = request.timeout or {}
  local most = math.min(clocks.first_byte or math.huge, clocks.total or math.huge)
  if seconds <= most then return outcome, seconds end
  return { kind = "timeout", timeout = "first_byte", sent = true, message = "the time ran out" }, most
end

---@param request table as engine:start takes it
---@return integer id
function M:start(request)
  local outcome, seconds = self.answer(request)
  if not outcome then outcome, seconds = M.nobody, 0 end
  outcome, seconds = in_time(request, outcome, seconds or 0)
  local own = {}
  for key, value in pairs(outcome) do own[key] = value end
  self.count = self.count + 1
  own.id, own.elapsed = self.count, seconds
  self.under_way[#self.under_way + 1] = { at = self.host.now() + seconds, outcome = own }
  return self.count
end

-- The place of the answer that comes first.
local function first_of(transport)
  local first
  for place, call in ipairs(transport.under_way) do
    if not first or call.at < transport.under_way[first].at then first = place end
  end
  return first
end

--- The oldest outcome that has come in, or nil.
function M:take()
  local place = first_of(self)
  if place and self.under_way[place].at <= self.host.now() then return table.remove(self.under_way, place).outcome end
end

--- Seconds until an outcome comes in; nil where none is waited for.
function M:timeout()
  local place = first_of(self)
  return place and math.max(0, self.under_way[place].at - self.host.now()) or nil
end

function M:cancel(id)
  for _, call in ipairs(self.under_way) do
    if call.outcome.id == id then
      call.at, call.outcome = self.host.now(), { id = id, kind = "cancelled", sent = true, message = "the transfer was cancelled", elapsed = 0 }
    end
  end
end

function M:progress(id)
  for _, call in ipairs(self.under_way) do
    if call.outcome.id == id then return 0, 0 end
  end
end

function M.step() return true end
function M:stats() return { running = #self.under_way, queued = 0, ready = 0 } end
function M.pollfd() return -1 end
function M.events() return "" end
function M:close() self.under_way = {} end

return M
