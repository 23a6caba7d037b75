/// Writes the Swift values of one proto file: structs for messages, enums for enums and oneofs.
struct SwiftMessageEmitter {
    let schema: Schema
    let file: ProtoFile

    func text() -> String {
        var out = SwiftFile.start(file, imports: imports)
        for enumeration in file.enums { extend(file.package, &out) { enumeration.print(&$0) } }
        for message in file.messages { extend(file.package, &out) { structure(message, &$0) } }
        return out.text
    }

    private var imports: [String] {
        let fields = file.allMessages.flatMap { message in message.fields.map { (message, $0) } }
        var imports: [String] = []
        if Destination(of: file) != .wire {
            if !file.allEnums.isEmpty || fields.contains(where: { schema.needsBox($1, in: $0) }) {
                imports.append("import Wire")
            }
        }
        if schema.usesContractsFromOutside(file) { imports.append("package import Contracts") }
        return imports
    }

    private func extend(_ package: String, _ out: inout Printer, _ body: (inout Printer) -> Void) {
        out.line()
        out.block("extension \(Naming.namespace(ofPackage: package))", body)
    }

    private func structure(_ message: ProtoMessage, _ out: inout Printer) {
        out.documentation(message.comment)
        out.block("package struct \(Naming.type(message.name)): Hashable, Sendable") { out in
            for enumeration in message.enums {
                enumeration.print(&out)
                out.line()
            }
            for nested in message.messages where !nested.isMapEntry {
                structure(nested, &out)
                out.line()
            }
            for oneof in SwiftOneof.all(of: message) {
                choice(oneof, in: message, &out)
                out.line()
            }
            properties(message, &out)
            initializers(message, &out)
        }
    }

    private func choice(_ oneof: SwiftOneof, in message: ProtoMessage, _ out: inout Printer) {
        let indirect = oneof.fields.contains { schema.needsBox($0, in: message) } ? "indirect " : ""
        out.documentation(oneof.comment)
        out.block("package \(indirect)enum \(oneof.typeName): Hashable, Sendable") { out in
            for field in oneof.fields {
                let field = SwiftField(schema, field)
                out.documentation(field.field.comment)
                out.line("case \(Naming.quoted(field.name))(\(field.elementType))")
            }
        }
    }

    private func properties(_ message: ProtoMessage, _ out: inout Printer) {
        for field in message.fields where field.oneof == nil {
            let swift = SwiftField(schema, field)
            out.documentation(field.comment)
            if schema.needsBox(field, in: message) {
                out.block("package var \(Naming.quoted(swift.name)): \(swift.type)") { out in
                    out.line("get { boxed\(Naming.upperCamel(field.name)).value }")
                    out.line("set { boxed\(Naming.upperCamel(field.name)) = Boxed(newValue) }")
                }
                out.line("var boxed\(Naming.upperCamel(field.name)): Boxed<\(swift.elementType)>")
            } else {
                out.line("package var \(Naming.quoted(swift.name)): \(swift.type)")
            }
        }
        for oneof in SwiftOneof.all(of: message) {
            out.documentation(oneof.comment)
            out.line("package var \(Naming.quoted(oneof.name)): \(oneof.typeName)?")
        }
    }

    private func initializers(_ message: ProtoMessage, _ out: inout Printer) {
        var parameters: [Parameter] = []
        for field in message.fields where field.oneof == nil {
            let swift = SwiftField(schema, field)
            let isBoxed = schema.needsBox(field, in: message)
            parameters.append(
                Parameter(name: swift.name, type: swift.type, value: swift.defaultValue,
                          assignment: isBoxed
                              ? "boxed\(Naming.upperCamel(field.name)) = Boxed(\(Naming.quoted(swift.name)))"
                              : "\(swift.name) = \(Naming.quoted(swift.name))"))
        }
        for oneof in SwiftOneof.all(of: message) {
            parameters.append(
                Parameter(name: oneof.name, type: "\(oneof.typeName)?", value: "nil",
                          assignment: "\(oneof.name) = \(Naming.quoted(oneof.name))"))
        }
        guard let first = parameters.first else { return out.line("package init() {}") }
        out.line()
        out.line("package init() { self.init(\(first.name): \(first.value)) }")
        out.line()
        out.line("package init(")
        out.indented { out in
            for (index, parameter) in parameters.enumerated() {
                let comma = index + 1 < parameters.count ? "," : ""
                out.line("\(Naming.quoted(parameter.name)): \(parameter.type) = \(parameter.value)\(comma)")
            }
        }
        out.block(")") { out in
            for parameter in parameters {
                out.line("self.\(parameter.assignment)")
            }
        }
    }

    private struct Parameter {
        let name: String
        let type: String
        let value: String
        /// What the initialiser does with it, after `self.`.
        let assignment: String
    }
}

extension ProtoEnum {
    fileprivate func print(_ out: inout Printer) {
        let cases = zip(Naming.caseNames(of: self).map { Naming.member($0) }, values)
        out.documentation(comment)
        out.block("package enum \(Naming.type(name)): MessageEnum") { out in
            for (name, value) in cases {
                out.documentation(value.comment)
                out.line("case \(Naming.quoted(name))")
            }
            out.line("/// A number that this release has no name for.")
            out.line("case unrecognized(Int32)")
            out.line()
            out.block("package init(rawValue: Int32)") { out in
                out.line("switch rawValue {")
                for (name, value) in cases { out.line("case \(value.number): self = .\(name)") }
                out.line("default: self = .unrecognized(rawValue)")
                out.line("}")
            }
            out.line()
            out.block("package var rawValue: Int32") { out in
                out.line("switch self {")
                for (name, value) in cases { out.line("case .\(name): \(value.number)") }
                out.line("case .unrecognized(let number): number")
                out.line("}")
            }
            out.line()
            out.block("package var name: String") { out in
                out.line("switch self {")
                for (name, value) in cases { out.line("case .\(name): \"\(value.name)\"") }
                out.line("case .unrecognized(let number): \"\\(number)\"")
                out.line("}")
            }
            out.line()
            out.block("package var isUnrecognized: Bool") {
                $0.line("if case .unrecognized = self { true } else { false }")
            }
            out.line()
            out.line("package static let known: [Self] = [\(cases.map { "." + $0.0 }.joined(separator: ", "))]")
            out.line("package static var enumName: String { \"\(fullName)\" }")
        }
    }
}

/// The beginning of generated Swift files.
enum SwiftFile {
    static func start(_ file: ProtoFile, imports: [String]) -> Printer {
        var out = Printer()
        out.line("// Generated by Protos/generate from \(file.name). Do not edit.")
        if !imports.isEmpty { out.line() }
        out.lines(imports.sorted { $0.split(separator: " ").last ?? "" < $1.split(separator: " ").last ?? "" })
        return out
    }
}
