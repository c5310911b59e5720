--- Pictures and videos made from Neovim: what the commands do. The editor is never held up: jobs go on in its own loop.
-- luacheck: globals vim
local journal = require "retake_nvim.journal"
local message = require "retake_nvim.message"
local options = require "retake_nvim.options"
local place_of = require "retake_nvim.place"
local simulator = require "retake_nvim.simulator"
local words = require "retake_nvim.words"

-- entries: the jobs of this Neovim, oldest first: { id, kind, prompt, job, place, link, state in words }; changed: called whenever one of them does
local M = { entries = {}, changed = function() end }

local client
local tell, tell_of = message.tell, message.tell_of

--- Changes options: see :help retake-setup.
---@param given table|nil
function M.setup(given) options.set(given) end

-- Made when it is first needed: retake and libcurl cost nothing before.
local function get_client()
  if client then return client end
  local found, retake = pcall(require, "retake")
  if not found then return nil, "the module was not found (see :checkhealth retake): " .. tostring(retake):match "^[^\n]*" end
  journal.open()
  local all = { journal = journal, on_error = function(trouble) tell("ERROR", "%s", trouble) end }
  for key, value in pairs(options.get().client) do all[key] = value end
  all.providers = simulator.providers(all.providers)
  local ok, made = pcall(retake.client, all)
  if not ok then return nil, tostring(made) end
  client = made
  return client
end

--- What is going on, for 'statusline': "" where nothing is.
---@return string
function M.statusline()
  local running, last = 0, nil
  for _, entry in ipairs(M.entries) do
    if not entry.job.done then running, last = running + 1, entry end
  end
  if running == 0 then return "" end
  if running > 1 then return ("retake: %d jobs"):format(running) end
  return "retake: " .. last.state
end

-- The state is taken once for all who show it: the statusline is drawn at other times than the list.
local function show(entry)
  entry.state = words.state(entry.job)
  if not entry.job.done then place_of.say(entry.place, ("  %s: %s"):format(entry.prompt, entry.state)) end
  vim.cmd "redrawstatus!"
  M.changed()
end

