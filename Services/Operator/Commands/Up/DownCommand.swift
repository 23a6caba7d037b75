package import ArgumentParser
import Glibc

package struct DownCommand: OlpCommand {
    package static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the suite that runs on a data folder.",
        discussion: "Every process finishes what it does first. Returns when all have ended.")

    /// Longest wait: each process has its grace, one after the other.
    static let stoppedWithin = Keeper.stopGrace * (SuitePlan.services.count + 2)
    private static let interval = Duration.milliseconds(20)

    @OptionGroup package var suite: SuiteOptions

    @Flag(name: .long, help: "Print one JSON object.")
    package var json = false

    package init() {}

    package func perform(_ console: Console, _ surroundings: Surroundings) async throws {
        let folder = suite.folder(surroundings)
        let state = try SuiteState.running(in: folder, surroundings)
        try await Self.stop(state, in: folder)
        if json { console.print(JSONText.encode(["stopped": state.pid])) } else { console.say("Stopped.") }
    }

    /// Asks the suite to stop, and returns when it has.
    static func stop(_ state: SuiteState, in folder: SuiteFolder) async throws {
        guard kill(state.pid, SIGTERM) == 0 else {
            throw Failure(
                .failure, "cannot signal process \(state.pid): \(unsafe String(cString: strerror(errno)))",
                advice: "It belongs to somebody else; ask them, or use sudo.")
        }
        let clock = ContinuousClock()
        let deadline = clock.now + Self.stoppedWithin
        while try SuiteLock.isHeld(folder.lock) {
            guard clock.now < deadline else {
                throw Failure(
                    .failure, "process \(state.pid) did not stop within \(Self.stoppedWithin)",
                    advice: "See \(folder.log("olp")); as a last resort: kill -9 \(state.pid)")
            }
            try await clock.sleep(for: Self.interval)
        }
    }
}
