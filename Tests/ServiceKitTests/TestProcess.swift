import Logging
import RPC
import ServiceLifecycle
import Storage
import Synchronization
import TestSupport
import Values

@testable import ServiceKit

/// A process of a service made for a test, inside this process: its outside is the test.
final class TestProcess: Sendable {
    let printed = Mutex<[String]>([])
    let complaints = Mutex<[String]>([])
    let log = Mutex<[String]>([])
    let ended = Mutex<ExitCode?>(nil)
    let clock = ManualClock()
    private let signals: AsyncStream<Int32>
    private let signal: AsyncStream<Int32>.Continuation
    private let folder: TemporaryDirectory

    init(_ folder: TemporaryDirectory) {
        self.folder = folder
        (signals, signal) = AsyncStream.makeStream(of: Int32.self)
    }

    var output: String { printed.withLock { $0.joined(separator: "\n") } }
    var errors: String { complaints.withLock { $0.joined(separator: "\n") } }
    var logLines: [String] { log.withLock { $0 } }

    func send(_ number: Int32 = 15) { signal.yield(number) }

    /// Runs to the end. Sockets, stores and ports are the test's own.
    func run(
        _ definition: ServiceDefinition, _ arguments: [String] = [], environment: [String: String] = [:],
        ownPlaces: Bool = true
    ) async -> ExitCode {
        let places = ownPlaces ? ["--admin", "127.0.0.1:0", "--runtime-folder", folder.file("run")] : []
        let store = ownPlaces && definition.store != nil ? ["--store", folder.file("store.sqlite")] : []
        return await ServiceProcess.run(
            definition,
            in: Surroundings(
                arguments: arguments + places + store, environment: environment,
                printOut: { text in self.printed.withLock { $0.append(text) } },
                printError: { text in self.complaints.withLock { $0.append(text) } },
                writeLog: { line in self.log.withLock { $0.append(String(decoding: line, as: UTF8.self)) } },
                signals: { self.signals }, wallClock: FixedWallClock(Instant(microseconds: 1_700_000_000_000_000)),
                clock: clock, endNow: { code in self.ended.withLock { $0 = code } }))
    }

    /// Waits until a line of the log has this text.
    func logs(_ text: String) async throws {
        try await poll(until: "a log line with \"\(text)\"") { logLines.contains { $0.contains(text) } }
    }
}

extension ServiceDefinition {
    /// A service with nothing but what a test gives it.
    static func test(
        keys: [any DeclaredKey] = [], peers: [String] = [], store: StoreDefinition? = nil, servesCalls: Bool = true,
        assemble: @escaping @Sendable (ServiceEnvironment) async throws -> ServiceAssembly = { _ in ServiceAssembly() }
    ) -> ServiceDefinition {
        ServiceDefinition(
            name: "test-service", summary: "Made for a test.", adminPort: 7199, keys: keys, peers: peers, store: store,
            servesCalls: servesCalls, assemble: assemble)
    }
}

/// A service of a lifecycle that tells what happens to it.
struct EventfulService: Service {
    let name: String
    let tell: @Sendable (String) -> Void
    /// Ends the service before anybody asks for it.
    var failure: (any Error)?
    /// Goes on although it is asked to stop, until it is cancelled.
    var ignoresStop = false

    func run() async throws {
        tell("\(name) runs")
        if let failure { throw failure }
        if ignoresStop {
            let (never, _) = AsyncStream.makeStream(of: Void.self)
            await never.first { _ in true }
            tell("\(name) was cancelled")
            return
        }
        do {
            try await gracefulShutdown()
            tell("\(name) stops")
        } catch {
            tell("\(name) was cancelled")
        }
    }
}

/// What happened, in order.
final class Events: Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock { $0 } }

    func add(_ event: String) { kept.withLock { $0.append(event) } }

    func has(_ event: String) async throws {
        try await poll(until: "the event \(event)") { all.contains(event) }
    }
}
