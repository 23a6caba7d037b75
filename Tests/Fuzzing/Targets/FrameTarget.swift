import Wire

@testable import RPCZeroMQ
@testable import ZeroMQ

/// An input is two bytes, little-endian, and the bytes of one or more frames. The number says how many of them are the first
/// part; if it is beyond the end, there is no second part.
enum FrameTarget {
    static func input(first: [UInt8], second: [UInt8]? = nil) -> [UInt8] {
        let split = second == nil ? UInt16.max : UInt16(first.count)
        return [UInt8(truncatingIfNeeded: split), UInt8(split >> 8)] + first + (second ?? [])
    }

    static func run(_ input: UnsafeRawBufferPointer) {
        guard input.count >= 2 else { return }
        let split = unsafe Int(input[0]) + 256 * Int(input[1])
        let bytes = unsafe [UInt8](input.dropFirst(2))
        let first = Array(bytes.prefix(split))
        let second = split < bytes.count ? Array(bytes[split...]) : nil
        var received = ReceivedMessage()
        received.first = frame(of: first)
        received.second = second.map(frame)
        guard var incoming = try? IncomingFrame(received) else { return }
        var rest = first[...]
        check(incoming, &rest, second)
        while let next = try? incoming.next() {
            incoming = next
            check(incoming, &rest, nil)
        }
    }

    private static func frame(of bytes: [UInt8]) -> Frame {
        let frame = Frame(byteCount: bytes.count)
        unsafe frame.mutableBytes.copyBytes(from: bytes)
        return frame
    }

    /// - Parameter rest: what the frame begins; afterwards what follows it.
    private static func check(_ incoming: IncomingFrame, _ rest: inout ArraySlice<UInt8>, _ second: [UInt8]?) {
        let header = incoming.header
        let part = Array(rest.dropFirst(FrameHeader.byteCount).prefix(Int(header.headerLength)))
        rest = rest.dropFirst(FrameHeader.byteCount + part.count)
        require(part.count == Int(header.headerLength), "the protobuf part is not in the frame")
        if header.flags.contains(.hasMessage) {
            let expected = second ?? Array(rest.prefix(Int(header.payloadLength)))
            require(incoming.message?.copied() == expected, "the message is not what follows the protobuf part")
            require(expected.count == Int(header.payloadLength), "the message has another length than it should")
            if second == nil { rest = rest.dropFirst(expected.count) }
        } else {
            require(incoming.message == nil, "there is a message where none was announced")
        }
        switch header.kind {
        case .hello, .helloAck: check(incoming, part, as: WireV1.Hello.self)
        case .call: check(incoming, part, as: WireV1.Call.self)
        case .headers: check(incoming, part, as: WireV1.Headers.self)
        case .end: check(incoming, part, as: WireV1.End.self)
        case .goAway: check(incoming, part, as: WireV1.GoAway.self)
        case .message, .cancel, .credit, .ping, .pong, .state: break
        }
    }

    private static func check<Part: Message>(_ incoming: IncomingFrame, _ bytes: [UInt8], as type: Part.Type) {
        let inFrame = try? incoming.part(as: type)
        require(inFrame == (try? Part(decoding: bytes)), "\(Part.messageName) reads otherwise inside its frame")
    }
}
