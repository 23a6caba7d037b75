internal import Postgres

/// Runs writes on one connection, several under one commit.
///
/// The stores' code was written for one writer at a time, and every write that adds an event moves the one row of the
/// feed. So a write transaction begins by taking the store's write lock, which holds back the writers of all processes;
/// what it reads is then what the last commit left, and no two can collide. Serialisable transactions would give the
/// same by failing nearly all that meet. Writes that wait meanwhile join under the same commit, each behind a savepoint,
/// so that the lock's and the disk's price is paid once for many.
///
/// Statements whose answer nobody reads travel with the next one; BEGIN and the lock with the first, COMMIT with the
/// last. Errors come with the number of their statement, which tells whose it was.
struct PostgresWriteGroup {
    /// Writes under one commit. PostgreSQL keeps 64 subtransactions of each session at hand.
    static let largest = 32
    /// How often a group is run that collides with other programs' transactions.
    static let mostAttempts = 8
    /// How often a group is run anew because its connection was lost before its COMMIT was sent.
    static let mostReconnects = 1

    private let session: PostgresSession
    /// Taken in since the group began. All of them are run anew if its transaction is lost.
    private var members: [WriteMember] = []
    /// To be run by themselves afterwards: what one failed by may be the work of a member before it.
    private var later: [WriteMember] = []

    /// A body that has run, with the number of its first statement.
    private struct Part {
        let member: WriteMember
        let index: Int
        let transaction: PostgresTransaction
        let firstStatement: Int
    }

    private enum Outcome {
        case done
        /// Run them anew: nothing is kept so far.
        case again(because: PostgresError?)
        case failed(StoreError)
    }

    private init(_ session: PostgresSession) {
        self.session = session
    }

    /// Does `first` and, within the limits, what waits behind it by then. Waits for no other.
    static func run(on session: PostgresSession, _ first: WriteMember, _ next: () -> WriteMember?) {
        guard first.begin() else { return }
        var group = PostgresWriteGroup(session)
        group.run(first, next)
        for alone in group.later { PostgresWriteGroup.runAlone(alone, on: session) }
    }

    private static func runAlone(_ member: WriteMember, on session: PostgresSession) {
        var group = PostgresWriteGroup(session)
        group.run(member, { nil })
    }

    private mutating func run(_ first: WriteMember, _ next: () -> WriteMember?) {
        members = [first]
        var collisions = 0
        var reconnects = 0
        var isFirstRun = true
        while !members.isEmpty {
            switch attempt(isFirstRun ? next : { nil }) {
            case .done: return
            case .failed(let error): return finish(error)
            case .again(let cause?):
                if cause.isCollision || cause.isStalePlan {
                    collisions += 1
                    guard collisions < Self.mostAttempts else { return finish(session.translate(cause)) }
                    if cause.isCollision { session.pauseAfterCollision(collisions) }
                } else {
                    reconnects += 1
                    guard reconnects <= Self.mostReconnects else { return finish(session.translate(cause)) }
                }
            case .again(nil): break
            }
            isFirstRun = false
        }
    }

    private func finish(_ error: StoreError) {
        for member in members { member.finish(error) }
    }

    private mutating func attempt(_ next: () -> WriteMember?) -> Outcome {
        do throws(StoreError) {
            let connection = try session.connection()
            do throws(PostgresError) {
                return try run(on: connection, next)
            } catch {
                // Lost while sending, before COMMIT was part of it.
                session.drop()
                return .again(because: error)
            }
        } catch {
            return .failed(error)
        }
    }

    // MARK: One transaction

