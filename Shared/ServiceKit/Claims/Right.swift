package import Storage

/// The right to do something of which there may be one at a time on a store, however many replicas share it.
package struct Right: Sendable {
    /// `feed-enrolment`
    package let name: String
    let keeper: ClaimKeeper

    /// Does `work` while this process holds the right: waits until it does, cancels `work` when the right has passed to
    /// another process, and waits again. Returns when `work` does, and fails as it does or when the task is cancelled.
    package func whileHeld(_ work: @escaping @Sendable (Claim) async throws -> Void) async throws {
        while true {
            try Task.checkCancellation()
            let changes = keeper.changes()
            guard let claim = keeper.claim(name) else {
                for await _ in changes { break }
                continue
            }
            if try await doWhileHeld(claim, work) { return }
        }
    }

    /// False: the right was lost before `work` had ended.
    private func doWhileHeld(
        _ claim: Claim, _ work: @escaping @Sendable (Claim) async throws -> Void
    ) async throws -> Bool {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work(claim)
                return true
            }
            group.addTask {
                await untilLost(claim)
                return false
            }
            let hasEnded = try await group.next() ?? false
            group.cancelAll()
            // Work that is cancelled may well fail because of that.
            while !group.isEmpty { _ = try? await group.next() }
            return hasEnded
        }
    }

    private func untilLost(_ claim: Claim) async {
        while !Task.isCancelled {
            let changes = keeper.changes()
            guard keeper.claim(name) == claim else { return }
            for await _ in changes { break }
        }
    }
}
