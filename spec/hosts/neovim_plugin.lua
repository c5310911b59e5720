--- Drives the plugin of examples/neovim in Neovim, for spec/neovim_plugin_spec.lua. RETAKE_BASE_URL names the simulator, RETAKE_MODE what is done.
-- Prints a line for each thing that was seen, "ok ..." or "not ok ..."; the spec knows how many there are.
local vim = rawget(_G, "vim")
local quick_provider = require "spec.support.quick_provider"
local plugin = require "retake_nvim"

local PATIENCE = 20000 -- ms
local notes = {}
vim.notify = function(text, level) notes[#notes + 1] = { text = text, level = level } end

local function see(what, is_so, more)
  io.stdout:write("\n", is_so and "ok " or "not ok ", what, is_so and "" or ": " .. vim.inspect(more), "\n")
end

local function wait(what, fn) see(what, vim.wait(PATIENCE, fn, 10), { notes, vim.api.nvim_buf_get_lines(0, 0, -1, false) }) end

local function noted(pattern)
  for _, note in ipairs(notes) do
    if note.text:find(pattern) then return note end
  end
end

local function lines() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n") end

quick_provider(0.2)
plugin.setup {
  image = { model = "quick/gen4_image", ratio = "1920:1080" }, video = { model = "quick/gen4.5", ratio = "1280:720", duration = 5 },
  folder = "./pictures", client = { providers = { quick = { key = "key_of_the_plugin", base_url = vim.env.RETAKE_BASE_URL } } },
}

local function edit(name, text)
  vim.cmd("edit! " .. name)
  vim.api.nvim_buf_set_lines(0, 0, -1, false, text)
end

local function keys(text) vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(text, true, false, true), "xt", false) end

local modes = {}