    private mutating func run(
        on connection: PostgresConnection, _ next: () -> WriteMember?
    ) throws(PostgresError) -> Outcome {
        var kept: [Part] = []
        var refused: [(member: WriteMember, error: any Error)] = []
        let limits = session.setup.limits
        let end = ContinuousClock.now + limits.commitWithin
        var index = 0
        while true {
            if index == members.count {
                guard members.count < min(Self.largest, limits.writesPerCommit),
                      members.isEmpty || ContinuousClock.now < end, let member = next() else { break }
                guard member.begin() else { continue }
                members.append(member)
            }
            if kept.isEmpty { try begin(connection) } else { try connection.queue("SAVEPOINT w") }
            let transaction = PostgresTransaction(connection, session)
            let part = Part(member: members[index], index: index, transaction: transaction,
                            firstStatement: connection.nextStatement)
            var thrown: (any Error)?
            do { try part.member.run(transaction) } catch { thrown = error }
            if let failure = transaction.serverFailure, !isOwn(failure, of: part) { return judge(failure, kept, connection) }
            // A statement that failed ends the body also if it was caught; what the body threw instead says more.
            guard let error = thrown ?? transaction.failure else {
                if !kept.isEmpty { try connection.queue("RELEASE SAVEPOINT w") }
                kept.append(part)
                index += 1
                continue
            }
            if kept.isEmpty {
                try connection.sendAhead("ROLLBACK")
                members.remove(at: index).finish(error)
            } else {
                if let lost = undo(part, connection) { return judge(lost, kept, connection) }
                try connection.queue("ROLLBACK TO SAVEPOINT w")
                // It may have run into what a member before it did: not told before that is kept.
                refused.append((part.member, error))
                index += 1
            }
        }
        guard !kept.isEmpty else { return .done }
        let outcome = try commit(kept, connection)
        if case .done = outcome { for (member, error) in refused { member.finish(error) } }
        return outcome
    }

    /// Sends what the bodies before this one left to be sent: their errors must not go with its own.
    private func undo(_ part: Part, _ connection: PostgresConnection) -> PostgresError? {
        do throws(PostgresError) {
            try connection.run()
        } catch {
            return isOwn(error, of: part) ? nil : error
        }
        return nil
    }

    private func begin(_ connection: PostgresConnection) throws(PostgresError) {
        try connection.queue("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE")
        try connection.queue("SELECT pg_advisory_xact_lock($1)", [.int(session.setup.writeLock)])
    }

    /// Whether the error is of this body's statements, and of a kind that is the body's business.
    private func isOwn(_ error: PostgresError, of part: Part) -> Bool {
        guard !error.mayGoAway, error.sqlState != "25006", let statement = error.statement else { return false }
        return statement >= part.firstStatement
    }

    /// An error that is not of the body at hand: of the connection, of the whole transaction, or of a body before.
    private mutating func judge(_ error: PostgresError, _ kept: [Part], _ connection: PostgresConnection) -> Outcome {
        if error.isBroken || error.isStalePlan || error.sqlState == "25006" {
            session.drop()
            return .again(because: error)
        }
        rollBack(connection)
        if error.isCollision { return .again(because: error) }
        guard let statement = error.statement,
              let guilty = kept.lastIndex(where: { $0.firstStatement <= statement }) else {
            return .failed(session.translate(error))
        }
        let member = members.remove(at: kept[guilty].index)
        if guilty == 0 { member.finish(session.translate(error)) } else { later.append(member) }
        return .again(because: nil)
    }

    private mutating func commit(_ kept: [Part], _ connection: PostgresConnection) throws(PostgresError) -> Outcome {
        do throws(PostgresError) {
            // A connection that was dead before is found out while nothing hangs on it yet.
            if !kept.contains(where: \.transaction.hasAnswer) { try connection.run() }
        } catch {
            return judge(error, kept, connection)
        }
        if kept.contains(where: \.transaction.effects.appendedEvents) {
            try connection.queue("SELECT pg_notify($1, '')", [.text(session.setup.channel)])
        }
        let end = try connection.queue("COMMIT")
        _ = connection.takeWarning()
        let result: PostgresResult?
        do throws(PostgresError) {
            result = try connection.run()
        } catch {
            guard error.isBroken, !isBefore(end, error) else { return judge(error, kept, connection) }
            session.drop()
            return .failed(StoreError(unknownOutcome: error))
        }
        // A wait for a standby that was broken off ends with a warning, and a COMMIT that may not outlive this server.
        guard !connection.takeWarning() else { return .failed(StoreError(unknownOutcome: nil)) }
        guard result?.tag == "COMMIT" else {
            return .failed(StoreError(.internal, "The database gave a write up without saying why. Nothing was changed."))
        }
        session.setup.counts.note(writes: kept.count)
        for part in kept { part.member.finish(nil) }
        return .done
    }

    /// Whether the server gave the connection up before it came to this statement: it said so in answer to another one,
    /// or because it had waited for the next one for too long.
    private func isBefore(_ statement: Int, _ error: PostgresError) -> Bool {
        guard error.isFromServer, let answered = error.statement else { return false }
        return answered < statement || error.sqlState == "25P03"
    }

    private func rollBack(_ connection: PostgresConnection) {
        do throws(PostgresError) {
            try connection.sendAhead("ROLLBACK")
        } catch {
            session.drop()
        }
    }
}
