--- How APIs speak of credits, keys and permissions, and of the provider's own.
local words = require "retake.provider.generic_words"

local M = {}

M.their_account_codes = [[provider_authentication_failed provider_insufficient_credits upstream_insufficient* upstream_auth* provider_auth*
  upstream_unauthorized *channel*invalid_key]]
M.their_account = [[upstream access|upstream*forbidden|upstream*access denied|provider*invalid api key configured|upstream api key
  |upstream insufficient|upstream quota|upstream balance|upstream account|上游*余额|上游*额度|上游*欠费|上游*密钥
  |provider account*insufficient|the provider's api key|upstream*unauthorized|upstream*authentication]]

M.daily_codes = [[*per_day* *perday* *daily_limit* *daily_quota* *daily_request* *daily_cap* daily_*exceeded *monthly_limit* *monthly_quota*
  *free_tier_requests]]
M.per_minute_codes = "*per_minute* *perminute* *per_second* *persecond* rpm_* *_rpm_* tpm_* *rpm_rate* *tpm_rate* *rpmrate* *tpmrate*"
M.metric_per_minute = [[quota exceeded for*per minute|quota exceeded for*per second|quota metric*per minute|quota metric*per second]]
M.metric_per_day = [[daily free|free daily|daily allocation|models per day|per day free|rate limit exceeded*per day
  |quota exceeded for*per day|quota metric*per day|quota exceeded for metric|quota exceeded for quota metric|exceeded*for metric]]
-- Before the words of credits, "not have sufficient" among them.
M.permission_first = [[sufficient permission|sufficient privilege|sufficient scope|sufficient rights|sufficient role|not available to you
  |access to*currently restricted|access to*is restricted|contact support for access|feature disabled|feature is currently disabled
  |please activate it|region not allow|region is not allow|country not allow|unusual activity|permission*denied on resource
  |permission*denied for resource|permission*denied on project]]
M.permission_codes = [[*missing_permission* *ip_not_allowed* *iam_permission* *unusual_activity* *sentinel* *captcha* *bot_detect*
  *challenge_required*]]
M.set_limit = [[今日免费|每日免费|今日额度|call volume quota|quota will be replenished|reached the set inference limit
  |safe experience mode|api total request limit|total quota|安全体验模式|exhausted its free|exhausted*free trial|used up*free trial
  |free trial quota|quota for this month|quota for today|quota of this month|this month's quota|today's quota|试用额度*用
  |试用额度*耗尽|试用额度*不足]]

M.credit_codes = [[*insufficient_quota* *insufficient_user_quota* *insufficient_token_quota* *insufficient_credit* *insufficient_fund*
  *insufficient_balance* *insufficient_token *insufficient_tokens* *insufficient_point* *insufficient_coin* *insufficient_account*
  *insufficient_payment* *insufficient_resource_pack* *credit_insufficient* *credits_insufficient* *balance_insufficient*
  *quota_insufficient* *quota_not_enough *not_enough_credit* *not_enough_balance* *not_enough_fund* *not_enough_quota* *not_enough_token*
  *not_enough_point* *notenoughcredit* *no_credit* *out_of_credit* *credits_exhausted *credit_exhausted *credits_depleted *credit_limit*
  *credits_required *credit_balance* *exceeded_credit* *balance_not_enough* *balance_too_low *low_balance* *zero_balance *negative_balance
  *billing* *payment_required* *payment_failed* *payment_error *payment_issue* *payment_overdue *unpaid* *arrear* *overdue* *bill_overdue
  *account_overdue* *budget* *exceeded_budget* *exceededbudget* *spend_limit* *spending_limit* *spending_cap* *hard_limit_reached
  *commodity_not_purchased *unpurchased* *free_tier_only* *free_trial_expired *trial_expired *trial_ended *subscription_expired
  *subscription_required *subscription_inactive *no_subscription *no_active_subscription *plan_expired *resource_pack* *package_exhausted
  *package_expired *quota_exhausted *pre_consume_token_quota_failed *purchase_required *upgrade_required *paid_plan_required *in_arrears*
  *insufficientbalance* insufficient_user_* account_balance_* resource_insufficient_balance exhausted_balance *wallet* payment]]
M.credits = [[insufficient credit|insufficient fund|insufficient balance|insufficient quota|insufficient token|insufficient point
  |insufficient coin|insufficient user quota|insufficient account|insufficient remaining|insufficient amount|insufficient prepaid
  |insufficient resource pack|insufficient wallet|insufficient api|insufficient plan|insufficient usage|insufficient*credits|out of*credits
  |insufficient*balance|not enough credit|credit not enough|credits not enough|credit is not enough|credits are not enough|not enough fund
  |not enough balance|not enough quota|not enough token|not enough point|not enough coin|not enough api|not enough money|not enough fast
  |not enough remaining|not have enough credit|not have enough balance|not have enough fund|not have enough token|not have enough point
  |not have sufficient|n't have enough|n't have sufficient|enough credits|enough balance|enough credit|not have*credits|no credits left
  |no credits remain|no credits avail|no credits found|no credits to|no credits on|no credits in|no credits for|no credits or|are no credits
  |has no credits|have zero*credits|no remaining credits|no credit on|no credit left|no credit available|no credit balance
  |no credit remaining|has no credit|have no credit|no balance|no more credits|more credits|zero credits|0 credits|have no credits
  |have no more credits|have no*credits left|have no*credits remaining|have no*credits available|have no remaining*credits
  |have no available*credits|have no api credits|without credits|have any credit|has any credit|credits yet|out of api credit
  |out of generation credit|out of image credit|out of video credit|out of your credit|out of free credit|out of monthly credit
  |out of available credit|out of prepaid credit|out of compute credit|run out of*credit|ran out of*credit|out of money|out of funds
  |credits insufficient|credit insufficient|balance insufficient|balance is insufficient|balance not enough|balance is not enough
  |balance isn't enough|balance too low|balance is too low|balance is 0|balance: 0|balance of 0|balance is zero|balance is empty
  |balance is negative|negative balance|balance exhausted|balance has been exhausted|exhausted balance|exhausted your balance
  |balance depleted|low balance|balance is below|credit balance|credits exhausted|credits are exhausted|credits have been exhausted
  |exhausted your*credit|used all*credits|used up*credit|used up all|credits depleted|credits are depleted|credits*are depleted
  |credits used up|credits are used up|credits ran out|credits have run out|run out of credit|ran out of credit|out of credit
  |run out of fund|run out of balance|run out of token|out of tokens|credits have expired|credits expired|credits are required
  |credits required|credits to continue|credit limit|exceeded*credits|exceeded*credit|included credits|exceed*balance|exceeds*balance
  |exceeds your*credit|exceeds*available credit|top up|topup|recharge|add funds|add credits|add more credits|buy credits|buy more
  |purchase credits|purchase more|purchase additional|please purchase|please pay|add a payment|payment instrument|have purchased credits
  |has purchased credits|kudos|billed user|billed account|billed customer|paying customer|paying user|paid user|paid customer
  |payment required|payment could not|payment cannot|payment was declined|payment declined|payment has failed|failed payment
  |card was declined|card declined|card has expired|payment method|payment failed|payment overdue|payment is overdue|unpaid|past due
  |outstanding balance|outstanding invoice|overdue|arrear|billing hard limit|billing issue|billing problem|billing not active|billing is not
  |billing has not|billing disabled|billing is disabled|billing account*disabled|billing account*closed|enable billing|billing to be enabled
  |requires billing|check your plan and billing|billing details|set up billing|billing limit|billing error
  |not active, please check your billing|invoice|credit card|exceeded your current quota|current quota|quota is not enough|quota not enough
  |user quota|token quota|token remain quota|quota has been used up|remaining quota|spend limit|spending limit|spending cap|spend cap
  |hard limit has been reached|budget has been exceeded|budget exceeded|exceeded budget|exceeded your budget|over budget|max budget
  |maximum budget|free trial*expired|free trial*ended|free trial*over|trial*has expired|trial*has ended|trial expired|trial ended
  |free credits|free quota*exhausted|free quota*used|free tier of the model has been exhausted|free allocated quota|subscription*expired
  |subscription*inactive|subscription has ended|subscription*not active|no active subscription|active subscription is required
  |active subscription required|need an active subscription|subscription required|requires a subscription|requires a paid|paid plan
  |paid account|paid invoice|resource pack*exhausted|resource package|resource pack*depleted|resource pack*expired|package*expired
  |package*used up|package*exhausted|not purchased|has not been purchased|wallet|余额不足|余额不够|余额*不足|余额*不够
  |余额不支持|余额为|余额低|余额过低|余额太低|余额较低|余额小于|余额少于|余额欠|余额耗尽
  |余额已耗尽|余额已用|余额用|余额告|余额仅|余额有限|余额异常|账户余额|账号余额|当前余额|可用余额
  |剩余余额|无余额|没有余额|余额：|余额:|额度不足|额度已用|额度已耗尽|额度用尽|额度已不足|配额不足
  |剩余额度|用户额度|令牌额度|预扣费|欠费|积分不足|积分余额|积分已用|积分已经用|积分已耗
  |积分已不足|积分已过期|积分已超|积分不够|点数不足|点数不够|灵感值不足|金币不足|算力点
  |算力值不足|次数不足|次数已用完|次数已用尽|剩余次数|充值|扣费失败|扣款失败|账户已欠|账单|逾期
  |资源包*不足|资源包*用尽|资源包*耗尽|资源包*过期|资源包已|套餐*不足|套餐*用尽|套餐*用完|套餐*过期
  |套餐*到期|会员*过期|会员*到期|开通会员|未购买|请购买|付费|免费额度|试用*过期|试用*结束|试用额度
  |付款|支付|金额不足|钱包]]

-- What a plan holds, and how much of it at a time.
local plans = "<plan>|<tier>|subscription|套餐"
M.plan_rate = words.pairs_of("<plan>|<tier>|套餐",
  "concurren|simultaneous|parallel|at the same time|at once|per minute|per second|并发|同时")
M.plan_quota = words.pairs_of("<plan>|<tier>|套餐",
  "images per|videos per|generations per|requests per|calls per|images a|videos a|daily|this month|today|每天|每日|每月")
M.plan_model = words.pairs_of(plans, [[not support model|not support the model|not support this model|n't support the model
  |n't support this model|not include the model|not include this model|n't include this model|不支持*模型|不包含*模型]])
M.plan = words.pairs_of(plans, [[no longer supported|no longer available|are unavailable|does not allow|doesn't allow|does not permit
  |does not include|doesn't include|does not support|doesn't support|does not cover|doesn't cover|do not support|plan not support
  |plan not allow|不支持|不包含|不允许]])
local not_held = words.pairs_of([[unavailable on|unavailable in|unavailable for|unavailable to|unavailable with|not part of|isn't part of
  |not included in|isn't included in|not included with|not allowed by your|not allowed on|not allowed in|not allowed for|not allowed with
  |not permitted on|not available on|not available in|not available for|not available with|not available to|isn't available on
  |isn't available in|isn't available for|not supported on|not supported by|only available on|only available for|only available to
  |only available in|requires the|requires a higher]],
  "<plan>|<plans>|<tier>|<subscription>|<subscribers>")
M.plan = words.both(words.both(M.plan, not_held), words.split [[upgrade your plan to generate|upgrade your plan to use
  |upgrade your plan to access|upgrade your plan to unlock|free*users cannot|free*users can't|requires a*subscription
  |requires an*subscription|requires*<plan>|requires*<tier>|to unlock this|免费版*不支持|免费用户*不支持|普通版*不支持
  |会员专享|仅限会员|仅会员]])

-- After the words of credits: some lock those who do not pay.
M.locked = "user is locked|user has been locked|user was locked|admin lock|locked by an admin|locked by admin"
M.suspended_codes = [[*account_suspended *account_disabled *user_disable *all_access_disabled *account_problem *account_banned
  *account_deactivated *account_locked *account_frozen *account_blocked *account_terminated *account_inactive *user_banned *user_disabled
  *user_suspended *user_blocked *key_disabled *key_revoked *token_disabled *token_revoked *consumer_suspended *organization_disabled
  *organization_suspended *org_suspended *project_suspended banned suspended *access_terminated* *user_locked *api_key_leaked
  *account_restricted *organization_restricted *user_abnormal *abnormal_account]]
M.key_codes = [[*invalid_api_key* *invalid_apikey* *api_key_invalid* *apikey_invalid* *api_key_not_valid* *api_key_not_found*
  *api_key_expired *apikey_expired *api_key_missing *api_key_required *missing_api_key* *no_api_key* *incorrect_api_key* *wrong_api_key
  *bad_api_key *invalid_token *invalid_access_token* *access_token_invalid* *access_token_expired *token_expired *expired_token*
  *token_invalid *token_missing *missing_token *invalid_key *key_invalid *key_expired *key_not_found *missing_authentication*
  *missing_authorization* *authorization_required *authentication_required *invalid_authorization* *invalid_authentication*
  *authentication_failed *authentication_failure *authfailure* *auth_failed *auth_fail *auth_failure* *auth_error *auth_required
  *authentication_error* *authenticationerror* *auth_invalid *invalid_auth* *unauthenticated* *not_authenticated *unauthorised
  *invalid_credential* *bad_credential* *invalid_signature* *signature_does_not_match* *signature_not_match *signature_error
  *signature_invalid *signature_expired* *signature_failure *unrecognized_client* *incomplete_signature* *invalid_client_token*
  *time_too_skewed* *clock_skew* *request_expired *invalid_access_key* *access_key_not_found *invalidaccesskey* *secret_id_not_found
  *access_token_type_unsupported *credentials_missing *no_auth* *noauth* *jwt_expired *invalid_jwt* *invalid_x_api_key* *login_required
  *not_logged_in *session_expired *unknown_api_key *apikeynotfound]]
M.verification = [[resource is unauthorized|model is unauthorized|access to requested resource|access to the requested resource
  |unauthorized to access|unauthorized to use|must be verified|must verify|verify a phone|verify your phone|verify your email
  |verify your identity|verify your organization|verify organization|verification required|requires verification|identity verification
  |email not verified|email is not verified|phone number required|not been verified|organization*verified|complete verification
  |age verification|实名认证|未实名|请先认证|country, region|unsupported country|unsupported region|unsupported location
  |user location is not supported|location is not supported|not available in your country|not available in your region
  |not available in your location|not supported in your country|not supported in your region|region is not supported
  |country is not supported|restricted in your region|not available in this region|has not been used in project|api is not enabled
  |api has not been enabled|enable it by visiting|apis are blocked|terms*not accepted|terms*not been accepted
  |terms of service must be accepted|accept the terms|accept the license|agree to the terms|gated|ip address*not allowed|ip*not in*whitelist
  |ip*not in*allowlist|ip*whitelist|ip*allowlist|illegal client ip|client ip is not|illegal access|abuse prevention|abuse detect|licc failed
  |license*expired|license*invalid|no license|no valid license|license*not|ip not allowed|not granted|ip is not allowed|ip*is not authorized
  |ip has been blocked|ip address has been blocked|ip banned|ip blocked|白名单|ip*受限|ip*禁止|you have been blocked|error code: 1003
  |error code: 1006|error code: 1007|error code: 1008|error code: 1009|error code: 1010|error code: 1012|error code: 1020|error 1020
  |error 1010|error 1009|error 1006|access denied*cloudflare|attention required|the owner of this website has banned|just a moment...
  |checking your browser|enable javascript and cookies|unusual activity|unusual traffic|suspicious activity|referer*blocked
  |insufficient permission|insufficient privilege|insufficient scope|insufficient authentication scopes|insufficient rights
  |missing permission|missing scope|not have permission|n't have permission|no permission|lacks permission|lack permission
  |permission to access|required permission|explicit deny|not authorized to perform|not authorized to invoke|not authorized to access
  |not authorized to use|is not authorized|requires role|无权限|没有权限|权限不足|无权访问|无权使用|无权操作
  |暂无权限|没有访问权限|未开通权限|未授权访问|无访问权限]]
M.keys = [[verify your key|verify your api key|verify the api key|validate your key|validate your api key|validate the api key
  |invalid api key|invalid subscription key|subscription key|invalid apikey|invalid api_key|invalid x api key|incorrect api key
  |wrong api key|bad api key|unknown api key|api key not valid|api key is not valid|api key is invalid|api key*invalid|apikey*invalid
  |api key not found|api key*not found|api key does not exist|api key*does not exist|api key doesn't exist|api key expired
  |api key has expired|api key is expired|api key*expired|api key missing|api key is missing|api key required|api key is required
  |api key must be|api key*incorrect|api key*not provided|missing api key|missing apikey|no api key|provide an api key
  |provide a valid api key|valid api key|provide your api key|api key format|malformed api key|api key authentication|invalid key provided
  |key is invalid|invalid access key|access key*invalid|access key*not exist|access key id*not exist|invalid secret|invalid app id
  |invalid appid|appid*not exist|invalid token|invalid auth token|invalid access token|invalid bearer|access token*invalid
  |access token*expired|access token is|access token has|token has expired|token is expired|token expired|token is invalid|token invalid
  |token not found|token*revoked|token is missing|missing token|missing access token|missing bearer|no token|token required|expired token
  |invalid or expired|bearer token|token not provided|token was not provided|auth token|unauthorized|unauthorised|unauthenticated
  |not authenticated|not logged in|authentication failed|authentication failure|authorization hook|could not verify jwt|jwtexpired
  |must be logged in|you are not logged in|authorization token|no user found for key|authorization is not yet valid
  |authentication is disabled|token非法|api key is empty|api key is wrong|api key error|key is empty|api key is not set|api key not set
  |api key is not configured|api key not configured|api key missing|no api key configured|check login|login error|login failed|login failure
  |cookie*expired|cookie*invalid|invalid cookie|update the*cookie|update your cookie|get session id|bad key|missing credential
  |no credentials|missing api credential|hmac signature|signature cannot be verified|signature could not be verified|certification failed
  |authentication error|authentication required|authentication is required|authentication credentials|authentication token
  |failed to authenticate|could not authenticate|cannot authenticate|unable to authenticate|requires authentication|authenticate|auth failed
  |auth fail|authorization failed|authorization header|authorization required|missing authorization|invalid authorization|no authorization
  |authorization*missing|authorization*invalid|authorization*malformed|invalid authentication|invalid credential|credentials*invalid
  |credentials were not|credentials are|credential*expired|could not validate credentials|no cookie auth|no auth credentials
  |invalid signature|signature does not match|signature mismatch|signature we calculated|difference between the request time|clock skew
  |pub key is invalid|signature expired|signature verification failed|signature*invalid|signature error|security token|invalid jwt
  |jwt expired|jwt malformed|invalid login|login required|please log in|please login|please sign in|session expired|session has expired
  |invalid session|user not found|invalid client|client id*invalid|未授权|鉴权|认证失败|身份验证|身份认证|未认证
  |无效的令牌|令牌无效|令牌已过期|令牌过期|无效令牌|令牌验证失败|该令牌|未提供令牌|密钥无效
  |密钥错误|密钥过期|密钥不存在|无效的密钥|无效密钥|apikey无效|apikey错误|apikey不存在|api key无效
  |api key错误|api key 无效|api key 错误|key无效|key错误|key不存在|key已过期|无效的api|未登录|请登录|请先登录
  |登录失效|登录过期|登录已过期|登录态|token无效|token失效|token过期|token已过期|token 无效|token 已过期
  |token错误|token不能为空|签名错误|签名不匹配|签名验证|签名失败|签名过期|签名无效|验签失败|授权失败
  |授权已过期|无效的授权|凭证]]
M.keys_under_401 = "forbidden|denied|api key|token|credential|expired|invalid|permission|not authorized"

return M
