--- What a ledger's attempts have cost, by provider: credits are each provider's own, and are never added up over two of them. What is not
-- known is counted as not known, not as nothing.
local M = {}

local function entry_of(list, by_name, name)
  local entry = by_name[name]
  if not entry then
    entry = { provider = name, credits = 0, attempts = 0, billed = 0, free = 0, unknown = {}, estimate = 0 }
    by_name[name] = entry
    list[#list + 1] = entry
  end
  return entry
end

-- A row whose task an earlier row has told the cost of: the download of a paid output failed, which cost nothing more.
local function is_counted(seen, row)
  if not row.task_id then return false end
  local name = row.provider .. "\0" .. row.task_id
  local counted = seen[name]
  seen[name] = counted or row.credits ~= nil
  return counted or false
end

local function add_unknown(entry, row, place)
  entry.unknown[#entry.unknown + 1] = place
  -- one unknown number makes the sum unknown
  entry.estimate = row.estimate and entry.estimate and entry.estimate + row.estimate or nil
end

--- What the attempts have cost.
---@param attempts table[] rows of a ledger
---@return table[] costs by provider, in the order they were gone to: provider; credits, as far as it told them; attempts (rows); billed and free
---  (how many of them); unknown (places of the rows whose cost it did not tell); estimate (credits of these, nil where one has none)
function M.by_provider(attempts)
  local list, by_name, seen = {}, {}, {}
  for place, row in ipairs(attempts) do
    local entry = entry_of(list, by_name, row.provider)
    if not is_counted(seen, row) then
      entry.attempts = entry.attempts + 1
      entry.credits = entry.credits + (row.credits or 0)
      if row.billed == "yes" or row.credits and row.credits > 0 then
        entry.billed = entry.billed + 1
        if not row.credits then add_unknown(entry, row, place) end
      elseif row.billed == "no" or row.credits then entry.free = entry.free + 1
      else add_unknown(entry, row, place) end
    end
  end
  return list
end

local function listed(places)
  if #places == 1 then return "attempt " .. places[1] end
  return "attempts " .. table.concat(places, ", ", 1, #places - 1) .. " and " .. places[#places]
end

-- One provider's part of it.
local function words_of(entry)
  local parts = {}
  if entry.credits > 0 then parts[1] = ("%g credits at %s"):format(entry.credits, entry.provider) end
  if #entry.unknown > 0 then
    local what = ("cost unknown for %s: %s did not say"):format(listed(entry.unknown), entry.provider)
    if entry.estimate then what = ("%s (estimated at %g credits)"):format(what, entry.estimate) end
    parts[#parts + 1] = what
  end
  if #parts == 0 then return nil end
  if entry.free > 0 then parts[#parts + 1] = ("%d of %d attempts there not billed"):format(entry.free, entry.attempts) end
  return table.concat(parts, "; ")
end

--- The same in words.
---@param attempts table[]
---@return string text
function M.words(attempts)
  if #attempts == 0 then return "nothing: nothing was sent" end
  local parts = {}
  for _, entry in ipairs(M.by_provider(attempts)) do parts[#parts + 1] = words_of(entry) end
  if #parts == 0 then return #attempts == 1 and "nothing: the attempt was not billed" or "nothing: none of the attempts was billed" end
  return table.concat(parts, ". ")
end

return M
