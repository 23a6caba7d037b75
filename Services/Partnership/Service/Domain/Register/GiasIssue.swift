/// Something about a row that a person should look at.
struct GiasIssue: Hashable, Sendable {
    enum Severity: Int, Sendable {
        case warning = 1
        case rejected = 2
    }

    var severity: Severity
    var code: Code
    /// The column it is about, or empty.
    var column: String
    /// One sentence: what is wrong, and what was done. Never holds the name of a person.
    var message: String

    /// Stable: programs may depend on them.
    enum Code: String, Hashable, Sendable, CaseIterable {
        case fieldCount = "field-count"
        case misplacedQuote = "quote-misplaced"
        case nulByte = "nul-byte"
        case headerRepeated = "header-repeated"
        case keyMissing = "key-missing"
        case keyNotANumber = "key-not-a-number"
        case keyRepeated = "key-repeated"
        case nameMissing = "name-missing"
        case statusUnknown = "status-unknown"
        case dateNotInCalendar = "date-not-in-calendar"
        case dateUnreadable = "date-unreadable"
        case dateFormat = "date-format"
        case closeDateOfOpenSchool = "close-date-of-open-school"
        case typeUnknown = "type-unknown"
        case localAuthorityMissing = "local-authority-missing"
        case postcodeInvalid = "postcode-invalid"
        case coordinatesInvalid = "coordinates-invalid"
        case coordinatesOutside = "coordinates-outside-great-britain"
        case numberInvalid = "number-invalid"
        case percentageInvalid = "percentage-invalid"
        case utf8InWindows1252 = "utf-8-in-windows-1252"
        case byteWithoutMeaning = "byte-without-meaning"
        case controlCharacter = "control-character"
        case textTooLong = "text-too-long"
        case groupUnknown = "group-unknown"
        case linkToItself = "link-to-itself"
    }
}
