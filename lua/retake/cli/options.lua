--- Options of the subcommands, from a table that also makes the help text.

local M = {}

---@class retake.cli.option
---@field name string long name, without the dashes
---@field value string|nil what its value is called in the help text; nil: a flag
---@field kind "number"|nil the value is a number
---@field many boolean|nil may be given several times; the values become a list
---@field help string

-- Only decimal numbers: tonumber alone would take "0x10", and on some Luas "inf" and "nan".
local function number_of(text)
  if not (text:find "^[+-]?%d+%.?%d*$" or text:find "^[+-]?%.%d+$") then return nil end
  return tonumber(text)
end

local function convert(option, text)
  if option.kind ~= "number" then return text end
  local number = number_of(text)
  if not number then return nil, ("--%s needs a number, not '%s'"):format(option.name, text) end
  return number
end

local function key_of(name)
  return (name:gsub("-", "_"))
end

-- The value of args[i], and the place of the last argument used; a value that looks like an option was most likely forgotten.
local function value_at(args, i, given)
  if given then return given, i end
  local following = args[i + 1]
  if following == nil or following:find "^%-%-" then return nil, i end
  return following, i + 1
end

local function store(options, option, value)
  local key = key_of(option.name)
  if not option.many then options[key] = value return end
  options[key] = options[key] or {}
  options[key][#options[key] + 1] = value
end

--- Reads arguments.
---@param args string[]
---@param known retake.cli.option[]
---@return table|nil options by name with "_" for "-"; positional arguments in its list part; nil where the arguments are wrong
---@return string|nil reason
function M.parse(args, known)
  local by_name, options, i = {}, {}, 1
  for _, option in ipairs(known) do by_name[option.name] = option end
  while i <= #args do
    local name, given = args[i]:match "^%-%-([^=]+)=(.*)$"
    name = name or args[i]:match "^%-%-(.+)$"
    if args[i] == "--" then
      for rest = i + 1, #args do options[#options + 1] = args[rest] end
      break
    elseif not name and args[i]:find "^%-." then return nil, "unknown option: " .. args[i]
    elseif not name then options[#options + 1] = args[i]
    else
      local option = by_name[name]
      if not option then return nil, "unknown option: --" .. name end
      if option.value then
        local text, value, reason
        text, i = value_at(args, i, given)
        if not text then return nil, ("--%s needs a value: %s"):format(name, option.value) end
        value, reason = convert(option, text)
        if value == nil then return nil, reason end
        store(options, option, value)
      elseif given then return nil, ("--%s takes no value"):format(name)
      else options[key_of(name)] = true end
    end
    i = i + 1
  end
  return options
end

--- The help text of options, one line each.
---@param known retake.cli.option[]
---@return string
function M.help(known)
  local lines, width = {}, 0
  for i, option in ipairs(known) do
    lines[i] = "  --" .. option.name .. (option.value and " " .. option.value or "")
    width = math.max(width, #lines[i])
  end
  for i, option in ipairs(known) do lines[i] = lines[i] .. (" "):rep(width + 2 - #lines[i]) .. option.help end
  return table.concat(lines, "\n") .. "\n"
end

return M
