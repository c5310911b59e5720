--- Runs bin/retake and scripts as a user does: own process, own standard streams.
--
--   local run = require("spec.support.command").run
--   local code, out, err = run({ "bin/retake", "explain", "content" }, { env = { NAME = "value" }, input = "..." })

local M = {}

M.lua = (_VERSION:lower():gsub(" ", ""))

function M.quote(text) return "'" .. tostring(text):gsub("'", "'\\''") .. "'" end

function M.read(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local text = file:read "*a"
  file:close()
  return text
end

function M.write(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
  return path
end

--- A folder of one's own, and a function that removes it.
function M.folder()
  local path = os.tmpname()
  os.remove(path)
  os.execute("mkdir " .. M.quote(path))
  return path, function() os.execute("rm -rf " .. M.quote(path)) end
end

-- Keys and Lua's paths of the person who runs the specs must not change what is tested.
local CLEAN = "env -u RUNWAYML_API_SECRET -u RETAKE_SIMULATOR -u LUA_INIT -u LUA_INIT_5_4"

--- The shell's words for a command.
---@param words string[] a script and its arguments
---@param options table? { env = table }
function M.line(words, options)
  local parts = { CLEAN }
  local env = { LUA_PATH = "./lua/?.lua;./lua/?/init.lua;;", LUA_CPATH = "./build/" .. M.lua .. "/?.so;;", TERM = "xterm" }
  for name, value in pairs(options and options.env or {}) do env[name] = value end
  for name, value in pairs(env) do parts[#parts + 1] = M.quote(name .. "=" .. value) end
  parts[#parts + 1] = M.lua
  for _, word in ipairs(words) do parts[#parts + 1] = M.quote(word) end
  return table.concat(parts, " ")
end

--- Runs a line of the shell.
---@return integer code, string out, string err
function M.shell(line, input)
  local folder, remove = M.folder()
  M.write(folder .. "/in", input or "")
  local pipe = io.popen(("{ %s\n} <%s/in >%s/out 2>%s/err; echo $?"):format(line, folder, folder, folder), "r")
  local code = tonumber(pipe:read "*a")
  pipe:close()
  local out, err = M.read(folder .. "/out"), M.read(folder .. "/err")
  remove()
  return code, out, err
end

---@param words string[]
---@param options table? { env = table, input = string }
function M.run(words, options)
  return M.shell(M.line(words, options), options and options.input)
end

return M
