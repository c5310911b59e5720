---@meta retake
-- luacheck: ignore
-- Types of retake's public face, for lua-language-server: add this folder to `workspace.library`.
-- Times are seconds, sizes are bytes, credits are the provider's.

---@class retake
---@field _VERSION string
local retake = {}

-- classes:begin (written by tools/docs.lua)
---@alias retake.class
---| "content.input"
---| "content.output"
---| "request.invalid"
---| "request.too_large"
---| "model.unavailable"
---| "asset.invalid_uri"
---| "asset.insecure_url"
---| "asset.ip_address"
---| "asset.blocked_address"
---| "asset.unreachable"
---| "asset.bad_status"
---| "asset.timeout"
---| "asset.media_type"
---| "asset.no_length"
---| "asset.too_large"
---| "asset.dimensions"
---| "asset.aspect_ratio"
---| "asset.duration"
---| "asset.mismatch"
---| "asset.corrupt"
---| "asset.invalid"
---| "account.unauthorized"
---| "account.forbidden"
---| "account.suspended"
---| "account.credits"
---| "account.quota"
---| "limit.rate"
---| "provider.capacity"
---| "provider.internal"
---| "provider.unavailable"
---| "provider.timeout"
---| "provider.upstream"
---| "generation.failed"
---| "task.not_found"
---| "task.cancelled"
---| "task.duplicate"
---| "submit.unknown"
---| "network.resolve"
---| "network.connect"
---| "network.tls"
---| "network.timeout"
---| "network.interrupted"
---| "network.protocol"
---| "local.deadline"
---| "local.budget"
---| "local.cancelled"
---| "local.refused"
---| "local.storage"
---| "unknown"

---@alias retake.family retake.class
---| "content"
---| "request"
---| "model"
---| "asset"
---| "account"
---| "limit"
---| "provider"
---| "generation"
---| "task"
---| "submit"
---| "network"
---| "local"
-- classes:end

---@alias retake.operation "submit"|"poll"|"cancel"|"upload"|"download"|"asset"|"websocket"
---@alias retake.category "person"|"celebrity"|"copyright"|"adult"|"violence"|"minor"|"general"
---@alias retake.source string|{ bytes: string, media_type: string? }|{ uri: string, tag: string? } a path, an https URL, a data URI, a provider's id, or bytes

---@class retake.request
---@field model string "provider/model"
---@field prompt string?
---@field negative_prompt string?
---@field image retake.source?
---@field images retake.source[]?
---@field last_image retake.source?
---@field video retake.source?
---@field audio retake.source?
---@field ratio string? such as "1280:720"
---@field width number? pixels
---@field height number? pixels
---@field duration number? seconds
---@field seed number?
---@field count number? outputs
---@field extra table? the provider's own fields, sent as they are
---@field save string? path for the output; further outputs get -2, -3 and so on before the extension
---@field deadline number? seconds for this job
---@field max_credits number? for this job
---@field max_attempts integer? for this job
---@field rehearse (retake.class|retake.rehearsed)[]? failures to take the job through; nothing is sent or spent

---@class retake.provider_options
---@field key string? default: the provider's environment variable (RUNWAYML_API_SECRET)
---@field base_url string? https; plain http to this machine only
---@field upload_url string? where files go, for a provider that has a host of its own for them
---@field headers table<string, string>?
---@field concurrency integer? tasks at once; more jobs wait their turn
---@field model_concurrency table<string, integer>? tasks at once of single models
---@field queue integer? jobs that may wait for a place at once, default 100000; more fail with limit.rate, unsent
---@field account string? default: the provider's name; what stops one provider of an account stops all that name it
---@field status_page string? address of the provider's status as JSON: while it tells of an outage one failure opens a circuit
---@field timeout { connect: number?, first_byte: number?, idle: number?, total: number? }? seconds; default 10, 60, 30, 300
---@field ca_file string?
---@field proxy string?

