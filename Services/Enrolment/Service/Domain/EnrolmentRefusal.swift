/// Why something cannot be so.
enum EnrolmentRefusal: Error, Hashable, Sendable {
    /// Wrong whatever is held.
    case invalid([FieldFault])
    /// The id is taken.
    case idInUse(message: String)
    /// What is held does not allow it; the message says what to do. `rule` is for programs, such as
    /// "SCHEDULE_NOT_FOUND".
    case precondition(rule: String, subject: String, message: String)
    /// Somebody else has changed it since.
    case versionIsOld(kind: String, expected: Int64, actual: Int64)

    /// An edit that names no version (0) takes the record as it is.
    static func checkVersion(_ kind: String, _ version: Int64, expected: Int64) throws(EnrolmentRefusal) {
        guard expected == 0 || version == expected else {
            throw .versionIsOld(kind: kind, expected: expected, actual: version)
        }
    }
}

struct FieldFault: Hashable, Sendable {
    /// Path by the field's JSON names.
    var field: String
    /// What the field must be, to be read after its name.
    var message: String

    /// Throws if there are faults.
    static func check(_ faults: [FieldFault]) throws(EnrolmentRefusal) {
        guard faults.isEmpty else { throw .invalid(faults) }
    }
}
