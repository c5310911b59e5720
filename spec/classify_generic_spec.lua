--- Errors of APIs that have no rules of their own, written down by what they mean before any rule was looked at. Each row: what it may be
--- called (best first, "-" where nothing failed), operation, status, body; then what else has to be found.
local core = require "retake.core"
local retake = require "retake"

local rows = {
  -- OpenAI
  { "content.input", "submit", 400, [[{"error":{"code":"moderation_blocked","message":"Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include the request ID req_0a1b2c3d4e5f. safety_violations=[violence].","param":null,"type":"user_error"}}]], category = "violence", request_id = "req_0a1b2c3d4e5f" },
  { "account.credits", "submit", 429, [[{"error":{"message":"You exceeded your current quota, please check your plan and billing details.","type":"insufficient_quota","param":null,"code":null}}]] },
  { "limit.rate", "submit", 429, [[{"error":{"message":"Rate limit reached for gpt-image-1 in organization org-abc on input-images per min (IPM): Limit 5, Used 5, Requested 1. Please try again in 12s. Visit https://platform.openai.com/account/rate-limits to learn more.","type":"input-images","param":null,"code":"rate_limit_exceeded"}}]], retry_after = 12 },
  { "account.unauthorized", "submit", 401, [[{"error":{"message":"Incorrect API key provided: sk-proj-****abcd. You can find your API key at https://platform.openai.com/account/api-keys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}]] },
  { "request.invalid", "submit", 400, [[{"error":{"message":"Invalid value: '1025x1024'. Supported values are: '1024x1024', '1024x1536', '1536x1024', and 'auto'.","type":"invalid_request_error","param":"size","code":"invalid_value"}}]], field = "size" },
  { "request.invalid", "submit", 400, [[{"error":{"message":"Unknown parameter: 'response_format'.","type":"invalid_request_error","param":"response_format","code":"unknown_parameter"}}]], field = "response_format" },
  { "provider.internal", "submit", 500, [[{"error":{"message":"The server had an error while processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if the error persists. (Please include the request ID req_11aa22bb in your message.)","type":"server_error","param":null,"code":null}}]], request_id = "req_11aa22bb" },
  { "provider.capacity|provider.unavailable", "submit", 503, [[{"error":{"message":"The engine is currently overloaded, please try again later","type":"engine_overloaded_error","param":null,"code":null}}]] },
  { "content.input", "poll", 200, [[{"id":"video_68f","object":"video","status":"failed","progress":0,"error":{"code":"moderation_blocked","message":"Your request was blocked by our moderation system."}}]] },
  { "account.forbidden", "submit", 403, [[{"error":{"code":"unsupported_country_region_territory","message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}]] },
  { "asset.too_large|request.too_large", "submit", 400, [[{"error":{"message":"Uploaded image must be less than 4 MB.","type":"invalid_request_error","param":null,"code":null}}]] },
  { "-", "poll", 200, [[{"id":"video_68f","object":"video","status":"in_progress","progress":33,"error":null}]] },
  { "account.suspended", "submit", 401, [[{"error":{"message":"The OpenAI account associated with this API key has been deactivated. Please check your email for more information.","type":"invalid_request_error","param":null,"code":"account_deactivated"}}]] },
  -- Azure OpenAI
  { "content.input", "submit", 400, [[{"error":{"inner_error":{"code":"ResponsibleAIPolicyViolation","content_filter_results":{"sexual":{"filtered":true,"severity":"high"},"jailbreak":{"detected":false,"filtered":false}}},"code":"contentFilter","message":"Your task failed as a result of our safety system.","param":null,"type":null}}]] },
  { "limit.rate", "submit", 429, [[{"error":{"code":"429","message":"Requests to the ImageGenerations_Create Operation under Azure OpenAI API version 2024-02-01 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 43 seconds."}}]], retry_after = 43 },
  { "model.unavailable", "submit", 404, [[{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}]] },
  { "account.unauthorized", "submit", 401, [[{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource."}}]] },
  -- Stability
  { "content.input", "submit", 403, [[{"id":"e1d9","name":"content_moderation","errors":["Your request was flagged by our content moderation system, as a result your request was denied and you were not charged."]}]] },
  { "account.credits", "submit", 402, [[{"id":"9160aa70","name":"payment_required","errors":["You lack sufficient credits to make this request. Please purchase more credits at https://platform.stability.ai/account/credits and try again."]}]] },
  { "request.invalid", "submit", 400, [[{"id":"a35","name":"bad_request","errors":["prompt: cannot exceed 10000 characters"]}]] },
  { "limit.rate", "submit", 429, [[{"id":"ff5","name":"rate_limit_exceeded","errors":["You have exceeded the rate limit of 150 requests within a 10 second period, and have been timed out for 60 seconds."]}]] },
  { "request.too_large|asset.too_large", "submit", 413, [[{"id":"4212a4b66fbe","name":"payload_too_large","errors":["Your request was larger than 10MiB."]}]] },
  { "content.output", "submit", 200, [[{"image":"","finish_reason":"CONTENT_FILTERED","seed":343940597}]] },
  { "-", "submit", 200, [[{"image":"aGVsbG8=","finish_reason":"SUCCESS","seed":343940597}]] },
  { "asset.dimensions", "submit", 400, [[{"id":"b1","name":"bad_request","errors":["image: total pixel count must be at least 4096 and at most 9437184"]}]] },
  -- fal
  { "content.input", "poll", 422, [[{"detail":[{"loc":["body","prompt"],"msg":"The content could not be processed because it contained material flagged by a content checker.","type":"content_policy_violation","ctx":{"extra_info":{"reason":"partner_validation_failed"}},"url":"https://docs.fal.ai/errors#content_policy_violation","input":{"prompt":"x"}}]}]], field = "prompt" },
  { "account.credits", "submit", 403, [[{"detail":"User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing."}]] },
  { "asset.unreachable|asset.bad_status", "poll", 422, [[{"detail":[{"loc":["body","image_url"],"msg":"Failed to download the file. Please check if the URL is accessible and try again.","type":"file_download_error","url":"https://docs.fal.ai/errors#file_download_error"}]}]], field = "image_url" },
  { "asset.dimensions", "poll", 422, [[{"detail":[{"loc":["body","image_url"],"msg":"Image dimensions are too small. Minimum dimensions are 300x300 pixels.","type":"image_too_small","ctx":{"min_width":300,"min_height":300}}]}]] },
  { "request.invalid", "submit", 422, [[{"detail":[{"type":"literal_error","loc":["body","duration"],"msg":"Input should be '5' or '10'","input":"7","ctx":{"expected":"'5' or '10'"}}]}]], field = "duration" },
  { "provider.upstream|provider.unavailable", "poll", 500, [[{"detail":[{"loc":["body"],"msg":"Downstream service unavailable","type":"downstream_service_unavailable"}]}]] },
  { "provider.timeout", "poll", 504, [[{"detail":[{"loc":["body"],"msg":"Generation timeout","type":"generation_timeout"}]}]] },
  { "account.unauthorized", "submit", 401, [[{"detail":"Cannot access application 'fal-ai/flux-pro'. Authentication is required to access this application."}]] },
  { "model.unavailable|request.invalid", "submit", 404, [[{"detail":"Application 'flux-ultra-9' not found"}]] },
  { "limit.rate", "submit", 429, [[{"detail":"Too many concurrent requests, please try again later. (limit: 2)"}]] },
  { "generation.failed", "poll", 422, [[{"detail":[{"loc":["body"],"msg":"No media was generated. Try a different prompt.","type":"no_media_generated"}]}]] },
  { "provider.internal|provider.unavailable", "poll", 500, [[{"detail":[{"loc":["body"],"msg":"Internal server error","type":"internal_server_error"}]}]] },
  -- Replicate
  { "content.input|content.output", "poll", 200, [[{"id":"abc","status":"failed","error":"The input or output was flagged as sensitive. Please try again with different inputs. (E005)","output":null,"logs":""}]] },
  { "content.output|content.input", "poll", 200, [[{"id":"abc","status":"failed","error":"NSFW content detected. Try running it again, or try a different prompt.","output":null}]], category = "adult" },
  { "account.credits", "submit", 402, [[{"title":"Insufficient credit","detail":"You have insufficient credit to run this model. Go to https://replicate.com/account/billing#billing to purchase credit. Once you purchase credit, please wait a few minutes before trying again.","status":402}]] },
  { "limit.rate", "submit", 429, [[{"detail":"Request was throttled. Your rate limit resets in ~8s.","status":429,"retry_after":8}]], retry_after = 8 },
  { "account.unauthorized", "submit", 401, [[{"title":"Unauthenticated","detail":"You did not pass an authentication token","status":401}]] },
  { "request.invalid", "submit", 422, [[{"title":"Input validation failed","detail":"- input.num_outputs: Must be less than or equal to 4\n","status":422,"invalid_fields":[{"type":"number_lte","field":"input.num_outputs","description":"Must be less than or equal to 4"}]}]] },
  { "model.unavailable|request.invalid", "submit", 422, [[{"title":"Invalid version or not permitted","detail":"The specified version does not exist (or perhaps you don't have permission to use it?)","status":422}]] },
  { "provider.unavailable|provider.capacity|provider.internal", "poll", 200, [[{"id":"abc","status":"failed","error":"Prediction interrupted; please retry (code: PA)","output":null}]] },
  { "provider.internal|provider.capacity|generation.failed", "poll", 200, [[{"id":"abc","status":"failed","error":"CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 39.59 GiB total capacity; 36.51 GiB already allocated)","output":null}]] },
  { "provider.capacity", "poll", 200, [[{"id":"abc","status":"failed","error":"Service is currently unavailable due to high demand. Please try again later. (E003)"}]] },
  { "task.cancelled", "poll", 200, [[{"id":"abc","status":"canceled","error":null,"output":null}]] },
  { "-", "poll", 200, [[{"id":"abc","status":"succeeded","error":null,"output":["https://replicate.delivery/x.png"],"metrics":{"predict_time":4.2}}]] },
  { "-", "submit", 201, [[{"id":"abc","status":"starting","error":null,"output":null,"urls":{"get":"https://api.replicate.com/v1/predictions/abc"}}]] },
  { "task.not_found", "poll", 404, [[{"title":"Not found","detail":"The requested resource could not be found.","status":404}]] },
  -- Luma, Pika, Leonardo, Ideogram, Recraft, Freepik, Krea, Civitai
  { "account.credits", "submit", 400, [[{"detail":"Insufficient credits"}]] },
  { "content.input", "poll", 200, [[{"id":"d1","state":"failed","failure_reason":"Prompt not allowed because it contains a reference to a public figure","assets":null}]], category = "celebrity" },
  { "account.unauthorized", "submit", 403, [[{"detail":"Not authenticated"}]] },
  { "limit.rate", "submit", 429, [[{"detail":"You have too many generations in progress. Wait for them to finish before starting more."}]] },
  { "content.input", "submit", 400, [[{"error":"Content moderated: the prompt contains prohibited words","path":"$","code":"unexpected"}]] },
  { "content.input", "submit", 422, [[{"error":"Prompt provided failed safety check due to the inclusion of prohibited content."}]] },
  { "account.credits", "submit", 400, [[{"code":"not_enough_credits","message":"You don't have enough API units to make this request"}]] },
  { "request.invalid", "submit", 400, [[{"message":"Validation error","invalid_params":[{"name":"image.structure_strength","reason":"must be between 0 and 100"}]}]] },
  { "account.quota", "submit", 429, [[{"message":"You have reached your daily limit of 100 requests for this plan."}]] },
  { "account.forbidden|account.credits", "submit", 403, [[{"message":"Your current plan does not include access to this feature."}]] },
  { "model.unavailable", "submit", 400, [[{"error":"Model version 128713 is not available for generation"}]] },
  { "asset.media_type", "upload", 400, [[{"message":"Invalid file type. Only PNG, JPEG and WEBP files are allowed."}]] },
  -- BFL
  { "account.credits", "submit", 402, [[{"detail":"Insufficient credits. Please add credits to your account."}]] },
  { "limit.rate", "submit", 429, [[{"detail":"You have exceeded the limit of 24 active tasks."}]] },
  { "task.not_found", "poll", 404, [[{"id":"x","status":"Task not found","result":null,"progress":null}]] },
  { "request.invalid", "submit", 422, [[{"detail":[{"type":"less_than_equal","loc":["body","safety_tolerance"],"msg":"Input should be less than or equal to 6","input":9,"ctx":{"le":6}}]}]], field = "safety_tolerance" },
  { "-", "poll", 200, [[{"id":"x","status":"Ready","result":{"sample":"https://bfldelivery.example/x.jpeg"},"details":null}]] },
  { "-", "poll", 200, [[{"id":"x","status":"Pending","result":null}]] },
  { "generation.failed|provider.internal|unknown", "poll", 200, [[{"id":"x","status":"Error","result":null}]] },
  -- Kling
  { "account.unauthorized", "submit", 401, [[{"code":1004,"message":"Authorization token has expired","request_id":"c2"}]] },
  { "account.credits", "submit", 429, [[{"code":1102,"message":"Resource pack depleted or expired","request_id":"c2"}]] },
  { "content.input", "submit", 400, [[{"code":1301,"message":"The prompt or image content triggers the security policy of the platform","request_id":"c2"}]] },
  { "limit.rate", "submit", 429, [[{"code":1302,"message":"API request too fast, exceeding the rate limit of the platform","request_id":"c2"}]] },
  { "provider.capacity|provider.unavailable", "submit", 503, [[{"code":5001,"message":"Server temporarily unavailable, usually due to maintenance","request_id":"c2"}]] },
  { "content.input|content.output", "poll", 200, [[{"code":0,"message":"SUCCEED","request_id":"c2","data":{"task_id":"88","task_status":"failed","task_status_msg":"Failure to pass the risk control system"}}]], task_id = "88" },
  { "-", "poll", 200, [[{"code":0,"message":"SUCCEED","request_id":"c2","data":{"task_id":"88","task_status":"processing","task_status_msg":""}}]] },
  { "asset.aspect_ratio|asset.dimensions|asset.invalid", "submit", 400, [[{"code":1201,"message":"Image aspect ratio must be between 1:2.5 and 2.5:1","request_id":"c2"}]] },
  { "asset.invalid", "poll", 200, [[{"code":0,"message":"SUCCEED","data":{"task_id":"88","task_status":"failed","task_status_msg":"No face detected in the input image"}}]] },
  -- MiniMax
  { "account.credits", "submit", 200, [[{"task_id":"","base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}]] },
  { "content.input", "submit", 200, [[{"task_id":"","base_resp":{"status_code":1026,"status_msg":"input new_sensitive"}}]] },
  { "content.output", "poll", 200, [[{"task_id":"26","status":"Fail","file_id":"","base_resp":{"status_code":1027,"status_msg":"output new_sensitive"}}]], task_id = "26" },
  { "limit.rate", "submit", 200, [[{"id":"","base_resp":{"status_code":1002,"status_msg":"rate limit exceeded(RPM)"}}]] },
  { "account.unauthorized", "submit", 200, [[{"base_resp":{"status_code":1004,"status_msg":"login fail: Please carry the API secret key in the 'Authorization' field of the request header"}}]] },
  { "request.invalid", "submit", 200, [[{"base_resp":{"status_code":2013,"status_msg":"invalid params, model only support resolution 768P or 1080P"}}]] },
  { "-", "submit", 200, [[{"task_id":"106916112212032","base_resp":{"status_code":0,"status_msg":"success"}}]] },
  { "-", "poll", 200, [[{"task_id":"106916112212032","status":"Processing","base_resp":{"status_code":0,"status_msg":"success"}}]] },
  { "provider.internal", "submit", 200, [[{"base_resp":{"status_code":1000,"status_msg":"unknown error"}}]] },
  -- Volcengine, Jimeng
  { "content.input", "submit", 400, [[{"error":{"code":"InputTextSensitiveContentDetected","message":"The request failed because the input text may contain sensitive information. Request id: 02175","param":"","type":"BadRequest"}}]] },
  { "content.output", "submit", 400, [[{"error":{"code":"OutputImageSensitiveContentDetected","message":"The request failed because the output image may contain sensitive information.","param":"","type":"BadRequest"}}]] },
  { "account.credits", "submit", 403, [[{"error":{"code":"AccountOverdueError","message":"The request failed because your account has an overdue balance. Request id: 0217","param":"","type":"Forbidden"}}]] },
  { "limit.rate|account.quota", "submit", 429, [[{"error":{"code":"ModelAccountRpmRateLimitExceeded","message":"RPM limit for model doubao-seedream is reached, please retry later.","param":"","type":"TooManyRequests"}}]] },
  { "model.unavailable", "submit", 404, [[{"error":{"code":"InvalidEndpointOrModel.NotFound","message":"The model or endpoint doubao-x does not exist or you do not have access to it. Request id: 02","param":"","type":"NotFound"}}]] },
  { "provider.capacity", "submit", 429, [[{"error":{"code":"ServerOverloaded","message":"The service is currently unable to handle additional requests due to server overload.","type":"TooManyRequests"}}]] },
  { "account.quota|limit.rate", "submit", 429, [[{"error":{"code":"SetLimitExceeded","message":"Your account [21] has reached the set inference limit for the [doubao-seedance] model, and the model service has been paused.","type":"TooManyRequests"}}]] },
  { "content.input", "submit", 400, [[{"code":50412,"data":null,"message":"Text Risk Not Pass","request_id":"2024","status":50412,"time_elapsed":"32ms"}]] },
  { "content.output", "poll", 200, [[{"code":50511,"data":null,"message":"Post Img Risk Not Pass","request_id":"2024","status":50511}]] },
  { "limit.rate", "submit", 429, [[{"code":50430,"message":"Request Has Reached API Concurrent Limit, Please Try Later","request_id":"2024"}]] },
  { "-", "poll", 200, [[{"code":10000,"data":{"status":"in_queue","task_id":"7"},"message":"Success","request_id":"2024"}]] },
  { "account.unauthorized", "submit", 401, [[{"ResponseMetadata":{"RequestId":"2024X","Action":"CVProcess","Version":"2022-08-31","Service":"cv","Region":"cn-north-1","Error":{"CodeN":100010,"Code":"SignatureDoesNotMatch","Message":"The request signature we calculated does not match the signature you provided. Check your Secret Access Key and signing method."}}}]], request_id = "2024X" },
  -- DashScope
  { "content.input", "submit", 400, [[{"code":"DataInspectionFailed","message":"Input data may contain inappropriate content.","request_id":"7574ee8f"}]], request_id = "7574ee8f" },
  { "content.output", "poll", 200, [[{"request_id":"e5","output":{"task_id":"86","task_status":"FAILED","code":"DataInspectionFailed","message":"Output data may contain inappropriate content."}}]], task_id = "86" },
  { "limit.rate", "submit", 429, [[{"code":"Throttling.RateQuota","message":"Requests rate limit exceeded, please try again later.","request_id":"7574"}]] },
  { "account.credits", "submit", 400, [[{"code":"Arrearage","message":"Access denied, please make sure your account is in good standing.","request_id":"7574"}]] },
  { "account.unauthorized", "submit", 401, [[{"code":"InvalidApiKey","message":"Invalid API-key provided.","request_id":"7574"}]] },
  { "account.credits|account.quota", "submit", 403, [[{"code":"AllocationQuota.FreeTierOnly","message":"The free tier of the model has been exhausted. If you wish to continue access the model on a paid basis, please disable the \"use free tier only\" mode in the management console.","request_id":"7574"}]] },
  { "asset.unreachable", "poll", 200, [[{"request_id":"e5","output":{"task_id":"86","task_status":"FAILED","code":"InvalidParameter.DataInspection","message":"Unable to download the media resource during the data inspection process."}}]] },
  { "provider.timeout|provider.internal", "poll", 200, [[{"request_id":"e5","output":{"task_id":"86","task_status":"FAILED","code":"InternalError.Timeout","message":"An internal timeout error has occurred during execution, please try again later or contact service support."}}]] },
  { "content.input", "submit", 400, [[{"code":"IPInfringementSuspect","message":"Input data is suspected of being involved in IP infringement.","request_id":"75"}]], category = "copyright" },
  { "-", "poll", 200, [[{"request_id":"e5","output":{"task_id":"86","task_status":"PENDING","submit_time":"2024-01-01 00:00:00"}}]] },
  { "model.unavailable|account.forbidden", "submit", 403, [[{"code":"Model.AccessDenied","message":"Model access denied.","request_id":"75"}]] },
  -- Vidu, PixVerse, Hailuo resellers
  { "content.input", "poll", 200, [[{"id":"1","state":"failed","err_code":"TaskPromptPolicyViolation","credits":0,"creations":[]}]] },
  { "account.credits", "submit", 400, [[{"code":400,"reason":"CreditInsufficient","message":"credit insufficient","metadata":{"trace_id":"x"}}]] },
  { "content.output|content.input", "poll", 200, [[{"id":"1","state":"failed","err_code":"CreationPolicyViolation","credits":0,"creations":[]}]] },
  { "account.credits", "submit", 200, [[{"ErrCode":500090,"ErrMsg":"Insufficient balance. Please top up your credits.","Resp":null}]] },
  { "limit.rate", "submit", 200, [[{"ErrCode":500044,"ErrMsg":"Reached the limit for concurrent generations.","Resp":null}]] },
  { "content.input", "submit", 200, [[{"ErrCode":500054,"ErrMsg":"Content moderation failed. Please modify your input and try again.","Resp":null}]] },
  { "provider.capacity", "submit", 200, [[{"ErrCode":500069,"ErrMsg":"The service is currently experiencing high load. Please try again later.","Resp":null}]] },
  -- Google
  { "content.output|content.input", "submit", 200, [[{"candidates":[{"finishReason":"IMAGE_SAFETY","index":0}],"usageMetadata":{"totalTokenCount":10}}]] },
  { "content.input", "submit", 200, [[{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"},"usageMetadata":{"promptTokenCount":8}}]] },
  { "generation.failed", "submit", 200, [[{"candidates":[{"content":{},"finishReason":"NO_IMAGE","finishMessage":"Unable to show the image. The model could not generate the image based on the prompt provided."}]}]] },
  { "account.quota|limit.rate", "submit", 429, [[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-2.5-flash-preview-image\nPlease retry in 38.5s.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaMetric":"generativelanguage.googleapis.com/generate_content_free_tier_requests","quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"38s"}]}}]], retry_after = 38 },
  { "account.unauthorized", "submit", 400, [[{"error":{"code":400,"message":"API key expired. Please renew the API key.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}]] },
  { "account.forbidden", "submit", 403, [[{"error":{"code":403,"message":"Generative Language API has not been used in project 123 before or it is disabled. Enable it by visiting https://console.developers.google.com/... then retry.","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED"}]}}]] },
  { "account.credits", "submit", 403, [[{"error":{"code":403,"message":"This API method requires billing to be enabled. Please enable billing on project #123 by visiting https://console.developers.google.com/billing/enable?project=123 then retry.","status":"PERMISSION_DENIED"}}]] },
  { "content.input", "poll", 200, [[{"name":"projects/p/operations/1","done":true,"error":{"code":3,"message":"The prompt could not be submitted. This prompt contains words that violate Vertex AI's usage guidelines. If you think this was an error, send feedback. Support codes: 58061214"}}]], category = "minor" },
  { "content.output", "poll", 200, [[{"name":"models/veo/operations/1","done":true,"response":{"generateVideoResponse":{"raiMediaFilteredCount":1,"raiMediaFilteredReasons":["Veo could not generate 1 videos because the generated videos violated Google's usage guidelines. Support codes: 15236754"]}}}]], category = "celebrity" },
  { "-", "poll", 200, [[{"name":"models/veo/operations/1","done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"https://x/y"}}]}}}]] },
  { "-", "poll", 200, [[{"name":"models/veo/operations/1","metadata":{"@type":"x"}}]] },
  { "provider.internal", "poll", 200, [[{"name":"models/veo/operations/1","done":true,"error":{"code":13,"message":"Video generation failed due to an internal server issue. Please try again in a few minutes. If the issue persists, please contact Gemini API support."}}]] },
  { "request.invalid", "submit", 400, [[{"error":{"code":400,"message":"`durationSeconds` isn't supported by this model. Please remove it or refer to the Gemini API documentation for supported usage.","status":"INVALID_ARGUMENT"}}]] },
  { "request.invalid", "submit", 400, [[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"aspectRatios\" at 'parameters': Cannot find field.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[{"field":"parameters","description":"Invalid JSON payload received. Unknown name \"aspectRatios\""}]}]}}]] },
  { "model.unavailable", "submit", 404, [[{"error":{"code":404,"message":"models/veo-9.0 is not found for API version v1beta, or is not supported for predictLongRunning. Call ListModels to see the list of available models and their supported methods.","status":"NOT_FOUND"}}]] },
  { "provider.capacity|provider.unavailable", "submit", 503, '[{"error":{"code":503,"message":"The model is overloaded. Please try again later.","status":"UNAVAILABLE"}}]' },
  { "provider.timeout", "poll", 504, [[{"error":{"code":504,"message":"Deadline expired before operation could complete.","status":"DEADLINE_EXCEEDED"}}]] },
  -- AWS Bedrock
  { "limit.rate", "submit", 429, [[{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Too many requests, please wait before trying again."}]] },
  { "content.input", "submit", 400, [[{"message":"This request has been blocked by our content filters. Our filters automatically flagged this prompt because it may conflict our AUP or AWS Responsible AI Policy. Please adjust your text prompt to submit a new request."}]], headers = { "x-amzn-ErrorType: ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/" } },
  { "content.output", "submit", 200, [[{"images":[],"error":"All of the generated images have been blocked by our content filters. Our content filters automatically block images that may conflict our AUP or AWS Responsible AI Policy."}]] },
  { "account.unauthorized", "submit", 403, [[{"message":"The security token included in the request is invalid."}]], headers = { ["x-amzn-errortype"] = "UnrecognizedClientException" } },
  { "account.forbidden|model.unavailable", "submit", 403, [[{"message":"You don't have access to the model with the specified model ID."}]], headers = { ["x-amzn-errortype"] = "AccessDeniedException" } },
  { "provider.timeout", "submit", 408, [[{"message":"Model has timed out in processing the request. Try your request again."}]], headers = { ["x-amzn-errortype"] = "ModelTimeoutException" } },
  { "content.input", "submit", 200, [[{"seeds":[],"finish_reasons":["Filter reason: prompt"],"images":[]}]] },
  { "-", "submit", 200, [[{"seeds":[12],"finish_reasons":[null],"images":["aGk="]}]] },
  { "provider.capacity|provider.unavailable", "submit", 503, [[{"__type":"ServiceUnavailableException","message":"Bedrock is unable to process your request."}]] },
  { "request.invalid", "submit", 400, [[{"__type":"ValidationException","message":"1 validation error detected: Value '4096' at 'imageGenerationConfig.width' failed to satisfy constraint: Member must have value less than or equal to 2048"}]] },
  -- aggregators: OpenRouter, Together, Hugging Face, LiteLLM, one-api
  { "content.input", "submit", 403, [[{"error":{"message":"openai/gpt-image-1 requires moderation on OpenAI. Your input was flagged for \"sexual/minors\". No credits were charged.","code":403,"metadata":{"reasons":["sexual/minors"],"flagged_input":"...","provider_name":"OpenAI"}},"user_id":"u"}]], category = "minor" },
  { "account.credits", "submit", 402, [[{"error":{"message":"This request requires more credits, or fewer max_tokens. You requested up to 32000 tokens, but can only afford 120.","code":402}}]] },
  { "limit.rate", "submit", 429, [[{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"google/gemini-2.5-flash-image is temporarily rate-limited upstream. Please retry shortly, or add your own key","provider_name":"Google"}}}]] },
  { "model.unavailable", "submit", 404, [[{"error":{"message":"No endpoints found for black-forest/flux-9.","code":404}}]] },
  { "provider.upstream|provider.unavailable", "submit", 502, [[{"error":{"message":"Provider returned error","code":502,"metadata":{"raw":"error","provider_name":"Novita"}}}]] },
  { "account.credits", "submit", 402, [[{"error":"You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more monthly included credits."}]] },
  { "provider.capacity|provider.unavailable", "submit", 503, [[{"error":"Model stabilityai/stable-diffusion-3 is currently loading","estimated_time":58.3}]], retry_after = 58.3 },
  { "account.unauthorized", "submit", 401, [[{"error":"Invalid credentials in Authorization header"}]] },
  { "account.credits", "submit", 402, [[{"id":"x","error":{"message":"Credit limit exceeded, please navigate to https://api.together.xyz/settings/billing to add credit","type":"credit_limit","param":null,"code":null}}]] },
  { "account.credits", "submit", 400, [[{"error":{"message":"Budget has been exceeded! Current cost: 10.2, Max budget: 10.0","type":"budget_exceeded","param":null,"code":"400"}}]] },
  { "account.unauthorized", "submit", 401, [[{"error":{"message":"Authentication Error, Invalid proxy server token passed. Received API Key = sk-...1234, Key Hash (Token) =abc. Unable to find token in cache or `LiteLLM_VerificationTokenTable`","type":"token_not_found_in_db","param":"key","code":"401"}}]] },
  { "content.input", "submit", 400, [[{"error":{"message":"litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - The response was filtered due to the prompt triggering content management policy","type":"invalid_request_error","param":null,"code":"400"}}]] },
  { "account.credits", "submit", 403, [[{"error":{"message":"用户额度不足, 剩余额度: ＄0.000120 (request id: 20250801120000123456789abcdefgh)","type":"new_api_error","param":"","code":"insufficient_user_quota"}}]], request_id = "20250801120000123456789abcdefgh" },
  { "provider.unavailable|model.unavailable|provider.capacity", "submit", 503, [[{"error":{"message":"当前分组 default 下对于模型 kling-v2 无可用渠道 (request id: 2025)","type":"new_api_error","param":"","code":"model_not_found"}}]] },
  { "account.unauthorized", "submit", 401, [[{"error":{"message":"无效的令牌 (request id: 20250801)","type":"new_api_error"}}]] },
  { "limit.rate|provider.capacity", "submit", 429, [[{"error":{"message":"当前分组上游负载已饱和，请稍后再试 (request id: 2025)","type":"new_api_error","code":"429"}}]] },
  -- Chinese, of all sorts
  { "account.credits", "submit", 200, [[{"code":1001,"msg":"账户余额不足，请充值后再试","data":null}]] },
  { "content.input", "submit", 200, [[{"code":10021,"msg":"提示词包含敏感内容，请修改后重试","data":null}]] },
  { "content.output", "poll", 200, [[{"code":0,"data":{"status":"failed","fail_reason":"生成的图片涉嫌违规，已被屏蔽"},"msg":"ok"}]] },
  { "limit.rate", "submit", 200, [[{"code":429,"msg":"请求过于频繁，请60秒后重试"}]], retry_after = 60 },
  { "provider.capacity", "submit", 200, [[{"success":false,"code":"SYSTEM_BUSY","message":"系统繁忙，请稍后再试"}]] },
  { "account.quota", "submit", 200, [[{"code":3003,"message":"今日免费次数已达上限，请明天再来"}]] },
  { "request.invalid", "submit", 400, [[{"code":"InvalidParam","message":"参数错误：duration 只能为 5 或 10"}]] },
  { "task.not_found", "poll", 200, [[{"code":40004,"message":"任务不存在或已过期"}]] },
  { "account.unauthorized", "submit", 401, [[{"code":401,"message":"未授权，请检查API密钥"}]] },
  { "provider.timeout", "poll", 200, [[{"code":200,"data":{"task_id":"t9","state":"fail","failMsg":"生成超时，请重试"}}]], task_id = "t9" },
  { "model.unavailable", "submit", 400, [[{"error":{"code":"1211","message":"模型不存在，请检查模型代码。"}}]] },
  { "content.input", "submit", 400, [[{"contentFilter":[{"level":1,"role":"user"}],"error":{"code":"1301","message":"系统检测到输入或生成内容可能包含不安全或敏感内容，请您避免输入易产生敏感内容的提示语，感谢您的配合。"}}]] },
  { "provider.capacity", "submit", 429, [[{"error":{"code":"1305","message":"当前API请求过多，请稍后重试。"}}]], also = "limit.rate" },
  { "content.input", "submit", 200, [[{"Response":{"Error":{"Code":"OperationDenied.TextIllegalDetected","Message":"文本包含违法违规信息，审核不通过。"},"RequestId":"a1b2c3d4"}}]], request_id = "a1b2c3d4" },
  { "account.credits", "submit", 200, [[{"Response":{"Error":{"Code":"ResourceUnavailable.InArrears","Message":"账号已欠费。"},"RequestId":"a1b2c3d4"}}]] },
  { "limit.rate", "submit", 200, [[{"Response":{"Error":{"Code":"RequestLimitExceeded.JobNumExceed","Message":"任务数量超出限制，请等待已有任务完成。"},"RequestId":"a1"}}]] },
  { "account.unauthorized", "submit", 200, [[{"Response":{"Error":{"Code":"AuthFailure.SecretIdNotFound","Message":"The SecretId is not found, please ensure that your SecretId is correct."},"RequestId":"a1"}}]] },
  { "limit.rate", "submit", 200, [[{"error_code":18,"error_msg":"Open api qps request limit reached"}]] },
  { "account.quota", "submit", 200, [[{"error_code":17,"error_msg":"Open api daily request limit reached"}]] },
  { "account.unauthorized", "submit", 200, [[{"error_code":110,"error_msg":"Access token invalid or no longer valid"}]] },
  { "asset.unreachable", "submit", 400, [[{"code":"InvalidImageUrl","message":"图片下载失败，请检查图片链接是否可以公开访问"}]], also = "asset.invalid_uri" },
  { "asset.too_large", "submit", 400, [[{"code":40013,"message":"图片大小不能超过10MB"}]] },
  -- gateways and pages
  { "account.forbidden", "submit", 403, [[<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body><h1 data-translate="block_headline">Sorry, you have been blocked</h1><h2 class="cf-subheadline">You are unable to access api.example.com</h2></body></html>]] },
  { "limit.rate", "submit", 429, [[<html><head><title>Access denied | api.example.com used Cloudflare to restrict access</title></head><body><h1><span>Error</span> <span>1015</span></h1><h2>You are being rate limited</h2></body></html>]] },
  { "provider.unavailable", "poll", 521, [[<html><head><title>api.example.com | 521: Web server is down</title></head><body></body></html>]] },
  { "limit.rate", "submit", 429, "error code: 1015" },
  { "account.forbidden|account.unauthorized", "submit", 403, [[{"message":"Forbidden"}]] },
  { "account.unauthorized|request.invalid|account.forbidden", "submit", 403, [[{"message":"Missing Authentication Token"}]] },
  { "limit.rate|account.quota", "submit", 429, [[{"message":"Limit Exceeded"}]] },
  { "provider.unavailable|provider.timeout", "submit", 504, [[{"message":"Endpoint request timed out"}]] },
  { "provider.unavailable", "submit", 503, "upstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: delayed connect error: 111" },
  { "provider.unavailable", "poll", 503, "no healthy upstream" },
  { "provider.unavailable", "poll", 503, [[<!DOCTYPE html><html><head><title>Application Error</title></head><body><iframe src="//www.herokucdn.com/error-pages/application-error.html"></iframe></body></html>]] },
  { "provider.unavailable|provider.timeout", "submit", 504, "An error occurred with your deployment\n\nFUNCTION_INVOCATION_TIMEOUT\n\niad1::abcde-1700000000000-0123456789ab" },
  { "provider.unavailable", "submit", 503, "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n" },
  { "account.unauthorized", "submit", 401, [[{"message":"No API key found in request","request_id":"ab12cd34"}]] },
  { "limit.rate", "submit", 429, [[{"message":"API rate limit exceeded","request_id":"ab12cd34"}]] },
  { "provider.unavailable", "submit", 503, [[<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>503 ERROR</H1><H2>The request could not be satisfied.</H2>The Lambda function associated with the CloudFront distribution was throttled.</BODY></HTML>]] },
  { "request.too_large|asset.too_large", "upload", 413, [[<html><head><title>413 Request Entity Too Large</title></head></html>]] },
  { "asset.too_large|request.too_large", "upload", 400, [[<?xml version="1.0" encoding="UTF-8"?><Error><Code>EntityTooLarge</Code><Message>Your proposed upload exceeds the maximum allowed size</Message><RequestId>X</RequestId></Error>]] },
  { "network.protocol", "poll", 200, "<html><head><title>Welcome to nginx!</title></head><body></body></html>" },
  { "provider.internal|provider.unavailable", "submit", 500, "Internal Server Error" },
  { "request.invalid", "submit", 404, "Cannot POST /v1/videoz" },
  -- streams, nesting, wrappers
  { "content.input", "submit", 200, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"image_generation_user_error\",\"code\":\"moderation_blocked\",\"message\":\"Your request was rejected by the safety system.\"}}\n\n" },
  { "provider.capacity", "submit", 200, "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n" },
  { "account.credits", "submit", 500, [[{"error":"upstream request failed: 403 {\"error\":{\"message\":\"\\u4f59\\u989d\\u4e0d\\u8db3\",\"type\":\"quota\"}}"}]] },
  { "content.input", "submit", 500, [[{"success":false,"message":"Error code: 400 - {'error': {'message': 'Your request was rejected as a result of our safety system.', 'type': 'image_generation_user_error', 'param': None, 'code': 'moderation_blocked'}}"}]] },
  { "request.invalid", "submit", 422, [[{"errors":{"prompt":["can't be blank"]}}]], field = "prompt" },
  { "request.invalid", "submit", 400, [[{"type":"https://httpstatuses.com/400","title":"Bad Request","status":400,"detail":"The field 'seed' must be an integer.","instance":"/v1/images"}]] },
  { "limit.rate", "submit", 429, [[{"type":"about:blank","title":"Too Many Requests","status":429}]] },
  { "task.duplicate", "submit", 409, [[{"error":{"type":"idempotency_error","message":"Keys for idempotent requests can only be used with the same parameters they were first used with."}}]], also = "request.invalid" },
  { "account.quota", "submit", 429, [[{"error":{"message":"You have reached your monthly limit of generations","code":"monthly_limit_reached"}}]] },
  { "provider.upstream|provider.unavailable|provider.internal", "submit", 500, [[{"error":"Bad response from upstream provider"}]] },
  { "account.suspended", "submit", 403, [[{"error":{"code":"account_suspended","message":"Your account has been suspended for violating our Terms of Service."}}]] },
  { "asset.bad_status|asset.unreachable", "submit", 400, [[{"error":{"message":"Failed to fetch image from URL: received HTTP status 404","code":"invalid_image_url"}}]] },
  { "asset.corrupt|asset.invalid", "submit", 400, [[{"error":{"message":"cannot identify image file <_io.BytesIO object at 0x7f>","type":"invalid_request_error"}}]] },
  { "asset.duration", "submit", 422, [[{"error":"Input video is too long: 75s, maximum allowed is 60s"}]] },
  { "asset.insecure_url|asset.invalid_uri", "submit", 400, [[{"message":"image_url must be an HTTPS URL"}]] },
  { "-", "poll", 200, [[{"code":200,"msg":"success","data":{"taskId":"t","successFlag":0,"errorCode":null,"errorMessage":""}}]] },
  { "-", "submit", 200, [[{"success":true,"data":{"id":"gen_1","status":"queued"},"error":null,"message":"Generation started"}]] },
  { "-", "poll", 200, [[{"status":"COMPLETED","logs":[{"message":"error: retrying"}],"response_url":"https://queue.fal.run/x"}]] },
  { "-", "submit", 200, [[{"created":1700000000,"data":[{"b64_json":"aGk=","revised_prompt":"An error message on a screen, nsfw"}]}]] },
}

local function is_among(class, expected)
  for one in expected:gmatch "[^|]+" do
    if (one == "-" and class == nil) or one == class then return true end
  end
  return false
end

local retry_of = {}
for _, info in ipairs(core.classes()) do retry_of[info.class] = info.retry end

-- What must never be sent again as it is.
local function is_grave(expected)
  return expected:find "^content" or expected:find "^account.[cufs]" and not expected:find "^account.quota"
end

describe("errors of APIs nobody described", function()
  for number, row in ipairs(rows) do
    local expected, operation, status, body = row[1] .. (row.also and "|" .. row.also or ""), row[2], row[3], row[4]
    it(("%d: %s %s"):format(number, expected, body:sub(1, 60):gsub("%s+", " ")), function()
      local fault = retake.classify { operation = operation, status = status, headers = row.headers, body = body }
      local class = fault and fault.class
      assert.is_true(is_among(class, expected), ("%s is not among %s"):format(tostring(class), expected))
      for _, name in ipairs { "category", "field", "request_id", "task_id" } do
        if row[name] then assert.equal(row[name], fault[name], name) end
      end
      if row.retry_after then assert.is_true(math.abs(fault.retry_after - row.retry_after) < 0.01, tostring(fault.retry_after)) end
    end)
  end

  it("are never sent again where they are refusals, whatever the status beside them", function()
    for _, row in ipairs(rows) do
      for _, status in ipairs { 200, 400, 403, 429, 500, 503 } do
        local expected = row[1]
        if is_grave(expected) and not (type(row.headers) == "table") and not row[4]:find "^{\"message\":\"[FM]" then
          local fault = retake.classify { operation = row[2], status = status, body = row[4] }
          assert.is_true(fault ~= nil and retry_of[fault.class] ~= "wait", ("HTTP %d, %s: %s"):format(status, tostring(fault and fault.class), row[4]))
        end
      end
    end
  end)
end)
