/// Why a change cannot be made.
enum DiagnosticsRefusal: Error, Hashable, Sendable {
    /// Wrong whatever is held.
    case invalid([FieldFault])
    /// It was submitted, which is final.
    case isSubmitted
    /// The participant has left.
    case isClosed
    case unanswered(missing: Int, items: Int)
    /// There is no profile before it is submitted.
    case notSubmitted
    /// Somebody else has changed it since.
    case versionIsOld(expected: Int64, actual: Int64)
}

struct FieldFault: Hashable, Sendable {
    /// Path by the field's JSON names.
    var field: String
    /// What the field must be, to be read after its name.
    var message: String
}
