--- Free looks at a provider whose circuit is open. A submission is a dear way to find out whether a provider is back: where it has a call that
-- costs nothing (the account's credits), that one is made every few seconds while jobs wait. While it fails no submission is sent as a probe;
-- as soon as it succeeds again one may go. Where it succeeds all along, the trouble is with submissions alone, and it says nothing.
local http = require "retake.http"

local M = {}

-- Seconds between two looks: a twentieth of the time it has taken so far, within these.
local SOONEST, LATEST = 2.5, 30
-- A look takes no longer than this.
local PATIENCE = 5
-- Where no job was kept back for so long nobody waits, and nothing is asked; sooner where no job runs at all.
local WANTED, WANTED_IDLE = 90, 15

--- Whether the provider has a call that costs nothing, and a key for it.
---@param definition table|nil
---@param settings table|nil
---@return boolean
function M.possible(definition, settings)
  return definition ~= nil and definition.account ~= nil and (not definition.auth or settings.key ~= nil)
end

-- "up", "down", or nothing where the answer is about something else; and the seconds that the provider asks to be left alone.
local function look(client, name)
  local definition = client:provider(name)
  local account = definition.account
  local call = account.encode and account.encode() or account
  local _, fault = http.api(client, { provider = name, operation = "account", method = call.method or account.method, path = call.path,
    body = call.body, left = PATIENCE })
  if not fault then return "up" end
  return (fault.blame == "provider" or fault.blame == "network") and "down" or nil, fault.retry_after
end

local function is_wanted(client, provider)
  return client.host.now() - provider.wanted_at < (client.running > 0 and WANTED or WANTED_IDLE)
end

--- Looks at the provider until it is well, or nobody waits for it any more. Runs in a flow of the client.
---@param client table
---@param provider { name: string, wanted_at: number }
---@param health { in_trouble: function, saw: function }
function M.run(client, provider, health)
  local since = client.host.now()
  while health.in_trouble(provider) and is_wanted(client, provider) do
    local seen, asked = look(client, provider.name)
    local now = client.host.now()
    local wait = math.max(math.min(math.max((now - since) / 20, SOONEST), LATEST), asked or 0)
    if seen then health.saw(provider, seen, now, wait) end
    client:sleep(wait)
  end
end

return M
