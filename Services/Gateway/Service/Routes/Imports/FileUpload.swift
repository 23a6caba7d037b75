import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import RPC

/// A file of an import: its bytes, passed on as they come. No more of them is held here than the service is ready to
/// take.
struct FileUpload<Kind: ImportKind> {
    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ values: [String: Substring], _ caller: Caller) async throws -> Response {
        let head = try head(exchange, values)
        try exchange.body.requireFile()
        let key = try exchange.idempotencyKey()
        let channel = try parts.targets.channel(for: Kind.uploadMethod)
        let limits = parts.limits
        let scope = exchange.scope(caller, deadline: .after(limits.uploadTime + limits.requestTime))
        let reply = try await TimeLimit.run(
            limits.uploadTime + limits.requestTime, or: IncomingBody.tooSlow(limits.uploadTime)
        ) {
            try await CallScope.$current.withValue(scope) {
                let options = CallOptions(idempotencyKey: key)
                let reply: Kind.Import = try await channel.clientStreaming(Kind.uploadMethod, options) {
                    (writer: RequestWriter<Kind.Part>) in
                    try await writer.write(head)
                    try await exchange.body.read(limit: limits.uploadBytes) { piece in
                        try await Self.pass(piece, to: writer)
                    }
                }
                return reply
            }
        }
        var response = Reply.bytes(reply.jsonBytes(includeDefaults: true), type: Reply.json)
        response.headers[.eTag] = "\"\(Kind.version(of: reply))\""
        return response
    }

    private static func pass(_ piece: ByteBuffer, to writer: RequestWriter<Kind.Part>) async throws {
        var piece = piece
        while piece.readableBytes > 0 {
            let count = min(piece.readableBytes, GatewayLimits.uploadPartBytes)
            guard let bytes = piece.readBytes(length: count) else { return }
            try await writer.write(Kind.part(bytes))
        }
    }

    private func head(_ exchange: Exchange, _ values: [String: Substring]) throws(Problem) -> Kind.Part {
        let query = try QueryParameters(exchange.query)
        try query.refuseOthers(than: ["name"])
        let values = try PercentEncoding.decoded(path: values)
        let name = try query.only("name") ?? ""
        guard name.unicodeScalars.count <= GatewayLimits.maximumFileNameCharacters else {
            throw .invalid("name", "may have at most \(GatewayLimits.maximumFileNameCharacters) characters")
        }
        return try Kind.head(
            id: values["id"] ?? "", values, name: name, bytes: Int64(exchange.body.declaredBytes ?? 0))
    }
}
