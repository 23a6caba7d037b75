import Contracts
import OperatorCommands
import Testing

@Suite("What olp check prints")
struct CheckReportTests {
    private func report(atRest: Bool = true, _ breaking: (inout SuiteSnapshot) -> Void = { _ in }) -> CheckReport {
        var suite = WellSuite.snapshot
        breaking(&suite)
        let invariants: [any Invariant] = [NeverOversold(), HistoriesComplete(kind: .event), FollowersAtEnds()]
        return CheckReport(
            CheckRun.Outcome(isAtRest: atRest, findings: invariants.map { ($0, $0.judge(suite)) }))
    }

    @Test("a line for each invariant, with how many records it was asked of")
    func well() {
        let report = report { $0.histories[2].outOf = 1200 }
        #expect(
            report.lines == [
                "✓ no event is oversold, and its free places are what the others leave  1 events",
                "✓ the history of an event is complete                                  1 events (of 1,200)",
                "✓ every service has applied all that it follows                        2 followed feeds",
            ])
        #expect(report.verdict == "All 3 invariants hold.")
        #expect(report.failure == nil)
    }

    @Test("what does not hold names its records, ten at most")
    func broken() throws {
        let report = report { suite in
            suite.events = (1...12).map { number in
                var event = WellSuite.event
                event.id = "e\(number)"
                event.places?.booked = 9
                return event
            }
        }
        #expect(
            Array(report.lines.prefix(3)) == [
                "✗ no event is oversold, and its free places are what the others leave  12 of 12 events",
                "    e1  12 of 5 places are taken",
                "    e2  12 of 5 places are taken",
            ])
        #expect(report.lines[11] == "    … and 2 more")
        #expect(report.verdict == "1 of 3 invariants does not hold.")
        #expect(try #require(report.failure).exit.code == 1)
        #expect(report.json.contains("\"broken\":12"))
        #expect(report.json.contains("\"holds\":false"))
    }

    @Test("of a suite that is being written to it says so, and does not call it broken")
    func busy() throws {
        let report = report(atRest: false) { $0.followers[0].position = "e1" }
        #expect(
            report.lines.suffix(2) == [
                "? every service has applied all that it follows                        1 of 2 followed feeds",
                "    training-events after enrolment  is behind the end of the feed",
            ])
        #expect(report.verdict == "1 of 3 invariants does not hold at this moment, but the suite was being written to.")
        #expect(try #require(report.failure).exit.code == 4)
    }
}
