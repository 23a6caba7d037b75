import Foundation
import Glibc

/// Puts a backup's copies in the place of a suite's stores: all of them, or none.
package struct RestoreRun: Sendable {
    /// Bytes that are read at once.
    static let pieceBytes = 1 << 20

    private let backup: String
    private let target: SuiteFolder

    /// - Parameters:
    ///   - backup: The backup's folder.
    ///   - target: A suite's folder that does not exist or is empty.
    package init(from backup: String, to target: SuiteFolder) {
        self.backup = backup
        self.target = target
    }

    package func run() throws(Failure) -> BackupManifest {
        let manifest = try BackupManifest.read(backup)
        try check(manifest)
        try checkTarget()
        // Made beside the place and moved there in one step, so that no suite is ever seen with some of its stores.
        let stage = "\(target.path).restoring-\(getpid())"
        try EmptyFolder.make(stage)
        do throws(Failure) {
            for copy in manifest.copies { try put(copy, in: stage) }
            // An empty folder is replaced; if something came into it meanwhile, this fails.
            guard unsafe rename(stage, target.path) == 0 else {
                throw NewFile.failure("cannot put the stores in the place of \(target.path)")
            }
            try NewFile.flushFolder(of: target.path)
        } catch {
            try? FileManager.default.removeItem(atPath: stage)
            throw error
        }
        return manifest
    }

    private func check(_ manifest: BackupManifest) throws(Failure) {
        let missing = Set(SuitePlan.all).symmetricDifference(manifest.copies.map(\.service))
        guard missing.isEmpty, manifest.copies.count == SuitePlan.all.count else {
            throw Failure(
                .failure, "the backup is not of the services of this release (\(missing.sorted().joined(separator: ", ")))",
                advice: "Restore with release \(manifest.release), which took it.")
        }
        if let misfit = manifest.misfit {
            throw Failure(.failure, "the backup does not fit together: \(misfit)", advice: "Use another backup.")
        }
    }

    private func checkTarget() throws(Failure) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: target.path) else {
            // Else moving the stores there would fail at last.
            guard !FileManager.default.fileExists(atPath: target.path) else {
                throw Failure(.failure, "\(target.path) is no folder that can be read", advice: "Give another one with --data.")
            }
            return
        }
        guard names.isEmpty else {
            throw Failure(
                .failure, "\(target.path) is not empty: a backup is restored into empty stores only",
                advice: "Give a new folder with --data, or move the old one away.")
        }
    }

    private func put(_ copy: BackupManifest.Copy, in stage: String) throws(Failure) {
        let path = "\(backup)/\(copy.file)"
        guard !copy.file.contains("/"), let source = FileHandle(forReadingAtPath: path) else {
            throw Failure(.failure, "\(path) is missing from the backup", advice: "Use another backup.")
        }
        let name = "\(stage)/\(copy.service).sqlite"
        let file = try NewFile(name + ".partial")
        var digest = BackupDigest()
        while true {
            let piece: Data
            do {
                piece = try source.read(upToCount: Self.pieceBytes) ?? Data()
            } catch {
                throw Failure(.failure, "\(path) cannot be read", advice: "Use another backup.")
            }
            if piece.isEmpty { break }
            let bytes = [UInt8](piece)
            digest.update(bytes)
            try file.append(bytes)
        }
        guard digest.count == copy.bytes, digest.finish() == copy.sha256 else {
            throw Failure(
                .failure, "\(path) is not what the backup was made with: its digest differs", advice: "Use another backup.")
        }
        try file.finish(as: name)
    }
}
