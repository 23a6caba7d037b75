import Contracts
import RPC

/// Follows the feed of one service for one watcher, over every interruption: no event is missed, none comes twice.
struct FeedWatch: Sendable {
    /// First wait before the feed is opened again; each further one is longer by the factor, up to the longest.
    static let firstWait = Duration.milliseconds(100)
    static let waitFactor = 1.6
    static let longestWait = Duration.seconds(2)
    /// Longest wait for the end of a feed.
    static let patience = Duration.seconds(2)

    /// What a watcher is told.
    enum News: Sendable {
        case change(PeerService, CommonV1.FeedEvent)
        /// An event that the watcher does not want; only its position counts.
        case passed(PeerService, position: String)
        case interrupted(PeerService, StatusCode)
        case resumed(PeerService, position: String)
        /// It cannot go on from where it was: a person has to decide.
        case lost(PeerService, RPCError)
    }

    let service: PeerService
    let feed: FeedClient
    let filter: ChangeFilter
    let clock: any Clock<Duration>
    let jitter: @Sendable () -> Double

    init(_ service: PeerService, _ filter: ChangeFilter, _ parts: GatewayParts) throws(Problem) {
        self.service = service
        self.filter = filter
        feed = FeedClient(try parts.targets.channel(to: service))
        clock = parts.clock
        jitter = parts.jitter
    }

    /// Where the feed ends now.
    func end() async throws(RPCError) -> String {
        try await feed.getFeedPosition(.init(), options: CallOptions(timeout: Self.patience)).position
    }

    /// Follows until the task is cancelled, nobody listens any more, or the feed does not know the position.
    /// - Parameters:
    ///   - start: Of the last event that the watcher knows; nil: the feed could not be reached.
    ///   - failure: Why not.
    func follow(
        from start: String?, failure: RPCError?, _ tell: @Sendable (News) async -> Bool
    ) async {
        var position = start
        var wait = Self.firstWait
        var isInterrupted = false
        var failure = failure
        while true {
            if let error = failure {
                // Not what this task's own end looks like.
                if Task.isCancelled { return }
                if error.code == .failedPrecondition {
                    _ = await tell(.lost(service, error))
                    return
                }
                if !isInterrupted, await !tell(.interrupted(service, error.code)) { return }
                isInterrupted = true
                guard (try? await clock.sleep(for: wait * jitter())) != nil else { return }
                wait = min(wait * Self.waitFactor, Self.longestWait)
            }
            do throws(RPCError) {
                if isInterrupted || position == nil {
                    // Also shows that the service is there: a feed without news says nothing.
                    let end = try await end()
                    let known = position ?? end
                    position = known
                    if isInterrupted, await !tell(.resumed(service, position: known)) { return }
                    isInterrupted = false
                }
                let events = feed.follow(.init(after: position ?? ""))
                while let event = try await events.next() {
                    let isWanted = filter.takes(event)
                    guard await tell(isWanted ? .change(service, event) : .passed(service, position: event.position))
                    else { return }
                    position = event.position
                    wait = Self.firstWait
                }
                failure = RPCError(.unavailable, "The feed ended.")
            } catch {
                failure = error
            }
        }
    }
}
