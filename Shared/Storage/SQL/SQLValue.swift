/// What a column can hold. Booleans are 0 and 1; instants are microseconds since 1970 in UTC; dates
/// are ISO 8601 text: the forms that sort and compare the same in every engine.
package enum SQLValue: Hashable, Sendable {
    case null
    case int(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// Can be interpolated into `SQL`. An enum with a raw value only has to say so:
/// `extension PartnerStatus: SQLBindable {}`.
package protocol SQLBindable {
    var sqlValue: SQLValue { get }
}

extension SQLValue: SQLBindable {
    package var sqlValue: SQLValue { self }
}

extension Int: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Int32: SQLBindable {
    package var sqlValue: SQLValue { .int(Int64(self)) }
}

extension Int64: SQLBindable {
    package var sqlValue: SQLValue { .int(self) }
}

extension Bool: SQLBindable {
    package var sqlValue: SQLValue { .int(self ? 1 : 0) }
}

extension Double: SQLBindable {
    package var sqlValue: SQLValue { .real(self) }
}

extension String: SQLBindable {
    package var sqlValue: SQLValue { .text(self) }
}

extension Substring: SQLBindable {
    package var sqlValue: SQLValue { .text(String(self)) }
}

extension [UInt8]: SQLBindable {
    package var sqlValue: SQLValue { .blob(self) }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

extension SQLBindable where Self: RawRepresentable, RawValue: SQLBindable {
    package var sqlValue: SQLValue { rawValue.sqlValue }
}
