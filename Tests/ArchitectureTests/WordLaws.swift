/// Laws about single words.
enum WordLaws {
    /// Law 6: where the compiler is told to trust us is on a list, with its number.
    static func trust(in file: SourceFile) -> [Violation] {
        [
            ("@unchecked Sendable", file.lines(of: "@", "unchecked", "Sendable"), TrustTable.uncheckedSendable),
            ("nonisolated(unsafe)", file.lines(of: "nonisolated", "(", "unsafe", ")"), TrustTable.nonisolatedUnsafe),
        ].compactMap { words, lines, table in
            let expected = table[file.path] ?? 0
            guard lines.count != expected else { return nil }
            guard lines.count < expected || TrustTable.modules.contains(file.module ?? "") else {
                return Violation(
                    path: file.path, line: lines[0],
                    message:
                        "\(words) is allowed in \(TrustTable.modules.sorted().joined(separator: ", ")) only: "
                        + "use a Mutex, an actor or a value")
            }
            return Violation(
                path: file.path, line: lines.first ?? 1,
                message:
                    "\(words) occurs \(lines.count) times, TrustTable says \(expected): state the invariant in a comment "
                    + "and change the table, or do without")
        }
    }

    /// One package, no users of its Swift API outside: what others need is `package`.
    static func access(in file: SourceFile) -> [Violation] {
        let declarations: Set = [
            "class", "struct", "enum", "protocol", "func", "var", "let", "init", "extension", "actor", "typealias",
            "import", "final", "static", "subscript", "override", "nonisolated", "mutating", "macro", "indirect",
        ]
        return file.tokens.indices.compactMap { index in
            let word = file.tokens[index].text
            guard word == "public" || word == "open", index + 1 < file.tokens.count,
                file.tokens[index].line == file.tokens[index + 1].line,
                declarations.contains(file.tokens[index + 1].text)
            else { return nil }
            return Violation(path: file.path, line: file.tokens[index].line, message: "write `package`, not `\(word)`")
        }
    }

    /// Law 5: only Main, ServiceKit and the few of ProcessTable read the environment or arguments, or exit.
    static func process(in file: SourceFile) -> [Violation] {
        guard !file.path.contains("/Main/"), ProcessTable.modules[file.module ?? ""] == nil,
            file.module != nil
        else { return [] }
        let words: [(String, [Int])] = [
            (
                "the environment",
                file.lines(of: "ProcessInfo", ".", "processInfo", ".", "environment")
                    + file.lines(of: "getenv", "(") + file.lines(of: "setenv", "(")
            ),
            (
                "the arguments",
                file.lines(of: "CommandLine", ".", "arguments")
                    + file.lines(of: "ProcessInfo", ".", "processInfo", ".", "arguments")
            ),
        ]
        var found = words.flatMap { what, lines in
            lines.map {
                Violation(
                    path: file.path, line: $0,
                    message:
                        "\(what) may be read in Main and ServiceKit only: take it as a parameter")
            }
        }
        for index in file.tokens.indices where ["exit", "_exit", "abort"].contains(file.tokens[index].text) {
            let before = index > 0 ? file.tokens[index - 1].text : ""
            let after = index + 1 < file.tokens.count ? file.tokens[index + 1].text : ""
            guard after == "(", before != ".", before != "func" else { continue }
            found.append(
                Violation(
                    path: file.path, line: file.tokens[index].line,
                    message:
                        "only Main and ServiceKit end the process: throw instead"))
        }
        return found
    }

    /// Law 9: tests await events, inject clocks, or poll a condition with a bound.
    static func waiting(in file: SourceFile) -> [Violation] {
        guard file.isTest else { return [] }
        return ["sleep", "usleep", "nanosleep"].flatMap { file.lines(of: $0, "(") }.map { line in
            Violation(
                path: file.path, line: line,
                message:
                    "a test does not sleep: await the event, use ManualClock, or TestSupport's poll(until:)")
        }
    }

    /// A type named like its module makes everything else in the module unreachable by its full name.
    static func naming(in file: SourceFile) -> [Violation] {
        guard let module = file.module else { return [] }
        return ["struct", "class", "enum", "actor", "protocol", "typealias"]
            .flatMap { file.lines(of: $0, module) }
            .map { Violation(path: file.path, line: $0, message: "no type is named like its module, \(module)") }
    }
}
