--- retake models: the models that retake knows.

local exit_codes = require "retake.cli.exit_codes"
local models = require "retake.models"
local options_of = require "retake.cli.options"
local terminal = require "retake.cli.terminal"

local OPTIONS = { { name = "help", help = "this text" } }

local function usage()
  return "usage: retake models [PROVIDER]\nA line for each model that retake knows, and what it is for. What such a model takes is checked before\n"
    .. "anything is sent; others are sent as they are, and the provider has the last word.\n" .. options_of.help(OPTIONS)
end

local function refuse(reason)
  io.stderr:write("retake models: ", terminal.line(reason), "\n", usage())
  return exit_codes.usage
end

---@param args string[]
---@return integer exit_code
return function(args)
  local options, reason = options_of.parse(args, OPTIONS)
  if not options then return refuse(reason) end
  if options.help then
    io.stdout:write(usage())
    return exit_codes.success
  end
  if options[2] then return refuse("one provider at a time: " .. options[2]) end
  if options[1] and not models.is_provider(options[1]) then return refuse("unknown provider: " .. options[1]) end
  local list, width = models.list(options[1]), 0
  for _, one in ipairs(list) do width = math.max(width, #one.model) end
  for _, one in ipairs(list) do
    local line = ("%-" .. width .. "s  %s"):format(one.model, table.concat(one.does, " "):gsub("_", " "))
    io.stdout:write((line:gsub("%s+$", "")), "\n")
  end
  return exit_codes.success
end
