import RPC
import Wire
import ZeroMQ

/// A frame that is ready but for what only the connection knows: its call id and sequence.
///
/// It is built on the thread of whoever sends, packed once, straight into libzmq's memory.
struct OutgoingFrame: Sendable {
    private(set) var header: FrameHeader
    let first: Frame
    let second: Frame?

    var payloadBytes: Int { Int(header.payloadLength) }

    /// A frame without protobuf part or message.
    init(_ header: FrameHeader) {
        self.header = header
        first = Frame(byteCount: FrameHeader.byteCount)
        second = nil
    }

    /// A frame with a protobuf part.
    init(_ header: FrameHeader, part: some Message) {
        self = part.withPacking { part in Self(header, part) }
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
            self = part.withPacking { part in Self(header, part, message) }
        } else {
            self.init(header, headerBytes: 0, message: message)
        }
    }

    private init(_ header: FrameHeader, _ part: borrowing Packing) {
        var header = header
        header.headerLength = UInt16(clamping: part.byteCount)
        self.header = header
        first = Frame(byteCount: FrameHeader.byteCount + part.byteCount)
        second = nil
        Self.write(part, into: first, at: FrameHeader.byteCount)
    }

    private init(_ header: FrameHeader, _ part: borrowing Packing, _ message: borrowing Packing) {
        var header = header
        header.headerLength = UInt16(clamping: part.byteCount)
        self.init(header, headerBytes: part.byteCount, message: message)
        Self.write(part, into: first, at: FrameHeader.byteCount)
    }

    private init(_ header: FrameHeader, headerBytes: Int, message: borrowing Packing) {
        var header = header
        header.flags.insert(.hasMessage)
        header.payloadLength = UInt32(clamping: message.byteCount)
        self.header = header
        let offset = FrameHeader.byteCount + headerBytes
        if message.byteCount <= ConnectionLimits.inlinePayloadBytes {
            first = Frame(byteCount: offset + message.byteCount)
            second = nil
            Self.write(message, into: first, at: offset)
        } else {
            let own = Frame(byteCount: message.byteCount)
            Self.write(message, into: own, at: 0)
            first = Frame(byteCount: offset)
            second = own
        }
    }

    /// A piece of a message; see ``FragmentQueue``.
    init(fragmentOf message: Frame, from start: Int, count: Int, isLast: Bool, _ flags: FrameHeader.Flags) {
        var flags: FrameHeader.Flags = isLast && flags.contains(.endOfStream) ? .endOfStream : []
        flags.formUnion(isLast ? [.hasMessage, .fragment] : [.hasMessage, .fragment, .more])
        header = FrameHeader(
            .message, flags: flags, totalLength: start == 0 ? UInt32(clamping: message.count) : 0,
            payloadLength: UInt32(clamping: count))
        first = Frame(byteCount: FrameHeader.byteCount)
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
        return OutgoingFrame(header, first)
    }

    private init(_ header: FrameHeader, _ first: Frame) {
        self.header = header
        self.first = first
        second = nil
    }

    private static func write(_ packing: borrowing Packing, into frame: Frame, at offset: Int) {
        unsafe packing.pack(into: UnsafeMutableRawBufferPointer(rebasing: frame.mutableBytes[offset...]))
    }

    /// Writes the header with what the connection knows. After that the frame can be sent.
    mutating func seal(callID: UInt64 = 0, sequence: UInt32 = 0) {
        header.callID = callID
        header.sequence = sequence
        unsafe header.write(into: first.mutableBytes)
    }

    mutating func addFlags(_ flags: FrameHeader.Flags) { header.flags.formUnion(flags) }
}
