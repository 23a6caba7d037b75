/// Why a JSON text is not the message it should be. Never holds a value from the text.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the message, such as `members[2].urn`; empty at the top.
    package let path: String
    /// From 1.
    package let line: Int
    /// In characters (Unicode scalars) from 1.
    package let column: Int
    /// What was expected, as a clause without a full stop.
    package let message: String

    package init(path: String, line: Int, column: Int, message: String) {
        self.path = path
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String {
        "\(path.isEmpty ? "" : path + ": ")\(message) (line \(line), column \(column))"
    }
}
