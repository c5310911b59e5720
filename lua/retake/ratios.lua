--- Ratios as providers write them: shapes such as 16:9, or sizes in pixels such as 1280:720.
local M = {}

-- A side of so many or more is pixels, not a proportion.
local LEAST_PIXELS = 64
-- A named shape is taken to stand for so many pixels: 1280 x 720.
local USUAL_AREA = 1280 * 720
-- How much wider or narrower a picture may become: 4:3 may become 16:9, a square may not.
local MOST_DIFFERENT = math.log(1.5)
-- Shapes that are the same but for rounding: 1360:768 is a 16:9.
local SAME_SHAPE = math.log(1.03)

--- The two numbers of a ratio.
---@param text any
---@return number|nil width, number|nil height
function M.parse(text)
  local width, height = tostring(text):match "^(%d+%.?%d*)[:x](%d+%.?%d*)$"
  width, height = tonumber(width), tonumber(height)
  if width and height and width > 0 and height > 0 then return width, height end
end

--- Whether it is a size in pixels.
---@param text string
---@return boolean
function M.is_pixels(text)
  local width, height = M.parse(text)
  return width ~= nil and width >= LEAST_PIXELS and height >= LEAST_PIXELS
end

local function area_of(text)
  if not M.is_pixels(text) then return USUAL_AREA end
  local width, height = M.parse(text)
  return width * height
end

--- The value nearest in shape, and among those of one shape nearest in size.
---@param asked string
---@param values string[] others than ratios (auto, adaptive) are never chosen
---@return string|nil value nil where none is near enough to be the same picture
function M.nearest(asked, values)
  local width, height = M.parse(asked)
  local shape, area = math.log(width / height), math.log(area_of(asked))
  local best, least_shape, least_area
  for _, value in ipairs(values) do
    local w, h = M.parse(value)
    if value == asked then return value end
    if w then
      local by_shape, by_area = math.abs(math.log(w / h) - shape), math.abs(math.log(area_of(value)) - area)
      if by_shape < SAME_SHAPE then by_shape = 0 end
      local nearer = not best or by_shape < least_shape - 1e-9 or math.abs(by_shape - least_shape) <= 1e-9 and by_area < least_area
      if nearer then best, least_shape, least_area = value, by_shape, by_area end
    end
  end
  if best and least_shape <= MOST_DIFFERENT then return best end
end

--- The names of a table of sizes, in order.
---@param sizes table<string, string>
---@return string[]
function M.names(sizes)
  local list = {}
  for name in pairs(sizes) do list[#list + 1] = name end
  table.sort(list)
  return list
end

return M
