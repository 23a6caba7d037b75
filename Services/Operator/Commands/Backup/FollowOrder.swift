/// In which order services are copied: each before all whose feeds it follows, so that no copy of a follower holds the
/// effect of an event that is not in the copy of its source.
package enum FollowOrder {
    /// - Parameters:
    ///   - services: All of them; those that do not depend on each other keep this order, turned round.
    ///   - sources: By service, whose feeds it follows.
    package static func followersFirst(
        _ services: [String], sources: [String: Set<String>]
    ) throws(Failure) -> [String] {
        var rest = Array(services.reversed())
        var order: [String] = []
        while !rest.isEmpty {
            // One whom none of the rest follows.
            guard let next = rest.first(where: { service in
                !rest.contains { $0 != service && sources[$0]?.contains(service) == true }
            }) else {
                throw Failure(
                    .failure, "\(rest.sorted().joined(separator: ", ")) follow each other in a circle",
                    advice: "There is no moment at which copies of them fit together while they run. Stop the suite and copy "
                        + "the stores' files.")
            }
            order.append(next)
            rest.removeAll { $0 == next }
        }
        return order
    }
}