-- Relative to the file it goes into, where the result is below that file's folder.
local function link_to(entry, path)
  local file = entry.place.mark and vim.api.nvim_buf_is_valid(entry.place.buffer) and vim.api.nvim_buf_get_name(entry.place.buffer) or ""
  local home = file ~= "" and vim.fn.fnamemodify(file, ":p:h") .. "/" or nil
  if home and vim.startswith(path, home) then path = path:sub(#home + 1) end
  if path:find "[%s()]" then path = "<" .. path .. ">" end
  return ("%s[%s](%s)"):format(entry.kind == "image" and "!" or "", entry.prompt:gsub("[%[%]\\]", "\\%0"), path)
end

local function succeeded(entry)
  entry.place = entry.place.mark and entry.place or place_of.find(entry.found) or entry.place
  local path = entry.job:result().files[1]
  entry.link = link_to(entry, path)
  if place_of.put(entry.place, entry.link) then message.tell_made(entry.prompt, vim.fn.fnamemodify(path, ":t"))
  else tell_of("WARN", entry.prompt, ": its place is gone; :RetakeInsert %s", entry.id:sub(1, 8)) end
end

local function failed(entry)
  place_of.clear(entry.place)
  local fault = entry.job.fault
  if fault.class == "local.cancelled" then tell_of("INFO", entry.prompt, " was cancelled")
  else tell_of("ERROR", entry.prompt, ": %s", words.headline(fault)) end
end

local function watch(entry)
  entry.state = words.state(entry.job)
  M.entries[#M.entries + 1] = entry
  entry.job:on("event", function(event)
    if event.event == "succeeded" then succeeded(entry) elseif event.event == "failed" then failed(entry) end
    show(entry)
  end)
  show(entry)
end

-- A name that tells what is in it, and is nobody's yet.
local function path_for(kind, prompt, file)
  local folder = options.folder(file)
  vim.fn.mkdir(folder, "p")
  local base = prompt:lower():gsub("[^%w]+", "-"):gsub("^%-+", ""):sub(1, 30):gsub("%-+$", "")
  local extension = kind == "image" and ".png" or ".mp4"
  base = folder .. "/" .. (base ~= "" and base or kind) .. os.date "-%Y%m%d-%H%M%S"
  local path, number = base .. extension, 1
  local function taken(one)
    for _, entry in ipairs(M.entries) do
      if entry.path == one then return true end
    end
    return (vim.uv or vim.loop).fs_stat(one) ~= nil
  end
  while taken(path) do
    number = number + 1
    path = ("%s-%d%s"):format(base, number, extension)
  end
  return path
end

--- Has it made; its link comes to where the cursor is now.
---@param kind "image"|"video"
---@param prompt string|nil
---@return table|nil entry
function M.start(kind, prompt)
  if kind ~= "image" and kind ~= "video" then return tell("ERROR", ":Retake image, or :Retake video, and then what is to be seen") end
  if not prompt then return tell("ERROR", "what is to be seen? :Retake %s a paper boat", kind) end
  local on, reason = get_client()
  if not on then return tell("ERROR", "%s", reason) end
  local saved_as, path = pcall(path_for, kind, prompt, vim.api.nvim_buf_get_name(0))
  if not saved_as then return tell("ERROR", "%s", path) end
  local request = { prompt = prompt, save = path }
  for key, value in pairs(options.get()[kind]) do request[key] = value end
  local ok, job = pcall(on.start, on, request)
  if not ok then return tell("ERROR", "%s", job) end
  local entry = { id = job.id, kind = kind, prompt = prompt, path = path, job = job, place = place_of.at_cursor() }
  journal.notes[job.id] = { kind = kind, prompt = prompt, place = place_of.describe(entry.place) }
  watch(entry)
  return entry
end

-- The key is not in a record: without it the job would end here, though its task goes on.
local function has_key(on, record)
  local definition, settings = on:provider(tostring(record.request.model):match "^[^/]+")
  return definition and (not definition.auth or settings.key)
end

--- Goes on with what an earlier Neovim has left.
function M.resume()
  local on, reason = get_client()
  if not on then return tell("ERROR", "jobs wait to be gone on with, but %s", reason) end
  local without_key = 0
  for _, kept in ipairs(journal.claim()) do
    local note = journal.notes[kept.record.id] or { kind = "image", prompt = kept.record.request.prompt or "?" }
    if has_key(on, kept.record) then
      local ok, job = pcall(on.adopt, on, kept.record)
      if ok then watch { id = job.id, kind = note.kind, prompt = note.prompt, job = job, place = {}, found = note.place }
      else tell("ERROR", "%s cannot be gone on with: %s", note.prompt, job) end
    else
      without_key = without_key + 1
      journal.give_back(kept.record.id)
    end
  end
  -- one message: a second one at the start would ask for ENTER
  if without_key > 0 then tell("WARN", "going on with %d jobs; %d wait for a key (:checkhealth retake)", #M.entries, without_key)
  elseif #M.entries > 0 then tell("INFO", "going on with %d of the last session", #M.entries) end
end

--- The ids that begin so, of entries that are so.
---@param lead string
---@param is_so fun(entry: table): any
---@return string[]
function M.ids(lead, is_so)
  local ids = {}
  for _, entry in ipairs(M.entries) do
    if vim.startswith(entry.id, lead) and is_so(entry) then ids[#ids + 1] = entry.id:sub(1, 8) end
  end
  return ids
end

-- The one that is meant; without an id the only one there is.
local function the_one(lead, is_so, what)
  local found = {}
  for _, entry in ipairs(M.entries) do
    if vim.startswith(entry.id, lead) and is_so(entry) then found[#found + 1] = entry end
  end
  if #found == 1 then return found[1] end
  if #found == 0 then return tell("WARN", "no job %s%s", lead ~= "" and lead .. " " or "", what) end
  tell("WARN", "which of the %d? See :RetakeJobs", #found)
end

--- Cancels a job, at the provider too.
---@param id string|nil its beginning will do; without one: the only job that runs
function M.cancel(id)
  local entry = the_one(id or "", function(one) return not one.job.done end, "is running")
  if not entry then return end
  entry.job:cancel()
  show(entry)
end

--- Puts a result's link at the cursor.
---@param id string|nil its beginning will do; without one: the only result there is
function M.insert(id)
  local entry = the_one(id or "", function(one) return one.link end, "has made anything")
  if entry then place_of.put_at_cursor(entry.link) end
end

--- Neovim is left: the next one goes on with what runs.
function M.leave()
  if not client then return end
  local records = {}
  for _, entry in ipairs(M.entries) do
    if not entry.job.done then
      records[#records + 1] = entry.job:record()
      if entry.place.mark then journal.notes[entry.id].place = place_of.describe(entry.place) end
    end
  end
  client:close() -- first: nothing moves any more, and what is written is the last word
  client = nil
  for _, record in ipairs(records) do journal.release(record) end
end

vim.api.nvim_create_autocmd("VimLeavePre", { callback = M.leave })

return M
