import Glibc
import SuiteSupport
import TestSupport

/// Carries a plan out.
struct Conductor {
    let lives: SuiteLives
    let journal: Journal

    /// Writes that may be begun beyond the answers that a kill waits for, so that it finds some under way.
    static let underWay = 12

    func run(_ plan: KillPlan) async throws {
        var number = 0
        for (index, life) in plan.lives.enumerated() {
            if index > 0 {
                print("everything is killed after \(number) kills and \(journal.count) answers")
                try await lives.crash()
            }
            var killed: [String: Int32] = [:]
            for kill in life {
                killed[kill.service] = try await carryOut(kill, before: killed[kill.service])
                number += 1
            }
            try await deathsAreOurs(life)
        }
    }

    /// - Parameter before: The process's id when it was killed last.
    private func carryOut(_ kill: KillPlan.Kill, before: Int32?) async throws -> Int32 {
        if kill.whileStarting {
            try await answers(kill.answersBefore)
            return try await end(kill, before)
        }
        _ = try await target(kill, before)
        try await answers(kill.answersBefore)
        return try await end(kill, before)
    }

    private func answers(_ count: Int) async throws {
        let goal = journal.count + count
        journal.allow(count + Self.underWay)
        try await poll(until: "answer \(goal)", timeout: RunningSuite.patience * 2, interval: .milliseconds(1)) {
            try journal.check()
            return journal.count >= goal
        }
    }

    private func end(_ kill: KillPlan.Kill, _ before: Int32?) async throws -> Int32 {
        let pid = try await target(kill, before)
        _ = Glibc.kill(pid, SIGKILL)
        return pid
    }

    private func target(_ kill: KillPlan.Kill, _ before: Int32?) async throws -> Int32 {
        try await poll(for: "\(kill.service) to run", timeout: RunningSuite.patience, interval: .milliseconds(1)) {
            guard let now = lives.suite.service(kill.service), let pid = now.pid, pid != before else { return nil }
            return kill.whileStarting || now.phase == "ready" ? pid : nil
        }
    }

    /// No process ended for any other reason than that it was killed here.
    private func deathsAreOurs(_ life: [KillPlan.Kill]) async throws {
        let deaths = try await poll(for: "the supervisor to tell of every kill", timeout: RunningSuite.patience) {
            let lines = lives.suite.log("up").split(separator: "\n").filter {
                $0.contains(" ended by itself (") || $0.contains(" cannot have its store yet")
            }
            return lines.count >= life.count ? lines : nil
        }
        for death in deaths where !death.contains("(signal 9)") { journal.violate("\(death)") }
        if deaths.count > life.count { journal.violate("\(deaths.count) processes ended, \(life.count) were killed") }
        try journal.check()
    }
}
