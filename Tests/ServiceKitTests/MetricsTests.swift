import ChildProcess
import Contracts
import Foundation
import Logging
import RPC
import RPCInProcess
import TestSupport
import Testing
import Values

@testable import ServiceKit

@Suite("Metrics")
struct MetricsTests {
    @Test("the page has help, type and every series, in order")
    func page() {
        let registry = MetricsRegistry()
        let calls = registry.counter("b_calls_total", "Calls,\nall of them.", labels: ["method"])
        calls.with("two").add(2)
        calls.with("o\"n\\e\n").add()
        registry.gauge("a_waiting", "Waiting.").only.set(1.5)
        #expect(
            registry.text == """
                # HELP a_waiting Waiting.
                # TYPE a_waiting gauge
                a_waiting 1.5
                # HELP b_calls_total Calls,\\nall of them.
                # TYPE b_calls_total counter
                b_calls_total{method="o\\"n\\\\e\\n"} 1
                b_calls_total{method="two"} 2

                """)
    }

    @Test("a histogram counts each value in every bucket that it fits")
    func histogram() {
        let registry = MetricsRegistry()
        let times = registry.histogram("t_seconds", "Times.", bounds: [0.1, 1])
        times.only.observe(0.1)
        times.only.observe(0.5)
        times.only.observe(Duration.seconds(3))
        #expect(
            registry.text.split(separator: "\n").dropFirst(2) == [
                "t_seconds_bucket{le=\"0.1\"} 1", "t_seconds_bucket{le=\"1\"} 2", "t_seconds_bucket{le=\"+Inf\"} 3",
                "t_seconds_sum 3.6", "t_seconds_count 3",
            ])
    }

    @Test("a label that anybody can choose does not fill the memory")
    func cardinality() {
        let calls = MetricsRegistry().counter("c_total", "Calls.", labels: ["name"])
        for number in 0..<(MetricsRegistry.maximumSeries * 2) { calls.with("n\(number)").add() }
        #expect(calls.with("other").value == UInt64(MetricsRegistry.maximumSeries))
    }

    @Test("a gauge that many move at once ends where the sum is")
    func concurrentGauge() async {
        let gauge = MetricsRegistry().gauge("g", "Gauge.").only
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<1000 { gauge.add(1) } }
                group.addTask { for _ in 0..<1000 { gauge.add(-1) } }
            }
        }
        #expect(gauge.value == 0)
    }

    @Test("calls that come in are counted, timed and weighed; those of unknown methods together")
    func serverCalls() async throws {
        let registry = MetricsRegistry()
        let log = LogCapture()
        let channel = InProcessChannel(
            to: StandardServices.server(
                Router(), store: nil, readiness: Readiness(), metrics: registry, logger: log.logger()))
        _ = try await HealthClient(channel).check(.init())
        _ = await statusOf { _ = try await HealthClient(channel).check(.init(service: "nobody")) }
        for name in ["A", "B"] {
            let method = MethodDescriptor(service: "made.Up", method: name, kind: .unary, idempotency: .noSideEffects)
            #expect(await statusOf { _ = try await channel.rawUnary(method, [1]) }?.code == .unimplemented)
        }
        let text = registry.text
        func labels(_ method: String, _ status: String) -> String {
            "{grpc_method=\"\(method)\",grpc_status=\"\(status)\"}"
        }
        let check = "grpc.health.v1.Health/Check"
        #expect(text.contains("grpc_server_call_started_total{grpc_method=\"\(check)\"} 2\n"))
        #expect(text.contains("grpc_server_call_duration_seconds_count\(labels(check, "OK")) 1\n"))
        #expect(text.contains("grpc_server_call_sent_total_compressed_message_size_bytes_sum\(labels(check, "OK")) 2\n"))
        #expect(
            text.contains(
                "grpc_server_call_rcvd_total_compressed_message_size_bytes_sum\(labels(check, "NOT_FOUND")) 8\n"))
        #expect(text.contains("grpc_server_call_started_total{grpc_method=\"other\"} 2\n"))
        #expect(text.contains("grpc_server_call_duration_seconds_count\(labels("other", "UNIMPLEMENTED")) 2\n"))
        #expect(!text.contains("made.Up"))
        #expect(log.lines.filter { $0.metadata["rpc.method"] == "made.Up/A" }.map(\.level) == [.debug])
    }

    private static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test("promtool accepts the page of a whole process", .enabled(if: promtool != nil, "promtool is not installed"))
    func promtoolAccepts() async throws {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry, service: "test", instanceID: "1", clock: SystemWallClock())
        let client = ClientCallMetrics(registry)
        let method = client.method("a.B/C", target: "partnership")
        client.attemptStarted(method)
        client.attemptEnded(method, .ok, after: .milliseconds(2), sent: 10, received: 2_000)
        client.callEnded(method, .ok, after: .milliseconds(3))
        _ = ServerCallMetrics(
            registry, methods: [.init(service: "a.B", method: "C", kind: .unary, idempotency: .unknown)])
        #expect(registry.text.contains("process_resident_memory_bytes "))
        try await withTemporaryDirectory { folder in
            let page = try folder.write(registry.text, to: "page")
            let outcome = try await Program.run("/bin/sh", ["-c", "\(Self.promtool ?? "") check metrics < \(page)"])
            #expect(outcome.status.isSuccess, "\(outcome)")
            #expect(outcome.output.isEmpty && outcome.error.isEmpty, "\(outcome)")
        }
    }
}
