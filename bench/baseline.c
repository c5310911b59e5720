/* baseline.c: what libcurl itself can do: multi_socket on epoll and the options that the engine sets, with nothing above it.
   usage: baseline URL REQUESTS CONCURRENCY; prints requests per second. */
#define _POSIX_C_SOURCE 200809L
#include <curl/curl.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  CURL *easy;
  char *body;
  size_t size, capacity;
} lane;

static int epoll;
static double due = -1;
static long left, failed;
static CURLM *multi;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *user, void *known) {
  struct epoll_event event;
  (void)easy, (void)user;
  memset(&event, 0, sizeof event);
  event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
  event.data.fd = fd;
  if (what == CURL_POLL_REMOVE) {
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &event);
    return 0;
  }
  epoll_ctl(epoll, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
  if (!known) curl_multi_assign(multi, fd, &epoll);
  return 0;
}

static int on_timer(CURLM *handle, long milliseconds, void *user) {
  (void)handle, (void)user;
  due = milliseconds < 0 ? -1 : now() + (double)milliseconds / 1000;
  return 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *user) {
  lane *one = user;
  if (one->size + size * count > one->capacity) one->body = realloc(one->body, one->capacity = (one->size + size * count) * 2);
  memcpy(one->body + one->size, data, size * count);
  one->size += size * count;
  return size * count;
}

static size_t on_header(char *line, size_t size, size_t count, void *user) {
  (void)line, (void)user;
  return size * count;
}

static int on_request(void *user, char *remote, char *local, int remote_port, int local_port) {
  (void)user, (void)remote, (void)local, (void)remote_port, (void)local_port;
  return CURL_PREREQFUNC_OK;
}

static int on_open(void *user, curl_socket_t fd, curlsocktype purpose) {
  (void)user, (void)purpose;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return CURL_SOCKOPT_OK;
}

static void set_up(lane *one, const char *url) {
  one->easy = curl_easy_init();
  curl_easy_setopt(one->easy, CURLOPT_PRIVATE, one);
  curl_easy_setopt(one->easy, CURLOPT_HTTPGET, 1L);
  curl_easy_setopt(one->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(one->easy, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(one->easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(one->easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  curl_easy_setopt(one->easy, CURLOPT_SOCKOPTFUNCTION, on_open);
  curl_easy_setopt(one->easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(one->easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(one->easy, CURLOPT_URL, url);
  curl_easy_setopt(one->easy, CURLOPT_USERAGENT, "retake");
  curl_easy_setopt(one->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(one->easy, CURLOPT_CONNECTTIMEOUT_MS, 10001L);
  curl_easy_setopt(one->easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(one->easy, CURLOPT_PREREQFUNCTION, on_request);
  curl_easy_setopt(one->easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(one->easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(one->easy, CURLOPT_WRITEDATA, one);
}

static void finish(CURLMsg *message) {
  lane *one;
  CURL *easy = message->easy_handle;
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&one);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (message->data.result != CURLE_OK || status != 200) failed++;
  curl_multi_remove_handle(multi, easy);
  one->size = 0;
  if (left-- > 0) curl_multi_add_handle(multi, easy);
}

int main(int argc, char **argv) {
  if (argc != 4) return fputs("usage: baseline URL REQUESTS CONCURRENCY\n", stderr), 2;
  long requests = atol(argv[2]), concurrency = atol(argv[3]), done = 0;
  int running, waiting;
  curl_global_init(CURL_GLOBAL_DEFAULT);
  multi = curl_multi_init();
  epoll = epoll_create1(EPOLL_CLOEXEC);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_socket);
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_timer);
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, concurrency);
  lane *lanes = calloc((size_t)concurrency, sizeof *lanes);
  double started = now();
  left = requests - concurrency;
  for (long i = 0; i < concurrency; i++) {
    set_up(&lanes[i], argv[1]);
    curl_multi_add_handle(multi, lanes[i].easy);
  }
  while (done < requests) {
    struct epoll_event events[128];
    double wait = due < 0 ? 1000 : (due - now()) * 1000;
    int count = epoll_wait(epoll, events, 128, wait <= 0 ? 0 : (int)wait + 1);
    for (int i = 0; i < count; i++) {
      unsigned got = events[i].events;
      curl_multi_socket_action(multi, events[i].data.fd,
                               (got & (EPOLLIN | EPOLLHUP) ? CURL_CSELECT_IN : 0) | (got & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                                   (got & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0),
                               &running);
    }
    if (due >= 0 && due <= now()) {
      due = -1;
      curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    for (CURLMsg *message; (message = curl_multi_info_read(multi, &waiting)); done++) finish(message);
  }
  printf("%.0f\n", (double)requests / (now() - started));
  if (failed) fprintf(stderr, "%ld requests failed\n", failed);
  return failed != 0;
}
