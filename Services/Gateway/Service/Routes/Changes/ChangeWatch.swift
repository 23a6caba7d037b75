import Contracts
import Hummingbird
import NIOCore
import ProtoJSON
import RPC
import ServiceKit

/// `GET /v1/changes`: what changes in the services, as server-sent events, from now on or from an event's id.
///
/// - `ready`: first of all.
/// - `change`: service, type, subject and version of the record, when, and what kind of actor; never what it says.
/// - `interrupted`, `resumed`: of a service's feed. Nothing is missed in between, and nothing comes twice.
/// - `problem`: the feed does not know the id's position; the stream ends, and begins anew without an id.
struct ChangeWatch {
    private typealias News = FeedWatch.News

    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ caller: Caller) async throws -> Response {
        let query = try QueryParameters(exchange.query)
        try query.refuseOthers(than: ChangeFilter.parameters)
        let filter = try ChangeFilter(query)
        let known = try Self.lastID(exchange, query).map(FeedPositions.init) ?? FeedPositions()
        let place = try parts.watchers.take()
        var watches: [FeedWatch] = []
        for service in filter.services { watches.append(try FeedWatch(service, filter, parts)) }
        let scope = exchange.scope(caller, deadline: nil)
        let (positions, failures) = await CallScope.$current.withValue(scope) { await Self.open(watches, known) }
        let (path, requestID, stream) = (exchange.path, exchange.requestID, parts.eventStream)
        return Reply.stream(
            type: Reply.eventStream,
            ResponseBody { [place, watches] writer in
                _ = place
                var positions = positions
                let start = positions
                try await writer.write(EventStream.event("ready", id: positions.text, Self.ready(watches)))
                try await stream.write(to: &writer) { giver in
                    await CallScope.$current.withValue(scope) {
                        await Self.follow(watches, start, failures, giver)
                    }
                } position: {
                    positions.text
                } _: { news in
                    Self.text(of: news, &positions) { problem in problem.json(path: path, requestID: requestID) }
                }
                try await writer.finish(nil)
            })
    }

    /// A reader who comes back says where they were by a field of their own, in curl by a parameter.
    private static func lastID(_ exchange: Exchange, _ query: QueryParameters) throws(Problem) -> String? {
        let fields = exchange.values(.lastEventID)
        guard fields.count < 2 else { throw Problem(.malformedRequest, "Last-Event-ID may be given once.") }
        // A browser sends the field when it comes back to the same address, so the field is the newer one.
        if let field = fields.first { return field }
        return try query.only("after")
    }

    /// Finds out where each feed ends whose position is not known. A service that cannot be reached has none.
    private static func open(
        _ watches: [FeedWatch], _ known: FeedPositions
    ) async -> (FeedPositions, [PeerService: RPCError]) {
        var positions = FeedPositions()
        var failures: [PeerService: RPCError] = [:]
        await withTaskGroup(of: (PeerService, Result<String, RPCError>).self) { group in
            for watch in watches {
                if let position = known[watch.service] {
                    positions[watch.service] = position
                    continue
                }
                group.addTask {
                    do throws(RPCError) { return (watch.service, .success(try await watch.end())) } catch {
                        return (watch.service, .failure(error))
                    }
                }
            }
            for await (service, end) in group {
                switch end {
                case .success(let position): positions[service] = position
                case .failure(let error): failures[service] = error
                }
            }
        }
        return (positions, failures)
    }

    /// Follows all feeds until one of them is lost: a stream with a gap would look like one without.
    private static func follow(
        _ watches: [FeedWatch], _ positions: FeedPositions, _ failures: [PeerService: RPCError],
        _ giver: EventStream.Giver<News>
    ) async {
        await withTaskGroup(of: Void.self) { group in
            for watch in watches {
                group.addTask {
                    await watch.follow(
                        from: positions[watch.service], failure: failures[watch.service], giver.give)
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private static func text(
        of news: News, _ positions: inout FeedPositions, _ problem: (Problem) -> [UInt8]
    ) -> ByteBuffer? {
        switch news {
        case .passed(let service, let position):
            positions[service] = position
            return nil
        case .change(let service, let event):
            positions[service] = event.position
            return EventStream.event("change", id: positions.text, change(service, event))
        case .interrupted(let service, let code):
            return EventStream.event("interrupted", id: nil, data(service, code))
        case .resumed(let service, let position):
            positions[service] = position
            return EventStream.event("resumed", id: positions.text, data(service, nil))
        case .lost(_, let error):
            // The empty id makes a browser come back without one.
            return EventStream.event("problem", id: "", problem(Problem(error, isConditional: false)))
        }
    }

    private static func ready(_ watches: [FeedWatch]) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.key("services")
        json.beginArray()
        for watch in watches { json.value(watch.service.rawValue) }
        json.endArray()
        json.endObject()
        return json.bytes
    }

    private static func change(_ service: PeerService, _ event: CommonV1.FeedEvent) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("service", service.rawValue)
        json.member("type", event.type)
        json.member("subject", event.subject)
        json.member("version", String(event.subjectVersion))
        json.member("at", event.at?.rfc3339 ?? "")
        json.member("actorKind", event.actor?.kind ?? "")
        json.endObject()
        return json.bytes
    }

    private static func data(_ service: PeerService, _ code: StatusCode?) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("service", service.rawValue)
        if let code { json.member("status", code.name) }
        json.endObject()
        return json.bytes
    }
}
