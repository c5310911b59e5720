--- Neovim runs a few jobs in its own Lua while a child of it does so in another. CHILD is the child's command.
local vim = rawget(_G, "vim")

local code
vim.fn.jobstart(vim.env.CHILD, {
  on_stdout = function(_, lines) io.stdout:write(table.concat(lines, "\n")) end,
  on_exit = function(_, ended) code = ended end,
})
local print_ = print
_G.print = function(text) io.stdout:write(text, "\n") end -- luacheck: ignore 122
local ok, trouble = pcall(dofile, "spec/hosts/few_jobs.lua")
_G.print = print_ -- luacheck: ignore 122
if not ok then io.stderr:write(tostring(trouble), "\n") end
vim.wait(50000, function() return code ~= nil end, 10)
vim.cmd(ok and code == 0 and "qall!" or "cquit")
