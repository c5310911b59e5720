--- :RetakeJobs: a window with the jobs of this Neovim, kept up to date while it is open.
-- luacheck: globals vim
local M = {}

local retake = require "retake_nvim"
local buffer

local HEAD = { "x cancels the job under the cursor, p puts its link where you came from, q closes.", "" }

local function lines()
  local all = vim.list_extend({}, HEAD)
  for _, entry in ipairs(retake.entries) do
    local line = ("%-8s  %-11s  %-5s  %s"):format(entry.id:sub(1, 8), retake.state(entry), entry.kind, entry.prompt)
    all[#all + 1] = line .. (entry.link and "  " .. entry.job:result().files[1] or "")
    if entry.job.fault then all[#all] = line .. "  " .. tostring(entry.job.fault):gsub("\n", " ") end
  end
  if #all == #HEAD then all[#all + 1] = "No jobs." end
  return all
end

local function refresh()
  if not (buffer and vim.api.nvim_buf_is_loaded(buffer)) then return end
  vim.api.nvim_buf_set_option(buffer, "modifiable", true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines())
  vim.api.nvim_buf_set_option(buffer, "modifiable", false)
end

local function under_cursor()
  local entry = retake.entries[vim.api.nvim_win_get_cursor(0)[1] - #HEAD]
  return entry and entry.id or nil
end

local function map(key, fn) vim.keymap.set("n", key, fn, { buffer = buffer, nowait = true, silent = true }) end

local function make()
  buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, "retake://jobs")
  vim.api.nvim_buf_set_option(buffer, "bufhidden", "wipe")
  vim.api.nvim_buf_set_option(buffer, "filetype", "retake-jobs")
  map("q", function() vim.cmd "close" end)
  map("x", function()
    local id = under_cursor()
    if id then retake.cancel(id) end
  end)
  map("p", function()
    local id = under_cursor()
    vim.cmd "wincmd p"
    if id then retake.insert(id) end
  end)
end

--- Opens it, or goes to it.
function M.open()
  local window = buffer and vim.api.nvim_buf_is_valid(buffer) and vim.fn.bufwinid(buffer) or -1
  if window ~= -1 then return vim.api.nvim_set_current_win(window) end
  make()
  vim.cmd("botright " .. math.min(#lines(), 12) .. "split")
  vim.api.nvim_win_set_buf(0, buffer)
  retake.changed = refresh
  refresh()
end

return M
