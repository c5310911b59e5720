-- The policy of record_spec, for the process that starts the job and for those that adopt it.
return function(policy)
  return policy.chain {
    policy.on("provider.internal", policy.backoff { tries = 1 }),
    policy.fallback { "runway/gen4.5" },
  }
end
