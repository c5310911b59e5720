--- The sea, which moves as long as frames come: a frame that is late shows here and in the curve at the top right.
local M = {}

local WIDTH, HEIGHT = 960, 600
local SHORE = 430 -- where the waves begin
local FRAMES = 120 -- in the curve

local time, lengths, mesh, stars, fonts = 0, {}, nil, {}, {}

local function colour(red, green, blue, alpha) love.graphics.setColor(red / 255, green / 255, blue / 255, alpha or 1) end

local function font(size)
  fonts[size] = fonts[size] or love.graphics.newFont(size)
  return fonts[size]
end

function M.update(seconds)
  time = time + seconds
  table.insert(lengths, seconds)
  if #lengths > FRAMES then table.remove(lengths, 1) end
end

-- The sky at dusk, from the top down.
local bands = { { 0, 18, 24, 58 }, { 0.5, 62, 62, 116 }, { 0.8, 214, 128, 128 }, { 1, 250, 196, 140 } }

local function make_sky()
  local vertices = {}
  for _, band in ipairs(bands) do
    for _, x in ipairs { 0, WIDTH } do
      vertices[#vertices + 1] = { x, band[1] * (SHORE + 20), 0, 0, band[2] / 255, band[3] / 255, band[4] / 255, 1 }
    end
  end
  mesh = love.graphics.newMesh(vertices, "strip", "static")
  for number = 1, 70 do
    stars[number] = { love.math.random() * WIDTH, love.math.random() ^ 1.6 * 300, 0.6 + love.math.random() * 0.9, love.math.random() * 6 }
  end
end

local function height_of(layer, x)
  return math.sin(x / (90 + layer * 28) + time * (0.5 + layer * 0.16)) * (5 + layer * 2)
    + math.sin(x / 37 - time * (0.9 + layer * 0.1) + layer) * (1.5 + layer * 0.6)
end

-- Down to where the next one hides it. The line along the crest smooths its edge.
local function draw_wave(layer, base, bottom)
  local crest, step = {}, 16
  for x = 0, WIDTH, step do
    crest[#crest + 1] = x
    crest[#crest + 1] = base + height_of(layer, x)
  end
  for place = 1, #crest - 2, 2 do
    local x, y, to_x, to_y = crest[place], crest[place + 1], crest[place + 2], crest[place + 3]
    love.graphics.polygon("fill", x, y, to_x, to_y, to_x, bottom, x, bottom)
  end
  love.graphics.setLineWidth(2)
  love.graphics.line(crest)
  love.graphics.setLineWidth(1)
end

local function draw_paper(red, green, blue, ...)
  colour(red, green, blue)
  love.graphics.polygon("fill", ...)
  love.graphics.polygon("line", ...) -- smooth
end

local function draw_boat(layer, base)
  local x = WIDTH * 0.5 + math.sin(time * 0.11) * 300
  local left, right = height_of(layer, x - 30), height_of(layer, x + 30)
  love.graphics.push()
  love.graphics.translate(x, base + (left + right) / 2 + 4)
  love.graphics.rotate(math.atan2(right - left, 60) * 0.8)
  draw_paper(250, 247, 240, -26, -22, 0, -60, 0, -22)
  draw_paper(224, 218, 206, 0, -60, 26, -22, 0, -22)
  draw_paper(240, 236, 226, -62, -26, 0, -22, 0, 4, -36, 4)
  draw_paper(200, 194, 184, 62, -26, 0, -22, 0, 4, 36, 4)
  love.graphics.pop()
end

function M.draw()
  if not mesh then make_sky() end
  colour(255, 255, 255)
  love.graphics.draw(mesh)
  for _, star in ipairs(stars) do
    colour(255, 255, 255, (0.35 + 0.3 * math.sin(time * 1.5 + star[4])) * (1 - star[2] / 330))
    love.graphics.circle("fill", star[1], star[2], star[3])
  end
  for ring = 3, 0, -1 do
    colour(255, 224, 178, ring == 0 and 0.95 or 0.10)
    love.graphics.circle("fill", WIDTH * 0.76, SHORE + 4, 44 + ring * 22)
  end
  colour(96, 92, 142)
  draw_wave(1, SHORE, SHORE + 46)
  colour(62, 74, 128)
  draw_wave(2, SHORE + 26, SHORE + 86)
  draw_boat(3, SHORE + 62)
  colour(38, 56, 106)
  draw_wave(3, SHORE + 62, SHORE + 134)
  colour(22, 36, 76)
  draw_wave(4, SHORE + 108, HEIGHT)
end

-- How long the last frames took: the line is a sixtieth of a second.
local function draw_curve(x, y, width, height)
  local longest, points = 2 / 60, {}
  for place, seconds in ipairs(lengths) do
    points[#points + 1] = x + (place - 1) / (FRAMES - 1) * width
    points[#points + 1] = y + height - math.min(seconds / longest, 1) * height
  end
  colour(255, 255, 255, 0.25)
  love.graphics.line(x, y + height / 2, x + width, y + height / 2)
  colour(255, 224, 178, 0.9)
  if #points >= 4 then love.graphics.line(points) end
end

function M.draw_words(keys)
  colour(255, 255, 255)
  love.graphics.setFont(font(30))
  love.graphics.print("Paper boats", 32, 24)
  love.graphics.setFont(font(14))
  colour(255, 255, 255, 0.7)
  love.graphics.print("Pictures are being made, and the sea does not wait for them.", 34, 66)
  love.graphics.printf(love.timer.getFPS() .. " frames a second", WIDTH - 340, 24, 308, "right")
  draw_curve(WIDTH - 172, 48, 140, 34)
  colour(255, 255, 255, 0.75)
  love.graphics.printf(keys, 0, HEIGHT - 34, WIDTH, "center")
end

M.font, M.colour = font, colour

return M
