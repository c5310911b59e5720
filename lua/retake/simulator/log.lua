--- The provider-side log: what reached the provider, in order. One JSON line a request, flushed at once, so a test that has its
-- answer can read what the provider made of it. Keys and bodies never come here; a prompt only as a digest.

local digest = require "openssl.digest"
local json = require "retake.simulator.json"

local M = {}
M.__index = M

---@param path string?  file to append to
---@return table? log
---@return string? reason
function M.new(path)
  local file, reason
  if path then
    file, reason = io.open(path, "a")
    if not file then return nil, reason end
  end
  return setmetatable({ file = file, entries = {} }, M)
end

---@param text string
---@return string  first 16 hex digits of its SHA-256
function M.digest(text)
  local bytes = digest.new("sha256"):final(text)
  return (bytes:sub(1, 8):gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
end

---@param entry table
function M:add(entry)
  self.entries[#self.entries + 1] = entry
  entry.n = #self.entries
  if self.file then
    self.file:write(json.encode(entry), "\n")
    self.file:flush()
  end
end

function M:clear() self.entries = {} end

return M
