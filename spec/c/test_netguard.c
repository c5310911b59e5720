/* test_netguard.c: which addresses are blocked, at the edges of every range too; what an exception covers; what is no address. */
#include "../../src/netguard.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>

static bool text_blocked(const char *text, const rt_allowed *allow, char *why) {
  return rt_address_text_blocked(text, allow, why, RT_WHY_ROOM);
}

/* As libcurl hands it over: a socket address. */
static bool socket_blocked(const char *text, const rt_allowed *allow, char *why) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) return rt_address_blocked((struct sockaddr *)&v4, sizeof v4, allow, why, RT_WHY_ROOM);
  CHECK(inet_pton(AF_INET6, text, &v6.sin6_addr) == 1);
  return rt_address_blocked((struct sockaddr *)&v6, sizeof v6, allow, why, RT_WHY_ROOM);
}

static const struct {
  const char *address, *what;
} blocked[] = {
    {"0.0.0.0", "an address of this host"}, {"0.255.255.255", "an address of this host"},
    {"10.0.0.0", "a private address"}, {"10.0.0.1", "a private address"}, {"10.255.255.255", "a private address"},
    {"100.64.0.0", "a carrier's internal address"}, {"100.64.0.1", "a carrier's internal address"},
    {"100.127.255.255", "a carrier's internal address"}, {"100.100.100.200", "a cloud's metadata service"},
    {"100.100.100.199", "a carrier's internal address"}, {"100.100.100.201", "a carrier's internal address"},
    {"127.0.0.0", "a loopback address"}, {"127.0.0.1", "a loopback address"}, {"127.255.255.255", "a loopback address"},
    {"168.63.129.16", "a cloud's metadata service"},
    {"169.254.0.0", "a link-local address"}, {"169.254.169.254", "a cloud's metadata service"}, {"169.254.255.255", "a link-local address"},
    {"172.16.0.0", "a private address"}, {"172.16.0.1", "a private address"}, {"172.31.255.255", "a private address"},
    {"192.0.0.0", "reserved for protocols"}, {"192.0.0.1", "reserved for protocols"}, {"192.0.0.9", "reserved for protocols"},
    {"192.0.0.170", "reserved for protocols"}, {"192.0.0.192", "a cloud's metadata service"}, {"192.0.0.255", "reserved for protocols"},
    {"192.0.2.0", "a documentation address"}, {"192.0.2.1", "a documentation address"}, {"192.0.2.255", "a documentation address"},
    {"192.31.196.0", "an AS112 address"}, {"192.31.196.255", "an AS112 address"},
    {"192.52.193.0", "a multicast relay"}, {"192.52.193.255", "a multicast relay"},
    {"192.88.99.0", "a 6to4 relay"}, {"192.88.99.1", "a 6to4 relay"}, {"192.88.99.255", "a 6to4 relay"},
    {"192.168.0.0", "a private address"}, {"192.168.0.1", "a private address"}, {"192.168.255.255", "a private address"},
    {"192.175.48.0", "an AS112 address"}, {"192.175.48.255", "an AS112 address"},
    {"198.18.0.0", "a benchmarking address"}, {"198.18.0.1", "a benchmarking address"}, {"198.19.255.255", "a benchmarking address"},
    {"198.51.100.0", "a documentation address"}, {"198.51.100.1", "a documentation address"}, {"198.51.100.255", "a documentation address"},
    {"203.0.113.0", "a documentation address"}, {"203.0.113.1", "a documentation address"}, {"203.0.113.255", "a documentation address"},
    {"224.0.0.0", "a multicast address"}, {"224.0.0.1", "a multicast address"}, {"239.255.255.255", "a multicast address"},
    {"240.0.0.0", "a reserved address"}, {"240.0.0.1", "a reserved address"}, {"255.255.255.254", "a reserved address"},
    {"255.255.255.255", "the broadcast address"},

    {"::", "the unspecified address"}, {"::1", "a loopback address"}, {"::2", "an IPv4-compatible address"},
    {"::127.0.0.1", "an IPv4-compatible address"}, {"::8.8.8.8", "an IPv4-compatible address"},
    {"::ffff:127.0.0.1", "an IPv4-mapped address"}, {"::ffff:7f00:1", "an IPv4-mapped address"}, {"::ffff:8.8.8.8", "an IPv4-mapped address"},
    {"::ffff:0:127.0.0.1", "an IPv4-translated address"}, {"::fffe:0:0", "a reserved address"}, {"::1:0:0:0", "a reserved address"},
    {"64:ff9b::", "a NAT64 address"}, {"64:ff9b::7f00:1", "a NAT64 address"}, {"64:ff9b::8.8.8.8", "a NAT64 address"},
    {"64:ff9b::ffff:ffff", "a NAT64 address"}, {"64:ff9b:0:0:0:1::", "a reserved address"},
    {"64:ff9b:1::7f00:1", "a NAT64 address"}, {"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", "a NAT64 address"}, {"64:ff9b:2::", "a reserved address"},
    {"100::1", "a discard address"}, {"100::ffff:ffff:ffff:ffff", "a discard address"}, {"100:0:0:1::1", "a dummy address"},
    {"100:0:0:2::", "a reserved address"}, {"1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a reserved address"},
    {"2001::", "a Teredo address"}, {"2001:0:7f00:1::", "a Teredo address"}, {"2001:1::1", "reserved for protocols"},
    {"2001:2::1", "a benchmarking address"}, {"2001:2:1::", "reserved for protocols"}, {"2001:3::1", "a multicast relay"},
    {"2001:4:112::1", "an AS112 address"}, {"2001:10::1", "an ORCHID"}, {"2001:20::1", "an ORCHID"},
    {"2001:2f:ffff:ffff:ffff:ffff:ffff:ffff", "an ORCHID"}, {"2001:30::1", "a drone's identifier"}, {"2001:40::", "reserved for protocols"},
    {"2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "reserved for protocols"},
    {"2001:db8::", "a documentation address"}, {"2001:db8::1", "a documentation address"},
    {"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "a documentation address"},
    {"2002::", "a 6to4 address"}, {"2002:7f00:1::", "a 6to4 address"}, {"2002:808:808::1", "a 6to4 address"},
    {"2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a 6to4 address"},
    {"2620:4f:8000::1", "an AS112 address"}, {"2620:4f:8000:ffff:ffff:ffff:ffff:ffff", "an AS112 address"},
    {"3fff::1", "a documentation address"}, {"3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "a documentation address"},
    {"4000::", "a reserved address"}, {"5eff::1", "a reserved address"}, {"5f00::1", "a segment routing identifier"},
    {"5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a segment routing identifier"}, {"5f01::", "a reserved address"},
    {"fbff::1", "a reserved address"}, {"fc00::1", "a private address"}, {"fd00::1", "a private address"},
    {"fd00:ec2::254", "a cloud's metadata service"}, {"fd00:ec2::253", "a private address"}, {"fd20:ce::254", "a cloud's metadata service"},
    {"fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a private address"}, {"fe00::1", "a reserved address"},
    {"fe80::", "a link-local address"}, {"fe80::1", "a link-local address"}, {"febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a link-local address"},
    {"fec0::1", "a site-local address"}, {"feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a site-local address"},
    {"ff00::", "a multicast address"}, {"ff02::1", "a multicast address"}, {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "a multicast address"},
};

/* Just outside of each range, and a few that everybody knows. */
static const char *const open[] = {
    "1.0.0.0", "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "11.0.0.1", "93.184.216.34", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.0", "168.63.129.15", "168.63.129.17", "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0",
    "191.255.255.255", "192.0.1.0", "192.0.1.255", "192.0.3.0", "192.31.195.255", "192.31.197.0", "192.52.192.255", "192.52.194.0",
    "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "192.175.47.255", "192.175.49.0", "198.17.255.255", "198.20.0.0",
    "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0", "223.255.255.255",
    "2000::", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::", "2001:200::1", "2001:db7::1", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db9::", "2001:4860:4860::8888", "2001:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2003::", "2606:4700::1111", "2606:4700:4700::1111",
    "2620:4f:7fff:ffff:ffff:ffff:ffff:ffff", "2620:4f:8001::", "2a00:1450:4001:800::200e", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff:1000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
};

static void test_table(void) {
  for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) {
    char why[RT_WHY_ROOM] = "", again[RT_WHY_ROOM] = "";
    const char *what = NULL;
    bool both = text_blocked(blocked[i].address, NULL, why) && socket_blocked(blocked[i].address, NULL, again);
    if (!both) fprintf(stderr, "%s is not blocked\n", blocked[i].address);
    CHECK(both);
    what = strstr(why, " is ");
    CHECK_STR(what ? what + 4 : why, blocked[i].what);
    CHECK_STR(again, why);
  }
  for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
    char why[RT_WHY_ROOM] = "as it was";
    bool either = text_blocked(open[i], NULL, why) || socket_blocked(open[i], NULL, why);
    if (either) fprintf(stderr, "%s\n", why);
    CHECK(!either);
    CHECK_STR(why, "as it was");
  }
}

static void test_spellings(void) {
  static const char *const loopback[] = {"127.0.0.1", "0177.0.0.1", "2130706433", "0x7f.1", "127.1", "0x7f000001", "017700000001", "127.0.1",
                                         "0X7F.0.0.1", "127.0.0.1.", "127.1."};
  static const char *const six[] = {"[::1]", "::1", "0:0:0:0:0:0:0:1", "::1%lo", "[::1%25lo]", "::0.0.0.1"};
  static const char *const nothing[] = {
      "", ".", "x", "localhost", "127.0.0.256", "1.2.3.4.5", "127.0.0.1 ", "127.0.0.1 x", " 127.0.0.1", "[127.0.0.1]", "[]", "[::1", "::1]", ":::",
      "::g", "8.8.8.8/32", "4294967296", "-1", "%lo", "8.8.8.8\n", "::ffff:1.2.3.4.5",
      "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001.1.1.1"};
  char why[RT_WHY_ROOM] = "";
  for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++) {
    CHECK(text_blocked(loopback[i], NULL, why));
    CHECK_STR(why, "127.0.0.1 is a loopback address");
  }
  for (size_t i = 0; i < sizeof six / sizeof *six; i++) {
    CHECK(text_blocked(six[i], NULL, why));
    CHECK_STR(why, "::1 is a loopback address");
  }
  for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
    CHECK(text_blocked(nothing[i], NULL, why));
    CHECK_STR(why, "it is no internet address");
  }
  CHECK(!text_blocked("134744072", NULL, why) && !text_blocked("010.8.8.8", NULL, why) && !text_blocked("[2606:4700::1111]", NULL, why));
}

