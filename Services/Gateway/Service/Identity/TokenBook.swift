import ServiceKit
import Storage
import Sodium
import Synchronization
import Values

/// The registered tokens as this gateway knows them: read from the store again and again, so that one that is revoked at
/// another gateway is refused here soon after.
final class TokenBook: Sendable {
    /// How old may be what is known; the request that comes later reads it anew.
    static let freshFor = Duration.seconds(1)
    /// Longest wait for the store; then what was known before counts on. A store that is away does not end the service: while
    /// it is, nothing can be revoked either.
    static let patience = Duration.milliseconds(500)
    /// Unknown secrets that are looked up at once; one more is refused unseen, so that guessing cannot keep the store busy.
    static let lookupsAtOnce = 8

    enum Answer: Hashable, Sendable {
        case caller(Caller)
        case unknown
        /// The store does not say.
        case unavailable
    }

    private struct State: Sendable {
        /// By digest.
        var open: [String: RegisteredToken] = [:]
        var readAt: ContinuousClock.Instant?
        var isReading = false
        var lookups = 0
    }

    private let store: GatewayStore
    private let wallClock: any WallClock
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    init(
        store: GatewayStore, wallClock: any WallClock,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now }
    ) {
        self.store = store
        self.wallClock = wallClock
        self.now = now
    }

    /// Who has the secret of this digest.
    func holder(of digest: [UInt8]) async -> Answer {
        let text = Hex.text(digest)
        await readIfOld()
        if let token = state.withLock({ $0.open[text] }) { return answer(token) }
        guard state.withLock({ state in
            guard state.lookups < Self.lookupsAtOnce else { return false }
            state.lookups += 1
            return true
        }) else { return .unknown }
        defer { state.withLock { $0.lookups -= 1 } }
        // Registered a moment ago, perhaps at another gateway.
        guard let found = await bounded({ try await self.store.token(digest: text) }) else { return .unavailable }
        return found.map(answer) ?? .unknown
    }

    private func answer(_ token: RegisteredToken) -> Answer {
        token.isOpen(at: wallClock.now()) ? .caller(Caller(id: token.id, kind: Caller.tokenKind)) : .unknown
    }

    /// One request reads, those beside it go on with what is known.
    private func readIfOld() async {
        let isOurs = state.withLock { state in
            guard !state.isReading, state.readAt.map({ now() - $0 > Self.freshFor }) ?? true else { return false }
            state.isReading = true
            return true
        }
        guard isOurs else { return }
        let open = await bounded { try await self.store.openTokens(at: self.wallClock.now()) }
        state.withLock { state in
            state.isReading = false
            // Also when it failed: the next request is not to wait for it again.
            state.readAt = now()
            if let open { state.open = Dictionary(open.map { ($0.digest, $0) }) { first, _ in first } }
        }
    }

    /// Nil if the store fails or is too slow.
    private func bounded<Value: Sendable>(_ read: @escaping @Sendable () async throws -> Value) async -> Value? {
        await withTaskGroup(of: Value?.self) { group in
            group.addTask { try? await read() }
            group.addTask {
                try? await ContinuousClock().sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
    }
}
