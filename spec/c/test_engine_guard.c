/* test_engine_guard.c: what guarded transfers connect to. Names are resolved by this file, which stands before the C library's resolver:
   so a name can answer anything, and something else the next time. Connections to one public address arrive at the fault server.
   usage: test_engine_guard FAULT_SERVER */
#include "../../src/engine.h"
#include "../../src/memory.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PUBLIC "93.184.216.34"

static int port;

/* ---- the resolver ---- */

static const char *answers[2]; /* what any name is: addresses with spaces between, one string for each time it is asked; the last stays */
static int asked;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void resolve_to(const char *first, const char *second) {
  pthread_mutex_lock(&lock);
  answers[0] = first;
  answers[1] = second;
  asked = 0;
  pthread_mutex_unlock(&lock);
}

static struct addrinfo *entry(const char *text, int at_port) {
  struct {
    struct addrinfo info;
    struct sockaddr_storage address;
  } *made = calloc(1, sizeof *made);
  struct sockaddr_in *v4 = (struct sockaddr_in *)&made->address;
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&made->address;
  int is_v4 = inet_pton(AF_INET, text, &v4->sin_addr) == 1;
  if (!is_v4) CHECK(inet_pton(AF_INET6, text, &v6->sin6_addr) == 1);
  made->address.ss_family = is_v4 ? AF_INET : AF_INET6;
  if (is_v4) v4->sin_port = htons((uint16_t)at_port);
  else v6->sin6_port = htons((uint16_t)at_port);
  made->info.ai_family = made->address.ss_family;
  made->info.ai_socktype = SOCK_STREAM;
  made->info.ai_addr = (struct sockaddr *)&made->address;
  made->info.ai_addrlen = is_v4 ? sizeof *v4 : sizeof *v6;
  return &made->info;
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **list) {
  char words[512], *save = NULL;
  (void)node, (void)hints;
  pthread_mutex_lock(&lock);
  snprintf(words, sizeof words, "%s", answers[asked]);
  asked = answers[1] ? 1 : 0;
  pthread_mutex_unlock(&lock);
  for (char *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    *list = entry(word, service ? atoi(service) : 0);
    list = &(*list)->ai_next;
  }
  return 0;
}

void freeaddrinfo(struct addrinfo *list) {
  while (list) {
    struct addrinfo *next = list->ai_next;
    free(list);
    list = next;
  }
}

/* ---- the way to the public address ends at the fault server ---- */

static int outside; /* connections made to the public address */
static char is_outside[1024]; /* by descriptor */

static int is_public(const struct sockaddr *address) {
  struct sockaddr_in v4;
  char text[INET_ADDRSTRLEN];
  if (address->sa_family != AF_INET) return 0;
  memcpy(&v4, address, sizeof v4);
  return inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text) && strcmp(text, PUBLIC) == 0;
}

int connect(int fd, __CONST_SOCKADDR_ARG to, socklen_t length) {
  struct sockaddr_in local = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (fd >= 0 && fd < (int)sizeof is_outside) is_outside[fd] = (char)is_public(to.__sockaddr__);
  if (!is_public(to.__sockaddr__)) return (int)syscall(SYS_connect, fd, to.__sockaddr__, length);
  outside++;
  return (int)syscall(SYS_connect, fd, &local, sizeof local);
}

/* libcurl asks the socket, not its memory, where a connection goes. */
int getpeername(int fd, __SOCKADDR_ARG from, socklen_t *__restrict length) {
  struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)from.__sockaddr__;
  int status = (int)syscall(SYS_getpeername, fd, from.__sockaddr__, length);
  if (status == 0 && fd < (int)sizeof is_outside && is_outside[fd]) inet_pton(AF_INET, PUBLIC, &v4->sin_addr);
  return status;
}

/* ---- the server, and transfers ---- */

static pid_t server;
static int server_input;

