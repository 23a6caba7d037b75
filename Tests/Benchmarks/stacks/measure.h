// What the C and C++ programs of this folder count with: one window of time, latencies, and what both processes cost.
//
// A call is counted if it began inside the window, a message of a stream if it came inside. "bulk" is calls beside
// messages of 64 MiB that go there and back on the same connection, one after the other; a call that was held up counts
// also for those that would have been made meanwhile, one a millisecond.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

// Nanoseconds of the monotonic clock.
static inline uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// Nanoseconds of processor time of a process, user and system.
static inline uint64_t processor_time(pid_t pid) {
    clockid_t clock;
    struct timespec t = {0, 0};
    if (clock_getcpuclockid(pid, &clock) == 0) clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

// The most memory that a process has had in use, in bytes.
static inline uint64_t peak_bytes(pid_t pid) {
    char path[64], line[256];
    unsigned long kibibytes = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "VmHWM: %lu", &kibibytes) == 1) break;
    if (file) fclose(file);
    return (uint64_t)kibibytes << 10;
}

// FNV-1a of a packed message: programs that send other bytes are not compared.
static inline uint64_t digest(const uint8_t *bytes, size_t size) {
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t index = 0; index < size; index++) hash = (hash ^ bytes[index]) * 0x100000001b3u;
    return hash;
}

enum { bulk_bytes = 64 << 20, most_transfers = 4096, omitted_every = 1000000 };

struct window {
    pid_t client, server;
    uint64_t begin, end;
    uint64_t client_cost, server_cost;
    // Nanoseconds that each bulk message took.
    uint32_t transfers[most_transfers];
    size_t transfer_count;
};

static inline void add_transfer(struct window *window, uint64_t nanoseconds) {
    if (window->transfer_count < most_transfers) window->transfers[window->transfer_count++] = (uint32_t)nanoseconds;
}

static inline struct window open_window(pid_t server, double seconds, double warm_up) {
    struct window window;
    memset(&window, 0, sizeof window);
    window.client = getpid(), window.server = server;
    window.begin = now() + (uint64_t)(warm_up * 1e9);
    window.end = window.begin + (uint64_t)(seconds * 1e9);
    return window;
}

// Notes what both processes have used so far; twice, when the window begins and when it is over.
static inline void note_cost(struct window *window) {
    window->client_cost = processor_time(window->client) - window->client_cost;
    window->server_cost = processor_time(window->server) - window->server_cost;
}

static inline int ascending_(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

// Prints the measurement as a line of JSON. `latencies` are nanoseconds, and none for a stream, whose messages `count` counts.
static inline void report(
    struct window *window, uint32_t *latencies, size_t count, const uint8_t *message, size_t size) {
    double seconds = (double)(window->end - window->begin) / 1e9, calls = count ? (double)count : 1;
    printf("{\"bytes\":%zu,\"digest\":\"%016llx\",\"perSecond\":%.1f,", size,
           (unsigned long long)digest(message, size), (double)count / seconds);
    if (latencies && count) {
        qsort(latencies, count, sizeof *latencies, ascending_);
        printf("\"p50Microseconds\":%.1f,\"p99Microseconds\":%.1f,\"mostMicroseconds\":%.1f,",
               latencies[count / 2] / 1e3, latencies[count * 99 / 100] / 1e3, latencies[count - 1] / 1e3);
    }
    if (window->transfer_count) {
        qsort(window->transfers, window->transfer_count, sizeof *window->transfers, ascending_);
        printf("\"bulkMilliseconds\":%.2f,", window->transfers[window->transfer_count / 2] / 1e6);
    }
    printf("\"clientMicroseconds\":%.3f,\"serverMicroseconds\":%.3f,\"clientPeakBytes\":%llu,\"serverPeakBytes\":%llu}\n",
           (double)window->client_cost / 1e3 / calls, (double)window->server_cost / 1e3 / calls,
           (unsigned long long)peak_bytes(window->client), (unsigned long long)peak_bytes(window->server));
    fflush(stdout);
}

#ifdef __cplusplus
}
#endif