---@class retake.client_options
---@field providers table<string, retake.provider_options>?
---@field policy retake.policy_like? default: policy.standard()
---@field host "blocking"|"frame"|"virtual"|"luv"|"cqueues"|"copas"|"openresty"|retake.host? default: found by itself
---@field journal retake.journal? default: journal.memory()
---@field deadline number? seconds for each job, default 3600
---@field max_credits number? for each job, default none
---@field max_attempts integer? submissions of each job, default 12
---@field reroute_refused boolean? refused content may go unchanged to another provider
---@field accept_double_charge boolean? a submission of unknown outcome may be sent again
---@field inspect_urls boolean? ask for the URLs of assets as the provider would, before anything is paid; by default where it is no stand-in here
---@field allow_addresses string[]? addresses and networks that such a look may connect to although nobody's asset is there
---@field refusals { run: integer?, pause: number?, longest: number? }|false|nil refusals of content in a row that pause an account, and seconds; 10, 600, 3600
---@field on_event fun(event: retake.event, job: retake.job)?
---@field on_span fun(span: retake.span)? gets the spans of calls as they end, and of attempts and the job when the job is over
---@field on_error fun(message: string)? gets the errors of callbacks and policies; default: step throws those of callbacks, and those of policies stand in their jobs' faults only
---@field concurrency integer? transfers at once, default 64
---@field circuit retake.circuit_options|false|nil when submissions are kept back; false: never

---@class retake.circuit_options
---@field window number? seconds over which the share of failures is taken, default 30
---@field share number? of failures that opens a circuit, default 0.5
---@field calls integer? at least so many calls for that, default 5
---@field in_a_row integer? failures in a row that open it, default 5
---@field open number? seconds it stays open at first, default 5; twice as long after each probe that fails
---@field longest number? seconds it stays open at most, default 60
---@field lease number? seconds after which a probe of which nothing is heard no longer keeps others waiting, default 300

---@class retake.host
---@field now fun(): number seconds since 1970
---@field sleep fun(seconds: number)
---@field wait fun(engine: userdata, seconds: number)
---@field spawn fun(fn: function)
---@field driven boolean? its own loop calls client:step()
---@field name string?
---@field attach fun(client: retake.client, level: integer)? a client was made on this host; level: its maker's, for error positions
---@field stirred fun(client: retake.client)? what is due has changed: after each step, and where a job was started or cancelled outside one
---@field detach fun(client: retake.client)? a client is about to be closed, and its descriptor with it
---@field park (fun(): { sleep: function, wake: function }?)? how the caller waits; nil: in wait

---@class retake.journal
---@field put fun(self: retake.journal, record: table): boolean?, string?
---@field get fun(self: retake.journal, id: string): table?
---@field remove fun(self: retake.journal, id: string): boolean?
---@field each fun(self: retake.journal): function, any, any
---@field put_refusal (fun(self: retake.journal, refusal: retake.refusal): boolean?, string?)? with the two others: refusals outlive the process
---@field remove_refusal (fun(self: retake.journal, provider: string, fingerprint: string): boolean?)?
---@field each_refusal (fun(self: retake.journal): fun(): retake.refusal?)?

---Refused content, by its fingerprint.
---@class retake.refusal
---@field provider string
---@field fingerprint string 64 hex digits
---@field at number seconds since 1970
---@field class retake.class
---@field category retake.category?
---@field model string?

---A failure to be rehearsed.
---@class retake.rehearsed
---@field class retake.class
---@field retry_after number? seconds that the provider asks to wait
---@field after number? seconds that the attempt runs before it fails
---@field category retake.category? of refused content

---What came of a rehearsal; tostring gives its ledger.
---@class retake.rehearsal
---@field attempts retake.attempt[]
---@field result retake.result?
---@field fault retake.fault?
---@field events retake.event[]
---@field errors string[] the policy's mistakes
---@field steps { class: retake.class, met: boolean, found: retake.class?, provider: string?, model: string? }[]
---@field unmet retake.class[] those the job never came to
---@field sent { provider: string, model: string, request: retake.request, path: string, body: any }[] each submission as it would have gone out
---@field seconds number on the rehearsal's own clock
---@field job retake.job

