--- The coroutines that flows run in: Lua's own.
-- nginx's Lua module puts others in their place. Each belongs to the request that made it, is given back to nginx's scheduler whenever it is
-- resumed, and is dangling memory once that request is over; a flow goes on in whichever request or timer comes by. Lua's own are there under
-- other names. Each thread also points at its request: a flow's points at none, so that what a policy or callback calls there is either free of
-- requests (ngx.log, shared dictionaries) or throws "no request found"; and the policy's own coroutines, which inherit that, are Lua's too.
local lua = rawget(_G, "coroutine")
local create = lua._create
if not rawget(_G, "ngx") or not create then return lua end

local has_exdata, exdata = pcall(require, "thread.exdata")
if not has_exdata then error "retake needs OpenResty's LuaJIT (luajit2) in nginx: this one has no thread.exdata" end
local nobody = require("ffi").cast("void *", 0)

return {
  resume = lua._resume, yield = lua._yield, status = lua._status, running = lua.running,
  create = function(fn)
    return create(function(...)
      exdata(nobody)
      return fn(...)
    end)
  end,
}
