import Contracts
import RPC
import RPCZeroMQ
import ZeroMQ

/// What a soak's callers do, over and over: every kind of call that a service's process makes in years.
struct SoakWork: Sendable {
    let endpoint: Endpoint
    let client: BenchClient
    let tally: SoakTally
    let timeout: Duration

    /// Each runs by itself, beside all others.
    static let callers: [@Sendable (SoakWork) async -> Void] = [
        { work in await work.call { try await work.echo(work.client, size: 1_024) } },
        { work in await work.call { try await work.echo(work.client, size: 10) } },
        { work in await work.call { try await work.echo(work.client, size: 900_000) } },
        { work in await work.call { try await work.readStream(of: 200) } },
        { work in await work.call { try await work.abandonStream() } },
        { work in await work.call([.cancelled]) { try await work.cancelCall() } },
        { work in await work.call([.deadlineExceeded]) { try await work.hurry() } },
        { work in await work.call { try await work.connectAnew() } },
    ]

    private func call(_ expected: Set<StatusCode> = [], _ body: () async throws -> Void) async {
        let begun = ContinuousClock.now
        var code = StatusCode.ok
        do {
            try await body()
        } catch {
            code = (error as? RPCError)?.code ?? .unknown
        }
        if Task.isCancelled { return }
        tally.add(code, expected: expected, took: .now - begun)
        // A caller that has no connection tries again, and not all the time.
        if code != .ok, !expected.contains(code) { try? await Task.sleep(for: .milliseconds(20)) }
    }

    private var options: CallOptions { CallOptions(timeout: timeout) }

    private func echo(_ client: BenchClient, size: Int, _ options: CallOptions? = nil) async throws {
        let sample = BenchMessage.sample(size: size)
        let answer = try await client.echo(sample, options: options ?? self.options)
        guard answer == sample else { throw RPCError(.dataLoss, "the answer is not what was sent") }
    }

    private func readStream(of count: UInt32) async throws {
        var request = BenchV1.StreamRequest()
        request.count = count
        request.sample = BenchMessage.sample(size: 4_000)
        var received = 0
        for try await _ in client.stream(request, options: options) { received += 1 }
        guard received == count else { throw RPCError(.dataLoss, "\(received) of \(count) messages came") }
    }

    private func abandonStream() async throws {
        var request = BenchV1.StreamRequest()
        request.count = 1_000_000
        request.sample = BenchMessage.sample(size: 1_024)
        let stream = client.stream(request, options: options)
        for _ in 0..<3 { _ = try await stream.next() }
    }

    private func cancelCall() async throws {
        let task = Task { try await echo(client, size: 300_000) }
        await Task.yield()
        task.cancel()
        try await task.value
    }

    private func hurry() async throws {
        try await echo(client, size: 50_000, CallOptions(timeout: .microseconds(Int.random(in: 1...2_000))))
    }

    /// A connection of its own, with its thread, for one call.
    private func connectAnew() async throws {
        let connection = try ServiceConnection(endpoint, security: .plainTCP)
        defer { connection.close() }
        try await echo(BenchClient(connection.channel), size: 100, CallOptions(timeout: timeout, waitForReady: true))
    }
}
