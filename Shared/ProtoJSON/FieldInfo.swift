/// A field of a message, for code that handles messages it does not know.
package struct FieldInfo: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case double, float, int32, int64, uint32, uint64, sint32, sint64
        case fixed32, fixed64, sfixed32, sfixed64, bool, string, bytes, `enum`, message
    }

    /// As in the proto: "group_uid".
    package let name: String
    /// As in JSON: "groupUid".
    package let jsonName: String
    package let number: Int
    /// Kind of one element; of a map: of its values.
    package let kind: Kind
    package let isRepeated: Bool
    package let isMap: Bool
    /// Whether absent and zero differ.
    package let isOptional: Bool
    /// Full name of the message that the field, or a map's value, is.
    package let messageName: String?
    /// Names of an enum's values.
    package let enumNames: [String]
    /// Name of the oneof that the field belongs to.
    package let oneof: String?

    package init(
        _ name: String, jsonName: String, number: Int, kind: Kind, isRepeated: Bool = false, isMap: Bool = false,
        isOptional: Bool = false, messageName: String? = nil, enumNames: [String] = [], oneof: String? = nil
    ) {
        self.name = name
        self.jsonName = jsonName
        self.number = number
        self.kind = kind
        self.isRepeated = isRepeated
        self.isMap = isMap
        self.isOptional = isOptional
        self.messageName = messageName
        self.enumNames = enumNames
        self.oneof = oneof
    }
}

/// Finds a message's fields by the names that JSON may use for them.
package struct JSONNames: Sendable {
    /// The fields that an object had so far.
    package struct Seen {
        /// One bit for each number below 64, where nearly all are.
        private var low: UInt64 = 0
        private var high: Set<Int> = []

        package init() {}

        fileprivate mutating func insert(_ number: Int) -> Bool {
            guard number < 64 else { return high.insert(number).inserted }
            let bit = UInt64(1) << UInt64(number)
            defer { low |= bit }
            return low & bit == 0
        }
    }

    private var fields: [String: FieldInfo] = [:]
    private let list: [FieldInfo]

    package init(_ fields: [FieldInfo]) {
        list = fields
        for field in fields {
            self.fields[field.name] = field
            self.fields[field.jsonName] = field
        }
    }

    func field(named name: String) -> FieldInfo? {
        fields[name]
    }

    /// False if it was there already, by whichever of its names.
    func insert(_ field: FieldInfo, into seen: inout Seen) -> Bool {
        seen.insert(field.number)
    }

    /// What an error for an unknown name offers instead.
    var allowed: String {
        list.isEmpty ? "it has no fields" : "it has " + list.map(\.jsonName).joined(separator: ", ")
    }
}