static void test_other_sockets(void) {
  struct sockaddr_storage some = {.ss_family = AF_UNIX};
  struct sockaddr_in short_one = {.sin_family = AF_INET, .sin_addr = {htonl(0x08080808)}};
  char why[RT_WHY_ROOM] = "", little[8] = "";
  CHECK(rt_address_blocked((struct sockaddr *)&some, sizeof some, NULL, why, sizeof why));
  CHECK(rt_address_blocked((struct sockaddr *)&some, 0, NULL, why, sizeof why));
  CHECK(!rt_address_blocked((struct sockaddr *)&short_one, sizeof short_one, NULL, why, sizeof why));
  CHECK(rt_address_blocked((struct sockaddr *)&short_one, sizeof short_one - 1, NULL, why, sizeof why));
  CHECK_STR(why, "it is no internet address");
  some.ss_family = AF_INET6;
  CHECK(rt_address_blocked((struct sockaddr *)&some, sizeof short_one, NULL, why, sizeof why));
  CHECK(text_blocked("127.0.0.1", NULL, why) && rt_address_text_blocked("127.0.0.1", NULL, little, sizeof little));
  CHECK_STR(little, "127.0.0");
}

static bool allowed(const char *entry, const char *address) {
  rt_network network;
  rt_allowed allow = {&network, 1};
  char why[RT_WHY_ROOM];
  CHECK(rt_network_parse(entry, &network));
  bool by_text = !text_blocked(address, &allow, why);
  CHECK(by_text == !socket_blocked(address, &allow, why));
  return by_text;
}

