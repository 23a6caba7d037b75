import Contracts
import ServiceKit
import Values

extension FieldViolations {
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
