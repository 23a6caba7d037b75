/// Puts a payload together from pieces, as far as they have come.
///
/// It never holds much more than what was added: the announced length is a promise of the other side and no reason to
/// set memory aside.
@safe
package final class PayloadBuilder {
    private var storage: UnsafeMutableRawBufferPointer
    /// Bytes added.
    package private(set) var count = 0
    /// Bytes that the whole will have.
    package let expected: Int

    /// What is set aside at first, in bytes.
    private static let firstCapacity = 128 << 10

    package init(expected: Int) {
        self.expected = expected
        unsafe storage = .allocate(byteCount: min(max(expected, 1), Self.firstCapacity), alignment: 8)
    }

    deinit { unsafe storage.deallocate() }

    package var isComplete: Bool { count == expected }

    /// Adds a piece.
    /// - Returns: false if it would go beyond what was announced; it is not added then.
    package func add(_ piece: Payload) -> Bool {
        guard piece.count <= expected - count else { return false }
        grow(to: count + piece.count)
        unsafe piece.withBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        }
        count += piece.count
        return true
    }

    /// The whole. The builder is empty afterwards.
    package func finish() -> Payload {
        let whole = unsafe Storage(UnsafeRawBufferPointer(rebasing: storage[..<count]))
        unsafe storage = .allocate(byteCount: 1, alignment: 8)
        count = 0
        return unsafe Payload(whole.bytes, ownedBy: whole)
    }

    private func grow(to needed: Int) {
        guard unsafe needed > storage.count else { return }
        let larger = unsafe UnsafeMutableRawBufferPointer.allocate(
            byteCount: min(max(needed, storage.count * 2), max(expected, 1)), alignment: 8)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: storage[..<count]))
        unsafe storage.deallocate()
        unsafe storage = larger
    }

    @safe
    private final class Storage: @unchecked Sendable {
        // Invariant: handed over by a builder that lets go of it, and only read from then on.
        let bytes: UnsafeRawBufferPointer

        init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

        deinit { unsafe bytes.deallocate() }
    }
}
