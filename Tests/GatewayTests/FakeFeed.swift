import Contracts
import RPC
import RPCInProcess
import Synchronization

/// A service's feed that the test fills, cuts and takes away.
final class FakeFeed: FeedHandlers {
    private struct State {
        var events: [CommonV1.FeedEvent] = []
        var isAway = false
        /// Grows when the open streams are cut.
        var epoch = 0
        var written = 0
        var listeners: [AsyncStream<Void>.Continuation] = []
    }

    private let state = Mutex(State())

    var channel: any Channel {
        var router = Router()
        register(with: &router)
        return InProcessChannel(to: RPCServer(router: router))
    }

    /// Events handed to the transport so far, each time that they were.
    var written: Int { state.withLock { $0.written } }

    func append(_ type: String, _ subject: String, payload: String = "") {
        change { state in
            let number = state.events.count + 1
            state.events.append(
                .init(
                    position: "f-\(number)", id: "id-\(number)", type: type, subject: subject,
                    subjectVersion: Int64(number), at: .init(seconds: 1_782_862_200), actor: .init(id: "u", kind: "token"),
                    payload: Array(payload.utf8), payloadType: "x"))
        }
    }

    /// Breaks off every open stream.
    func cut() { change { $0.epoch += 1 } }

    func set(away: Bool) {
        change { state in
            state.isAway = away
            state.epoch += 1
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let listeners = state.withLock { state in
            body(&state)
            return state.listeners
        }
        for listener in listeners { listener.yield() }
    }

    private static let away = RPCError(.unavailable, "no connection")

    func follow(
        _ request: CommonV1.FollowRequest, to writer: ResponseWriter<CommonV1.FeedEvent>, context: ServerContext
    ) async throws {
        let (changes, listener) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        var index = 0
        if !request.after.isEmpty {
            let number = request.after.hasPrefix("f-") ? Int(request.after.dropFirst(2)) : nil
            guard let number, number <= state.withLock({ $0.events.count }) else {
                throw RPCError(.failedPrecondition, "The position is of another feed.")
            }
            index = number
        }
        let epoch = state.withLock { state in
            state.listeners.append(listener)
            return state.epoch
        }
        var changed = changes.makeAsyncIterator()
        while true {
            let (events, isCut) = state.withLock { state in
                (Array(state.events.dropFirst(index)), state.isAway || state.epoch != epoch)
            }
            if isCut { throw Self.away }
            for event in events {
                try await writer.write(event)
                state.withLock { $0.written += 1 }
            }
            index += events.count
            guard await changed.next() != nil else { throw CancellationError() }
        }
    }

    func getFeedPosition(
        _ request: CommonV1.GetFeedPositionRequest, context: ServerContext
    ) async throws -> CommonV1.FeedEnd {
        try state.withLock { state in
            if state.isAway { throw Self.away }
            return CommonV1.FeedEnd(position: state.events.last?.position ?? "")
        }
    }

    func listFollowed(
        _ request: CommonV1.ListFollowedRequest, context: ServerContext
    ) async throws -> CommonV1.ListFollowedReply {
        CommonV1.ListFollowedReply()
    }
}
