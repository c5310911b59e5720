-- measure.lua: what a file's header tells (sides, duration, codecs), read in the pieces that the core asks for.

local core = require "retake.core"
local reports = require "retake.asset.report"
local words = require "retake.asset.words"

local whole, say = words.whole, words.say

local M = {}

-- Until the reader has all it asks for, holds as much as it may, or the source gives no more.
local function read_header(input)
  local reader = core.media_reader(input.size)
  local offset, length = reader:wants()
  while offset do
    local bytes = input.read(offset, length)
    if not bytes then break end
    reader:feed(offset, bytes)
    offset, length = reader:wants()
  end
  return reader:result()
end

---@param input table as asset/source.lua gives it; its read may answer nil: no more is read, and why has been told
---@return table? media, nil where it is damaged or of no form that is read (told)
function M.media(report, limits, input)
  local media, state = read_header(input)
  if state == "done" or state == "need" and media then return media end
  if state == "unknown" or state == "need" then
    reports.step(report, "header", "skip", "the header of " .. report.media_type .. " is not read" .. (state == "need" and " so far in" or ""))
    return nil
  end
  local message = media and media.message or "it ends after " .. whole(input.size or 0) .. " bytes, inside the header of " .. report.media_type
  reports.fail(report, "header", "asset.corrupt", say(limits, "corrupt", message),
    "Write or download the file again; it has to open in a viewer or player.")
end

return M