---Beside these fields each event has its own:
--- inspected: field, report. uploaded: uri. submitting: provider, model, attempt. submitted: task_id, provider, model.
--- recovering: resends, message. progress: status, state, progress, task_id. poll_failed: class, failures (in a row).
--- fault: fault, class, code, message, operation, provider, model, fingerprint (of refused content).
--- decision: decision, delay, model, why, class. gate: rule, decision, delay, model. asking: class, timeout. answered: late, decision.
--- skipped: model, reason. fallback: from, to. translated: model, changes (field, from, to, why, text).
--- partial: succeeded, failed (how many). refreshed: outputs. saved: path, size. journal_failed: message.
--- paused: provider, account, reason, seconds, and of a warning: warning, refusals. circuit: provider, model, account, scope, state, seconds, reason.
--- succeeded: outputs. failed: class, message.
---@class retake.event
---@field event "inspected"|"uploaded"|"submitting"|"submitted"|"recovering"|"progress"|"poll_failed"|"fault"|"decision"|"gate"|"asking"|"answered"|"skipped"|"fallback"|"translated"|"partial"|"refreshed"|"saved"|"journal_failed"|"paused"|"circuit"|"succeeded"|"failed"
---@field job string
---@field at number seconds since 1970

---@class retake.attempt
---@field provider string
---@field model string
---@field operation retake.operation
---@field class retake.class?
---@field code string? the provider's own
---@field message string?
---@field effect "none"|"unknown"|"accepted"|"finished"
---@field billed "no"|"yes"|"unknown"
---@field credits number?
---@field estimate number? credits
---@field task_id string?
---@field request_id string?
---@field decision string?
---@field delay number? seconds
---@field why string?
---@field changes string[]? what the request had that the script did not ask for, such as "duration 10 became 8 (runway/veo3.1_fast takes 4, 6, 8)"
---@field skipped { model: string, reason: string }[]? models that could not serve the request when it was decided what comes next
---@field fingerprint string? of content that was refused
---@field sent false? nothing of it was sent
---@field flag string? what does not agree: words that call a failure refunded, and a cost that does not
---@field turned_away integer? how often the job was kept back here, without anything being sent
---@field started_at number
---@field ended_at number?

---@class retake.fault : userdata
---@field class retake.class
---@field retry "wait"|"change"|"poll"|"never"
---@field blame "content"|"request"|"asset"|"account"|"model"|"provider"|"network"|"caller"
---@field elsewhere "any"|"provider"|"no"
---@field floor number seconds
---@field resends integer
---@field message string?
---@field code string? the provider's own
---@field field string? of the request
---@field category retake.category?
---@field status integer? HTTP
---@field retry_after number? seconds
---@field effect "none"|"unknown"|"accepted"|"finished" what the failed call may have done
---@field billed "no"|"yes"|"unknown"
---@field credits number?
---@field task_id string?
---@field request_id string?
---@field provider string?
---@field model string?
---@field operation retake.operation?
---@field hint string?
---@field attempts retake.attempt[]? of a job's final fault
local fault = {}

---@param family retake.family
---@return boolean
function fault:is(family) end

---Several lines for a person.
---@return string
function fault:explain() end

---@return table
function fault:totable() end

---@class retake.decision
---@field kind "retry"|"revise"|"fallback"|"resume"|"give_up"
---@field delay number? seconds
---@field why string?
---@field changes table?
---@field model string?
---@field last_resort boolean? for want of a better: a chain asks on

---@alias retake.policy_function fun(fault: retake.fault, job: retake.job): retake.decision?
---@alias retake.policy_like retake.policy_function|retake.decision

