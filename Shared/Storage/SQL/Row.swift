/// One row of an answer. Columns are found by name, or faster by their index from 0.
package struct Row: Sendable {
    let columns: RowColumns
    package let values: [SQLValue]

    package func int(_ column: some RowColumn) throws(StoreError) -> Int64 {
        guard case .int(let value) = try value(column) else { throw wrong(column, "an integer") }
        return value
    }

    package func optionalInt(_ column: some RowColumn) throws(StoreError) -> Int64? {
        switch try value(column) {
        case .int(let value): value
        case .null: nil
        default: throw wrong(column, "an integer or NULL")
        }
    }

    package func bool(_ column: some RowColumn) throws(StoreError) -> Bool {
        switch try int(column) {
        case 0: false
        case 1: true
        default: throw wrong(column, "0 or 1")
        }
    }

    package func optionalBool(_ column: some RowColumn) throws(StoreError) -> Bool? {
        if case .null = try value(column) { return nil }
        return try bool(column)
    }

    package func real(_ column: some RowColumn) throws(StoreError) -> Double {
        guard let value = try optionalReal(column) else { throw wrong(column, "a number, but it is NULL") }
        return value
    }

    package func optionalReal(_ column: some RowColumn) throws(StoreError) -> Double? {
        switch try value(column) {
        case .real(let value): value
        case .int(let value): Double(value)
        case .null: nil
        default: throw wrong(column, "a number or NULL")
        }
    }

    package func text(_ column: some RowColumn) throws(StoreError) -> String {
        guard case .text(let value) = try value(column) else { throw wrong(column, "text") }
        return value
    }

    package func optionalText(_ column: some RowColumn) throws(StoreError) -> String? {
        switch try value(column) {
        case .text(let value): value
        case .null: nil
        default: throw wrong(column, "text or NULL")
        }
    }

    package func blob(_ column: some RowColumn) throws(StoreError) -> [UInt8] {
        guard case .blob(let value) = try value(column) else { throw wrong(column, "bytes") }
        return value
    }

    package func optionalBlob(_ column: some RowColumn) throws(StoreError) -> [UInt8]? {
        switch try value(column) {
        case .blob(let value): value
        case .null: nil
        default: throw wrong(column, "bytes or NULL")
        }
    }

    /// Whatever is there.
    package func value(_ column: some RowColumn) throws(StoreError) -> SQLValue {
        guard let index = column.index(in: columns), values.indices.contains(index) else {
            throw StoreError(.mismatch, "There is no column \(column) in an answer with the columns "
                + columns.names.joined(separator: ", ") + ". The code that reads it must be corrected.")
        }
        return values[index]
    }

    /// Says which column, never what is in it.
    func wrong(_ column: some RowColumn, _ expected: String) -> StoreError {
        let name = column.index(in: columns).flatMap { columns.names.indices.contains($0) ? columns.names[$0] : nil }
        return StoreError(.mismatch, "Column \(name ?? "\(column)") should hold \(expected).")
    }
}

/// The columns of an answer, shared by its rows.
package final class RowColumns: Sendable {
    let names: [String]
    private let indexes: [String: Int]

    init(_ names: [String]) {
        self.names = names
        // As in SQL's own answers, the first of two columns with one name wins.
        indexes = Dictionary(names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func index(of name: String) -> Int? {
        indexes[name]
    }
}

/// A column's name, or its index from 0.
package protocol RowColumn: CustomStringConvertible {
    func index(in columns: RowColumns) -> Int?
}

extension String: RowColumn {
    package func index(in columns: RowColumns) -> Int? { columns.index(of: self) }
}

extension Int: RowColumn {
    package func index(in columns: RowColumns) -> Int? { self }
}
