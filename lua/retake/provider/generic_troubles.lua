--- How APIs speak of wrong requests, of models and tasks, of limits and of their own troubles.
local M = {}

---- the request ------------------------------------------------------------------------------------------------------------------------------

M.too_large = [[request entity too large|payload too large|request body too large|request body is too large|body is too large
  |request too long|body too large|request too large|request is too large|request size exceed|request size*exceed|payload size exceeds
  |payload size|body exceeded|body size|content too large|request*too large|maximum request size|max request size|request payload
  |total size*exceed|uri too long|request uri too|header*too large|413 request|maximum content length|maximum context length
  |context length exceeded|请求体过大|请求体*超过|请求过大|请求内容过大|请求包过大]]
-- Before the sizes of assets.
M.too_large_first = [[max bytes per request|bytes per request body|request body must not|request body exceeds|body exceeds|payload exceeds
  |max body size|exceeded max body|request entity too large|length limit exceeded|read request body*limit|content size limit
  |maximum content size|payload cannot be|payload can't be|payload must be smaller|payload*larger than|payload too large|payload size
  |request body must be smaller|request body cannot be larger|request body too|request body*larger than|request cannot be larger
  |request can't be larger|request must be smaller|请求体]]
M.too_large_codes = [[*request_too_large* *payload_too_large* *request_entity_too_large* *body_too_large* *content_too_large*
  *request_size_exceed* *requestentitytoolarge* *context_length_exceeded]]

M.model_busy = [[due to model capacity|model is overloaded|model is currently overloaded|model*temporarily unavailable
  |model*currently unavailable|model is busy|model is loading|model*currently loading|model is not ready|model is still loading
  |model is warming|model is starting|model*at capacity|model*experiencing high|model*high demand|no capacity available for model
  |no capacity|loading model|currently loading|模型*繁忙|模型*过载|模型加载中|模型*拥挤|模型*负载]]
-- Not for now, rather than not any more.
M.model_for_now = [[model*unavailable*try again|model*unavailable*retry|model*unavailable*later|model*not available*try again
  |model*not available*later|模型*不可用*稍后|模型*不可用*重试]]
M.model_codes = [[*model_not_found* *model_not_available* *model_unavailable* *model_not_supported* *model_not_exist* *model_not_open*
  *model_does_not_exist *model_disabled *model_deprecated *model_retired *model_access_denied* *model_permission* *model_not_allowed*
  *model_not_enabled *modelnotallowed *invalid_model* *unknown_model *unsupported_model* *no_such_model *invalid_endpoint*.*
  *invalidendpoint*.* *modelnotfound* *modelnotopen *no_access_to_model *model_not_active *model_error_not_found *deprecated_model
  *model_offline *service_not_open* *model_decommissioned *model_terminated *no_allowed_providers* *no_endpoints*]]
M.model = [[was retired|were retired|been retired|endpoint is stopped|app is stopped|endpoint is paused|deployment is paused|space is paused
  |endpoint*is stopped|engine*not found|requested url*predict was not found|no longer available to|is no longer available|no longer offered
  |api*has been discontinued|api*discontinued|model not found|model*not found|model does not exist|model*does not exist|model doesn't exist
  |model*doesn't exist|model not exist|model not available|model*is not available|model*are not available|model unavailable
  |model is unavailable|model*not available for|model is not supported|model*is not supported|model not supported
  |model is not currently supported|model*no longer available|model*no longer supported|model*deprecated|model*has been retired
  |model*retired|model*sunset|model*decommissioned|model*shut down|model*discontinued|model is disabled|model disabled
  |model*has been disabled|model is not enabled|model not enabled|model*not enabled|model is offline|model*end of life|invalid model
  |unknown model|unsupported model|unrecognized model|no such model|no model named|not a valid model|is not a valid model id
  |model identifier is invalid|incorrect model|wrong model|model name is invalid|model id is invalid|model invalid|model is invalid
  |access to the model|access to this model|access to model|access to*model|model access|model*not allowed|not allowed to use model
  |not allowed to access model|permission*model|model*permission|model*requires access|model variant|model version*not found
  |version does not exist|version not found|model*on demand throughput|inference profile|invocation of model id|endpoint*not found
  |model*not deployed|deployment for this resource does not exist|deploymentnotfound|deployment*not found|deployment does not exist
  |no endpoints found|no allowed providers|no providers available|no provider*available for|no provider*supports|application*not found
  |app not found|workflow*not found|space not found|unable to determine model|model is required to be one of|not supported by any provider
  |not supported by provider|path*not found on|resource*not exist*model|资源不存在*模型|could not find model|checkpoint not found
  |lora not found|concepts are not supported for this model|no such model|no available model|无可用模型|模型不存在
  |模型*不存在|模型未开通|模型*未开通|模型*下线|模型*下架|模型不可用|模型*不可用|模型*停用
  |模型*未授权|模型*未对|模型*未开放|不支持的模型|不支持该模型|不支持此模型|模型不支持
  |模型名称错误|模型名*错误|未知模型|无效的模型|模型*无效|未找到模型|找不到模型|未开通*服务
  |服务未开通|未开通模型]]

M.duplicate_codes = [[*idempotency_conflict* *idempotency_key_in_use* *idempotency_key_reused* *duplicate_request* *duplicated_request*
  *duplicate_task* *task_already_exist* *task_exists *conflict_task* *request_already_exist* *duplicate_submission* *idempotent_param*
  *idempotency*mismatch*]]
M.duplicate = [[request token*already exists|client token*already|external task id*already exist|task id already exists|taskuuid*already
  |idempotency key*still being processed|idempotency key*already been used|idempotency key*already used|idempotency key*in use
  |idempotency conflict|idempotency key*different|idempotency key*conflict|duplicate request|duplicated request|request already exists
  |request already submitted|request has already been submitted|task already exists|task with this*already exists|task with the same
  |already being processed|already submitted|duplicate task|duplicate submission|job already exists|same request id|重复提交
  |重复请求|任务已存在|请勿重复|请求重复]]

M.task_codes = [[*task_not_found* *task_not_exist* *task_expired *job_not_found* *generation_not_found* *prediction_not_found
  *request_not_found *operation_not_found *run_not_found *video_not_found *invalid_task_id *task_id_not* *task_id_invalid *notask*
  *no_such_task *task_does_not_exist *tasknotexist* *query_task_not* *taskidnotexist]]
M.task_gone = "task not found|task does not exist|no such task|task has expired|invalid task id|任务不存在|找不到任务|查无此任务"
M.task_missing = [[with id*not found|no generation found|no video found|no image found|found with the given id|results have expired
  |video*not found|task not found|task*not found|task does not exist|task*does not exist|task doesn't exist|task not exist|task*not exist
  |task has expired|task expired|task*has expired|no such task|unknown task|task id does not|task id not|invalid task id|task id is invalid
  |could not find task|job not found|job*not found|job does not exist|no such job|generation not found|generation*not found
  |generation does not exist|prediction not found|prediction*not found|request not found|no request found|request id not found
  |operation not found|operation*not found|operation*does not exist|no task found|no such generation|run not found|inference*not found
  |task id*expired|result*has expired|task is not found|任务不存在|任务*不存在|任务未找到|未找到任务|找不到任务
  |查无此任务|任务已过期|任务*已过期|任务id不存在|任务已失效|任务记录不存在|任务id无效|无效的任务]]

-- Words of validators, good enough to decide before transient words do, where the status allows.
M.request_strong = [[s3 bucket|output bucket|check your input parameters|check your parameters|check the parameters|check your input and
  |bad input|bad parameter|bad value|bad argument|unknown query|unknown argument|unknown option|unknown key|unknown property
  |unknown attribute|invalid parameter|invalid param|invalid argument|invalid value|invalid input|invalid option|invalid enum|invalid type
  |invalid json|invalid request body|invalid body|invalid field|invalid prompt|invalid size|invalid duration|invalid aspect|invalid ratio
  |invalid resolution|invalid seed|invalid dimensions for|parameter is invalid|parameter*invalid|parameter*is not valid
  |parameter*not supported|parameter*is not supported|parameter error|parameters error|params error|param error|illegal parameter
  |illegal argument|unknown parameter|unexpected parameter|unrecognized|unknown field|unexpected field|unknown name|additional properties
  |extra inputs|extra fields|extra field|is required|are required|required field|required parameter|required property|required key
  |field required|missing required|missing parameter|missing field|missing property|is missing|not specified|was not specified
  |must be specified|must be provided|must be set|must not be|must be a|must be an|must be one of|must be at least|must be at most
  |must be between|must be greater|must be less|must be in|must be positive|must be either|must be a multiple|must be divisible|must contain
  |must have|must start with|must match|must not exceed|must specify|must include|must provide|should be a|should be one of
  |should be between|should be in|should be less|should be greater|should not be|should not exceed|should match|cannot be empty
  |can't be empty|cannot be blank|can't be blank|cannot be null|may not be blank|may not be null|not be empty|is empty|may not be empty
  |is not accepted|was not accepted|are not accepted|isn't accepted|not an accepted|cannot be used|cannot be combined|cannot be set
  |can only be|cannot exceed|mutually exclusive|not compatible|incompatible|only supported|is only available|only available|not allowed in
  |not allowed for|not permitted|not a valid|is not valid|is invalid|expected one of|expected string|expected number|expected array
  |expected object|expected boolean|expected integer|expected type|input should be|value is not a valid|value error|type error|wrong type
  |does not match pattern|does not match regex|not multiple of|divisible by|multiple of|out of range|not in range|outside the range
  |exceeds the maximum|exceeds maximum|exceed the maximum|exceeds the max|exceeds max|maximum length|max length|maxlength|minlength|too long
  |too short|too many characters|too many images|at most|at least one|no more than|greater than or equal|less than or equal|less than
  |larger than or equal|smaller than|malformed|failed to parse|could not parse|cannot parse|unable to parse|parse error|parsing the body
  |error parsing|json parse|json decode|unexpected token|unexpected end of|syntax error|failed to deserialize|deserializ|unmarshal|schema
  |validation failed|validation error|failed validation|validation of|bad request|ill formed|not supported|unsupported|not support
  |does not support|doesn't support|isn't supported|method not allowed|cannot post|cannot get|no route matched|no route|route not found
  |invalid url (|unknown endpoint|unknown request url|content type: must be|multipart/form data|reformat your input|参数错误
  |参数*错误|参数无效|参数*无效|参数不合法|参数*不合法|参数异常|参数*异常|参数非法|非法参数
  |参数缺失|缺少参数|缺少*参数|缺少必|缺失|参数校验|参数验证|校验失败|必填|必须为|必须是|必须在
  |必须|不能为空|不可为空|为空|不支持|超出范围|超过最大|超出最大|超出限制长度|长度超|长度不能|过长
  |太长|字数|字符数|不合法|格式错误|格式不正确|格式有误|类型错误|取值|无效的参数|无效参数
  |无效的请求|无效请求|请求格式|请求参数|不被接受|不接受|json解析|解析失败|非法请求|不允许]]
M.request = M.request_strong .. "|请求错误|invalid request|wrong parameter|invalid|请检查参数"

M.validator_types = [[missing value_error* type_error* string_too_long string_too_short string_type int_parsing int_type float_parsing
  float_type bool_parsing list_type dict_type model_type enum literal_error json_invalid greater_than greater_than_equal less_than
  less_than_equal extra_forbidden string_pattern_mismatch too_long too_short multiple_of model_attributes_type union_tag_invalid
  union_tag_not_found one_of sequence_too_long sequence_too_short finite_number invalid_type invalid_enum_value unrecognized_keys too_big
  too_small invalid_union invalid_literal unknown_parameter *missing_parameter* *missing_required_parameter* *unsupported_parameter*
  *invalid_parameter_value* *missing_param* unsupported_value string_above_max_length array_above_max_length integer_above_max_value
  integer_below_min_value *unsupported_operation* feature_not_supported *unsupported_country_region_territory_param
  *invalid_parameter_combination* *invalid_json* *json_parse* *parse_error *malformed* *invalid_body *invalid_prompt *prompt_too_long
  *invalid_size *invalid_duration *invalid_aspect_ratio *invalid_seed *validation_failed *missing_field* *required_field* method_not_allowed
  *invalid_action* *invalid_version*]]

---- what passes -------------------------------------------------------------------------------------------------------------------------------

M.cancelled_codes = [[task_cancelled task_canceled request_cancelled request_canceled job_cancelled job_canceled user_cancelled
  user_canceled cancelled canceled cancelled_by_user canceled_by_user]]
M.cancelled = [[用户取消|cancelled this|canceled this|was cancelled|was canceled|been cancelled|been canceled|is cancelled|is canceled
  |task cancelled|task canceled|job cancelled|job canceled|request cancelled|request canceled|cancelled by|canceled by|generation cancelled
  |generation canceled|已取消|被取消|取消了]]

M.capacity_codes = [[*model_capacity* *capacity_exceeded* *capacity_exhausted *no_capacity* *insufficient_capacity* *overloaded*
  *server_overload* *server_busy* *system_busy* *service_busy *too_busy *busy *model_loading* *model_not_ready* *queue_full*
  *resources_sold_out *resource_sold_out *resource_insufficient* *no_available_channel* *no_available_server* *no_available_machine*
  *no_gpu* *engine_overloaded* *model_overloaded* *high_load* *backlogged* *capacity_not_available *slow_down_capacity *inflight_batchsize*
  *no_worker* runner_scheduling_failure *load_shed* *out_of_capacity *at_capacity]]
M.rate_codes = [[*rate_limit* *ratelimit* *too_many_request* *throttl* *slow_down* *request_limit_exceeded* *requestlimitexceeded*.*
  *concurren* *limit_request* *burst_rate* *rate_quota* *qps_limit* *qpslimit* *over_qps* *frequency_limit* *freq_limit* *frequent*
  *too_many_task* *too_many_job* *too_many_pending* *too_many_concurrent* *max_concurrent* *parallel* *requests_limit* flow_limit*
  *job_num_exceed *provisioned_throughput_exceeded* *429*too* *too_many_generation* *too_many_running* *rate_exceeded* *rate_increased*
  *user_request_limit* *task_limit_exceeded* *running_limit*]]
M.daily = [[daily limit|daily*limit|daily quota|daily*quota|daily request|daily cap|daily usage|daily credit|daily generation|per day
  |requests per day|limit per day|for today|today's|24 hours|24h|24-hour|(rpd)|tokens per day|tpd|monthly limit|monthly quota|monthly usage
  |monthly*limit|monthly*quota|monthly cap|per month|this month|weekly limit|weekly*limit|per week|hourly limit|plan limit|plan*limit
  |limit of your plan|plan's limit|usage limit|usage cap|tier limit|free tier|free plan|lifetime limit|allocation quota|allocated quota
  |service quota|tomorrow|limit reached for your plan|upgrade your plan|upgrade plan|upgrade to|each day|a day|每日|每天|当日|当天
  |今日|今天|本月|每月|当月|明日|明天|日限|日调用|天限额|日额度|免费次数|次/天|每周|套餐限制]]
M.rate = [[too many requests|too many request|too many concurrent|too many parallel|too many tasks|too many jobs|too many generations
  |too many pending|too many running|too many active|too many simultaneous|too many calls|too many api|too many images in progress
  |too many uploads|too many in flight|rate limit|ratelimit|rate exceeded|rate is exceeded|request rate|rate quota|rate reached
  |rate has been|requests rate|over rate|throttl|slow down|concurren|simultaneous|in parallel|parallel task|parallel request|parallel job
  |parallel generation|requests per|per minute|per second|per min|queries per|calls per|tokens per min|(rpm)|(tpm)|qps|rpm limit|tpm limit
  |request limit|request frequency|frequency limit|frequency|too frequent|too frequently|too fast|too quickly|too often|requests too
  |limit of requests|maximum number of requests|number of requests|maximum number of running|maximum number of active
  |maximum number of pending|max number of running|maximum*jobs|maximum*tasks in|running tasks|active tasks|pending tasks|tasks in progress
  |jobs in progress|in progress*limit|requests in flight|flow control|flow limit|reduce your request|reduce the rate|reduce request
  |wait for*previous|previous task*still|already have*running|already running|has a task running|already in progress|error code: 1015
  |error 1015|being rate limited|you are being rate|traffic limit|请求过于频繁|过于频繁|频繁|频率|限流|请求过快
  |请求过多|请求太多|请求数过多|请求量过大|速率|并发|超过*限制*请求|请求限制|达到*请求上限
  |调用次数超限|访问受限*稍后|流控|qps超|超出*qps|同时*任务|任务数*上限|任务数量*上限|任务过多
  |提交过快|操作太快|操作频繁|触发限流|正在进行的任务|太快]]
M.quota_codes = [[*quota_exceed* *quota_limit* *quotaexceed* *exceed_quota* *exceeded_quota* *over_quota* *quota_reached *usage_limit*
  *limit_exceeded* *limitexceeded* *limit_reached *plan_limit* *set_limit_exceeded* *service_quota* *free_tier* *allocation_quota*.*
  *quota_failure *exceeded_limit *limit_burst]]
M.quota = [[quota exceeded|exceeded*quota|quota has been exceeded|quota*exceeded|quota exhausted|quota*exhausted|quota limit|quota reached
  |out of quota|over quota|exceeds*quota|quota is exceeded|run out of quota|check quota|usage quota|limit reached|limit exceeded
  |exceeded the limit|exceeded your limit|reached the limit|reached your limit|reached*limit|hit*limit|exceeded*limit
  |reached the maximum number|limit has been reached|maximum number of*reached|配额|额度|用量超|达到上限|已达上限
  |超过上限|超出上限|超出限制|超过限制|超限|用量上限|次数上限|上限]]
M.overloaded = [[no workers available|queue*reached limit|queue reached its limit|no available service|no service available
  |is currently overloaded|are currently overloaded|engine is overloaded]]
M.capacity = [[overloaded|overload|at capacity|no capacity|over capacity|out of capacity|insufficient capacity|capacity exceeded
  |capacity temporarily|capacity has been|exceeded*capacity|capacity limit|capacity constraints|not enough capacity|capacity is
  |capacity available|lack of capacity|exceeds capacity|full capacity|high demand|heavy demand|high load|heavy load|high traffic
  |heavy traffic|high volume|under load|server busy|server is busy|servers are busy|servers are currently busy|system busy|system is busy
  |service busy|service is busy|is busy|too busy|currently busy|busy, please|busy now|busy|queue maxed|queue is maxed|queue is full
  |queue full|queue limit|queue length|queue is too long|queue too long|no available server|no available worker|no available gpu
  |no available instance|no available channel|no available machine|no available node|no available device|no available resource
  |no available backend|no servers available|no workers available|no gpus available|no gpu available|no instances available|no machines
  |no active*servers|no active*workers|no worker|no healthy worker|resources are insufficient|insufficient resources|resource exhausted
  |resources exhausted|resource has been exhausted|resources have been exhausted|not enough resources|resources not available|gpu resources
  |out of memory|cold start|warming up|scaling up|peak hours|peak time|load shed|saturated|waiting for capacity|try again when|is loading
  |繁忙|过载|负载|排队|队列已满|队列*满|算力不足|算力紧张|资源不足|资源紧张|资源已售罄|拥挤|高峰
  |人数过多|访问量过大|访问量太大|访问量过高|流量过大|请求量过大|请求量过高|调用量过大|无可用渠道
  |无可用*通道|可用渠道|暂无可用|爆满|火爆]]
M.forbidden = [[permission denied|access denied|access is denied|access to*denied|access for*denied|access*been denied|denied access
  |request was not allowed|request is not allowed|request not allowed|access blocked|access is blocked|access*been blocked
  |unavailable for legal reasons|accessdenied|forbidden|not authorized|not authorised|not allowed to|not permitted to|permission
  |not have access|n't have access|no access|does not have access|do not have access|access restricted|access is restricted
  |restricted access|not entitled|not whitelisted|not on the allowlist|not available on your|not available for your|not included in your
  |not available in your plan|your plan does not|plan does not include|plan does not support|feature is not available|feature is not enabled
  |feature is disabled|not have this feature|n't have this feature|to enable it for your|not enabled for your|not enabled for this
  |beta access|waitlist|contact sales|request access|apply for access|requires approval|account is not|access from|origin not allowed|cors
  |blocked by administrator|request blocked|request was blocked|禁止访问|未对您开放|暂未对您|未向您开放|未开放
  |拒绝访问|访问被拒绝|没有权|无权|权限|未开通|未授权|禁止]]
M.upstream_codes = [[*upstream* *provider_error* *provider_failed* *third_party* *thirdparty* *downstream* *bad_response* *channel_error*
  *do_request_failed *model_error_exception *modelerrorexception *model_stream_error* *vendor_error* *dependency_fail* *failed_dependency*
  *remote_error* *backend_error* *external_service* *runner_disconnected* *runner_connection_refused* *runner_connection_error*
  *provider_unavailable* *origin_error* *external_provider*]]
-- Of a tunnel to the provider: not a word of tasks, whatever its status.
M.ran_out = "execution expires after|and was terminated"
M.tunnel = [[err ngrok|tunnel*not found|tunnel*offline|endpoint*is offline|no tunnel|cloudflare tunnel error|site not found · github]]
M.gateway = [[encountered a temporary error|bad gateway|gateway time|upstream connect error|upstream request timeout
  |upstream prematurely closed|no healthy upstream|error from origin|origin web server|origin service|origin is unreachable|origin dns
  |unable to reach the origin|web server is returning an unknown error|web server is down|web server reported a bad|host error
  |ssl handshake failed|invalid ssl certificate|connection timed out*cloudflare|cloudflare tunnel|argo tunnel|error code: 520
  |error code: 521|error code: 522|error code: 523|error code: 525|error code: 526|error code: 530|error code: 1033|error code: 1016
  |error code: 1001|error code: 1000|error code: 1014|error code: 1018|error code: 1027|error code: 502|error code: 503|error code: 504
  |error 1033|error 1016|error 1000|error 1027|upstream server|name resolution failed|invalid response was received from the upstream
  |an invalid response was received|upstream server is timing out|server is temporarily unable|application error
  |application failed to respond|no server is available|backend write error|backend fetch failed|endpoint request timed out
  |function invocation timeout|function invocation failed|internal function|disconnect/reset|connection refused|connection reset|econnreset
  |econnrefused|socket hang up|remote end closed|server disconnected|connection aborted|broken pipe|unexpected eof|fetch failed
  |worker threw exception|503 service|502 bad|504 gate|could not connect to|failed to connect to|connection error|dial tcp|network error
  |网关|连接超时|连接失败|网络异常|网络错误|网络超时|连接被重置]]
M.timeout_codes = [[*timeout* *timed_out* *deadline_exceeded* *time_limit_exceeded *took_too_long* timedout]]
M.timeout = [[timed out|timed-out|timeout|time out|took too long|taking too long|takes too long|taken too long|deadline exceeded
  |deadline expired|exceeded the maximum execution|execution time|time limit|did not complete in|not completed within|did not finish in
  |did not respond within|exceeded*seconds|超时|等待时间过长|时间过长|耗时过长]]
M.unavailable_codes = [[*service_unavailable* *serviceunavailable* *server_unavailable* *temporarily_unavailable* *maintenance*
  *bad_gateway* *gateway_timeout* *service_down* *not_available_temporarily *endpoint_unavailable *service_not_available*
  *service_error_unavailable resource_unavailable *try_again_later]]
M.unavailable = [[service unavailable|service is unavailable|service not available|service is not available|service temporarily
  |temporarily unavailable|temporary unavailable|currently unavailable|currently not available|is unavailable|unavailable at the moment
  |unavailable|temporarily out of|temporarily disabled|maintenance|scheduled downtime|down for|be back soon|we'll be back|outage
  |server is down|service is down|site is down|api is down|is down for|under construction|system upgrade|not responding|temporarily offline
  |is offline|health check failed|please retry*interrupted|prediction interrupted|interrupted|being restarted|restarting|维护|升级中
  |服务不可用|暂时不可用|暂不可用|不可用|服务暂停|停机|服务未就绪|服务下线]]
M.upstream = [[upstream|provider returned error|provider returned an error|provider error|provider responded|provider failed|third party
  |model provider|external provider|external service|external api|downstream|vendor|backend error|error from provider|error from model
  |remote service|remote server|dependent service|dependency|litellm.|bad response status code|上游|第三方|渠道]]
-- Said beside whatever else failed: there was nothing to give.
M.made_nothing = [[no audio, candidate|candidate is empty|without producing|produced nothing|nothing was produced|finishreason: no
  |finish reason: no|no image data|no video data|no video uris|no image uris|no video url|no image url|视频url为空|返回结果为空
  |生成结果为空|no images were generated|no image was generated|no video was generated|did not generate|contain predictions]]
M.generation_codes = [[generation_failed* *generation_failed *no_content no_output *no_output* empty_response *empty_output*
  *no_media_generated *no_image* *no_images_generated bad_output *bad_output* malformed_function_call *generation_error *generation_failure
  *failed_to_generate* *task_failed *taskfailed *audio_failed *task_status_failed *render_failed *video_generation_failed
  *image_generation_failed *create_failed unexpected_tool_call max_tokens_no_image *inference_failed *inference_error *prediction_failed
  image_generation_server_error]]
M.generation = [[generation failed|generation has failed|generation error|generation task failed|failed to generate|could not generate
  |couldn't generate|unable to generate|cannot generate|can't generate|did not generate|no image was generated|no images were generated
  |no images generated|no image generated|no video was generated|no video generated|no output|no content|no media|no result|no images
  |no image|no valid|produced no|did not produce|failed to produce|could not produce|empty output|empty result|empty response|returned empty
  |returned no|output is empty|result is empty|prediction failed|inference failed|failed to create video|failed to create image
  |failed to create|video creation failed|image creation failed|rendering failed|render failed|synthesis failed|low quality|quality check
  |bad output|try a different prompt|try rephrasing|please try a different|rephrase|task failed|task execution failed|task creation failed
  |task processing failed|job failed|processing failed|workflow failed|run failed|生成失败|未生成|没有生成|生成*失败
  |生成出错|生成异常|作图失败|绘图失败|任务失败|任务执行失败|任务处理失败|处理失败|合成失败
  |制作失败|创作失败|推理失败]]
M.internal_first = "for an unknown reason|exitcode|疑似存在异常"
M.internal_strong = [[cuda error|illegal memory access|internal server error|internal server issue|internal server problem|internal error
  |internal issue|internal service error|internal failure|internal exception|server error|server side error|unexpected error
  |unexpected server|unhandled exception|unhandled error|unknown error|unknown exception|null pointer|nullpointer|nonetype|traceback
  |stack trace|panic:|segmentation fault|assertion failed|内部错误|内部服务|内部异常|服务器错误|服务器异常
  |服务器内部|服务错误|服务异常|系统错误|系统异常|系统出错|系统内部|未知错误|未知异常|程序异常
  |后台异常|服务器开小差|服务出错|调用失败|请求失败]]
-- Words that go with any trouble: "try again later" under a 429 means the limit, under a 403 that one may not.
M.not_told = { 0, "1xx", "2xx", "3xx", 400, 408, 409, 422, 423, 424, "5xx" }
M.internal = [[something went wrong|an error occurred|an error has occurred|error occurred|error on our side|error on our end
  |issue on our end|unknown|exception|please try again|try again later|retry later|retry your request|please retry|error processing
  |failed to process|could not process|unable to process|cannot be processed|processing error|database|redis|sql|undefined|not implemented
  |稍后再试|稍后重试|请重试|请稍后|重试|异常|失败]]

---- codes that say little ----------------------------------------------------------------------------------------------------------------------

M.vague_key_codes = "unauthorized *unauthorized unauthorized_* unauthorizederror invalid_auth_key authentication authorization_error auth"
M.vague_forbidden_codes = [[permission_denied *permission_denied permission_error permission_denied_error access_denied* *access_denied
  accessdenied.* forbidden *forbidden forbidden_error not_allowed *not_authorized* unauthorized_operation* unauthorizedoperation.*
  operation_denied* operationdenied.* *permission* opt_in_required *service_disabled *phone_number_required *ip_restricted *ip_whitelist*
  unsupported_country_region_territory unsupported_user_location *country_not_supported *region_not_supported *access_restricted *blocked
  *real_name* *not_verified *verification_required]]
M.vague_missing_codes = [[not_found *not_found not_found_error notfounderror notfound.* resource_not_found* *not_exist *does_not_exist
  *no_such* *resource_not_exist*]]
M.vague_limit_codes = "resource_exhausted *exhausted *limit *limited *limits"
M.vague_request_codes = [[invalid_argument* *invalid_argument invalid_request* *invalid_request *invalid_request_error invalid_parameter*
  *invalid_parameter invalidparameter.* invalid_parameter_value.* *invalid_param* bad_request* *bad_request badrequest.* validation_error*
  *validation_exception *validationerror *validation* unprocessable_entity* *unprocessable* failed_precondition out_of_range *out_of_range
  unimplemented not_implemented invalid_value *invalid_value* invalid_input* *invalid_input *invalid *invalid_field* invalid_* missing_*
  unsupported_* parameter_* *param_error *parameter_error *params_error *parameter_invalid *param_invalid *illegal_argument* illegal_*
  image_generation_user_error user_error client_error *user_error *client_error *failed_precondition* *bad_parameter *bad_input *required
  *argument_error* *not_supported *unsupported *too_long *too_many_images *exceeds_limit *length*]]
M.vague_unavailable_codes = "unavailable *unavailable aborted *not_ready *offline"
M.vague_internal_codes = [[internal internal_* *internal_error* *internalerror* internalerror.* *internal_server* *internalserver*
  *internal_failure *internal_service* *internalservice* server_error *server_error* *servererror *system_error* *systemerror api_error
  *service_error* *service_exception unknown_error *unknown_error data_loss *exception *failed unexpected* *unexpected_error* *unhandled*
  *runtime_error* *general_error* *backend* *failure]]
-- No more than any error is: a status that says whose it is goes before them.
M.empty_codes = "error failed"

-- google.rpc codes by number.
M.rpc = { ["3"] = "request.invalid", ["4"] = "provider.timeout", ["5"] = "request.invalid", ["7"] = "account.forbidden",
  ["8"] = "limit.rate", ["9"] = "request.invalid", ["11"] = "request.invalid",
  ["12"] = "request.invalid", ["13"] = "provider.internal", ["14"] = "provider.unavailable", ["16"] = "account.unauthorized" }


M.statuses = {
  { "account.unauthorized", { "401" } },
  { "account.credits", { "402" } },
  { "account.forbidden", { "403", "451" } },
  { "task.not_found", { "404", "410" }, { "poll", "cancel" } },
  { "network.timeout", { "408" } },
  { "task.duplicate", { "409" }, "submit" },
  { "request.too_large", { "413", "414", "431" } },
  { "request.invalid", { "400", "404", "405", "406", "409", "410", "411", "412", "415", "416", "417", "422", "426" } },
  { "limit.rate", { "429", "420", "425", "430" } },
  { "network.interrupted", { "499", "460" } },
  { "provider.timeout", { "524" } },
  { "provider.unavailable", { "502", "503", "504", "520", "521", "522", "523", "525", "526", "527", "530" } },
  { "provider.capacity", { "529" } },
  { "provider.internal", { "500", "501", "505", "507", "508" } },
}

return M
