/// Writes how the messages of one proto file become C structs and come back.
struct SwiftCodecEmitter {
    let schema: Schema
    let file: ProtoFile

    func text() -> String {
        var imports = ["import CMessages", "import CProtobufC"]
        if Destination(of: file) != .wire { imports.append("package import Wire") }
        if schema.usesContractsFromOutside(file) { imports.append("import Contracts") }
        var out = SwiftFile.start(file, imports: imports)
        for message in file.allMessages where !message.isMapEntry { codec(message, &out) }
        return out.text
    }

    private func codec(_ message: ProtoMessage, _ out: inout Printer) {
        let lower = Naming.cLower(message.fullName)
        out.line()
        out.block("extension \(schema.swiftType(message.fullName)): Message") { out in
            out.line("package static var messageName: String { \"\(message.fullName)\" }")
            out.line()
            entryPoints(lower, &out)
            out.line()
            out.line("/// Makes the message's C struct, and all that it points to, in the arena.")
            out.block("package func lay(in arena: Arena) -> UnsafeMutableRawPointer") { out in
                let type = Naming.cType(message.fullName)
                let binding = message.fields.isEmpty ? "return" : "let c ="
                out.line("\(binding) unsafe \(message.fields.isEmpty ? "UnsafeMutableRawPointer(" : "")"
                    + "\(lower)__place(arena.space(\(type).self))!"
                    + (message.fields.isEmpty ? ")" : ""))
                guard !message.fields.isEmpty else { return }
                encode(message, &out)
                out.line("return UnsafeMutableRawPointer(c)")
            }
            out.line()
            out.line("/// Copies the message out of its C struct.")
            out.block("package init(laid: UnsafeRawPointer) throws(WireError)") { out in
                if !message.fields.isEmpty {
                    out.line("let c = unsafe laid.assumingMemoryBound(to: \(Naming.cType(message.fullName)).self)")
                }
                decode(message, &out)
            }
        }
    }

    /// Written out for each message, because a generic function of another module would look up types at each call.
    private func entryPoints(_ lower: String, _ out: inout Printer) {
        let decode = "package init(decoding bytes: UnsafeRawBufferPointer, limits: DecodeLimits) throws(WireError)"
        out.block(decode) { out in
            out.line("let arena = Arena.ofThisThread")
            out.line("let mark = unsafe arena.mark()")
            out.line("defer { unsafe arena.release(to: mark) }")
            out.line("let descriptor = unsafe \(lower)__get_descriptor()!")
            out.line("try unsafe self.init(laid: Unpacking.unpack(bytes, descriptor, limits, in: arena))")
        }
        out.line()
        out.block("package func withPacking<R>(_ body: (borrowing Packing) throws -> R) rethrows -> R") { out in
            out.line("let arena = Arena.ofThisThread")
            out.line("let mark = unsafe arena.mark()")
            out.line("defer {")
            out.line("    unsafe arena.release(to: mark)")
            out.line("    // Long byte arrays are packed from where they are.")
            out.line("    withExtendedLifetime(self) {}")
            out.line("}")
            out.line("return try body(unsafe Packing(structs: lay(in: arena)))")
        }
    }

    // MARK: Encoding

    private func encode(_ message: ProtoMessage, _ out: inout Printer) {
        for field in message.fields.sorted(by: { $0.number < $1.number }) where field.oneof == nil {
            if let entry = schema.mapEntry(field) {
                encodeMap(field, entry, &out)
            } else if field.isRepeated {
                encodeList(field, &out)
            } else {
                encodeSingular(field, &out)
            }
        }
        for oneof in SwiftOneof.all(of: message) { encodeChoice(oneof, &out) }
    }

    private func encodeSingular(_ field: ProtoField, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let target = "unsafe c.pointee.\(Naming.cMember(field.name))"
        let has = "unsafe c.pointee.has_\(Naming.cMember(field.name)) = 1"
        if swift.isOptional {
            out.block("if let value = \(swift.property)") { out in
                if !field.isMessage { out.line(has) }
                out.line("\(target) = \(CValue(schema, field).of("value"))")
            }
        } else if field.kind == .double || field.kind == .float {
            out.line("// Minus zero is a value of its own, so it is the bits that count.")
            out.block("if \(swift.property).bitPattern != 0") { out in
                out.line(has)
                out.line("\(target) = \(swift.property)")
            }
        } else {
            out.line("\(target) = \(CValue(schema, field).of(swift.property))")
        }
    }

    private func encodeList(_ field: ProtoField, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let name = Naming.cMember(field.name)
        let value = CValue(schema, field)
        out.block("if !\(swift.property).isEmpty") { out in
            if value.isSame {
                out.line("unsafe c.pointee.\(name) = arena.list(of: \(swift.property))")
            } else {
                out.line("let list = unsafe arena.list(\(value.listElement).self, count: \(swift.property).count)")
                out.block("for index in \(swift.property).indices") { out in
                    out.line("unsafe list[index] = \(value.of("\(swift.property)[index]"))")
                }
                out.line("unsafe c.pointee.\(name) = list")
            }
            out.line("unsafe c.pointee.n_\(name) = \(swift.property).count")
        }
    }

    private func encodeMap(_ field: ProtoField, _ entry: ProtoMessage, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let name = Naming.cMember(field.name)
        let type = Naming.cType(entry.fullName)
        let (key, value) = SwiftField.keyAndValue(entry, schema)
        out.block("if !\(swift.property).isEmpty") { out in
            let element = "UnsafeMutablePointer<\(type)>?.self"
            out.line("let list = unsafe arena.list(\(element), count: \(swift.property).count)")
            let order = key.field.kind == .bool ? "!$0.key && $1.key" : "$0.key < $1.key"
            out.block("for (index, pair) in \(swift.property).sorted(by: { \(order) }).enumerated()") { out in
                out.line("let entry = unsafe \(Naming.cLower(entry.fullName))__place(arena.space(\(type).self))!")
                for (half, member) in [(key, "key"), (value, "value")] {
                    if CField(schema, half.field, in: entry).hasQuantifier {
                        out.line("unsafe entry.pointee.has_\(member) = 1")
                    }
                    out.line("unsafe entry.pointee.\(member) = \(CValue(schema, half.field).of("pair.\(member)"))")
                }
                out.line("unsafe list[index] = entry")
            }
            out.line("unsafe c.pointee.\(name) = list")
            out.line("unsafe c.pointee.n_\(name) = \(swift.property).count")
        }
    }

    private func encodeChoice(_ oneof: SwiftOneof, _ out: inout Printer) {
        out.line("switch self.\(oneof.name) {")
        for field in oneof.fields {
            let swift = SwiftField(schema, field)
            out.line("case .\(swift.name)(let value):")
            out.indented { out in
                out.line("unsafe c.pointee.\(oneof.cCase) = \(field.number)")
                out.line("unsafe c.pointee.\(Naming.cMember(field.name)) = \(CValue(schema, field).of("value"))")
            }
        }
        out.line("case nil: break")
        out.line("}")
    }

    // MARK: Decoding

    /// Each property is set once, straight to its value.
    private func decode(_ message: ProtoMessage, _ out: inout Printer) {
        for field in message.fields.sorted(by: { $0.number < $1.number }) where field.oneof == nil {
            if let entry = schema.mapEntry(field) {
                decodeMap(field, entry, in: message, &out)
            } else if field.isRepeated {
                decodeList(field, &out)
            } else {
                decodeSingular(field, in: message, &out)
            }
        }
        for oneof in SwiftOneof.all(of: message) { decodeChoice(oneof, &out) }
    }

    private func decodeSingular(_ field: ProtoField, in message: ProtoMessage, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let name = Naming.cMember(field.name)
        if field.isMessage {
            let box = schema.needsBox(field, in: message)
            let (open, close) = box ? ("boxed\(Naming.upperCamel(field.name)) = Boxed(", ")") : ("\(swift.name) = ", "")
            out.block("if let value = unsafe c.pointee.\(name)", closing: "} else {") { out in
                out.line("self.\(open)try unsafe \(swift.elementType)(laid: value)\(close)")
            }
            out.line("    self.\(open)nil\(close)")
            out.line("}")
        } else if swift.isOptional {
            let value = CValue(schema, field).swift(from: "c.pointee.\(name)")
            out.line("self.\(swift.name) = unsafe c.pointee.has_\(name) != 0 ? \(value) : nil")
        } else {
            out.line("self.\(swift.name) = \(CValue(schema, field).swift(from: "c.pointee.\(name)"))")
        }
    }

    private func decodeList(_ field: ProtoField, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let name = Naming.cMember(field.name)
        let value = CValue(schema, field)
        guard !value.isSame else {
            return out.line("self.\(swift.name) = unsafe Unpacked.list(c.pointee.\(name), c.pointee.n_\(name))")
        }
        let list = "list\(field.number)"
        out.line("var \(list): \(swift.type) = []")
        out.block("if unsafe c.pointee.n_\(name) > 0") { out in
            out.line("\(list).reserveCapacity(unsafe c.pointee.n_\(name))")
            out.block("for index in 0..<(unsafe c.pointee.n_\(name))") { out in
                let element = field.isMessage ? "c.pointee.\(name)[index]!" : "c.pointee.\(name)[index]"
                out.line("\(list).append(\(value.swift(from: element)))")
            }
        }
        out.line("self.\(swift.name) = \(list)")
    }

    private func decodeMap(_ field: ProtoField, _ entry: ProtoMessage, in message: ProtoMessage, _ out: inout Printer) {
        let swift = SwiftField(schema, field)
        let name = Naming.cMember(field.name)
        let (key, value) = SwiftField.keyAndValue(entry, schema)
        let map = "map\(field.number)"
        out.line("var \(map): \(swift.type) = [:]")
        out.block("if unsafe c.pointee.n_\(name) > 0") { out in
            out.line("\(map).reserveCapacity(unsafe c.pointee.n_\(name))")
            out.block("for index in 0..<(unsafe c.pointee.n_\(name))") { out in
                out.line("let entry = unsafe c.pointee.\(name)[index]!")
                if value.field.isMessage {
                    out.line("let value = if let value = unsafe entry.pointee.value { "
                        + "try unsafe \(value.elementType)(laid: value) } else { \(value.elementDefault) }")
                } else {
                    out.line("let value = \(CValue(schema, value.field).swift(from: "entry.pointee.value"))")
                }
                out.line("let key = \(CValue(schema, key.field).swift(from: "entry.pointee.key"))")
                out.block("guard \(map).updateValue(value, forKey: key) == nil else") { out in
                    out.line("throw WireError(.duplicateMapKey, at: nil, in: \"\(message.fullName)\", "
                        + "field: \"\(field.name)\")")
                }
            }
        }
        out.line("self.\(swift.name) = \(map)")
    }

    private func decodeChoice(_ oneof: SwiftOneof, _ out: inout Printer) {
        out.line("switch unsafe c.pointee.\(oneof.cCase) {")
        for field in oneof.fields {
            let swift = SwiftField(schema, field)
            let member = "c.pointee.\(Naming.cMember(field.name))" + (field.isMessage ? "!" : "")
            out.line("case \(field.number): self.\(oneof.name) = "
                + ".\(swift.name)(\(CValue(schema, field).swift(from: member)))")
        }
        out.line("default: self.\(oneof.name) = nil")
        out.line("}")
    }
}

/// How one element goes from Swift to C and back, as expressions.
private struct CValue {
    let field: ProtoField
    let swift: SwiftField

