import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import RPC

/// `PUT /v1/gias-imports/{id}/files/{file}`: the bytes of a register's file, passed on as they come. No more of them is
/// held here than the service is ready to take.
struct FileUpload {
    static let kinds: [String: PartnershipV1.GiasFile] = [
        "establishments": .establishments, "groups": .groups, "memberships": .memberships, "links": .links,
    ]
    private static let maximumNameCharacters = 200

    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ values: [String: Substring], _ caller: Caller) async throws -> Response {
        let head = try head(exchange, values)
        let key = try exchange.idempotencyKey()
        let channel = try parts.targets.channel(for: GiasImportsMethods.uploadGiasFile)
        let limits = parts.limits
        let scope = exchange.scope(caller, deadline: .after(limits.uploadTime + limits.requestTime))
        let reply = try await TimeLimit.run(
            limits.uploadTime + limits.requestTime, or: IncomingBody.tooSlow(limits.uploadTime)
        ) {
            try await CallScope.$current.withValue(scope) {
                try await GiasImportsClient(channel).uploadGiasFile(options: CallOptions(idempotencyKey: key)) {
                    writer in
                    try await writer.write(.init(part: .head(head)))
                    try await exchange.body.read(limit: limits.uploadBytes) { piece in
                        try await Self.pass(piece, to: writer)
                    }
                }
            }
        }
        let json = reply.jsonBytes(includeDefaults: true)
        var response = Reply.bytes(json, type: Reply.json)
        response.headers[.eTag] = "\"\(reply.version)\""
        return response
    }

    private static func pass(
        _ piece: ByteBuffer, to writer: RequestWriter<PartnershipV1.UploadGiasFileRequest>
    ) async throws {
        var piece = piece
        while piece.readableBytes > 0 {
            let count = min(piece.readableBytes, GatewayLimits.uploadPartBytes)
            guard let bytes = piece.readBytes(length: count) else { return }
            try await writer.write(.init(part: .bytes(bytes)))
        }
    }

    private func head(
        _ exchange: Exchange, _ values: [String: Substring]
    ) throws(Problem) -> PartnershipV1.UploadGiasFileRequest.Head {
        let query = try QueryParameters(exchange.query)
        try query.refuseOthers(than: ["name"])
        guard let id = values["id"].flatMap({ PercentEncoding.decoded($0) }),
            let file = values["file"].flatMap({ PercentEncoding.decoded($0) })
        else { throw Problem(.malformedRequest, "The path has an escape that is not %XX of UTF-8 text.") }
        guard let kind = Self.kinds[file] else {
            throw .invalid("file", "must be \(Self.kinds.keys.sorted().joined(separator: ", ")) in the path")
        }
        let name = try query.only("name") ?? ""
        guard name.unicodeScalars.count <= Self.maximumNameCharacters else {
            throw .invalid("name", "may have at most \(Self.maximumNameCharacters) characters")
        }
        return .init(importId: id, file: kind, name: name, bytesTotal: Int64(exchange.body.declaredBytes ?? 0))
    }
}
