/* fault_server.c: a raw-socket HTTP server that misbehaves on purpose, for specs. usage: fault_server PORT_FILE
   It listens on a free port of 127.0.0.1, writes the number into the file, and ends when its standard input does.
   What it does is in the path; GET /log answers what arrived: a line "connection method path body_bytes body_sum" a request. */
#define _POSIX_C_SOURCE 200809L
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEAD_MOST = 64 * 1024, LOG_MOST = 1 << 20 };

typedef struct {
  int fd, number, requests;
  char buffer[HEAD_MOST]; /* unread bytes */
  size_t filled;
  char head[HEAD_MOST], method[32], path[1024];
  long long body_size;
  unsigned body_sum;
  char *body; /* its first bytes */
  size_t body_kept;
} connection;

static char arrivals[LOG_MOST];
static size_t arrivals_size;
static int connections;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void pause_for(double seconds) {
  struct timespec wait = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  nanosleep(&wait, NULL);
}

static int say(connection *c, const char *bytes, size_t length) {
  while (length) {
    ssize_t sent = send(c->fd, bytes, length, MSG_NOSIGNAL);
    if (sent <= 0) return -1;
    bytes += sent;
    length -= (size_t)sent;
  }
  return 0;
}

static int say_text(connection *c, const char *text) {
  return say(c, text, strlen(text));
}

static int answer(connection *c, int status, const char *headers, const char *body, size_t length) {
  char head[2048];
  snprintf(head, sizeof head, "HTTP/1.1 %d Whatever\r\nContent-Length: %zu\r\n%s\r\n", status, length, headers);
  return say_text(c, head) || (strcmp(c->method, "HEAD") != 0 && say(c, body, length)) ? -1 : 0;
}

