import RPC
import TestSupport
import Testing

@Suite("The choice of a replica")
struct BalancerTests {
    private static func candidates(_ open: [Int], serving: Set<Int>? = nil) -> [Balancer.Candidate] {
        open.enumerated().map { index, count in
            Balancer.Candidate(
                replica: UInt64(index + 1), openCalls: count, serves: serving?.contains(index) ?? true)
        }
    }

    @Test("falls on none where there are none, and on the only one whatever it says")
    func few() {
        for policy: BalancingPolicy in [.pickFirst, .roundRobin, .standard] {
            var balancer = Balancer(policy)
            #expect(balancer.choose(from: [], avoiding: [], random: { _ in 0 }) == nil)
            let only = Self.candidates([9], serving: [])
            #expect(balancer.choose(from: only, avoiding: [1], random: { _ in 0 }) == 0)
        }
    }

    @Test("avoids those that failed the call before, unless all did", arguments: [BalancingPolicy.pickFirst, .roundRobin, .standard])
    func avoided(policy: BalancingPolicy) {
        var balancer = Balancer(policy)
        let three = Self.candidates([0, 0, 0])
        for _ in 0..<9 { #expect(balancer.choose(from: three, avoiding: [1, 3], random: { _ in 0 }) == 1) }
        #expect(balancer.choose(from: three, avoiding: [1, 2, 3], random: { _ in 0 }) != nil)
    }

    @Test("of the less loaded of two lets no replica be more than a few calls ahead")
    func leastRequest() {
        var random = Seed.generator(for: "least_request")
        var balancer = Balancer(.leastRequest(choices: 2))
        var open = [Int](repeating: 0, count: 10)
        for _ in 0..<10_000 {
            let choice = balancer.choose(
                from: Self.candidates(open), avoiding: [], random: { Int.random(in: 0..<$0, using: &random) })
            open[choice ?? 0] += 1
        }
        // A random choice alone would spread them by some hundred.
        #expect(open.max()! - open.min()! <= 10, "\(open)")
    }

    @Test("in turn begins where it is told to, and goes on through lists that change")
    func roundRobin() {
        var balancer = Balancer(.roundRobin, firstTurn: 1)
        let choices = (0..<4).map { _ in balancer.choose(from: Self.candidates([0, 0, 0]), avoiding: [], random: { _ in 0 }) }
        #expect(choices == [2, 0, 1, 2])
        #expect((0..<2).contains(balancer.choose(from: Self.candidates([0, 0]), avoiding: [], random: { _ in 0 }) ?? -1))
    }
}
