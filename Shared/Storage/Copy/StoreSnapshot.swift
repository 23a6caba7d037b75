import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A whole copy of a store, of one moment, as a file that opens as a store of its own. The file has no name and goes
/// when this is let go of, and with the process.
package final class StoreSnapshot: Sendable {
    package let byteCount: Int
    /// Where the store's feed ends in the copy.
    package let feedEnd: FeedPosition
    /// How far the copy is with each feed that the store follows, by source.
    package let followed: [(source: String, position: String)]

    private let descriptor: Int32
    private let turn: CopyTurn

    /// Takes over the copy at `path` and removes its name. Blocks.
    fileprivate init(_ path: String, _ turn: CopyTurn) throws {
        defer { for end in ["", "-wal", "-shm", "-journal"] { _ = unsafe unlink(path + end) } }
        var found: (FeedPosition, [(source: String, position: String)])?
        var failure: (any Error)?
        try SQLiteConnection.open(path: path, role: .reader, lockWait: .seconds(1)) { connection in
            do {
                found = try SQLiteReader.transaction(on: connection, stop: StopFlag()) { reader in
                    (try reader.feedEnd(), try reader.followerPositions())
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        guard let found else { throw StoreError(.internal, "The copy of the store was not read.") }
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        let size = lseek(file, 0, SEEK_END)
        guard file >= 0, size > 0 else {
            throw StoreError(.unavailable, "The copy of the store cannot be read. Try again.", cause: errnoText())
        }
        descriptor = file
        byteCount = Int(size)
        (feedEnd, followed) = found
        self.turn = turn
    }

    deinit {
        close(descriptor)
        turn.release()
    }

    /// Up to `count` bytes of the file; none at its end.
    package func bytes(from offset: Int, upTo count: Int) throws(StoreError) -> [UInt8] {
        var failure = errno
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            let read = unsafe pread(descriptor, buffer.baseAddress, count, off_t(offset))
            failure = read < 0 ? errno : 0
            used = max(0, read)
        }
        guard failure == 0 else {
            throw StoreError(.unavailable, "The copy of the store cannot be read. Try again.", cause: errnoText(failure))
        }
        return bytes
    }
}

/// Whose turn it is to have a store copied: a copy takes as much room as the store.
final class CopyTurn: Sendable {
    private let isTaken = Atomic(false)

    func take() throws(StoreError) {
        guard isTaken.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            throw StoreError(.busy, "The store is being copied already. Try again when that is done.")
        }
    }

    func release() { isTaken.store(false, ordering: .releasing) }
}

extension Store {
    /// Copies the store to a file of its own, which takes as much room; beside the store's file, or in the system's
    /// temporary folder if the store is in a database. The service goes on. Refused as busy while there is another.
    package func snapshot() async throws -> StoreSnapshot {
        try copyTurn.take()
        do {
            let path = driver.snapshotPath
            try await driver.copy(to: path)
            return try await StoreCopy.onThread { [copyTurn] in try StoreSnapshot(path, copyTurn) }
        } catch {
            copyTurn.release()
            throw error
        }
    }
}
