import Contracts
import Foundation
import HTTPClient
import Logging
import RPC
import RPCInProcess
import ServiceKit
import ServiceLifecycle
import TestSupport
import Testing
import Values

@testable import GatewayService

/// A gateway that listens on a port of its own, in front of methods that the test makes. Unless `channels` says
/// otherwise, one server stands for all services.
struct Harness: Sendable {
    static let token = "olp_test-token-of-enough-characters-0123456789"

    let origin: HTTPOrigin
    let log: LogCapture
    let metrics: MetricsRegistry
    let readiness: Readiness
    /// Asks the gateway to stop; so does the end of the body.
    let stop: @Sendable () async -> Void

    /// - Parameter drain: stopped before the server; without it the server stops at once.
    static func run(
        limits: GatewayLimits = GatewayLimits(), channel: (any RPC.Channel)? = nil,
        channels: ((PeerService) -> any RPC.Channel)? = nil, clock: any Clock<Duration> = ContinuousClock(),
        store: GatewayStore? = nil, rate: RequestRate? = nil, wallClock: FixedWallClock = FakeSuite.wallClock,
        drain: ListenerDrain? = nil,
        _ register: (inout RPC.Router) -> Void = { _ in }, _ body: (Harness) async throws -> Void
    ) async throws {
        var router = RPC.Router()
        register(&router)
        let (log, metrics, readiness) = (LogCapture(), MetricsRegistry(), Readiness())
        let server = StandardServices.server(
            router, store: nil, readiness: readiness, metrics: MetricsRegistry(), logger: LogCapture().logger())
        let all = channel ?? InProcessChannel(to: server)
        let peers = Dictionary(uniqueKeysWithValues: PeerService.allCases.map { ($0, channels?($0) ?? all) })
        var own = RPC.Router()
        OverviewsService(
            services: ServiceClients { peers[$0] ?? all }, wallClock: FakeSuite.wallClock, time: limits.requestTime,
            metrics: metrics, logger: log.logger(level: .debug)
        ).register(with: &own)
        let bearer = BearerCheck(token: token, book: store.map { TokenBook(store: $0, wallClock: wallClock) })
        if let store {
            let owners = OwnersOnly(owner: bearer.owner)
            TokenCalls(store: store, owners: owners, wallClock: wallClock).register(with: &own)
            AuditCalls(store: store, owners: owners).register(with: &own)
        }
        let parts = GatewayParts(
            targets: Targets(peers: peers, own: StandardServices.ownChannel(to: own)),
            bearer: bearer,
            limiter: store.flatMap { store in
                rate.map { RequestLimiter(store: store, rate: $0, wallClock: wallClock, logger: log.logger()) }
            },
            audit: store.map {
                AuditTrail(
                    store: $0, identifiers: CountedIdentifiers(), wallClock: wallClock, metrics: metrics,
                    logger: log.logger())
            },
            limits: limits, readiness: readiness, identifiers: CountedIdentifiers(), clock: clock, jitter: { 1 },
            logger: log.logger(level: .debug), metrics: metrics)
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        let gateway = GatewayServer(
            parts: parts, address: HostAndPort(host: "127.0.0.1", port: 0),
            drain: drain ?? ListenerDrain(clock: clock, logger: log.logger())) { told.yield($0) }
        let group = ServiceGroup(services: [gateway] + (drain.map { [$0] } ?? []), logger: LogCapture().logger())
        // As the frame does it: whoever still watches something is let go first.
        let stop: @Sendable () async -> Void = {
            readiness.stop()
            await group.triggerGracefulShutdown()
        }
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await ports.first { _ in true })
            let harness = Harness(
                origin: HTTPOrigin(host: "127.0.0.1", port: port), log: log, metrics: metrics, readiness: readiness,
                stop: stop)
            do {
                try await body(harness)
            } catch {
                Issue.record(error)
            }
            await stop()
            try await tasks.waitForAll()
        }
    }

    static let authorization = ("Authorization", "Bearer \(token)")
    static let json = ("Content-Type", "application/json")

    /// One request on a connection of its own, with the token unless `fields` say otherwise.
    func send(
        _ method: String, _ target: String, _ fields: [(String, String)] = [Harness.authorization, Harness.json],
        body: HTTPRequest.Body = .none
    ) async throws -> HTTPReply {
        try await HTTPConnection.with(origin) { connection in
            try await connection.send(
                HTTPRequest(
                    method, target, fields: fields.map { (name: $0.0, value: $0.1) }, body: body))
        }
    }

    func send(
        _ method: String, _ target: String, adding fields: [(String, String)], json: String? = nil
    ) async throws -> HTTPReply {
        try await send(
            method, target, [Harness.authorization, Harness.json] + fields,
            body: json.map { .bytes(Array($0.utf8)) } ?? .none)
    }
}

extension HTTPReply {
    /// Status and code of a problem, such as "404 NOT_FOUND"; "200" for anything else.
    var outcome: String {
        guard field("Content-Type") == "application/problem+json" else { return "\(status)" }
        let code = JSONMembers(body).flatMap { object in
            object.members.first { $0.name == "code" }.flatMap(object.scalar)
        }
        return "\(status) \(code ?? "without a code")"
    }
}

/// Runs what blocks on a thread of its own: the few threads that tasks share are the gateway's in these tests.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread { continuation.resume(with: Result(catching: body)) }.start()
    }
}
