import Tabular
import Values

/// Reads the fields of one record by their columns' names and collects what is odd about them.
struct RowReader {
    static let longestText = 500

    let kind: GiasFileKind
    let record: CSVRecord
    let columns: GiasColumns
    let encoding: TextEncoding
    private(set) var issues: [GiasIssue] = []

    init(kind: GiasFileKind, record: CSVRecord, columns: GiasColumns, encoding: TextEncoding) {
        self.kind = kind
        self.record = record
        self.columns = columns
        self.encoding = encoding
    }

    mutating func warn(_ code: GiasIssue.Code, _ column: String, _ message: String) {
        issues.append(GiasIssue(severity: .warning, code: code, column: column, message: message))
    }

    /// Empty if the file has no such column.
    mutating func text(_ column: String) -> String {
        guard let position = columns.position(column) else { return "" }
        let field = FieldText(record.value(position), encoding)
        for problem in field.problems { warn(problem, column, Self.explanation(problem)) }
        guard field.text.utf8.count > Self.longestText, field.text.count > Self.longestText else { return field.text }
        warn(.textTooLong, column, "The text is longer than \(Self.longestText) characters and was cut.")
        return String(field.text.prefix(Self.longestText))
    }

    /// The first of two columns that the file has: some are named differently from layout to layout.
    mutating func text(_ column: String, or other: String) -> String {
        text(columns.contains(column) ? column : other)
    }

    /// A code and its name; a code that stands for "none" gives `RegisterCode.none`.
    mutating func code(_ column: String, _ nameColumn: String, width: Int, none: Set<String> = []) -> RegisterCode {
        let raw = text(column)
        let code = width > 1 ? RegisterTypes.padded(raw, to: width) : RegisterTypes.bare(raw)
        return none.contains(code) ? .none : RegisterCode(code: code, name: text(nameColumn))
    }

    mutating func number(_ column: String, _ range: ClosedRange<Int>) -> Int? {
        let text = text(column)
        guard !text.isEmpty else { return nil }
        if let number = Int(text), range.contains(number) { return number }
        warn(.numberInvalid, column, "'\(Self.quoted(text))' is not a number from \(range.lowerBound) to "
            + "\(range.upperBound); imported without it.")
        return nil
    }

    /// A percentage in thousandths, rounded half up; `..` means that it is not published.
    mutating func permille(_ column: String) -> Int? {
        let text = text(column)
        guard !text.isEmpty, text != ".." else { return nil }
        if let permille = Self.thousandths(ofPercentage: text), permille <= 1000 { return permille }
        warn(.percentageInvalid, column, "'\(Self.quoted(text))' is not a percentage from 0 to 100; imported without it.")
        return nil
    }

    mutating func ukprn(_ column: String) -> UKPRN? {
        let text = text(column)
        guard !text.isEmpty else { return nil }
        if let ukprn = UKPRN(text) { return ukprn }
        warn(.numberInvalid, column, "'\(Self.quoted(text))' is not a UKPRN; imported without it.")
        return nil
    }

    mutating func postcode(_ column: String) -> Postcode? {
        let text = text(column)
        guard !text.isEmpty, text != "Not recorded" else { return nil }
        if let postcode = Postcode(text) { return postcode }
        warn(.postcodeInvalid, column, "'\(Self.quoted(text))' is not a postcode; imported without it.")
        return nil
    }

    mutating func location(_ eastingColumn: String, _ northingColumn: String) -> GridReference? {
        let (easting, northing) = (text(eastingColumn), text(northingColumn))
        guard !(easting.isEmpty && northing.isEmpty), !(easting == "0" && northing == "0") else { return nil }
        guard let east = Int(easting), let north = Int(northing) else {
            let column = Int(easting) == nil ? eastingColumn : northingColumn
            warn(.coordinatesInvalid, column, "The coordinates are not two numbers; imported without them.")
            return nil
        }
        if let location = GridReference(easting: east, northing: north) { return location }
        warn(.coordinatesOutside, eastingColumn, "The coordinates lie outside Great Britain; imported without them.")
        return nil
    }

    /// Nil for no date and for one that cannot be used, which is reported.
    mutating func date(_ column: String) -> CalendarDate? {
        let text = text(column)
        switch RegisterDate(text) {
        case .none: return nil
        case .date(let date, let style):
            if !style.isUsual(in: kind) {
                warn(.dateFormat, column, "'\(Self.quoted(text))' is in another format than usual; read as \(date).")
            }
            return date
        case .notInCalendar:
            warn(.dateNotInCalendar, column, "'\(Self.quoted(text))' is no day of the calendar; imported without it.")
        case .unreadable:
            warn(.dateUnreadable, column, "'\(Self.quoted(text))' is not a date; imported without it.")
        }
        return nil
    }

    /// At most 40 characters of a value, for a message.
    static func quoted(_ text: String) -> String {
        text.count > 40 ? String(text.prefix(40)) + "…" : text
    }

    private static func thousandths(ofPercentage text: String) -> Int? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        func digits(_ part: Substring) -> Int? {
            part.utf8.count <= 6 && part.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(part) : nil
        }
        guard (1...2).contains(parts.count), let whole = digits(parts[0]) else { return nil }
        guard parts.count == 2 else { return whole * 10 }
        guard digits(parts[1]) != nil, let tenths = Int(parts[1].prefix(1)) else { return nil }
        let roundsUp = parts[1].dropFirst().first.map { $0 >= "5" } ?? false
        return whole * 10 + tenths + (roundsUp ? 1 : 0)
    }

    private static func explanation(_ problem: GiasIssue.Code) -> String {
        switch problem {
        case .utf8InWindows1252:
            "The bytes are UTF-8 in a Windows-1252 file; imported as they read, correct it in the register."
        case .byteWithoutMeaning: "A byte has no meaning in the file's encoding; imported with \u{FFFD} for it."
        default: "A control character was left out."
        }
    }
}

/// A date as the register's files write it.
enum RegisterDate: Hashable {
    case none
    case date(CalendarDate, Style)
    case notInCalendar
    case unreadable

    enum Style: Hashable {
        case dashes
        case slashes
        case iso

        /// Establishments and links have dashes; groups and memberships slashes, or dashes.
        func isUsual(in kind: GiasFileKind) -> Bool {
            switch self {
            case .dashes: true
            case .slashes: kind == .groups || kind == .memberships
            case .iso: false
            }
        }
    }

    init(_ text: String) {
        guard !text.isEmpty else {
            self = .none
            return
        }
        let separator: Character = text.contains("/") ? "/" : "-"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ $0.utf8.count <= 4 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
              let first = Int(parts[0]), let month = Int(parts[1]), let last = Int(parts[2]) else {
            self = .unreadable
            return
        }
        let isISO = parts[0].utf8.count == 4 && separator == "-"
        guard isISO ? parts[2].utf8.count <= 2 : parts[0].utf8.count <= 2 && parts[2].utf8.count == 4 else {
            self = .unreadable
            return
        }
        let style: Style = isISO ? .iso : separator == "/" ? .slashes : .dashes
        let date = isISO ? CalendarDate(year: first, month: month, day: last)
            : CalendarDate(year: last, month: month, day: first)
        self = date.map { .date($0, style) } ?? .notInCalendar
    }
}
