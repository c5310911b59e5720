--- A coroutine for a case, and how it ended: hosts resume it where it waits, so its errors do not come back to who started it.

-- Lua 5.1 itself cannot yield across xpcall; there an error shows only in that the function never came to its end.
local can_protect = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil

---@param fn function
---@return thread thread
---@return fun(): boolean, string|nil outcome true, or false and the error, once the coroutine is dead
return function(fn)
  local ended, trouble = false, "it ended early"
  local thread = coroutine.create(function()
    local ok, why = true, nil
    if can_protect then ok, why = xpcall(fn, debug.traceback) else fn() end
    ended, trouble = ok, why
  end)
  return thread, function() return ended, trouble end
end
