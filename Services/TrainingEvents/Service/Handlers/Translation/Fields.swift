import Contracts
import ServiceKit
import Values

extension GoogleProtobuf.Timestamp {
    init(_ instant: Instant) {
        self.init(microsecondsSince1970: instant.microseconds)
    }
}

extension FieldViolations {
    /// Most values that one filter of a list takes.
    static let mostFilterValues = 100

    /// Nil for none, and for one outside the calendar, which is reported.
    mutating func instant(_ timestamp: GoogleProtobuf.Timestamp?, _ field: String) -> Instant? {
        guard let timestamp else { return nil }
        let instant = timestamp.microsecondsSince1970.map { Instant(microseconds: $0) }
        require(instant != nil, field, "must be a time in the years 1 to 9999")
        return instant
    }

    /// The size of a page; 0 stands for `standard`.
    mutating func pageSize(_ size: Int32, standard: Int, most: Int) -> Int {
        require((0...Int32(most)).contains(size), "pageSize", "must be 1 to \(most), or 0 for \(standard)")
        return size == 0 ? standard : Int(size)
    }

    mutating func expectedVersion(_ version: Int64) {
        require(version >= 0, "expectedVersion", "must not be negative")
    }

    mutating func filter(_ values: [String], _ field: String) -> [String] {
        require(values.count <= Self.mostFilterValues, field, "must be at most \(Self.mostFilterValues)")
        return Array(Set(values)).sorted()
    }

    /// Values of an enum; each must have a name in this release.
    mutating func values<Value, Known>(_ values: [Value], _ field: String, _ known: (Value) -> Known?) -> [Known] {
        require(values.count <= Self.mostFilterValues, field, "must be at most \(Self.mostFilterValues)")
        return values.enumerated().compactMap { index, value in
            let found = known(value)
            require(found != nil, "\(field)[\(index)]", "must be one that this release knows")
            return found
        }
    }

    mutating func venue(_ venue: TrainingEventsV1.Venue?) -> Venue {
        guard let venue else {
            add("venue", "must be given")
            return Venue()
        }
        var read = Venue(name: venue.name, isOnline: venue.online)
        if !venue.postcode.isEmpty {
            read.postcode = Postcode(venue.postcode)
            require(read.postcode != nil, "venue.postcode", "must be a postcode of the United Kingdom")
        }
        if let urn = venue.schoolUrn {
            read.school = Int(exactly: urn).flatMap { URN(number: $0) }
            require(read.school != nil, "venue.schoolUrn", "must be a URN")
        }
        return read
    }

    mutating func parts(_ parts: [TrainingEventsV1.EventPart]) -> [EventPart] {
        parts.enumerated().compactMap { index, part in
            let starts = instant(part.startsAt, "parts[\(index)].startsAt")
            let ends = instant(part.endsAt, "parts[\(index)].endsAt")
            require(part.startsAt != nil, "parts[\(index)].startsAt", "must be given")
            require(part.endsAt != nil, "parts[\(index)].endsAt", "must be given")
            guard let starts, let ends else { return nil }
            let number = part.number == 0 ? index + 1 : Int(part.number)
            return EventPart(number: number, title: part.title, startsAt: starts, endsAt: ends)
        }
    }
}
