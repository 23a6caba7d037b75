/// Bytes that were packed and wait to be sent: one allocation, or none if there are no bytes.
@safe
package struct PackedBytes: @unchecked Sendable {
    // Invariant: `storage` is written in init only, before anybody else can see it.
    private let storage: Storage?

    /// The bytes, behind the object; the header is their number.
    private final class Storage: ManagedBuffer<Int, UInt8> {}

    package static let none = PackedBytes()

    private init() { storage = nil }

    /// - Parameter write: fills all `count` bytes.
    package init(count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        guard count > 0 else {
            storage = nil
            return
        }
        let buffer = Storage.create(minimumCapacity: count) { _ in count }
        let storage = unsafe unsafeDowncast(buffer, to: Storage.self)
        unsafe storage.withUnsafeMutablePointerToElements { bytes in
            unsafe write(UnsafeMutableRawBufferPointer(start: bytes, count: count))
        }
        self.storage = storage
    }

    package var count: Int { storage?.header ?? 0 }

    /// Copies the bytes to the beginning of `buffer`.
    package func copy(into buffer: UnsafeMutableRawBufferPointer) {
        guard let storage else { return }
        unsafe storage.withUnsafeMutablePointers { count, bytes in
            unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(start: bytes, count: count.pointee))
        }
    }
}
