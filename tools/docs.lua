--- Writes what is made from the code into the files that show it: the taxonomy, the standard policy and the exit codes in README.md, the classes in
-- types/retake.lua. With --check it only says whether they are as they should be.
--   lua5.4 tools/docs.lua [--check]
local core = require "retake.core"
local exit_codes = require "retake.cli.exit_codes"

local function classes_table()
  local lines = {
    "| class | same request | at fault | elsewhere | floor, s | resends | meaning |", "|---|---|---|---|---:|---:|---|",
  }
  for _, info in ipairs(core.classes()) do
    lines[#lines + 1] = ("| `%s` | %s | %s | %s | %s | %d | %s |"):format(info.class, info.retry, info.blame, info.elsewhere,
      info.floor > 0 and ("%g"):format(info.floor) or "", info.resends, info.meaning)
  end
  return table.concat(lines, "\n")
end

-- A job as the standard policy sees it, at its first model.
local function stand_in()
  local job = { tries = 0, attempts = {}, provider = "runway", model = "gen4_turbo", gone = {} }
  function job:resends() return self.tries end
  function job.left() return math.huge end
  function job.closed_for() end
  function job.refused() end
  function job:tried(model) return self.gone[model] end
  return job
end

local function times(count)
  return count == 1 and "once" or count == 2 and "twice" or ("up to %d times"):format(count)
end

-- What a policy does about a class, step by step, as words: asked again and again until it has nothing more to say.
local function behaviour(policy, class)
  local fault, job, words, retries = core.fault { class = class, provider = "runway" }, stand_in(), {}, 0
  local function flush()
    if retries > 0 then words[#words + 1] = ("sends it again, %s"):format(times(retries)) end
    retries = 0
  end
  for _ = 1, 20 do
    local decision = policy(fault, job)
    if not decision then break end
    if decision.kind == "retry" then
      retries, job.tries = retries + 1, job.tries + 1
    else
      flush()
      words[#words + 1] = decision.model:find "^runway/" and "the next model" or "the next model of another provider"
      for _, model in ipairs { "runway/next", "runware/next" } do job.gone[model] = true end
    end
  end
  flush()
  return #words > 0 and table.concat(words, ", then ") or "gives up"
end

local function standard_table()
  local policy = require "retake.policy"
  local alone, others = policy.standard(), policy.standard { fallback = { "runway/next", "runware/next" } }
  local rows, order = {}, {}
  for _, info in ipairs(core.classes()) do
    if not info.class:find "^local%." or info.class == "local.storage" then
      local does = ("| %s | %s |"):format(behaviour(alone, info.class), behaviour(others, info.class))
      if not rows[does] then
        rows[does] = {}
        order[#order + 1] = does
      end
      table.insert(rows[does], ("`%s`"):format(info.class))
    end
  end
  local lines = { "| class | `standard()` | `standard { fallback = { ... } }` |", "|---|---|---|" }
  for _, does in ipairs(order) do lines[#lines + 1] = ("| %s %s"):format(table.concat(rows[does], " "), does) end
  return table.concat(lines, "\n")
end

local function exit_table()
  local lines = { "| code | family | meaning |", "|---:|---|---|" }
  for _, row in ipairs(exit_codes.rows()) do
    lines[#lines + 1] = ("| %d | %s | %s |"):format(row.code, row.family and "`" .. row.family .. "`" or "", row.meaning)
  end
  return table.concat(lines, "\n")
end

local function aliases()
  local lines, families, seen = { "---@alias retake.class" }, { "---@alias retake.family retake.class" }, {}
  for _, info in ipairs(core.classes()) do
    lines[#lines + 1] = ('---| "%s"'):format(info.class)
    local family = info.class:match "^([^.]+)%."
    if family and not seen[family] then
      seen[family] = true
      families[#families + 1] = ('---| "%s"'):format(family)
    end
  end
  return table.concat(lines, "\n") .. "\n\n" .. table.concat(families, "\n")
end

local root = arg[0]:match "^(.*)/tools/[^/]*$" or "."

local sections = {
  { file = "README.md", from = "<!-- classes:begin (written by tools/docs.lua) -->", to = "<!-- classes:end -->", text = classes_table },
  { file = "README.md", from = "<!-- standard:begin (written by tools/docs.lua) -->", to = "<!-- standard:end -->", text = standard_table },
  { file = "README.md", from = "<!-- exit codes:begin (written by tools/docs.lua) -->", to = "<!-- exit codes:end -->", text = exit_table },
  { file = "types/retake.lua", from = "-- classes:begin (written by tools/docs.lua)", to = "-- classes:end", text = aliases },
}

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read "*a"
  file:close()
  return text
end

local check, stale = arg[1] == "--check", 0
for _, section in ipairs(sections) do
  local path = root .. "/" .. section.file
  local text = read(path)
  local _, first = text:find(section.from .. "\n", 1, true)
  local last = first and text:find(section.to, first, true)
  if not last then error(section.file .. " lacks the marks " .. section.from .. " and " .. section.to) end
  local new = text:sub(1, first) .. section.text() .. "\n" .. text:sub(last)
  if new ~= text then
    stale = stale + 1
    if check then
      print(section.file .. " is out of date: run lua5.4 tools/docs.lua")
    else
      local file = assert(io.open(path, "wb"))
      file:write(new)
      file:close()
    end
  end
end
os.exit(check and stale > 0 and 1 or 0)
