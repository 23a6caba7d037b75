import Contracts
import RPC
import RPCInProcess
import ServiceKit
import Synchronization
import TestSupport
import Testing

@Suite("Calls made are counted")
struct MeteredChannelTests {
    private func count(_ text: String, _ status: String) -> String? {
        let name = "grpc_client_call_duration_seconds_count{grpc_method=\"grpc.health.v1.Health/Check\","
        return text.split(separator: "\n")
            .first { $0.hasPrefix("\(name)grpc_target=\"partnership\",grpc_status=\"\(status)\"}") }
            .map { String($0.split(separator: " ")[1]) }
    }

    @Test("by method, target and status, once each")
    func counted() async throws {
        let registry = MetricsRegistry()
        var router = Router()
        router.unary(HealthMethods.check) { (request: HealthV1.HealthCheckRequest, _) in
            guard request.service.isEmpty else { throw RPCError(.notFound, "unknown") }
            return HealthV1.HealthCheckResponse(status: .serving)
        }
        let channel = PeerChannel.make(
            over: InProcessChannel(to: RPCServer(router: router)), to: "partnership", metrics: ClientCallMetrics(registry),
            clock: ManualClock(), jitter: { 1 })
        for _ in 0..<2 { _ = try await HealthClient(channel).check(.init()) }
        await #expect(throws: RPCError.self) { try await HealthClient(channel).check(.init(service: "x")) }
        #expect(count(registry.text, "OK") == "2")
        #expect(count(registry.text, "NOT_FOUND") == "1")
        #expect(count(registry.text, "CANCELLED") == nil)
        #expect(
            registry.text.contains(
                "grpc_client_attempt_started_total{grpc_method=\"grpc.health.v1.Health/Check\",grpc_target=\"partnership\"} 3"
            ))
    }

    @Test("once however many attempts they took, and these one by one")
    func attempts() async throws {
        let registry = MetricsRegistry()
        let clock = ManualClock()
        let failures = Mutex(2)
        var router = Router()
        router.unary(HealthMethods.check) { (request: HealthV1.HealthCheckRequest, _) in
            if failures.withLock({ left in
                defer { left -= 1 }
                return left > 0
            }) { throw RPCError(.unavailable, "away") }
            return HealthV1.HealthCheckResponse(status: .serving)
        }
        let channel = PeerChannel.make(
            over: InProcessChannel(to: RPCServer(router: router)), to: "partnership", metrics: ClientCallMetrics(registry),
            clock: clock, jitter: { 1 })
        async let answer = HealthClient(channel).check(.init())
        for wait in [50, 125] {
            await clock.sleepers(1)
            clock.advance(by: .milliseconds(wait))
        }
        _ = try await answer
        #expect(count(registry.text, "OK") == "1")
        #expect(count(registry.text, "UNAVAILABLE") == nil)
        #expect(
            registry.text.contains(
                "grpc_client_attempt_started_total{grpc_method=\"grpc.health.v1.Health/Check\",grpc_target=\"partnership\"} 3"
            ))
    }

    @Test("attempts are timed and weighed, and methods that are in no contract are counted together")
    func attemptsAndOthers() async throws {
        let registry = MetricsRegistry()
        var router = Router()
        router.unary(HealthMethods.check) { (request: HealthV1.HealthCheckRequest, _) in
            HealthV1.HealthCheckResponse(status: .serving)
        }
        let channel = PeerChannel.make(
            over: InProcessChannel(to: RPCServer(router: router)), to: "p", metrics: ClientCallMetrics(registry),
            clock: ManualClock(), jitter: { 1 })
        _ = try await HealthClient(channel).check(.init(service: "abc"))
        for name in ["A", "B"] {
            let method = MethodDescriptor(service: "made.Up", method: name, kind: .unary, idempotency: .noSideEffects)
            #expect(await statusOf { _ = try await channel.rawUnary(method, []) }?.code == .unimplemented)
        }
        let text = registry.text
        let labels = #"{grpc_method="grpc.health.v1.Health/Check",grpc_target="p",grpc_status="OK"}"#
        #expect(text.contains("grpc_client_attempt_duration_seconds_count\(labels) 1\n"))
        #expect(text.contains("grpc_client_attempt_sent_total_compressed_message_size_bytes_sum\(labels) 5\n"))
        #expect(text.contains("grpc_client_attempt_rcvd_total_compressed_message_size_bytes_sum\(labels) 2\n"))
        #expect(text.contains(#"grpc_client_attempt_started_total{grpc_method="other",grpc_target="p"} 2"#))
        #expect(!text.contains("made.Up"))
    }
}
