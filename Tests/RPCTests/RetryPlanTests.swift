import Testing

@testable import RPC

@Suite("What becomes of a failed attempt")
struct RetryPlanTests {
    private static func policy(_ attempts: Int = 4) -> RetryPolicy {
        RetryPolicy(
            maximumAttempts: attempts, initialBackoff: .milliseconds(100), maximumBackoff: .milliseconds(350), multiplier: 2,
            retryableCodes: [.unavailable])
    }

    private let unavailable = RPCError(.unavailable, "away")

    @Test("it is made again after waits that double up to their limit, until there were enough")
    func backoff() {
        var plan = RetryPlan(Self.policy())
        let waits = (0..<5).map { _ in plan.wait(after: unavailable, nil, jitter: { 1 }) }
        #expect(waits == [.milliseconds(100), .milliseconds(200), .milliseconds(350), nil, nil])
        #expect(plan.previousAttempts == 3)
    }

    @Test("waits are spread by the jitter")
    func jitter() {
        var plan = RetryPlan(Self.policy())
        #expect(plan.wait(after: unavailable, nil, jitter: { 1.2 }) == .milliseconds(120))
        #expect(plan.wait(after: unavailable, nil, jitter: { 0.8 }) == .milliseconds(160))
    }

    @Test("other codes end the call, and so does every code without a policy")
    func codes() {
        var plan = RetryPlan(Self.policy())
        #expect(plan.wait(after: RPCError(.internal, "x"), nil, jitter: { 1 }) == nil)
        var without = RetryPlan(nil)
        #expect(without.wait(after: unavailable, nil, jitter: { 1 }) == nil)
    }

    @Test("one that no handler saw is made once more at once and not counted, with a policy or without")
    func turnedAway() {
        let refused = RPCError(.unavailable, "stopping", isUnprocessed: true)
        var without = RetryPlan(nil)
        #expect(without.wait(after: refused, nil, jitter: { 1 }) == .zero)
        #expect(without.wait(after: refused, nil, jitter: { 1 }) == nil)
        var with = RetryPlan(Self.policy(2))
        #expect(with.wait(after: refused, nil, jitter: { 1 }) == .zero)
        #expect(with.wait(after: refused, nil, jitter: { 1 }) == .milliseconds(100))
        #expect(with.wait(after: refused, nil, jitter: { 1 }) == nil)
        #expect(with.previousAttempts == 2)
    }

    @Test("one that found nobody is left to the policy")
    func nobody() {
        var nobody = RPCError(.unavailable, "no connection", isUnprocessed: true)
        nobody.foundNoReplica = true
        var without = RetryPlan(nil)
        #expect(without.wait(after: nobody, nil, jitter: { 1 }) == nil)
        var with = RetryPlan(Self.policy())
        #expect(with.wait(after: nobody, nil, jitter: { 1 }) == .milliseconds(100))
    }

    @Test("one that was refused for its size is not made again")
    func refusedForGood() {
        var plan = RetryPlan(Self.policy())
        #expect(plan.wait(after: RPCError(.resourceExhausted, "large", isUnprocessed: true), nil, jitter: { 1 }) == nil)
    }

    @Test("the server's own wait counts exactly, and the next one begins small again")
    func pushback() {
        var plan = RetryPlan(Self.policy(5))
        _ = plan.wait(after: unavailable, nil, jitter: { 1 })
        _ = plan.wait(after: unavailable, nil, jitter: { 1 })
        var asked = unavailable
        asked.pushback = .milliseconds(7)
        #expect(plan.wait(after: asked, nil, jitter: { 1.2 }) == .milliseconds(7))
        #expect(plan.wait(after: unavailable, nil, jitter: { 1 }) == .milliseconds(100))
        #expect(plan.wait(after: asked, nil, jitter: { 1 }) == nil)
    }

    @Test("the server's wish for no other attempt counts")
    func doNotRetry() {
        var plan = RetryPlan(Self.policy())
        var refused = unavailable
        refused.pushback = .milliseconds(-1)
        #expect(plan.wait(after: refused, nil, jitter: { 1 }) == nil)
    }

    @Test("retries stop while half the tokens are gone, and go on when successes have brought them back")
    func throttled() {
        let throttle = RetryThrottle(RetryThrottling(maximumTokens: 4, thousandthsPerSuccess: 500))
        func isRetried() -> Bool {
            var plan = RetryPlan(Self.policy())
            return plan.wait(after: unavailable, throttle, jitter: { 1 }) != nil
        }
        #expect(isRetried())
        #expect(!isRetried())
        #expect(!isRetried())
        for _ in 0..<3 { throttle.succeeded() }
        // 1 token and 3 halves: taking one leaves less than half.
        #expect(!isRetried())
        for _ in 0..<100 { throttle.succeeded() }
        #expect(isRetried())
    }

    @Test("a token is not taken for what would not be retried anyway")
    func notThrottled() {
        let throttle = RetryThrottle(RetryThrottling(maximumTokens: 2, thousandthsPerSuccess: 1))
        for _ in 0..<9 {
            var plan = RetryPlan(Self.policy())
            _ = plan.wait(after: RPCError(.notFound, "x"), throttle, jitter: { 1 })
            var without = RetryPlan(nil)
            _ = without.wait(after: unavailable, throttle, jitter: { 1 })
        }
        #expect(throttle.failed() == false)
        for _ in 0..<1_000 { throttle.succeeded() }
        var refusing = unavailable
        refusing.pushback = .seconds(-1)
        var plan = RetryPlan(Self.policy())
        _ = plan.wait(after: refusing, throttle, jitter: { 1 })
        // Taken by the wish for no other attempt.
        for _ in 0..<999 { throttle.succeeded() }
        #expect(throttle.failed() == false)
    }
}
