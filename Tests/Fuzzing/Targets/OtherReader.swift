import CMessages
import CProtobufC

/// protobuf-c's own unpacking, which the suite does without: another reader of the same bytes by the same tables.
enum OtherReader {
    /// What protobuf-c reads in the bytes of a `TestingV1.Everything`, packed by it again; nil if it takes them for no message.
    static func packedAgain(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
        let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        let descriptor = unsafe olp__testing__v1__everything__get_descriptor()
        guard let message = unsafe protobuf_c_message_unpack(descriptor, nil, bytes.count, start) else { return nil }
        defer { unsafe protobuf_c_message_free_unpacked(message, nil) }
        // One more than needed: Swift's one empty array must not be written to.
        return unsafe [UInt8](unsafeUninitializedCapacity: protobuf_c_message_get_packed_size(message) + 1) { buffer, count in
            count = unsafe protobuf_c_message_pack(message, buffer.baseAddress)
        }
    }
}
