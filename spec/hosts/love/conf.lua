-- No window: specs of the loop need none, and machines that run them have no screen.
function love.conf(settings)
  for _, name in ipairs { "audio", "font", "graphics", "image", "joystick", "physics", "sound", "touch", "video", "window" } do
    settings.modules[name] = false
  end
end
