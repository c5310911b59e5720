-- url.lua: what the text alone of a URL, or of a provider's id, tells.

local core = require "retake.core"
local reports = require "retake.asset.report"
local words = require "retake.asset.words"

local whole, say = words.whole, words.say
local step, fail = reports.step, reports.fail

local M = {}

local function check_length(report, limits, text, most)
  if not most then return end
  if #text > most then
    fail(report, "length", "asset.invalid_uri", say(limits, "url_chars", whole(most), whole(#text)),
      "Shorten it by " .. whole(#text - most) .. " characters, for example by a shorter signed URL.")
  else
    step(report, "length", "pass", whole(#text) .. " of at most " .. whole(most) .. " characters")
  end
end

local function check_host(report, limits, url, own_network)
  if url.host_kind == "ipv4" or url.host_kind == "ipv6" then
    return fail(report, "host", "asset.ip_address", say(limits, "domain"), "The host is the IP address " .. url.host .. ": use its domain name.")
  end
  -- A name of one label, or one that never leaves the machine or the local network, is a domain to nobody else.
  local host = url.host:gsub("%.$", "")
  local is_own = url.host_kind == "single" or host:find "%.localhost$" or host:find "%.local$" or host:find "%.internal$"
  if is_own and not own_network then
    return fail(report, "host", "asset.ip_address", say(limits, "domain"), url.host .. " is a name that only your own network knows.")
  end
  step(report, "host", "pass", url.host)
end

local PLAIN_PATH = "Give the plain path of the file, without file://."

--- A URL: its length, form, scheme and host.
---@param own_network any? names that only this network knows are fine: its addresses were allowed
---@return table? url as core.url parses it, nil where that cannot be done
function M.check(report, limits, text, own_network)
  check_length(report, limits, text, limits and limits.url_max_chars)
  local url, reason = core.url(text)
  if not url and text:find "^%s*[Ff][Ii][Ll][Ee]:" then -- file:///boat.jpg has no host
    fail(report, "scheme", "asset.insecure_url", say(limits, "insecure_url"), PLAIN_PATH)
    return nil
  end
  if not url then
    fail(report, "url", "asset.invalid_uri", say(limits, "url"), "The URL cannot be parsed: " .. reason .. ".")
    return nil
  end
  if url.scheme ~= "https" then
    local hint = url.scheme == "http" and "Use https://, or give a local file."
      or ("Only https:// is taken, not %s://: give an https URL, signed where the file is private, or a local file."):format(url.scheme)
    if url.scheme == "file" then hint = PLAIN_PATH end
    fail(report, "scheme", "asset.insecure_url", say(limits, "insecure_url"), hint)
  else
    step(report, "scheme", "pass", "https")
  end
  if url.userinfo then
    fail(report, "user information", "asset.invalid_uri", say(limits, "url"), "A URL may not carry a user name or password: use a signed URL.")
  end
  -- of ftp://x or s3://bucket all is said: what stands there is no host that a browser could name
  if url.scheme == "https" or url.scheme == "http" then check_host(report, limits, url, own_network) end
  return url
end

--- An id of the provider's own.
function M.check_id(report, limits, text)
  check_length(report, limits, text, limits and limits.id_max_chars)
  step(report, "content", "skip", "the provider holds this file: it was not looked at")
end

return M
