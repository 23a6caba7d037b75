import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection to a server, for exchanges that follow each other.
///
/// ```swift
/// let reply = try await HTTPConnection.with(origin) { try await $0.send(HTTPRequest("GET", "/v1/partners")) }
/// ```
package final class HTTPConnection {
    /// Largest reply body that `send` collects.
    package static let maximumReplyBytes = 16 << 20
    /// Longest wait for a connection.
    package static let connectTimeout = Duration.seconds(5)
    /// Size of the pieces in which a file is sent.
    static let pieceBytes = 256 << 10

    typealias RequestPart = HTTPPart<HTTPRequestHead, ByteBuffer>
    private typealias Wire = NIOAsyncChannel<HTTPClientResponsePart, RequestPart>

    private let origin: HTTPOrigin
    private let channel: any Channel
    private let outbound: NIOAsyncChannelOutboundWriter<RequestPart>
    private var inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator

    private init(
        origin: HTTPOrigin, channel: any Channel, outbound: NIOAsyncChannelOutboundWriter<RequestPart>,
        inbound: NIOAsyncChannelInboundStream<HTTPClientResponsePart>.AsyncIterator
    ) {
        self.origin = origin
        self.channel = channel
        self.outbound = outbound
        self.inbound = inbound
    }

    /// Connects, runs `body`, disconnects.
    package static func with<R: Sendable>(
        _ origin: HTTPOrigin, _ body: (HTTPConnection) async throws -> R
    ) async throws -> R {
        let wire = try await connect(origin)
        return try await wire.executeThenClose { inbound, outbound in
            try await body(
                HTTPConnection(
                    origin: origin, channel: wire.channel, outbound: outbound, inbound: inbound.makeAsyncIterator()))
        }
    }

    private static func connect(_ origin: HTTPOrigin) async throws(HTTPFailure) -> Wire {
        do {
            return try await ClientBootstrap(group: NIOSingletons.posixEventLoopGroup)
                .connectTimeout(TimeAmount(connectTimeout))
                .connect(host: origin.host, port: origin.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHTTPClientHandlers()
                        try pipeline.addHandler(PieceEncoder())
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw .cannotConnect(origin: origin.description, reason: plainReason(error))
        }
    }

    /// Sends the request and collects the reply.
    package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
        var body: [UInt8] = []
        let head = try await exchange(request) { (piece: [UInt8]) throws(HTTPFailure) in
            guard body.count + piece.count <= Self.maximumReplyBytes else {
                throw .replyTooLarge(limit: Self.maximumReplyBytes)
            }
            body.append(contentsOf: piece)
        }
        return HTTPReply(status: head.status, fields: head.fields, body: body)
    }

    /// Sends the request and hands each piece of the reply's body to `receive` as it comes.
    package func exchange(
        _ request: HTTPRequest, receive: ([UInt8]) async throws(HTTPFailure) -> Void
    ) async throws(HTTPFailure) -> (status: Int, fields: [(name: String, value: String)]) {
        let alarm = Alarm()
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(request.timeout)) { [channel] in
            alarm.ring()
            channel.close(promise: nil)
        }
        defer { timer.cancel() }
        do {
            // A server may refuse a body early and close; its answer then says more than the broken pipe.
            var writeFailure: (any Error)?
            do { try await write(request) } catch let error as HTTPFailure { throw error } catch {
                writeFailure = error
            }
            do {
                return try await read(receive)
            } catch let error as HTTPFailure {
                throw error
            } catch {
                throw writeFailure ?? error
            }
        } catch {
            if alarm.hasRung { throw .timedOut(after: request.timeout) }
            throw error as? HTTPFailure ?? .disconnected(reason: plainReason(error))
        }
    }

    private func write(_ request: HTTPRequest) async throws {
        let source = try BodySource(request.body)
        var head = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: request.method), uri: request.target)
        head.headers.add(name: "Host", value: origin.authority)
        head.headers.add(name: "User-Agent", value: "olp")
        for field in request.fields { head.headers.add(name: field.name, value: field.value) }
        if let length = source.length, !head.headers.contains(name: "Content-Length") {
            head.headers.add(name: "Content-Length", value: String(length))
        }
        try await outbound.write(.head(head))
        var sent = 0
        while let piece = try source.next(atMost: Self.pieceBytes) {
            try await outbound.write(.body(ByteBuffer(bytes: piece)))
            sent += piece.count
            request.onProgress?(sent)
        }
        try await outbound.write(.end(nil))
    }

    private func read(
        _ receive: ([UInt8]) async throws(HTTPFailure) -> Void
    ) async throws -> (status: Int, fields: [(name: String, value: String)]) {
        var head: HTTPResponseHead?
        while let part = try await inbound.next(isolation: nil) {
            switch part {
            case .head(let received): head = received
            case .body(let buffer): try await receive(Array(buffer.readableBytesView))
            case .end:
                // 100 (Continue) and its kind come before the answer itself.
                guard let complete = head, complete.status.code >= 200 else { continue }
                return (Int(complete.status.code), complete.headers.map { ($0.name, $0.value) })
            }
        }
        throw HTTPFailure.disconnected(reason: "the server closed it")
    }
}

/// NIO's encoder wants a type that may also hold a file's region; ours is always bytes.
private final class PieceEncoder: ChannelOutboundHandler {
    typealias OutboundIn = HTTPConnection.RequestPart
    typealias OutboundOut = HTTPClientRequestPart

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let part: HTTPClientRequestPart =
            switch unwrapOutboundIn(data) {
            case .head(let head): .head(head)
            case .body(let buffer): .body(.byteBuffer(buffer))
            case .end(let trailers): .end(trailers)
            }
        context.write(wrapOutboundOut(part), promise: promise)
    }
}

/// The system's words for an error, without the layers round it.
private func plainReason(_ error: any Error) -> String {
    if let error = error as? NIOConnectionError, let first = error.connectionErrors.first {
        return plainReason(first.error)
    }
    if let error = error as? IOError { return error.description }
    return "\(error)"
}
