--- Where an answer says what went wrong, for APIs nobody described: errors in JSON of any of the usual shapes, in text, in pages.
--
-- A *finding* is one error: code, type, message, field. Each table of a body is read once: a key has a role (code, message, ...) whatever
-- its letter case and signs, and a rank where several keys have the same one. Tables that can only be errors ("error", "details") are read
-- whole; others ("data", "output") only where they say that something failed.
local cjson = require "cjson.safe"
local words = require "retake.evidence_words"

local M = {}

local json = cjson.new()

-- Bodies come from outside: how many errors are kept, tables read, items of a list looked at, and how deep it goes, in tables and in JSON
-- inside strings.
local MOST_FINDINGS, MOST_TABLES, MOST_ITEMS, DEEPEST, DEEPEST_TEXT = 32, 128, 32, 12, 4
-- A text that holds JSON is tried only up to this size.
local NESTED_READ = 64 * 1024

local find, sub, lower, gsub, format = string.find, string.sub, string.lower, string.gsub, string.format
local type, next = type, next
local null = cjson.null

---- roles ---------------------------------------------------------------------------------------------------------------------------

local role_of, rank_of = {}, {}

-- "error_code": error_code, errorCode, ErrorCode, errorcode, error-code, ERROR_CODE
local function spellings(name)
  local camel = gsub(name, "_(%l)", string.upper)
  return { name, camel, (gsub(camel, "^%l", string.upper)), (gsub(name, "_", "")), (gsub(name, "_", "-")), string.upper(name) }
end

local function role(slot, names)
  local rank = 0
  for name in names:gmatch "%S+" do
    rank = rank + 1
    for _, spelling in ipairs(spellings(name)) do
      if not role_of[spelling] then role_of[spelling], rank_of[spelling] = slot, rank end
    end
  end
end

role("code", [[code error_code err_code errno failure_code fail_code task_status_code status_code error_no error_id result_code ret_code error_key
  return_code biz_code sub_code failure_reason_code]])
role("type", "__type type error_type err_type exception_type exception_name name kind error_name category_name")
role("message", [[message msg error_message err_msg error_msg errmsg status_msg status_message task_status_msg fail_reason failure_reason
  failure_message fail_msg failed_reason error_description error_detail_message detailed_message task_status_message error_info detail_message
  user_message display_message finish_message block_reason_message status_detail description ret_msg return_msg result_msg text
  localized_message failure fail_message rejection_reason error_reason reason_message error_text]])
role("title", "title")
role("reason", "reason sub_status quota_id quota_limit moderation_reason reason_code status_reason")
role("state", "status state task_status job_status generation_status status_text task_state")
role("field", "param parameter field loc path property field_name parameter_name param_name argument target pointer")
role("retry", [[retry_after retry_after_seconds retry_in retry_delay wait_seconds retry_after_sec retry_after_secs estimated_time
  seconds_until_reset reset_in reset_after wait_time]])
role("retry_ms", "retry_after_ms retry_after_milliseconds retry_delay_ms retry_in_ms reset_after_ms")
role("reset", "reset_at reset_time resets_at rate_limit_reset retry_at next_reset_time quota_reset_time retry_after_time")
role("request_id", "request_id req_id x_request_id log_id trace_id correlation_id support_id")
role("task_id", "task_id task_uuid job_id generation_id prediction_id")
role("success", "success ok succeeded is_success is_ok successful")
role("stage", "moderation_stage moderation_source")
role("finish", "finish_reason finish_reasons stop_reason")
role("blocked", "block_reason")
role("filtered", "rai_media_filtered_reasons rai_filtered_reason rai_filtered_reasons filtered_reasons rai_error_reason safety_violations")
role("made", "generated_samples generated_videos generated_images videos images video_url image_url")
-- Errors, whatever else the table says.
role("error", [[error errors err inner_error error_detail error_details exception fault issues violations field_violations validation_errors
  error_data error_response error_object task_error invalid_params node_errors upstream_error provider_error original_error]])
-- Errors only inside of errors; texts of a failure.
role("detail", [[detail details cause metadata raw body errors_list response_body upstream_body moderation_details reasons additional_info
  extra context source flagged_categories categories response_content error_messages messages causes]])
-- What holds answers of all kinds.
role("inside", [[data result output response resp base_resp response_metadata prompt_feedback candidates choices predictions artifacts
  generate_video_response header meta task task_result results payload generation job tasks task_info video_result extra_info prediction
  sdGenerationJob]])

