import Logging
import ServiceLifecycle
import Synchronization

/// Runs a group of services until it has ended, and makes sure that it ends when it is asked to.
struct OrderlyRun {
    /// Time that is left to services whose tasks were cancelled before the process ends without them.
    static let cancellationTime = Duration.seconds(3)

    let drainTime: Duration
    let clock: any Clock<Duration>
    let logger: Logger
    let endNow: @Sendable (ExitCode) -> Void

    private final class State: Sendable {
        let isForced = Atomic<Bool>(false)
    }

    /// A task that is cancelled breaks the group off at once, as a second signal does: whoever runs the process inside
    /// another one has no other way to end it.
    /// - Returns: `success` if everything ended in order after a signal; `stoppedEarly` if it had to be broken off.
    /// - Throws: what a service threw.
    func untilStopped(_ group: ServiceGroup, signals: AsyncStream<Int32>) async throws -> ExitCode {
        let state = State()
        let running = Task { try await group.run() }
        let listening = Task {
            await withDiscardingTaskGroup { tasks in
                var isStopping = false
                for await signal in signals {
                    let name = StopSignals.name(signal)
                    if isStopping {
                        tasks.addTask { await breakOff(running, state, "second signal: breaking off") }
                        continue
                    }
                    isStopping = true
                    logger.notice("asked to stop", metadata: ["process.signal": "\(name)"])
                    await group.triggerGracefulShutdown()
                    tasks.addTask {
                        guard (try? await clock.sleep(for: drainTime)) != nil else { return }
                        await breakOff(running, state, "drain time is over: breaking off")
                    }
                }
            }
        }
        defer { listening.cancel() }
        do {
            try await withTaskCancellationHandler {
                try await running.value
            } onCancel: {
                state.isForced.store(true, ordering: .relaxed)
                running.cancel()
            }
        } catch {
            guard state.isForced.load(ordering: .relaxed) else { throw error }
        }
        return state.isForced.load(ordering: .relaxed) ? .stoppedEarly : .success
    }

    /// Cancels everything; what does not heed that is left behind.
    private func breakOff(_ running: Task<Void, any Error>, _ state: State, _ message: Logger.Message) async {
        guard !state.isForced.exchange(true, ordering: .relaxed) else { return }
        logger.warning(message)
        running.cancel()
        guard (try? await clock.sleep(for: Self.cancellationTime)) != nil else { return }
        logger.error("something does not stop: ending without it")
        endNow(.stoppedEarly)
    }
}