static void start_server(const char *program) {
  char port_file[] = "/tmp/test_guard-XXXXXX";
  int ends[2], file = mkstemp(port_file);
  if (file < 0 || pipe(ends) != 0) exit(2);
  close(file);
  server = fork();
  if (server == 0) {
    dup2(ends[0], 0);
    close(ends[1]);
    execl(program, program, port_file, (char *)NULL);
    _exit(127);
  }
  close(ends[0]);
  server_input = ends[1];
  for (int i = 0; i < 500 && !port; i++) {
    struct timespec wait = {0, 10000000};
    FILE *read = fopen(port_file, "r");
    if (read && fscanf(read, "%d", &port) != 1) port = 0;
    if (read) fclose(read);
    nanosleep(&wait, NULL);
  }
  unlink(port_file);
  if (!port) exit(2);
}

typedef struct {
  rt_kind kind;
  int status, sent, reused, truncated;
  int64_t size;
  char message[256];
} result;

static result perform(rt_engine *engine, const rt_request *request) {
  result got = {.kind = RT_MEMORY};
  uint64_t id;
  const char *field, *flaw = rt_request_flaw(request, &field);
  if (flaw) fprintf(stderr, "'%s' %s\n", field, flaw);
  if (flaw || rt_engine_start(engine, request, &id) != RT_OK) exit(2);
  for (int i = 0; i < 100 && !rt_engine_first(engine, &id); i++) rt_engine_step(engine, 1);
  const rt_outcome *outcome = rt_engine_first(engine, &id);
  if (!outcome) exit(2);
  got.kind = outcome->kind;
  got.status = outcome->status;
  got.sent = outcome->sent;
  got.reused = outcome->reused;
  got.truncated = outcome->truncated;
  got.size = outcome->body.size;
  snprintf(got.message, sizeof got.message, "%s", outcome->message ? outcome->message : "");
  rt_engine_drop(engine);
  return got;
}

static const char *url_of(const char *host, const char *path) {
  static char url[512];
  snprintf(url, sizeof url, "http://%s:%d%s", host, port, path);
  return url;
}

static rt_allowed allowing(const char *text) {
  static rt_network network;
  rt_allowed allowed = {&network, text ? 1 : 0};
  if (text) CHECK(rt_network_parse(text, &network));
  return allowed;
}

static result fetch(rt_engine *engine, const char *host, const char *path, const char *allow) {
  rt_request request = {.method = "GET", .url = url_of(host, path), .guard = 1, .allowed = allowing(allow), .total = 20};
  return perform(engine, &request);
}

static void check_blocked(result got, const char *address) {
  char want[256];
  snprintf(want, sizeof want, "the host may not be connected to: %s is ", address);
  CHECK(got.kind == RT_BLOCKED && !got.sent && !got.status && !got.reused);
  if (strncmp(got.message, want, strlen(want)) != 0) CHECK_STR(got.message, want);
}

/* ---- the tests ---- */

