import CProtobufC

/// Unpacks bytes from anyone into C structs in the arena.
package enum Unpacking {
    /// What protobuf-c's allocator callbacks get to see. Lives on the stack during one call.
    @unsafe
    private struct Budget {
        let arena: Arena
        var left: Int
    }

    /// Scans the bytes, then lets protobuf-c unpack them.
    ///
    /// - Parameter descriptor: a ProtobufCMessageDescriptor, which lives as long as the program.
    /// - Returns: the message's C struct, valid until a mark of the arena that was taken before is released.
    package static func unpack(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafeRawPointer, _ limits: DecodeLimits, in arena: Arena
    ) throws(WireError) -> UnsafeRawPointer {
        let descriptor = unsafe descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
        try unsafe WireScan.check(bytes, descriptor, limits, arena)
        var budget = unsafe Budget(arena: arena, left: limits.memoryBudget(forBytes: bytes.count))
        let message = unsafe withUnsafeMutablePointer(to: &budget) { budget in
            var allocator = unsafe ProtobufCAllocator(
                alloc: { budget, size in
                    guard let budget = unsafe budget?.assumingMemoryBound(to: Budget.self) else { return nil }
                    unsafe budget.pointee.left -= size
                    guard unsafe budget.pointee.left >= 0 else { return nil }
                    return unsafe budget.pointee.arena.allocate(byteCount: size)
                },
                free: { _, _ in },
                allocator_data: budget)
            return unsafe protobuf_c_message_unpack(
                descriptor, &allocator, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        guard let message = unsafe message else {
            let name = unsafe String(cString: descriptor.pointee.name)
            throw WireError(unsafe budget.left < 0 ? .memory : .malformed, at: nil, in: name)
        }
        return UnsafeRawPointer(message)
    }
}
