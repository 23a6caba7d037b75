// Calls and streams over gRPC C++, with its synchronous or its callback interface, as its users write them.
//
//   grpc serve sync|callback ENDPOINT                                  prints "ready"
//   grpc call sync|callback ENDPOINT PID unary|stream|bulk IN_FLIGHT SECONDS WARM_UP BYTES
//
// One channel, so one connection, with gRPC's own settings. The synchronous client has a thread for each call in flight.
#include "measure.h"

#include "olp/bench/v1/bench.grpc.pb.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using olp::bench::v1::Bench;
using olp::bench::v1::Sample;
using olp::bench::v1::StreamRequest;

namespace {

// MARK: Messages

// The message of BenchMessage in the operator's command, padded to `size` bytes on the wire.
Sample make_sample(size_t size) {
    Sample sample;
    sample.set_id("0190c3d2-7a4e-7c11-9f3b-5a1d2e3f4a5b");
    sample.set_name("Brookthorpe Church of England Primary School");
    sample.set_town("Oldham");
    sample.set_urn(105588);
    sample.set_pupils(412);
    sample.set_open(true);
    sample.set_share(0.163);
    for (const char *tag : {"academy", "outstanding", "teaching-school"}) sample.add_tags(tag);
    for (int year : {2015, 2016, 2017, 2018}) sample.add_years(year);
    sample.mutable_at()->set_seconds(1506643200);
    sample.mutable_at()->set_nanos(250000000);
    sample.set_note("Converted to an academy in 2012; two names before.");
    const size_t bare = sample.ByteSizeLong();
    for (size_t overhead = 2; overhead <= 5 && size >= bare + overhead; overhead++) {
        sample.set_padding(std::string(size - bare - overhead, '\x5A'));
        if (sample.ByteSizeLong() == size) break;
    }
    return sample;
}

// gRPC's own way to write `tcp://host:port` and `ipc:///path`.
std::string target(const std::string &endpoint) {
    const std::string ipc = "ipc://", tcp = "tcp://";
    if (endpoint.compare(0, ipc.size(), ipc) == 0) return "unix:" + endpoint.substr(ipc.size());
    return endpoint.substr(tcp.size());
}

// Moves the request's content instead of copying it: a handler of a real service would not copy it either.
void give_back(const Sample *request, Sample *reply) { reply->Swap(const_cast<Sample *>(request)); }

// MARK: Servers

class SyncService final : public Bench::Service {
    grpc::Status Echo(grpc::ServerContext *, const Sample *request, Sample *reply) override {
        give_back(request, reply);
        return grpc::Status::OK;
    }

    grpc::Status Stream(
        grpc::ServerContext *, const StreamRequest *request, grpc::ServerWriter<Sample> *writer) override {
        for (uint32_t index = 0; index < request->count(); index++)
            if (!writer->Write(request->sample())) break;
        return grpc::Status::OK;
    }
};

class Writer final : public grpc::ServerWriteReactor<Sample> {
  public:
    explicit Writer(const StreamRequest *request) : sample(request->sample()), left(request->count()) { next(); }

    void OnWriteDone(bool ok) override {
        if (!ok) left = 0;
        next();
    }

    void OnDone() override { delete this; }

  private:
    void next() {
        if (left == 0) return Finish(grpc::Status::OK);
        left--;
        StartWrite(&sample);
    }

    const Sample sample;
    uint32_t left;
};

class CallbackService final : public Bench::CallbackService {
    grpc::ServerUnaryReactor *Echo(
        grpc::CallbackServerContext *context, const Sample *request, Sample *reply) override {
        give_back(request, reply);
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }

