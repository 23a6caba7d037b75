import CProtobufC

/// Makes C structs in the arena of bytes from anyone.
package enum Unpacking {
    /// Checks the bytes and lays out what they say.
    ///
    /// - Parameter descriptor: a ProtobufCMessageDescriptor, which lives as long as the program.
    /// - Returns: the message's C struct, valid as long as the bytes and until a mark of the arena that was taken before is
    ///   released: its texts and byte arrays lie in the bytes.
    package static func unpack(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafeRawPointer, _ limits: DecodeLimits, in arena: Arena
    ) throws(WireError) -> UnsafeRawPointer {
        let descriptor = unsafe descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
        return unsafe try WireScan.read(bytes, descriptor, limits, arena)
    }
}
