// Calls and streams over libzmq and protobuf-c in C, without an RPC layer: no deadlines, no metadata, no cancellation.
//
//   zmq serve ENDPOINT [SECRET_KEY]                                    prints "ready"
//   zmq call ENDPOINT PID unary|stream IN_FLIGHT SECONDS WARM_UP BYTES [SERVER_KEY]
//   zmq keys                                                           prints a public and a secret key
//
// One ROUTER, one DEALER. A frame is the header below and the packed message. Both sides pack and unpack every message
// with protobuf-c's own allocator. A stream's credit is counted as ours is: in bytes, each message its own and 32, a
// window of 512 KiB, granted anew when half of it was taken.
#include "measure.h"

#include <olp_bench_v1_bench.pb-c.h>

#include <errno.h>
#include <zmq.h>

typedef Olp__Bench__V1__Sample Sample;

enum kind { ECHO, STREAM, CREDIT };

struct header {
    uint32_t kind;
    uint32_t credit;
    uint64_t number;
};

enum { stream_window = 512 << 10, message_cost = 32, messages_at_once = 64, most_streams = 1024 };

static void fail(const char *what) {
    fprintf(stderr, "zmq: %s: %s\n", what, zmq_strerror(errno));
    exit(1);
}

// MARK: Messages

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

static Sample *unpack(zmq_msg_t *frame) {
    size_t size = zmq_msg_size(frame) - sizeof(struct header);
    const uint8_t *bytes = (uint8_t *)zmq_msg_data(frame) + sizeof(struct header);
    Sample *sample = (Sample *)protobuf_c_message_unpack(&olp__bench__v1__sample__descriptor, NULL, size, bytes);
    if (!sample) fprintf(stderr, "zmq: a message could not be unpacked\n"), exit(1);
    return sample;
}

static void let_go(Sample *sample) { protobuf_c_message_free_unpacked(&sample->base, NULL); }

static struct header header_of(zmq_msg_t *frame) {
    struct header header;
    if (zmq_msg_size(frame) < sizeof header) fprintf(stderr, "zmq: a frame is too short\n"), exit(1);
    memcpy(&header, zmq_msg_data(frame), sizeof header);
    return header;
}

// Sends a frame; returns the length of its message, which is none where `sample` is NULL.
static size_t send_frame(void *socket, struct header header, const Sample *sample) {
    zmq_msg_t frame;
    size_t size = sample ? protobuf_c_message_get_packed_size(&sample->base) : 0;
    if (zmq_msg_init_size(&frame, sizeof header + size)) fail("frame");
    uint8_t *bytes = zmq_msg_data(&frame);
    memcpy(bytes, &header, sizeof header);
    if (sample) protobuf_c_message_pack(&sample->base, bytes + sizeof header);
    if (zmq_msg_send(&frame, socket, 0) < 0) fail("send");
    return size;
}

static void no_limits(void *socket) {
    int none = 0;
    zmq_setsockopt(socket, ZMQ_SNDHWM, &none, sizeof none);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &none, sizeof none);
}

// MARK: The server

struct stream {
    uint8_t peer[255];
    size_t peer_size;
    uint64_t number;
    int64_t credit;
    Sample *sample;
};

static struct stream streams[most_streams];
static size_t stream_count;

static int is_of(const struct stream *stream, zmq_msg_t *peer, uint64_t number) {
    return stream->number == number && stream->peer_size == zmq_msg_size(peer)
        && !memcmp(stream->peer, zmq_msg_data(peer), stream->peer_size);
}

static void open_stream(zmq_msg_t *peer, struct header header, Sample *sample) {
    if (stream_count == most_streams) fprintf(stderr, "zmq: too many streams\n"), exit(1);
    struct stream *stream = &streams[stream_count++];
    stream->peer_size = zmq_msg_size(peer);
    memcpy(stream->peer, zmq_msg_data(peer), stream->peer_size);
    stream->number = header.number, stream->credit = header.credit, stream->sample = sample;
}

