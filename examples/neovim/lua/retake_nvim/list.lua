--- :RetakeJobs: a window with the jobs of this Neovim, kept up to date while it is open.
-- luacheck: globals vim
local M = {}

local message = require "retake_nvim.message"
local retake = require "retake_nvim"
local words = require "retake_nvim.words"
local buffer
local shown = {} -- by line: the entry it is about

local HEAD = { "Enter: its story, x: cancel it, p: put its link where you came from, q: close", "" }

local PROMPT = 32 -- cells: what comes behind it is to be seen as well

local function head_of(entry)
  local line = ("%-8s  %-11s  %-5s  %s"):format(entry.id:sub(1, 8), entry.state, entry.kind, message.cut((entry.prompt:gsub("%s+", " ")), PROMPT))
  if entry.link then line = line .. "  " .. vim.fn.fnamemodify(entry.job:result().files[1], ":~:.") end
  if entry.state == "failed" then line = line .. ": " .. words.headline(entry.job.fault) end
  return line
end

local function story_of(entry)
  return ("Prompt: %s\n%s"):format(entry.prompt, words.story(entry.job:explain()))
end

-- Lines no wider than the window: it does not wrap.
local function folded(text, margin)
  local all, width = {}, math.max(40, vim.o.columns - 8)
  for _, line in ipairs(vim.split(text, "\n")) do
    local indent = line:match "^%s*"
    local now = indent
    for word in line:gmatch "%S+" do
      if now:find "%S" and vim.fn.strdisplaywidth(now .. " " .. word) > width then
        all[#all + 1] = margin .. now
        now = indent .. "  "
      end
      now = now .. (now:find "%S" and " " or "") .. word
    end
    all[#all + 1] = now ~= "" and margin .. now or ""
  end
  return all
end

local function lines()
  local all = vim.list_extend({}, HEAD)
  shown = {}
  local function add(line, entry)
    all[#all + 1] = line
    shown[#all] = entry
  end
  for _, entry in ipairs(retake.entries) do
    add(head_of(entry), entry)
    for _, line in ipairs(entry.opened and folded(story_of(entry), "    ") or {}) do add(line, entry) end
  end
  if #all == #HEAD then all[#all + 1] = "No jobs." end
  if #message.whole > 0 then vim.list_extend(all, { "", "Messages that were cut:" }) end
  for _, text in ipairs(message.whole) do vim.list_extend(all, folded(text, "")) end
  return all
end

-- As high as what is in it, though not above the half of the screen: the text is what one is at.
local function fit(count)
  local window = vim.fn.bufwinid(buffer)
  if window ~= -1 then vim.api.nvim_win_set_height(window, math.max(3, math.min(count, math.floor(vim.o.lines / 2)))) end
end

local function refresh()
  if not (buffer and vim.api.nvim_buf_is_loaded(buffer)) then return end
  local all = lines()
  vim.api.nvim_buf_set_option(buffer, "modifiable", true)
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, all)
  vim.api.nvim_buf_set_option(buffer, "modifiable", false)
  fit(#all)
end

local function under_cursor() return shown[vim.api.nvim_win_get_cursor(0)[1]] end

local function map(key, fn) vim.keymap.set("n", key, fn, { buffer = buffer, nowait = true, silent = true }) end

local function make()
  buffer = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_name(buffer, "retake://jobs")
  vim.api.nvim_buf_set_option(buffer, "bufhidden", "wipe")
  vim.api.nvim_buf_set_option(buffer, "filetype", "retake-jobs")
  map("q", function() vim.cmd "close" end)
  map("<CR>", function()
    local entry = under_cursor()
    if not entry then return end
    entry.opened = not entry.opened
    refresh()
  end)
  map("x", function()
    local entry = under_cursor()
    if entry then retake.cancel(entry.id) end
  end)
  map("p", function()
    local entry = under_cursor()
    vim.cmd "wincmd p"
    if entry then retake.insert(entry.id) end
  end)
end

--- Opens it, or goes to it.
function M.open()
  local window = buffer and vim.api.nvim_buf_is_valid(buffer) and vim.fn.bufwinid(buffer) or -1
  if window ~= -1 then return vim.api.nvim_set_current_win(window) end
  make()
  vim.cmd "botright split"
  vim.api.nvim_win_set_buf(0, buffer)
  -- a line is a job, and each is to be seen: a long one must not wrap, and push others out
  vim.cmd "setlocal nowrap nonumber norelativenumber winfixheight"
  retake.changed = refresh
  refresh()
end

return M
