import Synchronization

/// Puts a payload together from pieces, as far as they have come.
///
/// Pieces are kept as they came, and joined where the whole is first read: whoever receives for a whole process must not copy
/// megabytes meanwhile. It never holds more than what was added: the announced length is a promise of the other side and no
/// reason to set memory aside.
@safe
package final class PayloadBuilder: @unchecked Sendable {
    // Invariant: `state` is guarded by its mutex; `joined` is written once and then only read, until the builder goes.
    @safe
    private struct State {
        var pieces: [Payload] = []
        var count = 0
        var joined: UnsafeRawBufferPointer?
    }

    private let state = Mutex(State())
    /// Bytes that the whole will have.
    package let expected: Int

    package init(expected: Int) { self.expected = expected }

    deinit { unsafe state.withLock { unsafe $0.joined }?.deallocate() }

    /// Bytes added.
    package var count: Int { state.withLock { $0.count } }

    package var isComplete: Bool { count == expected }

    /// Adds a piece.
    /// - Returns: false if it would go beyond what was announced; it is not added then.
    package func add(_ piece: Payload) -> Bool {
        state.withLock { state in
            guard piece.count <= expected - state.count else { return false }
            state.pieces.append(piece)
            state.count += piece.count
            return true
        }
    }

    /// The whole. Nothing is to be added any more.
    package func finish() -> Payload { Payload(of: self) }

    /// All bytes, one after the other; they stay where they are as long as this lives.
    var bytes: UnsafeRawBufferPointer {
        unsafe state.withLock { state in
            if let joined = unsafe state.joined { return unsafe joined }
            let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, state.count), alignment: 8)
            var offset = 0
            for piece in state.pieces {
                unsafe piece.withBytes { bytes in
                    unsafe UnsafeMutableRawBufferPointer(rebasing: storage[offset...]).copyMemory(from: bytes)
                }
                offset += piece.count
            }
            state.pieces = []
            let whole = unsafe UnsafeRawBufferPointer(start: storage.baseAddress, count: offset)
            unsafe state.joined = whole
            return unsafe whole
        }
    }
}
