/* Many websockets that subscribe to one topic, and what each of them got.
 *
 *     drain ADDRESS PORT KEY TOPIC SOCKETS STALLED LINE
 *
 * Opens SOCKETS websockets on /channel/websocket and subscribes each to TOPIC; the first STALLED of them never read
 * after that. Prints "subscribed" when all are, and at the end of the stream (each got a line that begins with "END", or
 * 30 s nothing came) a line of JSON: how many lines, lost bytes and bytes there were. LINE is the length of a line, its
 * end included, so that lost bytes can be counted as lines.
 */
#include <arpa/inet.h>
#include <errno.h>
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

enum { HEAD, LENGTH, BODY };

struct client {
    int descriptor;
    int handshake;        /* how much of "\r\n\r\n" was seen; 4: done */
    int phase;
    uint64_t left;        /* of a length, or of a body */
    uint64_t length;
    char previous;
    int gap_matched;      /* how much of "\"gap\":" was seen */
    int end_matched;      /* how much of "END" was seen */
    int subscribed_matched;
    int in_number;
    uint64_t number;
    uint64_t lines, lost, bytes, messages;
    int subscribed, ended;
};

static const char subscribed_word[] = "subscription_success";
static const char gap_word[] = "\"gap\":";

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void die(const char *what) {
    perror(what);
    exit(1);
}

static int match(int matched, const char *word, char c) {
    if (c == word[matched]) return matched + 1;
    return c == word[0] ? 1 : 0;
}

static void body(struct client *client, const unsigned char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char c = (char)bytes[i];
        if (c == 'n' && client->previous == '\\') client->lines++;
        client->previous = client->previous == '\\' ? 0 : c;
        if (client->in_number) {
            if (c >= '0' && c <= '9') client->number = client->number * 10 + (uint64_t)(c - '0');
            else {
                client->lost += client->number;
                client->in_number = 0;
            }
        }
        client->gap_matched = match(client->gap_matched, gap_word, c);
        if (!gap_word[client->gap_matched]) {
            client->in_number = 1;
            client->number = 0;
            client->gap_matched = 0;
        }
        client->end_matched = match(client->end_matched, "END", c);
        if (client->end_matched == 3) {
            client->ended = 1;
            client->end_matched = 0;
        }
        if (!client->subscribed) {
            client->subscribed_matched = match(client->subscribed_matched, subscribed_word, c);
            if (!subscribed_word[client->subscribed_matched]) client->subscribed = 1;
        }
    }
}

static void received(struct client *client, const unsigned char *bytes, size_t count) {
    client->bytes += count;
    while (count) {
        if (client->handshake < 4) {
            client->handshake = match(client->handshake, "\r\n\r\n", (char)*bytes);
            bytes++, count--;
            continue;
        }
        size_t taken = 1;
        switch (client->phase) {
        case HEAD:
            client->phase = LENGTH;
            client->left = 0;
            client->length = UINT64_MAX;
            break;
        case LENGTH:
            if (client->length == UINT64_MAX) {
                client->length = *bytes & 0x7f;
                client->left = client->length == 126 ? 2 : client->length == 127 ? 8 : 0;
                if (client->left) client->length = 0;
            } else {
                client->length = client->length << 8 | *bytes;
                client->left--;
            }
            if (!client->left) {
                client->phase = client->length ? BODY : HEAD;
                client->left = client->length;
                client->messages++;
            }
            break;
        case BODY:
            taken = count < client->left ? count : (size_t)client->left;
            body(client, bytes, taken);
            client->left -= taken;
            if (!client->left) client->phase = HEAD;
            break;
        }
        bytes += taken, count -= taken;
    }
}

int main(int argc, char **argv) {
    if (argc != 8) {
        fprintf(stderr, "usage: drain ADDRESS PORT KEY TOPIC SOCKETS STALLED LINE\n");
        return 2;
    }
    int sockets = atoi(argv[5]), stalled = atoi(argv[6]), line = atoi(argv[7]);
    struct client *clients = calloc((size_t)sockets, sizeof *clients);
    int poll = epoll_create1(0);
    char request[1024], message[512];
    int request_length = snprintf(request, sizeof request,
        "GET /channel/websocket HTTP/1.1\r\nHost: localhost\r\n%s%s%sUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        *argv[3] ? "X-API-Key: " : "", argv[3], *argv[3] ? "\r\n" : "");
    int length = snprintf(message + 8, sizeof message - 8, "{\"event\":\"SUB\",\"data\":{\"topic\":\"%s\"}}", argv[4]);
    if (length > 125) {
        fprintf(stderr, "the topic is too long\n");
        return 2;
    }
    /* One frame of text, masked with zeros. */
    unsigned char *frame = (unsigned char *)message + 2;
    frame[0] = 0x81, frame[1] = 0x80 | (unsigned char)length;
    memset(frame + 2, 0, 4);
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[2])) };
    inet_pton(AF_INET, argv[1], &address.sin_addr);
    for (int i = 0; i < sockets; i++) {
        int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0) die("socket");
        if (i < stalled) {
            int small = 4096;
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        }
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address)) die("connect");
        if (write(descriptor, request, (size_t)request_length) != request_length) die("write");
        if (write(descriptor, frame, (size_t)length + 6) != length + 6) die("write");
        clients[i].descriptor = descriptor;
        struct epoll_event event = { .events = EPOLLIN, .data.ptr = &clients[i] };
        if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)) die("epoll_ctl");
    }
    static unsigned char buffer[1 << 18];
    int subscribed = 0, ended = 0, gone = 0;
    double last = now();
    while (ended + gone < sockets - stalled && now() - last < 30) {
        struct epoll_event events[256];
        int count = epoll_wait(poll, events, 256, 1000);
        for (int i = 0; i < count; i++) {
            struct client *client = events[i].data.ptr;
            ssize_t length = recv(client->descriptor, buffer, sizeof buffer, 0);
            if (length <= 0) {
                epoll_ctl(poll, EPOLL_CTL_DEL, client->descriptor, NULL);
                if (client - clients >= stalled && !client->ended) gone++;
                continue;
            }
            last = now();
            int before = client->subscribed, before_end = client->ended;
            received(client, buffer, (size_t)length);
            if (!before && client->subscribed) {
                if (client - clients < stalled) epoll_ctl(poll, EPOLL_CTL_DEL, client->descriptor, NULL);
                if (++subscribed == sockets) {
                    printf("subscribed\n");
                    fflush(stdout);
                }
            }
            if (!before_end && client->ended && client - clients >= stalled) ended++;
        }
    }
    uint64_t lines = 0, lost = 0, bytes = 0, least = UINT64_MAX, most = 0;
    for (int i = stalled; i < sockets; i++) {
        uint64_t told = clients[i].lines + clients[i].lost / (uint64_t)line;
        if (told < least) least = told;
        if (told > most) most = told;
        lines += clients[i].lines, lost += clients[i].lost, bytes += clients[i].bytes;
    }
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"ended\": %d, \"gone\": %d, \"lines\": %llu, \"lost_bytes\": %llu, \"bytes\": %llu, "
           "\"least_lines_told\": %llu, \"most_lines_told\": %llu, \"cpu\": %.2f}\n",
        ended, gone, (unsigned long long)lines, (unsigned long long)lost, (unsigned long long)bytes,
        (unsigned long long)least, (unsigned long long)most,
        usage.ru_utime.tv_sec + usage.ru_utime.tv_usec / 1e6 + usage.ru_stime.tv_sec + usage.ru_stime.tv_usec / 1e6);
    return 0;
}