    init(_ schema: Schema, _ field: ProtoField) {
        self.field = field
        swift = SwiftField(schema, field)
    }

    /// Whether Swift and C have the same type, so that lists can be copied as a whole.
    var isSame: Bool {
        switch field.kind {
        case .bool, .enum, .string, .bytes, .message, .group: false
        default: true
        }
    }

    /// The element type of the C list, as Swift sees it.
    var listElement: String {
        switch field.kind {
        case .bool, .enum: "Int32"
        case .string, .bytes: "ProtobufCBinaryData"
        case .message, .group: "UnsafeMutablePointer<\(Naming.cType(field.typeName))>?"
        default: swift.elementType
        }
    }

    /// The C value of a Swift expression; stands after an `unsafe`.
    func of(_ expression: String) -> String {
        switch field.kind {
        case .bool: "\(expression) ? 1 : 0"
        case .enum: "\(expression).rawValue"
        case .string, .bytes: "ProtobufCBinaryData(arena.bytes(of: \(expression)))"
        case .message, .group:
            "\(expression).lay(in: arena).assumingMemoryBound(to: \(Naming.cType(field.typeName)).self)"
        default: expression
        }
    }

    /// The Swift value of a C expression.
    func swift(from expression: String) -> String {
        switch field.kind {
        case .bool: "unsafe \(expression) != 0"
        case .enum: "\(swift.elementType)(rawValue: unsafe \(expression))"
        case .string: "unsafe Unpacked.text(\(expression))"
        case .bytes: "unsafe Unpacked.bytes(\(expression))"
        case .message, .group: "try unsafe \(swift.elementType)(laid: \(expression))"
        default: "unsafe \(expression)"
        }
    }
}

extension SwiftField {
    /// The property of `self`.
    var property: String { "self.\(name)" }
}
