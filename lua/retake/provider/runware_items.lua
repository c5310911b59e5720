--- Where the parts of a Runware answer stand, for whoever counts what became of each result. (Errors themselves are found in C.)
--
-- An answer is { data = { ... }, errors = { ... } }, either of which may be missing; the same errors come
--   as items of `errors`, with or without data beside them; as items of `data` whose status is "error"; as a single `error`, an object,
--   a list or a text; with the whole answer in a list (WebSocket frames); and, of old, as { error = true, errorId, errorMessage }.
local M = {}

-- Bodies come from outside: how much of them is read.
local MOST_ITEMS = 256

-- A list, or the one thing that stands where a list should.
local function each(value, visit)
  if type(value) ~= "table" then return end
  if #value == 0 and next(value) ~= nil then return visit(value) end
  for index = 1, math.min(#value, MOST_ITEMS) do
    if type(value[index]) == "table" then visit(value[index]) end
  end
end

-- The answers in a body: itself, or those of a frame that holds a list of them.
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
    elseif type(answer.error) == "string" and answer.error ~= "" or type(answer.error) == "number" or answer.error == true then
      visit(answer, answer)
    end
    if type(answer.errors) == "string" then visit({ message = answer.errors }, answer) end
  end)
end

--- Every item of `data`, whatever it tells.
---@param body any decoded JSON
---@param visit fun(item: table)
function M.each_item(body, visit)
  each_answer(body, function(answer) each(answer.data, visit) end)
end

return M
