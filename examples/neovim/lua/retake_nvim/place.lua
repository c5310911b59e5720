--- Where a link is to go: an extmark, which edits meanwhile carry along.
-- What is typed at the place goes behind it (left gravity), or who goes on typing would push the link along. Only at the front of a line that
-- would be wrong for lines put above it: there a second mark, of right gravity, tells where the line went.
-- luacheck: globals vim
local M = {}

local space = vim.api.nvim_create_namespace "retake"
local places = {} -- those that are there, in the order of their jobs

local function is_there(place)
  return place.mark and vim.api.nvim_buf_is_valid(place.buffer) and vim.api.nvim_buf_is_loaded(place.buffer)
end

local function at(place, mark)
  local found = mark and vim.api.nvim_buf_get_extmark_by_id(place.buffer, space, mark, {}) or {}
  return found[1], found[2]
end

local function position(place)
  if not is_there(place) then return nil end
  local row, column = at(place, place.mark)
  local line_row, line_column = at(place, place.line_mark)
  if line_row and line_column == 0 and line_row > row then return line_row, 0 end
  return row, column
end

local function mark(place, row, column)
  place.mark = vim.api.nvim_buf_set_extmark(place.buffer, space, row, column, { id = place.mark, right_gravity = false,
    virt_text = place.words and { { place.words, "Comment" } } or nil })
end

local function set(place, row, column)
  mark(place, row, column)
  if column == 0 then place.line_mark = vim.api.nvim_buf_set_extmark(place.buffer, space, row, 0, { id = place.line_mark })
  elseif place.line_mark then
    vim.api.nvim_buf_del_extmark(place.buffer, space, place.line_mark)
    place.line_mark = nil
  end
  return place
end

local function new(buffer, row, column)
  local place = set({ buffer = buffer }, row, column)
  places[#places + 1] = place
  return place
end

-- After the character under the cursor, as `p` does; in Insert mode the cursor is between two. Ctrl-O steps back at the end of a line:
-- where Insert mode was left is told by the mark '^'.
local function column_of(line, row, column)
  local mode = vim.fn.mode(1)
  if mode:find "^[iR]" then return column end
  if mode:find "^ni" then
    local left = vim.api.nvim_buf_get_mark(0, "^")
    return left[1] == row and left[2] >= #line and #line or column
  end
  return column + #vim.fn.matchstr(line:sub(column + 1), "^.")
end

--- The cursor's place.
---@return table place
function M.at_cursor()
  local cursor, line = vim.api.nvim_win_get_cursor(0), vim.api.nvim_get_current_line()
  return new(vim.api.nvim_get_current_buf(), cursor[1] - 1, math.min(#line, column_of(line, cursor[1], cursor[2])))
end

--- Puts a link at the cursor, which then stands behind it.
---@param link string
function M.put_at_cursor(link)
  local cursor, line = vim.api.nvim_win_get_cursor(0), vim.api.nvim_get_current_line()
  vim.api.nvim_put({ link }, "c", column_of(line, cursor[1], cursor[2]) > cursor[2], true)
end

--- Says there what is going on, beside the text.
---@param place table
---@param words string
function M.say(place, words)
  if not is_there(place) then return end
  local row, column = at(place, place.mark)
  if not row then return end
  place.words = words
  mark(place, row, column)
end

--- Ends the place.
---@param place table
function M.clear(place)
  if is_there(place) then
    vim.api.nvim_buf_del_extmark(place.buffer, space, place.mark)
    if place.line_mark then vim.api.nvim_buf_del_extmark(place.buffer, space, place.line_mark) end
  end
  place.mark, place.line_mark = nil, nil
  for index, one in ipairs(places) do
    if one == place then
      table.remove(places, index)
      break
    end
  end
end

-- The others at the same place: { place, whether its link comes after this one's }.
local function others_at(place, row, column)
  local found, later = {}, false
  for _, one in ipairs(places) do
    if one == place then later = true
    elseif one.buffer == place.buffer then
      local its_row, its_column = position(one)
      if its_row == row and its_column == column then found[#found + 1] = { place = one, later = later } end
    end
  end
  return found
end

--- Puts a link there. The place is over then. Links of one place stand in the order of their jobs, whichever ended first.
---@param place table
---@param link string
---@return boolean done false where the buffer is gone, or must not be changed
function M.put(place, link)
  local row, column = position(place)
  local others = row and others_at(place, row, column)
  local ok = row and pcall(vim.api.nvim_buf_set_text, place.buffer, row, column, row, column, { link }) or false
  for _, other in ipairs(ok and others or {}) do set(other.place, row, other.later and column + #link or column) end
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
      return new(buffer, data.row, data.column)
    end
  end
end

return M
