-- fetch.lua: the requests that a provider would make for a URL: HEAD under its name, then only the bytes that are wanted, by ranges or, where
-- the server knows none, by a GET that is cut. What the answers mean is in answer.lua.

local answer = require "retake.asset.answer"

local M = {}

-- Most headers of files are inside the first range; a later one is for a trailer or for what stands behind a large profile.
local FIRST, LATER = 16384, 4096
-- What a file may cost. A server without ranges is read from the beginning each time.
local MOST_READS, MOST_BYTES = 8, 1048576
-- Seconds for all requests together, where the limits say nothing.
local TIMEOUT = 10

-- A HEAD answered like this may be a refusal of HEAD, not of the file: then the GET decides.
local doubtful = { [400] = true, [403] = true, [404] = true, [405] = true, [501] = true }

---@class retake.asset.fetching
---@field timeout number seconds in all
---@field user_agent string?
---@field spent number seconds of the requests so far
---@field reads number GETs so far
---@field bytes number of bodies so far
---@field size number? the file's, by what was read; else by the headers
---@field told number? the file's size by the headers alone
---@field refuses_range boolean?

local function send(self, call)
  local left = self.timeout - self.spent
  if left <= 0 then return { kind = "timeout", message = "not finished within " .. self.timeout .. " s" } end
  call.url, call.user_agent, call.allow_addresses = self.url, self.user_agent, self.allow_addresses
  call.timeout = { connect = left, total = left }
  local outcome = self.fetch(call)
  self.spent = self.spent + (outcome.elapsed or 0)
  self.bytes = self.bytes + #(outcome.body or "")
  return outcome
end

-- Keeps what an answer to a GET holds. Whether there was anything of the file in it.
local function keep(self, outcome, asked)
  local body, first = outcome.body or "", 0
  if outcome.status == 206 then
    first = answer.number((answer.header(outcome, "content-range") or ""):match "^bytes%s+(%d+)%-")
    if not first then return false end
    self.size = answer.length(outcome) or self.size
  elseif outcome.status == 200 then -- the whole file, as far as it was read
    self.refuses_range = true
    self.size = not outcome.truncated and #body or answer.length(outcome) or self.size
  elseif outcome.status == 416 then -- the file ends before
    first, body, self.size = asked, "", answer.length(outcome) or self.size
  else
    return false
  end
  self.pieces[#self.pieces + 1] = { offset = first, bytes = body }
  return true
end

-- GETs so many bytes from this offset on.
local function get(self, offset, length)
  self.reads = self.reads + 1
  local outcome
  if self.refuses_range then
    outcome = send(self, { method = "GET", stop_after = offset + length })
  else
    outcome = send(self, { method = "GET", range = ("%.0f-%.0f"):format(offset, offset + length - 1), stop_after = length })
  end
  return outcome, outcome.kind == "response" and keep(self, outcome, offset)
end

local function piece_at(self, offset)
  for _, piece in ipairs(self.pieces) do
    if offset >= piece.offset and offset < piece.offset + #piece.bytes then return piece end
  end
end

-- What is at hand from the offset on, at most so many bytes; and whether that is all there is to have.
local function at_hand(self, offset, length)
  local parts, count = {}, 0
  while count < length do
    local piece = piece_at(self, offset + count)
    if not piece then break end
    local from = offset + count - piece.offset
    parts[#parts + 1] = piece.bytes:sub(from + 1, from + length - count)
    count = count + #parts[#parts]
  end
  return table.concat(parts), count == length or self.size ~= nil and offset + count >= self.size
end

-- An input's read: what stands there, "" behind the end, nil once no more is read.
local function read(self, offset, length)
  local bytes, all = at_hand(self, offset, length)
  while not all do
    local from = offset + #bytes
    local wanted = math.max(length - #bytes, LATER)
    if self.reads >= MOST_READS or (self.refuses_range and from or self.bytes) + wanted > MOST_BYTES then return nil end
    local outcome, kept = get(self, from, wanted)
    if not kept then
      self.reads = MOST_READS
      answer.trouble(self.report, self.limits, outcome, self)
      return nil
    end
    bytes, all = at_hand(self, offset, length)
  end
  return bytes
end

local function start(report, limits, url, target)
  return {
    report = report, limits = limits or {}, url = url, fetch = target.fetch, allow_addresses = target.allow_addresses,
    user_agent = limits and limits.user_agent, timeout = limits and limits.timeout or TIMEOUT, spent = 0, reads = 0, bytes = 0, pieces = {},
  }
end

--- Makes the requests for a URL, and tells what their headers say.
---@param report retake.asset.report
---@param limits retake.asset.limits?
---@param url string
---@param target retake.asset.target with fetch and perhaps allow_addresses
---@return table? input as asset/source.lua gives it, where there is a file to look into
function M.open(report, limits, url, target)
  local self = start(report, limits, url, target)
  local head = send(self, { method = "HEAD" })
  local answered = head.kind == "response"
  local got, kept
  if answered and (head.status == 200 or doubtful[head.status]) then got, kept = get(self, 0, FIRST) end
  if got and not kept and got.kind == "response" and head.status == 200 then -- perhaps it is the range that is refused
    self.refuses_range = true
    got, kept = get(self, 0, FIRST)
  end
  local size = answer.judge(report, self.limits, self, head, got, kept)
  if not kept then return nil end
  self.size = self.size or size
  return {
    size = self.size,
    read = function(offset, length) return read(self, offset, length) end,
    close = function() answer.cost(report, self) end,
  }
end

return M
