import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Glibc

/// One client, so one connection, with grpc-swift's own settings. It prints what it measures as a line of JSON and ends
/// the process.
struct Client {
    static let bulkBytes = 64 << 20

    let endpoint: Endpoint
    let server: pid_t
    let inFlight: Int
    let sample: Olp_Bench_V1_Sample
    let seconds: Double
    let warmUp: Double

    /// A closed loop: each call that is answered is followed by another.
    func calls() async throws {
        try await measure { bench, window in
            try await withThrowingTaskGroup { group in
                for _ in 0..<inFlight { group.addTask { try await call(bench, window) } }
                return try await group.reduce(into: Counts()) { $0.add($1) }
            }
        }
    }

    /// The same beside messages of 64 MiB that go there and back on the same connection, one after the other.
    func callsBesideBulk() async throws {
        try await measure { bench, window in
            try await withThrowingTaskGroup { group in
                for _ in 0..<inFlight { group.addTask { try await call(bench, window, besideBulk: true) } }
                group.addTask { try await sendBulk(bench, window) }
                return try await group.reduce(into: Counts()) { $0.add($1) }
            }
        }
    }

    /// Reads streams that would never end.
    func streams() async throws {
        try await measure { bench, window in
            let (counts, told) = AsyncThrowingStream.makeStream(of: Counts.self)
            for _ in 0..<inFlight {
                Task {
                    do {
                        try await follow(bench, window) { told.yield($0) }
                    } catch {
                        told.finish(throwing: error)
                    }
                }
            }
            // A call does not end when its reader stops to read; the process does.
            return try await counts.prefix(inFlight).reduce(into: Counts()) { $0.add($1) }
        }
    }

    private typealias Stub = Olp_Bench_V1_Bench.Client<HTTP2ClientTransport.Posix>

    private func measure(_ body: @Sendable @escaping (Stub, Window) async throws -> Counts) async throws {
        let transport = try HTTP2ClientTransport.Posix(target: endpoint.target, transportSecurity: .plaintext)
        try await withGRPCClient(transport: transport) { client in
            let bench = Stub(wrapping: client)
            // The connection stands before anything is counted.
            _ = try await bench.echo(sample)
            let window = Window(server: server, seconds: seconds, warmUp: warmUp)
            let counts = try await body(bench, window)
            finish(with: window.report(counts, message: try sample.serializedBytes()))
        }
    }

    private func finish(with line: String) {
        Output.line(line)
        exit(0)
    }

    private func call(_ bench: Stub, _ window: Window, besideBulk: Bool = false) async throws -> Counts {
        var counts = Counts()
        var began = Window.now()
        while began < window.end {
            _ = try await bench.echo(sample)
            let time = Window.now()
            window.note(time)
            if began >= window.begin { counts.add(time - began, withOmitted: besideBulk) }
            began = time
        }
        return counts
    }

    private func sendBulk(_ bench: Stub, _ window: Window) async throws -> Counts {
        let bulk = Olp_Bench_V1_Sample.padded(to: Self.bulkBytes)
        var options = CallOptions.defaults
        options.maxRequestMessageBytes = Self.bulkBytes * 2
        options.maxResponseMessageBytes = Self.bulkBytes * 2
        var counts = Counts()
        var began = Window.now()
        while began < window.end {
            _ = try await bench.echo(bulk, options: options)
            let time = Window.now()
            window.note(time)
            counts.transfers.append(time - began)
            began = time
        }
        return counts
    }

    /// - Parameter tell: gets what was counted, once the window is over.
    private func follow(_ bench: Stub, _ window: Window, _ tell: @escaping @Sendable (Counts) -> Void) async throws {
        let request = Olp_Bench_V1_StreamRequest.with {
            $0.count = .max
            $0.sample = sample
        }
        try await bench.stream(request) { response in
            var counts = Counts()
            for try await _ in response.messages {
                let time = Window.now()
                window.note(time)
                if time >= window.end { break }
                if time >= window.begin { counts.messages += 1 }
            }
            tell(counts)
        }
    }
}
