/// Who shares a store and who may do what in it, at one moment.
package struct ClaimBoard: Hashable, Sendable {
    /// How often each process has said that it lives, by its name. What says nothing for a while is dead or as good as it.
    package var beats: [String: Int64]
    /// By name. One that nobody holds has no holder, and is kept for its fence.
    package var claims: [String: Claim]
}

extension Store {
    /// Whether other processes may have the store open too. Only then are claims needed.
    package var isShared: Bool { driver.isShared }

    /// Says that `process` lives.
    package func beat(_ process: String) async throws {
        // Rows of their own, apart from the claims: work that looks at its claim must not collide with this.
        try await write { writer in
            try writer.execute("""
                INSERT INTO store_members (process, beat) VALUES (\(process), 1)
                ON CONFLICT (process) DO UPDATE SET beat = store_members.beat + 1
                """)
        }
    }

    package func claimBoard() async throws -> ClaimBoard {
        try await read { reader in
            var board = ClaimBoard(beats: [:], claims: [:])
            for row in try reader.rows("SELECT process, beat FROM store_members") {
                board.beats[try row.text(0)] = try row.int(1)
            }
            for row in try reader.rows("SELECT name, holder, fence FROM store_claims") {
                let claim = Claim(name: try row.text(0), holder: try row.text(1), fence: try row.int(2))
                board.claims[claim.name] = claim
            }
            return board
        }
    }

    /// Takes a claim that nobody holds, or that a dead process held. Nil if another was faster.
    /// - Parameter seen: The claim as it stood when that was found; nil: there was none of the name.
    package func take(_ name: String, for process: String, from seen: Claim?) async throws -> Claim? {
        try await write { writer in
            let fence = (seen?.fence ?? 0) + 1
            let changed = if let seen {
                try writer.execute("""
                    UPDATE store_claims SET holder = \(process), fence = \(fence)
                    WHERE name = \(name) AND holder = \(seen.holder) AND fence = \(seen.fence)
                    """)
            } else {
                try writer.execute("""
                    INSERT INTO store_claims (name, holder, fence) VALUES (\(name), \(process), \(fence))
                    ON CONFLICT DO NOTHING
                    """)
            }
            return changed == 1 ? Claim(name: name, holder: process, fence: fence) : nil
        }
    }

    /// Gives back what `process` holds and takes it off the list, so that others need not wait until it is silent long
    /// enough.
    package func leaveClaims(_ process: String) async throws {
        try await write { writer in
            try writer.execute("UPDATE store_claims SET holder = '' WHERE holder = \(process)")
            try writer.execute("DELETE FROM store_members WHERE process = \(process)")
        }
    }

    /// Takes a process off the list, unless it has said since that it lives.
    package func forgetMember(_ process: String, silentSince beat: Int64) async throws {
        try await write { writer in
            try writer.execute("DELETE FROM store_members WHERE process = \(process) AND beat = \(beat)")
        }
    }
}
