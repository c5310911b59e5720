--- A small checker of request bodies against data: what a provider's documents say of a field, as a table.
--
-- A rule is one of
--   { type = "string", min =, max =, pattern = }      min and max in UTF-16 units, pattern a Lua pattern
--   { type = "integer" | "number", min =, max = }
--   { type = "boolean" }
--   { type = "enum", values = { ... } }
--   { type = "uri", media = "image", max = 2048, max_data = }   https: (max), runway: (max_runway), data:<media>/ (max_data)
--   { type = "list", min =, max =, items = rule }
--   { type = "object", fields = { name = rule }, required = { name, ... }, strict = true (no other keys) }
--   { type = "either", rules = { rule, ... } }         the first whose form fits (string or table) judges
local M = {}

-- How many bytes the UTF-8 sequence at `at` has; nil where there is none.
local function sequence_length(text, at)
  local lead, second = text:byte(at, at + 1)
  if lead < 0x80 then return 1 end
  if lead < 0xC2 or lead > 0xF4 or not second then return nil end
  -- overlong forms, surrogates, and code points above U+10FFFF show in the second byte
  local low, high = 0x80, 0xBF
  if lead == 0xE0 then low = 0xA0 elseif lead == 0xED then high = 0x9F elseif lead == 0xF0 then low = 0x90 elseif lead == 0xF4 then high = 0x8F end
  if second < low or second > high then return nil end
  local length = lead < 0xE0 and 2 or lead < 0xF0 and 3 or 4
  for index = at + 2, at + length - 1 do
    local byte = text:byte(index)
    if not byte or byte < 0x80 or byte > 0xBF then return nil end
  end
  return length
end

--- How many UTF-16 code units a UTF-8 text takes: the unit in which most providers count prompts.
---@param text string
---@return integer|nil units nil where the text is not valid UTF-8
function M.utf16_length(text)
  if not text:find "[\128-\255]" then return #text end
  local units, at = 0, 1
  while at <= #text do
    local length = sequence_length(text, at)
    if not length then return nil end
    units = units + (length == 4 and 2 or 1)
    at = at + length
  end
  return units
end

local function shown(value)
  if type(value) == "string" then return #value <= 60 and ("%q"):format(value):gsub("\\\n", "\\n") or ("%d bytes of text"):format(#value) end
  if type(value) == "number" then return ("%.14g"):format(value) end
  if type(value) == "boolean" then return tostring(value) end
  return type(value) == "table" and "a table" or "a " .. type(value)
end

--- The values of an enum for people: `4, 6, 8`; numbers and strings as they are.
---@param values (string|number)[]
---@return string
function M.list(values)
  local words = {}
  for index, value in ipairs(values) do words[index] = type(value) == "number" and ("%.14g"):format(value) or tostring(value) end
  return table.concat(words, ", ")
end

local function wrong(path, got, allowed, hint)
  return { path = path, got = got, allowed = allowed, hint = hint or allowed }
end

local function range_words(rule, what)
  if rule.min and rule.max then return ("%s from %.14g to %.14g"):format(what, rule.min, rule.max) end
  if rule.min then return ("%s of at least %.14g"):format(what, rule.min) end
  if rule.max then return ("%s of at most %.14g"):format(what, rule.max) end
  return what
end

local function outside(rule, count)
  return rule.min and count < rule.min or rule.max and count > rule.max
end

local check

local checks = {}

function checks.string(value, rule, path)
  if type(value) ~= "string" then return wrong(path, shown(value), "a text") end
  local units = M.utf16_length(value)
  if not units then return wrong(path, "bytes that are not UTF-8", "text in UTF-8") end
  if outside(rule, units) then
    return wrong(path, ("%d characters"):format(units), range_words(rule, "a length") .. " characters (UTF-16 code units)")
  end
  if rule.pattern and not value:find(rule.pattern) then return wrong(path, shown(value), rule.words or "text like " .. rule.pattern) end
end

