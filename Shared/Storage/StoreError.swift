/// Why the store could not do what was asked. `message` is fit for people and logs: it never holds a
/// bound value. `cause` is the engine's own text, for the log.
package struct StoreError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// Too much is waiting, or a lock was not had in time. Nothing was done; try again soon.
        case busy
        /// Disk full, read-only, I/O error, refused by the database, or closed. Nothing was done, unless the message says that
        /// this is not known; works again once that ends.
        case unavailable
        /// The database is out of reach, or takes no connections or writes just now. Nothing was done, unless the message
        /// says that this is not known; works again by itself once it is back.
        case unreachable
        /// The task that asked was cancelled before the work was done.
        case cancelled
        /// Another process, or this one, has the file open.
        case lockedByOther(holder: String)
        case constraint(Constraint)
        /// The record has moved on since the caller read it.
        case staleVersion(current: Int64)
        /// The idempotency key was used before, for another request.
        case keyReused
        /// A position of another feed, or of this one before it was replaced by another copy.
        case feedMismatch
        /// A position that this feed has not reached: it was restored from an older copy.
        case feedAhead
        /// The follower's position is not the one that the effect was made for.
        case followerMoved
        /// The right to do it has passed to another replica.
        case claimLost
        /// Not a page token, or one of a list with other filters.
        case badPageToken
        /// The migrations in the store are not those of this program: edited, missing or re-ordered.
        case migrationMismatch
        /// The store was written by a newer release.
        case newerRelease
        /// The store is damaged, or not one of ours.
        case corrupt
        /// A column is missing or holds another type than the code expects, or a value cannot be kept.
        case mismatch
        /// A mistake in our own SQL or configuration.
        case `internal`
    }

    /// Which rule of the schema a statement broke.
    package struct Constraint: Hashable, Sendable {
        package enum Kind: Hashable, Sendable {
            case unique, foreignKey, check, notNull
            /// A rule that a trigger keeps, such as "history is append-only".
            case rule
        }

        package var kind: Kind
        /// `partners.name`, or several with ", " between, for `unique` and `notNull`; the name or text
        /// of a check; a trigger's message. Empty where the engine does not say (foreign keys of SQLite).
        package var name: String

        package init(kind: Kind, name: String) {
            self.kind = kind
            self.name = name
        }
    }

    package var code: Code
    package var message: String
    package var cause: String?

    package init(_ code: Code, _ message: String, cause: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether it is this rule that was broken: `error.breaks(.unique, "partners.name")`.
    package func breaks(_ kind: Constraint.Kind, _ name: String) -> Bool {
        code == .constraint(Constraint(kind: kind, name: name))
    }
}

extension StoreError: CustomStringConvertible {
    package var description: String {
        cause.map { "\(message) (\($0))" } ?? message
    }
}
