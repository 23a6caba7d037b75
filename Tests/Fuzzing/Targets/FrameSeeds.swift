import Wire

enum FrameSeeds {
    private static let traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    private static let metadata: [WireV1.MetadataEntry] = [
        .init(key: "olp-request-id", value: Array("r-1".utf8)), .init(key: "trace-bin", value: [0, 255]),
    ]
    private static let hello = WireV1.Hello(
        minVersion: 1, maxVersion: 1, service: "partnership", instanceId: "0195", build: "1",
        limits: .init(maxMessage: 4 << 20, maxMetadata: 8 << 10, initialStreamCredit: 512 << 10,
                      maxConcurrentCalls: 10_000, pingIntervalMs: 2_000),
        serving: true)
    private static let call = WireV1.Call(
        method: "olp.testing.v1.Calls/Unary", timeoutUs: 1_000_000, sentAtUs: 1, previousAttempts: 1,
        traceparent: traceparent, metadata: metadata, idempotencyKey: "k")
    private static let end = WireV1.End(message: "not found", details: [8, 5], metadata: metadata, pushbackMs: -1)
    private static let goAway = WireV1.GoAway(lastAccepted: 7, reason: "shutting down", graceMs: 5_000)
    private static let headers = WireV1.Headers(metadata: metadata)

    /// Each kind alone, and each way to be no header.
    static var alone: Seeds.Named { kinds + broken }

    private static var kinds: Seeds.Named {
        (1...12 as ClosedRange<UInt8>).compactMap { number in
            guard let kind = FrameHeader.Kind(rawValue: number) else { return nil }
            return ("\(kind)", bytes(FrameHeader(kind, flags: [.endOfStream, .hasMessage], status: 5, callID: 1 << 40 + 7,
                                                 credit: 512 << 10, sequence: 3, payloadLength: 9)))
        }
    }

    private static var broken: Seeds.Named {
        let good = bytes(FrameHeader(.ping))
        func changed(_ index: Int, to byte: UInt8) -> [UInt8] {
            var copy = good
            copy[index] = byte
            return copy
        }
        var optional = changed(2, to: 200)
        optional[3] = FrameHeader.Flags.optional.rawValue
        return [
            ("short", Array(good.dropLast())), ("wrong-magic", changed(0, to: 0)), ("other-version", changed(1, to: 2)),
            ("unknown-kind", changed(2, to: 200)), ("unknown-optional-kind", optional),
            ("part-beyond-end", changed(6, to: 1)),
        ]
    }

    static var frames: Seeds.Named {
        let message = Array("message".utf8)
        return [
            ("hello", FrameTarget.input(first: frame(.hello, hello.encoded()))),
            ("hello-ack", FrameTarget.input(first: frame(.helloAck, hello.encoded()))),
            ("call", FrameTarget.input(first: frame(.call, call.encoded(), message, callID: 1))),
            ("call-in-two-parts", FrameTarget.input(
                first: frame(.call, call.encoded(), message, isInline: false, callID: 1), second: message)),
            ("headers", FrameTarget.input(first: frame(.headers, headers.encoded(), callID: 1))),
            ("message", FrameTarget.input(first: frame(.message, [], message, callID: 1))),
            ("message-in-two-parts", FrameTarget.input(
                first: frame(.message, [], message, isInline: false, callID: 1), second: message)),
            ("message-empty", FrameTarget.input(first: frame(.message, [], [], callID: 1))),
            ("end", FrameTarget.input(first: frame(.end, end.encoded(), callID: 1))),
            ("end-with-message", FrameTarget.input(first: frame(.end, [], message, callID: 1))),
            ("go-away", FrameTarget.input(first: frame(.goAway, goAway.encoded()))),
            ("several", FrameTarget.input(
                first: frame(.call, call.encoded(), message, callID: 1) + frame(.ping, [])
                    + frame(.message, [], [], callID: 2))),
            ("several-and-rubbish", FrameTarget.input(first: frame(.ping, []) + frame(.ping, []) + [0x5A, 1, 3])),
            ("wrong-length", FrameTarget.input(first: frame(.message, [], message, callID: 1) + [0])),
        ]
    }

    /// Their first byte is the place of their message in `PartsTarget`.
    static var parts: Seeds.Named {
        [
            ("hello", [0] + hello.encoded()), ("hello-empty", [0]), ("call", [1] + call.encoded()),
            ("call-without-deadline", [1] + WireV1.Call(method: "a/b").encoded()),
            ("call-many-entries", [1] + WireV1.Call(metadata: (0..<20).map { .init(key: "k\($0)") }).encoded()),
            ("end", [2] + end.encoded()), ("go-away", [3] + goAway.encoded()), ("headers", [4] + headers.encoded()),
            ("limits", [5] + (hello.limits?.encoded() ?? [])),
            ("limits-twice", [0] + WireBytes.build { $0.field(7, [8, 1]); $0.field(7, [16, 1]) }),
            ("key-not-utf8", [4] + WireBytes.build { $0.field(1, [0x0a, 1, 0xff]) }),
        ]
    }

    // MARK: Pieces

    private static func bytes(_ header: FrameHeader) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: FrameHeader.byteCount) { buffer, count in
            unsafe header.write(into: UnsafeMutableRawBufferPointer(buffer))
            count = FrameHeader.byteCount
        }
    }

    private static func frame(
        _ kind: FrameHeader.Kind, _ part: [UInt8], _ message: [UInt8]? = nil, isInline: Bool = true, callID: UInt64 = 0
    ) -> [UInt8] {
        let header = FrameHeader(
            kind, flags: message == nil ? [] : .hasMessage, headerLength: UInt16(part.count), callID: callID,
            payloadLength: UInt32(message?.count ?? 0))
        return bytes(header) + part + (isInline ? message ?? [] : [])
    }
}