function checks.number(value, rule, path)
  -- a NaN compares unequal to itself, and neither it nor an infinity can be written as JSON
  if type(value) ~= "number" or value ~= value or value == math.huge or value == -math.huge or outside(rule, value) then
    return wrong(path, shown(value), range_words(rule, "a number"))
  end
end

function checks.integer(value, rule, path)
  if type(value) ~= "number" or value % 1 ~= 0 or outside(rule, value) then
    return wrong(path, shown(value), range_words(rule, "a whole number"))
  end
end

function checks.boolean(value, _, path)
  if type(value) ~= "boolean" then return wrong(path, shown(value), "true or false") end
end

function checks.enum(value, rule, path)
  for _, allowed in ipairs(rule.values) do
    if value == allowed then return nil end
  end
  return wrong(path, shown(value), "one of " .. M.list(rule.values), M.list(rule.values))
end

function checks.uri(value, rule, path)
  local words = ("an https: URL, a runway: URI, or a data:%s/ URI"):format(rule.media)
  if type(value) ~= "string" then return wrong(path, shown(value), words) end
  local scheme = (value:match "^(%a[%w+.-]*):" or ""):lower()
  local longest = ({ https = rule.max, runway = rule.max_runway, data = rule.max_data })[scheme]
  local form = scheme == "data" and "^[dD][aA][tT][aA]:" .. rule.media .. "/" or "^%a+://"
  if not longest or not value:find(form) then return wrong(path, shown(value), words) end
  if #value > longest or #value < rule.min then
    return wrong(path, ("%d characters"):format(#value), ("%d to %d characters of %s: URI"):format(rule.min, longest, scheme))
  end
end

function checks.list(value, rule, path)
  if type(value) ~= "table" then return wrong(path, shown(value), "a list") end
  if outside(rule, #value) then return wrong(path, ("%d entries"):format(#value), range_words(rule, "a list") .. " entries") end
  for index, item in ipairs(value) do
    local found = check(item, rule.items, ("%s[%d]"):format(path, index - 1))
    if found then return found end
  end
end

local function sorted_keys(fields)
  local names = {}
  for name in pairs(fields) do names[#names + 1] = tostring(name) end
  table.sort(names)
  return names
end

function checks.object(value, rule, path)
  local prefix = path == "" and "" or path .. "."
  if type(value) ~= "table" then return wrong(path, shown(value), "an object") end
  for _, name in ipairs(rule.required or {}) do
    if value[name] == nil then
      local field = rule.fields[name]
      local choices = field.values and M.list(field.values) or nil
      return { path = prefix .. name, missing = true, allowed = choices and "one of " .. choices, hint = choices }
    end
  end
  for _, name in ipairs(sorted_keys(value)) do
    local field = rule.fields[name]
    if field then
      local found = check(value[name], field, prefix .. name)
      if found then return found end
    elseif rule.strict then
      return { path = prefix .. name, unknown = true, allowed = "only " .. table.concat(sorted_keys(rule.fields), ", "),
        hint = table.concat(sorted_keys(rule.fields), ", ") }
    end
  end
end

function checks.either(value, rule, path)
  for _, candidate in ipairs(rule.rules) do
    local wants_table = candidate.type == "list" or candidate.type == "object"
    if wants_table == (type(value) == "table") then
      local found = check(value, candidate, path)
      if not found or candidate == rule.rules[#rule.rules] then return found end
      if candidate.type ~= "object" then return found end
    end
  end
  return wrong(path, shown(value), rule.words or "another form")
end

function check(value, rule, path)
  return checks[rule.type](value, rule, path)
end

--- Checks a body. The answer names the first thing wrong with it, in the order: missing, then fields by name.
---@param body table
---@param rule table an object rule
---@return { path: string, got: string|nil, allowed: string|nil, hint: string|nil, missing: boolean|nil, unknown: boolean|nil }|nil wrong
--- nil where all is well; `path` counts list entries from 0, as JSON documents do
function M.check(body, rule)
  return check(body, rule, "")
end

return M
