// The other side of `olp bench rpc`: the same message over the same libzmq and protobuf-c, in C, without an RPC layer.
//
//   echo serve ENDPOINT
//   echo call ENDPOINT IN_FLIGHT SECONDS BYTES SERVER_PID
//
// A closed loop of IN_FLIGHT calls from one DEALER to one ROUTER. A frame is an 8-byte number and the packed message;
// each side packs and unpacks with protobuf-c's own allocator. Prints a line of JSON as `olp bench rpc --json` does.
#include <olp_bench_v1_bench.pb-c.h>

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

typedef Olp__Bench__V1__Sample Sample;

static void fail(const char *what) {
    fprintf(stderr, "echo: %s: %s\n", what, zmq_strerror(errno));
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static ProtobufCBinaryData text(const char *words) {
    ProtobufCBinaryData data = {strlen(words), (uint8_t *)words};
    return data;
}

// The message of BenchMessage in the operator's command, padded to `size` bytes on the wire.
static void fill(Sample *sample, size_t size) {
    static ProtobufCBinaryData tags[3];
    static int32_t years[] = {2015, 2016, 2017, 2018};
    static Google__Protobuf__Timestamp at;
    tags[0] = text("academy"), tags[1] = text("outstanding"), tags[2] = text("teaching-school");
    google__protobuf__timestamp__init(&at);
    at.seconds = 1506643200, at.nanos = 250000000;
    olp__bench__v1__sample__init(sample);
    sample->id = text("0190c3d2-7a4e-7c11-9f3b-5a1d2e3f4a5b");
    sample->name = text("Brookthorpe Church of England Primary School");
    sample->town = text("Oldham");
    sample->urn = 105588, sample->pupils = 412, sample->open = 1, sample->has_share = 1, sample->share = 0.163;
    sample->n_tags = 3, sample->tags = tags, sample->n_years = 4, sample->years = years, sample->at = &at;
    sample->has_note = 1, sample->note = text("Converted to an academy in 2012; two names before.");
    size_t bare = protobuf_c_message_get_packed_size(&sample->base);
    for (size_t overhead = 2; overhead <= 5 && size >= bare + overhead; overhead++) {
        free(sample->padding.data);
        sample->padding.len = size - bare - overhead;
        sample->padding.data = malloc(sample->padding.len + 1);
        memset(sample->padding.data, 0x5A, sample->padding.len);
        if (protobuf_c_message_get_packed_size(&sample->base) == size) return;
    }
}

static Sample *unpack(const uint8_t *bytes, size_t size) {
    Sample *sample = (Sample *)protobuf_c_message_unpack(&olp__bench__v1__sample__descriptor, NULL, size, bytes);
    if (!sample) fprintf(stderr, "echo: a message could not be unpacked\n"), exit(1);
    return sample;
}

static void send_sample(void *socket, uint64_t number, const Sample *sample) {
    zmq_msg_t frame;
    if (zmq_msg_init_size(&frame, 8 + protobuf_c_message_get_packed_size(&sample->base))) fail("frame");
    uint8_t *bytes = zmq_msg_data(&frame);
    memcpy(bytes, &number, 8);
    protobuf_c_message_pack(&sample->base, bytes + 8);
    if (zmq_msg_send(&frame, socket, 0) < 0) fail("send");
}

static int serve(void *context, const char *endpoint) {
    void *router = zmq_socket(context, ZMQ_ROUTER);
    int none = 0;
    zmq_setsockopt(router, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(router, ZMQ_RCVHWM, &none, sizeof none);
    if (zmq_bind(router, endpoint)) fail("bind");
    for (;;) {
        zmq_msg_t peer, frame;
        zmq_msg_init(&peer), zmq_msg_init(&frame);
        if (zmq_msg_recv(&peer, router, 0) < 0 || zmq_msg_recv(&frame, router, 0) < 0) fail("receive");
        uint64_t number;
        memcpy(&number, zmq_msg_data(&frame), 8);
        Sample *sample = unpack((uint8_t *)zmq_msg_data(&frame) + 8, zmq_msg_size(&frame) - 8);
        zmq_msg_close(&frame);
        if (zmq_msg_send(&peer, router, ZMQ_SNDMORE) < 0) fail("send");
        send_sample(router, number, sample);
        protobuf_c_message_free_unpacked(&sample->base, NULL);
    }
}

// Seconds of processor time, user and system.
static double processor_time(long pid) {
    char path[64], line[4096];
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) fail(path);
    fclose(file);
    unsigned long user = 0, kernel = 0;
    sscanf(strrchr(line, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel);
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static int ascending(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static int call(void *context, const char *endpoint, int in_flight, double seconds, size_t size, long server) {
    void *dealer = zmq_socket(context, ZMQ_DEALER);
    if (zmq_connect(dealer, endpoint)) fail("connect");
    Sample sample;
    fill(&sample, size);
    uint64_t *sent = calloc((size_t)in_flight, sizeof *sent);
    size_t capacity = 1 << 16, count = 0;
    uint32_t *latencies = malloc(capacity * sizeof *latencies);
    double cost = processor_time(getpid()) + processor_time(server);
    uint64_t end = now() + (uint64_t)(seconds * 1e9);
    for (int slot = 0; slot < in_flight; slot++) sent[slot] = now(), send_sample(dealer, (uint64_t)slot, &sample);
    for (int open = in_flight; open > 0;) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, dealer, 0) < 0) fail("receive");
        uint64_t slot;
        memcpy(&slot, zmq_msg_data(&frame), 8);
        Sample *reply = unpack((uint8_t *)zmq_msg_data(&frame) + 8, zmq_msg_size(&frame) - 8);
        protobuf_c_message_free_unpacked(&reply->base, NULL);
        zmq_msg_close(&frame);
        uint64_t time = now();
        if (count == capacity) latencies = realloc(latencies, (capacity *= 2) * sizeof *latencies);
        latencies[count++] = (uint32_t)(time - sent[slot]);
        if (time < end) sent[slot] = time, send_sample(dealer, slot, &sample);
        else open--;
    }
    cost = processor_time(getpid()) + processor_time(server) - cost;
    qsort(latencies, count, sizeof *latencies, ascending);
    printf(
        "[{\"inFlight\":%d,\"bytes\":%zu,\"callsPerSecond\":%.1f,\"p50Microseconds\":%.1f,\"p99Microseconds\":%.1f,"
        "\"cpuMicrosecondsPerCall\":%.2f}]\n",
        in_flight, protobuf_c_message_get_packed_size(&sample.base), (double)count / seconds,
        latencies[count / 2] / 1e3, latencies[count * 99 / 100] / 1e3, cost * 1e6 / (double)count);
    int now_closing = 0;
    zmq_setsockopt(dealer, ZMQ_LINGER, &now_closing, sizeof now_closing);
    zmq_close(dealer);
    return 0;
}

int main(int count, char **words) {
    void *context = zmq_ctx_new();
    if (count == 3 && !strcmp(words[1], "serve")) return serve(context, words[2]);
    if (count == 7 && !strcmp(words[1], "call"))
        return call(context, words[2], atoi(words[3]), atof(words[4]), strtoul(words[5], NULL, 10), atol(words[6]));
    fprintf(stderr, "usage: echo serve ENDPOINT | echo call ENDPOINT IN_FLIGHT SECONDS BYTES SERVER_PID\n");
    return 64;
}
