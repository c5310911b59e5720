--- How the lists of words and codes of the generic rules are written, and made into conditions. `*` stands for anything between two parts; letter
-- case does not matter, and `_`, `-` and line ends count as spaces in texts. Codes are written with `_` between their words, whatever sign or
-- letter case an API has there.
local M = {}

--- Fragments between bars.
---@param text string
---@return string[]
function M.split(text)
  local found = {}
  for item in text:gmatch "[^|]+" do
    item = item:gsub("%s+", " "):gsub("^ ", ""):gsub(" $", "")
    if item ~= "" then found[#found + 1] = item end
  end
  return found
end

--- Patterns of codes that hold one of the fragments: "real person" is in REAL_PERSON_DETECTED. Single words may be part of others in codes
--- ("score" holds "core"), so only longer ones count.
---@param text string
---@return string[]
function M.patterns(text)
  local found = {}
  for _, item in ipairs(M.split(text)) do
    if #item >= 5 then found[#found + 1] = "*." .. "*" .. item:gsub("[ /']", "*") .. "*" .. ".*" end
  end
  return found
end

--- Every pair of a subject and something said of it.
---@param subjects string
---@param verbs string
---@return string[]
function M.pairs_of(subjects, verbs)
  local found = {}
  for _, subject in ipairs(M.split(subjects)) do
    for _, verb in ipairs(M.split(verbs)) do found[#found + 1] = subject .. "*" .. verb end
  end
  return found
end

--- Every first text with every second one right behind it. Blanks count, line ends do not.
---@param firsts string
---@param seconds string
---@return string[]
function M.joined(firsts, seconds)
  local found = {}
  for first in firsts:gmatch "[^|\n]+" do
    for second in seconds:gmatch "[^|\n]+" do found[#found + 1] = first .. second end
  end
  return found
end

--- One list behind the other.
---@param items string[]
---@param others string[]
---@return string[]
function M.both(items, others)
  local found = {}
  for _, list in ipairs { items, others } do
    for _, item in ipairs(list) do found[#found + 1] = item end
  end
  return found
end

--- The fragments as one text, to put others beside them.
---@param items string[]
---@return string
function M.join(items)
  return table.concat(items, "|")
end

return M
