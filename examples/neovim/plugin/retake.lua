--- Commands. Nothing of retake is loaded before one of them is used, or a job of an earlier Neovim waits to be gone on with.
-- luacheck: globals vim
if vim.g.loaded_retake then return end
vim.g.loaded_retake = 1

local command = vim.api.nvim_create_user_command

command("Retake", function(given)
  local kind, prompt = given.args:match "^(%S+)%s+(.+)$"
  require("retake_nvim").start(kind or given.args, prompt)
end, {
  nargs = "+", desc = "Have a picture or a video made, and its link put here",
  complete = function(lead, line)
    if line:match "^%s*%S+%s+%S+%s" then return {} end
    return vim.tbl_filter(function(kind) return vim.startswith(kind, lead) end, { "image", "video" })
  end,
})

command("RetakeJobs", function() require("retake_nvim.list").open() end, { desc = "The jobs of this Neovim" })

command("RetakeCancel", function(given) require("retake_nvim").cancel(given.args) end, {
  nargs = "?", desc = "Cancel a job, at the provider too",
  complete = function(lead) return require("retake_nvim").ids(lead, function(entry) return not entry.job.done end) end,
})

command("RetakeInsert", function(given) require("retake_nvim").insert(given.args) end, {
  nargs = "?", desc = "Put the link to what a job has made at the cursor",
  complete = function(lead) return require("retake_nvim").ids(lead, function(entry) return entry.link end) end,
})

vim.api.nvim_create_autocmd("VimEnter", {
  callback = function()
    if require("retake_nvim.journal").waiting() then require("retake_nvim").resume() end
  end,
})
