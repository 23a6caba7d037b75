/// Writes that wait at the same time, done one after the other under one commit, so that they share one
/// wait for the disk. Each is undone alone if it fails, and none is answered before the commit.
struct SQLiteWriteGroup {
    /// A member that was run since the last commit.
    private struct Run {
        let member: WriteMember
        /// Nil: it is kept if the commit is.
        var failure: (any Error)?
    }

    private let connection: SQLiteConnection
    private let counts: WriteCounter
    /// In the order in which they ran. Not empty means that a transaction is open and the first of
    /// them is in it.
    private var runs: [Run] = []

    /// Does `first` and, within the limits, what waits behind it by then. Waits for nothing.
    static func run(on connection: SQLiteConnection, _ limits: StoreLimits, _ counts: WriteCounter,
                    _ first: WriteMember, _ next: () -> WriteMember?) {
        var group = SQLiteWriteGroup(connection: connection, counts: counts)
        let clock = ContinuousClock()
        let begin = clock.now
        var member: WriteMember? = first
        for number in 1...limits.writesPerCommit {
            if let member, member.begin() { group.add(member) }
            guard number < limits.writesPerCommit, clock.now - begin < limits.commitWithin else { break }
            member = next()
            if member == nil { break }
        }
        group.commit()
    }

    private init(connection: SQLiteConnection, counts: WriteCounter) {
        self.connection = connection
        self.counts = counts
    }

    private mutating func add(_ member: WriteMember) {
        if runs.isEmpty {
            // There is nobody to keep apart from: a savepoint would cost and not serve.
            do {
                try connection.begin(immediate: true)
                try SQLiteWriter.run(member.run, in: connection)
                runs.append(Run(member: member))
            } catch {
                connection.rollback()
                member.finish(error)
            }
        } else {
            do {
                let failure = try runPart(member)
                // What it was refused for may be the work of a member before it, so it is not told
                // before that is kept.
                runs.append(Run(member: member, failure: failure))
            } catch {
                runs.append(Run(member: member))
                runAgainAlone()
            }
        }
    }

    /// Returns why the member failed, if it did and is undone. Throws if the others were undone with it:
    /// some errors (no room, no memory, a failing disk) end the whole transaction.
    private func runPart(_ member: WriteMember) throws(StoreError) -> (any Error)? {
        try connection.beginPart()
        do {
            try SQLiteWriter.run(member.run, in: connection)
        } catch {
            try connection.checkTransaction()
            try connection.undoPart()
            return error
        }
        try connection.keepPart()
        return nil
    }

    private mutating func commit() {
        guard !runs.isEmpty else { return }
        do {
            try connection.commit()
            counts.note(writes: runs.count { $0.failure == nil })
            for run in runs { run.member.finish(run.failure) }
        } catch {
            // A rule that is only looked at here was broken by one of them.
            if case .constraint = error.code, runs.count > 1 { return runAgainAlone() }
            connection.rollback()
            for run in runs { run.member.finish(error) }
        }
        runs.removeAll(keepingCapacity: true)
    }

    /// The transaction is lost by no fault of most of its members: each gets one of its own.
    private mutating func runAgainAlone() {
        connection.rollback()
        for run in runs {
            do {
                try SQLiteWriter.transaction(on: connection, run.member.run)
                counts.note(writes: 1)
                run.member.finish(nil)
            } catch {
                run.member.finish(error)
            }
        }
        runs.removeAll(keepingCapacity: true)
    }
}