-- "prompt": ["is required"], the values of a map of fields, may be under any name; these are never the name of a field.
local not_fields = { documentation = true, docs = true, url = true, doc_url = true, help = true, link = true, timestamp = true, stack = true,
  trace = true, prompt = false, domain = true, service = true, consumer = true, ["@type"] = true, input = true, ctx = true, object = true }

local function text(value)
  if type(value) == "string" then
    if value ~= "" then return value end
  elseif type(value) == "number" then return format("%.14g", value) end
end

---- states --------------------------------------------------------------------------------------------------------------------------

local states = {}
for word in ([[failed failure fail error errored faulted crashed dead failedwitherror fatal unsuccessful taskfailed generationfailed failed_final
  processfailed jobfailed invalid]]):gmatch "%S+" do states[word] = "failed" end
-- Words that say why, too: they are kept as a code.
for word in ([[requestmoderated contentmoderated moderated moderationfailed moderationblocked rejected denied blocked nsfw timeout timedout expired
  tasknotfound notfound insufficientcredits insufficientbalance flagged contentfiltered filtered sensitive throttledout
  contentpolicyviolation]]):gmatch "%S+" do states[word] = "named" end
for word in ("cancelled canceled cancelledbyuser usercancelled aborted revoked terminated"):gmatch "%S+" do states[word] = "cancelled" end
for word in ([[success succeeded succeed successful completed complete done ok finished finish ready generated pending queued queueing running
  processing inprogress inqueue started starting submitted created throttled waiting generating preparing initializing accepted uploading
  active scheduled dispatched progress doing partialsuccess]]):gmatch "%S+" do states[word] = "well" end

local squeezed = {} -- states as they come, a few of them
local squeezed_count = 0

local function state_of(value)
  local known = squeezed[value]
  if known ~= nil then return known end
  if #value > 40 then return nil end
  known = states[(gsub(lower(value), "[%s_%-]", ""))] or false
  if squeezed_count < 200 then squeezed[value], squeezed_count = known, squeezed_count + 1 end
  return known
end

local fine_codes = { ["0"] = true, ["200"] = true, ["201"] = true, ["202"] = true, ["204"] = true, ["00000"] = true, ["0000"] = true,
  success = true, ok = true, succeed = true, succeeded = true, ["true"] = true, none = true, no_error = true }

local function is_fine_code(code)
  return fine_codes[code] or fine_codes[lower(code)] or false
end

local function says_success(message)
  if #message >= 40 then return false end
  return find(lower(message), "^succe") ~= nil or find(message, "成功$") ~= nil or lower(message) == "ok"
end

local benign_finish = { stop = true, success = true, succeeded = true, max_tokens = true, length = true, end_turn = true, tool_calls = true,
  eos = true, eos_token = true, complete = true, completed = true, finish_reason_unspecified = true, null = true, none = true, stop_sequence = true,
  block_reason_unspecified = true, tool_use = true, function_call = true, ["true"] = true, normal = true }

-- What is known while one body is read. Reading never yields, so there is one of it.
local tables_read, text_level = 0, 0
local refused, tells_of_task, is_well, finished_well = false, false, false, false
local endings -- findings of how an answer ended, which count only where nothing was made

local function begin(status)
  tables_read, text_level, endings = 0, 0, nil
  refused, tells_of_task, is_well, finished_well = status >= 400, false, false, false
end

---- reading -------------------------------------------------------------------------------------------------------------------------

local read_table

