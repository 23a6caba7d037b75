import Glibc

/// A file could not be opened, read, written or made.
package struct FileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// `errno`, for telling "not there" from the rest; 0 where the system gave none.
    package let number: Int32
    package let reason: String

    package init(path: String, number: Int32, reason: String) {
        self.path = path
        self.number = number
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
    package var isMissing: Bool { number == ENOENT }
    package var isAlreadyThere: Bool { number == EEXIST }
}

/// Small files, read and written whole.
package enum SystemFile {
    /// - Parameter limit: Bytes; a larger file is an error, not a truncated one.
    package static func read(_ path: String, limit: Int) throws(FileFailure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            if count == 0 { return all }
            all += buffer[..<count]
            guard all.count <= limit else {
                throw FileFailure(path: path, number: 0, reason: "it is larger than \(limit) bytes")
            }
        }
    }

    /// Makes a file that only its owner can read, and puts it on the disk before it returns. Whoever finds it finds all of
    /// it; of several that make it at once, one does, and the others are told that it is there.
    package static func create(_ path: String, _ bytes: [UInt8]) throws(FileFailure) {
        let unfinished = "\(path).\(getpid())-\(UInt32.random(in: 0 ... .max)).new"
        defer { unsafe unlink(unfinished) }
        try write(bytes, toNew: unfinished, of: path)
        guard unsafe link(unfinished, path) == 0 else { throw failure(path) }
    }

    private static func write(_ bytes: [UInt8], toNew new: String, of path: String) throws(FileFailure) {
        let descriptor = unsafe open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
        guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else { throw failure(path) }
    }

    /// Who this process is to the system of files.
    package static var ownUserID: UInt32 { geteuid() }

    /// Who owns a file or folder, and its permission bits.
    package static func ownerAndMode(_ path: String) throws(FileFailure) -> (owner: UInt32, mode: UInt32) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw failure(path) }
        return (status.st_uid, status.st_mode & 0o7777)
    }

    /// Whether a file of secrets is as safe as it has to be: the user's own and closed to all others, or root's and readable
    /// for one group besides, as systemd and Kubernetes hand secrets to a process that is not root.
    package static func isPrivate(owner: UInt32, mode: UInt32, to user: UInt32) -> Bool {
        owner == user ? mode & 0o077 == 0 : owner == 0 && mode & 0o077 == 0o040
    }

    /// Makes a folder, and those above it, that only their owner can enter. Folders that are there stay as they are.
    package static func makeFolder(_ path: String) throws(FileFailure) {
        guard !path.isEmpty, path != "/" else { return }
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw failure(path)
        }
        try makeFolder(String(path[..<slash]))
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure(path) }
    }

    private static func failure(_ path: String) -> FileFailure {
        let number = errno
        return FileFailure(path: path, number: number, reason: unsafe String(cString: strerror(number)))
    }
}
