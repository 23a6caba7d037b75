/// Why a change cannot be made.
enum EventsRefusal: Error, Hashable, Sendable {
    /// Wrong whatever is held.
    case invalid([FieldFault])
    /// What is held does not allow it; the message says what to do.
    case precondition(Precondition, String)
    /// Somebody else has edited it since.
    case versionIsOld(kind: String, expected: Int64, actual: Int64)

    /// For programs, which branch on them.
    enum Precondition: String, Hashable, Sendable {
        case noPlace = "NO_PLACE"
        case alreadyBooked = "ALREADY_BOOKED"
        case alreadyWaiting = "ALREADY_WAITING"
        case waitingListFull = "WAITING_LIST_FULL"
        case eventClosed = "EVENT_CLOSED"
        case notAParticipant = "NOT_A_PARTICIPANT"
        case notActive = "NOT_ACTIVE"
        case otherProgramme = "OTHER_PROGRAMME"
        case bookingEnded = "BOOKING_ENDED"
        case offerNotOpen = "OFFER_NOT_OPEN"
        case entryEnded = "ENTRY_ENDED"
        case capacityTaken = "CAPACITY_TAKEN"
        case sameEvent = "SAME_EVENT"
        case partHasRegister = "PART_HAS_REGISTER"
        case notOpenYet = "REGISTER_NOT_OPEN"
    }
}

struct FieldFault: Hashable, Sendable {
    /// Path by the field's JSON names.
    var field: String
    /// What the field must be, to be read after its name.
    var message: String
}
