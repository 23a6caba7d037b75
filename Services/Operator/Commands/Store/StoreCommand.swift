package import ArgumentParser

package struct StoreCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Moves the services' stores between SQLite and PostgreSQL.",
        subcommands: [StoreCopyCommand.self])

    package init() {}
}
