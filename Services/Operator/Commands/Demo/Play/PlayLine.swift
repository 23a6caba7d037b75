import Contracts
import HTTPClient

/// A connection to the gateway on which steps of a season are played. Every write has an idempotency key that follows from
/// the seed, the step and what is asked, so that a step that was interrupted is repeated without doing anything twice.
struct PlayLine {
    /// The gateway, or a service behind it, is not there now: the same again, a little later.
    struct Busy: Error {
        let failure: Failure
    }

    private static let busyStatuses: Set = [429, 503, 504]

    let seed: UInt64
    let send: (HTTPRequest) async throws -> HTTPReply

    func get<Reply: JSONMessage>(_ target: String, as type: Reply.Type = Reply.self) async throws -> Reply {
        try await exchange(HTTPRequest("GET", target))
    }

    /// - Parameters:
    ///   - version: of the record that is changed, if it is one that has versions.
    ///   - step: what is done, the same in every play of the plan: "candidate-17".
    func write<Reply: JSONMessage>(
        _ method: String = "POST", _ target: String, _ body: some JSONMessage, version: Int64? = nil, step: String,
        as type: Reply.Type = Reply.self
    ) async throws -> Reply {
        var request = HTTPRequest(method, target)
        let bytes = body.jsonBytes()
        request.body = .bytes(bytes)
        request.fields = [
            ("Content-Type", "application/json"),
            ("Idempotency-Key", Self.key(seed, step, Array(target.utf8) + bytes, version)),
        ]
        if let version { request.fields.append(("If-Match", "\"\(version)\"")) }
        return try await exchange(request)
    }

    private func exchange<Reply: JSONMessage>(_ request: HTTPRequest) async throws -> Reply {
        let reply = try await send(request)
        // Without the query, which may be long.
        let what = "\(request.method) \(request.target.prefix { $0 != "?" })"
        guard reply.isSuccess else {
            let failure = Problem(reply).failure(what)
            throw Self.busyStatuses.contains(reply.status) ? Busy(failure: failure) : failure
        }
        do {
            return try Reply(jsonText: reply.text)
        } catch {
            throw Failure(.failure, "the gateway's answer to \(what) cannot be read: \(error)")
        }
    }

    /// Names the step and what it asks (FNV-1a): a play on another day asks other things, and must not be answered with
    /// what was stored for this one.
    static func key(_ seed: UInt64, _ step: String, _ content: [UInt8], _ version: Int64?) -> String {
        let hash = (content + Array("\(version ?? 0)".utf8)).reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01B3
        }
        return "demo-\(seed)-\(step)-\(String(hash, radix: 16))"
    }
}
