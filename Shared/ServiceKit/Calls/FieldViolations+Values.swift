package import Contracts
package import RPC
package import Values

/// Reads the values that many requests have; what cannot be one is reported, and nil.
extension FieldViolations {
    /// Most values that one filter of a list takes.
    package static let mostFilterValues = 100

    /// Nil for no date, too.
    package mutating func date(_ date: CommonV1.Date?, _ field: String) -> CalendarDate? {
        guard let date else { return nil }
        let read = CalendarDate(year: Int(date.year), month: Int(date.month), day: Int(date.day))
        require(read != nil, field, "must be a day of the calendar")
        return read
    }

    /// Reports a date that is not given, too.
    package mutating func neededDate(_ date: CommonV1.Date?, _ field: String) -> CalendarDate? {
        require(date != nil, field, "must be given")
        return self.date(date, field)
    }

    /// Nil for no time, too.
    package mutating func instant(_ timestamp: GoogleProtobuf.Timestamp?, _ field: String) -> Instant? {
        guard let timestamp else { return nil }
        let instant = timestamp.microsecondsSince1970.map { Instant(microseconds: $0) }
        require(instant != nil, field, "must be a time in the years 1 to 9999")
        return instant
    }

    /// The size of a page; 0 stands for `standard`.
    package mutating func pageSize(_ size: Int32, standard: Int, most: Int) -> Int {
        require((0...Int32(most)).contains(size), "pageSize", "must be 1 to \(most), or 0 for \(standard)")
        return size == 0 ? standard : Int(size)
    }

    package mutating func expectedVersion(_ version: Int64) {
        require(version >= 0, "expectedVersion", "must not be negative")
    }

    /// An id that a field names.
    package mutating func identifier(_ text: String, _ field: String) -> UUIDv7? {
        let id = UUIDv7(text)
        require(id != nil, field, "must be an id")
        return id
    }

    package mutating func urn(_ number: Int64, _ field: String) -> URN? {
        let urn = Int(exactly: number).flatMap { URN(number: $0) }
        require(urn != nil, field, "must be a URN")
        return urn
    }

    /// Texts that a list is filtered by, each once.
    package mutating func filter(_ values: [String], _ field: String) -> [String] {
        require(values.count <= Self.mostFilterValues, field, "must be at most \(Self.mostFilterValues)")
        return Array(Set(values)).sorted()
    }

    /// Values of an enum that a list is filtered by; each must have a name in this release.
    package mutating func values<Value, Known>(
        _ values: [Value], _ field: String, _ known: (Value) -> Known?
    ) -> [Known] {
        require(values.count <= Self.mostFilterValues, field, "must be at most \(Self.mostFilterValues)")
        return values.enumerated().compactMap { index, value in
            let found = known(value)
            require(found != nil, "\(field)[\(index)]", "must be one that this release knows")
            return found
        }
    }
}

extension UUIDv7 {
    /// The id that a request is about; one that cannot be an id names nothing.
    /// - Parameter kind: What it would be: "partner".
    /// - Throws: NOT_FOUND.
    package init(_ text: String, of kind: String) throws(RPCError) {
        guard let id = UUIDv7(text) else { throw RPCError.notFound(kind, text) }
        self = id
    }
}
