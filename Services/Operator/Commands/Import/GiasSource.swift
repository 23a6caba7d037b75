/// A file to import: which of the four it is, by its header.
package struct GiasSource: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Path segments of the gateway, in the order in which the files are read.
        case establishments, groups, memberships, links

        /// Columns that this file has, and columns that others have and it has not.
        var columns: (needed: [String], absent: [String]) {
            switch self {
            case .establishments: (["URN", "EstablishmentName"], ["Group UID", "LinkURN"])
            case .groups: (["Group UID", "Group Name"], ["URN"])
            case .memberships: (["URN", "Group UID"], [])
            case .links: (["URN", "LinkURN"], [])
            }
        }

        /// What the official download is called.
        var usualName: String {
            switch self {
            case .establishments: "edubasealldata….csv"
            case .groups: "allgroupsdata….csv"
            case .memberships: "alllinksdata….csv"
            case .links: "links_edubasealldata….csv"
            }
        }
    }

    /// As much of a file as is read to find its header.
    static let headerBytes = 64 << 10

    package let kind: Kind
    package let file: ImportFile

    /// The file, and where it goes below an import's address.
    var upload: (file: ImportFile, place: String) { (file, "files/\(kind.rawValue)") }

    /// Looks into the file.
    package init(path: String) throws(Failure) {
        let (file, beginning) = try ImportFile.open(path, reading: Self.headerBytes)
        let header = Self.header(beginning)
        guard let kind = Self.kind(header: header) else {
            throw Failure(
                .failure, "\(path), line 1: this is none of the four register files; \(Self.described(header))",
                advice: "Expected: "
                    + Kind.allCases.map {
                        "\($0.rawValue) (\($0.usualName)) with \($0.columns.needed.joined(separator: " and "))"
                    }.joined(separator: "; "))
        }
        self.kind = kind
        self.file = file
    }

    /// What a first line has of the columns that tell the files apart. Never what else stands there: it may be a row with
    /// somebody's data.
    private static func described(_ header: [String]) -> String {
        let telling = Set(Kind.allCases.flatMap(\.columns.needed)).sorted()
        let found = telling.filter(header.contains)
        return found.isEmpty
            ? "its first line has none of the columns that tell them apart"
            : "of the columns that tell them apart, its first line has \(found.joined(separator: ", ")) only"
    }

    /// Which file has these columns.
    package static func kind(header: [String]) -> Kind? {
        let held = Set(header)
        return Kind.allCases.first { kind in
            kind.columns.needed.allSatisfy(held.contains) && !kind.columns.absent.contains(where: held.contains)
        }
    }

    /// The names of the columns, from the first line. They are ASCII whatever the encoding of the rest.
    package static func header(_ bytes: [UInt8]) -> [String] {
        let withoutMark = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        let line = withoutMark.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        var columns: [String] = []
        var current: [UInt8] = []
        var isQuoted = false
        for byte in line {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                columns.append(String(decoding: current, as: UTF8.self))
                current = []
            default: current.append(byte)
            }
        }
        columns.append(String(decoding: current, as: UTF8.self))
        return columns.map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
    }

    /// Looks into all files, and refuses two of the same kind.
    package static func all(_ paths: [String]) throws(Failure) -> [GiasSource] {
        var sources: [GiasSource] = []
        for path in paths {
            let source = try GiasSource(path: path)
            if let other = sources.first(where: { $0.kind == source.kind }) {
                throw Failure(
                    .usage, "\(other.file.path) and \(path) are both \(source.kind.rawValue)",
                    advice: "Import one after the other; a row that is older than what is held changes nothing.")
            }
            sources.append(source)
        }
        let order = Kind.allCases
        return sources.sorted { a, b in
            (order.firstIndex(of: a.kind) ?? 0) < (order.firstIndex(of: b.kind) ?? 0)
        }
    }
}
