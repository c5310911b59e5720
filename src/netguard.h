/* netguard.h: which addresses an asset check may connect to. Only what the whole internet reaches under the same address: nothing of this
   machine, of its network or of its cloud, nothing reserved, and no address that stands for another one. Knows no libcurl and no Lua. */
#ifndef RT_NETGUARD_H
#define RT_NETGUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { RT_WHY_ROOM = 128 }; /* enough for every reason, the address included */

typedef struct { /* a network, or one address where `bits` are all there are */
  unsigned char address[16], length, bits; /* length: 4 or 16 bytes of the address count */
} rt_network;

typedef struct { /* exceptions, by explicit wish only */
  const rt_network *networks;
  size_t count;
} rt_allowed;

/* "127.0.0.1", "127.0.0.0/8", "::1", "fd00::/8". Bits beyond the network's length count for nothing. */
bool rt_network_parse(const char *text, rt_network *out);

/* Whether it must not be connected to; `why` is then a sentence such as "10.0.0.1 is a private address", else it is left alone. An exception
   covers the addresses it holds as they are written: 127.0.0.1 does not bring ::ffff:127.0.0.1 with it. What is no address is blocked. */
bool rt_address_blocked(const struct sockaddr *address, socklen_t length, const rt_allowed *allow, char *why, size_t room);

/* The same of an address as text, in every spelling that libcurl takes for one: 127.1, 0x7f.1, 2130706433, [::1]. */
bool rt_address_text_blocked(const char *text, const rt_allowed *allow, char *why, size_t room);

#endif