---@class retake.result
---@field outputs string[] URLs
---@field files string[] paths, where saved
---@field failures retake.fault[] of several results, those that failed while others succeeded
---@field model string "provider/model"
---@field credits number?
---@field task_id string?
---@field attempts retake.attempt[]
---@field job retake.job
local result = {}

---@param path string
---@return string[]? files
---@return retake.fault? fault
function result:save(path) end

---@class retake.job
---@field id string
---@field state string
---@field done boolean
---@field request retake.request a copy
---@field attempts retake.attempt[]
---@field tries integer
---@field provider string
---@field model string
---@field progress number? 0 to 1
---@field status string? the provider's own word
---@field task_id string?
---@field outputs string[]? URLs, once there are any: a paid output that could not be saved is still there
---@field fingerprint string? of what moderation sees of the request
---@field fault retake.fault?
---@field home string? the model that was asked for, once the job has left it
---@field age number seconds since its start
---@field spent number credits, as far as is known
---@field submissions integer
local job = {}

---The record as it is now: plain data for JSON, from which client:adopt goes on, in another process too.
---@return table
function job:record() end

---Does what is due in the whole client, and never waits.
---@param budget number? as for client:step
---@return boolean done
function job:step(budget) end

---@param name string "event" for all, or an event's name
---@param fn fun(event: retake.event, job: retake.job)
---@return retake.job
function job:on(name, fn) end

---@return retake.result? result
---@return retake.fault? fault
function job:await() end

---@return boolean cancelled
function job:cancel() end

---@return retake.result?
function job:result() end

---@param model string
---@return boolean
function job:tried(model) end

---@param class retake.class
---@return integer
function job:resends(class) end

---@param what string "retry", "revise", or a model
---@return string? rule
function job:refused(what) end

---Seconds until the model's circuit lets a submission pass; nil where it does now.
---@param model string "provider/model"
---@return number? seconds
function job:closed_for(model) end

---What failed, what was done about it, what it cost and what to do next, for a person; while the job runs too.
---@return string
function job:explain() end

---What the provider's support asks for. key: a fingerprint of the key, never the key.
---@param options { prompt: boolean?, sources: boolean?, key: boolean? }?
---@return retake.support_bundle
function job:support_bundle(options) end

---@class retake.support_bundle
---@field job string?
---@field state string?
---@field model string?
---@field input table? type, operation, assets, parameters, extra; prompt where it was asked for
---@field failure table?
---@field models { model: string, attempts: integer, succeeded: integer, failed: integer, changed: integer, failures: table[], verdict: string }[]
---  verdict: "consistent", "varying", "intermittent", "unknown" or "none"
---@field ids { tasks: string[], requests: string[] }
---@field cost string
---@field attempts table[]
local support_bundle = {}

---@return string
function support_bundle:markdown() end

---@return string
function support_bundle:json() end

---@class retake.span
---@field trace_id string 32 hex digits
---@field span_id string 16 hex digits
---@field parent_span_id string?
---@field name string
---@field kind "INTERNAL"|"CLIENT"
---@field start_time number seconds since 1970
---@field end_time number
---@field attributes table<string, string|number|boolean> error.type is the class, on failures only
---@field events { name: string, time: number, attributes: table }[]
---@field status { code: "OK"|"ERROR", message: string? }

---@class retake.client
local client = {}

---With `rehearse` the job is over at once: its ledger and a retake.rehearsal are returned instead.
---@param request retake.request
---@return retake.job
function client:start(request) end

---Lets content be sent again that was refused and that a person has cleared.
---@param fingerprint string
---@param provider string? default: every provider that has refused it
---@return boolean known
function client:unblock(fingerprint, provider) end

---Ends the pause of an account after a run of refusals.
---@param provider string
---@return boolean resumed
function client:unpause(provider) end

---@param record table
---@return retake.job
function client:adopt(record) end

---@param id string
---@return retake.job?
function client:find(id) end

---@param id string
---@return retake.job?
function client:resume(id) end