static const struct {
  const char *host, *address;
} hosts[] = {
    {"127.0.0.1", "127.0.0.1"}, {"0.0.0.0", "0.0.0.0"}, {"[::1]", "::1"}, {"[::]", "::"}, {"[::ffff:127.0.0.1]", "::ffff:127.0.0.1"},
    {"[::ffff:7f00:1]", "::ffff:127.0.0.1"}, {"[::127.0.0.1]", "::127.0.0.1"}, {"[64:ff9b::7f00:1]", "64:ff9b::7f00:1"},
    {"[64:ff9b:1::7f00:1]", "64:ff9b:1::7f00:1"}, {"[2002:7f00:1::]", "2002:7f00:1::"}, {"[2001:0:7f00:1::]", "2001:0:7f00:1::"},
    {"[fe80::1]", "fe80::1"}, {"[fc00::1]", "fc00::1"}, {"[fd00:ec2::254]", "fd00:ec2::254"}, {"[100::1]", "100::1"},
    {"[2001:db8::1]", "2001:db8::1"}, {"[fec0::1]", "fec0::1"}, {"[ff02::1]", "ff02::1"}, {"169.254.169.254", "169.254.169.254"},
    {"100.64.0.1", "100.64.0.1"}, {"100.100.100.200", "100.100.100.200"}, {"192.0.0.1", "192.0.0.1"}, {"192.0.2.1", "192.0.2.1"},
    {"198.18.0.1", "198.18.0.1"}, {"198.51.100.1", "198.51.100.1"}, {"203.0.113.1", "203.0.113.1"}, {"224.0.0.1", "224.0.0.1"},
    {"240.0.0.1", "240.0.0.1"}, {"255.255.255.255", "255.255.255.255"}, {"192.88.99.1", "192.88.99.1"}, {"10.0.0.1", "10.0.0.1"},
    {"172.16.0.1", "172.16.0.1"}, {"192.168.0.1", "192.168.0.1"}, {"0177.0.0.1", "127.0.0.1"}, {"2130706433", "127.0.0.1"},
    {"0x7f.1", "127.0.0.1"}, {"127.1", "127.0.0.1"}, {"[::ffff:0:127.0.0.1]", "::ffff:0:7f00:1"}, {"[5f00::1]", "5f00::1"},
    {"[2001:20::1]", "2001:20::1"}, {"[3fff::1]", "3fff::1"},
};

static void test_hosts(rt_engine *engine) {
  rt_stats stats;
  for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
    char name[64];
    check_blocked(fetch(engine, hosts[i].host, "/ok", NULL), hosts[i].address);
    snprintf(name, sizeof name, "cdn%zu.example", i);
    resolve_to(hosts[i].address, NULL);
    check_blocked(fetch(engine, name, "/ok", NULL), hosts[i].address);
  }
  rt_engine_stats(engine, &stats);
  CHECK(stats.connections_opened == 0);
}

static void test_exceptions(rt_engine *engine) {
  result got = fetch(engine, "127.0.0.1", "/ok", "127.0.0.1");
  CHECK(got.kind == RT_RESPONSE && got.status == 200 && got.size == 2);
  got = fetch(engine, "127.1", "/ok", "127.0.0.0/8");
  CHECK(got.kind == RT_RESPONSE && got.status == 200);
  check_blocked(fetch(engine, "127.0.0.2", "/ok", "127.0.0.1"), "127.0.0.2");
}

static void test_public(rt_engine *engine) {
  int before = outside;
  resolve_to(PUBLIC, NULL);
  result got = fetch(engine, "cdn.example", "/ok", NULL);
  CHECK(got.kind == RT_RESPONSE && got.status == 200 && outside == before + 1);
  got = fetch(engine, "cdn.example", "/ok", NULL);
  CHECK(got.kind == RT_RESPONSE && got.reused && outside == before + 1);
}

/* First it answers with a public address, and the next time with a private one. */
static void test_rebinding(void) {
  rt_engine *first = rt_engine_new(4, 4), *second = rt_engine_new(4, 4);
  int before = outside;
  resolve_to(PUBLIC, "127.0.0.1");
  result got = fetch(first, "rebind.example", "/ok", NULL);
  CHECK(got.kind == RT_RESPONSE && got.status == 200 && outside == before + 1);
  check_blocked(fetch(second, "rebind.example", "/ok", NULL), "127.0.0.1");
  rt_engine_free(first);
  rt_engine_free(second);
}

static void test_several_addresses(rt_engine *engine) {
  int before = outside;
  resolve_to("10.0.0.1 ::1 " PUBLIC, NULL);
  result got = fetch(engine, "mixed1.example", "/ok", NULL);
  CHECK(got.kind == RT_RESPONSE && got.status == 200 && outside == before + 1);
  resolve_to("127.0.0.3 10.0.0.1", NULL); /* nobody listens at the first */
  check_blocked(fetch(engine, "mixed2.example", "/ok", "127.0.0.3"), "10.0.0.1");
  resolve_to("10.0.0.1 127.0.0.3", NULL);
  check_blocked(fetch(engine, "mixed3.example", "/ok", "127.0.0.3"), "10.0.0.1");
  resolve_to("127.0.0.3", NULL);
  got = fetch(engine, "closed.example", "/ok", "127.0.0.3");
  CHECK(got.kind == RT_CONNECT);
}

