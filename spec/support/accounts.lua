--- Whether the ledgers of jobs and the provider's own books say the same, for specs.

local M = {}

-- Credits of one provider may be fractions of a cent.
local function same(a, b) return math.abs(a - b) < 1e-9 end

-- What the books say of a task that a row names.
local function compare_row(row, task, problems)
  local where = ("attempt at %s/%s, task %s: "):format(row.provider, row.model, row.task_id)
  if not row.ended_at or row.operation == "download" then return end -- a failed download costs nothing: its task has a row of its own
  if row.credits then
    if not task.cost then problems[#problems + 1] = where .. "the ledger has a cost, and the task is not over"
    elseif not same(row.credits, task.cost) then
      problems[#problems + 1] = ("%sthe ledger says %s, the provider %s"):format(where, row.credits, task.cost)
    end
  end
  if row.billed == "no" and (task.cost or task.estimated) > 0 then problems[#problems + 1] = where .. "called free, and it was charged" end
  if row.billed == "yes" and task.cost == 0 then problems[#problems + 1] = where .. "called charged, and it was free" end
end

-- Tasks that no row names have to be those of submissions whose outcome the ledger calls unknown.
local function compare_unnamed(unnamed, unknown, problems)
  for key, count in pairs(unnamed) do
    if count > (unknown[key] or 0) then
      problems[#problems + 1] = ("%d tasks at %s that no ledger knows of"):format(count - (unknown[key] or 0), key)
    end
  end
end

--- Compares.
---@param ledgers table[][] the attempts of each job
---@param tasks table<string, table[]> by provider, as the simulator's state has them
---@return string[] problems none where both agree
function M.compare(ledgers, tasks)
  local problems, by_id, unnamed, unknown = {}, {}, {}, {}
  for provider, list in pairs(tasks) do
    for _, task in ipairs(list) do
      by_id[task.id] = task
      local key = provider .. "/" .. tostring(task.model)
      unnamed[key] = (unnamed[key] or 0) + 1
    end
  end
  for _, attempts in ipairs(ledgers) do
    for _, row in ipairs(attempts) do
      local key, task = row.provider .. "/" .. row.model, row.task_id and by_id[row.task_id]
      if task then
        compare_row(row, task, problems)
        unnamed[key] = unnamed[key] - (task.named and 0 or 1)
        task.named = true
      elseif row.effect == "unknown" and row.billed == "unknown" then unknown[key] = (unknown[key] or 0) + 1
      elseif row.credits and row.credits > 0 then problems[#problems + 1] = "a cost of " .. row.credits .. " at " .. key .. " that no task has" end
    end
  end
  compare_unnamed(unnamed, unknown, problems)
  return problems
end

return M
