--- Records of running jobs, a file each, so that the next Neovim goes on with what this one left: at VimLeave, after a crash, or a reboot.
-- ID.PID.json belongs to the Neovim with that process id, ID.json to whoever takes it first. Renaming is what makes one of them the owner.
-- luacheck: globals vim
local cjson = require "cjson"
local options = require "retake_nvim.options"

local uv = vim.uv or vim.loop
local M = { notes = {} } -- by id: what else is to be known of a job, plain data

-- Asked for here, once: a journal is written where Neovim's functions may not be called.
local own = vim.fn.getpid()

local function path_of(id, pid)
  return M.folder .. "/" .. id .. (pid and "." .. pid or "") .. ".json"
end

local function write(path, text)
  local file, reason = io.open(path .. ".part", "w")
  if not file then return nil, reason end
  local ok, trouble = file:write(text)
  file:close()
  if not ok then return nil, trouble end
  return os.rename(path .. ".part", path)
end

--- Makes the folder; only its owner can read it.
function M.open()
  M.folder = options.journal()
  vim.fn.mkdir(M.folder, "p", tonumber("700", 8))
end

--- The journal of retake's client. Refused content is remembered for this Neovim only.
function M:put(record)
  if record.state == "succeeded" or record.state == "failed" then return self:remove(record.id) end
  return write(path_of(record.id, own), cjson.encode { record = record, note = self.notes[record.id] })
end

function M.remove(_, id)
  os.remove(path_of(id, own))
  return true
end

function M.get() return nil end
function M.each() return next, {}, nil end

--- Gives a job of this Neovim to the next one.
---@param record table
function M.release(record)
  if M:put(record) then os.rename(path_of(record.id, own), path_of(record.id)) end
end

--- Gives it back, as it was found.
---@param id string
function M.give_back(id) os.rename(path_of(id, own), path_of(id)) end

local function is_alive(pid)
  local ok, _, name = uv.kill(tonumber(pid), 0)
  return ok == 0 or name ~= "ESRCH"
end

local function names()
  local found, list = {}, uv.fs_scandir(options.journal())
  while list do
    local name = uv.fs_scandir_next(list)
    if not name then break end
    local id, pid = name:match "^([%w-]+)%.(%d+)%.json$"
    id = id or name:match "^([%w-]+)%.json$"
    if id and not (pid and is_alive(pid)) then found[#found + 1] = { id = id, pid = pid } end
  end
  return found
end

--- Whether a job waits that nobody goes on with.
---@return boolean
function M.waiting() return #names() > 0 end

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "*a"
  file:close()
  return cjson.decode(text)
end

--- Takes what waits. What cannot be read is put aside.
---@return table[] found { record =, note = } each
function M.claim()
  local found = {}
  for _, name in ipairs(names()) do
    local path = path_of(name.id, own)
    if os.rename(path_of(name.id, name.pid), path) then -- else another Neovim was quicker
      local ok, kept = pcall(read, path)
      if ok and type(kept) == "table" and type(kept.record) == "table" and kept.record.id == name.id then
        M.notes[name.id] = type(kept.note) == "table" and kept.note or nil
        found[#found + 1] = kept
      else os.rename(path, path .. ".damaged") end
    end
  end
  return found
end

return M
