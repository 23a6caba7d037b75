import TestSupport

/// A Swift file as the laws see it: where it stands and its words, without comments and texts.
struct SourceFile: Sendable {
    /// From the project's root.
    let path: String
    let lineCount: Int
    let tokens: [Token]

    init(path: String, text: String) {
        self.path = path
        lineCount = text.utf8.count { $0 == UInt8(ascii: "\n") } + (text.isEmpty || text.hasSuffix("\n") ? 0 : 1)
        var lexer = Lexer(text)
        tokens = lexer.tokens()
    }

    /// Name of the target that the file belongs to; nil for the manifest and files outside every target.
    var module: String? {
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("Shared", 3...), ("Tests", 3...): return parts[1]
        case ("Services", 4...):
            switch (parts[1], parts[2]) {
            case (let service, "Main"): return service
            case ("Operator", "Commands"): return "OperatorCommands"
            case (let service, "Service"): return "\(service)Service"
            default: return nil
            }
        default: return nil
        }
    }

    /// The room of a service: Domain, Handlers, Store and so on; nil outside.
    var room: String? {
        let parts = path.split(separator: "/")
        guard parts.first == "Services", parts.count > 4, parts[2] == "Service" else { return nil }
        return String(parts[3])
    }

    var isGenerated: Bool { path.split(separator: "/").contains("Generated") }
    var isTest: Bool { path.hasPrefix("Tests/") }

    /// Modules that the file imports, each with its line.
    var imports: [(module: String, line: Int)] {
        tokens.indices.compactMap { index in
            guard isImport(at: index) else { return nil }
            // `import struct Foundation.Date` and its kind name the module after the kind.
            let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "var", "let"]
            let name = tokens[index + 1].text
            let module = kinds.contains(name) && index + 2 < tokens.count ? tokens[index + 2].text : name
            return (module, tokens[index].line)
        }
    }

    /// `import` is also an ordinary name: as a keyword it begins its line, but for an access level and attributes.
    private func isImport(at index: Int) -> Bool {
        let before: Set = [
            "package", "internal", "private", "fileprivate", "public", "@", "testable", "preconcurrency",
        ]
        guard tokens[index].text == "import", index + 1 < tokens.count, tokens[index + 1].line == tokens[index].line,
            tokens[index + 1].text.first?.isLetter == true || tokens[index + 1].text.first == "_"
        else { return false }
        return tokens[..<index].reversed().prefix { $0.line == tokens[index].line }.allSatisfy {
            before.contains($0.text)
        }
    }

    /// Lines on which these words follow each other.
    func lines(of words: String...) -> [Int] {
        guard tokens.count >= words.count else { return [] }
        return (0...(tokens.count - words.count)).compactMap { start in
            words.indices.allSatisfy { tokens[start + $0].text == words[$0] } ? tokens[start].line : nil
        }
    }

    /// Every Swift file of the project, the manifest too.
    static let all: [SourceFile] = Project.files().filter { $0.hasSuffix(".swift") }.map { path in
        SourceFile(path: path, text: (try? Project.read(path)) ?? "")
    }
}

/// What a law says against a file.
struct Violation: Hashable, Sendable, CustomStringConvertible {
    let path: String
    let line: Int
    /// What is wrong and what to do instead.
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}
