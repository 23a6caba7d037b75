import ChildProcess
import Contracts
import Foundation
import Glibc
import RPC
import RPCZeroMQ
import TestSupport
import Testing
import ZeroMQ

@Suite("The RPC when its server's process fares ill")
struct RPCFaultTests {
    /// A PING is due after 2 s of silence and three may be missed: a dead connection shows after 8 s.
    private static let bySilence = Duration.seconds(10)

    @Test(
        "calls of a killed server are UNAVAILABLE at once; the next process is called within 5 s",
        arguments: ["ipc", "tcp"])
    func killed(scheme: String) async throws {
        try await BenchProcess.with(scheme) { server, client in
            for _ in 0..<3 {
                let calls = OpenCalls(client)
                try await calls.areUnderWay()
                let begun = ContinuousClock.now
                server.process.send(signal: SIGKILL)
                let codes = try await calls.codes()
                #expect(codes.allSatisfy { $0 == .unavailable }, "\(codes)")
                #expect(ContinuousClock.now - begun < .seconds(3))
                await server.process.ended()
                try await server.restart()
                let restarted = ContinuousClock.now
                _ = try await client.echo(
                    BenchV1.Sample(), options: CallOptions(timeout: .seconds(5), waitForReady: true))
                print(
                    "[faults] \(scheme), killed: \(codes.map(\.name));",
                    "called again after \(ContinuousClock.now - restarted)"
                )
            }
        }
    }

    @Test("calls of a stopped server end by their deadlines or UNAVAILABLE; it is called again within 5 s of going on")
    func stopped() async throws {
        try await BenchProcess.with("tcp") { server, client in
            let calls = OpenCalls(client)
            try await calls.areUnderWay()
            let begun = ContinuousClock.now
            server.process.send(signal: SIGSTOP)
            let hurried = await code {
                _ = try await client.echo(BenchV1.Sample(), options: CallOptions(timeout: .milliseconds(500)))
            }
            #expect(hurried == .deadlineExceeded)
            #expect(ContinuousClock.now - begun < .seconds(2))
            let codes = try await calls.codes()
            #expect(codes.allSatisfy { $0 == .unavailable }, "\(codes)")
            #expect(ContinuousClock.now - begun < Self.bySilence)
            print("[faults] stopped: UNAVAILABLE after \(ContinuousClock.now - begun)")
            server.process.send(signal: SIGCONT)
            let goingOn = ContinuousClock.now
            _ = try await client.echo(BenchV1.Sample(), options: CallOptions(timeout: .seconds(5), waitForReady: true))
            print("[faults] going on: called again after \(ContinuousClock.now - goingOn)")
        }
    }

    @Test("calls of a server that was stopped for a moment go on")
    func stoppedForAMoment() async throws {
        try await BenchProcess.with("ipc") { server, client in
            let calls = OpenCalls(client)
            try await calls.areUnderWay()
            server.process.send(signal: SIGSTOP)
            let hurried = await code {
                _ = try await client.echo(BenchV1.Sample(), options: CallOptions(timeout: .milliseconds(800)))
            }
            #expect(hurried == .deadlineExceeded)
            server.process.send(signal: SIGCONT)
            try await calls.go(on: 20)
            calls.cancel()
            #expect(try await calls.codes().allSatisfy { $0 == .cancelled })
        }
    }

