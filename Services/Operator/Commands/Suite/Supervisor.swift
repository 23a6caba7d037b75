/// Runs the processes of a suite together.
package struct Supervisor: Sendable {
    /// What happened first.
    private enum Part: Sendable {
        case keeper(Failure?)
        case stop
    }

    private let keepers: [Keeper]

    /// - Parameter keepers: In the order in which the processes depend on each other; they stop in the reverse order.
    package init(_ keepers: [Keeper]) {
        self.keepers = keepers
    }

    /// Runs until `stopRequested` returns, then stops everything. If a process cannot be started at all, stops the
    /// others and fails with its reason.
    package func run(until stopRequested: @escaping @Sendable () async -> Void) async throws(Failure) {
        let outcome: Result<Void, Failure> = await withTaskGroup { group in
            for keeper in keepers {
                group.addTask {
                    do throws(Failure) {
                        try await keeper.run()
                        return Part.keeper(nil)
                    } catch {
                        return .keeper(error)
                    }
                }
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
            for keeper in keepers.reversed() { await keeper.stop() }
            group.cancelAll()
            await group.waitForAll()
            return failure.map { .failure($0) } ?? .success(())
        }
        try outcome.get()
    }

    /// Ends every process at once.
    package func kill() {
        for keeper in keepers { keeper.kill() }
    }
}
