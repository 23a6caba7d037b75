import Testing

@testable import OperatorCommands

@Suite("What olp top shows")
struct TopTests {
    private static let get = "olp.partnership.v1.Partners/GetPartner"
    private static let list = "olp.partnership.v1.Partners/ListPartners"

    /// A page as a process has it, with what top does not read left in.
    private static func page(
        started: Int, fast: Int, slow: Int, missing: Int = 0, method: String = get
    ) -> String {
        """
        # HELP grpc_server_call_duration_seconds Time from a call's arrival to its end.
        # TYPE grpc_server_call_duration_seconds histogram
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="OK",le="0"} 0
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="OK",le="0.001"} \(fast)
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="OK",le="0.002"} \(fast)
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="OK",le="1"} \(fast + slow)
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="OK",le="+Inf"} \(fast + slow)
        grpc_server_call_duration_seconds_sum{grpc_method="\(method)",grpc_status="OK"} 1.5
        grpc_server_call_duration_seconds_count{grpc_method="\(method)",grpc_status="OK"} \(fast + slow)
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="NOT_FOUND",le="0.001"} \(missing)
        grpc_server_call_duration_seconds_bucket{grpc_method="\(method)",grpc_status="NOT_FOUND",le="+Inf"} \(missing)
        # HELP grpc_server_call_started_total Calls that came in.
        # TYPE grpc_server_call_started_total counter
        grpc_server_call_started_total{grpc_method="\(method)"} \(started)
        olp_build_info{service="partnership",version="1",instance="a\\"b"} 1
        process_open_fds 12

        """
    }

    @Test("labels are read as they are escaped, and what is no sample is left out")
    func samples() {
        let page = MetricsPage(
            "a{x=\"1\\\\2\\\"3\\n4,5}\",y=\"\"} 1.5 1700000000\na_b 2\n# a comment\nb 3\na{x=\"open\na{x} 1\na c\n", prefix: "a")
        #expect(
            page.samples == [
                .init(name: "a", labels: ["x": "1\\2\"3\n4,5}", "y": ""], value: 1.5),
                .init(name: "a_b", labels: [:], value: 2),
            ])
    }

    @Test("a quantile lies where its share of the values does, as far as the buckets tell")
    func quantiles() throws {
        var counts = BucketCounts()
        #expect(counts.quantile(0.5) == nil)
        for (bound, count) in [(0, 0), (0.001, 90), (0.002, 90), (1, 99), (.infinity, 100)] as [(Double, Double)] {
            counts.set(bound, count)
        }
        #expect(abs(try #require(counts.quantile(0.5)) - 0.000_555_6) < 0.000_001)
        #expect(counts.quantile(0.9) == 0.001)
        #expect(counts.quantile(0.99) == 1)
        #expect(counts.quantile(1) == 1)
    }

    @Test("rates, quantiles and open calls are of what came between two looks")
    func between() throws {
        let earlier = CallCounts(metrics: Self.page(started: 1_000, fast: 900, slow: 90, missing: 10))
        let later = CallCounts(metrics: Self.page(started: 1_107, fast: 998, slow: 92, missing: 14))
        let report = TopReport([("partnership", earlier, later)], interval: .seconds(2), silent: [])
        let row = try #require(report.rows.last)
        #expect(row.method == Self.get && row.service == "partnership")
        #expect(row.callsPerSecond == 53.5 && row.errorsPerSecond == ["NOT_FOUND": 2])
        #expect(row.open == 3 && row.replicas == 1)
        #expect(try #require(row.p50) < 0.001)
        #expect((0.002...1).contains(try #require(row.p99)))
        // The service's own row says the same: it has one busy method.
        #expect(report.rows.first?.callsPerSecond == 53.5 && report.rows.first?.method == nil)
    }

    @Test("replicas of a service count together, and one that was started again counts from zero")
    func replicas() throws {
        let before = CallCounts(metrics: Self.page(started: 10, fast: 10, slow: 0))
        let after = CallCounts(metrics: Self.page(started: 30, fast: 28, slow: 0))
        let anew = CallCounts(metrics: Self.page(started: 4, fast: 4, slow: 0))
        let report = TopReport(
            [("partnership", before, after), ("partnership", before, anew)], interval: .seconds(1), silent: [])
        #expect(report.rows.map(\.callsPerSecond) == [24, 24])
        #expect(report.rows.map(\.open) == [2, 2])
        #expect(report.rows.map(\.replicas) == [2, 2])
    }

    @Test("the table has a service, its busy methods and their errors, within 80 columns")
    func table() {
        let long = "olp.training_events.v1.Bookings/" + String(repeating: "ListPromotion", count: 3)
        let nothing = CallCounts()
        let report = TopReport(
            [
                (
                    "partnership", CallCounts(metrics: Self.page(started: 0, fast: 0, slow: 0)),
                    CallCounts(metrics: Self.page(started: 24_691, fast: 24_680, slow: 0, missing: 11))
                ),
                (
                    "training-events", nothing,
                    CallCounts(metrics: Self.page(started: 1, fast: 0, slow: 0, method: long))
                ),
                ("diagnostics", nothing, nothing),
            ], interval: .seconds(2), silent: ["enrolment"])
        #expect(
            report.lines == [
                "                                       CALLS/s   ERR/s     p50     p99 OPEN REPL",
                "partnership                             12,346     5.5  500 µs  990 µs    0    1",
                "  Partners/GetPartner                   12,346     5.5  500 µs  990 µs    0",
                "    NOT_FOUND                                      5.5",
                "training-events                            0.5       0       -       -    1    1",
                "  Bookings/ListPromotionListPromotion…     0.5       0       -       -    1",
                "diagnostics                                  0       0       -       -    0    1",
                "enrolment does not answer",
            ])
        #expect(report.lines.allSatisfy { $0.count <= 80 })
    }

    @Test("one page of JSON has the figures unrounded")
    func json() throws {
        let report = TopReport(
            [("partnership", CallCounts(), CallCounts(metrics: Self.page(started: 3, fast: 3, slow: 0, method: Self.list)))],
            interval: .seconds(2), silent: [])
        let text = JSONText.encode(report)
        #expect(text.contains("\"callsPerSecond\":1.5"))
        #expect(text.contains("\"method\":\"\(Self.list)\""))
    }
}
