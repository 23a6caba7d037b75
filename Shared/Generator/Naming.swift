/// How names of protos become names of Swift and C.
enum Naming {
    /// "with_json_name" → "withJsonName", by protoc's rule for JSON names.
    static func lowerCamel(_ name: String) -> String {
        var result = ""
        var raise = false
        for character in name {
            if character == "_" {
                raise = true
            } else {
                result += raise ? character.uppercased() : String(character)
                raise = false
            }
        }
        return result
    }

    /// "message_request" → "MessageRequest".
    static func upperCamel(_ name: String) -> String {
        let name = lowerCamel(name)
        return name.prefix(1).uppercased() + name.dropFirst()
    }

    /// "GetSchool" → "getSchool".
    static func lowerFirst(_ name: String) -> String {
        name.prefix(1).lowercased() + name.dropFirst()
    }

    /// "GiasImportState" → "GIAS_IMPORT_STATE".
    static func upperSnake(_ name: String) -> String {
        var result = ""
        for character in name {
            if character.isUppercase, !result.isEmpty, result.last != "_" { result += "_" }
            result += character.uppercased()
        }
        return result
    }

    /// Names of enum cases without the enum's own name in front, if every value has it.
    static func caseNames(of enumeration: ProtoEnum) -> [String] {
        let prefix = upperSnake(enumeration.name) + "_"
        let strip = enumeration.values.allSatisfy { value in
            value.name.hasPrefix(prefix) && value.name.dropFirst(prefix.count).first?.isLetter == true
        }
        return enumeration.values.map { value in
            lowerCamel((strip ? String(value.name.dropFirst(prefix.count)) : value.name).lowercased())
        }
    }

    /// The enum that stands for a proto package: "olp.partnership.v1" → "PartnershipV1",
    /// "google.rpc" → "GoogleRPC". "grpc.testing" keeps its first word: `Testing` is a module of the toolchain.
    static func namespace(ofPackage package: String) -> String {
        var parts = package.split(separator: ".").map(String.init)
        if parts.count > 2, ["olp", "grpc"].contains(parts[0]) { parts.removeFirst() }
        return parts.map { ["rpc", "grpc"].contains($0) ? $0.uppercased() : upperCamel($0) }.joined()
    }

    private static let swiftKeywords: Set<String> = [
        "as", "associatedtype", "break", "case", "catch", "class", "continue", "default", "defer", "deinit", "do",
        "else", "enum", "extension", "fallthrough", "false", "fileprivate", "for", "func", "guard", "if", "import",
        "in", "init", "inout", "internal", "is", "let", "nil", "operator", "private", "precedencegroup", "protocol",
        "public", "repeat", "rethrows", "return", "self", "static", "struct", "subscript", "super", "switch", "throw",
        "throws", "true", "try", "typealias", "var", "where", "while",
    ]

    /// Names that every message has already, or that Swift does not allow even in back-ticks.
    private static let taken: Set<String> = ["self", "init", "Type", "Protocol", "hash", "hashValue", "encoded", "none"]

    /// The name of a message or enum: "Any" is a word of Swift even inside another type.
    static func type(_ name: String) -> String {
        ["Any", "Type", "Protocol", "Self"].contains(name) ? name + "Message" : name
    }

    /// The property or case for a proto's name, without back-ticks.
    static func member(_ camel: String) -> String {
        taken.contains(camel) ? camel + "_" : camel
    }

    /// In back-ticks where the word is one of Swift's.
    static func quoted(_ name: String) -> String {
        swiftKeywords.contains(name) ? "`\(name)`" : name
    }

    private static let cKeywords: Set<String> = [
        "auto", "base", "bool", "break", "case", "char", "class", "const", "continue", "default", "delete", "do",
        "double", "else", "enum", "extern", "false", "float", "for", "friend", "goto", "if", "inline", "int", "init",
        "long", "namespace", "new", "operator", "private", "protected", "public", "register", "restrict", "return",
        "self", "short", "signed", "sizeof", "static", "struct", "switch", "template", "this", "throw", "true", "try",
        "typedef", "typename", "union", "unsigned", "using", "virtual", "void", "volatile", "while", "Type",
        "Protocol", "in", "is", "as", "func", "let", "var", "where", "import", "protocol", "extension", "guard",
    ]

    /// A member of a C struct; never a word of C, C++ or Swift.
    static func cMember(_ name: String) -> String {
        let name = name.lowercased()
        return cKeywords.contains(name) ? name + "_" : name
    }

    /// "olp.common.v1.Date" → "Olp__Common__V1__Date", as protoc-c does.
    static func cType(_ fullName: String) -> String {
        fullName.split(separator: ".").map { upperCamel(String($0)) }.joined(separator: "__")
    }

    /// "olp.common.v1.HistoryEntry" → "olp__common__v1__history_entry".
    static func cLower(_ fullName: String) -> String {
        fullName.split(separator: ".").map { upperSnake(String($0)).lowercased() }.joined(separator: "__")
    }

    /// "olp/common/v1/common.proto" → "olp_common_v1_common".
    static func cFile(_ file: String) -> String {
        String(file.dropLast(".proto".count).map { $0 == "/" || $0 == "-" ? "_" : $0 })
    }

    /// A literal of Swift or C.
    static func literal(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
