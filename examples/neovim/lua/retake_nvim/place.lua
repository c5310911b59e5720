--- Where a link is to go: an extmark, which edits meanwhile carry along.
-- luacheck: globals vim
local M = {}

local space = vim.api.nvim_create_namespace "retake"

local function is_there(place)
  return place.mark and vim.api.nvim_buf_is_valid(place.buffer) and vim.api.nvim_buf_is_loaded(place.buffer)
end

local function position(place)
  local at = is_there(place) and vim.api.nvim_buf_get_extmark_by_id(place.buffer, space, place.mark, {}) or {}
  return at[1], at[2]
end

--- The cursor's place.
---@return table place
function M.at_cursor()
  local buffer, cursor = vim.api.nvim_get_current_buf(), vim.api.nvim_win_get_cursor(0)
  return { buffer = buffer, mark = vim.api.nvim_buf_set_extmark(buffer, space, cursor[1] - 1, cursor[2], {}) }
end

--- Says there what is going on, beside the text.
---@param place table
---@param words string
function M.say(place, words)
  local row, column = position(place)
  if not row then return end
  vim.api.nvim_buf_set_extmark(place.buffer, space, row, column, { id = place.mark, virt_text = { { words, "Comment" } } })
end

--- Ends the place.
---@param place table
function M.clear(place)
  if is_there(place) then vim.api.nvim_buf_del_extmark(place.buffer, space, place.mark) end
  place.mark = nil
end

--- Puts a link there. The place is over then.
---@param place table
---@param link string
---@return boolean done false where the buffer is gone, or must not be changed
function M.put(place, link)
  local row, column = position(place)
  local ok = row and pcall(vim.api.nvim_buf_set_text, place.buffer, row, column, row, column, { link }) or false
  M.clear(place)
  return ok
end

--- As plain data, for the next Neovim: that finds the place again where the line has not changed.
---@param place table
---@return table|nil data
function M.describe(place)
  local row, column = position(place)
  local file = row and vim.api.nvim_buf_get_name(place.buffer)
  if not file or file == "" then return nil end
  return { file = file, row = row, column = column, line = vim.api.nvim_buf_get_lines(place.buffer, row, row + 1, false)[1] }
end

--- The place that was described, where its file is being edited and the line is as it was.
---@param data table|nil
---@return table|nil place
function M.find(data)
  if type(data) ~= "table" or type(data.file) ~= "string" then return nil end
  for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buffer) and vim.api.nvim_buf_get_name(buffer) == data.file then
      if vim.api.nvim_buf_get_lines(buffer, data.row, data.row + 1, false)[1] ~= data.line then return nil end
      return { buffer = buffer, mark = vim.api.nvim_buf_set_extmark(buffer, space, data.row, data.column, {}) }
    end
  end
end

return M