static void reset(connection *c) {
  struct linger now = {1, 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* ---- reading a request ---- */

static int fill(connection *c) {
  if (c->filled == sizeof c->buffer) return -1;
  ssize_t got = recv(c->fd, c->buffer + c->filled, sizeof c->buffer - c->filled, 0);
  if (got <= 0) return -1;
  c->filled += (size_t)got;
  return 0;
}

static void eat(connection *c, size_t length) {
  memmove(c->buffer, c->buffer + length, c->filled - length);
  c->filled -= length;
}

static int read_head(connection *c) {
  for (;;) {
    for (size_t i = 0; i + 4 <= c->filled; i++) {
      if (memcmp(c->buffer + i, "\r\n\r\n", 4) != 0) continue;
      memcpy(c->head, c->buffer, i + 2);
      c->head[i + 2] = '\0';
      eat(c, i + 4);
      return sscanf(c->head, "%31s %1023s", c->method, c->path) == 2 ? 0 : -1;
    }
    if (fill(c) != 0) return -1;
  }
}

static const char *header(connection *c, const char *name) {
  size_t length = strlen(name);
  for (char *line = strstr(c->head, "\r\n"); line && line[2]; line = strstr(line + 2, "\r\n"))
    if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') return line + 3 + length + strspn(line + 3 + length, " ");
  return NULL;
}

static void take_body(connection *c, size_t length) {
  for (size_t i = 0; i < length; i++) c->body_sum = c->body_sum * 31 + (unsigned char)c->buffer[i];
  if (c->body_kept + length < HEAD_MOST) {
    memcpy(c->body + c->body_kept, c->buffer, length);
    c->body_kept += length;
  }
  c->body_size += (long long)length;
  eat(c, length);
}

static int read_body(connection *c) {
  const char *length = header(c, "Content-Length");
  long long left = length ? atoll(length) : 0;
  c->body_size = 0;
  c->body_sum = 0;
  c->body_kept = 0;
  while (left > 0) {
    if (!c->filled && fill(c) != 0) return -1;
    size_t some = (long long)c->filled < left ? c->filled : (size_t)left;
    take_body(c, some);
    left -= (long long)some;
  }
  return 0;
}

static void note(connection *c) {
  pthread_mutex_lock(&lock);
  int wrote = snprintf(arrivals + arrivals_size, sizeof arrivals - arrivals_size, "%d %s %s %lld %u\n", c->number, c->method, c->path,
                       c->body_size, c->body_sum);
  if (arrivals_size + (size_t)wrote < sizeof arrivals) arrivals_size += (size_t)wrote;
  pthread_mutex_unlock(&lock);
}

/* ---- behaviours: each returns 0 to go on with the connection, -1 to close it ---- */

static int do_log(connection *c, const char *rest) {
  pthread_mutex_lock(&lock);
  char *copy = malloc(arrivals_size + 1);
  size_t size = arrivals_size;
  memcpy(copy, arrivals, size);
  if (strcmp(rest, "/clear") == 0) arrivals_size = 0;
  pthread_mutex_unlock(&lock);
  int result = answer(c, 200, "", copy, size);
  free(copy);
  return result;
}

static int do_ok(connection *c, const char *rest) {
  (void)rest;
  return answer(c, 200, "X-Served-By: fault\r\n", "ok", 2);
}

static int do_status(connection *c, const char *rest) { /* /status/503/7: Retry-After 7 */
  int status = atoi(rest + 1);
  const char *after = strchr(rest + 1, '/');
  char headers[128] = "";
  if (after) snprintf(headers, sizeof headers, "Retry-After: %s\r\n", after + 1);
  return answer(c, status, headers, "{\"error\":\"asked for\"}", 21);
}

static int do_echo(connection *c, const char *rest) {
  static const char cut[] = "\r\n";
  (void)rest;
  size_t head = strlen(c->head), size = head + 2 + c->body_kept;
  char *all = malloc(size);
  memcpy(all, c->head, head);
  memcpy(all + head, cut, 2);
  memcpy(all + head + 2, c->body, c->body_kept);
  int result = answer(c, 200, "", all, size);
  free(all);
  return result;
}

static int do_silence(connection *c, const char *rest) {
  char byte;
  (void)rest;
  while (recv(c->fd, &byte, 1, 0) > 0) continue;
  return -1;
}

static int do_close(connection *c, const char *rest) {
  (void)c, (void)rest;
  return -1;
}

static int do_reset(connection *c, const char *rest) {
  (void)rest;
  reset(c);
  return -1;
}

static int do_second_dies(connection *c,
                          const char *rest) { /* answers the first request of a connection; later ones are logged and cut off */
  return c->requests > 1 ? -1 : do_ok(c, rest);
}

static int do_short(connection *c, const char *rest) {
  (void)rest;
  say_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
  return -1;
}

static int do_chunked(connection *c, const char *rest) { /* /chunked/cut /chunked/broken /chunked/whole */
  say_text(c, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\n\r\n5\r\nfirst\r\n");
  if (strcmp(rest, "/cut") == 0) return -1;
  if (strcmp(rest, "/broken") == 0) return say_text(c, "zz\r\nnot a chunk\r\n"), -1;
  return say_text(c, "6\r\nsecond\r\n0\r\nX-Late: trailer\r\n\r\n");
}

static int do_stall(connection *c, const char *rest) {
  say_text(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nbegun");
  return do_silence(c, rest);
}

static int do_drip(connection *c, const char *rest) { /* /drip/COUNT/SECONDS: one byte after each pause */
  int count = atoi(rest + 1);
  const char *slash = strchr(rest + 1, '/');
  char head[128];
  snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", count);
  if (say_text(c, head) != 0) return -1;
  for (int i = 0; i < count; i++) {
    pause_for(slash ? atof(slash + 1) : 0.01);
    if (say(c, "x", 1) != 0) return -1;
  }
  return 0;
}

static int do_late(connection *c, const char *rest) { /* /late/SECONDS */
  pause_for(atof(rest + 1));
  return do_ok(c, rest);
}

static int do_bytes(connection *c, const char *rest) { /* /bytes/COUNT[/STATUS] */
  long long left = atoll(rest + 1);
  const char *slash = strchr(rest + 1, '/');
  char head[128], block[16384];
  snprintf(head, sizeof head, "HTTP/1.1 %d OK\r\nContent-Length: %lld\r\n\r\n", slash ? atoi(slash + 1) : 200, left);
  memset(block, 'b', sizeof block);
  if (say_text(c, head) != 0) return -1;
  for (; left > 0; left -= (long long)sizeof block)
    if (say(c, block, left < (long long)sizeof block ? (size_t)left : sizeof block) != 0) return -1;
  return 0;
}

/* A gzip stream by hand: one fixed-Huffman block with the literal 'a' and then matches of length 258 at distance 1, 13 bits each. It has no
   end, which nobody reaches who counts decoded bytes. */
static int do_bomb(connection *c, const char *rest) { /* /bomb/MEGABYTES */
  long matches = atol(rest + 1) * (1 << 20) / 258;
  unsigned bits = 3, have = 3; /* final block, fixed codes */
  static const unsigned char gzip[10] = {31, 139, 8, 0, 0, 0, 0, 0, 0, 3};
  unsigned char out[8192];
  size_t filled = 0;
  say_text(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
  say(c, (const char *)gzip, sizeof gzip);
  /* codes go in with their first bit lowest: 'a' is 10010001, length 258 is 11000101, distance 1 is 00000 */
  bits |= 0x89u << have;
  have += 8;
  for (long i = 0; i < matches; i++) {
    bits |= 0xa3u << have;
    have += 13;
    for (; have >= 8; have -= 8, bits >>= 8) out[filled++] = (unsigned char)bits;
    if (filled > sizeof out - 8) {
      if (say(c, (const char *)out, filled) != 0) return -1;
      filled = 0;
    }
  }
  say(c, (const char *)out, filled);
  return -1;
}

static int do_headers(connection *c, const char *rest) { /* endless */
  (void)rest;
  say_text(c, "HTTP/1.1 200 OK\r\n");
  while (say_text(c, "X-Filler: ......................................................................................\r\n") == 0) continue;
  return -1;
}

static int do_garbage(connection *c, const char *rest) {
  (void)rest;
  say_text(c, "this is not HTTP at all\r\n\r\n");
  return -1;
}

static int do_folded(connection *c, const char *rest) {
  (void)rest;
  return say_text(c, "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\nHTTP/1.1 200 OK\r\nX-Long: one\r\n two\r\nSet-Cookie: "
                     "a=1\r\nSet-Cookie: b=2\r\n"
                     "Content-Length: 2\r\n\r\nok");
}

static int do_redirect(connection *c, const char *rest) { /* /redirect/PATH: 302 there; /redirect307/PATH */
  char headers[1200];
  int same = strncmp(rest, "307", 3) == 0;
  snprintf(headers, sizeof headers, "Location: %s\r\n", same ? rest + 3 : rest);
  return answer(c, same ? 307 : 302, headers, "moved", 5);
}

static const struct {
  const char *path;
  int (*act)(connection *, const char *rest);
} behaviours[] = {
    {"/log", do_log},         {"/ok", do_ok},           {"/status", do_status},     {"/echo", do_echo},
    {"/silence", do_silence}, {"/close", do_close},     {"/reset", do_reset},       {"/second-dies", do_second_dies},
    {"/short", do_short},     {"/chunked", do_chunked}, {"/stall", do_stall},       {"/drip", do_drip},
    {"/late", do_late},       {"/bytes", do_bytes},     {"/bomb", do_bomb},         {"/headers", do_headers},
    {"/garbage", do_garbage}, {"/folded", do_folded},   {"/redirect", do_redirect},
};

static int serve_one(connection *c) {
  if (read_head(c) != 0) return -1;
  c->requests++;
  if (strncmp(c->path, "/deaf", 5) == 0) { /* does not read the body */
    note(c);
    pause_for(30);
    return -1;
  }
  int whole = read_body(c) == 0;
  if (strncmp(c->path, "/log", 4) != 0) note(c);
  if (!whole) return -1;
  for (size_t i = 0; i < sizeof behaviours / sizeof *behaviours; i++) {
    size_t length = strlen(behaviours[i].path);
    if (strncmp(c->path, behaviours[i].path, length) == 0) return behaviours[i].act(c, c->path + length);
  }
  return answer(c, 404, "", "no such fault", 13);
}

static void *serve(void *argument) {
  connection *c = argument;
  while (serve_one(c) == 0) continue;
  close(c->fd);
  free(c->body);
  free(c);
  return NULL;
}

static void *wait_for_the_end(void *argument) {
  char byte;
  while (read(0, &byte, 1) > 0) continue;
  _exit(0);
  return argument;
}

static int listen_somewhere(const char *port_file) {
  struct sockaddr_in address;
  socklen_t size = sizeof address;
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, 512) != 0) return -1;
  getsockname(fd, (struct sockaddr *)&address, &size);
  char temporary[1024];
  snprintf(temporary, sizeof temporary, "%s.new", port_file);
  FILE *file = fopen(temporary, "w");
  if (!file) return -1;
  fprintf(file, "%d\n", ntohs(address.sin_port));
  fclose(file);
  return rename(temporary, port_file) == 0 ? fd : -1; /* whoever waits for the file finds it written */
}

int main(int argc, char **argv) {
  pthread_t thread;
  int on = 1, listener = argc == 2 ? listen_somewhere(argv[1]) : -1;
  if (listener < 0) return perror("fault_server"), 1;
  signal(SIGPIPE, SIG_IGN);
  pthread_create(&thread, NULL, wait_for_the_end, NULL);
  for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
    connection *c = calloc(1, sizeof *c);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    c->fd = fd;
    c->number = ++connections;
    c->body = malloc(HEAD_MOST);
    if (pthread_create(&thread, NULL, serve, c) != 0) return 1;
    pthread_detach(thread);
  }
  return 0;
}
