--- Clients that nobody closes, each forgotten after its job: prints how many are left, and how many descriptors more than at first.
-- usage: lua spec/hosts/forgotten.lua BASE_URL
local uv = require "luv"
local retake = require "retake"

local CLIENTS = 10

local function descriptors()
  local count, list = 0, assert(uv.fs_scandir "/proc/self/fd")
  while uv.fs_scandir_next(list) do count = count + 1 end
  return count
end

uv.run() -- the loop has its own
local clients, at_first = setmetatable({}, { __mode = "k" }), descriptors()
for _ = 1, CLIENTS do
  local client = retake.client { providers = { runway = { key = "key_forgotten", base_url = arg[1] } } }
  clients[client] = true
  client:start { model = "runway/gen4.5", prompt = "a paper boat", ratio = "1280:720", duration = 5 }
end
uv.run()
for _ = 1, 3 do collectgarbage() end
local left = 0
for _ in pairs(clients) do left = left + 1 end
print(("%d left, %d descriptors"):format(left, descriptors() - at_first))