// Sends what each stream has credit for, at most a batch. Returns whether more could be sent.
static int advance_streams(void *router) {
    int more = 0;
    for (size_t index = 0; index < stream_count; index++) {
        struct stream *stream = &streams[index];
        for (int sent = 0; sent < messages_at_once && stream->credit > 0; sent++) {
            if (zmq_send(router, stream->peer, stream->peer_size, ZMQ_SNDMORE) < 0) fail("send");
            struct header header = {STREAM, 0, stream->number};
            stream->credit -= (int64_t)send_frame(router, header, stream->sample) + message_cost;
        }
        more |= stream->credit > 0;
    }
    return more;
}

static void answer(void *router, zmq_msg_t *peer, zmq_msg_t *frame) {
    struct header header = header_of(frame);
    if (header.kind == CREDIT) {
        for (size_t index = 0; index < stream_count; index++)
            if (is_of(&streams[index], peer, header.number)) streams[index].credit += header.credit;
        return;
    }
    Sample *sample = unpack(frame);
    if (header.kind == STREAM) return open_stream(peer, header, sample);
    if (zmq_msg_send(peer, router, ZMQ_SNDMORE) < 0) fail("send");
    send_frame(router, header, sample);
    let_go(sample);
}

static int serve(void *context, const char *endpoint, const char *secret_key) {
    void *router = zmq_socket(context, ZMQ_ROUTER);
    no_limits(router);
    if (secret_key) {
        int yes = 1;
        zmq_setsockopt(router, ZMQ_CURVE_SERVER, &yes, sizeof yes);
        if (zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, secret_key, strlen(secret_key) + 1)) fail("key");
    }
    if (zmq_bind(router, endpoint)) fail("bind");
    puts("ready"), fflush(stdout);
    for (;;) {
        int flags = advance_streams(router) ? ZMQ_DONTWAIT : 0;
        zmq_msg_t peer, frame;
        zmq_msg_init(&peer), zmq_msg_init(&frame);
        if (zmq_msg_recv(&peer, router, flags) < 0) {
            if (errno != EAGAIN) fail("receive");
        } else {
            if (zmq_msg_recv(&frame, router, 0) < 0) fail("receive");
            answer(router, &peer, &frame);
        }
        zmq_msg_close(&peer), zmq_msg_close(&frame);
    }
}

// MARK: The client

static void *connect_to(void *context, const char *endpoint, const char *server_key) {
    void *dealer = zmq_socket(context, ZMQ_DEALER);
    no_limits(dealer);
    if (server_key) {
        char public_key[41], secret_key[41];
        zmq_curve_keypair(public_key, secret_key);
        zmq_setsockopt(dealer, ZMQ_CURVE_PUBLICKEY, public_key, sizeof public_key);
        zmq_setsockopt(dealer, ZMQ_CURVE_SECRETKEY, secret_key, sizeof secret_key);
        if (zmq_setsockopt(dealer, ZMQ_CURVE_SERVERKEY, server_key, strlen(server_key) + 1)) fail("key");
    }
    if (zmq_connect(dealer, endpoint)) fail("connect");
    return dealer;
}

// Takes one frame apart as a caller would; returns its header and the length of its message.
static struct header take(void *dealer, size_t *size) {
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, dealer, 0) < 0) fail("receive");
    struct header header = header_of(&frame);
    *size = zmq_msg_size(&frame) - sizeof header;
    let_go(unpack(&frame));
    zmq_msg_close(&frame);
    return header;
}

struct latencies {
    uint32_t *values;
    size_t count, capacity;
};

static void add(struct latencies *latencies, uint64_t nanoseconds) {
    if (latencies->count == latencies->capacity) {
        latencies->capacity = latencies->capacity ? latencies->capacity * 2 : 1 << 14;
        latencies->values = realloc(latencies->values, latencies->capacity * sizeof *latencies->values);
    }
    latencies->values[latencies->count++] = (uint32_t)nanoseconds;
}