/* A connection that somebody else was allowed to open. */
static void test_kept_connections(rt_engine *engine) {
  rt_request plain = {.method = "GET", .url = url_of("127.0.0.1", "/ok")};
  CHECK(perform(engine, &plain).kind == RT_RESPONSE);
  check_blocked(fetch(engine, "127.0.0.1", "/ok", NULL), "127.0.0.1");
  CHECK(fetch(engine, "127.0.0.1", "/ok", "127.0.0.1").kind == RT_RESPONSE);
  check_blocked(fetch(engine, "127.0.0.1", "/ok", "127.0.0.2"), "127.0.0.1");
  CHECK(fetch(engine, "127.0.0.1", "/ok", "127.0.0.1").kind == RT_RESPONSE);
  CHECK(fetch(engine, "127.0.0.1", "/ok", "127.0.0.1").reused);
}

static void test_redirects(rt_engine *engine) {
  char path[128];
  snprintf(path, sizeof path, "/redirecthttp://127.0.0.2:%d/ok", port);
  result got = fetch(engine, "127.0.0.1", path, "127.0.0.1");
  CHECK(got.kind == RT_RESPONSE && got.status == 302);
  rt_request request = {
      .method = "GET", .url = url_of("127.0.0.1", path), .guard = 1, .allowed = allowing("127.0.0.1"), .redirects = 3};
  got = perform(engine, &request);
  CHECK(got.kind == RT_BLOCKED && got.sent);
  resolve_to(PUBLIC, NULL);
  request.url = url_of("outside.example", path); /* from the outside to the inside */
  request.allowed.count = 0;
  got = perform(engine, &request);
  CHECK(got.kind == RT_BLOCKED && got.sent);
}

/* One address does not answer, the other one is refused: that is what there is to tell when the time runs out. */
static void test_silence(rt_engine *engine) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(0x7f000004)}};
  int listener = socket(AF_INET, SOCK_STREAM, 0), fill[3];
  CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 0) == 0);
  for (int i = 0; i < 3; i++) { /* its queue is full then: the kernel drops who knocks */
    fill[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    syscall(SYS_connect, fill[i], &address, sizeof address);
  }
  rt_request request = {.method = "GET", .url = url_of("silent.example", "/"), .guard = 1, .allowed = allowing("127.0.0.4"), .total = 0.8};
  resolve_to("127.0.0.4", NULL);
  result got = perform(engine, &request);
  CHECK(got.kind == RT_TIMEOUT && !got.sent);
  request.url = url_of("half-silent.example", "/");
  resolve_to("127.0.0.4 ::1", NULL);
  check_blocked(perform(engine, &request), "::1");
  for (int i = 0; i < 3; i++) close(fill[i]);
  close(listener);
}

static void test_other_failures(rt_engine *engine) {
  resolve_to("10.0.0.1 127.0.0.1", NULL);
  result got = fetch(engine, "mixed4.example", "/close", "127.0.0.1");
  CHECK(got.kind == RT_INTERRUPTED && got.sent);
  char url[64];
  snprintf(url, sizeof url, "https://127.0.0.1:%d/", port);
  rt_request request = {.method = "GET", .url = url, .guard = 1, .allowed = allowing("127.0.0.1"), .connect = 0.3};
  got = perform(engine, &request);
  CHECK(got.kind != RT_BLOCKED && got.kind != RT_RESPONSE && !got.sent);
}

