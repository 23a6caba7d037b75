package import ArgumentParser
import Foundation

package struct SampleCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Loads an example: a small register of schools and some partners.",
        discussion: """
            Everything in it is invented. It goes into an empty suite only, so that
            it never mixes with real data; `olp up --data NEW-FOLDER` makes one.
            """)

    @OptionGroup package var gateway: GatewayOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Folder with the example. Default: deploy/sample of the project that olp was built in.", valueName: "dir"))
    package var dir: String?

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = try dir.map(surroundings.absolute) ?? Self.folderOfProject(surroundings)
        let loader = SampleLoader(folder: folder, gateway: try gateway.access(surroundings), console: console)
        guard try await loader.loadIfEmpty() else {
            throw Failure(
                .failure, "the suite holds data already, and the example does not mix with it",
                advice: "Start an empty one: olp up --data NEW-FOLDER --port N")
        }
        if json { console.print(JSONText.encode(["loaded": folder])) }
    }

    /// `deploy/sample` above the folder of this executable, as in a checkout with its build folder.
    static func folderOfProject(_ surroundings: Surroundings) throws(Failure) -> String {
        var folder = URL(fileURLWithPath: surroundings.executable).resolvingSymlinksInPath()
        while folder.path != "/" {
            folder.deleteLastPathComponent()
            let sample = folder.appendingPathComponent("deploy/sample").path
            if FileManager.default.fileExists(atPath: "\(sample)/partners.json") { return sample }
        }
        throw Failure(
            .usage, "no example is found above \(surroundings.executable)",
            advice: "Name its folder: olp sample --dir DIR (in the sources it is deploy/sample)")
    }
}
