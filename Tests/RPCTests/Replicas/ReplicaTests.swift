import Contracts
import RPC
import RPCZeroMQ
import Synchronization
import TestSupport
import Testing

@Suite("A channel to several replicas")
struct ReplicaTests {
    @Test("lets each replica answer in turn by round robin")
    func roundRobin() async throws {
        try await withReplicas([1, 2, 3]) { _, channel in
            let client = CallsClient(channel)
            try await client.reach([1, 2, 3])
            var answers: [Int] = []
            for _ in 0..<30 { answers.append(try await client.number()) }
            #expect([1, 2, 3].map { number in answers.count { $0 == number } } == [10, 10, 10])
        }
    }

    @Test("keeps to one replica by pick_first, and takes the next when it is gone")
    func pickFirst() async throws {
        try await withReplicas([1, 2], policy: .pickFirst) { replicas, channel in
            let client = CallsClient(channel)
            for _ in 0..<20 { #expect(try await client.number() == 1) }
            replicas.stop(1)
            // What was under way when it died is for its caller to make again.
            try await poll(until: "the second answers") { (try? await client.number()) == 2 }
            for _ in 0..<20 { #expect(try await client.number() == 2) }
        }
    }

    @Test("gives a replica whose calls hang no more of them by least_request")
    func leastRequest() async throws {
        let replicas = try Replicas()
        defer { replicas.end() }
        let slow = TestCalls()
        try replicas.start(1, slow)
        try replicas.start(2, slow)
        let channel = try replicas.calling.channel(
            to: .replicas([try replicas.endpoint(1), try replicas.endpoint(2)]), policy: .leastRequest(choices: 2))
        defer { channel.close() }
        let client = CallsClient(channel)
        try await client.reach([1, 2])
        async let hung = status {
            _ = try await client.unary(TestingV1.Text(text: "hang"), options: CallOptions(timeout: .seconds(60)))
        }
        try await slow.events.wait(for: "started")
        var answers: Set<Int> = []
        for _ in 0..<40 { answers.insert(try await client.number()) }
        #expect(answers.count == 1, "the replica with an open call was chosen beside one that has none")
        replicas.stop(1)
        replicas.stop(2)
        #expect(try await hung.code == .unavailable)
    }

    @Test("goes on with those that are left when one is killed, and comes back to it")
    func oneDies() async throws {
        try await withReplicas([1, 2, 3]) { replicas, channel in
            let client = CallsClient(channel)
            try await client.reach([1, 2, 3])
            replicas.stop(2)
            try await poll(until: "the second answers no more") {
                for _ in 0..<9 where (try? await client.number()) ?? 2 == 2 { return false }
                return true
            }
            try await replicas.restart(2)
            try await client.reach([1, 2, 3])
        }
    }

    @Test("prefers replicas that say they serve, and asks the others all the same when there are no such")
    func serving() async throws {
        try await withReplicas([1, 2]) { replicas, channel in
            let client = CallsClient(channel)
            try await client.reach([1, 2])
            replicas.server(1)?.setServing(false)
            try await poll(until: "the first is left alone") {
                for _ in 0..<6 where try await client.number() == 1 { return false }
                return true
            }
            replicas.server(2)?.setServing(false)
            try await client.reach([1, 2])
            replicas.server(1)?.setServing(true)
            try await poll(until: "the second is left alone") {
                for _ in 0..<6 where try await client.number() == 2 { return false }
                return true
            }
        }
    }

    @Test("ends a call UNAVAILABLE at once when no replica can be had, and says which target")
    func nobody() async throws {
        let replicas = try Replicas()
        defer { replicas.end() }
        let channel = try replicas.calling.channel(
            to: .replicas([try replicas.endpoint(1), try replicas.endpoint(2)]), policy: .roundRobin)
        defer { channel.close() }
        let error = try await status { _ = try await CallsClient(channel).number(CallOptions()) }
        #expect(error.code == .unavailable && error.isUnprocessed && error.foundNoReplica)
        #expect(error.message.contains(replicas.folder.path))
    }

    @Test("loses no call and runs none twice while three replicas are restarted one after the other under load")
    func rollingRestart() async throws {
        try await withReplicas([1, 2, 3], policy: .standard) { replicas, channel in
            let client = CallsClient(RetryingChannel(channel, config: try ServiceConfig(json: Self.config)))
            try await CallsClient(channel).reach([1, 2, 3])
            let restarts = EventLog()
            let failures = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        var failures: [String] = []
                        while !restarts.contains("done") {
                            do {
                                _ = try await client.number(CallOptions(timeout: .seconds(30)))
                            } catch {
                                failures.append("\(error)")
                            }
                        }
                        return failures
                    }
                }
                defer { restarts.add("done") }
                for _ in 0..<3 {
                    for number in 1...3 {
                        await replicas.drain(number)
                        try await replicas.restart(number)
                        try await poll(until: "the replica is back") { try await CallsClient(channel).number() == number }
                    }
                }
                restarts.add("done")
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(failures.isEmpty)
            let keys = replicas.answered.withLock { $0.map(\.key) }
            #expect(Set(keys).count == keys.count, "a call ran twice")
            #expect(keys.count > 100)
        }
    }

    private static let config = #"""
        {"methodConfig": [{"name": [{}], "retryPolicy": {"maxAttempts": 5, "initialBackoff": "0.01s", "maxBackoff": "0.5s",
         "backoffMultiplier": 2, "retryableStatusCodes": ["UNAVAILABLE"]}}]}
        """#
}
