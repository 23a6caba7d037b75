import Tabular

/// A row as it was typed.
struct FormRow: Hashable, Sendable {
    var line: Int
    private var texts: [ApplicationColumn: String]

    init(line: Int, _ texts: [ApplicationColumn: String]) {
        self.line = line
        self.texts = texts
    }

    /// Fails with why the row cannot be read.
    init(_ record: CSVRecord, _ header: ApplicationHeader) throws(RowUnreadable) {
        line = record.line
        texts = [:]
        guard record.fields.count == header.width, !record.hasMisplacedQuote else {
            throw RowUnreadable(line: line, reference: header.text(.reference, of: record) ?? "", code: .fieldsMiscounted)
        }
        for column in ApplicationColumn.allCases {
            guard let text = header.text(column, of: record) else {
                throw RowUnreadable(line: line, reference: header.text(.reference, of: record) ?? "", code: .notUTF8)
            }
            texts[column] = text
        }
    }

    subscript(_ column: ApplicationColumn) -> String {
        get { texts[column] ?? "" }
        set { texts[column] = newValue }
    }

    /// Longest reference that is kept, in characters; longer ones are cut in results.
    static let longestReference = 100

    var reference: String {
        String(self[.reference].filter { !$0.isWhitespace }.prefix(Self.longestReference))
    }

    /// Everything that was typed, for knowing the row again.
    var canonicalBytes: [UInt8] {
        Array(ApplicationColumn.allCases.map { self[$0] }.joined(separator: "\u{1F}").utf8)
    }
}

struct RowUnreadable: Error, Hashable, Sendable {
    var line: Int
    var reference: String
    var code: RowIssue.Code
}
