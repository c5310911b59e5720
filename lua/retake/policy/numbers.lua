--- The numbers among a policy's options.

--- Checks options that are numbers: those named may be there, none may be negative, and no other may stand beside them.
---@param options any
---@param names table<string, boolean> the options there are; false: one that is no number
---@param what string the maker's name
---@param level integer of the caller
return function(options, names, what, level)
  if type(options) ~= "table" then error(what .. ": the options are a table", level + 1) end
  for name, value in pairs(options) do
    if names[name] == nil then error(("%s: unknown option '%s'"):format(what, tostring(name)), level + 1) end
    if names[name] and (type(value) ~= "number" or value ~= value or value < 0) then
      error(("%s: %s has to be a number, not negative"):format(what, name), level + 1)
    end
  end
end
