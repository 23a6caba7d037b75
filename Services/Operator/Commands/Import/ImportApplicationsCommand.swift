package import ArgumentParser
import Contracts

package struct ImportApplicationsCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "applications",
        abstract: "Loads applications from a CSV file.",
        discussion: """
            The first line names the columns, in any order; others may stand beside
            those that are read. Each row becomes an application, of a new person or
            of one who is known. Rows that cannot be used are left out, and said.

            --dry-run judges every row in the same way and writes nothing. A file may
            be imported again: what was imported is not changed. Ctrl-C cancels the
            import; what it had read stays.

              olp import applications autumn.csv --dry-run --results judged.csv
              olp import applications autumn.csv --cohort 2026b
            """)

    @OptionGroup package var gateway: GatewayOptions

    @Option(
        name: .long,
        help: ArgumentHelp("Take rows for this cohort only; else each row is for the one that it names.", valueName: "id"))
    package var cohort: String?

    @Flag(name: .long, help: "Say what would become of each row, and write nothing.")
    package var dryRun = false

    @Option(
        name: .long,
        help: ArgumentHelp("Write what became of each row to this CSV file; it is replaced.", valueName: "file"))
    package var results: String?

    @Flag(name: .long, help: "Print the import as one JSON object.")
    package var json = false

    @Argument(help: ArgumentHelp("The file.", valueName: "file"))
    package var file: String

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let source = try ImportFile(path: surroundings.absolute(file))
        let table = try results.map { try RowResultFile(path: surroundings.absolute($0)) }
        let access = try gateway.access(surroundings)
        let progress = ImportProgress(console)
        let run = ImportRun<EnrolmentV1.ApplicationImport>(access, progress: progress)
        let request = EnrolmentV1.CreateApplicationImportRequest(cohortId: cohort ?? "", dryRun: dryRun)
        let done = try await Stoppable.run(console) { try await run.run(request, [(source, "file")]) }
        progress.end()
        var issues = IssueCounts()
        try await RowResults.read(of: done.id, access) { rows in
            for row in rows { issues.add(row) }
            try table?.write(rows)
        }
        if json {
            console.print(done.jsonText(includeDefaults: true))
        } else {
            for line in ApplicationImportSummary.lines(done, issues) { console.print(line) }
            if let results { console.say("What became of each row stands in \(results).") }
        }
        switch done.state {
        case .succeeded: return
        case .cancelled: throw Failure(.interrupted, "the import was cancelled; what it had read stays")
        default: throw Failure(.failure, "the import \(done.stateWord): \(done.failure)")
        }
    }
}
