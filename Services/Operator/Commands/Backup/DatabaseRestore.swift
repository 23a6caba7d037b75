import Foundation
import Glibc

/// Puts a backup's stores into a PostgreSQL database in which they do not exist yet.
///
/// They are made as files first, beside the suite's own, where their digests are checked; then the services' programs copy
/// row by row and compare. Each store is there whole or not at all.
struct DatabaseRestore {
    let backup: String
    /// Of the suite that will run on the database; nobody runs on it now.
    let folder: SuiteFolder
    let database: SuiteDatabase
    let executables: String

    /// - Parameter tell: told of each store that is in the database.
    func run(
        _ console: Console, _ surroundings: Surroundings, tell: (StoreCopier.Copied) -> Void
    ) async throws -> BackupManifest {
        let stage = SuiteFolder(path: "\(folder.path)/restoring-\(getpid())", surroundings: surroundings)
        defer { try? FileManager.default.removeItem(atPath: stage.path) }
        let manifest = try RestoreRun(from: backup, to: stage).run()
        let copier = StoreCopier(
            folder: stage, database: database, isBack: false, executables: executables, console: console)
        var done: [String] = []
        for service in SuitePlan.all {
            do {
                guard let copied = try await copier.copy(service, surroundings.environment) else { continue }
                tell(copied)
                done.append(service)
            } catch let failure as Failure where !done.isEmpty {
                throw Failure(
                    failure.exit, failure.message + "; in the database are \(done.joined(separator: ", "))",
                    advice: "Remove their schemas or take an empty database, and restore again: all stores are of one moment.")
            }
        }
        return manifest
    }
}
