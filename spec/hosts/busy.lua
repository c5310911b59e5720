--- A timer of the script's own on luv's loop, while a client has far more to do than it does in one turn. Prints how often it rang meanwhile.
-- usage: lua spec/hosts/busy.lua BASE_URL
local uv = require "luv"
local retake = require "retake"

local JOBS = 300

local client = retake.client { providers = { runway = { key = "key_busy", base_url = arg[1] } } }
local rung, seen, timer = 0, 0, uv.new_timer()
for number = 1, JOBS do
  local job = client:start { model = "runway/gen4.5", prompt = "boat " .. number, ratio = "1280:720", duration = 5 }
  job:on("submitting", function()
    local until_ = uv.hrtime() + 1e6 -- a callback of a script takes its time
    while uv.hrtime() < until_ do seen = seen + 0 end
    seen = seen + 1
    if seen ~= 60 then return end -- so many can be under way at once
    timer:close()
    client:close()
    print(("rang %s"):format(rung >= 5 and "often" or rung .. " times"))
  end)
end
timer:start(1, 1, function() rung = rung + 1 end)
uv.run()
