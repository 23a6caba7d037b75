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
    /// A group takes no more in after this long: others, and other processes, wait for its end.
    static let joiningTime = Duration.milliseconds(5)
    /// How often a group is run that collides with other programs' transactions.
    static let mostAttempts = 8
    /// How often a group is run anew because its connection was lost before its COMMIT was sent.
    static let mostReconnects = 1

    private var largest: Int { min(Self.largest, session.setup.limits.writesPerCommit) }

    let session: PostgresSession
    /// Another write that waits already.
    let more: () -> WriteMember?

    /// A body that has run, with the number of its first statement.
    private struct Part {
        let member: WriteMember
        let transaction: PostgresTransaction
        let firstStatement: Int
    }

    private enum Outcome {
        case done
        /// Run them anew: nothing is kept so far.
        case again(because: PostgresError?)
        case failed(StoreError)
    }

    func run(_ first: WriteMember) {
        var members = [first]
        var collisions = 0
        var reconnects = 0
        var isFirstRun = true
        while !members.isEmpty {
            switch attempt(&members, growing: isFirstRun) {
            case .done: return
            case .failed(let error): return finish(members, error)
            case .again(let cause?):
                if cause.isCollision || cause.isStalePlan {
                    collisions += 1
                    guard collisions < Self.mostAttempts else { return finish(members, session.translate(cause)) }
                    if cause.isCollision { session.pauseAfterCollision(collisions) }
                } else {
                    reconnects += 1
                    guard reconnects <= Self.mostReconnects else { return finish(members, session.translate(cause)) }
                }
            case .again(nil): break
            }
            isFirstRun = false
        }
    }

    private func finish(_ members: [WriteMember], _ error: StoreError?) {
        for member in members { member.finish(error) }
    }

    private func attempt(_ members: inout [WriteMember], growing: Bool) -> Outcome {
        do throws(StoreError) {
            let connection = try session.connection()
            do throws(PostgresError) {
                return try run(&members, growing: growing, on: connection)
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

    private func run(
        _ members: inout [WriteMember], growing: Bool, on connection: PostgresConnection
    ) throws(PostgresError) -> Outcome {
        var kept: [Part] = []
        let end = ContinuousClock.now + Self.joiningTime
        while true {
            if kept.count == members.count {
                guard growing, members.count < largest, kept.isEmpty || ContinuousClock.now < end,
                      let next = more() else { break }
                members.append(next)
            }
            try kept.isEmpty ? begin(connection) : connection.mark()
            let transaction = PostgresTransaction(connection, session)
            let part = Part(member: members[kept.count], transaction: transaction,
                            firstStatement: connection.nextStatement)
            var thrown: (any Error)?
            do { try part.member.run(transaction) } catch { thrown = error }
            if let failure = transaction.serverFailure, !isOwn(failure, of: part) {
                return judge(failure, kept, &members, connection)
            }
            if let error = thrown ?? transaction.failure {
                // A statement that failed ends the body also if it was caught; what the body threw instead says more.
                if let outcome = try reject(part, error, after: kept, &members, connection) { return outcome }
            } else {
                if !kept.isEmpty { try connection.queue("RELEASE SAVEPOINT w") }
                kept.append(part)
            }
        }
        return kept.isEmpty ? .done : try commit(kept, &members, connection)
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

    /// Undoes one body, and tells its task.
    private func reject(
        _ part: Part, _ error: any Error, after kept: [Part], _ members: inout [WriteMember],
        _ connection: PostgresConnection
    ) throws(PostgresError) -> Outcome? {
        if kept.isEmpty {
            try connection.sendAhead("ROLLBACK")
        } else {
            do throws(PostgresError) {
                // What the bodies before it left to be sent must not go unseen.
                try connection.run()
            } catch where !isOwn(error, of: part) {
                return judge(error, kept, &members, connection)
            } catch {}
            try connection.queue("ROLLBACK TO SAVEPOINT w")
        }
        members.remove(at: kept.count)
        part.member.finish(error)
        return nil
    }

    /// An error that is not of the body at hand: of the connection, of the whole transaction, or of a body before.
    private func judge(
        _ error: PostgresError, _ kept: [Part], _ members: inout [WriteMember], _ connection: PostgresConnection
    ) -> Outcome {
        if error.isBroken || error.isStalePlan || error.sqlState == "25006" {
            session.drop()
            return .again(because: error)
        }
        rollBack(connection)
        if error.isCollision { return .again(because: error) }
        guard let statement = error.statement,
              let index = kept.lastIndex(where: { $0.firstStatement <= statement }) else {
            return .failed(session.translate(error))
        }
        members.remove(at: index).finish(session.translate(error))
        return .again(because: nil)
    }

    private func commit(
        _ kept: [Part], _ members: inout [WriteMember], _ connection: PostgresConnection
    ) throws(PostgresError) -> Outcome {
        do throws(PostgresError) {
            // A connection that was dead before is found out while nothing hangs on it yet.
            if !kept.contains(where: \.transaction.hasAnswer) { try connection.run() }
        } catch {
            return judge(error, kept, &members, connection)
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
            guard error.isBroken, !isBefore(end, error) else { return judge(error, kept, &members, connection) }
            session.drop()
            return .failed(StoreError(unknownOutcome: error))
        }
        // A wait for a standby that was broken off ends with a warning, and a COMMIT that may not outlive this server.
        guard !connection.takeWarning() else { return .failed(StoreError(unknownOutcome: nil)) }
        guard result?.tag == "COMMIT" else {
            return .failed(StoreError(.internal, "The database gave a write up without saying why. Nothing was changed."))
        }
        session.setup.counts.note(writes: kept.count)
        finish(kept.map(\.member), nil)
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

extension PostgresConnection {
    fileprivate func mark() throws(PostgresError) {
        try queue("SAVEPOINT w")
    }
}
