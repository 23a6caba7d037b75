/// Law 7: no file above 500 lines, no function above 70; generated code, and the tables that are listed, aside.
enum SizeLaw {
    struct Function: Hashable, Sendable {
        let name: String
        let line: Int
        let lineCount: Int
    }

    static func violations(in file: SourceFile) -> [Violation] {
        guard !file.isGenerated else { return [] }
        var found: [Violation] = []
        if file.lineCount > SizeTable.maximumFileLines {
            found.append(
                Violation(
                    path: file.path, line: file.lineCount,
                    message:
                        "\(file.lineCount) lines, at most \(SizeTable.maximumFileLines): split it by what changes together"
                ))
        }
        for function in functions(in: file) where function.lineCount > SizeTable.maximumFunctionLines {
            guard !SizeTable.longFunctions.contains("\(file.path) \(function.name)") else { continue }
            found.append(
                Violation(
                    path: file.path, line: function.line,
                    message:
                        "\(function.name) has \(function.lineCount) lines, at most \(SizeTable.maximumFunctionLines): "
                        + "name its steps"))
        }
        return found
    }

    /// Functions, initialisers and subscripts with a body.
    static func functions(in file: SourceFile) -> [Function] {
        let tokens = file.tokens
        return tokens.indices.compactMap { index in
            let word = tokens[index].text
            guard ["func", "init", "deinit", "subscript"].contains(word), index + 1 < tokens.count else { return nil }
            let before = index > 0 ? tokens[index - 1].text : ""
            // `self.init(…)` and `.init(…)` are calls.
            guard before != "." else { return nil }
            let name = word == "func" ? tokens[index + 1].text : word
            guard let open = body(after: index, in: tokens), let close = end(of: open, in: tokens) else { return nil }
            let (first, last) = (tokens[index].line, tokens[close].line)
            return Function(name: name, line: first, lineCount: last - first + 1)
        }
    }

    /// Where the body opens; nil for a requirement of a protocol. A signature ends where the next declaration begins.
    private static func body(after start: Int, in tokens: [Token]) -> Int? {
        let ends: Set = ["func", "var", "let", "init", "deinit", "subscript", "case", "struct", "class", "enum", "}"]
        var depth = 0
        for index in (start + 1)..<tokens.count {
            switch tokens[index].text {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            case "{" where depth == 0: return index
            case let word where depth == 0 && ends.contains(word): return nil
            default: break
            }
        }
        return nil
    }

    private static func end(of open: Int, in tokens: [Token]) -> Int? {
        var depth = 0
        for index in open..<tokens.count {
            if tokens[index].text == "{" { depth += 1 }
            if tokens[index].text == "}" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }
}
