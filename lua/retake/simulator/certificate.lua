--- A certificate made on the spot, and the file a client has to trust for it.

local altname = require "openssl.x509.altname"
local bignum = require "openssl.bignum"
local http_tls = require "http.tls"
local name = require "openssl.x509.name"
local pkey = require "openssl.pkey"
local rand = require "openssl.rand"
local x509 = require "openssl.x509"

local M = {}

local function make_certificate(key, is_bad)
  local certificate, subject, names = x509.new(), name.new(), altname.new()
  subject:add("CN", is_bad and "wrong.example" or "localhost")
  if is_bad then
    names:add("DNS", "wrong.example")
  else
    names:add("DNS", "localhost")
    names:add("IP", "127.0.0.1")
  end
  certificate:setVersion(3)
  certificate:setSerial(bignum.fromBinary(rand.bytes(16)))
  certificate:setSubject(subject)
  certificate:setIssuer(subject)
  certificate:setSubjectAlt(names)
  certificate:setLifetime(os.time() - 3600, os.time() + 30 * 86400)
  certificate:setBasicConstraints { CA = true }
  certificate:setBasicConstraintsCritical(true)
  certificate:setPublicKey(key)
  certificate:sign(key)
  return certificate
end

---@param is_bad boolean?  names another host than the one it is served from
---@return table  { context = for lua-http, ca_file = path of the PEM file }
function M.make(is_bad)
  local key = pkey.new { bits = 2048 }
  local certificate = make_certificate(key, is_bad)
  local context = http_tls.new_server_context()
  context:setPrivateKey(key)
  context:setCertificate(certificate)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write(certificate:toPEM())
  file:close()
  return { context = context, ca_file = path }
end

return M
