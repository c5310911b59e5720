--- Where EvoLink says what went wrong, in all of its seven shapes, and what a text says beyond its code. What the codes mean stands in
-- evolink_rules.lua.
--
--   A  { error = { code = "insufficient_quota", message, type, param } }          the documents of today
--   B  { error = { code = 429, message, type, fallback_suggestion } }             older ones, still sent
--   C  { error = { code = 429, message, type = "", param = "" } }                 passed on from the model's own service
--   D  { error = { message } }, { message }
--   E  { success = false, code = 40001, msg }                                     the files API, also under HTTP 200
--   F  { error = "code", error_description }                                      OAuth
--   G  not JSON: read by its words, like anyone's
-- and a task that failed: { status = "failed", error = A, a text, null or nothing }.
local words = require "retake.provider.evolink_words"

local M = {}

local MOST_FINDINGS, MESSAGE_READ = 16, 4096

local function text(value)
  if type(value) == "string" and value ~= "" then return value end
  if type(value) == "number" and value == value then return ("%.14g"):format(value) end
end

local function number(value)
  value = tonumber(value)
  if value and value == value and value > -math.huge and value < math.huge then return value end
end

local function short(value)
  if type(value) == "number" then return ("%.10g"):format(value) end
  return type(value) == "string" and #value <= 200 and value:find "^[^%c]+$" and value or nil
end

