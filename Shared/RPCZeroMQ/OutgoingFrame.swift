import RPC
import Wire
import ZeroMQ

/// A frame that is ready but for what only the connection knows: its call id and sequence.
///
/// It is built on the thread of whoever sends. What is short waits as plain bytes, because frames that leave together are
/// written into one ZeroMQ message; a long message is packed once, straight into libzmq's memory.
struct OutgoingFrame: Sendable {
    private(set) var header: FrameHeader
    /// What follows the header in the first part: the protobuf part, and the message unless it is long.
    private let body: PackedBytes
    private let bodyCount: Int
    /// The second part, if there is one: a long message or a piece of one.
    let second: Frame?

    var payloadBytes: Int { Int(header.payloadLength) }

    /// Bytes of the first part.
    var byteCount: Int { FrameHeader.byteCount + bodyCount }

    /// A frame without protobuf part or message.
    init(_ header: FrameHeader) {
        self.header = header
        body = .none
        bodyCount = 0
        second = nil
    }

    /// A frame with a protobuf part.
    init(_ header: FrameHeader, part: some Message) {
        self = part.withPacking { part in Self(header, packed: part) }
    }

    /// The end of a call that did not go well.
    init(ending error: RPCError) {
        var flags = FrameHeader.Flags.endOfStream
        if error.isUnprocessed { flags.insert(.refused) }
        self.init(FrameHeader(.end, flags: flags, status: error.code.rawValue), part: WireV1.End(error))
    }

    /// A frame with a message and, if given, a protobuf part.
    init(_ header: FrameHeader, part: (some Message)?, message: borrowing Packing) {
        if let part {
            self = part.withPacking { part in Self(header, packed: part, message) }
        } else {
            self.init(header, message)
        }
    }

    private init(_ header: FrameHeader, packed part: borrowing Packing) {
        self.header = header
        self.header.headerLength = UInt16(clamping: part.byteCount)
        body = unsafe PackedBytes(count: part.byteCount) { unsafe part.pack(into: $0) }
        bodyCount = part.byteCount
        second = nil
    }

    private init(_ header: FrameHeader, _ message: borrowing Packing) {
        self.header = Self.announcing(message, header)
        let isLong = Self.isLong(message)
        bodyCount = isLong ? 0 : message.byteCount
        body = unsafe PackedBytes(count: bodyCount) { unsafe message.pack(into: $0) }
        second = isLong ? Self.frame(of: message) : nil
    }

    private init(_ header: FrameHeader, packed part: borrowing Packing, _ message: borrowing Packing) {
        self.header = Self.announcing(message, header)
        self.header.headerLength = UInt16(clamping: part.byteCount)
        let isLong = Self.isLong(message)
        bodyCount = part.byteCount + (isLong ? 0 : message.byteCount)
        body = unsafe PackedBytes(count: bodyCount) { buffer in
            unsafe part.pack(into: buffer)
            if !isLong { unsafe message.pack(into: UnsafeMutableRawBufferPointer(rebasing: buffer[part.byteCount...])) }
        }
        second = isLong ? Self.frame(of: message) : nil
    }

    /// A piece of a message; see ``FragmentQueue``.
    init(fragmentOf message: Frame, from start: Int, count: Int, isLast: Bool, _ flags: FrameHeader.Flags) {
        var flags: FrameHeader.Flags = isLast && flags.contains(.endOfStream) ? .endOfStream : []
        flags.formUnion(isLast ? [.hasMessage, .fragment] : [.hasMessage, .fragment, .more])
        header = FrameHeader(
            .message, flags: flags, totalLength: start == 0 ? UInt32(clamping: message.count) : 0,
            payloadLength: UInt32(clamping: count))
        body = .none
        bodyCount = 0
        let piece = Frame(byteCount: count)
        unsafe piece.mutableBytes.copyMemory(
            from: UnsafeRawBufferPointer(rebasing: message.bytes[start..<start + count]))
        second = piece
    }

    /// The frame with its protobuf part alone, when its message goes in pieces before or after it.
    func withoutMessage(_ kind: FrameHeader.Kind) -> OutgoingFrame {
        var header = header
        header.flags.remove(.hasMessage)
        if kind == .call { header.flags.remove(.endOfStream) }
        header.payloadLength = 0
        return OutgoingFrame(header, bodyOf: self)
    }

    private init(_ header: FrameHeader, bodyOf other: OutgoingFrame) {
        self.header = header
        body = other.body
        bodyCount = other.bodyCount
        second = nil
    }

    private static func announcing(_ message: borrowing Packing, _ header: FrameHeader) -> FrameHeader {
        var header = header
        header.flags.insert(.hasMessage)
        header.payloadLength = UInt32(clamping: message.byteCount)
        return header
    }

    private static func isLong(_ message: borrowing Packing) -> Bool {
        message.byteCount > ConnectionLimits.inlinePayloadBytes
    }

    private static func frame(of message: borrowing Packing) -> Frame {
        let frame = Frame(byteCount: message.byteCount)
        unsafe message.pack(into: frame.mutableBytes)
        return frame
    }

    /// Says what the connection knows. After that the frame can be sent.
    mutating func seal(callID: UInt64 = 0, sequence: UInt32 = 0) {
        header.callID = callID
        header.sequence = sequence
    }

    // MARK: As a ZeroMQ message

    /// Whether it may share a ZeroMQ message with others: those that greet come alone, and so does what is skipped as a whole
    /// by who does not know its kind.
    var mayBeJoined: Bool {
        second == nil && !header.flags.contains(.optional) && header.kind != .hello && header.kind != .helloAck
    }

    /// The first part of a message with these frames, one after the other.
    static func joined(_ frames: Span<OutgoingFrame>) -> Frame {
        var byteCount = 0
        for index in frames.indices { byteCount += frames[index].byteCount }
        let whole = Frame(byteCount: byteCount)
        var offset = 0
        for index in frames.indices {
            unsafe frames[index].write(into: UnsafeMutableRawBufferPointer(rebasing: whole.mutableBytes[offset...]))
            offset += frames[index].byteCount
        }
        return whole
    }

    private func write(into bytes: UnsafeMutableRawBufferPointer) {
        unsafe header.write(into: bytes)
        unsafe body.copy(into: UnsafeMutableRawBufferPointer(rebasing: bytes[FrameHeader.byteCount...]))
    }
}
