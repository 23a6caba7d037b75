/// Why bytes could not be decoded.
///
/// Holds names of messages and fields and positions, never a value: it may be logged.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// Longer than the limit for a message.
        case tooLarge
        /// Messages inside messages beyond the limit.
        case depth
        /// More fields than the limit.
        case fields
        /// Would take more memory than its size can justify.
        case memory
        /// Ends inside a field, or a length points beyond its message.
        case truncated
        /// Field number 0 or above 2²⁹ − 1, or a tag of more than five bytes.
        case tag
        /// A field does not have the wire type that its kind needs.
        case wireType
        /// Groups are not supported by proto3.
        case group
        /// A number of more than 64 bits, or a length of more than five bytes.
        case overlongVarint
        /// Text that is not UTF-8.
        case utf8
        /// Text with a NUL in it, which C programs would cut.
        case embeddedNUL
        /// A message that may come once comes again; merging is quadratic, and no encoder does it.
        case repeatedSingular
        /// A map with two entries for one key.
        case duplicateMapKey
        /// protobuf-c cannot unpack it.
        case malformed
    }

    package let code: Code
    /// Bytes from the beginning of the outermost message to what is wrong, or nil if it has no place.
    package let offset: Int?
    /// Full name of the message in which it is.
    package let messageName: String
    /// The field's name in the proto, if it is about one that is known.
    package let fieldName: String?

    package init(_ code: Code, at offset: Int?, in messageName: String, field: String? = nil) {
        self.code = code
        self.offset = offset
        self.messageName = messageName
        fieldName = field
    }

    package var description: String {
        let place = messageName + (fieldName.map { "." + $0 } ?? "") + (offset.map { ", byte \($0)" } ?? "")
        return "\(place): \(reason)"
    }

    private var reason: String {
        switch code {
        case .tooLarge: "the message is larger than the limit"
        case .depth: "messages are nested deeper than the limit"
        case .fields: "the message has more fields than the limit"
        case .memory: "the message would take far more memory than its size"
        case .truncated: "the message ends inside a field"
        case .tag: "a field number is out of range"
        case .wireType: "a field has another wire type than its kind needs"
        case .group: "groups are not supported"
        case .overlongVarint: "a number is longer than its kind allows"
        case .utf8: "text is not valid UTF-8"
        case .embeddedNUL: "text has a NUL in it"
        case .repeatedSingular: "a message that may come once comes twice"
        case .duplicateMapKey: "a map has two entries for one key"
        case .malformed: "the message cannot be unpacked"
        }
    }
}

/// What a decoder is willing to take.
package struct DecodeLimits: Hashable, Sendable {
    /// No setting lifts the depth above this: the scan's stack has that many places.
    package static let highestDepth = 100

    /// Bytes of one message.
    package var maxBytes = 4 * 1024 * 1024
    /// Messages inside messages; the outermost is at depth 1.
    package var maxDepth = highestDepth
    /// Fields of the message and all messages in it; each element of a packed list counts too.
    package var maxFields = 1_000_000
    /// A list of short texts or a map of short keys may need up to 14 bytes for each of its bytes (32 counted for a field,
    /// 16 for a text, 32 and more for a message). Far more than that is an attack: empty map entries reach 44 times,
    /// unknown fields of three bytes 29 times their size.
    package var memoryPerByte = 16
    /// Memory that every message may take, whatever its size.
    package var memoryFloor = 256 * 1024

    package static let `default` = DecodeLimits()

    package init() {}

    func memoryBudget(forBytes count: Int) -> Int {
        memoryFloor + memoryPerByte * count
    }
}
