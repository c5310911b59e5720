--- Reads a multipart/form-data body piece by piece. A file is counted and its start kept; it is never held whole.

local M = {}

local KEEP = 65536

local function disposition(head)
  local line = head:match("[cC]ontent%-[dD]isposition:([^\r\n]*)") or ""
  return line:match('[;%s]name="([^"]*)"'), line:match('filename="([^"]*)"')
end

--- One buffer over the chunk reader. `take(mark)` hands out what lies before a mark, in pieces.
local function reader(next_chunk)
  local self = { buffer = "", over = false }

  local function more()
    local chunk = not self.over and next_chunk()
    if not chunk then
      self.over = true
      return false
    end
    self.buffer = self.buffer .. chunk
    return true
  end

  function self.take(mark, sink)
    while true do
      local from, to = self.buffer:find(mark, 1, true)
      if from then
        sink(self.buffer:sub(1, from - 1))
        self.buffer = self.buffer:sub(to + 1)
        return true
      end
      local safe = #self.buffer - #mark + 1
      if safe > 0 then
        sink(self.buffer:sub(1, safe))
        self.buffer = self.buffer:sub(safe + 1)
      end
      if not more() then return false end
    end
  end

  function self.need(count)
    while #self.buffer < count do
      if not more() then return false end
    end
    return true
  end

  return self
end

local function read_part(input, mark)
  local head = ""
  if not input.take("\r\n\r\n", function(piece) head = head .. piece end) then return nil end
  local name, filename = disposition(head)
  local part = { name = name, filename = filename, media_type = head:match("[cC]ontent%-[tT]ype:%s*([^\r\n]+)"), size = 0 }
  local kept, length = {}, 0
  local whole = input.take(mark, function(piece)
    part.size = part.size + #piece
    if length < KEEP then
      kept[#kept + 1] = piece:sub(1, KEEP - length)
      length = length + #kept[#kept]
    end
  end)
  part.value = table.concat(kept)
  return whole and part or nil
end

--- Reads the whole body.
---@param content_type string?
---@param next_chunk fun(): string?
---@return table[]? parts  in order: { name =, filename =, media_type =, value = (its first 64 KiB), size = }
---@return string? reason
function M.read(content_type, next_chunk)
  local boundary = content_type and (content_type:match('boundary="([^"]+)"') or content_type:match("boundary=([^;%s]+)"))
  if not boundary then return nil, "no boundary" end
  local input, parts = reader(next_chunk), {}
  if not input.take("--" .. boundary, function() end) then return nil, "no part" end
  while true do
    if not input.need(2) then return nil, "cut short" end
    if input.buffer:sub(1, 2) == "--" then break end
    input.buffer = input.buffer:sub(3)
    local part = read_part(input, "\r\n--" .. boundary)
    if not part then return nil, "cut short" end
    parts[#parts + 1] = part
  end
  repeat until not next_chunk()
  return parts
end

return M
