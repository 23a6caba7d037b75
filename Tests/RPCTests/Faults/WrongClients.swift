import RPC
import TestSupport
import Wire

/// A client that does something wrong after its HELLO, and what the server has to make of it.
struct WrongClient: Sendable, CustomStringConvertible {
    enum Outcome: Sendable {
        /// As if nothing had come.
        case ignored
        /// That call ends so; the connection goes on.
        case ends(UInt64, StatusCode)
        /// The server knows the client no more.
        case forgotten
        /// libzmq closes the connection.
        case cut
    }

    let name: String
    let outcome: Outcome
    let frames: [RawFrame]

    init(_ name: String, _ outcome: Outcome, _ frames: [RawFrame]) {
        self.name = name
        self.outcome = outcome
        self.frames = frames
    }

    var description: String { name }

    static let all = order + shape + credit + pieces + limits

    private static let hang = RawFrame.call(1, CallsMethods.unary.fullName, "hang")
    private static let open = RawFrame.stream(1)

    private static let order: [WrongClient] = [
        WrongClient("a call twice", .forgotten, [hang, hang]),
        WrongClient(
            "call ids that go backwards", .forgotten, [.call(5, CallsMethods.unary.fullName, "hang"), .call(3)]),
        WrongClient("a call of the connection's own number", .forgotten, [.call(0)]),
        WrongClient("a message twice", .ends(1, .internal), [open, .message(1, 1, "keep"), .message(1, 1, "keep")]),
        WrongClient("messages in another order", .ends(1, .internal), [open, .message(1, 2), .message(1, 1)]),
        WrongClient("a message that is missing", .ends(1, .internal), [open, .message(1, 1, "keep"), .message(1, 3)]),
        WrongClient("a call that begins in its middle", .ends(1, .internal), [.call(1, sequence: 1)]),
        WrongClient(
            "messages of a call that never was", .ignored, [.message(9, 1), .piece(9, 2, 10, total: 20, more: true)]),
        WrongClient("messages after the last one", .ignored, [hang, .message(1, 1), .message(1, 2)]),
        WrongClient(
            "an end and credit of calls that never were", .ignored,
            [
                RawFrame(FrameHeader(.cancel, status: 1, callID: 9)),
                RawFrame(FrameHeader(.credit, callID: 9, credit: 100)),
            ]),
        WrongClient("HELLO twice", .ignored, [.hello()]),
        WrongClient(
            "what only servers say", .ignored,
            [
                .hello(.helloAck), .end(1), RawFrame(FrameHeader(.headers, callID: 1)), RawFrame(FrameHeader(.state)),
            ]),
        WrongClient("goodbye, and more after it", .forgotten, [RawFrame(FrameHeader(.goAway)), .call(1)]),
    ]

    private static let shape: [WrongClient] = [
        WrongClient("a foreign magic", .forgotten, [hang.with(0x7F, at: 0)]),
        WrongClient("another major version", .forgotten, [hang.with(2, at: 1)]),
        WrongClient("fewer bytes than a header has", .forgotten, [RawFrame(first: Array(hang.first.prefix(31)))]),
        WrongClient("nothing", .forgotten, [RawFrame(first: [])]),
        WrongClient("a protobuf part beyond its frame", .forgotten, [hang.with(0xFF, at: 7)]),
        WrongClient("a message longer than its frame", .forgotten, [hang.with(0xFF, at: 28)]),
        WrongClient("a message of 4 GiB that is none", .forgotten, [hang.with(0xFF, at: 31)]),
        WrongClient("a kind that nobody knows", .forgotten, [RawFrame.ping.with(99, at: 2)]),
        WrongClient("a kind that nobody has to know", .ignored, [RawFrame.ping.with(99, at: 2).with(8, at: 3)]),
        WrongClient(
            "a head that cannot be parsed", .ends(1, .internal),
            [RawFrame(FrameHeader(.call, flags: .endOfStream, callID: 1), part: [0xFF, 0xFF, 0xFF], message: [])]),
        WrongClient(
            "a call without a head", .ends(1, .unimplemented),
            [
                RawFrame(FrameHeader(.call, flags: .endOfStream, callID: 1), message: [])
            ]),
        WrongClient("a message that cannot be parsed", .ends(1, .internal), [unary(message: [0x0A, 0x7F, 0x00])]),
        WrongClient("a message with a group", .ends(1, .internal), [unary(message: [0x53, 0x08, 0x01, 0x54])]),
        WrongClient("a text that is no UTF-8", .ends(1, .internal), [unary(message: [0x0A, 0x02, 0xC3, 0x28])]),
        WrongClient("a compressed message", .ends(1, .unimplemented), [hang.with(0b10_0011, at: 3)]),
    ]

    private static func unary(message: [UInt8]) -> RawFrame {
        var call = WireV1.Call()
        call.method = CallsMethods.unary.fullName
        return RawFrame(FrameHeader(.call, flags: .endOfStream, callID: 1), part: call.encoded(), message: message)
    }