    grpc::ServerWriteReactor<Sample> *Stream(
        grpc::CallbackServerContext *, const StreamRequest *request) override {
        return new Writer(request);
    }
};

int serve(const std::string &flavour, const std::string &endpoint) {
    SyncService sync;
    CallbackService callback;
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(-1);
    builder.AddListeningPort(target(endpoint), grpc::InsecureServerCredentials());
    if (flavour == "sync") {
        builder.RegisterService(&sync);
    } else {
        builder.RegisterService(&callback);
    }
    std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    if (!server) return 1;
    std::cout << "ready" << std::endl;
    server->Wait();
    return 0;
}

// MARK: Clients

[[noreturn]] void fail(const grpc::Status &status) {
    std::cerr << "grpc: " << status.error_code() << " " << status.error_message() << std::endl;
    std::_Exit(1);
}

StreamRequest endless(const Sample &sample) {
    StreamRequest request;
    request.set_count(UINT32_MAX);
    *request.mutable_sample() = sample;
    return request;
}

// What one caller, or the reader of one stream, has counted.
struct Counts {
    std::vector<uint32_t> latencies;
    size_t messages = 0;
};

// A call's latency, and with `bulk` those of the calls that were not made because of it.
void add(Counts &counts, uint64_t latency, bool bulk) {
    counts.latencies.push_back(static_cast<uint32_t>(latency));
    for (; bulk && latency > omitted_every; counts.latencies.push_back(static_cast<uint32_t>(latency)))
        latency -= omitted_every;
}

struct Run {
    Bench::Stub &stub;
    const Sample &sample;
    const window &when;
    const bool bulk;
};

void call_sync(const Run &run, Counts &counts) {
    Sample reply;
    for (uint64_t began = now(); began < run.when.end;) {
        grpc::ClientContext context;
        const grpc::Status status = run.stub.Echo(&context, run.sample, &reply);
        if (!status.ok()) fail(status);
        const uint64_t time = now();
        if (began >= run.when.begin) add(counts, time - began, run.bulk);
        began = time;
    }
}

void follow_sync(const Run &run, Counts &counts) {
    grpc::ClientContext context;
    auto reader = run.stub.Stream(&context, endless(run.sample));
    for (Sample message; reader->Read(&message);) {
        const uint64_t time = now();
        if (time >= run.when.end) break;
        if (time >= run.when.begin) counts.messages++;
    }
    context.TryCancel();
}

// Counts down what is still going on.
class Open {
  public:
    explicit Open(int count) : count(count) {}

    void done() {
        const std::lock_guard<std::mutex> guard(mutex);
        if (--count == 0) changed.notify_all();
    }

    void wait() {
        std::unique_lock<std::mutex> lock(mutex);
        changed.wait(lock, [this] { return count == 0; });
    }

  private:
    std::mutex mutex;
    std::condition_variable changed;
    int count;
};

// One caller of the callback interface: each answer starts the next call.
class Caller {
  public:
    Caller(const Run &run, Counts &counts, Open &open) : run(run), counts(counts), open(open) {}

    void start() {
        began = now();
        if (began >= run.when.end) return open.done();
        context = std::make_unique<grpc::ClientContext>();
        run.stub.async()->Echo(context.get(), &run.sample, &reply, [this](grpc::Status status) {
            if (!status.ok()) fail(status);
            if (began >= run.when.begin) add(counts, now() - began, run.bulk);
            start();
        });
    }

  private:
    const Run &run;
    Counts &counts;
    Open &open;
    std::unique_ptr<grpc::ClientContext> context;
    Sample reply;
    uint64_t began = 0;
};

class Reader final : public grpc::ClientReadReactor<Sample> {
  public:
    Reader(const Run &run, Counts &counts, Open &open) : run(run), counts(counts), open(open), request(endless(run.sample)) {
        run.stub.async()->Stream(&context, &request, this);
        StartRead(&message);
        StartCall();
    }

    void OnReadDone(bool ok) override {
        const uint64_t time = now();
        if (!ok || time >= run.when.end) return context.TryCancel();
        if (time >= run.when.begin) counts.messages++;
        StartRead(&message);
    }

    void OnDone(const grpc::Status &) override { open.done(); }

