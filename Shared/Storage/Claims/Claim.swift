/// The right of one process to do something alone among the replicas that share a store, such as following a feed.
///
/// The right may pass to another replica at any moment, because its holder is thought dead. So whatever is written under
/// it says so, with ``Writer/require(_:)``: the fence makes what comes too late fail.
package struct Claim: Hashable, Sendable {
    /// What may be done: `feed-enrolment`.
    package let name: String
    /// The process that holds it.
    package let holder: String
    /// Raised each time that the right passes on. 0: the store is this process's own, so there is nobody to pass it to.
    package let fence: Int64

    package init(name: String, holder: String, fence: Int64) {
        self.name = name
        self.holder = holder
        self.fence = fence
    }

    /// The right of a process that has its store for itself.
    package static func sole(_ name: String, holder: String) -> Claim {
        Claim(name: name, holder: holder, fence: 0)
    }
}

extension Writer {
    /// Refuses the transaction as `claimLost` if the right has passed to another process.
    package func require(_ claim: Claim) throws(StoreError) {
        guard claim.fence > 0 else { return }
        let row = try row("SELECT holder, fence FROM store_claims WHERE name = \(claim.name)")
        guard let row, try row.text(0) == claim.holder, try row.int(1) == claim.fence else {
            throw StoreError(.claimLost, "The right to do \(claim.name) has passed to another replica.")
        }
    }
}
