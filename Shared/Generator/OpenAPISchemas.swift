/// The schemas of an OpenAPI document: JSON Schema for the canonical JSON form of messages.
struct OpenAPISchemas {
    let schema: Schema
    /// Names in the document by full names of messages and enums.
    private let names: [String: String]

    init(_ schema: Schema) {
        self.schema = schema
        var counts: [String: Int] = [:]
        let types = schema.files.filter { Destination(of: $0) == .contracts }.flatMap { file in
            file.allMessages.filter { !$0.isMapEntry }.map { ($0.fullName, $0.package, $0.path) }
                + file.allEnums.map { ($0.fullName, $0.package, $0.path) }
        }
        for (_, _, path) in types { counts[path.joined(separator: "."), default: 0] += 1 }
        var names: [String: String] = [:]
        for (fullName, package, path) in types {
            let short = path.joined(separator: ".")
            names[fullName] = counts[short] == 1 ? short : Naming.namespace(ofPackage: package) + "." + short
        }
        self.names = names
    }

    /// A field as a property or a parameter.
    func property(_ field: ProtoField) -> JSONTree {
        described(valueOrList(field), field.comment)
    }

    private func valueOrList(_ field: ProtoField) -> JSONTree {
        if let entry = schema.mapEntry(field) {
            let value = SwiftField.keyAndValue(entry, schema).value.field
            return ["type": "object", "additionalProperties": element(value)]
        }
        return field.isRepeated ? ["type": "array", "items": element(field)] : element(field)
    }

    private func element(_ field: ProtoField) -> JSONTree {
        switch field.kind {
        case .double, .float: ["type": "number", "format": .text("\(field.kind)")]
        case .int32, .sint32, .sfixed32: ["type": "integer", "format": "int32"]
        case .uint32, .fixed32: ["type": "integer", "format": "int64", "minimum": .integer(0)]
        case .int64, .sint64, .sfixed64: ["type": "string", "format": "int64", "pattern": "^-?[0-9]+$"]
        case .uint64, .fixed64: ["type": "string", "format": "uint64", "pattern": "^[0-9]+$"]
        case .bool: ["type": "boolean"]
        case .string: ["type": "string"]
        case .bytes: ["type": "string", "contentEncoding": "base64"]
        case .enum, .message, .group: wellKnown(field.typeName) ?? reference(field.typeName)
        }
    }

    private func wellKnown(_ fullName: String) -> JSONTree? {
        switch fullName {
        case "google.protobuf.Timestamp": ["type": "string", "format": "date-time"]
        case "google.protobuf.Duration": ["type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,9})?s$"]
        case "google.protobuf.Any": ["type": "object", "properties": ["@type": ["type": "string"]]]
        default: nil
        }
    }

    func reference(_ fullName: String) -> JSONTree {
        ["$ref": .text("#/components/schemas/\(names[fullName] ?? fullName)")]
    }

    /// A message's schema without some of its fields.
    func object(_ message: ProtoMessage, without left: Set<String> = []) -> JSONTree {
        var members: [(key: String, value: JSONTree)] = [("type", "object")]
        let properties = message.fields.filter { !left.contains($0.name) }.map { ($0.jsonName, property($0)) }
        if !properties.isEmpty { members.append(("properties", .object(properties.map { ($0.0, $0.1) }))) }
        return described(.object(members), message.comment)
    }

    /// Schemas for the types given and all that they refer to, by name.
    func all(from roots: [String]) -> JSONTree {
        var open = roots
        var seen: Set<String> = []
        while let name = open.popLast() {
            guard wellKnown(name) == nil, seen.insert(name).inserted, !schema.isEnum(name) else { continue }
            for field in schema.message(name).fields where !field.typeName.isEmpty {
                let entry = schema.mapEntry(field)
                open.append(entry.map { SwiftField.keyAndValue($0, schema).value.field.typeName } ?? field.typeName)
            }
        }
        let members = seen.filter { !$0.isEmpty }.map { fullName in
            (key: names[fullName] ?? fullName,
             value: schema.isEnum(fullName) ? values(schema.enumeration(fullName)) : object(schema.message(fullName)))
        }
        return .object(members.sorted { $0.key < $1.key })
    }

    private func values(_ enumeration: ProtoEnum) -> JSONTree {
        let list = enumeration.values.filter { !$0.comment.isEmpty }.map { "- `\($0.name)`: \($0.comment)" }
        let comment = ([enumeration.comment].filter { !$0.isEmpty } + [list.joined(separator: "\n")])
            .filter { !$0.isEmpty }.joined(separator: "\n\n")
        return described(["type": "string", "enum": .array(enumeration.values.map { .text($0.name) })], comment)
    }

    private func described(_ tree: JSONTree, _ comment: String) -> JSONTree {
        comment.isEmpty ? tree : tree.merged(with: ["description": .text(comment)])
    }
}
