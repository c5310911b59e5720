--- RETAKE_SIMULATOR: the address of `retake simulate`, which plays every provider, so that the plugin can be tried without a key.
-- luacheck: globals vim
local M = {}

---@return string|nil url
function M.address()
  local url = vim.env.RETAKE_SIMULATOR
  return url ~= "" and url or nil
end

--- The option `providers` of a client. With a simulator all of them are there, whatever setup says: a fallback must not be paid, and no real
-- key goes to a stand-in.
---@param given table|nil those of setup
---@return table|nil
function M.providers(given)
  local url = M.address()
  if not url then return given end
  local all = {}
  for name, settings in pairs(given or {}) do all[name] = settings end
  for _, name in ipairs(require("retake.provider").built_in) do all[name] = all[name] or {} end
  for name, settings in pairs(all) do
    local played = {}
    for key, value in pairs(settings) do played[key] = value end
    played.key, played.base_url = "key_for_the_simulator", url
    all[name] = played
  end
  return all
end

return M
