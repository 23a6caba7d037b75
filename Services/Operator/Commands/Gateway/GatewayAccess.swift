package import Contracts
package import HTTPClient
import ServiceKit

/// The gateway's HTTP interface, with the token that opens it.
package struct GatewayAccess: Sendable {
    package let origin: HTTPOrigin
    private let token: String
    /// Tries of a request that the gateway could not pass on, or whose connection broke.
    static let attempts = 5

    package init(url: String, token: String) throws(Failure) {
        guard let origin = HTTPOrigin(url: url) else {
            throw Failure(.usage, "\"\(url)\" is not the address of a gateway", advice: "Write http://host:port.")
        }
        self.origin = origin
        self.token = token
    }

    /// A gateway of a suite on this machine: the first that is ready, or the first.
    package init(_ state: SuiteState, token: String? = nil) throws(Failure) {
        let known: String
        if let token { known = token } else { known = try Self.readToken(state.tokenFile) }
        let ready = state.replicas(of: SuitePlan.gateway).first { $0.phase == .ready }
        try self.init(url: ready?.url ?? state.url, token: known)
    }

    package static func readToken(_ path: String) throws(Failure) -> String {
        let advice = "Name its file with --token-file FILE."
        let bytes: [UInt8]
        do throws(FileFailure) {
            bytes = try SystemFile.read(path, limit: 4096)
        } catch {
            throw Failure(.failure, "cannot read the token: \(error)", advice: advice)
        }
        guard let token = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first else {
            throw Failure(.failure, "the token file \(path) is empty", advice: advice)
        }
        return String(token)
    }

    /// Sends a request with the token. Any answer is an answer, 4xx and 5xx too.
    package func send(_ request: HTTPRequest) async throws -> HTTPReply {
        var request = request
        request.fields.append(("Authorization", "Bearer \(token)"))
        return try await HTTPConnection.with(origin) { [request] connection in try await connection.send(request) }
    }

    /// Lends a connection that is kept for several requests, each sent with the token.
    func withConnection<R: Sendable>(
        _ body: (@escaping (HTTPRequest) async throws -> HTTPReply) async throws -> R
    ) async throws -> R {
        try await HTTPConnection.with(origin) { connection in
            try await body { request in
                var request = request
                request.fields.append(("Authorization", "Bearer \(token)"))
                return try await connection.send(request)
            }
        }
    }

    /// Sends a JSON request and reads the reply as a message; a problem becomes a `Failure`.
    package func call<Reply: JSONMessage>(
        _ method: String, _ target: String, body: HTTPRequest.Body = .none, contentType: String = "application/json",
        idempotencyKey: String? = nil, timeout: Duration = .seconds(30), onProgress: (@Sendable (Int) -> Void)? = nil,
        as type: Reply.Type = Reply.self
    ) async throws -> Reply {
        var fields = [("Accept", "application/json")]
        if case .none = body {} else { fields.append(("Content-Type", contentType)) }
        if let idempotencyKey { fields.append(("Idempotency-Key", idempotencyKey)) }
        let reply = try await send(
            HTTPRequest(
                method, target, fields: fields, body: body, timeout: timeout, onProgress: onProgress))
        guard reply.isSuccess else { throw Problem(reply).failure("\(method) \(target)") }
        do {
            return try Reply(jsonText: reply.text)
        } catch {
            throw Failure(.failure, "the gateway's answer to \(method) \(target) cannot be read: \(error)")
        }
    }

    /// The same with a message as the request's body.
    func call<Reply: JSONMessage>(
        _ method: String, _ target: String, message: some JSONMessage, as type: Reply.Type = Reply.self
    ) async throws -> Reply {
        try await call(method, target, body: .bytes(Array(message.jsonText().utf8)))
    }

    /// Follows a stream of server-sent events until the gateway ends it.
    func events(_ target: String, _ receive: (ServerSentEvent) -> Void) async throws {
        var request = HTTPRequest("GET", target, timeout: Self.longestStream)
        request.fields = [("Accept", "text/event-stream"), ("Authorization", "Bearer \(token)")]
        var reader = ServerSentEventReader()
        var beginning: [UInt8] = []
        let head = try await HTTPConnection.with(origin) { [request] connection in
            try await connection.exchange(request) { piece throws(HTTPFailure) in
                if beginning.count < Self.problemBytes { beginning += piece }
                guard let events = reader.read(piece) else {
                    throw .replyTooLarge(limit: ServerSentEventReader.maximumBytes)
                }
                for event in events { receive(event) }
            }
        }
        let reply = HTTPReply(status: head.status, fields: head.fields, body: beginning)
        guard reply.isSuccess else { throw Problem(reply).failure("GET \(target)") }
    }

    /// Longest time that one stream is followed; whoever wants more begins another.
    private static let longestStream = Duration.seconds(3600)
    /// As much of an answer is kept as an error's description needs.
    private static let problemBytes = 64 << 10
}
