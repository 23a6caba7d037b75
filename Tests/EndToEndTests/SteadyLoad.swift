import Contracts
import HTTPClient
import Synchronization
import SuiteSupport
import TestSupport

/// People who read and write all the while, and note what went wrong. Every call is one that may be made again: it reads, or
/// has a key.
final class SteadyLoad: Sendable {
    /// At most as many failures are kept.
    private static let mostNoted = 20

    private struct Counts: Sendable {
        var reads = 0
        var writes = 0
        var failures: [String] = []
    }

    private let counts = Mutex(Counts())
    private let isOver = Atomic<Bool>(false)
    private let suite: RunningSuite

    init(_ suite: RunningSuite) {
        self.suite = suite
    }

    var calls: Int { counts.withLock { $0.reads + $0.writes } }
    var writes: Int { counts.withLock { $0.writes } }
    var failures: [String] { counts.withLock { $0.failures } }

    /// Runs `body` while people are at work, then lets them finish. Good once.
    func during(people: Int = 8, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for person in 0..<people {
                group.addTask {
                    var number = 0
                    while !self.isOver.load(ordering: .relaxed) {
                        number += 1
                        await self.write(person, number)
                        await self.read()
                    }
                }
            }
            do {
                try await body()
            } catch {
                isOver.store(true, ordering: .relaxed)
                throw error
            }
            isOver.store(true, ordering: .relaxed)
            try await group.waitForAll()
        }
    }

    /// Waits until so many more calls have been answered.
    func calls(more: Int) async throws {
        let before = calls
        try await poll(until: "\(more) more calls", timeout: RunningSuite.patience) { self.calls >= before + more }
    }

    private func write(_ person: Int, _ number: Int) async {
        await note("POST", { $0.writes += 1 }) {
            try await suite.send(
                "POST", "/v1/candidates",
                json: EnrolmentV1.RegisterCandidateRequest(
                    fullName: "Person \(number)", email: "p\(person)-\(number)@example.org", reason: "load").jsonText(),
                fields: [("Idempotency-Key", "load-\(person)-\(number)")])
        }
    }

    private func read() async {
        await note("GET", { $0.reads += 1 }) { try await suite.send("GET", "/v1/candidates?pageSize=5") }
    }

    private func note(_ what: String, _ count: (inout Counts) -> Void, _ call: () async throws -> HTTPReply) async {
        let trouble: String?
        do {
            let reply = try await call()
            trouble = reply.isSuccess ? nil : "\(what): \(reply.status) \(reply.text)"
        } catch {
            trouble = "\(what): \(error)"
        }
        counts.withLock { counts in
            count(&counts)
            if let trouble, counts.failures.count < Self.mostNoted { counts.failures.append(trouble) }
        }
    }
}
