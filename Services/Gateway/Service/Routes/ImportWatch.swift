import Contracts
import Hummingbird
import NIOCore
import RPC
import ServiceKit

/// `GET /v1/gias-imports/{id}/watch`: an import now and after each checkpoint, as server-sent events, until it has
/// ended.
///
/// ```
/// event: import
/// id: 7
/// data: {"id": …}
/// ```
///
/// A comment is sent now and then, so that a reader who is gone is found out. If the watching breaks off, an event
/// `problem` says why.
struct ImportWatch {
    private static let beat = Duration.seconds(15)
    /// States that a slow reader may be behind; older ones are skipped.
    private static let maximumWaiting = 16

    private enum Piece: Sendable {
        case state(PartnershipV1.GiasImport)
        case problem(Problem)
        case beat
        case end
    }

    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ values: [String: Substring], _ caller: Caller) async throws -> Response {
        try QueryParameters(exchange.query).refuseOthers(than: [])
        guard let id = values["id"].flatMap({ PercentEncoding.decoded($0) }) else {
            throw Problem(.malformedRequest, "The path has an escape that is not %XX of UTF-8 text.")
        }
        let channel = try parts.targets.channel(for: GiasImportsMethods.watchGiasImport)
        let states = CallScope.$current.withValue(exchange.scope(caller, deadline: nil)) {
            GiasImportsClient(channel).watchGiasImport(.init(id: id))
        }
        // The first answer decides whether there is anything to watch.
        let late = Problem(.status(.deadlineExceeded, isConditional: false), "The service did not answer in time.")
        let first = try await TimeLimit.run(parts.limits.requestTime, or: late) { try await states.next() }
        let (path, requestID) = (exchange.path, exchange.requestID)
        return Reply.stream(
            type: Reply.eventStream,
            ResponseBody { [self] writer in
                if let first {
                    try await writer.write(
                        Self.event("import", id: first.version, first.jsonBytes(includeDefaults: true)))
                    try await passOn(states, &writer, path, requestID)
                }
                try await writer.finish(nil)
            })
    }

    private func passOn(
        _ states: ResponseStream<PartnershipV1.GiasImport>, _ writer: inout any ResponseBodyWriter, _ path: String,
        _ requestID: String
    ) async throws {
        let (pieces, continuation) = AsyncStream.makeStream(
            of: Piece.self, bufferingPolicy: .bufferingNewest(Self.maximumWaiting))
        let readiness = parts.readiness
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Self.read(states, into: continuation) }
            group.addTask {
                while (try? await Task.sleep(for: Self.beat)) != nil { continuation.yield(.beat) }
            }
            group.addTask {
                await readiness.stopped()
                continuation.yield(.end)
            }
            defer { group.cancelAll() }
            for await piece in pieces {
                switch piece {
                case .state(let state):
                    try await writer.write(
                        Self.event("import", id: state.version, state.jsonBytes(includeDefaults: true)))
                case .problem(let problem):
                    try await writer.write(
                        Self.event("problem", id: nil, problem.json(path: path, requestID: requestID)))
                    return
                case .beat: try await writer.write(ByteBuffer(string: ": still here\n\n"))
                case .end: return
                }
            }
        }
    }

    private static func read(
        _ states: ResponseStream<PartnershipV1.GiasImport>, into continuation: AsyncStream<Piece>.Continuation
    ) async {
        do {
            while let state = try await states.next() { continuation.yield(.state(state)) }
            continuation.yield(.end)
        } catch {
            continuation.yield(.problem(Problem(error, isConditional: false)))
        }
    }

    private static func event(_ name: String, id: Int64?, _ json: [UInt8]) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: \(name)\n")
        if let id { buffer.writeString("id: \(id)\n") }
        buffer.writeString("data: ")
        buffer.writeBytes(json)
        buffer.writeString("\n\n")
        return buffer
    }
}
