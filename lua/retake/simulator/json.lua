--- JSON for the simulator: lua-cjson, plus a way to write an empty list, which the plain library cannot tell from an empty object.

local cjson = require "cjson"

local M = {}

M.null = cjson.null
M.empty_list = "@retake:empty-list@"

---@param value any
---@return string
function M.encode(value)
  -- The real service leaves slashes alone; lua-cjson escapes them. Every one it writes is escaped, so none is taken for another.
  return (cjson.encode(value):gsub("\\/", "/"):gsub('"@retake:empty%-list@"', "[]"))
end

---@param text string
---@return any value  nil when the text is not JSON
---@return string? reason
function M.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if ok then return value end
  return nil, tostring(value)
end

return M
