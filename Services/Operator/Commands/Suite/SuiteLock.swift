import Glibc

/// The right to run a suite on a data folder. The system takes it back when the process ends, however it ends.
package final class SuiteLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock; nil if another process has it.
    package init?(_ path: String) throws(Failure) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure(.failure, "cannot make \(path): \(unsafe String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return nil }
    }

    /// The right to a folder on which no suite runs. Fails with what to do if one does.
    static func ofStopped(_ folder: SuiteFolder, _ surroundings: Surroundings) throws(Failure) -> SuiteLock {
        guard let lock = try SuiteLock(folder.lock) else {
            throw Failure(
                .failure, "a suite runs on \(surroundings.shown(folder.path))",
                advice: "Stop it first: olp down --data \(surroundings.shown(folder.path))")
        }
        return lock
    }

    deinit { close(descriptor) }

    /// Whether some process has the lock. Fails if that cannot be seen, as where the folder is somebody else's.
    package static func isHeld(_ path: String) throws(Failure) -> Bool {
        // Reading is enough for the lock.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let number = errno
            if number == ENOENT { return false }
            throw Failure(
                .failure, "cannot see whether a suite runs: \(path): \(unsafe String(cString: strerror(number)))",
                advice: number == EACCES ? "It belongs to somebody else; ask them, or use sudo." : nil)
        }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}