    @Test("a server that streams to readers who do not read holds no more for them than their credit")
    func unread() async throws {
        try await BenchProcess.with("tcp") { server, client in
            var request = BenchV1.StreamRequest()
            // 100 MB each: no more than a few hundred of these messages can be under way.
            request.count = 100_000
            request.sample = BenchV1.Sample(padding: [UInt8](repeating: 0x5A, count: 1_000))
            func open() async throws -> ResponseStream<BenchV1.Sample> {
                let stream = client.stream(request, options: CallOptions(waitForReady: true))
                _ = try await stream.next()
                return stream
            }
            // The allocator takes what it takes before it is measured.
            do {
                var warm: [ResponseStream<BenchV1.Sample>] = []
                for _ in 0..<5 { warm.append(try await open()) }
            }
            try await server.isIdle()
            let before = server.residentBytes
            var streams: [ResponseStream<BenchV1.Sample>] = []
            for _ in 0..<64 { streams.append(try await open()) }
            for _ in 0..<100 { _ = try await client.echo(BenchV1.Sample()) }
            try await server.isIdle()
            let after = server.residentBytes
            print(
                "[faults] 64 streams of 100 MB that nobody reads: the server had",
                "\(before >> 10) KiB before, \(after >> 10) KiB after"
            )
            #expect(after - before < 64 * 512 << 10)
            withExtendedLifetime(streams) {}
        }
    }

    @Test("a server whose client's host stands still holds little more for it than its streams' credit")
    func unreadSocket() async throws {
        try await BenchProcess.with("tcp") { server, _ in
            let proxy = try FaultProxy(to: server.port)
            try await BenchProcess.withClient("tcp://127.0.0.1:\(proxy.port)") { client in
                var request = BenchV1.StreamRequest()
                request.count = 100_000
                request.sample = BenchV1.Sample(padding: [UInt8](repeating: 0x5A, count: 1_000))
                _ = try await client.echo(BenchV1.Sample(), options: CallOptions(waitForReady: true))
                try await server.isIdle()
                let before = server.residentBytes
                proxy.treat(.toClient, FaultProxy.Treatment(isStalled: true))
                let streams = (0..<64).map { _ in client.stream(request, options: CallOptions(timeout: .seconds(3))) }
                let codes = await withTaskGroup(of: StatusCode.self) { group in
                    for stream in streams { group.addTask { await code { while try await stream.next() != nil {} } } }
                    return await group.reduce(into: []) { $0.append($1) }
                }
                #expect(codes.allSatisfy { $0 == .deadlineExceeded }, "\(codes)")
                let after = server.residentBytes
                print(
                    "[faults] 64 streams of 100 MB to a host that stands still: the server had",
                    "\(before >> 10) KiB before, \(after >> 10) KiB after"
                )
                // Its credit, and what libzmq needs around each message.
                #expect(after - before < 2 * 64 * 512 << 10)
            }
        }
    }
}

/// How a call ended.
private func code(_ body: () async throws -> Void) async -> StatusCode {
    do {
        try await body()
        return .ok
    } catch {
        return (error as? RPCError)?.code ?? .unknown
    }
}

/// Calls of several kinds that go on until something ends them.
private final class OpenCalls: Sendable {
    private let tasks: [Task<StatusCode, Never>]
    private let counts: [Count]

    private final class Count: Sendable {
        private let value = LockedNumber()
        func step() { value.add(1) }
        var current: Int { value.current }
    }

    init(_ client: BenchClient) {
        let (echoes, messages) = (Count(), Count())
        counts = [echoes, messages]
        tasks = [
            Task {
                await code {
                    while true {
                        _ = try await client.echo(BenchV1.Sample(), options: CallOptions(timeout: .seconds(30)))
                        echoes.step()
                    }
                }
            },
            Task {
                await code {
                    var request = BenchV1.StreamRequest()
                    request.count = .max
                    request.sample = BenchV1.Sample(name: "x")
                    for try await _ in client.stream(request) { messages.step() }
                }
            },
        ]
    }

    func areUnderWay() async throws { try await go(on: 3) }

    /// Waits until each has come so much further.
    func go(on steps: Int) async throws {
        let before = counts.map(\.current)
        try await poll(until: "calls go on", timeout: .seconds(20)) {
            zip(counts, before).allSatisfy { $0.current >= $1 + steps }
        }
    }

    func cancel() { for task in tasks { task.cancel() } }

    /// How they ended.
    func codes() async throws -> [StatusCode] {
        var codes: [StatusCode] = []
        for task in tasks { codes.append(await task.value) }
        return codes
    }
}
