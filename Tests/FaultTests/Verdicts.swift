import ChildProcess
import SuiteSupport
import TestSupport

/// Judges a suite after the chaos.
struct Verdicts {
    /// How long everything may take to be well again once nothing is done to it any more.
    static let recovery = Duration.seconds(60)

    let chaos: ChaosSuite
    let office: Office
    let journal: Journal
    let keyPrefix: String

    /// Everything that is wrong, in words. Stops the suite.
    func problems(_ chronicle: Chronicle) async throws -> [String] {
        let suite = chaos.suite
        try await poll(until: "every process to be ready", timeout: Self.recovery) {
            suite.state?.services.allSatisfy { $0.phase == "ready" } == true
        }
        chronicle.note("every process is ready")
        var problems = try await invariants(suite)
        chronicle.note("olp check is done")
        let end = try await suite.stop()
        if end != .exited(0) { problems.append("olp up ended with \(end)") }
        problems += chaos.lives.falls
        if let missing = chaos.missing {
            print("the stores are not looked at: \(missing)")
            return problems
        }
        problems += try await StoreVerdicts(stores: chaos.stores, journal: journal, keyPrefix: keyPrefix).problems()
        chronicle.note("the stores are looked at")
        return problems
    }

    /// What the services say of themselves, by `olp check`: it waits until followers are where their sources are.
    private func invariants(_ suite: RunningSuite) async throws -> [String] {
        let outcome = try await suite.olp("check", "--all", "--wait", "60", within: .seconds(300))
        return outcome.isSuccess ? [] : ["olp check: \(outcome)"]
    }
}
