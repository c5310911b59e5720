--- A job on the screen. It is asked for its state once a frame; its picture is decoded beside the frames.
local sea = require "sea"

local M = {}
M.__index = M

local WIDTH, HEIGHT, GAP, TOP = 280, 262, 28, 112
local PICTURE = { x = 12, y = 12, width = 256, height = 144 }

local colour, font = sea.colour, sea.font

---- pictures: a large one takes longer to decode than a frame has -----------------------------------------------------------------------------

local paths, pictures = love.thread.newChannel(), love.thread.newChannel()
local decoder = love.thread.newThread [[
  require "love.filesystem"
  require "love.image"
  local paths, pictures = ...
  for path in function() return paths:demand() or nil end do
    local read, picture = pcall(function()
      local file = assert(io.open(path, "rb"))
      local bytes = file:read "*a"
      file:close()
      return love.image.newImageData(love.filesystem.newFileData(bytes, path))
    end)
    pictures:push { path = path, picture = read and picture, trouble = not read and tostring(picture) }
  end
]]
local decoded = {}

local function ask_for(path)
  if not decoder:isRunning() then decoder:start(paths, pictures) end
  paths:push(path)
end

local function take_pictures()
  local message = pictures:pop()
  if message then decoded[message.path] = message end
end

--- Lets the decoder go.
function M.close() paths:push(false) end

---- the job ------------------------------------------------------------------------------------------------------------------------------------

---@param job table
---@return table card
function M.new(job)
  return setmetatable({ job = job, prompt = job.request.prompt, bar = 0, shown = 0, age = 0 }, M)
end

local words = {
  prepare = "getting ready", submit = "getting ready", submitting = "being sent off", recover = "looking after what was sent",
  decide = "thinking about what went wrong", download = "on its way here", cancel = "being cancelled", failed = "it did not work",
  PENDING = "waiting for its turn", THROTTLED = "waiting for its turn", RUNNING = "being painted",
}

local function state_of(card)
  local job = card.job
  if job.state == "succeeded" then
    return card.image and "here" or card.trouble and "saved, but it cannot be shown" or "being unpacked"
  end
  if job.fault and job.fault.class == "local.cancelled" then return "cancelled" end
  if job.state ~= "poll" then return words[job.state] or job.state end
  local percent = job.status == "RUNNING" and job.progress and (" %.0f %%"):format(job.progress * 100) or ""
  return (words[job.status] or "sent off") .. percent
end

function M:update(seconds)
  local job = self.job
  self.age = self.age + seconds
  local goal = job.state == "succeeded" and 1 or job.progress or 0
  self.bar = self.bar + (goal - self.bar) * math.min(seconds * 4, 1)
  if self.image then self.shown = math.min(self.shown + seconds * 1.5, 1) end
  if job.state ~= "succeeded" or self.image or self.trouble then return end
  local path = job:result().files[1]
  if not self.asked then ask_for(path) end
  self.asked = true
  take_pictures()
  local message = decoded[path]
  if not message then return end
  self.trouble = message.trouble
  self.image = message.picture and love.graphics.newImage(message.picture)
end

---- what is seen -------------------------------------------------------------------------------------------------------------------------------

local function draw_picture(card)
  local image, box = card.image, PICTURE
  local scale = math.max(box.width / image:getWidth(), box.height / image:getHeight()) * (1.08 - 0.08 * card.shown)
  colour(255, 255, 255, card.shown)
  love.graphics.draw(image, box.x + box.width / 2, box.y + box.height / 2, 0, scale, scale, image:getWidth() / 2, image:getHeight() / 2)
end

-- A ring that fills, and turns while nothing is known.
local function draw_waiting(card)
  local x, y = PICTURE.x + PICTURE.width / 2, PICTURE.y + PICTURE.height / 2
  love.graphics.setLineWidth(6)
  colour(255, 255, 255, 0.12)
  love.graphics.circle("line", x, y, 34)
  colour(255, 196, 140)
  local from = card.bar > 0.01 and -math.pi / 2 or card.age * 2
  love.graphics.arc("line", "open", x, y, 34, from, from + math.max(card.bar, 0.12) * 2 * math.pi)
  love.graphics.setLineWidth(1)
end

local function draw_trouble(card)
  local cancelled = card.job.fault.class == "local.cancelled"
  love.graphics.setFont(font(14))
  colour(255, 255, 255, 0.85)
  local text = cancelled and "cancelled" or card.job:explain():match "^[^\n]+"
  love.graphics.printf(text, PICTURE.x + 14, PICTURE.y + (cancelled and 62 or 26), PICTURE.width - 28, "center")
end

function M:draw(is_chosen)
  colour(14, 20, 48, 0.78)
  love.graphics.rectangle("fill", 0, 0, WIDTH, HEIGHT, 12)
  colour(255, 224, 178, is_chosen and 0.9 or 0.15)
  love.graphics.rectangle("line", 0, 0, WIDTH, HEIGHT, 12)
  colour(255, 255, 255, 0.06)
  love.graphics.rectangle("fill", PICTURE.x, PICTURE.y, PICTURE.width, PICTURE.height, 6)
  love.graphics.stencil(function() love.graphics.rectangle("fill", PICTURE.x, PICTURE.y, PICTURE.width, PICTURE.height, 6) end)
  love.graphics.setStencilTest("greater", 0)
  if self.image then draw_picture(self) end
  love.graphics.setStencilTest()
  if self.job.fault then draw_trouble(self) elseif not self.image then draw_waiting(self) end
  love.graphics.setFont(font(15))
  colour(255, 255, 255)
  love.graphics.printf(self.prompt, 16, 168, WIDTH - 32)
  love.graphics.setFont(font(13))
  colour(255, 224, 178)
  love.graphics.print(state_of(self), 16, 216)
  colour(255, 255, 255, 0.12)
  love.graphics.rectangle("fill", 16, 242, WIDTH - 32, 6, 3)
  if self.bar > 0.01 then
    colour(255, 196, 140)
    love.graphics.rectangle("fill", 16, 242, (WIDTH - 32) * self.bar, 6, 3)
  end
end

-- What went wrong with the chosen one, in plain words.
local function draw_story(card)
  local letters, text = font(12), card.job:explain()
  local _, lines = letters:getWrap(text, 860)
  if #lines > 10 then -- how it began and what to do now, without each single attempt
    text = text:match "^[^\n]+" .. "\n\n" .. text:match "([^\n]+\n[^\n]*Next:.*)$"
    _, lines = letters:getWrap(text, 860)
  end
  colour(14, 20, 48, 0.92)
  love.graphics.rectangle("fill", 32, 388, 896, #lines * letters:getHeight() + 24, 12)
  love.graphics.setFont(letters)
  colour(255, 255, 255, 0.9)
  love.graphics.printf(text, 50, 400, 860)
end

local scrolled = 0

--- The row of them: three fit, and the chosen one is among those.
---@param cards table[]
---@param chosen integer
function M.draw_all(cards, chosen)
  local goal = math.max(0, math.min(chosen - 2, #cards - 3)) * (WIDTH + GAP)
  scrolled = scrolled + (goal - scrolled) * 0.15
  for place, card in ipairs(cards) do
    local x = 32 + (place - 1) * (WIDTH + GAP) - scrolled
    if x > -WIDTH and x < 960 then
      love.graphics.push()
      love.graphics.translate(x, TOP)
      card:draw(place == chosen)
      love.graphics.pop()
    end
  end
  local job = cards[chosen].job
  if job.fault and job.fault.class ~= "local.cancelled" then draw_story(cards[chosen]) end
end

return M
