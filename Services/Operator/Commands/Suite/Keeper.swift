import ChildProcess
import Glibc
import ServiceKit
import Synchronization

/// Keeps one process running: starts it, sees that it gets ready, starts it again when it dies, stops it when asked.
package final class Keeper: Sendable {
    /// Longest time that a process may take until it is ready for the first time.
    package static let readyWithin = Duration.seconds(60)
    /// Pause between two questions whether a process is ready.
    static let readyInterval = Duration.milliseconds(20)
    /// How long a process may take to finish what it does when it is asked to stop.
    /// Longer than the services' own drain time, after which they end by themselves.
    package static let stopGrace = Duration.seconds(25)
    /// Exit code of a service that cannot have its store yet: another process has it that ends just now, or the database is
    /// still starting.
    static let notYet = ExitStatus.exited(ExitCode.temporaryFailure.rawValue)
    /// How often a first start that fails for that is tried again: for some 50 s in all.
    package static let firstAttempts = 8

    private struct State: Sendable {
        var process: RunningProcess?
        var isStopping = false
        var wasReady = false
        var tookTooLong = false
    }

    package let plan: ServicePlan
    private let clock: any Clock<Duration>
    private let backoff: Backoff
    private let choosePort: @Sendable () throws(Failure) -> Int
    private let isReady: @Sendable (_ adminPort: Int) async -> Bool
    private let tell: @Sendable (SuiteEvent) -> Void
    private let state = Mutex(State())
    private let stopping = Gate()
    /// Opens when the process is ready for the first time.
    let ready = Gate()
    /// Opens when `run` returns or throws.
    let ended = Gate()

    package init(
        _ plan: ServicePlan, clock: any Clock<Duration> = ContinuousClock(), backoff: Backoff = Backoff(),
        choosePort: @escaping @Sendable () throws(Failure) -> Int,
        isReady: @escaping @Sendable (_ adminPort: Int) async -> Bool,
        tell: @escaping @Sendable (SuiteEvent) -> Void
    ) {
        self.plan = plan
        self.clock = clock
        self.backoff = backoff
        self.choosePort = choosePort
        self.isReady = isReady
        self.tell = tell
    }

    /// Runs until `stop` is called. Fails if the process ends before it was ever ready: then it has no chance, such as
    /// with a wrong configuration, and starting it again and again would only hide why.
    package func run() async throws(Failure) {
        defer { ended.open() }
        var failures = 0
        while !stopping.isOpen {
            let port = try choosePort()
            let process: RunningProcess
            do throws(LaunchError) {
                process = try await RunningProcess.start(plan.launch(port))
            } catch {
                guard hasBeenReady else { throw Failure(.failure, error.description) }
                let wait = backoff.wait(afterFailures: failures)
                failures += 1
                tell(.cannotStart(name: plan.name, reason: error.description, restartIn: wait))
                await pause(wait, on: clock, unless: stopping)
                continue
            }
            adopt(process)
            tell(.started(name: plan.name, pid: process.pid, adminPort: port))
            let ran = await clock.measure { await watch(process, port) }
            guard !stopping.isOpen, let how = process.status else { break }
            guard hasBeenReady || (how == Self.notYet && failures < Self.firstAttempts) else {
                throw diedEarly(how)
            }
            if ran >= Backoff.recoveredAfter { failures = 0 }
            let wait = backoff.wait(afterFailures: failures)
            failures += 1
            tell(.died(name: plan.name, how: how, restartIn: wait))
            await pause(wait, on: clock, unless: stopping)
        }
        tell(.stopped(name: plan.name))
    }

    /// Asks the process to stop, and ends it if it does not within the grace. Returns when it has ended.
    package func stop(within grace: Duration = Keeper.stopGrace) async {
        let process = state.withLock { state in
            state.isStopping = true
            return state.process
        }
        stopping.open()
        guard let process, process.send(signal: SIGTERM) else { return }
        let ended = Gate()
        await withTaskGroup { group in
            group.addTask {
                await process.ended()
                ended.open()
            }
            group.addTask { [clock, tell, plan] in
                await pause(grace, on: clock, unless: ended)
                guard process.send(signal: SIGKILL) else { return }
                tell(.killed(name: plan.name, after: grace))
            }
            await group.waitForAll()
        }
    }

    /// Ends the process at once.
    package func kill() {
        stopping.open()
        state.withLock { $0.process }?.send(signal: SIGKILL)
    }

    private var hasBeenReady: Bool { state.withLock { $0.wasReady } }

    private func adopt(_ process: RunningProcess) {
        let isLate = state.withLock { state in
            state.process = process
            return state.isStopping
        }
        // `stop` came while it was being started and did not see it.
        if isLate { process.send(signal: SIGTERM) }
    }

    /// Returns when the process has ended; tells when it got ready.
    private func watch(_ process: RunningProcess, _ port: Int) async {
        await withTaskGroup { group in
            group.addTask { await self.waitUntilReady(process, port) }
            await process.ended()
            group.cancelAll()
        }
    }

    private func waitUntilReady(_ process: RunningProcess, _ port: Int) async {
        let real = ContinuousClock()
        let start = real.now
        while process.status == nil, !Task.isCancelled {
            if await isReady(port) {
                state.withLock { $0.wasReady = true }
                tell(.ready(name: plan.name, after: real.now - start))
                ready.open()
                return
            }
            if !hasBeenReady, real.now - start > Self.readyWithin {
                state.withLock { $0.tookTooLong = true }
                process.send(signal: SIGKILL)
                return
            }
            try? await real.sleep(for: Self.readyInterval)
        }
    }

    private func diedEarly(_ how: ExitStatus) -> Failure {
        let tail = LogFile.tail(plan.log, lines: 5)
        let told = tail.isEmpty ? "" : "; its log ends with:\n" + tail.map { "  \($0)" }.joined(separator: "\n")
        let what =
            state.withLock { $0.tookTooLong }
            ? "\(plan.name) was not ready within \(Self.readyWithin)" : "\(plan.name) did not start: \(how)"
        return Failure(.failure, what + told, advice: "The whole log: \(plan.log)")
    }
}
