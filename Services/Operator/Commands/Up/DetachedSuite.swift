import ChildProcess
import Glibc

/// Starts a suite that outlives the command.
struct DetachedSuite: Sendable {
    /// Longest wait until everything is ready; each process has its own limit below it.
    static let readyWithin = Keeper.readyWithin + .seconds(10)
    private static let interval = Duration.milliseconds(20)

    let plan: SuitePlan
    let surroundings: Surroundings

    /// Returns when everything is ready.
    func start() async throws(Failure) -> SuiteState {
        let folder = plan.folder
        // What can be said at once is said here and not in a log.
        if try SuiteLock.isHeld(folder.lock) { throw try UpCommand.alreadyRunning(folder, surroundings) }
        try await plan.check()
        try folder.make(userID: surroundings.userID)
        let log = folder.log("olp")
        LogFile.rotate(log)
        let process: RunningProcess
        do throws(LaunchError) {
            process = try await RunningProcess.start(
                Launch(
                    surroundings.executable, arguments: arguments, environment: environment,
                    output: .append(to: log), error: .append(to: log), bond: .ownSession))
        } catch {
            throw Failure(.failure, error.description)
        }
        let clock = ContinuousClock()
        let deadline = clock.now + Self.readyWithin
        while clock.now < deadline, process.status == nil {
            if let state = try SuiteState.read(folder.state), state.pid == process.pid, state.isReady { return state }
            do { try await clock.sleep(for: Self.interval) } catch {
                process.send(signal: SIGTERM)
                throw Failure(.interrupted, "stopped")
            }
        }
        process.send(signal: SIGTERM)
        let end = await process.ended().map { "\($0)" } ?? "no end"
        let tail = LogFile.tail(log, lines: 12).map { "  \($0)" }.joined(separator: "\n")
        throw Failure(
            .failure, "the suite did not start (\(end)); its log ends with:\n\(tail)", advice: "The whole log: \(log)")
    }

    private var arguments: [String] {
        [
            "up", "--background", "--data", plan.folder.path, "--host", plan.host, "--port", String(plan.port),
            "--bin", plan.executables,
        ] + (plan.logLevel.map { ["--log-level", $0] } ?? [])
            + (plan.counts.text.isEmpty ? [] : ["--replicas", plan.counts.text])
    }

    /// The database's address may hold a password, which arguments would show to everybody.
    private var environment: [String: String] {
        var environment = surroundings.environment
        environment[SuiteDatabase.variable] = plan.database?.address
        return environment
    }
}
