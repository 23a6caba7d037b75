import RPC
import Synchronization
import TestSupport
import Testing
import Wire

/// What calls pass on the way, on either side.
@Suite("Interceptors")
struct InterceptorTests {
    /// Writes down what it sees, under its name.
    private final class Recorder: ClientInterceptor, ServerCallInterceptor {
        let name: String
        let log: OrderedLog

        init(_ name: String, _ log: OrderedLog) {
            self.name = name
            self.log = log
        }

        func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)? {
            log.add("\(name) begins")
            return Seen(name, log)
        }

        func intercept(
            _ head: inout CallHead, _ method: MethodDescriptor?, peer: String
        ) throws(RPCError) -> (any CallInterception)? {
            log.add("\(name) begins \(method?.method ?? "an unknown method")")
            return Seen(name, log)
        }
    }

    private final class Seen: CallInterception {
        let name: String
        let log: OrderedLog

        init(_ name: String, _ log: OrderedLog) {
            self.name = name
            self.log = log
        }

        func send(_ message: borrowing Packing, _ next: (borrowing Packing) -> Void) {
            log.add("\(name) sends")
            next(message)
        }

        func receive(_ message: Payload) throws(RPCError) -> Payload {
            log.add("\(name) receives")
            return message
        }

        func ended(_ error: RPCError?) { log.add("\(name) ends \(error?.code.name ?? "OK")") }
    }

    /// Does what it is told with the head of each call.
    private struct Changing: ClientInterceptor, ServerCallInterceptor {
        let change: @Sendable (inout CallHead) throws(RPCError) -> Void

        func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)? {
            try change(&head)
            return nil
        }

        func intercept(
            _ head: inout CallHead, _ method: MethodDescriptor?, peer: String
        ) throws(RPCError) -> (any CallInterception)? {
            try change(&head)
            return nil
        }
    }

    /// Puts other texts in the place of those that pass.
    private final class Rewriting: ClientInterceptor, ServerCallInterceptor, CallInterception {
        let sent: @Sendable (String) -> [String]
        let received: @Sendable (String) throws(RPCError) -> String

        init(
            sent: @escaping @Sendable (String) -> [String] = { [$0] },
            received: @escaping @Sendable (String) throws(RPCError) -> String = { text throws(RPCError) in text }
        ) {
            self.sent = sent
            self.received = received
        }

        func intercept(_ head: inout CallHead) throws(RPCError) -> (any CallInterception)? { self }

        func intercept(
            _ head: inout CallHead, _ method: MethodDescriptor?, peer: String
        ) throws(RPCError) -> (any CallInterception)? { self }

        func send(_ message: borrowing Packing, _ next: (borrowing Packing) -> Void) {
            var bytes = [UInt8](repeating: 0, count: message.byteCount)
            unsafe bytes.withUnsafeMutableBytes { buffer in unsafe message.pack(into: buffer) }
            for text in sent(Self.text(bytes)) {
                TestingV1.Text(text: text).withPacking { packing in next(packing) }
            }
        }

        func receive(_ message: Payload) throws(RPCError) -> Payload {
            Payload(copying: TestingV1.Text(text: try received(Self.text(message.copied()))).encoded())
        }

        private static func text(_ bytes: [UInt8]) -> String {
            (try? TestingV1.Text(decoding: bytes).text) ?? "no text"
        }
    }

    private static let transports: [Transport] = [.inProcess, .ipc]

    @Test("the first stands outermost, on the way there and back, on both sides", arguments: transports)
    func order(transport: Transport) async throws {
        let (client, server) = (OrderedLog(), OrderedLog())
        try await withCalls(
            over: transport, callInterceptors: [Recorder("c", server), Recorder("d", server)]
        ) { _, channel async throws in
            let outer = CallsClient(channel.intercepted(by: [Recorder("a", client), Recorder("b", client)]))
            _ = try await outer.unary(TestingV1.Text(text: "x"))
        }
        #expect(
            client.all == [
                "a begins", "a sends", "b begins", "b sends", "b receives", "a receives", "b ends OK", "a ends OK",
            ])
        #expect(
            server.all == [
                "c begins Unary", "d begins Unary", "c receives", "d receives", "d sends", "d ends OK", "c sends",
                "c ends OK",
            ])
    }

    @Test("each message of a stream is seen, and its end with the status, once", arguments: transports)
    func streams(transport: Transport) async throws {
        let (client, server) = (OrderedLog(), OrderedLog())
        try await withCalls(over: transport, callInterceptors: [Recorder("s", server)]) { _, channel async throws in
            let calls = CallsClient(channel.intercepted(by: [Recorder("c", client)]))
            try await calls.bidirectional { writer, answers async throws in
                for round in 0..<2 {
                    try await writer.write(TestingV1.Text(text: "\(round)"))
                    #expect(try await answers.next()?.text == "\(round)")
                }
                try await writer.write(TestingV1.Text(text: "away"))
                let error = try await status { _ = try await answers.next() }
                #expect(error.code == .unavailable)
            }
        }
        #expect(
            client.all == [
                "c begins", "c sends", "c receives", "c sends", "c receives", "c sends", "c ends UNAVAILABLE",
            ])
        #expect(
            server.all == [
                "s begins Bidirectional", "s receives", "s sends", "s receives", "s sends", "s receives",
                "s ends UNAVAILABLE",
            ])
    }

    @Test("a call that its caller gives up ends CANCELLED for who watches it", arguments: transports)
    func cancelled(transport: Transport) async throws {
        let (client, server) = (OrderedLog(), OrderedLog())
        let handlers = TestCalls()
        try await withCalls(
            over: transport, handlers, callInterceptors: [Recorder("s", server)]
        ) { _, channel async throws in
            let calls = CallsClient(channel.intercepted(by: [Recorder("c", client)]))
            let task = Task { try await calls.unary(TestingV1.Text(text: "hang")) }
            try await handlers.events.wait(for: "started")
            task.cancel()
            #expect(try await status { _ = try await task.value }.code == .cancelled)
            try await poll(until: "the server sees the end") { server.all.last == "s ends CANCELLED" }
        }
        #expect(client.all == ["c begins", "c sends", "c ends CANCELLED"])
    }

    @Test("one that throws refuses the call: nobody behind it hears of it, everybody before it does", arguments: transports)
    func refused(transport: Transport) async throws {
        let (client, server) = (OrderedLog(), OrderedLog())
        let refusing = Changing { _ throws(RPCError) in throw RPCError(.permissionDenied, "not you") }
        try await withCalls(
            over: transport, callInterceptors: [Recorder("s", server), refusing, Recorder("t", server)]
        ) { calls, channel async throws in
            let inner = CallsClient(channel.intercepted(by: [Recorder("a", client), refusing, Recorder("b", client)]))
            #expect(try await status { _ = try await inner.unary(TestingV1.Text()) }.code == .permissionDenied)
            #expect(client.all == ["a begins", "a sends", "a ends PERMISSION_DENIED"])
            let stream = try await status { _ = try await inner.clientStream { _ in } }
            #expect(stream.code == .permissionDenied)
            #expect(server.all.isEmpty)
            let error = try await status { _ = try await calls.unary(TestingV1.Text()) }
            #expect(error.code == .permissionDenied && error.message == "not you")
        }
        #expect(server.all == ["s begins Unary", "s ends PERMISSION_DENIED"])
    }

    @Test("metadata that a client's interceptor adds arrives, and what the server's adds the handler sees", arguments: transports)
    func metadata(transport: Transport) async throws {
        for isAtServer in [false, true] {
            let adding = Changing { head throws(RPCError) in head.metadata.add("x-echo", "added") }
            try await withCalls(over: transport, callInterceptors: isAtServer ? [adding] : []) { _, channel async throws in
                let channel = isAtServer ? channel : channel.intercepted(by: [adding])
                let answers: ResponseStream<TestingV1.Text> = channel.serverStreaming(
                    CallsMethods.unary, TestingV1.Text(text: "metadata"), CallOptions())
                #expect(try await answers.initialMetadata().text("x-initial") == "added")
            }
        }
    }

    @Test("a deadline that an interceptor gives holds", arguments: transports)
    func deadline(transport: Transport) async throws {
        try await withCalls(over: transport) { _, channel async throws in
            let hurried = Changing { head throws(RPCError) in head.deadline = .after(.milliseconds(20)) }
            let calls = CallsClient(channel.intercepted(by: [hurried]))
            let error = try await status { _ = try await calls.unary(TestingV1.Text(text: "hang")) }
            #expect(error.code == .deadlineExceeded)
        }
    }

    @Test("streams are wrapped: other messages, more of them, none of them", arguments: transports)
    func wrapped(transport: Transport) async throws {
        let doubling = Rewriting(sent: { $0 == "drop" ? [] : [$0, $0] }, received: { text throws(RPCError) in "<\(text)>" })
        let server = Rewriting(sent: { [$0.uppercased()] }, received: { text throws(RPCError) in "\(text)!" })
        try await withCalls(over: transport, callInterceptors: [server]) { _, channel async throws in
            let calls = CallsClient(channel.intercepted(by: [doubling]))
            var heard: [String] = []
            try await calls.bidirectional { writer, answers async throws in
                for text in ["a", "drop", "b"] { try await writer.write(TestingV1.Text(text: text)) }
                writer.finish()
                while let answer = try await answers.next() { heard.append(answer.text) }
            }
            #expect(heard == ["<A!>", "<A!>", "<B!>", "<B!>"])
            // Of a call with one message the first is sent, and none is an error of the program.
            #expect(try await calls.unary(TestingV1.Text(text: "c")).text == "<C!>")
            let error = try await status { _ = try await calls.unary(TestingV1.Text(text: "drop")) }
            #expect(error.code == .internal)
        }
    }

    @Test("what an interception throws at a message ends the call, on either side", arguments: transports)
    func refusedMessage(transport: Transport) async throws {
        let refusing = Rewriting(received: { text throws(RPCError) in
            if text == "bad" { throw RPCError(.invalidArgument, "bad text") }
            return text
        })
        for isAtServer in [false, true] {
            try await withCalls(over: transport, callInterceptors: isAtServer ? [refusing] : []) { _, channel async throws in
                let calls = CallsClient(isAtServer ? channel : channel.intercepted(by: [refusing]))
                #expect(try await calls.unary(TestingV1.Text(text: "good")).text == "good")
                let error = try await status { _ = try await calls.unary(TestingV1.Text(text: "bad")) }
                #expect(error.code == .invalidArgument && error.message == "bad text")
            }
        }
    }

    @Test("calls of unknown methods pass the server's interceptors", arguments: transports)
    func unknown(transport: Transport) async throws {
        let log = OrderedLog()
        try await withCalls(over: transport, callInterceptors: [Recorder("s", log)]) { _, channel async throws in
            let method = MethodDescriptor(service: "no.Service", method: "M", kind: .unary, idempotency: .unknown)
            #expect(try await status { _ = try await channel.rawUnary(method, []) }.code == .unimplemented)
        }
        #expect(log.all == ["s begins an unknown method", "s ends UNIMPLEMENTED"])
    }

    @Test("a channel with no interceptors is the channel itself")
    func none() async throws {
        try await withCalls(over: .ipc) { _, channel async throws in
            #expect(type(of: channel.intercepted(by: [])) == type(of: channel))
        }
    }
}

/// What happened, in order.
final class OrderedLog: Sendable {
    private let entries = Mutex<[String]>([])
    var all: [String] { entries.withLock { $0 } }
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
}
