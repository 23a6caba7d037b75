import SuiteSupport

/// Which process is killed when: decided by the seed alone.
struct KillPlan: Sendable {
    struct Kill: Sendable {
        let service: String
        /// Answers that clients get after the kill before.
        let answersBefore: Int
        /// Whether it is killed as soon as it runs, ready or not.
        let whileStarting: Bool
    }

    /// Kills of one life of `olp up`, which waits longer each time that a process has died.
    static let killsOfOneLife = 25

    /// By the lives of the supervisor; between two of them everything is killed at once.
    let lives: [[Kill]]

    init(kills: Int, using random: inout some RandomNumberGenerator) {
        var order: [String] = []
        let all = (0..<kills).map { _ in
            if order.isEmpty { order = RunningSuite.services.shuffled(using: &random) }
            return Kill(
                service: order.removeLast(), answersBefore: .random(in: 4...20, using: &random),
                whileStarting: Int.random(in: 0..<4, using: &random) == 0)
        }
        lives = stride(from: 0, to: all.count, by: Self.killsOfOneLife).map {
            Array(all[$0..<min($0 + Self.killsOfOneLife, all.count)])
        }
    }
}
