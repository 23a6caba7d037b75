import Contracts
import Hummingbird
import RPC

/// An import now and after each checkpoint, as server-sent events `import`, until it has ended. If the watching breaks
/// off, an event `problem` says why.
struct ImportWatch<Kind: ImportKind> {
    private typealias State = Result<Kind.Import, RPCError>

    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ values: [String: Substring], _ caller: Caller) async throws -> Response {
        try QueryParameters(exchange.query).refuseOthers(than: [])
        let id = try PercentEncoding.decoded(path: values)["id"] ?? ""
        let place = try parts.watchers.take()
        let channel = try parts.targets.channel(for: Kind.watchMethod)
        let states: ResponseStream<Kind.Import> = CallScope.$current.withValue(
            exchange.scope(caller, deadline: nil)
        ) {
            channel.serverStreaming(Kind.watchMethod, Kind.watchRequest(id: id), CallOptions())
        }
        // The first answer decides whether there is anything to watch.
        let late = Problem(.status(.deadlineExceeded, isConditional: false), "The service did not answer in time.")
        let first = try await TimeLimit.run(parts.limits.requestTime, or: late) { try await states.next() }
        let (path, requestID, stream) = (exchange.path, exchange.requestID, parts.eventStream)
        return Reply.stream(
            type: Reply.eventStream,
            ResponseBody { [place] writer in
                _ = place
                try await stream.write(to: &writer) { giver in
                    await Self.read(first, states, giver)
                } _: { state in
                    switch state {
                    case .success(let state):
                        EventStream.event(
                            "import", id: "\(Kind.version(of: state))", state.jsonBytes(includeDefaults: true))
                    case .failure(let error):
                        EventStream.event(
                            "problem", id: nil,
                            Problem(error, isConditional: false).json(path: path, requestID: requestID))
                    }
                }
                try await writer.finish(nil)
            })
    }

    private static func read(
        _ first: Kind.Import?, _ states: ResponseStream<Kind.Import>, _ giver: EventStream.Giver<State>
    ) async {
        var next = first
        do {
            while let state = next {
                guard await giver.give(.success(state)) else { return }
                next = try await states.next()
            }
        } catch {
            _ = await giver.give(.failure(error))
        }
    }
}
