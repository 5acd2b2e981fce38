// The receiving side of `bench -- fanout`: many clients in one thread on epoll, in C so that it is not
// the bottleneck. It speaks as much HTTP and WebSocket as a SignalR client has to; what it says in hub
// messages comes ready-made from the plan. A delivery is a message with "at:" and the microsecond (16
// digits, CLOCK_MONOTONIC) at which it was published.
//
//   receiver <port> <plan> <silence> <deaf>
//
// Each line of the plan is a client, its fields separated by one space, "-" for none:
//   <token> <handshake frame in hex> <subscription frame in hex> <ping frame in hex>
// With a token it negotiates first; with no handshake frame it is ready once the socket is. `silence`
// is 1 where nothing is upgraded; the first `deaf` clients never read once they are ready. Orders come on stdin and each is answered by one line of JSON:
//   open <at once>    connects all; answers when each has been ready once
//   begin             forgets what was counted
//   end               tells what was counted since
//   storm <port>      whoever is cut off comes back there at once; answers when all have
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum state { IDLE, CONNECTING, NEGOTIATING, UPGRADING, SHAKING, SUBSCRIBING, READY };

struct blob { unsigned char *bytes; size_t length; };

struct client {
  int fd, negotiated, cut, back;
  enum state state;
  char *token;
  char id[200];
  struct blob handshake, subscription, ping, carry;
  int64_t due_us, ping_us;
};

static const int64_t ping_every_us = 15000000;
/** Answers take as long as the server likes; the clients' own policy after the first try. */
static const int64_t retry_min_us = 500000, retry_spread_us = 1000000;

/** In 5 ms: to try 10,000 in one go would keep this thread from reading. */
static const int dials_max = 200;

static struct client *clients;
static int count, port, silent, deaf, poll_fd, at_once, under_way, ready, storming, awaiting;
static int64_t asked_us;
static unsigned char input[1 << 20];
static uint32_t histogram[2000000]; // of 10 µs each
static int64_t deliveries, bytes, reads, late_max_us, refused, lost, began_us, began_cpu_us;
/** What this program itself may add to a delivery: the longest round of its loop, and without a core. */
static int64_t round_max_us, began_coreless_us;

