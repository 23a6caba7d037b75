package import ArgumentParser
import Foundation

package struct RestoreCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Makes a suite's stores from a backup.",
        discussion: """
            Into a folder that does not exist or is empty. Digests are checked before
            anything is put in place, and all stores come into place in one step.
            Then: olp up --data DIR, and olp check --data DIR.

            Restore all stores of one backup together: a service that was restored
            alone to an older state is refused by those who follow it.
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: ArgumentHelp("Folder with the backup.", valueName: "folder"))
    package var from: String

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = suite.folder(surroundings)
        let manifest = try RestoreRun(from: surroundings.absolute(from), to: folder).run()
        guard !json else { return console.print(JSONText.encode(manifest)) }
        console.print("\(surroundings.shown(folder.path))  as of \(ISO8601DateFormatter().string(from: manifest.takenAt))")
        console.say("Next: olp up --data \(surroundings.shown(folder.path))")
    }
}
