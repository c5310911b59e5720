--- Journals: where the records of jobs live. A journal is put(record), get(id), remove(id) and each() over ids.
local M = {}

--- Records of this process only.
---@return table journal
function M.memory()
  return require("retake.journal.memory").new()
end

return M
