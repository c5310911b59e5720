--- Where Runware says what went wrong. What the codes mean stands in runware_rules.lua.
--
-- An answer is { data = { ... }, errors = { ... } }, either of which may be missing; the same errors come
--   as items of `errors`, with or without data beside them; as items of `data` whose status is "error"; as a single `error`, an object,
--   a list or a text; with the whole answer in a list (WebSocket frames); and, of old, as { error = true, errorId, errorMessage }.
local words = require "retake.provider.runware_words"

local M = {}

-- Bodies come from outside: how much of them is read.
local MOST_FINDINGS, MOST_ITEMS, MESSAGE_READ, CODE_READ, DEEPEST = 16, 256, 4096, 128, 4

local function text(value)
  if type(value) == "string" and value ~= "" then return value end
  if type(value) == "number" and value == value then return ("%.14g"):format(value) end
end

local function table_or_empty(value)
  return type(value) == "table" and value or {}
end

---- what is told inside an item -----------------------------------------------------------------------------------------------------

-- The words of an upstream service: a text, or an object that holds one somewhere.
local function words_of(value, depth)
  if type(value) ~= "table" then return text(value) end
  if depth > DEEPEST then return nil end
  local parts = {}
  for _, name in ipairs { "code", "type", "status", "message", "error", "errors", "detail", "details", "reason", "msg", 1 } do
    local told = value[name] ~= nil and words_of(value[name], depth + 1)
    if told then parts[#parts + 1] = told end
  end
  return #parts > 0 and table.concat(parts, " "):sub(1, MESSAGE_READ) or nil
end

local function list_of(value)
  if type(value) ~= "table" then return text(value) end
  local items = {}
  for index = 1, math.min(#value, 24) do
    local item = value[index]
    if type(item) == "string" or type(item) == "number" then items[#items + 1] = text(item) end
  end
  return #items > 0 and table.concat(items, ", ") or nil
end

local hints = { { "min", "at least %s" }, { "max", "at most %s" }, { "multiplier", "a multiple of %s" }, { "allowedValues", "one of %s" },
  { "default", "by default %s" }, { "type", "of type %s" } }

-- The numbers of a refused parameter say what would be right.
local function hint_of(item)
  local parts = {}
  for _, row in ipairs(hints) do
    local told = list_of(item[row[1]])
    if told and #told <= 400 and not told:find "%c" then parts[#parts + 1] = row[2]:format((told:gsub("|", " or "))) end
  end
  return #parts > 0 and table.concat(parts, ", ") or nil
end

-- Fields that hold assets: what is wrong with a value there is the asset's fault, not a parameter's.
local asset_names = { "[iI]mages?%f[%A]", "[vV]ideos?%f[%A]", "[aA]udios?%f[%A]", "[mM]edia%f[%A]", "[mM]asks?%f[%A]", "^media$", "UUID$" }
local no_assets = { taskUUID = true, connectionSessionUUID = true }

local function is_asset(name)
  if not name or no_assets[name] then return false end
  for _, pattern in ipairs(asset_names) do
    if name:find(pattern) then return true end
  end
  return false
end

local function is_asset_code(code)
  local tail = code and (code:match "^invalid(%u.*)$" or code:match "^failedTo%u%l+(%u.*)$" or code:match "^unsupported(%u.*)$")
  return tail ~= nil and is_asset(tail) and not tail:find "^Number" and not tail:find "^Max"
end

-- Codes that say by themselves that content was refused; their words say which end.
local refusals = { "contentpolicy", "contentmoderation", "moderation", "contentdetected", "providercontent", "blocked", "nsfw", "safety" }

local function is_refusal(code)
  local lower = code and code:lower() or ""
  for _, part in ipairs(refusals) do
    if lower:find(part, 1, true) then return true end
  end
  return false
end

-- The finding's type is what rules can ask for beside code and message, in parts: where it was told ("upstream.429"), that an asset is
-- meant and what is wrong with it ("asset.too_large"), and that content was refused ("refused", "withheld").
local function described(finding, item, plain)
  local parts = {}
  local status = text(item.responseStatusCode)
  if item.responseContent ~= nil or status then
    parts[1] = "upstream"
    parts[2] = status and status:sub(1, 64)
  end
  if is_asset(finding.field) or is_asset_code(finding.code) then
    parts[#parts + 1] = "asset"
    parts[#parts + 1] = plain and words.asset(plain)
  end
  local refused = plain and words.refused(plain, is_refusal(finding.code))
  parts[#parts + 1] = refused
  if refused or is_refusal(finding.code) then finding.category = words.category(finding.code, plain) end
  return #parts > 0 and table.concat(parts, ".") or nil
end

local function add(findings, item, outer)
  if #findings >= MOST_FINDINGS then return end
  local code = text(item.code) or text(item.errorCode) or text(item.errorId)
  local message = text(item.message) or text(item.errorMessage) or text(item.error) or text(item.detail)
  local more = item.responseContent ~= nil and words_of(item.responseContent, 1)
  if more and message ~= more then message = message and message .. " " .. more or more end
  if not code and not message then return end
  code, message = code and code:sub(1, CODE_READ), message and message:sub(1, MESSAGE_READ)
  local decided = code and words.decided[code:lower()]
  local plain = message and not decided and words.plain(message .. " " .. (text(item.responseStatusCode) or "")) or nil
  local finding = {
    code = code, message = message, field = list_of(item.parameter) or words.field_in(code, message), hint = hint_of(item),
    task_id = text(item.taskUUID) or text(outer.taskUUID), request_id = text(item.requestId) or text(item.requestID),
    retry_after = message and words.may_wait(message) and words.wait_in(plain or words.plain(message)) or nil,
  }
  finding.type = described(finding, item, plain)
  findings[#findings + 1] = finding
end

---- where the items stand -----------------------------------------------------------------------------------------------------------

--- A list, or the one thing that stands where a list should.
local function each(value, visit)
  if type(value) ~= "table" then return end
  if #value == 0 and next(value) ~= nil then return visit(value) end
  for index = 1, math.min(#value, MOST_ITEMS) do
    if type(value[index]) == "table" then visit(value[index]) end
  end
end

--- The answers in a body: itself, or those of a frame that holds a list of them.
local function each_answer(body, visit)
  if type(body) ~= "table" then return end
  if #body > 0 then return each(body, visit) end
  visit(body)
end

local failed = { error = true, failed = true, failure = true }

--- Whether an item of `data` tells of a failure.
---@param item table
---@return boolean
function M.is_failed(item)
  local status = item.status
  if type(status) == "string" and failed[status:lower()] then return true end
  return type(item.error) == "table" or item.error == true or type(item.errors) == "table" and next(item.errors) ~= nil
end

--- Every item that tells of a failure, as { code, message, taskUUID, ... }.
---@param body any decoded JSON
---@param visit fun(item: table, outer: table)
function M.each_error(body, visit)
  each_answer(body, function(answer)
    each(answer.errors, function(item) visit(item, item) end)
    each(answer.data, function(item)
      if not M.is_failed(item) then return end
      local inner = item.error or item.errors
      if type(inner) ~= "table" then return visit(item, item) end
      each(inner, function(one) visit(one, item) end)
    end)
    if type(answer.error) == "table" then each(answer.error, function(item) visit(item, answer) end)
    elseif text(answer.error) or answer.error == true then visit(answer, answer) end
    if type(answer.errors) == "string" then visit({ message = answer.errors }, answer) end
  end)
end

--- Every item of `data`, whatever it tells.
---@param body any decoded JSON
---@param visit fun(item: table)
function M.each_item(body, visit)
  each_answer(body, function(answer) each(answer.data, visit) end)
end

-- The tasks that a submission's answer calls taken: what went wrong with one of their results is told again by the task itself.
local function taken(body)
  local ids = {}
  M.each_item(body, function(item)
    if text(item.taskUUID) and not M.is_failed(item) then ids[item.taskUUID] = true end
  end)
  return ids
end

--- The errors in a body of Runware's. Where the task is known, errors of other tasks are left out.
---@param body table decoded JSON
---@param answer { status: integer|nil, operation: string|nil, task_id: string|nil }|nil the rest of what is known of the call
---@return table[] findings { code, type, message, field, category, hint, task_id, request_id, retry_after }
function M.evidence(body, answer)
  answer = table_or_empty(answer)
  local findings, wanted = {}, answer.task_id
  local known = answer.operation == "submit" and taken(body) or {}
  M.each_error(body, function(item, outer)
    local owner = text(item.taskUUID) or text(outer.taskUUID)
    if owner and (wanted and owner ~= wanted or known[owner]) then return end
    add(findings, item, outer)
  end)
  local status = tonumber(answer.status) or 0
  if #findings == 0 and status >= 400 and type(body) == "table" then add(findings, body, body) end -- { message }, as a gateway says it
  return findings
end

return M