function modes.insert()
  edit("story.md", { "Once there was here.", "The end." })
  vim.api.nvim_win_set_cursor(0, { 1, 14 })
  see("nothing in the statusline", plugin.statusline() == "")
  vim.cmd "Retake image a paper boat"
  see("something in the statusline", plugin.statusline():find "^retake: " ~= nil, plugin.statusline())
  vim.cmd "RetakeJobs"
  local state = plugin.statusline():match "^retake: (.+)$"
  see("the list has the same words for it", lines():find("  " .. state .. "%s+image  a paper boat$"), { state, lines() })
  keys "q"
  for _, name in ipairs { "README.md", "doc/retake.txt" } do
    local path = vim.api.nvim_get_runtime_file("plugin/retake.lua", false)[1]:gsub("plugin/retake.lua$", name)
    local snippet = table.concat(vim.fn.readfile(path), "\n"):match "vim%.o%.statusline =%s+\"([^\"]+)\""
    local bar = vim.api.nvim_eval_statusline(snippet or "", { maxwidth = 80 }).str
    see("the statusline of " .. name .. " has the file's name too", bar:find "^story.md" and bar:find("retake: " .. state, 1, true), { snippet, bar })
  end
  vim.api.nvim_buf_set_lines(0, 0, 0, false, { "# A story", "" })
  vim.api.nvim_buf_set_text(0, 2, 0, 2, 4, { "Long ago" })
  wait("the picture comes", function() return noted "a paper boat is here" end)
  see("its link is where the cursor was", lines():match "^# A story\n\nLong ago there was !%[a paper boat%]%(pictures/a%-paper%-boat%-[%d-]+%.png%)here%.\nThe end%.$"
    ~= nil, lines())
  local path = lines():match "%((pictures/[^)]+)%)"
  local file = path and io.open(path, "rb")
  see("and a picture is there", file and file:read(4) == "\137PNG", path)
  see("no mark is left", #vim.api.nvim_buf_get_extmarks(0, vim.api.nvim_create_namespace "retake", 0, -1, {}) == 0)
  vim.cmd "Retake video a [small] boat"
  wait("a video comes", function() return noted "boat is here.*mp4" end)
  see("a video's link is none to a picture", lines():find("there was [a \\[small\\] boat](pictures/a-small-boat-", 1, true)
    or lines():find("[a \\[small\\] boat](pictures/", 1, true), lines())
end

-- A link went before the last character, for that is where the cursor stands after <Esc>: "lin" and the link and "e".
function modes.places()
  edit("places.md", { "a line", "", "café", "", "between", "" })
  local function start(row, typed, prompt)
    vim.api.nvim_win_set_cursor(0, { row, 0 })
    keys(typed:gsub("RETAKE", "Retake image " .. prompt .. "<CR>"))
  end
  vim.keymap.set("i", "<F2>", "<Cmd>Retake image inserting<CR>")
  start(1, "$:RETAKE", "last")
  start(2, ":RETAKE", "empty")
  start(3, "$:RETAKE", "accent")
  start(4, "iwords<C-O>:RETAKE and more<Esc>", "leaving")
  start(5, "lllli<F2>TYPED<Esc>", "")
  start(6, ":RETAKE", "below")
  vim.api.nvim_buf_set_lines(0, 5, 5, false, { "put above" })
  wait("six are made", function() return #notes == 6 end)
  local text = lines():gsub("!%[(%w+)%]%([^)]*%)", "<%1>")
  see("each is where it belongs", text == "a line<last>\n<empty>\ncafé<accent>\nwords<leaving> and more\nbetw<inserting>TYPEDeen\nput above\n<below>", text)
  vim.api.nvim_win_set_cursor(0, { 6, 8 })
  vim.cmd("RetakeInsert " .. plugin.entries[1].id)
  see("so is one that is asked for", lines():find("put above![last](", 1, true) ~= nil, lines())
end

-- The one that ended first came first.
function modes.order()
  edit("order.md", { "Two: " })
  vim.cmd "normal! $"
  for number, prompt in ipairs { "slow", "quick", "slower" } do -- each has its own script at the simulator: one after the other
    vim.cmd("Retake image " .. prompt)
    vim.wait(PATIENCE, function() return plugin.entries[number].job.task_id end, 5)
  end
  wait("three are made", function() return #notes == 3 end)
  local ended = {}
  for _, note in ipairs(notes) do ended[#ended + 1] = note.text:match "retake: (%w+)" end
  see("not in the order of their start", ended[1] == "quick", ended)
  local text = lines():gsub("!%[(%w+)%]%([^)]*%)", "<%1>")
  see("their links are", text == "Two: <slow><quick><slower>", text)
end

-- What was longer than a line asked for ENTER.
function modes.messages()
  edit("long.md", { "" })
  local prompt = ("a paper boat on a river at dawn "):rep(8) .. "naughty"
  vim.cmd("Retake image " .. prompt)
  vim.cmd("Retake image " .. prompt:gsub("naughty", "nice"))
  wait("both end", function() return #notes == 2 end)
  for _, note in ipairs(notes) do
    see("fits a line", vim.fn.strdisplaywidth(note.text) <= vim.o.columns - 12 and not note.text:find "\n", note.text)
  end
  see("names the file alone", noted "%d%.png is here$" ~= nil and not noted "/", notes)
  see("says what failed", noted "^retake: a paper boat.*%.%.%.: moderation refused it$" ~= nil, notes)
  local folder = "/proc/" .. ("no-such-folder/"):rep(8)
  plugin.setup { folder = folder .. "end" }
  vim.cmd "Retake image a boat without a folder"
  vim.cmd "RetakeJobs"
  local heads = vim.api.nvim_buf_get_lines(0, 2, 4, false)
  see("the list has what is behind a long prompt", heads[1]:find "%.%.%.: moderation refused it$" and heads[2]:find "%.%.%.  pictures/.*png$", heads)
  keys "4G<CR>3G<CR>"
  local all = lines():gsub("%s+", " ")
  see("what was cut is whole there", all:find("at dawn naughty The job failed", 1, true) and all:find("at dawn nice The job succeeded", 1, true), all)
  see("a mistake of no job's too", #notes[3].text <= vim.o.columns - 12 and all:find("no-such-folder: no such file or directory", 1, true), { notes, all })
end

-- With RETAKE_SIMULATOR alone: no key, and no base_url.
function modes.try()
  plugin.setup { image = { model = "runway/gen4_image", ratio = "1920:1080" }, client = {} }
  vim.env.RETAKE_SIMULATOR = vim.env.RETAKE_BASE_URL
  edit("try.md", { "" })
  vim.cmd "Retake image a boat for nothing"
  wait("its record is apart", function() return #vim.fn.glob(vim.fn.stdpath "data" .. "/retake/jobs/simulator/*.json", true, true) == 1 end)
  wait("a picture comes without a key", function() return noted "a%-boat%-for%-nothing.* is here" end)
  vim.cmd "checkhealth retake"
  see("and health says why", lines():find "played by the simulator at http://127.0.0.1:%d+: nothing is paid" ~= nil, lines())
end

function modes.gone()
  edit("other.md", { "Soon to be deleted." })
  vim.cmd "Retake image a paper boat"
  edit("kept.md", { "" })
  vim.cmd "bdelete! other.md"
  wait("a buffer that is gone is told", function() return noted "its place is gone" end)
  see("nothing was put elsewhere", lines() == "", lines())
  local id = noted("gone").text:match ":RetakeInsert (%x+)"
  vim.cmd("RetakeInsert " .. id)
  see("the link can be had all the same", lines():find("![a paper boat](", 1, true) ~= nil, lines())

  edit("fixed.md", { "Not to be changed." })
  vim.cmd "Retake image a fixed boat"
  vim.bo.modifiable = false
  wait("a buffer that must not be changed is told", function() return noted "a fixed boat: its place is gone" end)
  see("and is left alone", lines() == "Not to be changed.", lines())
end

function modes.fail()
  edit("story.md", { "" })
  vim.cmd "Retake image a naughty boat"
  wait("a refusal is told", function() return noted "naughty" end)
  see("as an error, in words, on one line", noted("naughty").level == vim.log.levels.ERROR
    and noted("naughty").text == "retake: a naughty boat: moderation refused it", noted("naughty").text)
  vim.cmd "RetakeJobs"
  see("in the list too", lines():find "failed%s+image%s+a naughty boat: moderation refused it$" ~= nil, lines())
  keys "G<CR>"
  local story = lines()
  see("where its story is to be had", story:find "The job failed" and story:find "Next: Change" and story:find "Cost:", story)
  see("in words that the plugin has something for", not story:find "client:" and not story:find "bundle" and not story:find "retake check", story)
  see("and all of it is seen", vim.api.nvim_win_get_height(0) >= math.min(vim.api.nvim_buf_line_count(0), math.floor(vim.o.lines / 2)), story)
  keys "<CR>"
  see("until it is put away", vim.api.nvim_buf_line_count(0) == 3, lines())
  keys "q"
  see("the text is as it was", lines() == "", lines())
  vim.cmd "Retake sculpture a boat"
  see("another kind is told", noted ":Retake image, or :Retake video" ~= nil)
  vim.cmd "Retake image"
  see("a missing prompt is told", noted "what is to be seen" ~= nil)
  vim.cmd "RetakeCancel"
  see("nothing to cancel is told", noted "no job is running" ~= nil)
  plugin.setup { image = { model = "nowhere/model" } }
  vim.cmd "Retake image a boat"
  wait("a model of nobody's is told", function() return noted "a boat: there is no such model" end)
  see("an unknown option is refused", not pcall(plugin.setup, { pictures = "x" }))
end

function modes.cancel()
  edit("story.md", { "" })
  vim.cmd "Retake image a boat for ever"
  vim.cmd "Retake image another boat for ever"
  wait("two are running", function() return plugin.entries[1].job.task_id and plugin.entries[2].job.task_id end)
  see("the statusline counts them", plugin.statusline() == "retake: 2 jobs", plugin.statusline())
  vim.cmd "RetakeJobs"
  see("a line each, seen whole or not", not vim.wo.wrap and vim.api.nvim_win_get_height(0) >= vim.api.nvim_buf_line_count(0))
  see("they are listed", lines():find "[%w%%]+%s+image%s+a boat for ever" and lines():find "another boat for ever", lines())
  local ids = vim.fn.getcompletion("RetakeCancel ", "cmdline")
  see("their ids are completed", #ids == 2 and plugin.entries[1].id:sub(1, 8) == ids[1], ids)
  vim.cmd "RetakeCancel"
  see("which of them is asked", noted "which of the 2" ~= nil)
  vim.cmd("RetakeCancel " .. ids[1])
  wait("one is cancelled", function() return noted "a boat for ever was cancelled" end)
  vim.api.nvim_win_set_cursor(0, { 4, 0 })
  vim.api.nvim_feedkeys("x", "xt", false)
  wait("and the other one in the list", function() return noted "another boat for ever was cancelled" end)
  wait("which says so", function() return select(2, lines():gsub("cancelled%s+image", "")) == 2 and not lines():find "local%." end)
  vim.api.nvim_feedkeys("q", "xt", false)
  see("the list is closed", vim.api.nvim_buf_get_name(0):find "story.md$" ~= nil)
end

function modes.leave()
  edit("left.md", { "Here: ", "and there: " })
  vim.cmd "silent write"
  vim.api.nvim_win_set_cursor(0, { 1, 5 })
  vim.cmd "normal! $"
  vim.cmd "Retake image the first boat"
  vim.cmd "normal! j$"
  vim.cmd "Retake image the second boat"
  vim.cmd "Retake image the third boat"
  wait("three are submitted", function()
    for number = 1, 3 do
      if not plugin.entries[number].job.task_id then return false end
    end
    return true
  end)
end

function modes.crash()
  modes.leave()
  see("no other Neovim would take them", not require("retake_nvim.journal").waiting())
  vim.loop.kill(vim.fn.getpid(), 9)
end

function modes.next()
  wait("the next Neovim takes them up", function() return noted "going on with 3" end)
  wait("and they end", function()
    return noted "the first boat" and noted "the second boat" and noted "the third boat" and plugin.statusline() == ""
  end)
  see("where the line is as it was the link comes to its place", lines():find "^Here: !%[the first boat%]%([^)]+%)\nand there, changed: $" ~= nil, lines())
  see("elsewhere it is told", noted "the second boat: its place is gone" ~= nil and noted "the third boat: its place is gone" ~= nil)
end

function modes.health()
  vim.cmd "checkhealth retake"
  io.stdout:write(lines(), "\n")
  vim.cmd "help retake-commands"
  see("there is help", vim.bo.filetype == "help" and lines():find(":RetakeCancel", 1, true) ~= nil)
  see("for each command", pcall(vim.cmd, "help :RetakeInsert") and pcall(vim.cmd, "help :Retake") and pcall(vim.cmd, "help :RetakeJobs"))
end

local mode = vim.env.RETAKE_MODE
local function run()
  local ok, trouble = xpcall(modes[mode], debug.traceback)
  if not ok then see("the run itself", false, trouble) end
  vim.cmd "qall!"
end

vim.api.nvim_create_autocmd("VimEnter", { callback = function() vim.schedule(run) end })