---Does what is due, and never waits.
---@param budget number? seconds, after which nothing more is begun and no further callback called: what is left over comes first in the next step
---@return integer running jobs that are not over, or whose callbacks have not all been called
function client:step(budget) end

---@param seconds number? at most
---@return integer running
function client:wait(seconds) end

function client:run() end

---In a policy or another flow of the client.
---@param seconds number
function client:sleep(seconds) end

---@return number? seconds
function client:timeout() end

---@return integer
function client:pollfd() end

---@return string
function client:events() end

---@class retake.health
---@field state "closed"|"open"|"half_open" of the model, its provider and its account together
---@field next_try number? seconds until submissions are let pass again, where they are kept back
---@field reason string?
---@field class retake.class? of what keeps them back
---@field provider "closed"|"open"|"half_open"
---@field account "closed"|"open"|"half_open"
---@field succeeded integer
---@field failed integer
---@field in_a_row integer failures since the last success
---@field classes table<retake.class, integer>
---@field succeeded_at number?
---@field failed_at number?
---@field page { indicator: string, description: string?, at: number }? what the provider's status page said

---How each model has been doing for this client, and whether submissions to it are let pass, by "provider/model".
---@return table<string, retake.health>
function client:health() end

---Keeps submissions back by hand ("open"), lets them pass whatever happens ("closed"), or goes by what happens, afresh ("auto").
---@param name string "provider" or "provider/model"
---@param state "open"|"closed"|"auto"
function client:set_health(name, state) end

---What was counted and how things stand, in Prometheus' text form.
---@return string
function client:metrics() end

---What the provider says of the account; blocks as await does.
---@param provider string
---@return { credits: number?, models: table, usage: table }? account
---@return retake.fault? fault
function client:account(provider) end

---A call of the script's own over HTTP, to a service that its policy asks, say: the job waits for the answer, and nothing else does.
---@param call retake.call
---@return retake.answer? answer with a status from 200 to 299
---@return retake.fault? fault
function client:fetch(call) end

function client:close() end

---@class retake.call
---@field url string https; plain http to this machine only
---@field method string? default: GET, or POST where there is a body
---@field headers table<string, string>?
---@field body string|table|nil a table is sent as JSON
---@field timeout number? seconds in all, default 60, and never longer than the job has left
---@field ca_file string?
---@field proxy string?

---@class retake.answer
---@field status integer
---@field headers table<string, string> names in lower case
---@field body string
---@field json table? the body decoded, where it is an object or a list

---@class retake.step
---@field check string
---@field outcome "pass"|"fail"|"warn"|"skip"
---@field detail string
---@field seen string? the header or status line that was refused, as it came

---@class retake.asset_response what a URL's server answered
---@field status integer
---@field http_version string
---@field content_type string?
---@field content_length number?
---@field location string? without its query
---@field server_refuses_head boolean?
---@field server_refuses_range boolean?

---@class retake.inspect_target
---@field provider string?
---@field model string? "provider/model", or beside provider the model alone
---@field field string? the request's or the provider's own; image where none is given
---@field ratio string? as asked for in the request
---@field fetch boolean? false: of a URL only the text is looked at
---@field client retake.client? whose connections are used
---@field allow_addresses string[]? addresses and networks that may be fetched from although they are not the whole internet's
---@field ca_file string?
---@field on_request fun(call: table, outcome: table)? is told each request for a URL (method, user_agent, range) and what came of it (kind,
---  status, http_version, headers, body, elapsed)

---@class retake.report
---@field ok boolean
---@field faults retake.fault[] worst first
---@field steps retake.step[]
---@field media_type string?
---@field kind "image"|"video"|"audio"|nil
---@field size number? bytes
---@field width number? pixels, as shown
---@field height number? pixels, as shown
---@field orientation integer?
---@field animated boolean?
---@field duration number? seconds
---@field codec string? the pictures' where there are any, else the sound's
---@field response retake.asset_response? of a URL that was fetched
---@field delivery "data_uri"|"upload"|"as_is"|nil

