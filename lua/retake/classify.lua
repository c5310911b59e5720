--- From an answer, or the lack of one, to a fault. The core finds the errors of a body and decides; here is whose rules it decides by.
local cjson = require "cjson.safe"
local core = require "retake.core"
local provider = require "retake.provider"
local generic = require "retake.provider.generic"

local M = {}

local json = cjson.new()
json.encode_sparse_array(true) -- tables that a script made by hand, with holes
json.encode_invalid_numbers "null"

---- books -------------------------------------------------------------------------------------------------------------------------------

-- What a provider's definition says, as the core wants it. Those of definitions that nobody has any more go with them.
local books = setmetatable({}, { __mode = "k" })

local function keys_of(set)
  local keys = {}
  for key, value in pairs(set or {}) do
    if value then keys[#keys + 1] = key end
  end
  return keys
end

local function new_book(definition)
  local tasks, refund = definition.tasks or {}, definition.refund or {}
  return core.rulebook {
    own = definition.compiled, last = definition.compiled_last, generic = generic.compiled, categories = generic.compiled_categories,
    request_id = definition.request_id, safe_codes = keys_of(definition.safe_codes), safe_statuses = keys_of(definition.safe_statuses),
    hints = definition.hints, credits = definition.credits, tasks = tasks.list, task_id = tasks.id, calls = tasks.calls,
    refund = refund.path, refund_words = refund.words, quotes = definition.quotes,
  }
end

local plain = new_book {}

local function book_of(definition)
  local book = books[definition]
  if not book then
    book = new_book(definition)
    books[definition] = book
  end
  return book
end

---- bodies ------------------------------------------------------------------------------------------------------------------------------

--- A body as it came, decoded: a table where it is JSON, else its text.
---@param body any
---@return table|nil decoded, string|nil text
function M.decode(body)
  if type(body) == "table" then return body end
  if type(body) ~= "string" or body == "" then return nil end
  local decoded = json.decode(body)
  -- JSON as a JSON string
  if type(decoded) == "string" then decoded = json.decode(decoded) or decoded end
  if type(decoded) == "table" then return decoded end
  return nil, body
end

-- The core keeps no more values than these, and none that lie deeper.
local MOST_VALUES, DEEPEST = 4096, 32

-- What JSON has no form for (functions, keys of two kinds, tables that hold themselves) is left out of a table that a script gives.
local function clean(value, depth, counted)
  if type(value) == "string" or type(value) == "number" or type(value) == "boolean" or value == cjson.null then return value end
  counted[1] = counted[1] + 1
  if type(value) ~= "table" or depth > DEEPEST or counted[1] > MOST_VALUES then return nil end
  local copy, length = {}, #value
  for key, held in pairs(value) do
    if type(key) == "number" and length == 0 then key = tostring(key) end
    local fits = type(key) == "string" and length == 0 or type(key) == "number" and key >= 1 and key <= length
    if fits then copy[key] = clean(held, depth + 1, counted) end
  end
  return copy
end

-- The core reads text.
local function with_text(evidence)
  if type(evidence.body) ~= "table" then return evidence end
  local copy = {}
  for key, value in pairs(evidence) do copy[key] = value end
  copy.body = json.encode(evidence.body) or json.encode(clean(evidence.body, 1, { 0 })) or ""
  return copy
end

---- what a script's definition knows itself ---------------------------------------------------------------------------------------------

local function is_over(task)
  return type(task) == "table" and (task.state == "failed" or task.state == "cancelled")
end

-- The task an answer tells of. A submission's answer counts where the task is over already.
local function task_of(evidence, definition, decoded)
  local part = (evidence.operation == "poll" or evidence.operation == "submit") and definition[evidence.operation]
  if not part or not part.decode then return nil end
  local read, task = pcall(part.decode, decoded)
  if not read or type(task) ~= "table" then return nil end
  return (evidence.operation == "poll" or is_over(task)) and task or nil
end

-- Errors where only the provider's own function finds them, and its own reading of the task; nil for what the core finds as well.
local function own_reading(evidence, definition)
  if definition.usual_states and not definition.evidence then return nil end
  local decoded = M.decode(evidence.body)
  if not decoded then return nil end
  local findings
  if definition.evidence then
    local read, found = pcall(definition.evidence, decoded, evidence)
    findings = read and type(found) == "table" and found or {}
    -- an error in a shape that the provider's own search does not know
    if #findings == 0 and (tonumber(evidence.status) or 0) >= 400 then findings = nil end
  end
  return findings, not definition.usual_states and task_of(evidence, definition, decoded) or nil
end

-- The book, the evidence as the core takes it, and what the provider's own functions say.
local function prepared(evidence)
  local definition = evidence.provider and provider.get(evidence.provider) or nil
  if not definition then return plain, with_text(evidence), nil, nil, nil end
  local findings, task = own_reading(evidence, definition)
  return book_of(definition), with_text(evidence), definition, findings, task
end

---- the public part -----------------------------------------------------------------------------------------------------------------------

--- Why an answer is classified as it is; nil where the evidence shows no failure.
---@param evidence table as classify takes it
---@return { class: string, findings: table[], finding: integer|nil, rule: table, set: table|nil, number: integer|nil }|nil seen the errors found,
---  which of them decided, by which rule, in whose rules and at which place
function M.examine(evidence)
  local book, given, definition, found, task = prepared(evidence)
  local class, findings, set, number, finding = book:examine(given, found, task)
  if not class then return nil end
  local rules = set == "own" and definition.rules or set == "last" and definition.last_rules or set and generic.rules
  return { class = class, findings = findings, finding = finding, rule = rules and rules[number] or {},
    set = set and (set == "generic" and generic or definition) or nil, number = set == "last" and number + #definition.rules or number }
end

--- Classifies what is known of a call. Never throws on a body, however hostile.
---@param evidence { provider: string|nil, operation: string|nil, status: integer|nil, headers: table|nil, body: string|table|nil,
---  transport: string|table|nil, model: string|nil, task_id: string|nil }
---@return userdata|nil fault nil where the evidence shows no failure
function M.classify(evidence)
  local book, given, _, found, task = prepared(evidence)
  return book:classify(given, found, task)
end

return M
