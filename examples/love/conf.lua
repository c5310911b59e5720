function love.conf(settings)
  settings.identity = "retake-paper-boats" -- the folder of the pictures
  settings.version = "11.4"
  settings.window.title = "Paper boats"
  settings.window.width, settings.window.height = 960, 600
  settings.modules.audio, settings.modules.joystick, settings.modules.physics, settings.modules.sound = false, false, false, false
end