---@param options retake.client_options?
---@return retake.client
function retake.client(options) end

---One job from start to end, blocking.
---@param request retake.request
---@return retake.result? result
---@return retake.fault? fault
function retake.generate(request) end

---@param evidence { provider: string?, operation: retake.operation?, status: integer?, headers: table?, body: string|table|nil, transport: string|table|nil, model: string?, task_id: string? }
---@return retake.fault? fault nil where the evidence shows no failure
function retake.classify(evidence) end

---@param source retake.source
---@param target retake.inspect_target?
---@return retake.report
function retake.inspect(source, target) end

---The models that are known: what they take is checked before anything is sent. Others are sent as they are.
---@param provider string? none: all that come with retake
---@return { model: string, does: string[] }[]
function retake.models(provider) end

---@param what retake.fault|retake.family|string a fault, a class, a family, or a provider's code
---@param provider string?
---@return string?
function retake.explain(what, provider) end

---@class retake.policy
local policy = {}
retake.policy = policy

---@param delay number? seconds
---@param why string?
---@return retake.decision
function policy.retry(delay, why) end

---@param changes table request fields; a function gets the old value and returns the new one
---@param delay number?
---@return retake.decision
function policy.revise(changes, delay) end

---@param delay number?
---@return retake.decision
function policy.resume(delay) end

---@param why string?
---@return retake.decision
function policy.give_up(why) end

---@param value any
---@return boolean
function policy.is_decision(value) end

---@param policies retake.policy_like[]
---@return retake.policy_function
function policy.chain(policies) end

---@param what retake.family|retake.family[]|fun(fault: retake.fault, job: retake.job): boolean
---@param then_ask retake.policy_like
---@return retake.policy_function
function policy.on(what, then_ask) end

---@param options { tries: integer?, base: number?, cap: number?, within: number? }?
---@return retake.policy_function
function policy.backoff(options) end

---With one model: the decision to take the request there. With a list: a policy that goes to the first of them the job has not been to.
---@overload fun(models: (string|table)[]): retake.policy_function
---@param model string "provider/model"
---@param changes table? request fields that differ there
---@return retake.decision
function policy.fallback(model, changes) end

---@param question fun(fault: retake.fault, job: retake.job, answer: fun(decision: retake.decision?): boolean): retake.decision?
---@param options { timeout: number?, otherwise: retake.policy_like? }?
---@return retake.policy_function
function policy.ask(question, options) end

---@param seconds number
---@param then_ask retake.policy_like
---@return retake.policy_function
function policy.only_if_fast(seconds, then_ask) end

---@param limits { tries: integer?, seconds: number?, credits: number? }
---@param then_ask retake.policy_like
---@return retake.policy_function
function policy.limit(limits, then_ask) end

---@param options { tries: integer?, base: number?, cap: number?, within: number?, fallback: string|(string|table)[]? }?
---@return retake.policy_function
function policy.standard(options) end

---What a policy answers, found without asking it.
---@param asked retake.policy_like
---@return { unanswered: retake.class[], perhaps: retake.class[], answered: retake.class[], idle: string[], undefined: string[] }
function policy.check(asked) end

---@class retake.provider_module
---@field built_in string[]
retake.provider = {}

---With `like` it is another account of a provider that is there: { name = "runway_b", like = "runway", key_variable = "..." }.
---@param definition table
---@return table
function retake.provider.define(definition) end

---The name of the provider behind a name: the same for all its accounts.
---@param name string
---@return string
function retake.provider.service(name) end

---@param name string
---@return table?
function retake.provider.get(name) end

---@param model string
---@return string? provider
---@return string? model
function retake.provider.split(model) end

retake.host = {}

---@param name string|retake.host
---@return retake.host
function retake.host.get(name) end

---@return retake.host
function retake.host.detect() end

retake.journal = {}

---@return retake.journal
function retake.journal.memory() end

return retake
