/// Chooses the replica of each call, by a policy; without sockets and clocks.
package struct Balancer {
    /// What the choice depends on.
    package struct Candidate: Hashable, Sendable {
        /// Its own in this process; the one in ``CallHead/avoided``.
        package let replica: UInt64
        package let openCalls: Int
        /// What the replica says of itself: whether it would take work.
        package let serves: Bool

        package init(replica: UInt64, openCalls: Int, serves: Bool) {
            self.replica = replica
            self.openCalls = openCalls
            self.serves = serves
        }
    }

    package let policy: BalancingPolicy
    /// Of `pickFirst`: whom it sticks to.
    private var picked: UInt64?
    /// Of `roundRobin`: how many were chosen.
    private var turns: Int

    /// - Parameter firstTurn: where round robin begins, so that many clients do not all begin with the same replica.
    package init(_ policy: BalancingPolicy, firstTurn: Int = 0) {
        self.policy = policy
        turns = firstTurn
    }

    /// The position of the replica to take among those that are connected, in the order of their list.
    /// - Parameters:
    ///   - avoided: replicas that failed the call before; taken only if there are no others.
    ///   - random: a random number below its argument.
    /// - Returns: nil if there are no candidates.
    package mutating func choose(
        from candidates: [Candidate], avoiding avoided: [UInt64], random: (Int) -> Int
    ) -> Int? {
        guard candidates.count > 1 else { return candidates.isEmpty ? nil : 0 }
        var eligible = Array(candidates.indices)
        Self.narrow(&eligible) { candidates[$0].serves }
        if !avoided.isEmpty { Self.narrow(&eligible) { !avoided.contains(candidates[$0].replica) } }
        switch policy {
        case .pickFirst:
            let sticky = eligible.first { candidates[$0].replica == picked }
            let choice = sticky ?? eligible[0]
            picked = candidates[choice].replica
            return choice
        case .roundRobin:
            turns &+= 1
            return eligible[abs(turns % eligible.count)]
        case .leastRequest(let choices):
            return Self.leastLoaded(of: choices, eligible, candidates, random)
        }
    }

    /// Leaves only those that are wanted, if there are any.
    private static func narrow(_ eligible: inout [Int], _ isWanted: (Int) -> Bool) {
        let wanted = eligible.filter(isWanted)
        if !wanted.isEmpty { eligible = wanted }
    }

    /// Takes the one with the fewest open calls of `choices` different ones taken at random.
    private static func leastLoaded(
        of choices: Int, _ eligible: [Int], _ candidates: [Candidate], _ random: (Int) -> Int
    ) -> Int {
        var pool = eligible
        var best: Int?
        for _ in 0..<min(choices, pool.count) {
            let index = random(pool.count)
            let sample = pool[index]
            pool.swapAt(index, pool.count - 1)
            pool.removeLast()
            if let other = best, candidates[other].openCalls <= candidates[sample].openCalls { continue }
            best = sample
        }
        return best ?? eligible[0]
    }
}
