package import ProtoJSON
import Wire

/// An instant as RFC 3339 text in UTC, such as "2024-09-01T08:30:00.250Z".
extension GoogleProtobuf.Timestamp: JSONMessage {
    /// 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
    package static let validSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

    package static var hasOwnJSONForm: Bool { true }

    /// An instant outside the years 1 to 9999 has no JSON form; null stands for it.
    package func encodeJSON(into json: inout JSONWriter) {
        if let text = rfc3339 { json.value(text) } else { json.null() }
    }

    package init(json: inout JSONReader) throws(JSONError) {
        var ahead = json
        let text = try ahead.text()
        guard let value = Self(rfc3339: text) else {
            throw json.error("expected an instant such as \"2024-09-01T08:30:00Z\", in the years 1 to 9999")
        }
        self = value
        json = ahead
    }

    /// nil outside the years 1 to 9999.
    package var rfc3339: String? {
        guard Self.validSeconds.contains(seconds), (0..<1_000_000_000).contains(nanos) else { return nil }
        let days = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let second = Int(seconds) - days * 86_400
        let (year, month, day) = CivilDay.date(ofDay: days)
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
            + fraction(ofNanos: nanos) + "Z"
    }

    package init?(rfc3339 text: String) {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2), scanner.skip("T") || scanner.skip("t"),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(digits: 2), second < 60,
            let nanos = scanner.nanos(), let offset = scanner.offset(), scanner.isAtEnd,
            let days = CivilDay.day(year: year, month: month, day: day)
        else { return nil }
        let seconds = Int64(days * 86_400 + hour * 3_600 + minute * 60 + second - offset)
        guard Self.validSeconds.contains(seconds) else { return nil }
        self.init(seconds: seconds, nanos: Int32(nanos))
    }
}

extension DigitScanner {
    /// "Z" or an offset from UTC, in seconds.
    fileprivate mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), hours < 24, skip(":"),
            let minutes = number(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

/// Days of the proleptic Gregorian calendar, counted from 1970-01-01.
enum CivilDay {
    private static let daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]

    static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        // Years begin in March here, so that the leap day is the last of its year.
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// nil for a day that the calendar does not have.
    static func day(year: Int, month: Int, day: Int) -> Int? {
        guard (1...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day <= lengths[month - 1] else { return nil }
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400
        return before * 365 + leapDays + daysBefore[month - 1] + (isLeap && month > 2 ? 1 : 0) + day - 1 - 719_162
    }
}

func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// "", or a point and three, six or nine digits.
func fraction(ofNanos nanos: Int32) -> String {
    if nanos == 0 { return "" }
    if nanos % 1_000_000 == 0 { return "." + padded(Int(nanos) / 1_000_000, 3) }
    if nanos % 1_000 == 0 { return "." + padded(Int(nanos) / 1_000, 6) }
    return "." + padded(Int(nanos), 9)
}

/// Reads texts of fixed form from left to right.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = text[...].utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    mutating func number(digits count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(Self.isDigit) else { return nil }
        rest.removeFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// As many digits as there are, at most `limit`.
    mutating func number(upTo limit: Int) -> Int? {
        let count = rest.prefix(while: Self.isDigit).count
        return count > 0 && count <= limit ? number(digits: count) : nil
    }

    /// A point and one to nine digits, or nothing, in nanoseconds.
    mutating func nanos() -> Int? {
        guard skip(".") else { return 0 }
        let count = rest.prefix(while: Self.isDigit).count
        guard count <= 9, var value = number(upTo: 9) else { return nil }
        for _ in count..<9 { value *= 10 }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
