package import ArgumentParser
import Foundation
import RPC
import ServiceKit

package struct BackupCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copies what all services keep, while they work.",
        discussion: """
            Copies fit together: whoever follows another service's events is copied
            before it, and catches up after a restore. The folder holds one file a
            service and \(BackupManifest.fileName) with sizes and digests, written last;
            without that it is no backup. Keep it where the suite's disk is not.
            """)

    @OptionGroup package var suite: SuiteOptions

    @Option(name: .long, help: ArgumentHelp("Folder for the backup: a new or an empty one.", valueName: "folder"))
    package var to: String

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let state = try SuiteState.running(in: suite.folder(surroundings), surroundings)
        let folder = surroundings.absolute(to)
        try EmptyFolder.make(folder)
        let manifest: BackupManifest
        do {
            manifest = try await take(state, to: folder, console, surroundings)
        } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
            throw Failure(.notRunning, "a service does not answer: \(error.message)", advice: "Which one: olp status")
        }
        guard !json else { return console.print(JSONText.encode(manifest)) }
        let bytes = manifest.copies.reduce(0) { $0 + $1.bytes }
        console.print("\(surroundings.shown(folder))  \(manifest.copies.count) stores, \(Figures.size(Int(bytes)))")
    }
}

extension BackupCommand {
    private func take(
        _ state: SuiteState, to folder: String, _ console: Console, _ surroundings: Surroundings
    ) async throws -> BackupManifest {
        var connections: [(name: String, connection: ServiceConnection)] = []
        defer { for (_, connection) in connections { connection.close() } }
        // The gateway keeps something too: tokens, and who did what.
        for name in SuitePlan.all { connections.append((name, try ServiceConnection(to: state.target(name)))) }
        let isQuiet = json
        return try await BackupRun(
            connections.map { ($0.name, $0.connection.channel) }, to: folder, by: surroundings.userName,
            progress: { line in if !isQuiet { console.say(line) } }
        ).run()
    }
}

/// A folder that holds nothing yet.
enum EmptyFolder {
    static func make(_ path: String) throws(Failure) {
        if let names = try? FileManager.default.contentsOfDirectory(atPath: path) {
            guard names.isEmpty else {
                throw Failure(.failure, "\(path) is not empty", advice: "Give a new folder.")
            }
            return
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(.failure, "\(path) cannot be made", advice: "See to the rights of the folder above it.")
        }
    }
}
