/* Whatever the bytes: a list of exceptions holds what was written in it and no more, and what is no address is blocked. The first line is
   a network, the second an address as text, and all of it together a socket address. */
#include "../../src/netguard.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition) {
  if (!condition) abort();
}

static void network(const char *text, rt_network *out) {
  char written[INET6_ADDRSTRLEN], again[INET6_ADDRSTRLEN + 8], why[RT_WHY_ROOM];
  rt_network second;
  rt_allowed all = {out, 1};
  require(out->length == 4 || out->length == 16);
  require(out->bits <= out->length * 8);
  for (size_t bit = out->bits; bit < sizeof out->address * 8; bit++) require(!(out->address[bit / 8] & 128 >> bit % 8));
  require(inet_ntop(out->length == 4 ? AF_INET : AF_INET6, out->address, written, sizeof written) != NULL);
  require(!rt_address_text_blocked(written, &all, why, sizeof why));
  snprintf(again, sizeof again, "%s/%d", written, out->bits);
  require(rt_network_parse(again, &second) && memcmp(out, &second, sizeof second) == 0);
  require(strspn(text, "0123456789abcdefABCDEF:./") == strlen(text));
}

static void address(const char *text, const rt_allowed *allow) {
  char why[RT_WHY_ROOM] = "", small[4] = "";
  bool blocked = rt_address_text_blocked(text, NULL, why, sizeof why);
  require(blocked == (why[0] != '\0'));
  require(rt_address_text_blocked(text, NULL, small, sizeof small) == blocked && strlen(small) < sizeof small);
  /* an exception only ever opens, and what is not blocked was an address */
  require(blocked || !rt_address_text_blocked(text, allow, why, sizeof why));
  require(blocked || strpbrk(text, "0123456789abcdefABCDEF:"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  rt_network one;
  rt_allowed allow = {&one, 1};
  char *text = malloc(size + 1), why[RT_WHY_ROOM];
  memcpy(text, data, size);
  text[size] = '\0';
  rt_address_blocked((const struct sockaddr *)(const void *)text, (socklen_t)size, NULL, why, sizeof why);
  char *line = strchr(text, '\n');
  if (line) *line++ = '\0';
  if (rt_network_parse(text, &one))
    network(text, &one);
  else
    allow.count = 0;
  address(text, NULL);
  if (line) address(line, &allow);
  free(text);
  return 0;
}