static int64_t clock_us(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static int64_t now_us(void) { return clock_us(CLOCK_MONOTONIC); }

/** For how long this thread could have run and had no core. */
static int64_t coreless_us(void) {
  long long ran_ns, waited_ns = 0;
  FILE *statistics = fopen("/proc/self/schedstat", "r");
  if (!statistics) return 0;
  (void)!fscanf(statistics, "%lld %lld", &ran_ns, &waited_ns);
  fclose(statistics);
  return waited_ns / 1000;
}

static struct blob unhex(const char *text) {
  struct blob blob = {NULL, 0};
  if (strcmp(text, "-") == 0) return blob;
  blob.length = strlen(text) / 2;
  blob.bytes = malloc(blob.length);
  for (size_t i = 0; i < blob.length; i++) sscanf(text + 2 * i, "%2hhx", &blob.bytes[i]);
  return blob;
}

static void read_plan(const char *file) {
  FILE *plan = fopen(file, "r");
  char *line = NULL;
  size_t size = 0;
  if (!plan) { perror(file); exit(1); }
  for (ssize_t n; (n = getline(&line, &size, plan)) > 0; count++) {
    if (line[n - 1] == '\n') line[n - 1] = 0;
    clients = realloc(clients, (count + 1) * sizeof *clients);
    struct client *c = memset(&clients[count], 0, sizeof *c);
    char *rest = line, *token = strsep(&rest, " ");
    c->fd = -1;
    c->token = strcmp(token, "-") == 0 ? NULL : strdup(token);
    c->handshake = unhex(strsep(&rest, " "));
    c->subscription = unhex(strsep(&rest, " "));
    c->ping = unhex(rest);
  }
  free(line);
  fclose(plan);
}

static void put(struct client *c, const void *data, size_t length) {
  // What a client says is short and the socket empty: anything but success is a lost connection,
  // which the next read reports.
  (void)!send(c->fd, data, length, MSG_NOSIGNAL);
}

static void dial(struct client *c) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  int room = 16 * 1024;
  if (c < clients + deaf) setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) {
    perror("connect");
    exit(1);
  }
  c->carry.length = 0;
  c->state = CONNECTING;
  struct epoll_event event = {.events = EPOLLOUT, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

static void became_ready(struct client *c) {
  c->state = READY;
  c->ping_us = now_us() + ping_every_us * (c - clients) / count;
  under_way--;
  ready++;
  c->back = c->cut;
  if (c < clients + deaf) epoll_ctl(poll_fd, EPOLL_CTL_DEL, c->fd, NULL);
}

static void connected(struct client *c) {
  char request[4096];
  int n = 0;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
  if (silent) {
    became_ready(c);
  } else if (c->token && !c->negotiated) {
    c->state = NEGOTIATING;
    n = snprintf(request, sizeof request,
                 "POST /ws/negotiate?negotiateVersion=1 HTTP/1.1\r\nHost: localhost\r\n"
                 "Authorization: Bearer %s\r\nContent-Length: 0\r\n\r\n", c->token);
  } else {
    c->state = UPGRADING;
    n = snprintf(request, sizeof request,
                 "GET /ws?id=%s&access_token=%s HTTP/1.1\r\nHost: localhost\r\n"
                 "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                 "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
                 c->id, c->token ? c->token : "");
  }
  if (n > 0) put(c, request, n);
}

/** Gives the connection up, to be tried again at once or after a while. */
static void give_up(struct client *c, int64_t wait_us) {
  close(c->fd);
  c->fd = -1;
  if (c->state == READY) { ready--; lost++; c->cut = 1; } else under_way--;
  c->state = IDLE;
  c->negotiated = 0;
  c->id[0] = 0;
  c->due_us = now_us() + wait_us;
}

static int64_t retry_us(void) { return retry_min_us + rand() % retry_spread_us; }

/** Returns the bytes of a whole HTTP answer, or 0; the status and the body's place. */
static size_t http_answer(unsigned char *data, size_t length, int *status, char **body) {
  char *end = memmem(data, length, "\r\n\r\n", 4);
  if (!end) return 0;
  *end = 0;
  *status = atoi((char *)data + 9);
  char *field = strcasestr((char *)data, "content-length:");
  size_t size = field ? strtoul(field + 15, NULL, 10) : 0, head = end + 4 - (char *)data;
  *body = end + 4;
  *end = '\r';
  return head + size <= length ? head + size : 0;
}

static void count_deliveries(unsigned char *data, size_t length, int64_t at_us) {
  unsigned char *end = data + length;
  for (unsigned char *p = data; (p = memmem(p, end - p, "at:", 3)); p += 19) {
    int64_t published_us = 0;
    if (p + 19 > end) return;
    for (int i = 3; i < 19; i++) published_us = published_us * 10 + (p[i] - '0');
    int64_t late_us = at_us - published_us, bucket = late_us / 10;
    deliveries++;
    if (late_us > late_max_us) late_max_us = late_us;
    histogram[bucket < 0 ? 0 : bucket < 2000000 ? bucket : 1999999]++;
  }
}

/** Takes whole WebSocket frames off the data; returns how many bytes they were, -1 at the end. */
static ssize_t frames(struct client *c, unsigned char *data, size_t length, int64_t at_us) {
  size_t at = 0;
  while (length - at >= 2) {
    unsigned char *p = data + at;
    size_t head = 2, size = p[1] & 127;
    if (size == 126) { head = 4; if (length - at < 4) break; size = p[2] << 8 | p[3]; }
    else if (size == 127) {
      head = 10;
      if (length - at < 10) break;
      size = 0;
      for (int i = 2; i < 10; i++) size = size << 8 | p[i];
    }
    if (length - at < head + size) break;
    if ((p[0] & 15) == 8) return -1;
    at += head + size;
    if (c->state == READY) count_deliveries(p + head, size, at_us);
    else if (c->state == SHAKING) {
      c->state = SUBSCRIBING;
      put(c, c->subscription.bytes, c->subscription.length);
    } else if (memmem(p + head, size, "subscriptionConfirmed", 21)) became_ready(c);
  }
  return at;
}

/** Takes what is whole off the data; returns how many bytes that was, -1 when the socket is given up. */
static ssize_t take(struct client *c, unsigned char *data, size_t length, int64_t at_us) {
  if (c->state == READY || c->state == SHAKING || c->state == SUBSCRIBING) {
    ssize_t taken = frames(c, data, length, at_us);
    if (taken < 0) give_up(c, 0);
    return taken;
  }
  int status;
  char *body;
  size_t taken = http_answer(data, length, &status, &body);
  if (taken == 0) return 0;
  if (c->state == NEGOTIATING && status == 200) {
    char *token = strstr(body, "\"connectionToken\":\"");
    if (!token || sscanf(token + 19, "%199[^\"]", c->id) != 1) exit(3);
    c->negotiated = 1;
    close(c->fd);
    dial(c);
    return -1;
  }
  if (c->state == UPGRADING && status == 101) {
    if (c->handshake.length == 0) became_ready(c);
    else { c->state = SHAKING; put(c, c->handshake.bytes, c->handshake.length); }
    return taken;
  }
  refused++;
  give_up(c, retry_us());
  return -1;
}

static void readable(struct client *c) {
  if (c->carry.length) memcpy(input, c->carry.bytes, c->carry.length);
  ssize_t n = recv(c->fd, input + c->carry.length, sizeof input - 1 - c->carry.length, 0);
  if (n < 0 && errno == EAGAIN) return;
  // Where nothing is heard the end counts as one more refusal; a ready client is back at once.
  if (n <= 0) {
    if (c->state != READY) lost++;
    return give_up(c, c->state == READY ? 0 : retry_us());
  }
  reads++;
  bytes += n;
  size_t length = c->carry.length + n, at = 0;
  int64_t at_us = now_us();
  input[length] = 0;
  while (at < length) {
    ssize_t taken = take(c, input + at, length - at, at_us);
    if (taken < 0) return;
    if (taken == 0) break;
    at += taken;
  }
  c->carry.length = length - at;
  if (c->carry.length) {
    c->carry.bytes = realloc(c->carry.bytes, c->carry.length);
    memcpy(c->carry.bytes, input + at, c->carry.length);
  }
}

static double percentile(double share) {
  int64_t wanted = deliveries * share, seen = 0;
  for (int i = 0; i < 2000000; i++) if ((seen += histogram[i]) > wanted) return (i + 0.5) / 100;
  return 0;
}

static void begin(void) {
  memset(histogram, 0, sizeof histogram);
  deliveries = bytes = reads = late_max_us = refused = lost = round_max_us = 0;
  began_us = now_us();
  began_coreless_us = coreless_us();
  began_cpu_us = clock_us(CLOCK_PROCESS_CPUTIME_ID);
}

static void tell(void) {
  double wall_us = now_us() - began_us;
  printf("{\"deliveries\":%ld,\"bytes\":%ld,\"reads\":%ld,\"p50Ms\":%.3f,\"p99Ms\":%.3f,\"maxMs\":%.3f,"
         "\"cpuShare\":%.4f,\"corelessShare\":%.4f,\"roundMaxMs\":%.3f,"
         "\"ready\":%d,\"refused\":%ld,\"lost\":%ld,\"ms\":%.1f}\n",
         deliveries, bytes, reads, percentile(0.5), percentile(0.99), late_max_us / 1000.0,
         (clock_us(CLOCK_PROCESS_CPUTIME_ID) - began_cpu_us) / wall_us,
         (coreless_us() - began_coreless_us) / wall_us, round_max_us / 1000.0, ready, refused, lost,
         (now_us() - asked_us) / 1000.0);
  fflush(stdout);
}

static void order(char *line) {
  int n = 0;
  char word[16] = "";
  sscanf(line, "%15s %d", word, &n);
  if (strcmp(word, "open") == 0 || strcmp(word, "storm") == 0) {
    storming = word[0] == 's';
    for (int i = 0; i < count; i++) clients[i].cut = clients[i].back = 0;
    if (storming) port = n, at_once = count;
    else at_once = n;
    awaiting = 1;
    asked_us = now_us();
  } else if (strcmp(word, "begin") == 0) {
    begin();
    tell();
  } else {
    tell();
  }
}

/** What is due by the clock: connections to try, pings to send, an order that is done. */
static void look(void) {
  int64_t at_us = now_us();
  int back = 0, dials = 0;
  for (struct client *c = clients; c < clients + count; c++) {
    if (at_once > 0 && c->state == IDLE && c->due_us <= at_us && under_way < at_once && dials++ < dials_max) {
      under_way++;
      dial(c);
    }
    if (c->state == READY && c->ping.length && c->ping_us <= at_us) {
      c->ping_us += ping_every_us;
      put(c, c->ping.bytes, c->ping.length);
    }
    back += c->back;
  }
  if (awaiting && ready == count && (!storming || back == count)) {
    awaiting = 0;
    tell();
  }
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  port = atoi(argv[1]);
  silent = atoi(argv[3]);
  deaf = atoi(argv[4]);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  read_plan(argv[2]);
  poll_fd = epoll_create1(0);
  struct epoll_event events[1024], orders = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, 0, &orders);
  for (int64_t looked_us = 0;;) {
    int n = epoll_wait(poll_fd, events, 1024, 5);
    int64_t woke_us = now_us();
    for (int i = 0; i < n; i++) {
      struct client *c = events[i].data.ptr;
      char line[64];
      ssize_t length;
      if (c && c->state == CONNECTING && !(events[i].events & (EPOLLERR | EPOLLHUP))) connected(c);
      else if (c) readable(c);
      else if ((length = read(0, line, sizeof line - 1)) > 0) line[length] = 0, order(line);
      else return 0;
    }
    if (woke_us - looked_us > 5000) look(), looked_us = now_us();
    int64_t round_us = now_us() - woke_us;
    if (round_us > round_max_us) round_max_us = round_us;
  }
}
