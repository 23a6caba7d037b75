import Tabular

/// Where a file's columns are, by name: their number and order differ from edition to edition.
struct GiasColumns: Hashable, Sendable {
    let names: [String]
    private let positions: [String: Int]
    /// Names that stand twice.
    let repeated: [String]

    init(_ header: CSVRecord) {
        names = header.fields.indices.map { FieldText(header.value($0), .windows1252).text }
        var positions: [String: Int] = [:]
        var repeated: [String] = []
        for (position, name) in names.enumerated() where !name.isEmpty {
            if positions.updateValue(position, forKey: name) != nil { repeated.append(name) }
        }
        self.positions = positions
        self.repeated = repeated
    }

    var count: Int { names.count }

    func contains(_ name: String) -> Bool { positions[name] != nil }

    /// Nil if the file has no such column.
    func position(_ name: String) -> Int? { positions[name] }

    /// Refuses a header that lacks what the kind of file needs.
    func check(for kind: GiasFileKind) throws(GiasFileProblem) {
        let recognised = GiasFileKind.recognised(self)
        if let recognised, recognised != kind {
            throw GiasFileProblem(message: """
                The \(kind.title) file has the columns of the \(recognised.title) file. Nothing was imported. Upload it \
                as that.
                """)
        }
        let missing = kind.requiredColumns.filter { !contains($0) }
        guard missing.isEmpty else {
            throw GiasFileProblem(message: """
                The \(kind.title) file has no column \(missing.map { "'\($0)'" }.joined(separator: ", ")). Nothing was \
                imported. Check that the file is the register's own download.
                """)
        }
        if let doubled = repeated.first(where: kind.requiredColumns.contains) {
            throw GiasFileProblem(message: """
                The \(kind.title) file has the column '\(doubled)' twice. Nothing was imported. Check that the file is \
                the register's own download.
                """)
        }
    }
}
