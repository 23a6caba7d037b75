import Sodium

/// Where the next page of a list begins: the sort values of the last row shown, tied to the list's
/// filters. Opaque to callers, but not secret: sort by nothing that may not be in a URL.
package enum PageToken {
    private static let format: UInt8 = 1
    private static let digestBytes = 12
    /// Longest token that is looked at, in characters.
    package static let maximumLength = 2048

    /// - Parameters:
    ///   - keys: the sort values of the page's last row, as many as the list sorts by.
    ///   - filters: everything that chooses and orders the rows, the method's name included.
    package static func text(after keys: [SQLValue], filters: [SQLValue]) -> String {
        Base64URL.text([format] + digest(filters) + bytes(keys))
    }

    /// The sort values to go on after; nil for an empty token, which is the first page. Fails as
    /// `badPageToken` if it is none of ours, or of a list with other filters.
    package static func keys(_ token: String, count: Int, filters: [SQLValue]) throws(StoreError) -> [SQLValue]? {
        if token.isEmpty { return nil }
        guard token.utf8.count <= maximumLength, let bytes = Base64URL.bytes(token),
              bytes.count > digestBytes, bytes[0] == format else {
            throw StoreError(.badPageToken, "The page token is not one that this list gave. "
                + "Leave it out to begin with the first page.")
        }
        guard bytes[1...digestBytes].elementsEqual(digest(filters)) else {
            throw StoreError(.badPageToken, "The page token is of a list with other filters. Repeat the filters of "
                + "the page before, or leave the token out to begin with the first page.")
        }
        guard let keys = values(bytes[(1 + digestBytes)...]), keys.count == count else {
            throw StoreError(.badPageToken, "The page token is damaged. Leave it out to begin with the first page.")
        }
        return keys
    }

    private static func digest(_ filters: [SQLValue]) -> ArraySlice<UInt8> {
        SHA256.hash(bytes(filters)).prefix(digestBytes)
    }

    // A tag, then for texts and bytes a length of four bytes; numbers take eight.
    private static func bytes(_ values: [SQLValue]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            switch value {
            case .null: bytes.append(0)
            case .int(let value): bytes += [1] + bigEndian(UInt64(bitPattern: value))
            case .real(let value): bytes += [2] + bigEndian(value.bitPattern)
            case .text(let value): bytes += [3] + bigEndian(UInt32(value.utf8.count)) + Array(value.utf8)
            case .blob(let value): bytes += [4] + bigEndian(UInt32(value.count)) + value
            }
        }
        return bytes
    }

    private static func values(_ bytes: ArraySlice<UInt8>) -> [SQLValue]? {
        var rest = bytes
        var values: [SQLValue] = []
        func number(_ count: Int) -> UInt64? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count).reduce(0) { $0 << 8 | UInt64($1) }
        }
        func counted() -> [UInt8]? {
            guard let count = number(4), rest.count >= Int(count) else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return Array(rest.prefix(Int(count)))
        }
        while let tag = rest.popFirst() {
            switch tag {
            case 0: values.append(.null)
            case 1:
                guard let bits = number(8) else { return nil }
                values.append(.int(Int64(bitPattern: bits)))
            case 2:
                guard let bits = number(8) else { return nil }
                values.append(.real(Double(bitPattern: bits)))
            case 3:
                // No store holds a NUL, so no token of ours has one.
                guard let bytes = counted(), !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self)
                else { return nil }
                values.append(.text(text))
            case 4:
                guard let bytes = counted() else { return nil }
                values.append(.blob(bytes))
            default: return nil
            }
        }
        return values
    }

    private static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}
