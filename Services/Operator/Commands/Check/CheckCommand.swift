package import ArgumentParser
import RPC

package struct CheckCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks that everything a suite holds fits together.",
        discussion: """
            Reads all services through their own interfaces, once each has applied
            what it follows of the others, and prints a line for each invariant:
            ✓ it holds, ✗ it does not, with up to \(CheckReport.namedOffenders) of the records that break it.
            Of large suites only some histories are read; --all reads all.

            If the suite is written to all the while, what does not hold is marked
            with ? and the exit code is \(Exit.undecided.code).
            """)

    @OptionGroup package var suite: SuiteOptions

    @Flag(name: .long, help: "Read every record's history.")
    package var all = false

    @Option(name: .long, help: "Longest wait for services that are behind the others, in seconds.")
    package var wait = 30.0

    @Option(
        name: .long,
        help: "Hours before an event from which nobody is offered a place: the notice-period of training-events.")
    package var notice = 72.0

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard (0...3600).contains(wait) else { throw ValidationError("--wait is 0 to 3600, not \(wait).") }
        guard (0...8760).contains(notice) else { throw ValidationError("--notice is 0 to 8760, not \(notice).") }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let state = try SuiteState.running(in: suite.folder(surroundings), surroundings)
        let outcome = try await Self.check(
            state, patience: .seconds(wait), noticePeriod: .seconds(notice * 3600), allHistories: all)
        let report = CheckReport(outcome)
        if json {
            console.print(report.json)
        } else {
            for line in report.lines { console.print(line) }
            console.print(report.verdict)
        }
        if let failure = report.failure { throw failure }
    }

    static func check(
        _ state: SuiteState, patience: Duration = .seconds(30), noticePeriod: Duration = .seconds(72 * 3600),
        allHistories: Bool = false
    ) async throws -> CheckRun.Outcome {
        do {
            return try await SuiteChannels.with(state) { channels in
                try await CheckRun(
                    channels, patience: patience, noticePeriod: noticePeriod, allHistories: allHistories
                ).run()
            }
        } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
            throw Failure(
                .notRunning, "a service does not answer: \(error.message)", advice: "Which one: olp status")
        }
    }
}
