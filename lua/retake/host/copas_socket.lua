--- An engine's descriptor as a socket that copas can receive from: nothing comes out but that the engine has something to do.
---@param engine userdata
---@return table socket
return function(engine)
  local descriptor, waited = engine:pollfd(), false
  return {
    getfd = function() return descriptor end,
    dirty = function() return not engine:pollfd() end, -- closed: whoever waits is let go
    receive = function() -- waits once
      waited = not waited
      if waited then return nil, "timeout" end
      return ""
    end,
    close = function() end, -- copas closes what a thread waited for last
  }
end
