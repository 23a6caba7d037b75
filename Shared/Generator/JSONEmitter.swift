/// Writes how the messages of one proto file become JSON and come back.
struct JSONEmitter {
    /// Messages whose JSON form is written by hand in Contracts.
    static let byHand: Set<String> = [
        "google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.Any",
    ]

    let schema: Schema
    let file: ProtoFile

    func text() -> String {
        var imports = ["package import ProtoJSON", "import Wire"]
        if Destination(of: file) == .testSupport { imports.append("import Contracts") }
        var out = SwiftFile.start(file, imports: imports)
        for message in file.allMessages where !message.isMapEntry {
            out.line()
            let isByHand = Self.byHand.contains(message.fullName)
            out.block("extension \(schema.swiftType(message.fullName))\(isByHand ? "" : ": JSONMessage")") { out in
                fields(message, &out)
                guard !isByHand else {
                    if message.fullName != "google.protobuf.Any" { noFields(&out) }
                    return
                }
                out.line()
                encode(message, &out)
                out.line()
                decode(message, &out)
            }
        }
        return out.text
    }

    /// A message with a form of its own cannot write its fields beside others.
    private func noFields(_ out: inout Printer) {
        out.line()
        out.line("package func encodeJSONFields(into json: inout JSONWriter) {}")
    }

    // MARK: Fields

    private func fields(_ message: ProtoMessage, _ out: inout Printer) {
        guard !message.fields.isEmpty else {
            out.line("package static let fields: [FieldInfo] = []")
            out.line("private static let jsonNames = JSONNames(fields)")
            return
        }
        out.line("package static let fields: [FieldInfo] = [")
        out.indented { out in
            for field in message.fields { out.line(info(field, in: message) + ",") }
        }
        out.line("]")
        if !Self.byHand.contains(message.fullName) {
            out.line("private static let jsonNames = JSONNames(fields)")
        }
    }

    private func info(_ field: ProtoField, in message: ProtoMessage) -> String {
        let value = schema.mapEntry(field).map { SwiftField.keyAndValue($0, schema).value.field } ?? field
        var parts = [
            "\"\(field.name)\"", "jsonName: \(Naming.literal(field.jsonName))", "number: \(field.number)",
            "kind: .\(Naming.quotedCase(value.kind))",
        ]
        if field.isRepeated { parts.append("isRepeated: true") }
        if schema.mapEntry(field) != nil { parts.append("isMap: true") }
        if SwiftField(schema, field).isOptional || field.oneof != nil { parts.append("isOptional: true") }
        if value.isMessage { parts.append("messageName: \"\(value.typeName)\"") }
        if value.kind == .enum { parts.append("enumNames: \(schema.swiftType(value.typeName)).known.map(\\.name)") }
        if let oneof = field.oneof { parts.append("oneof: \"\(message.oneofs[oneof].name)\"") }
        return "FieldInfo(\(parts.joined(separator: ", ")))"
    }

    // MARK: Writing

    private func encode(_ message: ProtoMessage, _ out: inout Printer) {
        out.block("package func encodeJSONFields(into json: inout JSONWriter)") { out in
            for field in message.fields where field.oneof == nil { encodeField(field, &out) }
            for oneof in SwiftOneof.all(of: message) {
                out.line("switch self.\(oneof.name) {")
                for field in oneof.fields {
                    let swift = SwiftField(schema, field)
                    out.line("case .\(swift.name)(let value):")
                    out.indented { out in
                        out.line("json.key(\(Naming.literal(field.jsonName)))")
                        out.line(write("value", field))
                    }
                }
                out.line("case nil: break")
                out.line("}")
            }
        }
    }

    private func encodeField(_ field: ProtoField, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let key = "json.key(\(Naming.literal(field.jsonName)))"
        if let entry = schema.mapEntry(field) {
            encodeMap(swift, entry, key, &out)
        } else if field.isRepeated {
            out.block("if json.includeDefaults || !\(swift.property).isEmpty") { out in
                out.line(key)
                out.line("json.beginArray()")
                out.line("for value in \(swift.property) { \(write("value", field)) }")
                out.line("json.endArray()")
            }
        } else if swift.isOptional {
            out.block("if let value = \(swift.property)") { out in
                out.line(key)
                out.line(write("value", field))
            }
        } else {
            out.block("if json.includeDefaults || \(isSet(swift))") { out in
                out.line(key)
                out.line(write(swift.property, field))
            }
        }
    }

