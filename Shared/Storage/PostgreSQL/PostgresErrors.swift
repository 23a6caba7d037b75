internal import Postgres

extension StoreError {
    /// Tells an error of PostgreSQL in words. The server's own text goes into `cause`, unless it may hold a value.
    /// - Parameter reading: whether the transaction was begun as one that only reads.
    init(postgres error: PostgresError, rules: PostgresRules, reading: Bool) {
        let cause = Self.cause(error)
        if let constraint = rules.constraint(error) {
            self.init(.constraint(constraint), constraint.sentence, cause: cause)
            return
        }
        switch error.sqlState {
        case "25006" where reading:
            self.init(.internal, "A read tried to write. This is a mistake in the program.", cause: cause)
        case "25006":
            self.init(.unreachable, "The database only reads just now: another one has taken its place, or soon will. "
                + "Nothing was changed; try again soon.", cause: cause)
        case "40001", "40P01":
            self.init(.busy, "The write collided with others again and again. Nothing was changed; try again soon.",
                      cause: cause)
        case "55P03":
            self.init(.busy, "Another process held the store for too long. Nothing was changed; try again soon.",
                      cause: cause)
        case "57014":
            self.init(.busy, "The database took too long for a statement. Nothing was changed; try again soon.",
                      cause: cause)
        case "53100":
            self.init(.unavailable, "The database's disk is full. Nothing was changed; make room and try again.",
                      cause: cause)
        case "42501":
            self.init(.unavailable, "The database does not let this user do that. Nothing was changed; see to the rights "
                + "of the user that the store's location names.", cause: cause)
        case "25P03", "25P04":
            self.init(.unavailable, "The database ended a transaction that stood still for too long. Nothing was changed; "
                + "try again.", cause: cause)
        case "22021", "22P05":
            self.init(.mismatch, "A text holds a character that the database does not keep.", cause: cause)
        case "XX001", "XX002":
            self.init(.corrupt, "The database is damaged. Restore it from a copy.", cause: cause)
        default:
            self.init(class: error, cause: cause)
        }
    }

    /// By what the first two letters stand for.
    private init(class error: PostgresError, cause: String) {
        switch error.sqlState.prefix(2) {
        case "08", "57":
            self.init(.unreachable, "The database cannot be reached. Nothing was changed; try again soon.", cause: cause)
        case "53":
            self.init(.unreachable, "The database has no room for more: connections, memory or disk. Nothing was changed; "
                + "try again.", cause: cause)
        case "58":
            self.init(.unavailable, "The database's disk failed. Nothing was changed; try again, and see to the disk if "
                + "it stays so.", cause: cause)
        case "28", "3D":
            self.init(.unavailable, "The database refuses this user, password or database name. See to the store's "
                + "location.", cause: cause)
        default:
            if error.isBroken {
                self.init(.unreachable, "The connection to the database broke. Nothing was changed; try again.",
                          cause: cause)
            } else {
                self.init(.internal, "The store refused a statement. This is a mistake in the program.", cause: cause)
            }
        }
    }

    /// A COMMIT was sent and its answer never came.
    init(unknownOutcome error: PostgresError?) {
        self.init(.unreachable, "The database did not say whether the write was kept. Ask again with the same idempotency "
            + "key: what was kept is not done twice.", cause: error.map(Self.cause) ?? "the wait for a standby was given up")
    }

    /// Texts about data (class 22) repeat the data.
    private static func cause(_ error: PostgresError) -> String {
        error.sqlState.hasPrefix("22") ? "PostgreSQL \(error.sqlState)" : error.description
    }
}
