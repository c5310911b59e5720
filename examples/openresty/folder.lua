--- Folders that nobody but this worker's user can enter. nginx clears the umask when it goes to the background, so that whatever is made without
-- a word about its mode could be written by all; and mkdir called here, not as a program, leaves nginx no child to wonder about.
local ffi = require "ffi"

ffi.cdef [[
int mkdir(const char *path, unsigned mode);
int chmod(const char *path, unsigned mode);
unsigned umask(unsigned mask);
char *strerror(int number);
]]

local M = {}

local ONLY_OWNER, NOT_OTHERS = tonumber("700", 8), tonumber("077", 8)
local EXISTS = 17 -- EEXIST, on every system that nginx runs on with LuaJIT

--- Once in a worker: files that it makes from now on are its user's alone too.
function M.keep_others_out() ffi.C.umask(NOT_OTHERS) end

--- Makes the folder where it is missing, closes it to others where it was open, and tries whether something can be written there.
---@param path string with a slash at its end
---@return boolean|nil ok, string|nil trouble
function M.make(path)
  local number = ffi.C.mkdir(path, ONLY_OWNER) ~= 0 and ffi.errno()
  if number == EXISTS then number = ffi.C.chmod(path, ONLY_OWNER) ~= 0 and ffi.errno() end -- another user's is not to be trusted
  if number then return nil, path .. ": " .. ffi.string(ffi.C.strerror(number)) end
  local probe = path .. ".probe"
  local file, trouble = io.open(probe, "w")
  if not file then return nil, trouble end
  local _, unwritten = file:write "x"
  local _, unclosed = file:close() -- a full disk may show only here
  os.remove(probe)
  trouble = unwritten or unclosed
  if trouble then return nil, probe .. ": " .. trouble end
  return true
end

return M
