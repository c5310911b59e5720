--- Checks a decoded body against a node of runway_contract.lua and lists what is wrong in the words of the real service's
-- validator (Zod 4): { code =, path =, message =, ... }.

local json = require "retake.simulator.json"

local M = {}

--- What JavaScript would call the value. An empty table is both list and object: plain lua-cjson cannot tell.
local function kind_of(value)
  if value == nil then return "undefined" end
  if value == json.null then return "null" end
  if type(value) ~= "table" then return type(value) end
  if next(value) == nil then return "empty" end
  return #value > 0 and "array" or "object"
end

---@param text string  UTF-8
---@return integer units  its length in UTF-16 code units
function M.utf16_length(text)
  local _, characters = text:gsub("[^\128-\191]", "")
  local _, astral = text:gsub("[\240-\247]", "")
  return characters + astral
end

local function extend(path, key)
  local longer = {}
  for i, part in ipairs(path) do longer[i] = part end
  longer[#longer + 1] = key
  return longer
end

local function add(issues, path, code, message, fields)
  local issue = fields or {}
  issue.code, issue.message = code, message
  issue.path = #path > 0 and path or json.empty_list
  issues[#issues + 1] = issue
end

local function wrong_type(issues, path, expected, value)
  local got = kind_of(value)
  if got == "empty" then got = "object" end
  add(issues, path, "invalid_type", "Invalid input: expected " .. expected .. ", received " .. got, { expected = expected })
end

local function quoted(value) return type(value) == "string" and '"' .. value .. '"' or tostring(value) end

local check

local CHECKS = {}

function CHECKS.any() end

function CHECKS.boolean(node, value, path, issues)
  if type(value) ~= "boolean" then wrong_type(issues, path, node.type, value) end
end

function CHECKS.string(node, value, path, issues)
  if type(value) ~= "string" then return wrong_type(issues, path, "string", value) end
  local length = M.utf16_length(value)
  if node.min and length < node.min then
    add(issues, path, "too_small", "Too small: expected string to have >=" .. node.min .. " characters",
      { origin = "string", minimum = node.min, inclusive = true })
  end
  if node.max and length > node.max then
    add(issues, path, "too_big", "Too big: expected string to have <=" .. node.max .. " characters",
      { origin = "string", maximum = node.max, inclusive = true })
  end
  if node.pattern and not value:find(node.pattern) then
    add(issues, path, "invalid_format", "Invalid string: must match pattern /" .. node.pattern .. "/",
      { origin = "string", format = "regex", pattern = "/" .. node.pattern .. "/" })
  end
end

function CHECKS.number(node, value, path, issues)
  if type(value) ~= "number" then return wrong_type(issues, path, "number", value) end
  if node.type == "integer" and value % 1 ~= 0 then
    return add(issues, path, "invalid_type", "Invalid input: expected int, received number", { expected = "int", format = "safeint" })
  end
  if node.min and value < node.min then
    add(issues, path, "too_small", "Too small: expected number to be >=" .. node.min,
      { origin = "number", minimum = node.min, inclusive = true })
  elseif node.above and value <= node.above then
    add(issues, path, "too_small", "Too small: expected number to be >" .. node.above,
      { origin = "number", minimum = node.above, inclusive = false })
  elseif node.max and value > node.max then
    add(issues, path, "too_big", "Too big: expected number to be <=" .. node.max,
      { origin = "number", maximum = node.max, inclusive = true })
  end
end

CHECKS.integer = CHECKS.number

function CHECKS.enum(node, value, path, issues)
  local names = {}
  for i, allowed in ipairs(node.values) do
    if allowed == value then return end
    names[i] = quoted(allowed)
  end
  if #names == 1 then
    add(issues, path, "invalid_value", "Invalid input: expected " .. names[1], { values = node.values })
  else
    add(issues, path, "invalid_value", "Invalid option: expected one of " .. table.concat(names, "|"), { values = node.values })
  end
end

--- Only type and length here: what a URI must be beyond that is the asset check's to say, in its own sentences.
function CHECKS.uri(node, value, path, issues, uris)
  if type(value) ~= "string" then return wrong_type(issues, path, "string", value) end
  local most = node.max_url
  if value:find("^data:") then most = node.max_data elseif value:find("^runway:") then most = node.max_runway end
  local length = M.utf16_length(value)
  if most and length > most then
    return add(issues, path, "too_big", "Too big: expected string to have <=" .. most .. " characters",
      { origin = "string", maximum = most, inclusive = true })
  end
  uris[#uris + 1] = { uri = value, media = node.media, path = path }
end

function CHECKS.array(node, value, path, issues, uris)
  local got = kind_of(value)
  if got ~= "array" and got ~= "empty" then return wrong_type(issues, path, "array", value) end
  if node.min and #value < node.min then
    add(issues, path, "too_small", "Too small: expected array to have >=" .. node.min .. " items",
      { origin = "array", minimum = node.min, inclusive = true })
  elseif node.max and #value > node.max then
    add(issues, path, "too_big", "Too big: expected array to have <=" .. node.max .. " items",
      { origin = "array", maximum = node.max, inclusive = true })
  end
  for index, item in ipairs(value) do check(node.items, item, extend(path, index - 1), issues, uris) end
end

local function unknown_keys(node, value)
  local keys = {}
  for key in pairs(value) do
    if not node.fields[key] then keys[#keys + 1] = tostring(key) end
  end
  table.sort(keys)
  return keys
end

function CHECKS.object(node, value, path, issues, uris)
  local got = kind_of(value)
  if got ~= "object" and got ~= "empty" then return wrong_type(issues, path, "object", value) end
  local required, names = {}, {}
  for _, name in ipairs(node.required or {}) do required[name] = true end
  for name in pairs(node.fields) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    if value[name] ~= nil or required[name] then check(node.fields[name], value[name], extend(path, name), issues, uris) end
  end
  local foreign = node.strict and unknown_keys(node, value) or {}
  if #foreign > 0 then
    local listed = {}
    for i, key in ipairs(foreign) do listed[i] = '"' .. key .. '"' end
    local label = #foreign > 1 and "Unrecognized keys: " or "Unrecognized key: "
    add(issues, path, "unrecognized_keys", label .. table.concat(listed, ", "), { keys = foreign })
  end
end

--- The options of a union that the value's kind (and, for objects, its fixed fields) leaves open.
local function candidates(node, value)
  local got, open = kind_of(value), {}
  for _, option in ipairs(node.options) do
    local wanted = option.type
    local fits = wanted == got or (wanted == "uri" and got == "string") or (wanted == "integer" and got == "number") or wanted == "union"
      or wanted == "enum" or wanted == "any" or (got == "empty" and (wanted == "array" or wanted == "object"))
    if fits and wanted == "object" then
      for name, field in pairs(option.fields) do
        if field.type == "enum" and #field.values == 1 and value[name] ~= nil and value[name] ~= field.values[1] then fits = false end
      end
    end
    if fits then open[#open + 1] = option end
  end
  return open
end

function CHECKS.union(node, value, path, issues, uris)
  local open = candidates(node, value)
  if #open == 1 then return check(open[1], value, path, issues, uris) end
  local branches = {}
  for _, option in ipairs(#open > 0 and open or node.options) do
    local found, seen = {}, {}
    check(option, value, path, found, seen)
    if #found == 0 then
      for _, uri in ipairs(seen) do uris[#uris + 1] = uri end
      return
    end
    branches[#branches + 1] = found
  end
  add(issues, path, "invalid_union", "Invalid input", { errors = branches })
end

check = function(node, value, path, issues, uris) CHECKS[node.type](node, value, path, issues, uris) end

--- Checks a request body.
---@param models table<string, table>  model -> node
---@param body table
---@return table[] issues
---@return table[] uris  { uri =, media =, path = } of each media reference met
function M.body(models, body)
  local issues, uris = {}, {}
  local node = type(body.model) == "string" and models[body.model]
  if not node then
    add(issues, { "model" }, "invalid_union", "Invalid input",
      { errors = json.empty_list, note = "No matching discriminator", discriminator = "model" })
    return issues, uris
  end
  local rest = {}
  for key, value in pairs(body) do
    if key ~= "model" then rest[key] = value end
  end
  check(node, rest, {}, issues, uris)
  return issues, uris
end

--- Checks any value against one node.
---@param node table
---@param value any
---@return table[] issues
function M.value(node, value)
  local issues = {}
  check(node, value, {}, issues, {})
  return issues
end

return M
