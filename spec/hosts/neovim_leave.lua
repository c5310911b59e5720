--- Neovim is left with 20 jobs running: their records go to the file RETAKE_RECORDS on the way out.
local vim = rawget(_G, "vim")
local cjson = require "cjson"
local retake = require "retake"

local client = retake.client { providers = { runway = { key = "key_leave", base_url = vim.env.RETAKE_BASE_URL } } }
local jobs = {}
vim.api.nvim_create_autocmd("VimLeavePre", { callback = function()
  local records = {}
  for number, job in ipairs(jobs) do records[number] = job:record() end
  local file = assert(io.open(vim.env.RETAKE_RECORDS, "w"))
  file:write(cjson.encode(records))
  file:close()
end })
local submitted = 0
for number = 1, 20 do
  jobs[number] = client:start { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
  jobs[number]:on("submitted", function()
    submitted = submitted + 1
    if submitted == 20 then vim.schedule(function() vim.cmd "qall!" end) end
  end)
end
