package import ArgumentParser

package struct BenchCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures what this machine does.",
        discussion: """
            Use an optimised build (.build/release/olp) and a quiet machine; compare
            only numbers of one run. Other stacks' side is in Tests/Benchmarks.
            """,
        subcommands: [
            BenchRPCCommand.self, BenchReplicasCommand.self, BenchSearchCommand.self, BenchListsCommand.self, BenchImportCommand.self,
            BenchStoreCommand.self, BenchWritesCommand.self, BenchSoakCommand.self,
            BenchServeCommand.self,
        ])

    package init() {}
}
