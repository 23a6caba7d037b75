import Synchronization
import Values

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The right of one process to use a store's file, held by a lock of the kernel on a file beside it.
/// The kernel drops it when the process ends in whatever way. The lock belongs to the open file and
/// not to the process, so a second opening within one process is refused too. It is not taken on the
/// store's own file: closing any handle of that would drop SQLite's locks.
final class FileLease: Sendable {
    private let descriptor: Mutex<Int32?>

    static func path(for store: String) -> String { store + ".lock" }

    init(for store: String, service: String, at now: Instant) throws(StoreError) {
        let path = Self.path(for: store)
        let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            throw StoreError(.unavailable, "The store's lock file \(path) cannot be opened. "
                + "See to the folder's rights and room.", cause: errnoText())
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let holder = Self.text(of: file)
            close(file)
            guard reason == EWOULDBLOCK else {
                throw StoreError(.unavailable, "The store's lock file \(path) cannot be locked. "
                    + "Keep the store on a local disk.", cause: errnoText(reason))
            }
            throw StoreError(.lockedByOther(holder: holder), "The store \(store) is in use by \(holder). "
                + "Stop that first, or give this one a store of its own.")
        }
        // Only for people to read; with a full disk the lock holds without it.
        ftruncate(file, 0)
        let text = Array("process \(getpid()), service \(service), since \(now)\n".utf8)
        _ = unsafe pwrite(file, text, text.count, 0)
        descriptor = Mutex(file)
    }

    deinit {
        release()
    }

    /// May be called again. The file stays: removing it would let two openers lock two files.
    func release() {
        let file = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let file else { return }
        // A child that another thread has forked keeps the file open until its program starts: closing alone would leave
        // the lock with it.
        flock(file, LOCK_UN)
        close(file)
    }

    private static func text(of file: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = unsafe pread(file, &bytes, bytes.count, 0)
        let text = String(decoding: bytes.prefix(max(0, count)).prefix { $0 >= 32 }, as: UTF8.self)
        return text.isEmpty ? "another process" : text
    }
}

/// The system's words for an error number.
func errnoText(_ number: Int32 = errno) -> String {
    unsafe String(cString: strerror(number))
}
