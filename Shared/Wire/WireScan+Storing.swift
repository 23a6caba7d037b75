import CProtobufC

/// How what the scan has checked goes into the C struct of the message that it is inside of, by the same tables that
/// protobuf-c packs by.
///
/// All of it is mutating, though it changes the struct and not the scan: otherwise the scan would be copied for each field.
extension WireScan {
    /// Elements that a list has room for at first; it doubles from there.
    private static let firstCapacity = 4

    // MARK: Numbers

    /// Stores a number that came as a varint.
    @inline(__always)
    mutating func store(varint value: UInt64, _ field: Field) {
        unsafe write(varint: value, field, to: place(of: field))
    }

    /// Stores a number of four or eight bytes.
    @inline(__always)
    mutating func store(fixed bytes: Byte, _ byteCount: Int, _ field: Field) {
        let bytes = unsafe UnsafeRawPointer(bytes)
        if byteCount == 8 {
            unsafe WireScan.put(bytes.loadUnaligned(as: UInt64.self), at: place(of: field))
        } else {
            unsafe WireScan.put(bytes.loadUnaligned(as: UInt32.self), at: place(of: field))
        }
    }

    /// Stores `count` numbers of four or eight bytes.
    mutating func store(fixed bytes: Byte, _ byteCount: Int, count: Int, _ field: Field) {
        guard count > 0 else { return }
        unsafe room(for: count, in: field).copyMemory(from: bytes, byteCount: count * byteCount)
    }

    @inline(__always)
    private mutating func write(varint value: UInt64, _ field: Field, to place: UnsafeMutableRawPointer) {
        switch unsafe field.pointee.type {
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_UINT64:
            unsafe WireScan.put(value, at: place)
        case PROTOBUF_C_TYPE_SINT64:
            unsafe WireScan.put((value >> 1) ^ (0 &- (value & 1)), at: place)
        case PROTOBUF_C_TYPE_SINT32:
            let value = UInt32(truncatingIfNeeded: value)
            unsafe WireScan.put((value >> 1) ^ (0 &- (value & 1)), at: place)
        case PROTOBUF_C_TYPE_BOOL:
            unsafe WireScan.put((value == 0 ? 0 : 1) as protobuf_c_boolean, at: place)
        default:
            unsafe WireScan.put(UInt32(truncatingIfNeeded: value), at: place)
        }
    }

    // MARK: Text, bytes, messages

    /// Stores where text or bytes are: they stay in what is read, which outlives the struct.
    @inline(__always)
    mutating func store(bytes start: Byte, count: Int, _ field: Field) {
        let value = unsafe ProtobufCBinaryData(len: count, data: UnsafeMutablePointer(mutating: start))
        unsafe WireScan.put(value, at: place(of: field))
    }

    /// Makes the struct of a message inside this one, without fields yet.
    mutating func storeMessage(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ field: Field
    ) -> UnsafeMutableRawPointer {
        let message = unsafe WireScan.makeStruct(descriptor, in: arena)
        unsafe WireScan.put(message, at: place(of: field))
        return unsafe message
    }

    /// The struct of a message without fields.
    static func makeStruct(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, in arena: Arena
    ) -> UnsafeMutableRawPointer {
        let byteCount = unsafe Int(descriptor.pointee.sizeof_message)
        let message = unsafe arena.allocate(byteCount: byteCount)
        unsafe message.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        unsafe put(descriptor, at: message)
        return unsafe message
    }

    // MARK: Places

    /// All places in C structs are aligned.
    @inline(__always)
    private static func put<Value: BitwiseCopyable>(_ value: Value, at place: UnsafeMutableRawPointer) {
        unsafe place.assumingMemoryBound(to: Value.self).pointee = value
    }

    /// Where the field's next value goes. It counts as present from then on.
    @inline(__always)
    private mutating func place(of field: Field) -> UnsafeMutableRawPointer {
        if unsafe field.pointee.label == PROTOBUF_C_LABEL_REPEATED { return unsafe room(for: 1, in: field) }
        let quantifier = unsafe Int(field.pointee.quantifier_offset)
        if quantifier > 0 {
            // Of a oneof the number of the member that stands, of other fields that there is a value.
            let isChoice = unsafe field.pointee.flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0
            let mark = unsafe isChoice ? field.pointee.id : 1
            unsafe WireScan.put(mark, at: level.base + quantifier)
        }
        return unsafe level.base + Int(field.pointee.offset)
    }

    /// Room for `new` more elements of a list, which count from then on.
    private mutating func room(for new: Int, in field: Field) -> UnsafeMutableRawPointer {
        let size = unsafe WireScan.elementBytes(field)
        let counter = unsafe Int(field.pointee.quantifier_offset)
        let offset = unsafe Int(field.pointee.offset)
        let count = unsafe level.base.load(fromByteOffset: counter, as: Int.self)
        unsafe WireScan.put(count + new, at: level.base + counter)
        let old = unsafe level.base.load(fromByteOffset: offset, as: UnsafeMutableRawPointer?.self)
        let capacity = WireScan.capacity(count + new)
        if let old = unsafe old, capacity == WireScan.capacity(count) { return unsafe old + count * size }
        let list = unsafe arena.allocate(byteCount: capacity * size)
        if let old = unsafe old { unsafe list.copyMemory(from: old, byteCount: count * size) }
        unsafe WireScan.put(list, at: level.base + offset)
        return unsafe list + count * size
    }

    /// A list of `count` elements has room for so many: it follows from the count, so that it need not be kept.
    private static func capacity(_ count: Int) -> Int {
        count <= firstCapacity ? firstCapacity : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
    }

    private static func elementBytes(_ field: Field) -> Int {
        switch unsafe field.pointee.type {
        case PROTOBUF_C_TYPE_INT64, PROTOBUF_C_TYPE_SINT64, PROTOBUF_C_TYPE_SFIXED64, PROTOBUF_C_TYPE_UINT64,
            PROTOBUF_C_TYPE_FIXED64, PROTOBUF_C_TYPE_DOUBLE, PROTOBUF_C_TYPE_MESSAGE: 8
        case PROTOBUF_C_TYPE_BYTES: unsafe MemoryLayout<ProtobufCBinaryData>.size
        default: 4
        }
    }
}
