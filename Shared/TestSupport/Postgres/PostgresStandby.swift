extension PostgresCluster {
    /// Makes a cluster that follows this one by a slot, and returns when it does.
    ///
    /// - Parameters:
    ///   - name: what the primary knows it by; each standby of a primary needs its own.
    ///   - synchronous: whether a commit on the primary waits until the standby has it on disk. It then waits **for
    ///     ever** while the standby is away: give sessions a `statement_timeout`, or see `commitAlone`.
    package func makeStandby(
        named name: String = "standby", synchronous: Bool = false
    ) async throws -> PostgresCluster {
        let standby = try await Self.make(options) { standby in
            let source = "host=127.0.0.1 port=\(port) user=\(Self.user) password=\(Self.password) "
                + "application_name=\(name)"
            try await standby.run("pg_basebackup", [
                "-d", source, "-D", standby.folder.data, "-R", "-X", "stream", "-C", "-S", name, "--no-sync",
                "-c", "fast",
            ])
        }
        try await poll(until: "\(name) follows its primary", timeout: .seconds(60)) {
            try await execute("SELECT state FROM pg_stat_replication WHERE application_name = '\(name)'") == "streaming"
        }
        guard synchronous else { return standby }
        // Only now: the standby must not have the setting, or it would wait for itself when it is promoted.
        try await execute("ALTER SYSTEM SET synchronous_standby_names = '\(name)'", "SELECT pg_reload_conf()")
        try await poll(until: "\(name) follows synchronously", timeout: .seconds(60)) {
            try await execute("SELECT sync_state FROM pg_stat_replication WHERE application_name = '\(name)'") == "sync"
        }
        return standby
    }

    /// Makes a standby a primary. Returns when it takes writes.
    package func promote() async throws {
        let promoted = try await execute("SELECT pg_promote(true, 30)")
        guard promoted == "t" else { throw Failure(description: "the standby was not promoted within 30 s") }
    }

    /// Lets commits of a primary no longer wait for a standby.
    package func commitAlone() async throws {
        try await execute("ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
    }
}
