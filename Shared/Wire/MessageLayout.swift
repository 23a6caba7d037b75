import CProtobufC

/// A message that generated code lays out as a C struct, for protobuf-c to pack and unpack.
package protocol LaidOutMessage: Message {
    static var layout: MessageLayout { get }

    /// Makes the message's C struct and all it points to in the arena.
    func lay(in arena: Arena) -> UnsafeMutableRawPointer

    /// Copies the message out of its C struct, which protobuf-c made of scanned bytes.
    init(laid: UnsafeRawPointer) throws(WireError)
}

/// Points to the tables by which protobuf-c handles one kind of message.
@safe
package struct MessageLayout {
    let descriptor: UnsafePointer<ProtobufCMessageDescriptor>

    /// `descriptor` is a ProtobufCMessageDescriptor that lives as long as the program.
    package init(_ descriptor: UnsafeRawPointer) {
        unsafe self.descriptor = descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
    }
}

extension LaidOutMessage {
    package init(decoding bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(WireError) {
        let arena = Arena.ofThisThread
        let mark = unsafe arena.mark()
        defer { unsafe arena.release(to: mark) }
        let message = try unsafe Unpacking.unpack(bytes, Self.layout.descriptor, limits, arena)
        try unsafe self.init(laid: message)
    }

    package func withPacking<R>(_ body: (borrowing Packing) throws -> R) rethrows -> R {
        let arena = Arena.ofThisThread
        let mark = unsafe arena.mark()
        defer { unsafe arena.release(to: mark) }
        // Long byte arrays are not copied to the arena, so the message must outlive the packing.
        return try withExtendedLifetime(self) {
            try body(unsafe Packing(structs: lay(in: arena)))
        }
    }
}

enum Unpacking {
    /// What protobuf-c's allocator callbacks get to see. Lives on the stack during one call.
    private struct Budget {
        let arena: Arena
        var left: Int
    }

    static func unpack(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ limits: DecodeLimits, _ arena: Arena
    ) throws(WireError) -> UnsafeRawPointer {
        try unsafe WireScan.check(bytes, descriptor, limits, arena)
        var budget = Budget(arena: arena, left: limits.memoryBudget(forBytes: bytes.count))
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
            throw WireError(budget.left < 0 ? .memory : .malformed, at: nil, in: name)
        }
        return UnsafeRawPointer(message)
    }
}