-- Quota and parameter errors carry numbers that say what would be right: they belong into the hint.
local function list_of(value)
  if type(value) ~= "table" then return short(value) end
  local items = {}
  for index = 1, math.min(#value, 24) do items[#items + 1] = short(value[index]) end
  return #items > 0 and table.concat(items, ", ") or nil
end

local hints = {
  { "allowed_values", "allowed: %s" }, { "allowed_models", "models this key may use: %s" }, { "min", "at least %s" }, { "max", "at most %s" },
  { "estimated_credits", "it would cost %s credits" }, { "account_balance_credits", "the account has %s" },
  { "remaining_credits", "%s credits are left" }, { "used_credits", "%s are used" }, { "total_limit_credits", "the key's limit is %s" },
  { "daily_used_credits", "%s credits were used today" }, { "daily_limit_credits", "the key's daily limit is %s" },
  { "reset_timezone", "it is reset at midnight (%s)" }, { "expired_at", "expired at %s" }, { "limit_scope", "limit of the %s" },
  { "action_url", "see %s" }, { "fallback_suggestion", "%s" }, { "suggestion", "%s" },
}

local known_hints = {}
for _, row in ipairs(hints) do known_hints[row[1]] = true end

local function has_hint(fields)
  for name in pairs(fields) do
    if known_hints[name] then return true end
  end
  return false
end

local function hint_of(error_table, details)
  if not has_hint(error_table) and not has_hint(details) then return nil end
  local parts = {}
  for _, row in ipairs(hints) do
    local value = error_table[row[1]]
    if value == nil then value = details[row[1]] end
    local told = list_of(value)
    if told then parts[#parts + 1] = row[2]:format(told) end
  end
  return #parts > 0 and table.concat(parts, "; ") or nil
end

-- "(request id: 2026...)" at the end of a message, from the gateway EvoLink grew out of.
local function request_id_in(message)
  if not message or not message:find("equest", 1, true) then return nil end
  return message:match "%(%s*[Rr]equest[%s_]+[Ii][Dd]:%s*([%w_%.%-]+)%s*%)"
end

local function table_or_empty(value)
  return type(value) == "table" and value or {}
end

-- Generic types say no more than the status does.
local bare_types = { task_error = true, evo_api_error = true, new_api_error = true, error = true, openai_error = true }

local function wait_of(error_table, details, message)
  local named = number(error_table.retry_after) or number(error_table.retry_after_seconds) or number(details.retry_after)
    or number(details.retry_after_seconds)
  if named and named >= 0 then return named end
  for _, said in ipairs { error_table.fallback_suggestion or false, message or false } do
    local wait = type(said) == "string" and words.wait_in(said)
    if wait then return wait end
  end
  return words.to_midnight(error_table.reset_timezone or details.reset_timezone, os.time())
end

-- The finding's type is what rules can ask for beside code and message: EvoLink's own type, and what the words tell (evolink_words.lua).
local function described(finding, kind)
  local said = words.told(finding.code, finding.message)
  if kind and bare_types[kind] then kind = nil end
  if said and kind then return kind .. "." .. said end
  return said or kind
end

local function add(findings, error_table, body)
  if #findings >= MOST_FINDINGS then return end
  local message = text(error_table.message) or text(error_table.msg) or text(error_table.error_description) or text(error_table.detail)
    or text(error_table.reason)
  if message then message = message:sub(1, MESSAGE_READ) end
  local code, kind = text(error_table.code), text(error_table.type)
  local details = table_or_empty(error_table.details)
  local finding = {
    code = code or kind, message = message, field = text(error_table.param) or words.field_in(code or kind, message),
    hint = hint_of(error_table, details), retry_after = wait_of(error_table, details, message),
    request_id = text(error_table.request_id) or text(details.request_id) or text(body.request_id) or request_id_in(message),
    task_id = text(error_table.task_id) or text(details.task_id) or text(body.task_id),
  }
  if not finding.code and not message then return end
  finding.type = described(finding, kind)
  finding.category = words.category(finding.type)
  findings[#findings + 1] = finding
  local inner_code, inner_message = words.nested(message)
  if inner_code and #findings < MOST_FINDINGS then
    local inner = { code = inner_code, message = inner_message }
    inner.type = described(inner, "nested")
    inner.category = words.category(inner.type)
    findings[#findings + 1] = inner
  end
end

-- An error that is a text is a code where it looks like one.
local function add_text(findings, said, body)
  local message = text(body.error_description) or text(body.message) or text(body.msg)
  if said:find "^[%a][%w_:.%-]*$" and #said <= 64 then add(findings, { code = said, message = message, type = body.type }, body)
  else add(findings, { code = body.code, message = said, type = body.type }, body) end
end

local function add_any(findings, value, body)
  if type(value) == "table" then
    if #value > 0 then
      for index = 1, math.min(#value, MOST_FINDINGS) do
        if type(value[index]) == "table" then add(findings, value[index], body) elseif text(value[index]) then
          add(findings, { message = value[index] }, body)
        end
      end
    else add(findings, value, body) end
  elseif text(value) then add_text(findings, text(value), body) end
end

local failed = { failed = true, failure = true, error = true }
local cancelled = { cancelled = true, canceled = true }

local function of_task(findings, body)
  add_any(findings, body.error, body)
  if #findings == 0 then add_any(findings, body.fail_reason or body.failure_reason or body.error_message, body) end
  for _, finding in ipairs(findings) do finding.type = finding.type and "task." .. finding.type or "task" end
  if #findings == 0 then
    -- the official client meets failed tasks whose error is missing or null
    findings[1] = { type = "failed", message = "the task failed, no reason was given", request_id = text(body.request_id) }
  end
end

--- The errors in a body of EvoLink's, the most telling first. Nothing in a body can make it throw.
---@param body table decoded JSON
---@param answer { status: integer|nil, operation: string|nil }|nil the rest of what is known of the call
---@return table[] findings { code, type, message, field, category, hint, retry_after, request_id, task_id }
function M.evidence(body, answer)
  local findings = {}
  if type(body) ~= "table" then return findings end
  local refused = type(answer) == "table" and (tonumber(answer.status) or 0) >= 400
  local status = type(body.status) == "string" and body.status:lower() or nil
  if status and failed[status] and not refused then
    of_task(findings, body)
    return findings
  end
  if status and cancelled[status] and not refused then
    add_any(findings, body.error, body)
    if #findings == 0 then findings[1] = { type = "cancelled", message = "the task was cancelled" } end
    return findings
  end
  add_any(findings, body.error, body)
  if #findings == 0 and type(body.errors) == "table" then add_any(findings, body.errors, body) end
  if #findings == 0 and type(body.detail) == "table" then add_any(findings, body.detail, body) end
  local ok = body.success == true or body.code == 0 or body.code == 200 or body.code == "success"
  local told = body.success == false or refused or text(body.code) or not (body.id or body.data or body.status or #body > 0)
  if #findings == 0 and told and not ok then add(findings, body, body) end
  if body.success == false and findings[1] then findings[1].type = findings[1].type or "failure" end
  return findings
end

--- The request's id where only the body names it.
---@param body table
---@return string|nil
function M.request_id_in(body)
  if type(body) ~= "table" then return nil end
  local error_table = table_or_empty(body.error)
  return text(body.request_id) or text(error_table.request_id) or text(table_or_empty(error_table.details).request_id)
    or request_id_in(text(error_table.message) or text(body.error) or text(body.message) or text(body.msg))
end

return M
