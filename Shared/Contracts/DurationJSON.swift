package import ProtoJSON
import Wire

/// A length of time as text in seconds, such as "1.500s".
extension GoogleProtobuf.Duration: JSONMessage {
    /// Ten thousand years to either side.
    package static let validSeconds: ClosedRange<Int64> = -315_576_000_000...315_576_000_000

    package static var hasOwnJSONForm: Bool { true }

    /// A length out of range, or whose two fields differ in sign, has no JSON form; null stands for it.
    package func encodeJSON(into json: inout JSONWriter) {
        if let text = secondsText { json.value(text) } else { json.null() }
    }

    package init(json: inout JSONReader) throws(JSONError) {
        var ahead = json
        let text = try ahead.text()
        guard let value = Self(secondsText: text) else {
            throw json.error("expected a length of time in seconds such as \"1.5s\", within ten thousand years")
        }
        self = value
        json = ahead
    }

    package var secondsText: String? {
        guard Self.validSeconds.contains(seconds), (-999_999_999...999_999_999).contains(nanos),
            seconds == 0 || nanos == 0 || (seconds < 0) == (nanos < 0)
        else { return nil }
        let sign = seconds < 0 || nanos < 0 ? "-" : ""
        return "\(sign)\(abs(seconds))\(fraction(ofNanos: abs(nanos)))s"
    }

    package init?(secondsText text: String) {
        var scanner = DigitScanner(text)
        let sign: Int = scanner.skip("-") ? -1 : 1
        guard let seconds = scanner.number(upTo: 12), let nanos = scanner.nanos(), scanner.skip("s"), scanner.isAtEnd,
            Self.validSeconds.contains(Int64(seconds)), seconds < Self.validSeconds.upperBound || nanos == 0
        else { return nil }
        self.init(seconds: Int64(sign * seconds), nanos: Int32(sign * nanos))
    }
}
