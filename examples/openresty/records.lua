--- What is kept in data/: results, and the records of jobs on their way from worker to worker. A record is believed as it lies there, and it holds
-- prompts and the provider's names of tasks: its folder is nobody else's.
local ngx = rawget(_G, "ngx")
local cjson = require "cjson.safe"
local folder = require "folder"

local M = {}

local data = ngx.config.prefix() .. "data/"
local shown = ngx.shared.shown

--- Where a result goes.
---@param name string
function M.result_path(name) return data .. "results/" .. name end

local function record_path(id) return data .. "records/" .. id end

--- Whether something can be kept now. Why not is logged once, not by each worker and at each request, until it can again.
function M.ready()
  for _, name in ipairs { "records/", "results/" } do
    local ok, trouble = folder.make(data .. name)
    if not ok then
      if shown:add("unkept", true) then ngx.log(ngx.ERR, "jobs are refused, for nothing can be kept in data/: ", trouble) end
      return false
    end
  end
  shown:delete "unkept"
  return true
end

--- In init_by_lua: finds what was left before nginx was stopped. Once, not at a reload: what workers leave then they say themselves.
-- Lua lists no folders; at this time a child process is nothing to nginx yet.
function M.find()
  if not shown:add("found", true) then return end
  local list = io.popen(("ls '%s' 2>/dev/null"):format(record_path(""):gsub("'", "'\\''")))
  for id in list:lines() do
    if not id:find "%." then shown:rpush("left", id) end
  end
  list:close()
end

--- In a timer, as this worker exits.
---@param records table[]
function M.leave(records)
  for _, record in ipairs(records) do
    local path = record_path(record.id)
    local file = assert(io.open(path .. ".new", "w"))
    file:write(cjson.encode(record))
    file:close()
    assert(os.rename(path .. ".new", path)) -- whole or not at all
    shown:rpush("left", record.id)
  end
end

-- Of several workers the one that can rename it has it.
local function take(id, adopt)
  local path = record_path(id)
  if not os.rename(path, path .. ".taken") then return end
  local file = assert(io.open(path .. ".taken"))
  local record = cjson.decode(file:read "*a")
  file:close()
  adopt(record)
  os.remove(path .. ".taken")
end

--- Hands over each record that another worker left, or an nginx before this one.
---@param adopt fun(record: table)
function M.take(adopt)
  if (shown:llen "left" or 0) == 0 or not M.ready() then return end
  local id = shown:lpop "left"
  while id do
    take(id, adopt)
    id = shown:lpop "left"
  end
end

return M
