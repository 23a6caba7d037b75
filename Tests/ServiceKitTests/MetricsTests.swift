import ChildProcess
import Foundation
import RPC
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

    private static let promtool = ["/usr/bin/promtool", "/usr/local/bin/promtool"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    @Test("promtool accepts the page of a whole process", .enabled(if: promtool != nil, "promtool is not installed"))
    func promtoolAccepts() async throws {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry, service: "test", instanceID: "1", clock: SystemWallClock())
        let client = ClientCallMetrics(registry)
        client.started("a.B/C", target: "partnership")
        client.ended("a.B/C", target: "partnership", .ok, after: .milliseconds(3))
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
