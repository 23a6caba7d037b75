import RPC
import TestSupport
import Wire

/// A message of one or two parts as it goes over a socket, right or wrong.
struct RawFrame: Sendable, Equatable {
    var first: [UInt8]
    var second: [UInt8]?

    init(first: [UInt8], second: [UInt8]? = nil) {
        self.first = first
        self.second = second
    }

    /// A frame whose lengths are right.
    init(_ header: FrameHeader, part: [UInt8] = [], message: [UInt8]? = nil) {
        var header = header
        header.headerLength = UInt16(part.count)
        if let message {
            header.flags.insert(.hasMessage)
            header.payloadLength = UInt32(message.count)
        }
        first = [UInt8](repeating: 0, count: FrameHeader.byteCount)
        unsafe first.withUnsafeMutableBytes { unsafe header.write(into: $0) }
        first += part
        second = message
    }

    /// Nil for what is no frame of this protocol.
    var header: FrameHeader? { unsafe first.withUnsafeBytes { unsafe try? FrameHeader(reading: $0) } }

    var message: [UInt8] {
        guard let header, header.flags.contains(.hasMessage) else { return [] }
        return second ?? Array(first.dropFirst(FrameHeader.byteCount + Int(header.headerLength)))
    }

    /// The frames of a message that has several.
    var apart: [RawFrame] {
        var frames: [RawFrame] = []
        var rest = first[...]
        while let header = RawFrame(first: Array(rest)).header {
            let isAhead = header.flags.contains(.hasMessage) && second == nil
            let length = FrameHeader.byteCount + Int(header.headerLength) + (isAhead ? Int(header.payloadLength) : 0)
            frames.append(RawFrame(first: Array(rest.prefix(length)), second: second))
            rest = rest.dropFirst(length)
        }
        return frames
    }

    /// One message with all of these frames.
    static func joined(_ frames: [RawFrame]) -> RawFrame {
        RawFrame(first: frames.flatMap { $0.first + ($0.second ?? []) })
    }

    /// The frame with another byte at a place of its header.
    func with(_ byte: UInt8, at offset: Int) -> RawFrame {
        var copy = self
        copy.first[offset] = byte
        return copy
    }
}

// MARK: What both sides of a connection say

extension RawFrame {
    static func hello(
        _ kind: FrameHeader.Kind = .hello, versions: ClosedRange<UInt32> = 1...2, sentAt: UInt64? = nil,
        _ change: (inout WireV1.Limits) -> Void = { _ in }
    ) -> RawFrame {
        var hello = WireV1.Hello()
        hello.minVersion = versions.lowerBound
        hello.maxVersion = versions.upperBound
        hello.service = "raw"
        hello.serving = true
        hello.sentAtUs = sentAt
        var limits = WireV1.Limits()
        limits.initialConnectionCredit = 256 << 10
        change(&limits)
        hello.limits = limits
        return RawFrame(FrameHeader(kind), part: hello.encoded())
    }

    static func call(
        _ id: UInt64, _ method: String = CallsMethods.unary.fullName, _ text: String? = "x", sequence: UInt32 = 0,
        _ change: (inout WireV1.Call) -> Void = { _ in }
    ) -> RawFrame {
        var call = WireV1.Call()
        call.method = method
        change(&call)
        return RawFrame(
            FrameHeader(.call, flags: text == nil ? [] : .endOfStream, callID: id, sequence: sequence),
            part: call.encoded(), message: text.map { TestingV1.Text(text: $0).encoded() })
    }

    /// Opens a call whose messages follow.
    static func stream(_ id: UInt64) -> RawFrame { call(id, CallsMethods.bidirectional.fullName, nil) }

    static func message(_ id: UInt64, _ sequence: UInt32, _ text: String = "x") -> RawFrame {
        RawFrame(FrameHeader(.message, callID: id, sequence: sequence), message: TestingV1.Text(text: text).encoded())
    }

    /// A piece of a message of `total` bytes; zero: not its first.
    static func piece(_ id: UInt64, _ sequence: UInt32, _ bytes: Int, total: UInt32 = 0, more: Bool) -> RawFrame {
        RawFrame(
            FrameHeader(
                .message, flags: more ? [.fragment, .more] : .fragment, callID: id, totalLength: total,
                sequence: sequence),
            message: [UInt8](repeating: 0, count: bytes))
    }

    static func end(
        _ id: UInt64, _ text: String? = nil, sequence: UInt32 = 0, status: UInt8 = 0, part: [UInt8] = []
    ) -> RawFrame {
        RawFrame(
            FrameHeader(.end, flags: .endOfStream, status: status, callID: id, sequence: sequence), part: part,
            message: text.map { TestingV1.Text(text: $0).encoded() })
    }

    static let ping = RawFrame(FrameHeader(.ping, payloadLength: 77))
}
