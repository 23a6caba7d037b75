import Contracts
import Glibc

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
    package let path: String
    package let name: String
    package let byteCount: Int

    /// Looks into the file.
    package init(path: String) throws(Failure) {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Failure(.failure, "cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var information = stat()
        var bytes = [UInt8](repeating: 0, count: Self.headerBytes)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
        guard unsafe fstat(descriptor, &information) == 0, count >= 0 else {
            throw Failure(.failure, "cannot read \(path): \(unsafe String(cString: strerror(errno)))")
        }
        self.path = path
        name = String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
        byteCount = Int(information.st_size)
        let header = Self.header(Array(bytes.prefix(count)))
        guard let kind = Self.kind(header: header) else {
            let seen = header.prefix(4).map { "\"\($0)\"" }.joined(separator: ", ")
            throw Failure(
                .failure,
                "\(path), line 1: this is none of the four register files; its columns begin with \(seen.isEmpty ? "nothing" : seen)",
                advice: "Expected: "
                    + Kind.allCases.map {
                        "\($0.rawValue) (\($0.usualName)) with \($0.columns.needed.joined(separator: " and "))"
                    }.joined(separator: "; "))
        }
        self.kind = kind
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
                    .usage, "\(other.path) and \(path) are both \(source.kind.rawValue)",
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
