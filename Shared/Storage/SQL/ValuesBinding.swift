package import Values

extension Instant: SQLBindable {
    package var sqlValue: SQLValue { .int(microseconds) }
}

extension CalendarDate: SQLBindable {
    package var sqlValue: SQLValue { .text(isoText) }
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
}
