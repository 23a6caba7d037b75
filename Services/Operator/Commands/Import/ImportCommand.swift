package import ArgumentParser
import Contracts
import HTTPClient

package struct ImportCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Loads data from files.",
        subcommands: [ImportGiasCommand.self, ImportApplicationsCommand.self])

    package init() {}
}

package struct ImportGiasCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "gias",
        abstract: "Loads the official register of schools (GIAS).",
        discussion: """
            Takes one to four of the register's CSV files, in any order; each is
            recognised by its header:
              edubasealldata….csv          establishments
              allgroupsdata….csv           groups: trusts, federations, sponsors
              alllinksdata….csv            which establishment is in which group
              links_edubasealldata….csv    which establishment came after which

            Rows that are older than what is held change nothing, so a file may be
            imported again. Rows that cannot be used are reported with their line
            and left out. Ctrl-C cancels the import; what it had read stays.

              olp import gias downloads/*.csv
            """)

    @OptionGroup package var gateway: GatewayOptions

    @Option(name: .long, help: "How many of the issues to print.")
    package var issues = 20

    @Flag(name: .long, help: "Print the import as one JSON object.")
    package var json = false

    @Argument(help: ArgumentHelp("The files.", valueName: "file"))
    package var files: [String]

    package init() {}

    package func validate() throws {
        guard 0...1000 ~= issues else { throw ValidationError("--issues is 0 to 1000, not \(issues).") }
    }

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let sources = try GiasSource.all(files.map(surroundings.absolute))
        let access = try gateway.access(surroundings)
        let progress = ImportProgress(console)
        let run = ImportRun<PartnershipV1.GiasImport>(access, progress: progress)
        let done = try await Stoppable.run(console) {
            try await run.run(PartnershipV1.CreateGiasImportRequest(), sources.map(\.upload))
        }
        progress.end()
        if json {
            console.print(done.jsonText(includeDefaults: true))
        } else {
            for line in ImportSummary.lines(done) { console.print(line) }
            if issues > 0 {
                let reply: PartnershipV1.ListGiasImportIssuesReply = try await access.call(
                    "GET", "/v1/gias-imports/\(HTTPRequest.encoded(done.id))/issues?pageSize=\(issues)")
                for line in ImportSummary.issues(reply, of: done) { console.print(line) }
            }
        }
        switch done.state {
        case .succeeded: return
        case .cancelled: throw Failure(.interrupted, "the import was cancelled; what it had read stays")
        default: throw Failure(.failure, "the import \(done.stateWord): \(done.failure)")
        }
    }
}
