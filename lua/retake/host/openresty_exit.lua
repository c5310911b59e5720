--- How a client of nginx ends with its worker: its jobs' records are given away, and nothing of it keeps the worker alive.
local ngx = rawget(_G, "ngx")

local M = {}

-- A worker that exits waits, as for its requests, for those that await something, and for submissions: an answer lost is a task lost.
local function may_leave(client)
  for way in pairs(client.waiters) do
    if way.is_request and way.is_request() then return false end
  end
  for _, job in pairs(client.jobs) do
    if job.state == "submitting" then return false end
  end
  return true
end

--- Closes the client of a worker that exits, as soon as it may.
---@param client table
---@param leaving fun(records: table[])|nil
---@return boolean closed
function M.try(client, leaving)
  if not may_leave(client) then return false end
  local records = {}
  for _, job in pairs(client.jobs) do records[#records + 1] = job:record() end
  local ok, trouble = pcall(leaving or type, records)
  if not ok then ngx.log(ngx.ERR, "retake: ", tostring(trouble)) end
  client:close()
  return true
end

return M
