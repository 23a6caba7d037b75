/// The bytes of one received message, and whoever keeps them where they are.
///
/// It is passed from the thread that received it to the one that decodes it without being copied.
@safe
package struct Payload: @unchecked Sendable {
    // Invariant: `bytes` stays valid and unchanged as long as `owner` lives; nobody writes to it any more.
    private let owner: AnyObject?
    private let bytes: UnsafeRawBufferPointer
    /// Of a payload that came in pieces: has its bytes, in place of `bytes`.
    private let builder: PayloadBuilder?

    /// - Parameter owner: keeps `bytes` alive and unchanged.
    @unsafe package init(_ bytes: UnsafeRawBufferPointer, ownedBy owner: AnyObject) {
        unsafe self.bytes = bytes
        self.owner = owner
        builder = nil
    }

    /// The payload that was put together.
    init(of builder: PayloadBuilder) {
        unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
        owner = nil
        self.builder = builder
    }

    /// A payload with its own copy of `bytes`.
    package init(copying bytes: [UInt8]) {
        let owner = Copy(bytes)
        unsafe self.bytes = owner.bytes
        self.owner = owner
        builder = nil
    }

    /// A message without fields.
    package static var empty: Payload { Payload(copying: []) }

    package var count: Int { builder?.expected ?? (unsafe bytes.count) }

    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        if let builder {
            let result = unsafe try body(builder.bytes)
            withExtendedLifetime(builder) {}
            return result
        }
        let result = unsafe try body(bytes)
        withExtendedLifetime(owner) {}
        return result
    }

    package func copied() -> [UInt8] { unsafe withBytes { unsafe [UInt8]($0) } }

    @safe
    private final class Copy: @unchecked Sendable {
        // Invariant: written in init only.
        let bytes: UnsafeRawBufferPointer

        init(_ source: [UInt8]) {
            let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, source.count), alignment: 8)
            unsafe storage.copyBytes(from: source)
            unsafe bytes = UnsafeRawBufferPointer(start: storage.baseAddress, count: source.count)
        }

        deinit { unsafe bytes.deallocate() }
    }
}
