import Contracts
import HTTPClient
import Synchronization

/// Plays the steps of an act, several at a time, and rides out restarts of what it talks to.
struct PlayCrew: Sendable {
    /// Requests in flight.
    static let inFlight = 8
    /// How long a step may be refused because something is not there, before the season is given up.
    static let patience = Duration.seconds(60)
    private static let firstPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(2)

    let gateway: GatewayAccess
    let seed: UInt64
    let progress: ProgressLine

    /// Plays every item. One that is interrupted is played again from its beginning, so what an item does follows from
    /// nothing but the item, and is kept only when all of it is done.
    func play<Item: Sendable>(
        _ act: String, _ items: [Item], _ body: @escaping @Sendable (Item, PlayLine) async throws -> Void
    ) async throws {
        let list = WorkList(items)
        let show: @Sendable () -> Void = {
            progress.show(
                SeasonActs.padded(act), done: list.done, of: items.count, after: Figures.grouped(list.done))
        }
        if !items.isEmpty { show() }
        try await withThrowingTaskGroup { group in
            for _ in 0..<min(Self.inFlight, items.count) {
                group.addTask { try await worker(list, show, body) }
            }
            try await group.waitForAll()
        }
        progress.leave("\(SeasonActs.padded(act))  \(Figures.grouped(items.count))")
    }

    /// Plays one step that answers.
    func ask<R: Sendable>(_ body: @escaping @Sendable (PlayLine) async throws -> R) async throws -> R {
        let answer = Mutex<R?>(nil)
        try await worker(WorkList([0]), {}) { _, line in
            let given = try await body(line)
            answer.withLock { $0 = given }
        }
        guard let given = answer.withLock({ $0 }) else { throw CancellationError() }
        return given
    }

    private func worker<Item: Sendable>(
        _ list: WorkList<Item>, _ show: @Sendable () -> Void,
        _ body: @Sendable (Item, PlayLine) async throws -> Void
    ) async throws {
        let clock = ContinuousClock()
        var item = list.next()
        var trouble: ContinuousClock.Instant?
        var pause = Self.firstPause
        while item != nil {
            do {
                try await gateway.withConnection { send in
                    let line = PlayLine(seed: seed, send: send)
                    while let current = item {
                        try Task.checkCancellation()
                        try await body(current, line)
                        list.finish()
                        show()
                        (item, trouble, pause) = (list.next(), nil, Self.firstPause)
                    }
                }
            } catch {
                try Task.checkCancellation()
                let since = trouble ?? clock.now
                guard let failure = Self.passing(error) else { throw error }
                guard clock.now - since < Self.patience else { throw failure }
                trouble = since
                try await clock.sleep(for: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// What to say of trouble that may pass, should it not; nil for what will not.
    private static func passing(_ error: any Error) -> Failure? {
        switch error {
        case let busy as PlayLine.Busy: busy.failure
        case let failure as HTTPFailure:
            switch failure {
            case .cannotConnect, .timedOut, .disconnected:
                Failure(.notRunning, failure.description, advice: "Is the suite there? olp status")
            case .replyTooLarge, .cannotReadFile: nil
            }
        default: nil
        }
    }
}

/// Items that several workers take one by one.
private final class WorkList<Item: Sendable>: Sendable {
    private let items: [Item]
    private let state = Mutex((next: 0, done: 0))

    init(_ items: [Item]) {
        self.items = items
    }

    var done: Int { state.withLock { $0.done } }

    func next() -> Item? {
        state.withLock { state in
            guard state.next < items.count else { return nil }
            state.next += 1
            return items[state.next - 1]
        }
    }

    func finish() { state.withLock { $0.done += 1 } }
}
