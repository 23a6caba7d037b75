/// A field as a Swift property.
struct SwiftField {
    let field: ProtoField
    let schema: Schema

    init(_ schema: Schema, _ field: ProtoField) {
        self.schema = schema
        self.field = field
    }

    /// Without back-ticks.
    var name: String { Naming.member(Naming.lowerCamel(field.name)) }

    /// The type of one element.
    var elementType: String {
        switch field.kind {
        case .double: "Double"
        case .float: "Float"
        case .int64, .sfixed64, .sint64: "Int64"
        case .uint64, .fixed64: "UInt64"
        case .int32, .sfixed32, .sint32: "Int32"
        case .uint32, .fixed32: "UInt32"
        case .bool: "Bool"
        case .string: "String"
        case .bytes: "[UInt8]"
        case .enum, .message, .group: schema.swiftType(field.typeName)
        }
    }

    /// The property's type.
    var type: String {
        if let entry = schema.mapEntry(field) {
            let (key, value) = Self.keyAndValue(entry, schema)
            return "[\(key.elementType): \(value.elementType)]"
        }
        if field.isRepeated { return "[\(elementType)]" }
        return isOptional ? elementType + "?" : elementType
    }

    /// Whether absence differs from a zero.
    var isOptional: Bool {
        !field.isRepeated && (field.isOptional || field.isMessage)
    }

    /// The value of a property that was not set.
    var defaultValue: String {
        if schema.mapEntry(field) != nil { return "[:]" }
        if field.isRepeated { return "[]" }
        return isOptional ? "nil" : elementDefault
    }

    /// The zero of the element's type.
    var elementDefault: String {
        switch field.kind {
        case .bool: "false"
        case .string: "\"\""
        case .bytes: "[]"
        case .enum: "\(elementType)(rawValue: 0)"
        case .message, .group: "\(elementType)()"
        default: "0"
        }
    }

    static func keyAndValue(_ entry: ProtoMessage, _ schema: Schema) -> (key: SwiftField, value: SwiftField) {
        let fields = entry.fields.sorted { $0.number < $1.number }
        return (SwiftField(schema, fields[0]), SwiftField(schema, fields[1]))
    }
}

/// A oneof as a Swift property whose type is an enum.
struct SwiftOneof {
    let name: String
    /// Name of the enum inside the message.
    let typeName: String
    let comment: String
    let fields: [ProtoField]
    let cCase: String

    init?(_ message: ProtoMessage, _ index: Int) {
        fields = message.fields.filter { $0.oneof == index }
        guard !fields.isEmpty else { return nil }
        let oneof = message.oneofs[index]
        name = Naming.member(Naming.lowerCamel(oneof.name))
        let camel = Naming.upperCamel(oneof.name)
        let nested = message.messages.map(\.name) + message.enums.map(\.name)
        typeName = nested.contains(camel) ? camel + "Choice" : camel
        comment = oneof.comment
        cCase = Naming.cMember(oneof.name) + "_case"
    }

    static func all(of message: ProtoMessage) -> [SwiftOneof] {
        message.oneofs.indices.compactMap { SwiftOneof(message, $0) }
    }
}
