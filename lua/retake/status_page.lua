--- A provider's public status page, as one more signal: what it says of an outage makes a circuit open at the next failure already. It never
--- keeps anything back by itself, since such pages are late in both directions.
local classify = require "retake.classify"
local http = require "retake.http"

local M = {}

-- Seconds for which what was read holds, and for which the page is not asked again.
local FRESH = 60
local PATIENCE = 10

local outage = { major = true, critical = true, major_outage = true, partial_outage = true }

--- What a page says, in the form most of them have: { "status": { "indicator": "none|minor|major|critical", "description": "..." } }.
---@param body string|nil
---@return { indicator: string, description: string|nil, outage: boolean }|nil says nil where it cannot be read
function M.read(body)
  local decoded = classify.decode(body)
  local status = type(decoded) == "table" and decoded.status
  if type(status) ~= "table" or type(status.indicator) ~= "string" then return nil end
  return { indicator = status.indicator, description = type(status.description) == "string" and status.description or nil,
    outage = outage[status.indicator] == true }
end

-- Without credentials: the page belongs to another host.
local function ask(client, settings)
  local outcome = http.transfer(client, { method = "GET", url = settings.status_page, headers = { "Accept: application/json" }, redirects = 3,
    timeout = http.timeout(settings, PATIENCE), ca_file = settings.ca_file, proxy = settings.proxy, user_agent = "retake (Lua)" })
  return outcome.kind == "response" and outcome.status == 200 and M.read(outcome.body) or nil
end

--- Reads the page in a flow of its own, where the client was given one and it was not read lately.
---@param client table
---@param provider table the provider's entry of health, whose `page` is set
function M.refresh(client, provider)
  local _, settings = client:provider(provider.name)
  local now = client.host.now()
  if not settings or not settings.status_page or now < (provider.page_due or 0) then return end
  provider.page_due = now + FRESH
  client:spawn(function()
    local page = ask(client, settings)
    if page then page.at = client.host.now() end
    provider.page = page
  end)
end

--- Whether the page tells of an outage.
---@param provider table
---@param now number
---@return boolean
function M.tells_outage(provider, now)
  return provider.page ~= nil and provider.page.outage and now < provider.page.at + FRESH
end

return M