static void test_exceptions(void) {
  rt_network networks[3];
  rt_allowed allow = {networks, 3};
  char why[RT_WHY_ROOM];
  CHECK(allowed("127.0.0.1", "127.0.0.1") && !allowed("127.0.0.1", "127.0.0.2") && !allowed("127.0.0.1", "::1"));
  CHECK(!allowed("127.0.0.1", "::ffff:127.0.0.1") && !allowed("127.0.0.1", "64:ff9b::7f00:1") && !allowed("127.0.0.1", "::127.0.0.1"));
  CHECK(allowed("::ffff:127.0.0.0/104", "::ffff:127.9.9.9") && !allowed("::ffff:127.0.0.0/104", "127.9.9.9"));
  CHECK(allowed("127.0.0.0/8", "127.255.255.255") && !allowed("127.0.0.0/8", "10.0.0.1") && !allowed("127.0.0.0/8", "0.255.255.255"));
  CHECK(allowed("127.0.0.1/8", "127.200.0.1")); /* bits beyond the length count for nothing */
  CHECK(allowed("172.16.0.0/13", "172.23.255.255") && !allowed("172.16.0.0/13", "172.24.0.0"));
  CHECK(allowed("10.0.0.6/31", "10.0.0.7") && !allowed("10.0.0.6/31", "10.0.0.8"));
  CHECK(allowed("0.0.0.0/0", "127.0.0.1") && !allowed("0.0.0.0/0", "::1") && allowed("::/0", "ff02::1") && !allowed("::/0", "10.0.0.1"));
  CHECK(allowed("::1", "::1") && !allowed("::1", "::") && allowed("fd00::/8", "fd12:3456::1") && !allowed("fd00::/8", "fc00::1"));
  CHECK(allowed("10.0.0.1", "8.8.8.8")); /* an exception takes nothing away */
  CHECK(rt_network_parse("10.0.0.0/8", &networks[0]) && rt_network_parse("::1", &networks[1]) && rt_network_parse("127.0.0.1/32", &networks[2]));
  CHECK(!text_blocked("10.1.2.3", &allow, why) && !text_blocked("::1", &allow, why) && !text_blocked("127.1", &allow, why));
  CHECK(text_blocked("127.0.0.2", &allow, why));
  allow.count = 0;
  CHECK(text_blocked("10.1.2.3", &allow, why));
}

static void test_flawed_exceptions(void) {
  static const char *const flawed[] = {"",          "/",           "/8",          "localhost",   "127.1",         "127.0.0.1/",    "127.0.0.1/33",
                                       "::1/129",   "127.0.0.1/a", "127.0.0.1/-1", "127.0.0.1/08", "127.0.0.1/8/8", "127.0.0.1/ 8",  "127.0.0.1 /8",
                                       "[::1]",     "::1%lo",      "0177.0.0.1",  "0x7f.1",      "10.*",          "10.0.0.0/1000",
                                       "10.0.0.0-10.0.0.9",
                                       "127.0.0.1,::1", "10.0.0.0/+8", "2130706433", "1111:1111:1111:1111:1111:1111:1111:1111:1111:1111"};
  rt_network network;
  for (size_t i = 0; i < sizeof flawed / sizeof *flawed; i++) {
    bool parsed = rt_network_parse(flawed[i], &network);
    if (parsed) fprintf(stderr, "'%s' was taken\n", flawed[i]);
    CHECK(!parsed);
  }
}

int main(void) {
  test_table();
  test_spellings();
  test_other_sockets();
  test_exceptions();
  test_flawed_exceptions();
  return unit_report();
}
