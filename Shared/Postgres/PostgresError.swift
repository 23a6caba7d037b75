internal import CPostgres

/// What the server or the way to it had to say. Never holds a password; `message` may hold a value of a statement,
/// so it is for whoever decides what of it may be shown.
package struct PostgresError: Error, Hashable, Sendable {
    /// Five letters, such as 23505; `connectionLost` where no server gave one.
    package var sqlState: String
    package var message: String
    /// The connection is of no more use.
    package var isBroken: Bool
    /// Number of the statement, as `queue` gave it; nil if it was none.
    package var statement: Int?
    package var schema = ""
    package var table = ""
    package var column = ""
    package var constraint = ""
    /// Columns that the server's detail names: "Key (a, b)=(…) …" is `["a", "b"]`. Never the values.
    package var keyColumns: [String] = []
    /// The place in the server's own source: tells errors apart that share a number.
    package var origin = ""

    /// SQLSTATE of a connection that failed.
    package static let connectionLost = "08006"

    package init(sqlState: String, message: String, isBroken: Bool, statement: Int? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.isBroken = isBroken
        self.statement = statement
    }

    static func lost(_ message: String, statement: Int? = nil) -> PostgresError {
        PostgresError(sqlState: connectionLost, message: message, isBroken: true, statement: statement)
    }

    /// A statement whose plan no longer fits its tables, or that the server has forgotten: on a new connection it is
    /// prepared anew.
    package var isStalePlan: Bool {
        sqlState == "26000" || (sqlState == "0A000" && origin == "RevalidateCachedQuery")
    }

    /// The transaction collided with another one and may be run again as it is.
    package var isCollision: Bool { sqlState == "40001" || sqlState == "40P01" }
}

extension PostgresError {
    /// Reads the fields of a result that is an error.
    init(_ result: OpaquePointer, isBroken: Bool, statement: Int?) {
        func field(_ code: Character) -> String {
            guard let ascii = code.asciiValue, let text = unsafe PQresultErrorField(result, Int32(ascii)) else { return "" }
            return unsafe String(cString: text)
        }
        let state = field("C")
        let message = field("M")
        self.init(
            sqlState: state.isEmpty ? Self.connectionLost : state,
            message: unsafe message.isEmpty ? Self.line(PQresultErrorMessage(result)) : message,
            // The server closes the connection after these, but that may not have been seen yet.
            isBroken: isBroken || state.isEmpty || ["FATAL", "PANIC"].contains(field("V")), statement: statement)
        schema = field("s")
        table = field("t")
        column = field("c")
        constraint = field("n")
        origin = field("R")
        keyColumns = Self.keyColumns(detail: field("D"))
    }

    /// libpq's text for the last failure of a connection, as one line.
    static func line(_ text: UnsafePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "no text" }
        return unsafe String(cString: text).split(whereSeparator: \.isNewline)
            .map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: "; ")
    }

    static func line(_ text: UnsafeMutablePointer<CChar>?) -> String {
        unsafe line(UnsafePointer(text))
    }

    /// The words differ by the server's language, the brackets do not.
    static func keyColumns(detail: String) -> [String] {
        guard let end = detail.firstRange(of: ")=("), let start = detail[..<end.lowerBound].firstIndex(of: "(") else {
            return []
        }
        return detail[detail.index(after: start)..<end.lowerBound].split(separator: ",")
            .map { String($0.drop { $0 == " " }) }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String { "PostgreSQL \(sqlState): \(message)" }
}
