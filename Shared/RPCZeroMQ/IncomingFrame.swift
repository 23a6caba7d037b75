import RPC
import Wire
import ZeroMQ

/// A received frame, taken apart but for its protobuf part.
struct IncomingFrame {
    let header: FrameHeader
    let message: Payload?
    private let first: Frame

    /// - Throws: what is wrong with the frame; the connection is then of no use any more.
    init(_ received: ReceivedMessage) throws(FrameHeader.Problem) {
        guard let first = received.first else { throw .tooShort }
        self.first = first
        let bytes = unsafe first.bytes
        header = unsafe try FrameHeader(reading: bytes)
        guard header.flags.contains(.hasMessage) else {
            message = nil
            return
        }
        if let second = received.second {
            unsafe message = Payload(second.bytes, ownedBy: second.owner)
        } else {
            let start = FrameHeader.byteCount + Int(header.headerLength)
            unsafe message = Payload(UnsafeRawBufferPointer(rebasing: bytes[start...]), ownedBy: first.owner)
        }
        guard let message, message.count == Int(header.payloadLength) else { throw .lengthBeyondFrame }
    }

    /// The protobuf part.
    func part<Part: Message>(as type: Part.Type = Part.self) throws(WireError) -> Part {
        let bytes = unsafe first.bytes
        let start = FrameHeader.byteCount
        return unsafe try Part(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<start + Int(header.headerLength)]),
            limits: .default)
    }
}
