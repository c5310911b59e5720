--- Words for a class, a family of classes, or a provider's code; and why an answer was classified as it was.
local classify = require "retake.classify"
local core = require "retake.core"
local generic = require "retake.provider.generic"
local provider_of = require "retake.provider"

local M = {}

local elsewhere = {
  any = "another model or provider may be tried", provider = "another provider may be tried", no = "no other model may be tried",
}

local function class_words(info, floor)
  local lines = { info.class .. ": " .. info.meaning, "  who acts: " .. info.who_acts, "  retake:   " .. info.what_next }
  if info.resends > 0 then
    lines[#lines + 1] = ("            at most %d %s in one job, not before %g s unless the provider names a time"):format(info.resends,
      info.resends == 1 and "time" or "times", floor or info.floor)
  end
  lines[#lines + 1] = "  elsewhere: " .. elsewhere[info.elsewhere]
  return table.concat(lines, "\n")
end

--- A class or a family.
---@param name string
---@param floor number|nil seconds, where another than the class's holds
---@return string|nil text
function M.class(name, floor)
  local found = {}
  for _, info in ipairs(core.classes()) do
    if info.class == name or info.class:sub(1, #name + 1) == name .. "." then found[#found + 1] = class_words(info, floor) end
  end
  return #found > 0 and table.concat(found, "\n\n") or nil
end

---- rules in words -------------------------------------------------------------------------------------------------------------------

local function list_of(value)
  if value == nil then return {} end
  return type(value) == "table" and value or { value }
end

-- Rule sets made to look at one rule alone, kept as long as the rule is.
local by_value = setmetatable({}, { __mode = "k" })
local by_name = setmetatable({}, { __mode = "k" })

-- The first value of a rule's condition that holds by itself for a finding.
local function holding(rule, condition, finding)
  local sets = by_value[rule] or {}
  by_value[rule] = sets
  if not sets[condition] then
    local each = {}
    for index, value in ipairs(list_of(rule[condition])) do each[index] = { class = "unknown", [condition] = value } end
    sets[condition] = core.rules(each, "one")
  end
  local class, place = sets[condition]:decide(nil, nil, nil, { finding })
  return class and list_of(rule[condition])[place] or nil
end

local function shortened(values, most)
  local shown = {}
  for index = 1, math.min(#values, most) do shown[index] = tostring(values[index]) end
  if #values > most then shown[#shown + 1] = ("... (%d in all)"):format(#values) end
  return table.concat(shown, ", ")
end

--- What a rule asks for, in words.
---@param rule table
---@param finding table|nil the error it decided about: only what of the rule holds for it is shown
---@return string
function M.conditions(rule, finding)
  local parts = {}
  for _, name in ipairs { "operation", "status", "transport" } do
    local values = list_of(rule[name])
    if #values > 0 then parts[#parts + 1] = name .. " " .. shortened(values, 8) end
  end
  for _, name in ipairs { "code", "type", "from", "about", "message" } do
    local values = list_of(rule[name])
    local told = finding and finding[name == "about" and "field" or name]
    if told and #values > 0 then values = list_of(holding(rule, name, finding) or values) end
    if #values > 0 then parts[#parts + 1] = name .. " " .. shortened(values, 4) end
  end
  if rule.unless then parts[#parts + 1] = "unless the words mean " .. shortened(list_of(rule.unless), 8) end
  return #parts > 0 and table.concat(parts, "; ") or "anything"
end

---- codes ----------------------------------------------------------------------------------------------------------------------------

-- Answers that say nothing but the code. Not a failed task's: of one that failed for no known reason something is known, whatever its code.
-- Some codes come only inside the words of another failure, as gRPC's do.
local function bodies_for(code)
  local plain = { error = { code = code, message = "" } }
  local nested = code:find "^[%w_.%-]+$" and { error = { message = ('{"code":"%s"}'):format(code) } } or nil
  if code:find "^%d+$" then return { nested, plain } end
  return { plain, nested }
end

-- The rules of a set that name the code, in their order: { number, rule }. A pattern names all codes it stands for, and itself; one of stars
-- alone names none.
local function rules_naming(rules, code)
  local found, asked = {}, { { code = code } }
  for number, rule in ipairs(rules) do
    if by_name[rule] == nil then
      local patterns = {}
      for _, name in ipairs { "code", "type" } do
        for _, pattern in ipairs(list_of(rule[name])) do
          if pattern:find "[^*.]" then patterns[#patterns + 1] = pattern end
        end
      end
      by_name[rule] = #patterns > 0 and core.rules({ { class = "unknown", code = patterns } }, "one") or false
    end
    if by_name[rule] and by_name[rule]:decide(nil, nil, nil, asked) then found[#found + 1] = { number = number, rule = rule } end
  end
  return found
end

-- What the code alone is taken for.
local function classified(code, name)
  for _, body in ipairs(bodies_for(code)) do
    local evidence = { provider = name, operation = "poll", body = body }
    local seen = classify.examine(evidence)
    local own = seen and seen.set and (seen.rule.code or seen.rule.type)
    if own and seen.class ~= "unknown" and (seen.set ~= generic or not name) then return seen.class, seen.rule.floor end
  end
end

local MOST_RULES = 6

local function code_words(code, name, rules)
  local naming = rules_naming(rules, code)
  local class, floor = classified(code, name ~= "generic" and name or nil)
  if not class and #naming == 0 then return nil end
  local first = naming[1] and naming[1].rule or {}
  local lines = { ("%s is a code of %s"):format(code, name), M.class(class or first.class, floor or not class and first.floor or nil) }
  for index = 1, math.min(#naming, MOST_RULES) do
    local one = naming[index]
    lines[#lines + 1] = ("  rule %d:  %s where %s"):format(one.number, one.rule.class, M.conditions(one.rule, { code = code, type = code }))
  end
  if #naming > MOST_RULES then lines[#lines + 1] = ("  and %d more"):format(#naming - MOST_RULES) end
  return table.concat(lines, "\n")
end

local function spells_out(rules, code)
  for _, rule in ipairs(rules) do
    for _, pattern in ipairs(list_of(rule.code)) do
      if pattern:lower() == code:lower() then return true end
    end
  end
  return false
end

-- Providers that spell the code out come before those that have a pattern for it.
local function candidates(code)
  local exact, others = {}, {}
  for _, name in ipairs(provider_of.built_in) do
    local list = spells_out((provider_of.get(name) or {}).rules or {}, code) and exact or others
    list[#list + 1] = name
  end
  for _, name in ipairs(others) do exact[#exact + 1] = name end
  return exact
end

--- A provider's code: what it would be classified as. Without a provider's name, the first that knows it; at last the generic rules.
---@param code string
---@param name string|nil
---@return string|nil text
function M.code(code, name)
  for _, candidate in ipairs(name and { name } or candidates(code)) do
    local definition = provider_of.get(candidate)
    local text = definition and code_words(code, candidate, definition.rules)
    if text then return text end
  end
  if name and name ~= "generic" then return nil end
  return code_words(code, "generic", generic.rules)
end

--- Every code that a provider's rules name, as they name it.
---@param name string a provider's, or "generic"
---@return string[]|nil codes nil where there is no such provider
function M.codes(name)
  local definition = name == "generic" and generic or provider_of.get(name)
  if not definition then return nil end
  local codes, seen = {}, {}
  for _, rule in ipairs(definition.rules) do
    for _, code in ipairs(list_of(rule.code)) do
      if not seen[code] then
        seen[code] = true
        codes[#codes + 1] = code
      end
    end
  end
  return codes
end

---- answers --------------------------------------------------------------------------------------------------------------------------

local function finding_words(finding)
  local parts = {}
  for _, name in ipairs { "code", "type", "field" } do
    if finding[name] then parts[#parts + 1] = name .. " " .. tostring(finding[name]) end
  end
  if finding.message then parts[#parts + 1] = '"' .. tostring(finding.message):sub(1, 300) .. '"' end
  return table.concat(parts, ", ")
end

--- What was found in an answer, and why it is classified as it is.
---@param evidence table as classify takes it
---@return string|nil text nil where the evidence shows no failure
function M.answer(evidence)
  local seen = classify.examine(evidence)
  if not seen then return nil end
  local lines = {}
  for index, finding in ipairs(seen.findings) do
    if index > 8 then
      lines[#lines + 1] = ("            and %d more"):format(#seen.findings - 8)
      break
    end
    lines[#lines + 1] = ("  found:    %s%s"):format(finding_words(finding), index == seen.finding and #seen.findings > 1 and "  (this decides)" or "")
  end
  if #seen.findings == 0 then lines[1] = "  found:    no words of an error" end
  if seen.number then
    lines[#lines + 1] = ("  because:  rule %d of %s: %s"):format(seen.number, seen.set.name,
      M.conditions(seen.rule, seen.finding and seen.findings[seen.finding]))
  elseif seen.class == "unknown" then lines[#lines + 1] = "  because:  no rule knows it"
  else lines[#lines + 1] = "  because:  the state of the task or of the call says so, whatever its words" end
  return table.concat(lines, "\n")
end

-- Whether a rule names the code as the provider's own: spelled out, or as one of the dotted codes (SAFETY.INPUT.TEXT) of a family it knows.
local function names_as_its_own(rule, code)
  local dotted = code:find "^[%u%d_]+%.[%u%d_.]+$"
  for _, name in ipairs { "code", "type" } do
    for _, pattern in ipairs(list_of(rule[name])) do
      if pattern:lower() == code:lower() or dotted and pattern:find(".", 1, true) then return true end
    end
  end
  return false
end

-- What the provider's own rules make of an answer, where they do so by a code of its own.
local function own_class(evidence, name)
  local given = {}
  for key, value in pairs(evidence) do given[key] = value end
  given.provider = name
  local seen = classify.examine(given)
  if not seen or not seen.set or seen.set == generic then return nil end
  local finding = seen.finding and seen.findings[seen.finding] or {}
  for _, code in ipairs { finding.code or "", finding.type or "" } do
    if code ~= "" and names_as_its_own(seen.rule, tostring(code)) then return seen.class end
  end
end

--- Where an answer, given without its provider, means something else: at the providers whose own code it holds.
---@param evidence table as classify takes it, without a provider
---@return { provider: string, class: string }[]
function M.differently(evidence)
  local seen, list = classify.examine(evidence), {}
  for _, name in ipairs(provider_of.built_in) do
    local class = own_class(evidence, name)
    if class and class ~= (seen and seen.class) then list[#list + 1] = { provider = name, class = class } end
  end
  return list
end

---- statuses -------------------------------------------------------------------------------------------------------------------------

local function class_of_status(status, name, operation)
  local seen = classify.examine { provider = name, operation = operation, status = status, body = "" }
  return seen and seen.class ~= "unknown" and seen.class or nil
end

--- What an HTTP status means where nothing else is said.
---@param text string
---@param name string|nil a provider's
---@return string|nil words nil where the text is no status, or one that shows no failure
function M.status(text, name)
  local status = text:find "^[1-5]%d%d$" and tonumber(text)
  if not status then return nil end
  name = name ~= "generic" and name or nil
  local submission, question = class_of_status(status, name, "submit"), class_of_status(status, name, "poll")
  if not submission or not question then return nil end
  local at = name and " at " .. name or ""
  if submission == question then return ("HTTP %d%s means\n%s"):format(status, at, M.class(submission)) end
  return ("HTTP %d%s, of a submission, means\n%s\n\nHTTP %d%s, of a question about a task, means\n%s"):format(status, at, M.class(submission),
    status, at, M.class(question))
end

---@param what string
---@param provider string|nil
---@return string|nil text
function M.explain(what, provider)
  if not provider and M.class(what) then return M.class(what) end
  local status, code = M.status(what, provider), M.code(what, provider)
  if status and code then return status .. "\n\n" .. code end
  return status or code or provider and M.class(what) or nil
end

return M
