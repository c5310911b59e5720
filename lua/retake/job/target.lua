--- What a decision would send. A job remembers how the script asked for what a model got otherwise (`asked` in the record), so that every
-- fallback starts from the script's own words and not from what the model before could do.
local provider = require "retake.provider"
local request_of = require "retake.request"
local sameness = require "retake.job.sameness"
local translate = require "retake.translate"

local M = {}

local content_fields = { "prompt", "negative_prompt", "image", "last_image", "images", "video", "audio" }
local is_content = {}
for _, field in ipairs(content_fields) do is_content[field] = true end

local OWN = "the policy's own"

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do
    if not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

-- The request as the script asked for it.
local function asked_for(record)
  local request = request_of.changed(record.request)
  for field, held in pairs(record.asked or {}) do request[field] = held.value end
  return request
end

-- What is to be remembered of the script's words while another request stands in their place.
local function remembered(wish, request)
  local asked = {}
  for field in pairs(request) do
    if not same(wish[field], request[field]) then asked[field] = { value = wish[field] } end
  end
  for field, value in pairs(wish) do
    if request[field] == nil then asked[field] = { value = value } end
  end
  return next(asked) and asked or nil
end

-- What the policy itself changes, for the ledger. Prompts and assets stay out of it: it goes to support.
local function own_changes(before, after, changes)
  local list = {}
  for _, field in ipairs(request_of.field_names) do
    if changes and changes[field] ~= nil and not same(before[field], after[field]) then
      local plain = not is_content[field] and type(after[field]) ~= "table" and field ~= "save"
      list[#list + 1] = { field = field, from = plain and before[field] or nil, to = plain and after[field] or nil, why = OWN }
    end
  end
  return list
end

local function shown(value)
  return type(value) == "number" and ("%.14g"):format(value) or type(value) == "table" and "a table" or tostring(value)
end

-- A change as a text for the ledger.
local function told(change)
  local hidden = is_content[change.field] and type(change.from) ~= "boolean"
  local from, to = not hidden and change.from, change.to
  local what = "was changed"
  if to == nil and change.why ~= OWN then what = "was left out"
  elseif to ~= nil and not hidden then what = (from ~= nil and "became %s" or "is %s now"):format(shown(to)) end
  return ("%s%s %s (%s)"):format(change.field, from ~= nil and from ~= false and " " .. shown(from) or "", what, change.why)
end

local function changed(request, changes, model)
  local copy = request_of.changed(request, changes)
  copy.model = model
  local made = request_of.normalise(copy, 0)
  return made
end

local function with_fingerprints(client, record, sent, wanted)
  for _, change in ipairs(sent.changes) do change.text = change.text or told(change) end
  local content = request_of.content_fingerprint(sent.request)
  -- a translation leaves out what the target does not take; that makes no other content of it
  local before = wanted == sent.request and content or request_of.content_fingerprint(wanted)
  sent.content, sent.wire = content, sameness.wire(client, sent.request, content)
  sent.hash = sameness.name(record, sent.request, content, sent.wire)
  sent.content_changed, sent.request_changed = before ~= record.content, sent.hash ~= record.hash
  return sent
end

local function revision(client, record, decision)
  local request = changed(record.request, decision.changes, record.request.model)
  local asked = request_of.changed(record.asked or {})
  for field in pairs(decision.changes) do asked[field] = nil end -- what the policy says now is what is asked for
  local changes = {}
  for _, change in ipairs(record.changes or {}) do
    if decision.changes[change.field] == nil then changes[#changes + 1] = change end
  end
  for _, change in ipairs(own_changes(record.request, request, decision.changes)) do
    change.lasts, changes[#changes + 1] = true, change
  end
  return with_fingerprints(client, record, { request = request, asked = next(asked) and asked or nil, changes = changes }, request)
end

-- Changes of the policy's that stay when the job goes to another model: of revisions, and of content where the former may not come back.
local function lasting(record, wish, own)
  local anew, list = {}, {}
  for _, change in ipairs(own) do anew[change.field] = true end
  for _, change in ipairs(record.changes or {}) do
    local stays = change.lasts or is_content[change.field] and same(wish[change.field], record.request[change.field])
    if change.why == OWN and stays and not anew[change.field] then
      list[#list + 1] = { field = change.field, from = change.from, to = change.to, why = OWN, lasts = true }
    end
  end
  return list
end

-- Refused content stays refused: nothing the script asked for before takes its place unseen, and what the policy makes of it stays.
local function wish_of(record, decision, fault)
  local wish = asked_for(record)
  if fault:is "content" then
    for _, field in ipairs(content_fields) do wish[field] = record.request[field] end
  end
  local wanted = changed(wish, decision.changes, decision.model)
  if fault:is "content" then
    for _, field in ipairs(content_fields) do wish[field] = wanted[field] end
  end
  return wish, wanted
end

local function fallback(client, record, decision, fault)
  local wish, wanted = wish_of(record, decision, fault)
  local request, changes, problem = translate(wanted, wish.model, decision.changes)
  if not request then return { problem = problem } end
  local own = own_changes(asked_for(record), wanted, decision.changes)
  local all = lasting(record, wish, own)
  for _, change in ipairs(own) do all[#all + 1] = change end
  for _, change in ipairs(changes) do all[#all + 1] = change end
  return with_fingerprints(client, record, { request = request, asked = remembered(wish, request), changes = all, translated = changes },
    #changes > 0 and wanted or request)
end

--- The request that a decision would send, with its fingerprints. Runs what the policy's changes are made by; throws where they make no
--- request.
---@param job table
---@param decision table
---@param fault userdata
---@return { request: table|nil, content: string, hash: string, content_changed: boolean, request_changed: boolean, asked: table|nil,
---  changes: table|nil, translated: table|nil, problem: string|nil } sent changes: all that differs from what the script asked for; translated:
---  those that the target made necessary; problem: why it cannot serve the request at all
function M.of(job, decision, fault)
  local client, record = job.client, job.record_
  if decision.kind == "retry" then
    return { request = record.request, content = record.content, hash = record.hash, wire = record.wire, content_changed = false,
      request_changed = false, asked = record.asked, changes = record.changes }
  end
  if decision.kind == "revise" then return revision(client, record, decision) end
  return fallback(client, record, decision, fault)
end

--- The model that was asked for, once the job has left it.
---@param record table
---@return string|nil model
function M.home(record)
  local held = record.asked and record.asked.model
  local model = type(held) == "table" and held.value
  return type(model) == "string" and provider.split(model) and model or nil
end

return M
