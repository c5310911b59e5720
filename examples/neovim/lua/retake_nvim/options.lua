--- What setup{} takes.
-- luacheck: globals vim
local simulator = require "retake_nvim.simulator"

local M = {}

local values = {
  -- What is asked for, beside the prompt: fields of a request of retake's.
  image = { model = "runway/gen4_image", ratio = "1920:1080" },
  video = { model = "runway/gen4.5", ratio = "1280:720", duration = 5 },
  -- Where results are saved. "./pictures" is beside the file that is edited.
  folder = vim.fn.stdpath "data" .. "/retake/results",
  -- Where records of running jobs are kept, for the next Neovim. They hold prompts, and no keys.
  journal = vim.fn.stdpath "data" .. "/retake/jobs",
  -- Options of retake.client: providers (default: keys of the environment), policy, max_credits, deadline, ...
  client = {},
}

--- Changes options; those that are not named stay.
---@param given table|nil
function M.set(given)
  for key, value in pairs(given or {}) do
    if values[key] == nil then error(("retake: setup knows no option '%s'"):format(tostring(key)), 3) end
    if type(value) ~= type(values[key]) then error(("retake: option '%s' is a %s"):format(key, type(values[key])), 3) end
    values[key] = value
  end
end

---@return table options
function M.get() return values end

--- Where records of running jobs are. Those of a simulator are apart: a provider knows nothing of its tasks, nor it of a provider's.
---@return string folder
function M.journal()
  return vim.fn.expand(values.journal) .. (simulator.address() and "/simulator" or "")
end

--- Where to save, for a buffer's file: "./" in the option stands for its folder.
---@param file string the buffer's, "" where it has none
---@return string folder
function M.folder(file)
  local folder = vim.fn.expand(values.folder)
  local beside = folder:match "^%./(.*)$"
  if not beside then return folder end
  local home = file ~= "" and vim.fn.fnamemodify(file, ":p:h") or vim.fn.getcwd()
  return home .. "/" .. beside
end

return M
