--- Writes what is made from the code into the files that show it: the taxonomy and the exit codes in README.md, the classes in
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
