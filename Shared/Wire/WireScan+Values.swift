import CProtobufC

/// What the scan does with the value of each wire type. `position` is where the field's tag begins.
extension WireScan {
    /// Set in a field's flags by the generator where the bytes are text.
    private static let textFlag: UInt32 = 1 << 16

    /// The wire type that each ProtobufCType has outside packed lists, three bits each, lowest first:
    /// int32, sint32, sfixed32, int64, sint64, sfixed64, uint32, fixed32, uint64, fixed64, float, double,
    /// bool, enum, string, bytes, message.
    private static let wireTypes: UInt64 = [0, 0, 5, 0, 0, 1, 0, 5, 0, 1, 5, 1, 0, 0, 2, 2, 2].reversed().reduce(0) {
        $0 << 3 | $1
    }

    private static func wireType(of field: Field) -> UInt64 {
        unsafe wireTypes >> (3 * UInt64(field.pointee.type.rawValue)) & 7
    }

    // MARK: Numbers

    @inline(__always)
    mutating func varint(_ field: Field?, _ position: Byte) throws(WireError) {
        try unsafe skipVarint(end: level.end, position, field)
        try unsafe checkNumber(wireType: 0, field, position)
    }

    @inline(__always)
    mutating func fixed(byteCount: Int, wireType: UInt64, _ field: Field?, _ position: Byte) throws(WireError) {
        guard unsafe level.end - at >= byteCount else { throw unsafe error(.truncated, at: position, field) }
        unsafe at += byteCount
        try unsafe checkNumber(wireType: wireType, field, position)
    }

    @inline(__always)
    private mutating func checkNumber(wireType: UInt64, _ field: Field?, _ position: Byte) throws(WireError) {
        guard let field = unsafe field else {
            return try unsafe charge(MemoryLayout<ProtobufCMessageUnknownField>.stride, position, nil)
        }
        guard unsafe WireScan.wireType(of: field) == wireType else {
            throw unsafe error(.wireType, at: position, field)
        }
        if unsafe field.pointee.label == PROTOBUF_C_LABEL_REPEATED { try unsafe charge(8, position, field) }
    }

    /// A tag: at most five bytes, and no bit above the 32nd.
    @inline(__always)
    mutating func readTag() throws(WireError) -> UInt32 {
        let position = unsafe at
        let byte = unsafe at.pointee
        unsafe at += 1
        if byte < 0x80 { return UInt32(byte) }
        return try unsafe readUInt32(after: byte, position, nil, tooLong: .tag)
    }

    @inline(__always)
    private mutating func readLength(_ position: Byte, _ field: Field?) throws(WireError) -> Int {
        guard unsafe at < level.end else { throw unsafe error(.truncated, at: position, field) }
        let byte = unsafe at.pointee
        unsafe at += 1
        let length = byte < 0x80
            ? Int(byte) : Int(try unsafe readUInt32(after: byte, position, field, tooLong: .overlongVarint))
        guard unsafe length <= level.end - at else { throw unsafe error(.truncated, at: position, field) }
        return length
    }

    @inline(never)
    private mutating func readUInt32(
        after first: UInt8, _ position: Byte, _ field: Field?, tooLong: WireError.Code
    ) throws(WireError) -> UInt32 {
        var value = UInt32(first & 0x7f)
        var shift: UInt32 = 7
        while true {
            guard unsafe at < level.end else { throw unsafe error(.truncated, at: position, field) }
            let byte = unsafe at.pointee
            unsafe at += 1
            if shift == 28, byte > 0x0f { throw unsafe error(tooLong, at: position, field) }
            value |= UInt32(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
    }

    /// At most ten bytes, of which the tenth may hold the 64th bit and no more.
    @inline(__always)
    private mutating func skipVarint(end: Byte, _ position: Byte, _ field: Field?) throws(WireError) {
        var count = 1
        while true {
            guard unsafe at < end else { throw unsafe error(.truncated, at: position, field) }
            let byte = unsafe at.pointee
            unsafe at += 1
            if count == 10, byte > 1 { throw unsafe error(.overlongVarint, at: position, field) }
            if byte < 0x80 { return }
            count += 1
        }
    }

    // MARK: Text, bytes, messages, packed lists

    @inline(__always)
    mutating func lengthPrefixed(_ field: Field?, _ position: Byte) throws(WireError) {
        let count = try unsafe readLength(position, field)
        guard let field = unsafe field else {
            try unsafe charge(MemoryLayout<ProtobufCMessageUnknownField>.stride + count, position, nil)
            unsafe at += count
            return
        }
        switch unsafe field.pointee.type {
        case PROTOBUF_C_TYPE_BYTES, PROTOBUF_C_TYPE_STRING:
            try unsafe charge(count + MemoryLayout<ProtobufCBinaryData>.size, position, field)
            if unsafe field.pointee.flags & WireScan.textFlag != 0 {
                try unsafe checkText(count, field)
            }
            unsafe at += count
        case PROTOBUF_C_TYPE_MESSAGE:
            try unsafe enter(field, count: count, position)
        default:
            guard unsafe field.pointee.label == PROTOBUF_C_LABEL_REPEATED else {
                throw unsafe error(.wireType, at: position, field)
            }
            try unsafe packed(field, count, position)
        }
    }

    @inline(__always)
    private func checkText(_ count: Int, _ field: Field) throws(WireError) {
        switch unsafe TextCheck.check(at, count) {
        case .clean: return
        case .notUTF8: throw unsafe error(.utf8, at: at, field)
        case .hasNUL: throw unsafe error(.embeddedNUL, at: at, field)
        }
    }

    @inline(never)
    private mutating func packed(_ field: Field, _ count: Int, _ position: Byte) throws(WireError) {
        let end = unsafe at + count
        var elements = 0
        switch unsafe WireScan.wireType(of: field) {
        case 0:
            while unsafe at < end {
                try unsafe skipVarint(end: end, position, field)
                elements += 1
            }
            // protobuf-c takes each byte of a packed list of bools for one of them.
            guard unsafe elements == count || field.pointee.type != PROTOBUF_C_TYPE_BOOL else {
                throw unsafe error(.malformed, at: position, field)
            }
        case 1:
            guard count % 8 == 0 else { throw unsafe error(.truncated, at: position, field) }
            elements = count / 8
        default:
            guard count % 4 == 0 else { throw unsafe error(.truncated, at: position, field) }
            elements = count / 4
        }
        unsafe at = end
        fieldsLeft -= elements
        guard fieldsLeft >= 0 else { throw unsafe error(.fields, at: position, field) }
        try unsafe charge(8 * elements, position, field)
    }
}
