/// Why a partner or a membership cannot be so.
enum PartnerRefusal: Error, Hashable, Sendable {
    /// Wrong whatever is held.
    case invalid([FieldFault])
    /// Another partner that has not ended has the name.
    case nameInUse(name: String)
    /// What is held does not allow it; the message says what to do.
    case precondition(subject: String, message: String)
    /// Somebody else has edited it since.
    case versionIsOld(expected: Int64, actual: Int64)
}

struct FieldFault: Hashable, Sendable {
    /// Path by the field's JSON names.
    var field: String
    /// What the field must be, to be read after its name.
    var message: String
}
