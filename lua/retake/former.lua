--- What a job's request was before it was changed on the way: what the script asked for, and the words and inputs that no longer stand in it.
-- A provider's message of an earlier attempt may quote them.
local request_of = require "retake.request"

local M = {}

-- A policy that revises without end must not make the record grow without end.
local MOST_KEPT, LONGEST = 50, 20000

--- Every text of a request that is private: its prompts, what goes out in words by way of extra, and where its inputs are.
---@param request table
---@param visit fun(text: string, place: string|nil) place: of an input; nil for words
function M.each_private(request, visit)
  for _, name in ipairs { "prompt", "negative_prompt" } do
    if type(request[name]) == "string" then visit(request[name]) end
  end
  local function walk(value, depth)
    if type(value) == "string" and value:find "%s" then visit(value) end
    if type(value) ~= "table" or depth > 10 then return end
    for _, item in pairs(value) do walk(item, depth + 1) end
  end
  walk(request.extra, 0)
  request_of.each_asset(request, function(_, source, place)
    if type(source) == "string" then visit(source, place) end
  end)
end

--- Another request takes the place of the record's: what is private in this one and not in that is kept in `former`.
---@param record table of a job
---@param following table the request to come
function M.keep(record, following)
  local still = {}
  M.each_private(following, function(text) still[text] = true end)
  M.each_private(record.request, function(text)
    local former = record.former or {}
    if still[text] or #former >= MOST_KEPT or text:find "^data:" then return end
    still[text] = true
    former[#former + 1] = text:sub(1, LONGEST)
    record.former = former
  end)
end

--- The request as the script asked for it, whatever a model that the job went to got instead. Records come from outside: what is none of a
-- request's values there is passed over.
---@param record table of a job
---@return table|nil request
function M.asked(record)
  if not record.request or type(record.asked) ~= "table" then return record.request end
  local request = request_of.changed(record.request)
  for field, held in pairs(record.asked) do
    local value = type(held) == "table" and held.value
    if type(held) == "table" and (value == nil or not request_of.problem_with { [field] = value }) then request[field] = value end
  end
  return request
end

return M
