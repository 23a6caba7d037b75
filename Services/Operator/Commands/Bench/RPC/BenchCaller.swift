import ArgumentParser
import Contracts
import Glibc
import RPC
import RPCZeroMQ
import Wire
import ZeroMQ

package enum CallKind: String, CaseIterable, ExpressibleByArgument, Sendable {
    case echo, inline, store
}

/// The client's side of `olp bench rpc`: one connection to a server, and how it is used.
struct BenchCaller: Sendable {
    let server: BenchServer
    let connection: ServiceConnection
    let message: BenchV1.Sample
    private let client: BenchClient
    private let isInline: Bool
    /// Where callers run; nil: on the pool.
    let executor: (any TaskExecutor)?
    /// The message as it is sent.
    private let packed: [UInt8]

    /// Connects.
    init(
        _ server: BenchServer, message: BenchV1.Sample, largestMessage: Int? = nil, kind: CallKind, isOnLoop: Bool,
        keys: BenchKeys = BenchKeys(folder: nil)
    ) async throws {
        self.server = server
        self.message = message
        packed = message.encoded()
        isInline = kind == .inline
        connection = try ServiceConnection(
            Endpoint(server.endpoint), security: keys.policy(of: BenchKeys.caller),
            service: BenchKeys.server, limits: .bench(largestMessage: largestMessage))
        executor = isOnLoop ? connection.thread : nil
        client = BenchClient(connection.channel)
        var options = CallOptions(timeout: .seconds(10))
        options.waitForReady = true
        do {
            _ = try await client.echoInline(message, options: options)
        } catch {
            connection.close()
            throw error
        }
    }

    func close() { connection.close() }

    func call() async throws {
        if isInline { _ = try await client.echoInline(message) } else { _ = try await client.echo(message) }
    }

    /// A closed loop of calls.
    func latencies(_ inFlight: Int, _ window: MeasuredWindow) async throws -> ClosedLoop.Result {
        try await withTaskExecutorPreference(executor) {
            try await ClosedLoop.run(inFlight: inFlight, duration: window.duration, warmUp: window.warmUp) { _, _ in
                try await call()
            }
        }
    }

    func makeCalls(_ inFlight: Int, _ window: MeasuredWindow) async throws -> RateFigure {
        async let cost = window.cost(of: server.pid)
        let result = try await latencies(inFlight, window)
        var figure = figure(inFlight, count: result.latencies.total, window, try await cost)
        figure.p50Microseconds = Double(result.latencies.quantile(0.5)) / 1000
        figure.p99Microseconds = Double(result.latencies.quantile(0.99)) / 1000
        return figure
    }

    /// Reads streams that would never end.
    func readStreams(_ inFlight: Int, _ window: MeasuredWindow) async throws -> RateFigure {
        async let cost = window.cost(of: server.pid)
        let begin = ContinuousClock.now + window.warmUp
        let end = begin + window.duration
        let count = try await withTaskExecutorPreference(executor) {
            try await withThrowingTaskGroup { group in
                for _ in 0..<inFlight { group.addTask { try await follow(from: begin, to: end) } }
                return try await group.reduce(0, +)
            }
        }
        return figure(inFlight, count: count, window, try await cost)
    }

    /// Messages of one stream that came between two instants.
    private func follow(from begin: ContinuousClock.Instant, to end: ContinuousClock.Instant) async throws -> Int {
        let stream = client.stream(BenchV1.StreamRequest(count: .max, sample: message))
        defer { stream.cancel() }
        var count = 0
        while try await stream.next() != nil {
            let now = ContinuousClock.now
            if now >= end { break }
            if now >= begin { count += 1 }
        }
        return count
    }

    private func figure(_ inFlight: Int, count: Int, _ window: MeasuredWindow, _ cost: WindowCost) -> RateFigure {
        func perCall(_ time: Duration) -> Double { (time / .microseconds(1)) / Double(max(count, 1)) }
        return RateFigure(
            inFlight: inFlight, bytes: packed.count, digest: BenchMessage.digest(packed),
            perSecond: Double(count) / (window.duration / .seconds(1)),
            clientMicroseconds: perCall(cost.client), serverMicroseconds: cost.server.map(perCall),
            clientPeakBytes: ProcessCost.peakBytes(of: getpid()),
            serverPeakBytes: server.pid.map(ProcessCost.peakBytes))
    }
}
