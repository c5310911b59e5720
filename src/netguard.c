#include "netguard.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* The IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190; iana.org/assignments/iana-ipv4-special-registry and
   iana-ipv6-special-registry), every row of them, also those that are globally reachable: relays, NAT64 and AS112 are answered by whoever
   stands nearest, and serve no assets. Added to these: the multicast registries, the deprecated forms of RFC 4291 and RFC 2765, and the
   addresses at which clouds tell a machine its credentials. What is more special stands first, for the first that fits gives the name. */
typedef struct {
  rt_network network;
  const char *what;
} block;

#define V4(a, b, c, d, bits, what) \
  { {{a, b, c, d}, 4, bits}, what }
#define V6(a, b, c, d, bits, what) /* four groups of sixteen bits; the rest is zero */ \
  { {{(a) >> 8, (a) & 255, (b) >> 8, (b) & 255, (c) >> 8, (c) & 255, (d) >> 8, (d) & 255}, 16, bits}, what }

static const block blocks[] = {
    V4(169, 254, 169, 254, 32, "a cloud's metadata service"),
    V4(100, 100, 100, 200, 32, "a cloud's metadata service"), /* Alibaba */
    V4(168, 63, 129, 16, 32, "a cloud's metadata service"),   /* Azure: a public number that is answered inside of it */
    V4(192, 0, 0, 192, 32, "a cloud's metadata service"),     /* Oracle */
    V4(0, 0, 0, 0, 8, "an address of this host"),
    V4(10, 0, 0, 0, 8, "a private address"),
    V4(100, 64, 0, 0, 10, "a carrier's internal address"),
    V4(127, 0, 0, 0, 8, "a loopback address"),
    V4(169, 254, 0, 0, 16, "a link-local address"),
    V4(172, 16, 0, 0, 12, "a private address"),
    V4(192, 0, 0, 0, 24, "reserved for protocols"),
    V4(192, 0, 2, 0, 24, "a documentation address"),
    V4(192, 31, 196, 0, 24, "an AS112 address"),
    V4(192, 52, 193, 0, 24, "a multicast relay"),
    V4(192, 88, 99, 0, 24, "a 6to4 relay"),
    V4(192, 168, 0, 0, 16, "a private address"),
    V4(192, 175, 48, 0, 24, "an AS112 address"),
    V4(198, 18, 0, 0, 15, "a benchmarking address"),
    V4(198, 51, 100, 0, 24, "a documentation address"),
    V4(203, 0, 113, 0, 24, "a documentation address"),
    V4(224, 0, 0, 0, 4, "a multicast address"),
    V4(255, 255, 255, 255, 32, "the broadcast address"),
    V4(240, 0, 0, 0, 4, "a reserved address"),

    V6(0, 0, 0, 0, 128, "the unspecified address"),
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 16, 128}, "a loopback address"},
    V6(0, 0, 0, 0, 96, "an IPv4-compatible address"),
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255}, 16, 96}, "an IPv4-mapped address"},
    {{{0, 0, 0, 0, 0, 0, 0, 0, 255, 255}, 16, 96}, "an IPv4-translated address"},
    V6(0x64, 0xff9b, 0, 0, 96, "a NAT64 address"),
    V6(0x64, 0xff9b, 1, 0, 48, "a NAT64 address"),
    V6(0x100, 0, 0, 0, 64, "a discard address"),
    V6(0x100, 0, 0, 1, 64, "a dummy address"),
    V6(0x2001, 0, 0, 0, 32, "a Teredo address"),
    V6(0x2001, 2, 0, 0, 48, "a benchmarking address"),
    V6(0x2001, 3, 0, 0, 32, "a multicast relay"),
    V6(0x2001, 4, 0x112, 0, 48, "an AS112 address"),
    V6(0x2001, 0x10, 0, 0, 28, "an ORCHID"),
    V6(0x2001, 0x20, 0, 0, 28, "an ORCHID"),
    V6(0x2001, 0x30, 0, 0, 28, "a drone's identifier"),
    V6(0x2001, 0, 0, 0, 23, "reserved for protocols"),
    V6(0x2001, 0xdb8, 0, 0, 32, "a documentation address"),
    V6(0x2002, 0, 0, 0, 16, "a 6to4 address"),
    V6(0x2620, 0x4f, 0x8000, 0, 48, "an AS112 address"),
    V6(0x3fff, 0, 0, 0, 20, "a documentation address"),
    V6(0x5f00, 0, 0, 0, 16, "a segment routing identifier"),
    {{{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54}, 16, 128}, "a cloud's metadata service"}, /* Amazon */
    {{{0xfd, 0x20, 0, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54}, 16, 128}, "a cloud's metadata service"}, /* Google */
    V6(0xfc00, 0, 0, 0, 7, "a private address"),
    V6(0xfe80, 0, 0, 0, 10, "a link-local address"),
    V6(0xfec0, 0, 0, 0, 10, "a site-local address"),
    V6(0xff00, 0, 0, 0, 8, "a multicast address"),
};

