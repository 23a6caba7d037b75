import Contracts
import RPC
import Storage
import Values

/// Serves the events of a store to those who follow it.
struct FeedService: FeedHandlers {
    /// Events that are read from the store at once.
    static let batch = 256

    let store: Store

    func follow(
        _ request: CommonV1.FollowRequest, to writer: ResponseWriter<CommonV1.FeedEvent>, context: ServerContext
    ) async throws {
        // Asked for before the first look, so that nothing is missed between the two.
        var added = store.eventsAdded().makeAsyncIterator()
        var position = try FeedPosition(request.after)
        while true {
            let records = try await store.events(after: position, limit: Self.batch)
            for record in records {
                try await writer.write(CommonV1.FeedEvent(record))
                position = record.position
            }
            if records.count == Self.batch { continue }
            if request.untilNow { return }
            guard await added.next() != nil else {
                try Task.checkCancellation()
                throw RPCError(.unavailable, "The store of this feed was closed. Call again to go on.")
            }
        }
    }

    func getFeedPosition(
        _ request: CommonV1.GetFeedPositionRequest, context: ServerContext
    ) async throws -> CommonV1.FeedEnd {
        let end = try await store.feedEnd()
        return CommonV1.FeedEnd(position: end.sequence == 0 ? "" : end.text)
    }

    func listFollowed(
        _ request: CommonV1.ListFollowedRequest, context: ServerContext
    ) async throws -> CommonV1.ListFollowedReply {
        let positions = try await store.read { reader in try reader.followerPositions() }
        return CommonV1.ListFollowedReply(
            feeds: positions.map { .init(source: $0.source, position: $0.position) })
    }
}

extension CommonV1.FeedEvent {
    init(_ record: FeedRecord) {
        let event = record.event
        self.init(
            position: record.position.text, id: event.id, type: event.type, subject: event.subject,
            subjectVersion: event.subjectVersion,
            at: .init(seconds: event.at.seconds, nanos: event.at.nanosOfSecond),
            actor: .init(id: event.actor.id, kind: event.actor.kind), payload: event.payload,
            payloadType: event.payloadType)
    }
}
