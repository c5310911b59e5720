--- What is known of the terminal, and text made fit for it.

local M = {}

--- Whether a standard stream is a terminal that can rewrite a line.
---@param descriptor integer 1 or 2
---@return boolean
function M.is_terminal(descriptor)
  if os.getenv "TERM" == "dumb" then return false end
  local status = os.execute("test -t " .. descriptor)
  return status == true or status == 0
end

--- Columns of the terminal on standard error.
---@return integer
function M.columns()
  local pipe = io.popen("stty size <&2 2>/dev/null", "r")
  local columns = pipe and tonumber((pipe:read "*a" or ""):match "^%d+ (%d+)")
  if pipe then pipe:close() end
  return columns and columns > 0 and columns or tonumber(os.getenv "COLUMNS") or 80
end

--- Text without control characters: a provider's words must not steer the terminal. Lines stay lines.
---@param text string
---@return string
function M.clean(text)
  text = text:gsub("[%z\1-\8\11-\31\127]", "?"):gsub("\194[\128-\159]", "?")
  return text
end

--- The same in one line.
---@param text string
---@return string
function M.line(text)
  return M.clean((text:gsub("%s+", " ")))
end

--- The first columns of a line, never half a character of UTF-8 (each counts as one column).
---@param text string
---@param columns integer
---@return string
function M.cut(text, columns)
  local count = 0
  for start in text:gmatch "()[^\128-\191][\128-\191]*" do
    count = count + 1
    if count > columns then return text:sub(1, start - 1) end
  end
  return text
end

return M
