--- Policies: functions (fault, job) -> decision, and what makes them. One idea a file; this is their public face.
local combine = require "retake.policy.combine"
local conditions = require "retake.policy.conditions"
local decisions = require "retake.policy.decisions"

-- The functions themselves, not wrappers: a mistake is told at the place of whoever calls them.
return {
  retry = decisions.retry,
  revise = decisions.revise,
  resume = decisions.resume,
  give_up = decisions.give_up,
  is_decision = decisions.is_decision,
  chain = combine.chain,
  on = combine.on,
  backoff = require("retake.policy.backoff").backoff,
  fallback = require("retake.policy.fallback").fallback,
  ask = require "retake.policy.ask",
  only_if_fast = conditions.only_if_fast,
  limit = conditions.limit,
  standard = require "retake.policy.standard",
  check = require "retake.policy.check",
}
