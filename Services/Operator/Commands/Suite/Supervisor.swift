import Synchronization

/// Runs the processes of a suite together. Further ones may join while it does, and any may leave.
package final class Supervisor: Sendable {
    /// What happened first.
    private enum Part: Sendable {
        case keeper(Failure?)
        case stop
    }

    private struct State: Sendable {
        /// In the order in which the processes depend on each other, but for those that joined later.
        var keepers: [Keeper]
        /// Those that joined later, as they run: nil if they ended in order.
        var joined: [ObjectIdentifier: Task<Failure?, Never>] = [:]
        var isStopping = false
    }

    private let first: [Keeper]
    private let state: Mutex<State>

    /// - Parameter keepers: In the order in which the processes depend on each other; they stop in the reverse order.
    package init(_ keepers: [Keeper]) {
        first = keepers
        state = Mutex(State(keepers: keepers))
    }

    /// Those that run, of all services.
    package var keepers: [Keeper] { state.withLock { $0.keepers } }

    /// Runs until `stopRequested` returns, then stops everything. If a process cannot be started at all, stops the
    /// others and fails with its reason.
    package func run(until stopRequested: @escaping @Sendable () async -> Void) async throws(Failure) {
        let outcome: Result<Void, Failure> = await withTaskGroup { group in
            for keeper in first {
                group.addTask { Part.keeper(await Self.outcome(of: keeper)) }
            }
            group.addTask {
                await stopRequested()
                return .stop
            }
            var failure: Failure?
            loop: for await part in group {
                switch part {
                case .keeper(nil): continue
                case .keeper(let reason): failure = reason
                case .stop: break
                }
                break loop
            }
            state.withLock { $0.isStopping = true }
            await stopAll()
            for task in state.withLock({ $0.joined }).values { _ = await task.value }
            group.cancelAll()
            await group.waitForAll()
            return failure.map { .failure($0) } ?? .success(())
        }
        try outcome.get()
    }

    /// Adds a process to those that run; returns when it is ready.
    /// - Throws: why it did not get ready, or that the task was cancelled before. The process has ended then.
    package func start(_ keeper: Keeper) async throws(Failure) {
        let running = state.withLock { state -> Task<Failure?, Never>? in
            guard !state.isStopping else { return nil }
            let running = Task { await Self.outcome(of: keeper) }
            state.keepers.append(keeper)
            state.joined[ObjectIdentifier(keeper)] = running
            return running
        }
        guard let running else { throw Failure(.failure, "the suite is being stopped") }
        await withTaskGroup { group in
            group.addTask { await keeper.ready.opened() }
            group.addTask { await keeper.ended.opened() }
            await group.next()
            group.cancelAll()
        }
        guard !keeper.ready.isOpen || keeper.ended.isOpen else { return }
        await stop(keeper)
        if let failure = await running.value { throw failure }
        throw Failure(.interrupted, "\(keeper.plan.name) was stopped again before it was ready")
    }

    /// Stops one process, which finishes what it does, and forgets it. Returns when it has ended, also in a task that is
    /// cancelled: half a stop is none.
    package func stop(_ keeper: Keeper) async {
        let stopping = Task {
            await keeper.stop()
            // It may have been on its way when it was told to stop.
            await pause(Keeper.stopGrace, on: ContinuousClock(), unless: keeper.ended)
            keeper.kill()
            await keeper.ended.opened()
        }
        await stopping.value
        state.withLock { state in
            state.keepers.removeAll { $0 === keeper }
            state.joined[ObjectIdentifier(keeper)] = nil
        }
    }

    /// Ends every process at once.
    package func kill() {
        for keeper in keepers { keeper.kill() }
    }

    /// Service by service, those that depend on others first; the processes of one service at the same time.
    private func stopAll() async {
        let keepers = keepers
        var services: [String] = []
        for keeper in first where !services.contains(keeper.plan.replica.service) {
            services.append(keeper.plan.replica.service)
        }
        for service in services.reversed() {
            await withTaskGroup { group in
                for keeper in keepers where keeper.plan.replica.service == service {
                    group.addTask { await keeper.stop() }
                }
            }
        }
    }

    private static func outcome(of keeper: Keeper) async -> Failure? {
        do throws(Failure) {
            try await keeper.run()
            return nil
        } catch {
            return error
        }
    }
}
