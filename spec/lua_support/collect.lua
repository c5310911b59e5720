--- A busted helper (--helper): a whole collection after each call into the engine and each callback of a script.
-- What the core or the Lua layer holds without anchoring it is freed at once, and the sanitizers see its next use.

local core = require "retake.core"
local client = require "retake.client"


local function collecting(fn)
  return function(...)
    local function finish(...)
      collectgarbage()
      return ...
    end
    return finish(fn(...))
  end
end

local engine = core.engine {}
local methods = debug.getmetatable(engine).__index
for _, name in ipairs { "cancel", "take", "step", "close" } do methods[name] = collecting(assert(methods[name])) end
engine:close()

local new = client.new
function client.new(options, level)
  local own = {}
  for key, value in pairs(type(options) == "table" and options or {}) do
    own[key] = type(value) == "function" and collecting(value) or value
  end
  local made = new(type(options) == "table" and own or options, (level or 1) + 1)
  local class = getmetatable(made)
  if not class.collects then -- job:on callbacks pass through here, and so do those of the journal
    class.collects = true
    class.protect = collecting(class.protect)
  end
  return made
end
