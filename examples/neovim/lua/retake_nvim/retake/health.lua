--- :checkhealth retake. In this folder, so that it is found by that name.
-- luacheck: globals vim jit
local options = require "retake_nvim.options"
local simulator = require "retake_nvim.simulator"

local M = {}

-- The names were changed in Neovim 0.10.
local health = vim.health or require "health"
local start, ok = health.start or health.report_start, health.ok or health.report_ok
local warn, failed, info = health.warn or health.report_warn, health.error or health.report_error, health.info or health.report_info

local function check_neovim()
  local version = vim.version()
  local text = ("Neovim %d.%d.%d, %s"):format(version.major, version.minor, version.patch, jit and jit.version or _VERSION)
  if vim.fn.has "nvim-0.7" == 1 then ok(text) else failed(text .. ": 0.7 or later is needed") end
end

local function check_module()
  local found_cjson, trouble = pcall(require, "cjson")
  if found_cjson then ok "cjson found"
  else failed("cjson not found: " .. tostring(trouble), "lua-cjson for Lua 5.1 (luarocks, or the package lua-cjson)") end
  local found, retake = pcall(require, "retake")
  if not found then
    return failed("the module retake was not found: " .. tostring(retake),
      { "Put a checkout on 'runtimepath', and run `make build` in it",
        "Add build/lua5.1/?.so of it to package.cpath: the module for Lua 5.1 is needed" })
  end
  ok(("retake %s found"):format(retake._VERSION))
  ok(("libcurl %s"):format(require("retake.core").curl_version()))
  return retake
end

local function check_key(retake, kind)
  local model = tostring(options.get()[kind].model)
  local provider = model:match "^[^/]+"
  local definition = retake.provider.get(provider)
  if not definition then return failed(("%s: there is no provider %s"):format(kind, provider)) end
  if simulator.address() then return ok(("%s: %s, played by the simulator at %s: nothing is paid"):format(kind, model, simulator.address())) end
  local given = (options.get().client.providers or {})[provider] or {}
  if given.key then return ok(("%s: %s, with a key of setup"):format(kind, model)) end
  if not definition.key_variable or os.getenv(definition.key_variable) then return ok(("%s: %s, with a key"):format(kind, model)) end
  warn(("%s: %s, but there is no key"):format(kind, model), ("Set %s in the environment that Neovim is started from"):format(definition.key_variable))
end

local function check_folder(what, path)
  local made, trouble = pcall(vim.fn.mkdir, path, "p")
  if made and vim.fn.filewritable(path) == 2 then return ok(("%s: %s can be written"):format(what, path)) end
  failed(("%s: %s cannot be written%s"):format(what, path, made and "" or ": " .. tostring(trouble)))
end

function M.check()
  start "retake"
  check_neovim()
  local retake = check_module()
  if retake then
    for _, kind in ipairs { "image", "video" } do check_key(retake, kind) end
  end
  check_folder("results", options.folder(vim.api.nvim_buf_get_name(0)))
  check_folder("records of running jobs", options.journal())
  local running = #require("retake_nvim").ids("", function(entry) return not entry.job.done end)
  info(("%d jobs are running"):format(running))
end

return M
