--- Plays the game in the folder RETAKE_GAME and watches it; the game knows nothing of that. RETAKE_FILM names the film, RETAKE_PICTURES the folder
-- for its pictures. Prints what became of the jobs, and how many frames there were meanwhile.
local cjson = require "cjson"
local retake = require "retake"

local game, pictures = os.getenv "RETAKE_GAME", os.getenv "RETAKE_PICTURES"
local jobs, frames, pixel = {}, {}, nil

local function watch(client, name)
  local method = client[name]
  client[name] = function(self, ...)
    local job = method(self, ...)
    jobs[#jobs + 1], frames[#jobs + 1] = job, 0
    return job
  end
end

local new_client = retake.client
function retake.client(options)
  local client = new_client(options)
  watch(client, "start")
  watch(client, "adopt")
  return client
end

package.path = game .. "/?.lua;" .. package.path
dofile(game .. "/main.lua")

local function press(key) love.event.push("keypressed", key, key, false) end

local function take_picture(name)
  love.graphics.captureScreenshot(function(image)
    pixel = pixel or { image:getPixel(170, 132) } -- in the first job's picture
    local file = assert(io.open(pictures .. "/" .. name, "wb"))
    file:write(image:encode("png"):getString())
    file:close()
  end)
end

local function all_done()
  for _, job in ipairs(jobs) do
    if not job.done then return false end
  end
  return true
end

local function tell()
  local ends = {}
  for number, job in ipairs(jobs) do
    ends[number] = { state = job.fault and job.fault.class or job.state, frames = frames[number], file = job.done and job:result() and job:result().files[1] }
  end
  print(cjson.encode { jobs = ends, pixel = pixel, host = jobs[1].client.host.name })
end

-- Each scene: what has to be so, for how many seconds, and what is done then.
local function always() return true end
local films = {
  show = { beat = 1 / 60,
    { function() return jobs[1].done and jobs[2].progress and jobs[3].progress end, 1.5, function()
      take_picture "love.png"
      press "space" -- a fourth, which fails
      press "space" -- a fifth, which is cancelled
    end },
    { function() return #jobs == 5 and jobs[5].task_id end, 0, function() press "x" end },
    { all_done, 0.5, function() press "left" end },
    { always, 1, function() take_picture "love-trouble.png" end },
    { always, 0.2, function()
      tell()
      press "escape"
    end },
  },
  leave = { beat = 1 / 10,
    { function() return jobs[3].task_id end, 0, function()
      tell()
      love.event.push "quit" -- as a window that is closed
    end },
  },
  come_back = { beat = 1 / 10,
    { all_done, 0, function()
      tell()
      press "escape"
    end },
  },
}

local film = films[os.getenv "RETAKE_FILM"]
local scene, since, due = 1, 0, 0

local update = love.update
function love.update(seconds)
  update(seconds)
  for number, job in ipairs(jobs) do frames[number] = frames[number] + (job.done and 0 or 1) end
  local now = film[scene]
  if now then
    since = now[1]() and since + seconds or 0
    if since > 0 and since >= now[2] then
      scene, since = scene + 1, 0
      now[3]()
    end
  end
  due = math.max(due + film.beat, love.timer.getTime()) -- a screen that nobody looks at gives no beat
  love.timer.sleep(due - love.timer.getTime())
end

function love.errorhandler(trouble)
  io.stderr:write(debug.traceback(trouble, 2), "\n")
  return function() return 1 end
end
