package import ArgumentParser

package struct DemoCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Plays a season into a suite, so that there is something to see.",
        discussion: """
            Through the gateway, like anybody else: loads the example of schools and
            partners if there are none, opens three cohorts round today, registers
            candidates with invented names, takes them through application, decision
            and training, schedules events, fills them, lets people wait, cancel, move
            and answer offers, takes registers and fills in questionnaires. Then it
            checks everything, like `olp check`, and says what to look at.

            It goes into a suite without candidates, unless --into-existing says
            otherwise. The same seed plays the same season. Ctrl-C stops it; what was
            played stays. A service that is restarted meanwhile is waited for.

            Exit code 1: an invariant does not hold, or the play was refused something.
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: "Plays the same season again; else a new one.")
    package var seed: UInt64?

    @Option(
        name: .long, help: "How many people apply: \(SeasonPlanner.fewestCandidates) to \(SeasonPlanner.mostCandidates).")
    package var candidates = SeasonPlanner.usualCandidates

    @Flag(name: .long, help: "Play even if the suite holds candidates already.")
    package var intoExisting = false

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder with the example. Default: deploy/sample of the project that olp was built in.", valueName: "dir"))
    package var sample: String?

    @Flag(name: .long, help: "Print one JSON object instead of the summary.")
    package var json = false

    package init() {}

    package func validate() throws {
        guard SeasonPlanner.fewestCandidates...SeasonPlanner.mostCandidates ~= candidates else {
            throw ValidationError(
                "--candidates is \(SeasonPlanner.fewestCandidates) to \(SeasonPlanner.mostCandidates), not \(candidates).")
        }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let state = try SuiteState.running(in: suite.folder(surroundings), surroundings)
        let demo = Demo(
            state: state, seed: seed ?? Demo.anySeed(), candidates: candidates,
            sample: { try sample.map(surroundings.absolute) ?? SampleCommand.folderOfProject(surroundings) },
            console: console)
        let isIntoExisting = intoExisting
        let played = try await Stoppable.run(console, saying: "Stopping. What was played stays.") {
            try await demo.play(intoExisting: isIntoExisting)
        }
        if json {
            console.print(played.json)
        } else {
            for line in played.lines(surroundings) { console.print(line) }
        }
        if let failure = played.report.failure { throw failure }
    }
}
