package import Values

extension Instant: SQLBindable {
    package var sqlValue: SQLValue { .int(microseconds) }
}

extension CalendarDate: SQLBindable {
    package var sqlValue: SQLValue { .text(isoText) }
}

extension UUIDv7: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension URN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension UKPRN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension TRN: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(number)) }
}

extension Postcode: SQLBindable {
    package var sqlValue: SQLValue { .text(text) }
}

extension Row {
    package func instant(_ column: some RowColumn) throws(StoreError) -> Instant {
        Instant(microseconds: try int(column))
    }

    package func optionalInstant(_ column: some RowColumn) throws(StoreError) -> Instant? {
        try optionalInt(column).map(Instant.init(microseconds:))
    }

    package func date(_ column: some RowColumn) throws(StoreError) -> CalendarDate {
        guard let date = try optionalDate(column) else { throw wrong(column, "a date, but it is NULL") }
        return date
    }

    package func optionalDate(_ column: some RowColumn) throws(StoreError) -> CalendarDate? {
        guard let text = try optionalText(column) else { return nil }
        guard let date = CalendarDate(iso: text) else { throw wrong(column, "a date (YYYY-MM-DD)") }
        return date
    }

    package func identifier(_ column: some RowColumn) throws(StoreError) -> UUIDv7 {
        guard let id = try UUIDv7(text(column)) else { throw wrong(column, "an identifier") }
        return id
    }

    package func urn(_ column: some RowColumn) throws(StoreError) -> URN {
        guard let urn = try optionalURN(column) else { throw wrong(column, "a URN, but it is NULL") }
        return urn
    }

    package func optionalURN(_ column: some RowColumn) throws(StoreError) -> URN? {
        guard let number = try optionalInt(column) else { return nil }
        guard let urn = Int(exactly: number).flatMap({ URN(number: $0) }) else { throw wrong(column, "a URN") }
        return urn
    }

    package func optionalUKPRN(_ column: some RowColumn) throws(StoreError) -> UKPRN? {
        guard let number = try optionalInt(column) else { return nil }
        guard let ukprn = UKPRN(number: Int(number)) else { throw wrong(column, "a UKPRN") }
        return ukprn
    }

    package func optionalTRN(_ column: some RowColumn) throws(StoreError) -> TRN? {
        guard let number = try optionalInt(column) else { return nil }
        guard let trn = TRN(number: Int(number)) else { throw wrong(column, "a TRN") }
        return trn
    }

    package func optionalPostcode(_ column: some RowColumn) throws(StoreError) -> Postcode? {
        guard let text = try optionalText(column) else { return nil }
        guard let postcode = Postcode(text) else { throw wrong(column, "a postcode") }
        return postcode
    }

    /// A number that fits an `Int`, which on the supported machines is every one.
    package func number(_ column: some RowColumn) throws(StoreError) -> Int { Int(try int(column)) }

    /// The error for a column whose value is not what the code that reads it knows.
    /// - Parameter what: What it should be: "booking status".
    package func unreadable(_ column: some RowColumn, _ what: String) -> StoreError {
        StoreError(.mismatch, "Column \(column) holds no \(what).")
    }
}
