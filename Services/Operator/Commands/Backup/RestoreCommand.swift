package import ArgumentParser
import Foundation
import ServiceKit

package struct RestoreCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a suite's stores from a backup, as files or in PostgreSQL.",
        discussion: """
            As files: into a folder that does not exist or is empty. Digests are checked
            before anything is put in place, and all stores come into place in one step.
            Then: olp up --data DIR, and olp check --data DIR.

            Into PostgreSQL, with --database: the database must not hold these stores yet,
            and no suite may run on the folder. Rows and a checksum of every table are
            compared; each store is there whole or not at all. It does not matter which
            of the two the backup was taken from.

            Restore all stores of one backup together: a service that was restored
            alone to an older state is refused by those who follow it.
            """)

    /// What `--json` prints.
    struct Report: Encodable {
        let manifest: BackupManifest
        let stores: [StoreCopier.Copied]
    }

    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: ArgumentHelp("Folder with the backup.", valueName: "folder"))
    package var from: String

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The PostgreSQL database to restore into. Else \(SuiteDatabase.variable), else files.", valueName: "url"))
    package var database: String?

    @Option(
        name: .long,
        help: ArgumentHelp("Folder with the services' executables. Default: where olp itself is.", valueName: "dir"))
    package var bin: String?

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = suite.folder(surroundings)
        let backup = surroundings.absolute(from)
        if let database = try SuiteDatabase.told(database, surroundings) {
            return try await restore(backup, into: database, folder, console, surroundings)
        }
        let manifest = try RestoreRun(from: backup, to: folder).run()
        guard !json else { return console.print(JSONText.encode(manifest)) }
        console.print("\(surroundings.shown(folder.path))  \(Self.moment(of: manifest))")
        console.say("Next: olp up --data \(surroundings.shown(folder.path))")
    }

    private func restore(
        _ backup: String, into database: SuiteDatabase, _ folder: SuiteFolder, _ console: Console,
        _ surroundings: Surroundings
    ) async throws {
        try folder.make(userID: surroundings.userID)
        // Held to the end, so that no suite starts meanwhile.
        let lock = try SuiteLock.ofStopped(folder, surroundings)
        defer { withExtendedLifetime(lock) {} }
        let restore = DatabaseRestore(
            backup: backup, folder: folder, database: database,
            executables: bin.map(surroundings.absolute) ?? surroundings.executableFolder)
        var stores: [StoreCopier.Copied] = []
        let manifest = try await restore.run(console, surroundings) { copied in
            stores.append(copied)
            if !json { console.print(copied.line) }
        }
        guard !json else { return console.print(JSONText.encode(Report(manifest: manifest, stores: stores))) }
        console.print("\(database.shown)  \(Self.moment(of: manifest))")
        console.say("Next: olp up --data \(surroundings.shown(folder.path)) on this database")
    }

    private static func moment(of manifest: BackupManifest) -> String {
        "as of \(ISO8601DateFormatter().string(from: manifest.takenAt))"
    }
}
