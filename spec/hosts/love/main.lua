--- Scenes of specs, in LÖVE's own loop. usage: love spec/hosts/love SCENE ARGUMENT..., with ./?.lua on LUA_PATH
local scene

function love.load(words)
  scene = require("spec.hosts.love." .. words[1])
  scene.load(unpack(words, 2))
end

function love.update(seconds)
  scene.update(seconds)
  love.timer.sleep(1 / 60)
end

function love.quit() return scene.quit and scene.quit() end

-- Instead of LÖVE's screen for errors, which waits for somebody to close it.
function love.errorhandler(trouble)
  io.stderr:write(debug.traceback(trouble, 2), "\n")
  return function() return 1 end
end
