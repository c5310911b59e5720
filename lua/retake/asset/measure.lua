-- measure.lua: the sides of an image by its header, read in the pieces that the core asks for.

local core = require "retake.core"
local reports = require "retake.asset.report"
local words = require "retake.asset.words"

local whole, say = words.whole, words.say

local M = {}

local measurable = {}
for _, form in ipairs { "png", "jpeg", "webp", "gif", "bmp", "tiff", "avif", "heic", "heif" } do measurable["image/" .. form] = true end

--- Whether the header of such a file is read at all.
function M.can(media_type)
  return measurable[media_type] or false
end

local function read_header(input)
  local reader = core.media_reader(input.size)
  local offset, length = reader:wants()
  while offset do
    reader:feed(offset, input.read(offset, length))
    offset, length = reader:wants()
  end
  local image, state = reader:result()
  if image and state ~= "corrupt" then return image end
  return nil, image and image.message
end

---@return table? image, nil where it is damaged (told)
function M.image(report, limits, input)
  local image, message = read_header(input)
  if image then return image end
  message = message or "it ends after " .. whole(input.size) .. " bytes, inside the header of " .. report.media_type
  reports.fail(report, "header", "asset.corrupt", say(limits, "corrupt", message),
    "Write or download the file again; it has to open in an image viewer.")
end

return M