    private func encodeMap(_ field: SwiftField, _ entry: ProtoMessage, _ key: String, _ out: inout Printer) {
        let (keyField, valueField) = SwiftField.keyAndValue(entry, schema)
        let order = keyField.field.kind == .bool ? "!$0.key && $1.key" : "$0.key < $1.key"
        let name = keyField.field.kind == .string ? "pair.key" : "\"\\(pair.key)\""
        out.block("if json.includeDefaults || !\(field.property).isEmpty") { out in
            out.line(key)
            out.line("json.beginObject()")
            out.block("for pair in \(field.property).sorted(by: { \(order) })") { out in
                out.line("json.key(\(name))")
                out.line(write("pair.value", valueField.field))
            }
            out.line("json.endObject()")
        }
    }

    private func isSet(_ field: SwiftField) -> String {
        switch field.field.kind {
        case .bool: field.property
        case .string, .bytes: "!\(field.property).isEmpty"
        case .double, .float: "\(field.property).bitPattern != 0"
        case .enum: "\(field.property).rawValue != 0"
        default: "\(field.property) != 0"
        }
    }

    private func write(_ expression: String, _ field: ProtoField) -> String {
        field.isMessage ? "\(expression).encodeJSON(into: &json)" : "json.value(\(expression))"
    }

    // MARK: Reading

    private func decode(_ message: ProtoMessage, _ out: inout Printer) {
        out.block("package init(json: inout JSONReader) throws(JSONError)") { out in
            out.line("self.init()")
            out.line("var seen = JSONNames.Seen()")
            out.line("try json.beginObject()")
            guard !message.fields.isEmpty else {
                out.line("while try json.nextField(of: Self.jsonNames, &seen) != nil {}")
                return
            }
            out.block("while let number = try json.nextField(of: Self.jsonNames, &seen)") { out in
                out.line("switch number {")
                for field in message.fields { decodeField(field, in: message, &out) }
                out.line("default: try json.skipValue()")
                out.line("}")
            }
        }
    }

    private func decodeField(_ field: ProtoField, in message: ProtoMessage, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        if let entry = schema.mapEntry(field) {
            out.line("case \(field.number):")
            out.indented { decodeMap(swift, entry, &$0) }
        } else if field.isRepeated {
            out.line("case \(field.number):")
            out.line("    try json.beginArray()")
            out.line("    while try json.nextElement() { \(swift.property).append(\(read(swift))) }")
        } else if let oneof = field.oneof.flatMap({ SwiftOneof(message, $0) }) {
            out.line("case \(field.number):")
            out.line("    guard self.\(oneof.name) == nil else { throw json.secondChoice(of: \"\(oneof.name)\") }")
            out.line("    self.\(oneof.name) = .\(swift.name)(\(read(swift)))")
        } else {
            out.line("case \(field.number): \(swift.property) = \(read(swift))")
        }
    }

    private func decodeMap(_ field: SwiftField, _ entry: ProtoMessage, _ out: inout Printer) {
        let (key, value) = SwiftField.keyAndValue(entry, schema)
        out.line("try json.beginObject()")
        out.block("while let name = try json.nextKey()") { out in
            switch key.field.kind {
            case .string: out.line("let key = name")
            case .bool: out.line("let key = try json.boolKey(name)")
            default: out.line("let key = try json.integerKey(name, \(key.elementType).self)")
            }
            out.line("let value: \(value.elementType) = \(read(value))")
            out.block("guard \(field.property).updateValue(value, forKey: key) == nil else") {
                $0.line("throw json.secondEntry()")
            }
        }
    }

    private func read(_ field: SwiftField) -> String {
        switch field.field.kind {
        case .bool: "try json.bool()"
        case .string: "try json.text()"
        case .bytes: "try json.base64()"
        case .double: "try json.double()"
        case .float: "try json.float()"
        case .enum: "try json.enumeration()"
        case .message, .group: "try \(field.elementType)(json: &json)"
        default: "try json.integer()"
        }
    }
}

extension Naming {
    /// A case of FieldInfo.Kind.
    static func quotedCase(_ kind: ProtoField.Kind) -> String {
        kind == .group ? "message" : "\(kind)"
    }
}
