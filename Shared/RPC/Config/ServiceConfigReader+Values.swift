import ProtoJSON

extension JSONReader {
    /// A copy that stands at the next value, for errors about it.
    mutating func atValue() -> JSONReader {
        _ = nextKind()
        return self
    }

    /// A time in protobuf's JSON form: seconds with up to nine decimals and an s, such as "0.25s".
    mutating func configDuration(zeroAllowed: Bool) throws(JSONError) -> Duration {
        let place = atValue()
        guard let duration = Self.duration(try text()), duration > .zero || zeroAllowed && duration == .zero else {
            throw place.error("expected seconds such as \"0.25s\"\(zeroAllowed ? "" : ", above 0")")
        }
        return duration
    }

    /// Digits before the point that protobuf's Duration has room for.
    private static let longestSeconds = 315_576_000_000

    private static func duration(_ text: String) -> Duration? {
        guard text.hasSuffix("s") else { return nil }
        let parts = text.dropLast().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, !whole.isEmpty, whole.utf8.allSatisfy(isDigit), let seconds = Int(whole),
            seconds <= longestSeconds
        else { return nil }
        guard parts.count == 2 else { return .seconds(seconds) }
        let decimals = parts[1]
        guard 1...9 ~= decimals.utf8.count, decimals.utf8.allSatisfy(isDigit),
            let nanoseconds = Int(decimals + String(repeating: "0", count: 9 - decimals.utf8.count))
        else { return nil }
        return .seconds(seconds) + .nanoseconds(nanoseconds)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    /// Codes by number or by name in any case; at least one.
    mutating func statusCodes() throws(JSONError) -> Set<StatusCode> {
        let start = atValue()
        var codes: Set<StatusCode> = []
        try beginArray()
        while try nextElement() {
            let place = atValue()
            let code: StatusCode?
            if nextKind() == .text {
                let name = try text().uppercased()
                code = StatusCode.allCases.first { $0.name == name }
            } else {
                code = StatusCode(rawValue: UInt8(clamping: try integer(Int64.self)))
            }
            guard let code, code != .ok else {
                throw place.error("expected a status code other than OK, by its name or number 1 to 16")
            }
            codes.insert(code)
        }
        guard !codes.isEmpty else { throw start.error("expected at least one status code") }
        return codes
    }
}
