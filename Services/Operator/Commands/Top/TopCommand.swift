package import ArgumentParser

package struct TopCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Shows which calls are being made.",
        discussion: """
            A table for each service and method, drawn anew after each interval:
            calls and errors a second (errors also by their status), how long half
            of the calls and 99 of 100 took at most, calls that are open, and
            processes. From what the processes count at /metrics; p50 and p99 are
            as exact as the buckets there. Ctrl-C ends it.
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(name: [.short, .long], help: "Seconds between two looks.")
    package var interval = 2.0

    @Flag(name: .long, help: "Print one table after one interval.")
    package var once = false

    @Flag(name: .long, help: "Print one JSON object for each interval, each on a line.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard (0.1...3600).contains(interval) else {
            throw ValidationError("--interval is 0.1 to 3600, not \(interval).")
        }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = suite.folder(surroundings)
        _ = try SuiteState.running(in: folder, surroundings)
        let (json, once, pause) = (json, once, Duration.seconds(interval))
        do {
            try await Stoppable.run(console, saying: "") {
                let clock = ContinuousClock()
                var earlier = try await Self.look(folder, surroundings)
                var time = clock.now
                repeat {
                    try await clock.sleep(for: pause)
                    let later = try await Self.look(folder, surroundings)
                    let now = clock.now
                    let report = Self.report(earlier, later, interval: time.duration(to: now))
                    Self.show(report, asJSON: json, isDrawnOver: !once && console.isInteractive, console)
                    (earlier, time) = (later, now)
                } while !once
            }
        } catch is CancellationError {
            // Ctrl-C is how one leaves it.
        }
    }

    /// Processes come and go and have other ports then, so the state is read anew each time.
    private static func look(_ folder: SuiteFolder, _ surroundings: Surroundings) async throws -> [MetricsReader.Look] {
        let state = try SuiteState.running(in: folder, surroundings)
        return try await MetricsReader(processes: state.services).look()
    }

    private static func report(
        _ earlier: [MetricsReader.Look], _ later: [MetricsReader.Look], interval: Duration
    ) -> TopReport {
        let looks = later.compactMap { look -> (service: String, earlier: CallCounts, later: CallCounts)? in
            guard let counts = look.counts else { return nil }
            let before = earlier.first { $0.name == look.name && $0.adminPort == look.adminPort }?.counts
            // Seen for the first time: what it counted before has no time.
            return (look.service, before ?? counts, counts)
        }
        return TopReport(looks, interval: interval, silent: later.filter { $0.counts == nil }.map(\.name))
    }

    private static func show(_ report: TopReport, asJSON: Bool, isDrawnOver: Bool, _ console: Console) {
        guard !asJSON else { return console.print(JSONText.encode(report)) }
        let lines = report.lines.joined(separator: "\n")
        // From the top left corner, over what was there.
        console.print(isDrawnOver ? "\u{1B}[H\u{1B}[2J\(lines)" : lines)
    }
}
