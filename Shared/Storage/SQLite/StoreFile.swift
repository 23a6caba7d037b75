import Foundation
import Values

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file of an SQLite store, and the copies beside it.
struct StoreFile: Sendable {
    /// Copies kept before migrations; older ones are removed.
    static let keptCopies = 3

    /// Without symbolic links, so that one file has one lock file.
    let path: String
    /// The folder to remove afterwards, of a temporary store.
    let temporaryFolder: String?

    init(_ location: StoreLocation) throws(StoreError) {
        switch location {
        case .sqlite(let given):
            temporaryFolder = nil
            path = try Self.resolved(given)
        case .temporary:
            var template = Array((NSTemporaryDirectory() + "/olp-store-XXXXXX").utf8CString)
            guard let made = unsafe mkdtemp(&template) else {
                throw StoreError(.unavailable, "No temporary folder can be made in \(NSTemporaryDirectory()).",
                                 cause: errnoText())
            }
            let folder = unsafe String(cString: made)
            temporaryFolder = folder
            path = folder + "/store.db"
        case .postgres:
            throw StoreError(.internal, "A database of PostgreSQL is no file.")
        }
        try Self.createIfMissing(path)
    }

    func removeIfTemporary() {
        guard let temporaryFolder else { return }
        try? FileManager.default.removeItem(atPath: temporaryFolder)
    }

    private static func resolved(_ given: String) throws(StoreError) -> String {
        let url = URL(fileURLWithPath: given)
        let folder = url.deletingLastPathComponent().path
        guard isFolder(folder) else {
            throw StoreError(.unavailable, "The folder \(folder) of the store does not exist. Make it first.")
        }
        guard !isFolder(given) else {
            throw StoreError(.unavailable, "\(given) is a folder. Give the store a file in it.")
        }
        return url.resolvingSymlinksInPath().path
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Made before SQLite does, to be readable by its owner only: it holds people's data. SQLite gives
    /// its log the same rights.
    private static func createIfMissing(_ path: String) throws(StoreError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 {
            close(file)
        } else if errno != EEXIST {
            throw StoreError(.unavailable, "The store's file \(path) cannot be made. See to the folder's rights "
                + "and room.", cause: errnoText())
        }
    }

    // MARK: Copies

    /// `partnership.db.before-002_add_phone-20260102T030405Z.copy`; sorts by time at its end.
    func copyPath(before migration: String, at now: Instant) -> String {
        let time = Instant(microseconds: now.seconds * 1_000_000).rfc3339
            .replacingOccurrences(of: "-", with: "").replacingOccurrences(of: ":", with: "")
        return "\(path).before-\(migration)-\(time).copy"
    }

    /// Writes a copy under another name and gives it its own only when it is whole and on disk.
    static func writeCopy(to path: String, _ write: (_ path: String) throws(StoreError) -> Void) throws(StoreError) {
        let partial = path + ".partial"
        _ = unsafe unlink(partial)
        do throws(StoreError) {
            try createIfMissing(partial)
            try write(partial)
            try flush(partial)
            guard unsafe rename(partial, path) == 0 else {
                throw StoreError(.unavailable, "The copy \(path) cannot be given its name.", cause: errnoText())
            }
            try flush(URL(fileURLWithPath: path).deletingLastPathComponent().path)
        } catch {
            _ = unsafe unlink(partial)
            throw error
        }
    }

    /// Removes all but the latest copies.
    func removeOldCopies() {
        let url = URL(fileURLWithPath: path)
        let folder = url.deletingLastPathComponent()
        let prefix = url.lastPathComponent + ".before-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        let copies = names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(".copy") }
            .sorted { Self.time(of: $0) < Self.time(of: $1) }
        for name in copies.dropLast(Self.keptCopies) {
            try? FileManager.default.removeItem(atPath: folder.appendingPathComponent(name).path)
        }
    }

    private static func time(of copy: String) -> Substring {
        copy.dropLast(".copy".count).suffix(while: { $0 != "-" })
    }

    private static func flush(_ path: String) throws(StoreError) {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            throw StoreError(.unavailable, "\(path) cannot be opened.", cause: errnoText())
        }
        defer { close(file) }
        guard fsync(file) == 0 else {
            throw StoreError(.unavailable, "\(path) cannot be written to disk.", cause: errnoText())
        }
    }
}

extension StringProtocol {
    /// The longest end whose characters all satisfy the predicate.
    fileprivate func suffix(while predicate: (Character) -> Bool) -> SubSequence {
        guard let last = lastIndex(where: { !predicate($0) }) else { return self[...] }
        return self[index(after: last)...]
    }
}
