--- Three pictures are made, and the sea does not wait for them: 60 frames a second, and retake has two milliseconds of each.
-- RUNWAYML_API_SECRET holds the key, or RETAKE_SIMULATOR the address of `retake simulate`.

-- As it lies in a checkout; a game of one's own brings retake's files and the module for Lua 5.1 along.
local root = love.filesystem.getSource() .. "/../.."
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s"):format(root, root, package.path)
package.cpath = root .. "/build/lua5.1/?.so;" .. package.cpath

local cjson = require "cjson"
local card_of = require "card"
local retake = require "retake"
local sea = require "sea"

local BUDGET = 0.002 -- seconds of each frame
local PROMPTS = {
  "A paper boat on a river at dawn", "A paper boat in a thunderstorm, seen from above", "A paper boat asleep in a harbour full of lanterns",
  "A paper boat that has found a waterfall", "A paper boat under the northern lights", "A paper boat in a puddle, reflecting a city",
}
local UNDER_WAY = "jobs.json" -- of a game that was left with jobs running

local simulator = os.getenv "RETAKE_SIMULATOR"
local client, cards, chosen, started, leaving = nil, {}, 1, 0, false

local function show(job)
  cards[#cards + 1] = card_of.new(job)
  chosen = #cards
end

local function start()
  started = started + 1
  local path = ("%s/boat-%d-%d.png"):format(love.filesystem.getSaveDirectory(), os.time(), started)
  show(client:start { model = "runway/gen4_image", prompt = PROMPTS[(started - 1) % #PROMPTS + 1], ratio = "1280:720", save = path })
end

function love.load()
  love.filesystem.createDirectory "" -- the folder of the pictures
  client = retake.client {
    providers = { runway = simulator and { key = "key_for_the_simulator", base_url = simulator } or {} },
    max_credits = 20, -- for each picture, whatever goes wrong with it
    on_error = function(trouble) io.stderr:write(tostring(trouble), "\n") end, -- a mistake in a callback is no reason to end the game
  }
  local left = love.filesystem.read(UNDER_WAY)
  love.filesystem.remove(UNDER_WAY)
  for _, record in ipairs(left and cjson.decode(left) or {}) do show(client:adopt(record)) end
  while #cards < 3 do start() end
  chosen = 1
end

-- The answer to a submission is paid for: the window stays until it is there.
local function submitting()
  for _, card in ipairs(cards) do
    if card.job.state == "submitting" then return true end
  end
  return false
end

function love.update(seconds)
  client:step(BUDGET)
  sea.update(seconds)
  for _, card in ipairs(cards) do card:update(seconds) end
  if leaving and not submitting() then love.event.quit() end
end

function love.draw()
  sea.draw()
  card_of.draw_all(cards, chosen)
  sea.draw_words(leaving and "Waiting for an answer that is paid for, then leaving ..."
    or "space: another picture      x: cancel      left, right: choose      escape: leave")
end

function love.keypressed(key)
  if key == "space" then start()
  elseif key == "x" then cards[chosen].job:cancel()
  elseif key == "left" then chosen = math.max(chosen - 1, 1)
  elseif key == "right" then chosen = math.min(chosen + 1, #cards)
  elseif key == "escape" then love.event.quit() end
end

--- Jobs that run are written down, and the next start goes on with them: nothing is paid for twice.
function love.quit()
  if submitting() then
    leaving = true
    return true
  end
  local records = {}
  for _, card in ipairs(cards) do
    if not card.job.done then records[#records + 1] = card.job:record() end
  end
  client:close()
  if #records > 0 then love.filesystem.write(UNDER_WAY, cjson.encode(records)) end
  card_of.close()
end
