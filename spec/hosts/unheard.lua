--- A callback throws in luv's loop, and the client has no on_error. usage: lua spec/hosts/unheard.lua BASE_URL
local uv = require "luv"
local retake = require "retake"

local client = retake.client { providers = { runway = { key = "key_unheard", base_url = arg[1] } } }
local job = client:start { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
job:on("submitted", function() error "spoken wrong" end)
job:on("succeeded", function() print "succeeded after the error" end)
uv.run()