    private static let credit: [WrongClient] = [
        WrongClient(
            "more messages than it was granted", .ends(1, .internal),
            [
                open, .message(1, 1, "hang"),
            ] + (2...12).map { .message(1, $0, String(repeating: "x", count: 60_000)) }),
        WrongClient(
            "credit without end", .ignored,
            [open] + (1...2_000).map { _ in RawFrame(FrameHeader(.credit, callID: 1, credit: .max)) }
                + (1...2_000).map { _ in RawFrame(FrameHeader(.credit, credit: .max)) }),
        WrongClient("more PINGs than sense", .ignored, (1...2_000).map { _ in .ping }),
        WrongClient(
            "more calls cancelled than made", .ignored,
            (1...2_000).flatMap { id in
                [.call(id, CallsMethods.unary.fullName, "hang"), RawFrame(FrameHeader(.cancel, status: 1, callID: id))]
            }),
    ]

    private static let pieces: [WrongClient] = [
        WrongClient("a message that begins in its middle", .ends(1, .internal), [open, .piece(1, 1, 10, more: true)]),
        WrongClient(
            "more pieces than were announced", .ends(1, .internal),
            [
                open, .piece(1, 1, 10, total: 15, more: true), .piece(1, 2, 10, more: false),
            ]),
        WrongClient(
            "fewer pieces than were announced", .ends(1, .internal),
            [
                open, .piece(1, 1, 10, total: 25, more: true), .piece(1, 2, 10, more: false),
            ]),
        WrongClient(
            "a whole message among pieces", .ends(1, .internal),
            [
                open, .piece(1, 1, 10, total: 25, more: true), .message(1, 2),
            ]),
        WrongClient(
            "a piece that is missing", .ends(1, .internal),
            [
                open, .piece(1, 1, 10, total: 30, more: true), .piece(1, 3, 10, more: false),
            ]),
        WrongClient(
            "pieces of a message above the limit", .ends(1, .resourceExhausted),
            [
                open, .piece(1, 1, 10, total: (4 << 20) + 1, more: true),
            ]),
        WrongClient(
            "pieces of a message of 4 GiB", .ends(1, .resourceExhausted),
            [open, .piece(1, 1, 10, total: .max, more: true)]),
        WrongClient(
            "pieces that never end, of many calls", .ignored,
            (1...300).flatMap { id in
                [.stream(id), .piece(id, 1, 1_000, total: 4 << 20, more: true)]
            }),
    ]

    private static let limits: [WrongClient] = [
        WrongClient(
            "a message above the limit in one frame", .ends(1, .resourceExhausted),
            [
                unary(message: [UInt8](repeating: 0, count: (4 << 20) + 1))
            ]),
        WrongClient(
            "a frame above what any may have", .cut,
            [unary(message: [UInt8](repeating: 0, count: (4 << 20) + (80 << 10)))]),
        WrongClient("a method that nobody has", .ends(1, .unimplemented), [.call(1, "olp.testing.v1.Calls/None")]),
        WrongClient(
            "a method with a long name", .ends(1, .unimplemented), [.call(1, String(repeating: "x", count: 30_000))]),
        WrongClient(
            "more metadata than is taken", .ends(1, .resourceExhausted),
            [
                .call(1) {
                    $0.metadata = [WireV1.MetadataEntry(key: "x-long", value: [UInt8](repeating: 65, count: 9_000))]
                }
            ]),
        WrongClient(
            "metadata with a key that is none", .ends(1, .internal),
            [
                .call(1) { $0.metadata = [WireV1.MetadataEntry(key: "No Key", value: [65])] }
            ]),
        WrongClient("a deadline beyond all time", .ends(1, .ok), [.call(1) { $0.timeoutUs = .max }]),
        WrongClient("a deadline of nothing", .ends(1, .deadlineExceeded), [.call(1) { $0.timeoutUs = 0 }]),
        WrongClient(
            "clocks that jump by all time", .ends(3, .deadlineExceeded),
            [
                .hello(sentAt: .max), .call(1) { $0.sentAtUs = .max }, .call(2) { $0.sentAtUs = 0 },
                .call(3) { call in
                    call.sentAtUs = 0
                    call.timeoutUs = 1_000_000
                },
            ]),
        WrongClient(
            "windows of next to nothing", .ends(1, .resourceExhausted),
            [
                .hello { limits in
                    limits.maxMessage = 10
                    limits.maxFragment = 1
                    limits.initialStreamCredit = 1
                    limits.initialConnectionCredit = 1
                },
                .call(1, CallsMethods.unary.fullName, "more than ten bytes"),
            ]),
        WrongClient(
            "an answer that it does not take apart", .ends(1, .ok),
            [
                .hello { $0.initialConnectionCredit = 0 },
                .call(1, CallsMethods.unary.fullName, String(repeating: "x", count: 200_000)),
            ]),
    ]
}