// A closed loop of `in_flight` calls: each call that is answered is followed by another.
static struct latencies call(void *dealer, const Sample *sample, int in_flight, struct window *window) {
    struct latencies latencies = {NULL, 0, 0};
    int open = in_flight, has_begun = 0, has_ended = 0;
    uint64_t *began = calloc((size_t)open, sizeof *began);
    for (int slot = 0; slot < open; slot++) {
        struct header header = {ECHO, 0, (uint64_t)slot};
        began[slot] = now(), send_frame(dealer, header, sample);
    }
    while (open > 0) {
        size_t size;
        struct header header = take(dealer, &size);
        uint64_t time = now(), start = began[header.number];
        if (!has_begun && time >= window->begin) has_begun = 1, note_cost(window);
        if (!has_ended && time >= window->end) has_ended = 1, note_cost(window);
        if (start >= window->begin && start < window->end) add(&latencies, time - start);
        if (has_ended) {
            open--;
        } else {
            began[header.number] = time, send_frame(dealer, header, sample);
        }
    }
    free(began);
    return latencies;
}

// Reads `in_flight` streams; returns how many messages came inside the window.
static size_t follow(void *dealer, const Sample *sample, int in_flight, struct window *window) {
    size_t *taken = calloc((size_t)in_flight, sizeof *taken), count = 0;
    for (int slot = 0; slot < in_flight; slot++) {
        struct header header = {STREAM, stream_window, (uint64_t)slot};
        send_frame(dealer, header, sample);
    }
    for (int has_begun = 0;;) {
        size_t size;
        struct header header = take(dealer, &size);
        size_t *mine = &taken[header.number];
        *mine += size + message_cost;
        if (*mine * 2 >= stream_window) {
            struct header grant = {CREDIT, (uint32_t)*mine, header.number};
            send_frame(dealer, grant, NULL), *mine = 0;
        }
        uint64_t time = now();
        if (time < window->begin) continue;
        if (!has_begun) has_begun = 1, note_cost(window);
        if (time >= window->end) break;
        count++;
    }
    note_cost(window);
    free(taken);
    return count;
}

static int measure(void *context, char **words, const char *server_key) {
    void *dealer = connect_to(context, words[2], server_key);
    int in_flight = atoi(words[5]);
    Sample sample;
    fill(&sample, strtoul(words[8], NULL, 10));
    size_t size = protobuf_c_message_get_packed_size(&sample.base), answered;
    // The connection stands before anything is counted.
    struct header hello = {ECHO, 0, 0};
    send_frame(dealer, hello, &sample), take(dealer, &answered);
    struct window window = open_window(atoi(words[3]), atof(words[6]), atof(words[7]));
    uint8_t *bytes = malloc(size);
    protobuf_c_message_pack(&sample.base, bytes);
    if (!strcmp(words[4], "stream")) {
        report(&window, NULL, follow(dealer, &sample, in_flight, &window), bytes, size);
    } else {
        struct latencies latencies = call(dealer, &sample, in_flight, &window);
        report(&window, latencies.values, latencies.count, bytes, size);
    }
    int now_closing = 0;
    zmq_setsockopt(dealer, ZMQ_LINGER, &now_closing, sizeof now_closing);
    zmq_close(dealer);
    return 0;
}

int main(int count, char **words) {
    void *context = zmq_ctx_new();
    const char *command = count > 1 ? words[1] : "";
    if (!strcmp(command, "serve") && (count == 3 || count == 4)) return serve(context, words[2], words[3]);
    if (!strcmp(command, "call") && (count == 9 || count == 10)) return measure(context, words, words[9]);
    if (!strcmp(command, "keys")) {
        char public_key[41], secret_key[41];
        zmq_curve_keypair(public_key, secret_key);
        return printf("%s\n%s\n", public_key, secret_key) < 0;
    }
    fprintf(stderr, "usage: zmq serve ENDPOINT [SECRET_KEY]\n"
                    "       zmq call ENDPOINT PID unary|stream IN_FLIGHT SECONDS WARM_UP BYTES [SERVER_KEY]\n"
                    "       zmq keys\n");
    return 64;
}
