import RPC
import Wire
import ZeroMQ

/// A received frame, taken apart but for its protobuf part.
struct IncomingFrame {
    let header: FrameHeader
    let message: Payload?
    private let first: Frame
    /// Where it begins in the first part, and where the next one would.
    private let start: Int
    private let end: Int

    /// The first frame of a ZeroMQ message.
    /// - Throws: what is wrong with the frame; the connection is then of no use any more.
    init(_ received: ReceivedMessage) throws(FrameHeader.Problem) {
        guard let first = received.first else { throw .tooShort }
        try self.init(first, second: received.second, at: 0)
    }

    /// The frame behind this one in the same ZeroMQ message; nil if this is the last.
    func next() throws(FrameHeader.Problem) -> IncomingFrame? {
        end < first.count ? try IncomingFrame(first, second: nil, at: end) : nil
    }

    private init(_ first: Frame, second: Frame?, at start: Int) throws(FrameHeader.Problem) {
        self.first = first
        self.start = start
        let bytes = unsafe UnsafeRawBufferPointer(rebasing: first.bytes[start...])
        header = unsafe try FrameHeader(reading: bytes)
        let messageStart = FrameHeader.byteCount + Int(header.headerLength)
        guard header.flags.contains(.hasMessage) else {
            message = nil
            end = start + messageStart
            return
        }
        let length = Int(header.payloadLength)
        if let second {
            guard second.count == length, messageStart == bytes.count else { throw .lengthBeyondFrame }
            unsafe message = Payload(second.bytes, ownedBy: second.owner)
            end = start + messageStart
        } else {
            guard messageStart + length <= bytes.count else { throw .lengthBeyondFrame }
            unsafe message = Payload(
                UnsafeRawBufferPointer(rebasing: bytes[messageStart..<messageStart + length]), ownedBy: first.owner)
            end = start + messageStart + length
        }
    }

    /// The protobuf part.
    func part<Part: Message>(as type: Part.Type = Part.self) throws(WireError) -> Part {
        let bytes = unsafe first.bytes
        let start = start + FrameHeader.byteCount
        return unsafe try Part(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(header.headerLength)]),
            limits: .default)
    }
}
