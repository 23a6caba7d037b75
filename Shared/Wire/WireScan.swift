import CProtobufC

/// Reads serialised bytes against a message's tables before protobuf-c sees them, and refuses what
/// protobuf-c 1.4.1 takes to its harm or ours: it recurses without limit, merges repeated messages in
/// quadratic time, checks no UTF-8, and allocates up to 44 times what it is given.
///
/// The scan works without recursion, in one pass and in time linear to the bytes.
@safe
struct WireScan {
    typealias Byte = UnsafePointer<UInt8>
    typealias Field = UnsafePointer<ProtobufCFieldDescriptor>

    /// A message that the scan is inside of.
    @unsafe
    struct Level {
        let end: Byte
        let descriptor: UnsafePointer<ProtobufCMessageDescriptor>
        /// Index of the field that is expected next: encoders write in order of numbers.
        var expected = 0
        /// One bit for each singular sub-message that came already.
        var seen: UInt64 = 0
    }

    /// protobuf-c keeps 32 bytes of notes on each field while it unpacks a message.
    private static let noteBytes = 32
    private static let highestFieldNumber: UInt32 = (1 << 29) - 1

    let start: Byte
    let limits: DecodeLimits
    private let levels: UnsafeMutablePointer<Level>
    private var depth = 0
    var level: Level
    var at: Byte
    var fieldsLeft: Int
    private var memoryLeft: Int

    /// Throws if the bytes are not fit to be unpacked.
    static func check(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ limits: DecodeLimits, _ arena: Arena
    ) throws(WireError) {
        guard bytes.count <= limits.maxBytes else {
            throw WireError(.tooLarge, at: limits.maxBytes, in: unsafe String(cString: descriptor.pointee.name))
        }
        guard let start = bytes.baseAddress, bytes.count > 0 else { return }
        var scan = unsafe WireScan(start, bytes.count, descriptor, limits, arena)
        try scan.run()
    }

    private init(
        _ start: UnsafeRawPointer, _ count: Int, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ limits: DecodeLimits, _ arena: Arena
    ) {
        unsafe self.start = start.assumingMemoryBound(to: UInt8.self)
        unsafe at = self.start
        self.limits = limits
        unsafe levels = arena.list(Level.self, count: DecodeLimits.highestDepth)
        unsafe level = Level(end: at + count, descriptor: descriptor)
        fieldsLeft = limits.maxFields
        memoryLeft = unsafe limits.memoryBudget(forBytes: count) - Int(descriptor.pointee.sizeof_message)
    }

    private mutating func run() throws(WireError) {
        while true {
            while unsafe at == level.end {
                guard depth > 0 else { return }
                depth -= 1
                unsafe level = levels[depth]
            }
            try field()
        }
    }

    @inline(__always)
    private mutating func field() throws(WireError) {
        let position = unsafe at
        let tag = try readTag()
        let number = tag >> 3
        fieldsLeft -= 1
        memoryLeft -= WireScan.noteBytes
        guard fieldsLeft >= 0 else { throw unsafe error(.fields, at: position) }
        guard memoryLeft >= 0 else { throw unsafe error(.memory, at: position) }
        guard number > 0, number <= WireScan.highestFieldNumber else { throw unsafe error(.tag, at: position) }
        let field = unsafe known(number)
        switch tag & 7 {
        case 0: try unsafe varint(field, position)
        case 1: try unsafe fixed(byteCount: 8, wireType: 1, field, position)
        case 2: try unsafe lengthPrefixed(field, position)
        case 5: try unsafe fixed(byteCount: 4, wireType: 5, field, position)
        case 3, 4: throw unsafe error(.group, at: position, field)
        default: throw unsafe error(.wireType, at: position, field)
        }
    }

    /// The table's row for a number, or nil if the message has no such field.
    @inline(__always)
    private mutating func known(_ number: UInt32) -> Field? {
        let descriptor = unsafe level.descriptor
        let count = unsafe Int(descriptor.pointee.n_fields)
        guard let fields = unsafe descriptor.pointee.fields else { return nil }
        if unsafe level.expected < count, unsafe fields[level.expected].id == number {
            return unsafe found(fields, level.expected)
        }
        // The same field again, as in a list that is not packed.
        if unsafe level.expected > 0, unsafe fields[level.expected - 1].id == number {
            return unsafe fields + (level.expected - 1)
        }
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let id = unsafe fields[middle].id
            if id == number { return unsafe found(fields, middle) }
            if id < number { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    @inline(__always)
    private mutating func found(_ fields: Field, _ index: Int) -> Field {
        unsafe level.expected = index + 1
        return unsafe fields + index
    }

    /// Goes on with the message of `count` bytes that begins here.
    @inline(never)
    mutating func enter(_ field: Field, count: Int, _ position: Byte) throws(WireError) {
        guard depth + 1 < min(limits.maxDepth, DecodeLimits.highestDepth) else {
            throw unsafe error(.depth, at: position, field)
        }
        guard let table = unsafe field.pointee.descriptor else { throw unsafe error(.malformed, at: position, field) }
        let descriptor = unsafe table.assumingMemoryBound(to: ProtobufCMessageDescriptor.self)
        if unsafe field.pointee.label != PROTOBUF_C_LABEL_REPEATED {
            let bit = unsafe UInt64(1) << UInt64(field.pointee.reserved_flags)
            guard unsafe level.seen & bit == 0 else { throw unsafe error(.repeatedSingular, at: position, field) }
            unsafe level.seen |= bit
        }
        try unsafe charge(Int(descriptor.pointee.sizeof_message) + MemoryLayout<UnsafeRawPointer>.size, position, field)
        unsafe levels[depth] = level
        depth += 1
        unsafe level = Level(end: at + count, descriptor: descriptor)
    }

    /// Takes memory from the budget.
    @inline(__always)
    mutating func charge(_ byteCount: Int, _ position: Byte, _ field: Field?) throws(WireError) {
        memoryLeft -= byteCount
        guard memoryLeft >= 0 else { throw unsafe error(.memory, at: position, field) }
    }

    @inline(never)
    func error(_ code: WireError.Code, at position: Byte, _ field: Field? = nil) -> WireError {
        let message = unsafe String(cString: level.descriptor.pointee.name)
        let name: String? = if let field = unsafe field { unsafe String(cString: field.pointee.name) } else { nil }
        return WireError(code, at: unsafe position - start, in: message, field: name)
    }
}
