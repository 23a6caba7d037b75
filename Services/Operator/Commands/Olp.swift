package import ArgumentParser
import ServiceKit

/// The command itself; its subcommands do the work.
package struct Olp: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "olp",
        abstract: "Runs the suite on this machine and talks to it.",
        discussion: """
            START HERE
              olp up                         start everything; Ctrl-C stops it
              olp sample                     load an example: schools and partners
              olp demo                       play a season into it, to have something to see
              olp call SearchSchools '{"query": "oldham"}'
              olp import gias FILES          load the official register of schools
              olp status                     what runs, and whether it is well
              olp scale enrolment=3          more or fewer processes of a service
              olp health                     whether each service takes work
              olp top                        which calls are being made, live
              olp check                      whether all that it holds fits together
              olp backup --to FOLDER         copy all of it; olp restore --from FOLDER

            `olp help SUBCOMMAND` explains each. All of them find the suite by its
            data folder: --data DIR, the variable OLP_DATA, or ./data.

            \(Exit.explanation)
            """,
        version: "olp \(Release.version)",
        subcommands: [
            UpCommand.self, DownCommand.self, ScaleCommand.self, RestartCommand.self, StatusCommand.self,
            HealthCommand.self, TopCommand.self, CallCommand.self,
            ImportCommand.self, SampleCommand.self, DemoCommand.self, CheckCommand.self, BackupCommand.self,
            RestoreCommand.self, KeysCommand.self, TokensCommand.self, BenchCommand.self,
        ])

    package init() {}

    /// Runs what the command line asks for, and ends the process with its exit code.
    package static func start() async { await main() }
}
