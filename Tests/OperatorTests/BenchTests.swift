import OperatorCommands
import Synchronization
import Testing
import Wire

@Suite("What olp bench counts with")
struct BenchTests {
    @Test("quantiles are right within a step of three per cent")
    func quantiles() {
        var counts = LatencyCounts()
        for value in 1...100_000 { counts.add(nanoseconds: value) }
        #expect(counts.total == 100_000)
        for (share, exact) in [(0.5, 50_000), (0.99, 99_000), (1, 100_000)] {
            let found = Double(counts.quantile(share))
            #expect(found >= Double(exact) && found <= Double(exact) * 1.04, "\(share): \(found)")
        }
    }

    @Test("counts of several tasks add up, and no counts give zero")
    func adding() {
        var (first, second) = (LatencyCounts(), LatencyCounts())
        #expect(first.quantile(0.5) == 0)
        first.add(nanoseconds: 10)
        second.add(nanoseconds: 1_000_000)
        first.add(second)
        #expect(first.total == 2)
        #expect(first.quantile(0.5) == 10)
        #expect((1_000_000...1_040_000).contains(first.quantile(1)))
    }

    @Test("a call that was held up counts for those that would have been made meanwhile")
    func omitted() {
        var counts = LatencyCounts()
        for _ in 0..<96 { counts.add(nanoseconds: 100) }
        counts.add(nanoseconds: 3_500_000)
        let corrected = counts.withOmitted(everyNanoseconds: 1_000_000)
        #expect(corrected.total == 100)
        #expect((500_000...600_000).contains(corrected.quantile(0.97)))
        #expect((2_500_000...2_610_000).contains(corrected.quantile(0.99)))
        #expect(counts.total == 97)
    }

    @Test("the message has the size that was asked for", arguments: [1024, 8192, 65_536, 64 << 20])
    func size(bytes: Int) {
        #expect(BenchMessage.sample(size: bytes).encoded().count == bytes)
    }

    @Test(
        "the message is the one that Tests/Benchmarks makes for the other stacks",
        arguments: [
            (0, 224, "4e0ee665dce17003"), (1024, 1024, "89f1216af80bbdc2"), (65_536, 65_536, "03c696186d62d716"),
        ])
    func sameMessage(size: Int, bytes: Int, digest: String) {
        let packed = BenchMessage.sample(size: size).encoded()
        #expect(packed.count == bytes)
        #expect(BenchMessage.digest(packed) == digest)
    }

    @Test("a closed loop counts each call once")
    func loop() async throws {
        let calls = Mutex(0)
        let result = try await ClosedLoop.run(inFlight: 3, duration: .milliseconds(20), warmUp: .zero) { _, _ in
            calls.withLock { $0 += 1 }
        }
        let made = calls.withLock { $0 }
        #expect(made >= 3)
        #expect(result.latencies.total == made)
        #expect(result.perSecond == Double(made) / 0.02)
    }
}