static void test_proxies_of_the_environment(void) {
  rt_engine *engine = rt_engine_new(4, 4);
  rt_request plain = {.method = "GET", .url = url_of("127.0.0.1", "/ok")};
  setenv("http_proxy", "http://127.0.0.1:1", 1);
  setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  CHECK(perform(engine, &plain).kind == RT_CONNECT);
  CHECK(fetch(engine, "127.0.0.1", "/ok", "127.0.0.1").kind == RT_RESPONSE);
  check_blocked(fetch(engine, "10.0.0.1", "/ok", "127.0.0.1"), "10.0.0.1");
  unsetenv("http_proxy");
  unsetenv("ALL_PROXY");
  rt_engine_free(engine);
}

/* ---- reading only so much ---- */

static void test_stop_after(rt_engine *engine) {
  rt_request request = {.method = "GET", .url = url_of("127.0.0.1", "/bytes/50000000"), .stop_after = 64, .total = 20};
  result got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.status == 200 && got.size == 64 && got.truncated);
  request.url = url_of("127.0.0.1", "/bytes/64"); /* ends just there: nothing is cut, and the connection is kept */
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.size == 64 && !got.truncated);
  request.url = url_of("127.0.0.1", "/bytes/63");
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.size == 63 && !got.truncated && got.reused);
  request.url = url_of("127.0.0.1", "/bytes/65/404");
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.status == 404 && got.size == 64 && got.truncated);
  request.url = url_of("127.0.0.1", "/chunked/whole"); /* "firstsecond", and nobody says how long */
  request.stop_after = 11;
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.size == 11);
  request.url = url_of("127.0.0.1", "/stall");
  request.stop_after = 1;
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.size == 1 && got.truncated);
  request.url = url_of("127.0.0.1", "/bomb/64");
  request.stop_after = 100000;
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.size == 100000 && got.truncated);
  request.max_body = 1000;
  CHECK(perform(engine, &request).kind == RT_TOO_LARGE);
  request.max_body = 0;
  request.method = "HEAD";
  request.url = url_of("127.0.0.1", "/ok");
  got = perform(engine, &request);
  CHECK(got.kind == RT_RESPONSE && got.status == 200 && got.size == 0 && !got.truncated);
}

static void check_flaw(rt_request request, const char *want) {
  const char *field = "";
  request.method = "GET";
  request.url = "http://x/";
  CHECK(rt_request_flaw(&request, &field) != NULL);
  CHECK_STR(field, want);
}

static void test_flaws(void) {
  static const char *const flawed[] = {"", "-", "5", "5-4", "a-b", "0-1,3-4", "bytes=0-1", "0-1\r\nX: y", "-1-2", "1000000000000000000-", " 0-1"};
  static const char *const good[] = {"0-63", "0-0", "64-", "-64", "7-7"};
  rt_request fine = {.method = "GET", .url = "http://x/"};
  const char *field;
  for (size_t i = 0; i < sizeof flawed / sizeof *flawed; i++) check_flaw((rt_request){.range = flawed[i]}, "range");
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    fine.range = good[i];
    CHECK(rt_request_flaw(&fine, &field) == NULL);
  }
  check_flaw((rt_request){.range = "0-1", .body = "x", .body_length = 1}, "range");
  check_flaw((rt_request){.stop_after = 5, .output = "x"}, "stop_after");
  check_flaw((rt_request){.guard = 1, .proxy = "http://x"}, "proxy");
  check_flaw((rt_request){.allowed = allowing("10.0.0.0/8")}, "allow_addresses");
}

int main(int count, char **arguments) {
  if (count < 2) return 2;
  start_server(arguments[1]);
  rt_engine *engine = rt_engine_new(8, 8);
  test_hosts(engine);
  test_exceptions(engine);
  test_public(engine);
  test_rebinding();
  test_several_addresses(engine);
  test_kept_connections(engine);
  test_redirects(engine);
  test_silence(engine);
  test_other_failures(engine);
  test_proxies_of_the_environment();
  test_stop_after(engine);
  test_flaws();
  rt_engine_free(engine);
  close(server_input);
  waitpid(server, NULL, 0);
  return unit_report();
}
