// The least that a fan-out can cost on this machine: send() of prepared frames, in C. It prints its
// port; then each line on stdin, answered by one line of JSON, is a load:
//   <updates a second> <ms> <sockets an update> <messages a send> <bytes of a message>
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int sockets[1000], count;
static unsigned char frames[64 * 1024];

static int64_t clock_us(clockid_t which) {
  struct timespec now;
  clock_gettime(which, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

/** WebSocket frames of one message each, with the time of publishing. */
static size_t fill(int messages, int size) {
  unsigned char *p = frames;
  char stamp[20];
  snprintf(stamp, sizeof stamp, "at:%016ld", clock_us(CLOCK_MONOTONIC));
  for (int i = 0; i < messages; i++) {
    int head = size < 126 ? 2 : 4;
    p[0] = 0x81;
    p[1] = size < 126 ? size : 126;
    if (head == 4) p[2] = size >> 8, p[3] = size;
    memcpy(p + head, stamp, 19);
    memset(p + head + 19, ' ', size - 19);
    p += head + size;
  }
  return p - frames;
}

static void run(double per_second, int ms, int fan, int messages, int size) {
  int64_t began_us = clock_us(CLOCK_MONOTONIC), cpu_us = clock_us(CLOCK_PROCESS_CPUTIME_ID), sent = 0;
  for (int64_t updates = 0, at_us; (at_us = clock_us(CLOCK_MONOTONIC) - began_us) < ms * 1000LL;) {
    for (; updates < per_second * at_us / 1e6; updates += messages) {
      size_t length = fill(messages, size);
      int first = updates / messages * fan % count;
      for (int i = first; i < first + fan; i++) {
        if (send(sockets[i], frames, length, MSG_NOSIGNAL) != (ssize_t)length) exit(1);
        sent += messages;
      }
    }
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
  }
  printf("{\"deliveries\":%ld,\"cpuUs\":%ld}\n", sent, clock_us(CLOCK_PROCESS_CPUTIME_ID) - cpu_us);
  fflush(stdout);
}

int main(int argc, char **argv) {
  int wanted = argc > 1 ? atoi(argv[1]) : 1000, server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  struct sockaddr_in address = {.sin_family = AF_INET};
  socklen_t length = sizeof address;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (wanted > 1000 || bind(server, (struct sockaddr *)&address, length) || listen(server, 4096)) return 1;
  getsockname(server, (struct sockaddr *)&address, &length);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);
  for (; count < wanted; count++) {
    sockets[count] = accept(server, NULL, NULL);
    setsockopt(sockets[count], IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  double per_second;
  for (int ms, fan, messages, size;
       scanf("%lf %d %d %d %d", &per_second, &ms, &fan, &messages, &size) == 5;)
    run(per_second, ms, fan, messages, size);
}