/* All that was ever given to anybody; whatever lies outside of it is either in the table or nobody's. */
static const rt_network global_unicast = {{0x20}, 16, 3};

static bool holds(const rt_network *network, const unsigned char *address, size_t length) {
  size_t whole = network->bits / 8, rest = network->bits % 8;
  if (network->length != length || memcmp(network->address, address, whole) != 0) return false;
  return rest == 0 || (network->address[whole] ^ address[whole]) >> (8 - rest) == 0;
}

static const char *what_is(const unsigned char *address, size_t length) {
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
    if (holds(&blocks[i].network, address, length)) return blocks[i].what;
  return length == 16 && !holds(&global_unicast, address, length) ? "a reserved address" : NULL;
}

static bool is_blocked(const unsigned char *address, size_t length, const rt_allowed *allow, char *why, size_t room) {
  char text[INET6_ADDRSTRLEN] = "it";
  const char *what = what_is(address, length);
  if (!what) return false;
  for (size_t i = 0; allow && i < allow->count; i++)
    if (holds(&allow->networks[i], address, length)) return false;
  inet_ntop(length == 4 ? AF_INET : AF_INET6, address, text, sizeof text);
  snprintf(why, room, "%s is %s", text, what);
  return true;
}

bool rt_address_blocked(const struct sockaddr *address, socklen_t length, const rt_allowed *allow, char *why, size_t room) {
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  sa_family_t family = AF_UNSPEC;
  /* copied, since whoever hands it over need not have aligned it */
  if ((size_t)length >= offsetof(struct sockaddr, sa_data))
    memcpy(&family, (const char *)address + offsetof(struct sockaddr, sa_family), sizeof family);
  if (family == AF_INET && (size_t)length >= sizeof v4) {
    memcpy(&v4, address, sizeof v4);
    return is_blocked((const unsigned char *)&v4.sin_addr, 4, allow, why, room);
  }
  if (family == AF_INET6 && (size_t)length >= sizeof v6) {
    memcpy(&v6, address, sizeof v6);
    return is_blocked((const unsigned char *)&v6.sin6_addr, 16, allow, why, room);
  }
  snprintf(why, room, "it is no internet address");
  return true;
}

/* ---- addresses as text ---- */

enum { ADDRESS_MOST = 80 };

/* As inet_aton reads it, which also takes what stands behind a space for a comment. */
static bool loose_v4(const char *text, unsigned char *address) {
  struct in_addr found;
  if (text[strspn(text, "0123456789abcdefABCDEFxX.")] || !inet_aton(text, &found)) return false;
  memcpy(address, &found, 4);
  return true;
}

/* A zone says on which link the address is meant, not what it is. */
static bool v6_with_zone(char *text, unsigned char *address) {
  size_t length = strlen(text);
  if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
    text[length - 1] = '\0';
    text++;
  }
  text[strcspn(text, "%")] = '\0';
  return inet_pton(AF_INET6, text, address) == 1;
}

bool rt_address_text_blocked(const char *text, const rt_allowed *allow, char *why, size_t room) {
  unsigned char address[16];
  char copy[ADDRESS_MOST];
  size_t length = strlen(text);
  if (length < sizeof copy) {
    memcpy(copy, text, length + 1);
    if (length && !strchr(text, ':') && copy[length - 1] == '.') copy[length - 1] = '\0'; /* the root's dot changes nothing */
    if (loose_v4(copy, address)) return is_blocked(address, 4, allow, why, room);
    if (v6_with_zone(copy, address)) return is_blocked(address, 16, allow, why, room);
  }
  snprintf(why, room, "it is no internet address");
  return true;
}

/* ---- exceptions ---- */

/* "/8" and the like, or nothing: all bits there are. */
static bool parse_bits(const char *text, unsigned most, unsigned char *bits) {
  unsigned value = 0;
  *bits = (unsigned char)most;
  if (!*text) return true;
  size_t digits = strspn(++text, "0123456789");
  if (digits < 1 || digits > 3 || text[digits] || (digits > 1 && text[0] == '0')) return false;
  for (size_t i = 0; i < digits; i++) value = value * 10 + (unsigned)(text[i] - '0');
  *bits = (unsigned char)value;
  return value <= most;
}

bool rt_network_parse(const char *text, rt_network *out) {
  char address[INET6_ADDRSTRLEN];
  size_t length = strcspn(text, "/");
  memset(out, 0, sizeof *out);
  if (length >= sizeof address) return false;
  memcpy(address, text, length);
  address[length] = '\0';
  out->length = inet_pton(AF_INET, address, out->address) == 1 ? 4 : inet_pton(AF_INET6, address, out->address) == 1 ? 16 : 0;
  if (!out->length || !parse_bits(text + length, out->length * 8u, &out->bits)) return false;
  for (size_t bit = out->bits; bit < out->length * 8u; bit++) out->address[bit / 8] &= (unsigned char)~(128 >> bit % 8);
  return true;
}
