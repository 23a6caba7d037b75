/// Collects lines of source text. `indented` shifts what is printed inside it.
struct Printer {
    private(set) var text = ""
    private var depth = 0

    mutating func line(_ line: String = "") {
        if !line.isEmpty {
            text += String(repeating: "    ", count: depth) + line
        }
        text += "\n"
    }

    mutating func lines(_ lines: [String]) {
        for line in lines { self.line(line) }
    }

    /// `opening {`, what `body` prints one step to the right, and `}`.
    mutating func block(_ opening: String, closing: String = "}", _ body: (inout Printer) throws -> Void) rethrows {
        line(opening + " {")
        try indented(body)
        line(closing)
    }

    mutating func indented(_ body: (inout Printer) throws -> Void) rethrows {
        depth += 1
        try body(&self)
        depth -= 1
    }

    /// A doc comment, or nothing where the proto has none.
    mutating func documentation(_ comment: String) {
        guard !comment.isEmpty else { return }
        for part in comment.split(separator: "\n", omittingEmptySubsequences: false) {
            line(part.isEmpty ? "///" : "/// " + part)
        }
    }
}
