import RPC
import TestSupport
import Wire

/// A server that answers a client's first call, or its HELLO, wrongly, and what the client has to make of it.
struct WrongServer: Sendable, CustomStringConvertible {
    enum Outcome: Sendable {
        /// The call ends so; the connection goes on.
        case ends(StatusCode)
        /// The client gives the connection up, and the call with it.
        case givenUp
    }

    let name: String
    let outcome: Outcome
    var method = CallsMethods.unary
    /// What the first call sends.
    var text = "x"
    /// In place of HELLO_ACK; nil: a right one.
    var greeting: [RawFrame]?
    /// In place of the answer to the first call, whose number is the argument.
    var answer: @Sendable (UInt64) -> [RawFrame] = { [.end($0, "x")] }

    var description: String { name }

    static let all = greetings + shape + order + credit

    private static let greetings: [WrongServer] = [
        WrongServer(
            name: "greets in versions to come", outcome: .givenUp, greeting: [.hello(.helloAck, versions: 7...9)]),
        WrongServer(
            name: "greets in what cannot be parsed", outcome: .givenUp,
            greeting: [RawFrame(FrameHeader(.helloAck), part: [0xFF, 0xFF])]),
        WrongServer(name: "greets without a word", outcome: .givenUp, greeting: [RawFrame(FrameHeader(.helloAck))]),
        WrongServer(
            name: "sends its clients away at once", outcome: .givenUp,
            greeting: [RawFrame(FrameHeader(.goAway, status: StatusCode.unimplemented.rawValue))]),
        WrongServer(name: "greets twice", outcome: .ends(.ok), greeting: [.hello(.helloAck), .hello(.helloAck)]),
        WrongServer(
            name: "takes messages of ten bytes", outcome: .ends(.resourceExhausted), text: "more than ten bytes",
            greeting: [.hello(.helloAck) { $0.maxMessage = 10 }]),
        WrongServer(
            name: "wants PINGs after ages", outcome: .ends(.ok),
            greeting: [.hello(.helloAck) { $0.pingIntervalMs = .max }]),
        WrongServer(
            name: "answers before it greets", outcome: .ends(.ok), greeting: [.end(1, "x"), .hello(.helloAck)]),
    ]

    private static let shape: [WrongServer] = [
        WrongServer(name: "answers with a foreign magic", outcome: .givenUp) {
            [RawFrame.end($0, "x").with(0x7F, at: 0)]
        },
        WrongServer(name: "answers in another major version", outcome: .givenUp) {
            [RawFrame.end($0, "x").with(2, at: 1)]
        },
        WrongServer(name: "answers with half a header", outcome: .givenUp) { _ in [RawFrame(first: [0x5A, 1, 6])] },
        WrongServer(name: "answers with nothing", outcome: .givenUp) { _ in [RawFrame(first: [])] },
        WrongServer(name: "announces more than it sends", outcome: .givenUp) {
            [RawFrame.end($0, "x").with(0xFF, at: 30)]
        },
        WrongServer(name: "sends a kind that nobody knows", outcome: .givenUp) {
            [RawFrame.ping.with(99, at: 2), .end($0, "x")]
        },
        WrongServer(name: "sends a kind that nobody has to know", outcome: .ends(.ok)) {
            [RawFrame.ping.with(99, at: 2).with(8, at: 3), .end($0, "x")]
        },
        WrongServer(name: "ends with a status of the future", outcome: .ends(.unknown)) { [.end($0, status: 99)] },
        WrongServer(name: "ends with a status that cannot be parsed", outcome: .ends(.internal)) {
            [.end($0, status: 5, part: [0xFF, 0xFF])]
        },
        WrongServer(name: "answers with what cannot be parsed", outcome: .ends(.internal)) {
            [RawFrame(FrameHeader(.end, flags: .endOfStream, callID: $0), message: [0x0A, 0x7F, 0x00])]
        },
        WrongServer(name: "begins with what cannot be parsed", outcome: .ends(.internal)) {
            [RawFrame(FrameHeader(.headers, callID: $0), part: [0xFF, 0xFF]), .end($0, "x", sequence: 1)]
        },
        WrongServer(name: "sends a frame above what any may have", outcome: .givenUp) {
            [
                RawFrame(
                    FrameHeader(.end, flags: .endOfStream, callID: $0), message: [UInt8](repeating: 0, count: 5 << 20))
            ]
        },
        WrongServer(name: "says what only clients say", outcome: .ends(.ok)) {
            [.hello(), .call($0 + 1), RawFrame(FrameHeader(.cancel, callID: $0)), .end($0, "x")]
        },
    ]

    private static let order: [WrongServer] = [
        WrongServer(name: "answers without its first frame", outcome: .givenUp) { [.end($0, "x", sequence: 1)] },
        WrongServer(name: "answers twice", outcome: .ends(.ok)) { [.end($0, "x"), .end($0, "x", sequence: 1)] },
        WrongServer(name: "answers what nobody asked", outcome: .ends(.ok)) {
            [.end($0 + 7, "x"), .message($0 + 9, 3), .end($0, "x")]
        },
        WrongServer(name: "answers with no message", outcome: .ends(.unimplemented)) { [.end($0)] },
        WrongServer(name: "answers with two messages", outcome: .ends(.unimplemented)) {
            [.message($0, 0), .end($0, "x", sequence: 1)]
        },
        WrongServer(name: "goes away with the call not taken", outcome: .ends(.unavailable)) { _ in
            [RawFrame(FrameHeader(.goAway, status: StatusCode.unavailable.rawValue))]
        },
        WrongServer(name: "says farewell in what cannot be parsed", outcome: .givenUp) { _ in
            [RawFrame(FrameHeader(.goAway, status: StatusCode.unavailable.rawValue), part: [0xFF, 0xFF])]
        },
    ]

    private static let credit: [WrongServer] = [
        WrongServer(
            name: "sends more messages than it was granted", outcome: .ends(.internal),
            method: CallsMethods.serverStream
        ) { id in (0..<12).map { .message(id, $0, String(repeating: "x", count: 60_000)) } },
        WrongServer(name: "grants credit without end", outcome: .ends(.ok)) { id in
            (1...2_000).flatMap { _ in
                [
                    RawFrame(FrameHeader(.credit, callID: id, credit: .max)),
                    RawFrame(FrameHeader(.credit, credit: .max)),
                ]
            } + [.end(id, "x")]
        },
        WrongServer(name: "sends a message that begins in its middle", outcome: .ends(.internal)) {
            [.piece($0, 0, 10, more: true)]
        },
        WrongServer(name: "sends more pieces than it announced", outcome: .ends(.internal)) {
            [.piece($0, 0, 10, total: 15, more: true), .piece($0, 1, 10, more: false), .end($0, sequence: 2)]
        },
        WrongServer(name: "sends fewer pieces than it announced", outcome: .ends(.internal)) {
            [.piece($0, 0, 10, total: 25, more: true), .piece($0, 1, 10, more: false), .end($0, sequence: 2)]
        },
        WrongServer(name: "ends in the middle of a message", outcome: .ends(.internal)) {
            [.piece($0, 0, 10, total: 25, more: true), .end($0, sequence: 1)]
        },
        WrongServer(name: "sends a whole message among pieces", outcome: .ends(.internal)) {
            [.piece($0, 0, 10, total: 25, more: true), .message($0, 1)]
        },
        WrongServer(name: "announces a message of 4 GiB", outcome: .ends(.resourceExhausted)) {
            [.piece($0, 0, 10, total: .max, more: true)]
        },
    ]
}