local function read_list(findings, list, depth, erring, origin)
  for index = 1, math.min(#list, MOST_ITEMS) do
    local item = list[index]
    if type(item) == "table" then read_table(findings, item, depth + 1, erring, origin)
    elseif erring and type(item) == "string" and item ~= "" then M.add(findings, { message = item }, depth) end
  end
end

-- The path of a field: "image_urls[0]", from a list of steps; FastAPI's begins with where the parameter stood.
local function path_of(value)
  if type(value) == "table" then
    local path = ""
    for index = 1, math.min(#value, 16) do
      local part = value[index]
      if type(part) == "number" then path = path .. format("[%.14g]", part)
      elseif type(part) == "string" and part ~= "" and not (index == 1 and #value > 1 and (part == "body" or part == "query")) then
        path = path .. ((path == "" or find(part, "^%[")) and "" or ".") .. part
      end
    end
    return path ~= "" and path or nil
  end
  value = text(value)
  if value and #value <= 200 then
    if find(value, "^#?/") then value = gsub(gsub(value, "^#?/", ""), "/", ".") end
    return value ~= "" and value ~= "$" and value or nil
  end
end

-- "https://docs.example/errors/idempotency-conflict", "com.amazonaws.bedrock#ThrottlingException:http://...": the name in it.
local function short_type(name)
  if find(name, "#", 1, true) then name = gsub(gsub(name, "^.*#", ""), ":.*$", "") end
  if find(name, "://", 1, true) then name = gsub(gsub(name, "[/?]+$", ""), "^.*/", "") end
  if find(name, "type.googleapis.com", 1, true) then return nil end
  return name ~= "" and name ~= "about:blank" and name or nil
end

local function decode_nested(said)
  local decoded = json.decode(said)
  if type(decoded) == "table" then return decoded end
  if find(said, '\\"', 1, true) then
    decoded = json.decode((gsub(said, '\\"', '"')))
    if type(decoded) == "table" then return decoded end
  end
end

-- JSON inside a text, or what can be told of it where it is cut short or not quite JSON (Python's way to print it).
local function nested_in(findings, said, depth)
  local from = find(said, "[{%[]%s*[{\"'\\]")
  if not from or text_level >= DEEPEST_TEXT then return end
  text_level = text_level + 1
  local inside = sub(said, from, from + NESTED_READ)
  local last = find(inside, "[}%]][^}%]]*$")
  local decoded = last and decode_nested(sub(inside, 1, last))
  if decoded then read_table(findings, decoded, depth + 1, true)
  else
    inside = sub(inside, 1, 4096)
    local code = inside:match "\\?['\"]code\\?['\"]%s*:%s*\\?['\"]?([%w_%.%-]+)" or inside:match "\\?['\"]status\\?['\"]%s*:%s*\\?['\"]([%u_]+)"
    local kind = inside:match "\\?['\"]type\\?['\"]%s*:%s*\\?['\"]([%w_%.%-]+)"
    if code or kind then findings[#findings + 1] = { code = code, type = kind or "nested" } end
  end
  text_level = text_level - 1
end

--- Adds a finding, and what its message holds.
---@param findings table
---@param finding table
---@param depth integer
function M.add(findings, finding, depth)
  local count = #findings
  if count >= MOST_FINDINGS then return end
  findings[count + 1] = finding
  local message = finding.message
  if message then
    if not finding.code then finding.code = words.code_in(message) end
    if find(message, "{", 1, true) or find(message, '["', 1, true) then nested_in(findings, message, depth) end
  end
end

-- A map of fields to what is wrong with each.
local function read_fields(findings, map, depth)
  local names = {}
  for key in next, map do
    if type(key) == "string" and not not_fields[key] and #names < MOST_ITEMS then names[#names + 1] = key end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value = map[name]
    if type(value) == "table" then value = value[1] end
    if type(value) == "table" then read_table(findings, value, depth + 1, true)
    elseif type(value) == "string" and value ~= "" then M.add(findings, { message = value, field = name }, depth) end
  end
end

-- Whether a value under a name such as "error" tells of one: no empty text, no { code = 0, message = "" }.
local function is_error_value(value)
  local kind = type(value)
  if kind == "string" then return value ~= "" and not is_fine_code(value) and lower(value) ~= "null" and lower(value) ~= "false" end
  if kind == "number" then return value ~= 0 end
  if kind ~= "table" then return value == true end
  local looked = 0
  for _, held in next, value do
    looked = looked + 1
    local inner = type(held)
    if inner == "string" and held ~= "" and not is_fine_code(held) or inner == "number" and held ~= 0 and held ~= 200
      or inner == "table" and next(held) ~= nil or held == true or looked > MOST_ITEMS then return true end
  end
  return false
end

local function read_child(findings, value, depth, erring, origin)
  local kind = type(value)
  if kind == "table" then
    if #value > 0 then read_list(findings, value, depth, erring, origin) else read_table(findings, value, depth + 1, erring, origin) end
  elseif erring and kind == "string" and value ~= "" then
    if find(value, "^[%a][%w_%.%-]*$") and #value <= 64 and not find(value, "^%l+$") then M.add(findings, { code = value, message = value }, depth)
    else M.add(findings, { message = value }, depth) end
  end
end

local function note_wait(findings, seconds)
  if seconds and seconds >= 0 and seconds < 1e9 then findings.retry_after = math.max(findings.retry_after or 0, seconds) end
end

local function note_ending(kind, code, message)
  endings = endings or {}
  if #endings < 8 then endings[#endings + 1] = { code = code, type = kind, message = message } end
end

-- How an answer ended: { finishReason = "SAFETY" }, { finish_reasons = { "Filter reason: prompt" } }
local function note_finish(value, message)
  local list = type(value) == "table" and value or { value }
  for index = 1, math.min(#list, 8) do
    local reason = list[index]
    if type(reason) == "string" and reason ~= "" then
      if benign_finish[lower(reason)] then finished_well = true else note_ending("finish", reason, message) end
    end
  end
end

local function note_filtered(value)
  local list = type(value) == "table" and value or { value }
  for index = 1, math.min(#list, 8) do
    if type(list[index]) == "string" then note_ending("filtered", nil, list[index]) end
  end
end

local function is_true(value)
  return value == true or value == "true" or value == 1
end

-- What a table says, by role: code, message, type, state; the rest by slot (nil where there is none); and the keys of what is inside of it,
-- with their slots. The lists of keys are kept for the next body: reading makes no garbage but the findings.
local kids_at = {}
for depth = 0, DEEPEST + 1 do kids_at[depth] = {} end

local holds = { error = true, detail = true, inside = true, message = true, code = true, state = true }

local function gather(node, kids)
  local code, code_rank, message, message_rank, kind, kind_rank, state, state_rank = nil, 99, nil, 99, nil, 99, nil, 99
  local rest, count, erring = nil, 0, false
  for key, value in next, node do
    local slot = role_of[key]
    if slot and value ~= null then
      local rank, is_table = rank_of[key], type(value) == "table"
      if slot == "message" and not is_table then
        if rank < message_rank and type(value) == "string" and value ~= "" then message, message_rank = value, rank end
      elseif slot == "code" and not is_table then
        if rank < code_rank and text(value) then code, code_rank = text(value), rank end
      elseif slot == "type" then
        if rank < kind_rank and type(value) == "string" and value ~= "" then kind, kind_rank = value, rank end
      elseif slot == "state" and not is_table then
        if rank < state_rank then state, state_rank = value, rank end
      elseif holds[slot] then
        if count < MOST_ITEMS then
          kids[count + 1], kids[count + 2] = slot, key
          count = count + 2
        end
        if slot == "error" and is_error_value(value) then erring = true end
      else
        rest = rest or {}
        local held = rest[slot]
        if held == nil or rank < rank_of[rest[slot .. "_key"]] then rest[slot], rest[slot .. "_key"] = value, key end
      end
    end
  end
  return code, message, kind, state, rest, count, erring
end

local function note_rest(findings, rest, message)
  if rest.finish then note_finish(rest.finish, message) end
  local blocked = text(rest.blocked)
  if blocked and not find(blocked, "UNSPECIFIED", 1, true) then note_ending("blocked", blocked, message) end
  if rest.filtered then note_filtered(rest.filtered) end
  if type(rest.made) == "table" and #rest.made > 0 or type(rest.made) == "string" and rest.made ~= "" then finished_well = true end
  if not findings.request_id then findings.request_id = text(rest.request_id) end
  if not findings.task_id then findings.task_id = text(rest.task_id) end
  if rest.retry then note_wait(findings, words.seconds(rest.retry)) end
  if rest.retry_ms then note_wait(findings, (tonumber(rest.retry_ms) or -1000) / 1000) end
  if rest.reset then note_wait(findings, words.seconds_until(rest.reset)) end
end

-- Whether a table outside of errors says that something failed; the state it names, and whether it says that all is well.
local function judge(code, message, state, rest, erring)
  -- "COMPLETED" with an error beside it is a failure (fal.ai), "succeeded" is believed
  if erring and not (type(state) == "string" and state_of(state) == "well" and find(lower(state), "succe", 1, true)) then return true, nil end
  if rest and rest.success == false or rest and (rest.success == "false" or rest.success == 0) then return true end
  if type(state) == "string" then
    local known = state_of(state)
    if known == "well" then return false, known end
    if known then return true, known end
    local number = tonumber(state)
    if number and number >= 400 and number < 600 then return true end
  elseif type(state) == "number" and (state >= 400 and state < 600 or state < 0) then return true end
  if code and not is_fine_code(code) and not (message and says_success(message)) and not (rest and is_true(rest.success)) then
    return refused or tonumber(code) ~= nil or not tells_of_task
  end
  return false
end

local child_order = { error = 1, detail = 2, message = 3, code = 4, state = 5, inside = 6 }

local function comes_before(slot, key, other_slot, other_key)
  if slot ~= other_slot then return child_order[slot] < child_order[other_slot] end
  if rank_of[key] ~= rank_of[other_key] then return rank_of[key] < rank_of[other_key] end
  return key < other_key
end

-- By insertion: there are few of them.
local function sort_kids(kids, count)
  for index = 3, count, 2 do
    local slot, key, at = kids[index], kids[index + 1], index
    while at > 1 and comes_before(slot, key, kids[at - 2], kids[at - 1]) do
      kids[at], kids[at + 1] = kids[at - 2], kids[at - 1]
      at = at - 2
    end
    kids[at], kids[at + 1] = slot, key
  end
end

local function read_children(findings, node, kids, count, depth, erring)
  if count > 2 then sort_kids(kids, count) end
  for index = 1, count, 2 do
    local slot, key = kids[index], kids[index + 1]
    local value = node[key]
    if slot == "error" then
      if is_error_value(value) then read_child(findings, value, depth, true, key) end
    elseif slot == "inside" then
      if type(value) == "table" then read_child(findings, value, depth, refused and key ~= "data" and erring, key) end
    elseif erring then read_child(findings, value, depth, true, key) end
  end
end

-- The finding a table itself makes: its own code, type, message.
local function own_finding(code, message, kind, state, rest)
  local named = type(state) == "string" and not (state_of(state) == "failed" or state_of(state) == "well") and state or nil
  if named and (not code or tonumber(code)) then code = named end -- the name of a google.rpc code says more than its number
  if not code and (type(state) == "number" or tonumber(state)) then code = text(state) end
  if code and is_fine_code(code) then code = nil end
  if kind then kind = short_type(kind) end
  local reason = rest and text(rest.reason)
  if reason then
    if find(reason, "^[%w_%.%-]+$") then
      if not code or tonumber(code) then code = reason else kind = kind and kind .. "." .. reason or reason end
    elseif not message then message = reason end
  end
  if rest and rest.stage and text(rest.stage) then kind = "moderation." .. text(rest.stage) end
  return code, message, kind
end

-- Adds what a failed table says itself.
local function add_own(findings, node, depth, erring, origin, code, message, kind, state, rest, told, count)
  local own_code, own_message, own_kind = own_finding(code, message, kind, state, rest)
  if own_message and not own_code and not own_kind and says_success(own_message) then own_message = nil end
  -- a task has a type as well: alone, or beside an error, it is none of an error
  if not own_code and not own_message and not erring then own_kind = nil end
  if origin == "base_resp" or origin == "BaseResp" then own_kind = "base_resp" end
  local last = findings[#findings]
  if own_kind and not own_code and not own_message and depth > 0 and last and not last.type then
    last.type = own_kind -- { message = "...", details = { name = "UpstreamError" } }
  elseif own_code or own_message or own_kind then
    M.add(findings, { code = own_code, type = own_kind, message = own_message, field = rest and path_of(rest.field) or nil }, depth)
  elseif erring and count == 0 and not told then read_fields(findings, node, depth) end
  -- problem+json: the title names the problem, the detail tells of this one
  local title = rest and text(rest.title)
  if title then M.add(findings, { message = title }, depth) end
end

function read_table(findings, node, depth, erring, origin)
  tables_read = tables_read + 1
  if tables_read > MOST_TABLES or depth > DEEPEST then return end
  if node[1] ~= nil then return read_list(findings, node, depth, erring, origin) end
  local kids = kids_at[depth]
  local code, message, kind, state, rest, count, has_error = gather(node, kids)
  if rest then note_rest(findings, rest, message) end
  local failed, told = erring, nil
  if not erring then
    failed, told = judge(code, message, state, rest, has_error)
    if told == "well" then
      is_well = true
      return
    end
  end
  if not told and type(state) == "string" and depth <= 3 then
    -- a failed task may hold an error as well, and come under a bad status
    local known = state_of(state)
    told = known ~= "well" and known or nil
  end
  if told then findings.state = told == "cancelled" and told or "failed" end
  local before = #findings
  if failed then add_own(findings, node, depth, erring, origin, code, message, kind, state, rest, told, count) end
  if count > 0 then read_children(findings, node, kids, count, depth, failed) end
  if told and #findings == before then
    M.add(findings, told == "cancelled" and { type = "cancelled", message = "the task was cancelled" }
      or { type = "failed", message = "the task failed, no reason given" }, depth)
  elseif failed and depth == 0 and #findings == 0 and not refused then
    findings[1] = { type = "refused", message = "refused, no reason given" } -- { success = false }
  end
end

---- whole bodies --------------------------------------------------------------------------------------------------------------------

local task_keys = { "id", "status", "data", "output", "task_id", "taskId", "url", "urls", "result", "results", "images", "videos", "state" }

-- A body of nothing but words is an error, one of words beside an id or a result is none.
local function words_alone(findings, body)
  local code, message, kind, _, rest = gather(body, kids_at[0])
  if rest and is_true(rest.success) then return end
  local said = message or body.detail or body.error or body.details
  if type(said) == "table" then read_child(findings, said, 0, true, "detail")
  elseif text(said) and not says_success(text(said)) then
    local found_code, found_message, found_kind = own_finding(code, text(said), kind, nil, rest)
    M.add(findings, { code = found_code, type = found_kind, message = found_message, field = rest and path_of(rest.field) or nil }, 0)
  end
end

--- The errors in a decoded body, the outermost first.
---@param body table decoded JSON
---@param answer { status: integer|nil }|nil the rest of what is known of the call
---@return table findings a list of { code, type, message, field }, with what the body names beside them: retry_after (seconds), request_id,
---  task_id, state ("failed", "cancelled")
function M.of_table(body, answer)
  local findings = {}
  begin(answer and tonumber(answer.status) or 0)
  if not refused then
    for index = 1, #task_keys do
      if body[task_keys[index]] ~= nil then
        tells_of_task = true
        break
      end
    end
  end
  read_table(findings, body, 0, refused)
  if endings and not finished_well then
    for index = 1, #endings do M.add(findings, endings[index], 0) end
  end
  if #findings == 0 and not is_well and not tells_of_task then words_alone(findings, body) end
  if findings.state and not findings.task_id and type(body.id) == "string" then findings.task_id = body.id end
  return findings
end

--- The errors in a body that is no JSON: a page, a stream of events, lines of text, JSON within words.
---@param said string
---@param answer { status: integer|nil }|nil
---@return table findings
function M.of_text(said, answer)
  local findings = {}
  begin(400)
  local status = answer and tonumber(answer.status) or 0
  local head = sub(said, 1, NESTED_READ)
  -- JSON cut short under a good status: its words are those of an answer, not of an error
  if status >= 200 and status < 300 and find(head, "^%s*[{%[]") then
    findings[1] = { type = "text", message = "the answer is no JSON, or only the start of it" }
    return findings
  end
  if find(head, "^%s*<[!%a?]") then
    local message = words.page(head)
    if message then findings[1] = { type = "html", message = message, code = words.code_in(message) } end
    return findings
  end
  for data in words.events(head) do
    local decoded = json.decode(data)
    if type(decoded) == "table" then
      for _, finding in ipairs(M.of_table(decoded, answer)) do M.add(findings, finding, DEEPEST_TEXT) end
    elseif not find(data, "^%[DONE%]") and find(data, "%S") then M.add(findings, { message = data }, 0) end
  end
  if #findings > 0 or words.is_stream(head) then return findings end
  -- trimmed without "%s+$", which would take its length squared over spaces
  local last = find(head, "%S%s*$")
  if not last then return findings end
  M.add(findings, { message = sub(head, find(head, "%S"), last), type = "text" }, 0)
  return findings
end

--- A body as it came, decoded: a table where it is JSON, else its text.
---@param body any
---@return table|nil decoded, string|nil text
function M.decode(body)
  if type(body) == "table" then return body end
  if type(body) ~= "string" or body == "" then return nil end
  local _, blanks = find(body, "^%s*")
  if find(body, "^[%[{\"]", blanks + 1) then
    local decoded = json.decode(body)
    if type(decoded) == "table" then return decoded end
    -- JSON as a JSON string
    if type(decoded) == "string" then
      local inner = find(decoded, "^%s*[%[{]") and json.decode(decoded)
      if type(inner) == "table" then return inner end
      return nil, decoded
    end
  end
  return nil, body
end

return M
