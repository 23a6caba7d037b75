/// How a channel chooses among the replicas that are ready.
package enum BalancingPolicy: Hashable, Sendable {
    /// The first that could be reached, as long as it can be.
    case pickFirst
    /// One after the other.
    case roundRobin
    /// The one with the fewest open calls of `choices` taken at random.
    case leastRequest(choices: Int)

    /// Sensible numbers of replicas to compare; more are cut down.
    package static let choicesRange = 2...10
    /// What a channel does when nobody says.
    package static let standard = leastRequest(choices: 2)
}
