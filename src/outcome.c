#include "outcome.h"

#include "memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

static const struct {
  const char *name, *sentence;
} kinds[] = {
    [RT_RESPONSE] = {"response", "a complete response arrived"},
    [RT_RESOLVE] = {"resolve", "the host name could not be resolved"},
    [RT_CONNECT] = {"connect", "no connection could be made"},
    [RT_BLOCKED] = {"blocked", "the host may not be connected to"},
    [RT_TLS] = {"tls", "the TLS connection failed"},
    [RT_TIMEOUT] = {"timeout", "the time ran out"},
    [RT_INTERRUPTED] = {"interrupted", "the connection broke before the response was complete"},
    [RT_PROTOCOL] = {"protocol", "the exchange did not follow HTTP"},
    [RT_TOO_LARGE] = {"too_large", "the response is larger than allowed"},
    [RT_STORAGE] = {"storage", "a file could not be read or written"},
    [RT_CANCELLED] = {"cancelled", "the transfer was cancelled"},
    [RT_MEMORY] = {"memory", "not enough memory"},
};

const char *rt_kind_name(rt_kind kind) {
  return kinds[kind].name;
}

const char *rt_kind_sentence(rt_kind kind) {
  return kinds[kind].sentence;
}

const char *rt_phase_name(rt_phase phase) {
  static const char *const names[] = {"", "connect", "first_byte", "idle", "total"};
  return names[phase];
}

static rt_kind kind_of(CURLcode code) {
  switch (code) {
  case CURLE_OK:
    return RT_RESPONSE;
  case CURLE_COULDNT_RESOLVE_HOST:
  case CURLE_COULDNT_RESOLVE_PROXY:
    return RT_RESOLVE;
  case CURLE_COULDNT_CONNECT:
  case CURLE_INTERFACE_FAILED:
  case CURLE_PROXY:
    return RT_CONNECT;
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_ENGINE_NOTFOUND:
  case CURLE_SSL_ENGINE_SETFAILED:
  case CURLE_SSL_ENGINE_INITFAILED:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_SSL_CRL_BADFILE:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
  case CURLE_SSL_INVALIDCERTSTATUS:
  case CURLE_SSL_CLIENTCERT:
  case CURLE_SSL_SHUTDOWN_FAILED:
  case CURLE_USE_SSL_FAILED:
    return RT_TLS;
  case CURLE_OPERATION_TIMEDOUT:
    return RT_TIMEOUT;
  case CURLE_GOT_NOTHING:
  case CURLE_SEND_ERROR:
  case CURLE_RECV_ERROR:
  case CURLE_PARTIAL_FILE:
  case CURLE_AGAIN:
  case CURLE_HTTP2:
  case CURLE_HTTP2_STREAM:
    return RT_INTERRUPTED;
  case CURLE_FILESIZE_EXCEEDED:
    return RT_TOO_LARGE;
  case CURLE_READ_ERROR:
    return RT_STORAGE;
  case CURLE_OUT_OF_MEMORY:
    return RT_MEMORY;
  default:
    return RT_PROTOCOL;
  }
}

rt_kind rt_kind_of_curl(int code, int sent) {
  rt_kind kind = kind_of((CURLcode)code);
  /* Broken off before there was a connection to send over: a proxy that refused the tunnel, say. */
  return kind == RT_INTERRUPTED && !sent ? RT_CONNECT : kind;
}

void rt_outcome_fail(rt_outcome *outcome, rt_kind kind, const char *detail) {
  char text[512];
  outcome->kind = kind;
  rt_free(outcome->message);
  outcome->message = NULL;
  if (!detail || !*detail) return;
  snprintf(text, sizeof text, "%s: %s", rt_kind_sentence(kind), detail);
  outcome->message = rt_strdup(text); /* without memory the kind's sentence has to do */
}

void rt_outcome_clear(rt_outcome *outcome) {
  rt_sink_close(&outcome->body);
  rt_free(outcome->message);
  rt_free(outcome->effective_url);
  rt_free(outcome->headers);
  outcome->message = outcome->effective_url = outcome->headers = NULL;
}
