--- JSON for standard output: one line that a terminal may show as it is, whatever others have put into the texts.

local cjson = require "cjson.safe"

local M = {}

-- The bytes that may follow the first one of a UTF-8 character, by that one: neither longer forms than needed, nor surrogates.
local forms = {
  { "[\194-\223]", "[\128-\191]" }, { "\224", "[\160-\191][\128-\191]" }, { "[\225-\236\238\239]", "[\128-\191][\128-\191]" },
  { "\237", "[\128-\159][\128-\191]" }, { "\240", "[\144-\191][\128-\191][\128-\191]" },
  { "[\241-\243]", "[\128-\191][\128-\191][\128-\191]" }, { "\244", "[\128-\143][\128-\191][\128-\191]" },
}

local function length_at(text, place)
  for _, form in ipairs(forms) do
    local _, last = text:find("^" .. form[1] .. form[2], place)
    if last then return last - place + 1 end
  end
end

--- The same text, with U+FFFD for each byte that is not UTF-8: headers of old servers are Latin-1.
---@param text string
---@return string
function M.utf8(text)
  local parts, done, place = {}, 0, text:find "[\128-\255]"
  while place do
    local length = length_at(text, place)
    if not length then
      parts[#parts + 1] = text:sub(done + 1, place - 1) .. "\239\191\189"
      done = place
    end
    place = text:find("[\128-\255]", place + (length or 1))
  end
  return table.concat(parts) .. text:sub(done + 1)
end

local function cleaned(value)
  if type(value) == "string" then return M.utf8(value) end
  if type(value) ~= "table" then return value end
  local copy = {}
  for key, item in pairs(value) do
    if type(item) ~= "table" or next(item) ~= nil then copy[key] = cleaned(item) end -- an empty list would come out as {}
  end
  return copy
end

--- Empty tables are left out. Slashes stay what they are: "\\/" is JSON but spoils paths and URLs for people.
---@param value table
---@return string
function M.encode(value)
  local text = assert(cjson.encode(cleaned(value)))
  text = text:gsub("\\(.)", function(letter) return letter == "/" and "/" or nil end) -- escapes are read in pairs
  return (text:gsub("\127", "\\u007f"):gsub("\194([\128-\159])", function(byte) return ("\\u%04x"):format(byte:byte()) end))
end

return M
