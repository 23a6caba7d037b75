internal import CPostgres

extension PostgresConnection {
    /// Adds a statement to what the next `run` sends. Returns its number.
    /// - Parameter keep: whether the server keeps it prepared; not for what is rarely said twice.
    @discardableResult
    package func queue(
        _ text: String, _ values: [PostgresValue] = [], keep: Bool = true
    ) throws(PostgresError) -> Int {
        lastNumber += 1
        let number = lastNumber
        guard !isBroken else { throw .lost("the connection was lost before", statement: number) }
        let parameters = PostgresParameters(values)
        guard keep else {
            let sent = unsafe parameters.withPointers { values, lengths, formats in
                unsafe PQsendQueryParams(handle, text, Int32(parameters.types.count), parameters.types, values, lengths,
                                         formats, 1)
            }
            guard sent == 1 else { throw lost(statement: number) }
            pending.append(.statement(nil, number: number))
            return number
        }
        let statement = try prepared(text, parameters.types, number: number)
        let sent = unsafe parameters.withPointers { values, lengths, formats in
            unsafe PQsendQueryPrepared(handle, statement.name, Int32(parameters.types.count), values, lengths, formats, 1)
        }
        guard sent == 1 else { throw lost(statement: number) }
        pending.append(.statement(statement, number: number))
        return number
    }

    private func prepared(
        _ text: String, _ types: [UInt32], number: Int
    ) throws(PostgresError) -> PreparedStatement {
        if let known = statements.find(text, types: types) { return known }
        let (new, forgotten) = statements.add(text, types: types)
        if let forgotten {
            guard unsafe PQsendQueryParams(handle, "DEALLOCATE \(forgotten.name)", 0, nil, nil, nil, nil, 1) == 1 else {
                throw lost(statement: number)
            }
            pending.append(.statement(nil, number: number))
        }
        guard unsafe PQsendPrepare(handle, new.name, text, Int32(new.types.count), new.types) == 1 else {
            throw lost(statement: number)
        }
        pending.append(.prepare(new, number: number))
        return new
    }

    /// Sends what is queued and this, and waits for the answers.
    package func perform(
        _ text: String, _ values: [PostgresValue] = [], keep: Bool = true
    ) throws(PostgresError) -> PostgresResult {
        try queue(text, values, keep: keep)
        guard let result = try run() else { throw lost() }
        return result
    }

    /// Sends what is queued, waits for all answers, and gives the last. Fails with the first error; what was queued
    /// after the statement that failed was not done, whatever came before it in the transaction is lost with that.
    @discardableResult
    package func run() throws(PostgresError) -> PostgresResult? {
        try closePipeline()
        try flush()
        if !pending.isEmpty { roundTrips += 1 }
        return try collect()
    }

    /// Sends what is queued, then a statement of which nobody needs to know the end. Does not wait. Errors of what was
    /// queued before are dropped, and do not keep the statement from being done.
    package func sendAhead(_ text: String) throws(PostgresError) {
        try forgetQueued()
        try queue(text)
        try closePipeline()
        ignoredUpTo = lastNumber
        try flush()
        if pending.count > Self.mostUnread { _ = try collect() }
    }

    /// Answers that may lie unread before somebody has to wait for them.
    private static let mostUnread = 64

    /// The number that the next statement gets.
    package var nextStatement: Int { lastNumber + 1 }

    /// Lets what is queued be sent with the next `run`, but takes no interest in how it ends.
    package func forgetQueued() throws(PostgresError) {
        try closePipeline()
        ignoredUpTo = lastNumber
    }

    private func closePipeline() throws(PostgresError) {
        guard !isBroken else { throw .lost("the connection was lost before") }
        if case .end? = pending.last { return }
        if pending.isEmpty { return }
        guard unsafe PQpipelineSync(handle) == 1 else { throw lost() }
        pending.append(.end)
    }

    /// Reads the answers to all that is pending.
    private func collect() throws(PostgresError) -> PostgresResult? {
        let deadline = ContinuousClock.now + options.answerWait
        var failure: PostgresError?
        var last: PostgresResult?
        defer {
            pending.removeAll(keepingCapacity: true)
            answered = 0
        }
        while answered < pending.count {
            let item = pending[answered]
            answered += 1
            switch item {
            case .end:
                unsafe PQclear(try next(until: deadline, statement: nil))
            case .prepare(let statement, let number):
                let result = unsafe try single(until: deadline, statement: number)
                defer { unsafe PQclear(result) }
                if unsafe PQresultStatus(result) != PGRES_COMMAND_OK {
                    statements.remove(statement)
                    try unsafe note(result, number, &failure)
                }
            case .statement(let statement, let number):
                let result = unsafe try single(until: deadline, statement: number)
                switch unsafe PQresultStatus(result) {
                case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
                    last = unsafe PostgresResult(result, columns: statement?.columns)
                    statement?.columns = last?.columns
                default:
                    defer { unsafe PQclear(result) }
                    try unsafe note(result, number, &failure)
                }
            }
        }
        if let failure { throw failure }
        return last
    }

    /// Keeps the first error that matters; at once if the connection went with it.
    private func note(_ result: OpaquePointer, _ number: Int, _ failure: inout PostgresError?) throws(PostgresError) {
        // What follows an error up to the end of its part is skipped by the server; the error itself is known.
        guard unsafe PQresultStatus(result) != PGRES_PIPELINE_ABORTED else { return }
        let broken = unsafe PQstatus(handle) == CONNECTION_BAD
        let error = unsafe PostgresError(result, isBroken: broken, statement: number)
        if error.isBroken {
            isBroken = true
            throw error
        }
        if number > ignoredUpTo { failure = failure ?? error }
    }

    /// The one result of a statement.
    private func single(
        until deadline: ContinuousClock.Instant, statement: Int
    ) throws(PostgresError) -> OpaquePointer {
        guard let result = unsafe try next(until: deadline, statement: statement) else { throw lost(statement: statement) }
        if unsafe try next(until: deadline, statement: statement) == nil { return unsafe result }
        unsafe PQclear(result)
        isBroken = true
        throw .lost("the server answered in a way that was not expected", statement: statement)
    }

    private func next(
        until deadline: ContinuousClock.Instant, statement: Int?
    ) throws(PostgresError) -> OpaquePointer? {
        while unsafe PQisBusy(handle) == 1 {
            try waitForInput(until: deadline, statement: statement)
            guard unsafe PQconsumeInput(handle) == 1 else { throw lost(statement: statement) }
        }
        return unsafe PQgetResult(handle)
    }
}
