import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import ServiceKit

/// Watches over one connection, below everything that knows requests.
///
/// - A request that cannot be parsed, or whose header fields are too large, is answered with a problem.
/// - A peer that sends nothing when something is awaited is let go.
/// - A body that breaks off is an error to whoever reads it, never an end.
/// - After an answer with `Connection: close`, the rest of the request is thrown away for a moment, so that the peer
///   can read the answer, and the connection is closed.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// How long the rest of a refused request is thrown away before the connection is cut.
    private static let lingerTime = TimeAmount.seconds(2)

    /// A request's body ended without its end.
    struct BodyBrokenOff: Error {}

    private enum Waiting {
        /// For a connection's first request.
        case first
        /// For a further one.
        case next
        /// For the next part of a body.
        case body
        /// For the service, not for the peer.
        case nothing
    }

    private let limits: GatewayLimits
    private var waiting = Waiting.first
    private var hasOpenBody = false
    private var closesAfterAnswer = false
    private var isClosing = false
    private var timer: Scheduled<Void>?

    init(_ limits: GatewayLimits) {
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        if let decoder = try? pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self) {
            // It fails on a connection that is closing, and then there is nothing to read.
            try? pipeline.addHandler(OldRequestHost(), position: .after(decoder))
        }
        if context.channel.isActive { expect(.first, context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelActive(context: ChannelHandlerContext) {
        expect(.first, context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if hasOpenBody {
            hasOpenBody = false
            context.fireErrorCaught(BodyBrokenOff())
        }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            hasOpenBody = true
            expect(.nothing, context)
            if head.headerFields[.expect]?.lowercased() == "100-continue" {
                context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
            }
        case .body: expect(.nothing, context)
        case .end:
            hasOpenBody = false
            expect(.nothing, context)
        }
        context.fireChannelRead(data)
    }

    /// Whoever reads requests wants more: from here on it is the peer's turn.
    func read(context: ChannelHandlerContext) {
        if hasOpenBody, !isClosing { expect(.body, context) }
        context.read()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection]?.lowercased() == "close" { closesAfterAnswer = true }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            context.write(data, promise: promise)
            if closesAfterAnswer { close(context) } else if !hasOpenBody { expect(.next, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, !isClosing else {
            context.fireErrorCaught(error)
            return
        }
        if hasOpenBody {
            // Somebody reads the body: they have to learn that it is broken.
            hasOpenBody = false
            context.fireErrorCaught(error)
            return
        }
        refuse(context, error == .headerOverflow ? Self.tooLarge(limits) : Self.malformed)
    }

    private static func tooLarge(_ limits: GatewayLimits) -> Problem {
        Problem(
            .headersTooLarge,
            "The address or the header fields have more than \(limits.headerBytes) bytes, or there are more than "
                + "\(GatewayLimits.maximumFields) fields.")
    }

    private static let malformed = Problem(.malformedRequest, "This is not a request of HTTP/1.1.")

    /// Answers what never became a request, and closes.
    private func refuse(_ context: ChannelHandlerContext, _ problem: Problem) {
        guard !isClosing else { return }
        let facts = problem.facts
        let body = problem.json(path: "", requestID: "")
        var fields: HTTPFields = [.contentType: Reply.problem, .connection: "close"]
        fields[.contentLength] = String(body.count)
        let head = HTTPResponse(
            status: .init(code: facts.status, reasonPhrase: facts.title), headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: body))), promise: nil)
        context.write(wrapOutboundOut(.end(nil)), promise: nil)
        close(context)
    }

    private func close(_ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        isClosing = true
        timer?.cancel()
        context.flush()
        context.close(mode: .output, promise: nil)
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lingerTime) {
            context.close(promise: nil)
        }
    }

    private func expect(_ what: Waiting, _ context: ChannelHandlerContext) {
        guard !isClosing else { return }
        timer?.cancel()
        timer = nil
        waiting = what
        let time: Duration
        switch what {
        case .first, .body: time = limits.headerTime
        case .next: time = limits.idleTime
        case .nothing: return
        }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            self.timeIsUp(context)
        }
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        switch waiting {
        case .first:
            refuse(context, Problem(.bodyTimedOut, "No request came within \(limits.headerTime.configurationText)."))
        case .next: context.close(promise: nil)
        case .body:
            // The reader of the body says it in its answer, and its error closes the connection.
            hasOpenBody = false
            context.fireErrorCaught(BodyBrokenOff())
        case .nothing: break
        }
    }
}
