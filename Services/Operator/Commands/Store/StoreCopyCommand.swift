package import ArgumentParser
import Foundation
import ServiceKit

package struct StoreCopyCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copies the stores from files into a PostgreSQL database, or back.",
        discussion: """
            For a suite that has outgrown its files. Stop it first; the stores are left as
            they are, and the place to copy to must hold nothing yet. Rows and a checksum of
            every table are compared; a store is copied whole or not at all. Feeds keep their
            positions, so the services go on where they were:

              olp down
              OLP_DATABASE=postgres://olp@localhost/olp olp store copy
              OLP_DATABASE=postgres://olp@localhost/olp olp up

              olp store copy --back          from the database into the files of --data
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(
        name: .long,
        help: ArgumentHelp("The PostgreSQL database. Else \(SuiteDatabase.variable).", valueName: "url"))
    package var database: String?

    @Flag(name: .long, help: "From the database into files.")
    package var back = false

    @Option(
        name: .long,
        help: ArgumentHelp("Folder with the services' executables. Default: where olp itself is.", valueName: "dir"))
    package var bin: String?

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    @Argument(help: ArgumentHelp("Whose stores. Default: all.", valueName: "service"))
    package var services: [String] = []

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = suite.folder(surroundings)
        if let unknown = services.first(where: { !SuitePlan.all.contains($0) }) {
            throw Failure(
                .usage, "there is no service \"\(unknown)\"", advice: "They are: \(SuitePlan.all.joined(separator: ", "))")
        }
        guard let database = try SuiteDatabase.told(database, surroundings) else {
            throw Failure(
                .usage, "it is not said which database", advice: "Say it in --database or the variable \(SuiteDatabase.variable).")
        }
        let copier = StoreCopier(
            folder: folder, database: database, isBack: back,
            executables: bin.map(surroundings.absolute) ?? surroundings.executableFolder, console: console)
        // Held to the end, so that no suite starts meanwhile.
        let lock = try SuiteLock.ofStopped(folder, surroundings)
        defer { withExtendedLifetime(lock) {} }
        var copied: [StoreCopier.Copied] = []
        for service in SuitePlan.all where services.isEmpty || services.contains(service) {
            guard let tables = try await copier.copy(service, surroundings.environment) else { continue }
            copied.append(tables)
            if !json { console.print(tables.line) }
        }
        if json { console.print(JSONText.encode(copied)) }
        guard !copied.isEmpty else {
            throw Failure(.failure, "there is no store in \(surroundings.shown(folder.path)), so nothing was copied")
        }
    }
}
