--- A job's record in a file: a journal for one job, so that a later call can go on with it.

local cjson = require "cjson.safe"

local M = {}
M.__index = M

--- A journal that keeps one record in this file. Each write makes a new file and renames it: a crash never leaves half a record.
---@param path string
---@return table journal
function M.new(path)
  return setmetatable({ path = path }, M)
end

function M:put(record)
  local text, reason = cjson.encode(record)
  if not text then return nil, reason end
  local temporary = self.path .. ".tmp"
  local file
  file, reason = io.open(temporary, "wb")
  if not file then return nil, reason end
  local written
  written, reason = file:write(text, "\n")
  local closed, trouble = file:close()
  if not written or not closed then
    os.remove(temporary)
    return nil, reason or trouble
  end
  return os.rename(temporary, self.path)
end

function M:get() return (M.read(self.path)) end
function M.remove() return true end
function M.each() return next, {}, nil end

--- The record in a file.
---@param path string
---@return table|nil record
---@return string|nil reason
function M.read(path)
  local file, reason = io.open(path, "rb")
  if not file then return nil, reason end
  local text = file:read "*a"
  file:close()
  local record = cjson.decode(text or "")
  if type(record) ~= "table" or type(record.request) ~= "table" or type(record.request.model) ~= "string" or type(record.state) ~= "string" then
    return nil, path .. ": not the record of a job"
  end
  return record
end

--- Whether a file holds a job that is not over: to overwrite it could lose a task that was paid for.
---@param path string
---@return boolean
function M.is_unfinished(path)
  local record = M.read(path)
  return record ~= nil and record.state ~= "succeeded" and record.state ~= "failed"
end

return M