  private:
    const Run &run;
    Counts &counts;
    Open &open;
    const StreamRequest request;
    grpc::ClientContext context;
    Sample message;
};

// Sends messages of 64 MiB there and back until the window is over.
void send_bulk(const Run &run, const Sample &bulk, window &when) {
    Sample reply;
    for (uint64_t began = now(); began < run.when.end;) {
        grpc::ClientContext context;
        const grpc::Status status = run.stub.Echo(&context, bulk, &reply);
        if (!status.ok()) fail(status);
        const uint64_t time = now();
        add_transfer(&when, time - began);
        began = time;
    }
}

// Sleeps to the window's two ends and notes there what both processes have used.
void watch(window &when) {
    for (const uint64_t instant : {when.begin, when.end}) {
        const uint64_t time = now();
        if (instant > time) std::this_thread::sleep_for(std::chrono::nanoseconds(instant - time));
        note_cost(&when);
    }
}

void run_sync(const Run &run, bool streams, std::vector<Counts> &counts, window &when) {
    std::vector<std::thread> threads;
    for (Counts &mine : counts) threads.emplace_back(streams ? follow_sync : call_sync, std::cref(run), std::ref(mine));
    watch(when);
    for (std::thread &thread : threads) thread.join();
}

void run_callback(const Run &run, bool streams, std::vector<Counts> &counts, window &when) {
    Open open(static_cast<int>(counts.size()));
    std::vector<std::unique_ptr<Caller>> callers;
    std::vector<std::unique_ptr<Reader>> readers;
    for (Counts &mine : counts) {
        if (streams) {
            readers.push_back(std::make_unique<Reader>(run, mine, open));
        } else {
            callers.push_back(std::make_unique<Caller>(run, mine, open));
            callers.back()->start();
        }
    }
    watch(when);
    open.wait();
}

int measure(char **words) {
    const std::string flavour = words[2];
    const bool streams = std::string(words[5]) == "stream";
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    auto channel = grpc::CreateCustomChannel(target(words[3]), grpc::InsecureChannelCredentials(), arguments);
    const std::unique_ptr<Bench::Stub> stub = Bench::NewStub(channel);
    const Sample sample = make_sample(std::strtoul(words[9], nullptr, 10));
    {
        // The connection stands before anything is counted.
        grpc::ClientContext context;
        Sample reply;
        const grpc::Status status = stub->Echo(&context, sample, &reply);
        if (!status.ok()) fail(status);
    }
    std::vector<Counts> counts(std::strtoul(words[6], nullptr, 10));
    const std::string kind = words[5];
    const Sample big = kind == "bulk" ? make_sample(bulk_bytes) : Sample();
    window when = open_window(std::atoi(words[4]), std::atof(words[7]), std::atof(words[8]));
    const Run run{*stub, sample, when, kind == "bulk"};
    std::thread bulk;
    if (run.bulk) bulk = std::thread(send_bulk, std::cref(run), std::cref(big), std::ref(when));
    (flavour == "sync" ? run_sync : run_callback)(run, streams, counts, when);
    if (bulk.joinable()) bulk.join();
    std::vector<uint32_t> latencies;
    size_t messages = 0;
    for (const Counts &mine : counts) {
        latencies.insert(latencies.end(), mine.latencies.begin(), mine.latencies.end());
        messages += mine.messages;
    }
    const std::string bytes = sample.SerializeAsString();
    report(&when, streams ? nullptr : latencies.data(), streams ? messages : latencies.size(),
           reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size());
    return 0;
}

}  // namespace

int main(int count, char **words) {
    const std::string command = count > 1 ? words[1] : "";
    if (command == "serve" && count == 4) return serve(words[2], words[3]);
    if (command == "call" && count == 10) return measure(words);
    std::cerr << "usage: grpc serve sync|callback ENDPOINT\n"
                 "       grpc call sync|callback ENDPOINT PID unary|stream|bulk IN_FLIGHT SECONDS WARM_UP BYTES\n";
    return 64;
}
