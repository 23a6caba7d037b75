import CProtobufC

/// A message that is ready to be packed: its size is known, its C structs are laid out.
///
/// Lives only inside `withPacking`, which is why it cannot be copied.
@safe
package struct Packing: ~Copyable {
    @unsafe
    private enum Source {
        case structs(UnsafePointer<ProtobufCMessage>)
        case bytes(UnsafeRawBufferPointer)
    }

    /// The exact number of bytes that `pack` writes.
    package let byteCount: Int

    private let source: Source

    /// - Parameter message: a message's C struct, which stays as it is as long as the packing.
    package init(structs message: UnsafeRawPointer) {
        let message = unsafe message.assumingMemoryBound(to: ProtobufCMessage.self)
        unsafe source = .structs(message)
        byteCount = unsafe protobuf_c_message_get_packed_size(message)
    }

    /// For messages that are kept as their bytes. The bytes must stay valid as long as the packing.
    package init(bytes: UnsafeRawBufferPointer) {
        unsafe source = .bytes(bytes)
        byteCount = bytes.count
    }

    /// Writes exactly `byteCount` bytes to the beginning of `buffer`.
    package func pack(into buffer: UnsafeMutableRawBufferPointer) {
        precondition(buffer.count >= byteCount, "a buffer of \(buffer.count) bytes for a message of \(byteCount)")
        guard byteCount > 0, let start = buffer.baseAddress else { return }
        switch unsafe source {
        case .structs(let message):
            let written = unsafe protobuf_c_message_pack(message, start.assumingMemoryBound(to: UInt8.self))
            precondition(written == byteCount, "protobuf-c packed \(written) bytes after announcing \(byteCount)")
        case .bytes(let bytes):
            unsafe buffer.copyMemory(from: bytes)
        }
    }
}

/// A message that is passed on as its bytes, unread. For proxies and tools.
package struct RawMessage: Message {
    package static var messageName: String { "" }

    package var bytes: [UInt8]

    package init() {
        bytes = []
    }

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    package init(decoding bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(WireError) {
        guard bytes.count <= limits.maxBytes else {
            throw WireError(.tooLarge, at: limits.maxBytes, in: "a message of \(bytes.count) bytes")
        }
        self.bytes = unsafe Array(bytes)
    }

    package func withPacking<R>(_ body: (borrowing Packing) throws -> R) rethrows -> R {
        try unsafe bytes.withUnsafeBytes { bytes in
            try body(unsafe Packing(bytes: bytes))
        }
    }
}
