import Foundation
@testable import PartnershipService

/// The files that the tests read, and what their maker says of them.
enum TestData {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data")
    /// The 1,200 schools that a fresh installation loads.
    static let sample = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../deploy/sample").standardized

    static func bytes(_ url: URL) throws -> [UInt8] {
        Array(try Data(contentsOf: url))
    }

    static func sampleFile(_ kind: GiasFileKind) throws -> [UInt8] {
        try bytes(sample.appending(path: fileName(kind)))
    }

    static func updateFile(_ kind: GiasFileKind) throws -> [UInt8] {
        try bytes(folder.appending(path: "update").appending(path: fileName(kind)))
    }

    static func brokenFile(_ name: String) throws -> [UInt8] {
        try bytes(folder.appending(path: "broken").appending(path: name))
    }

    static func fileName(_ kind: GiasFileKind) -> String {
        switch kind {
        case .establishments: "edubasealldata.csv"
        case .groups: "allgroupsdata.csv"
        case .memberships: "alllinksdata.csv"
        case .links: "links_edubasealldata.csv"
        }
    }

    static let manifest: Manifest = {
        do {
            let data = try Data(contentsOf: folder.appending(path: "manifest.json"))
            return try JSONDecoder().decode(Manifest.self, from: data)
        } catch {
            fatalError("manifest.json: \(error)")
        }
    }()
}

/// `manifest.json`, written by the maker of the sample.
struct Manifest: Decodable, Sendable {
    struct Planted: Decodable, Sendable {
        var values: [String: Item]

        enum Item: Decodable, Sendable {
            case one(Int)
            case list([Int])
            case lists([[Int]])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let one = try? container.decode(Int.self) {
                    self = .one(one)
                } else if let list = try? container.decode([Int].self) {
                    self = .list(list)
                } else {
                    self = .lists(try container.decode([[Int]].self))
                }
            }

            var flat: [Int] {
                switch self {
                case .one(let value): [value]
                case .list(let values): values
                case .lists(let lists): lists.flatMap(\.self)
                }
            }
        }

        init(from decoder: any Decoder) throws {
            values = try decoder.singleValueContainer().decode([String: Item].self)
        }

        subscript(_ name: String) -> [Int] { values[name]?.flat ?? [] }
    }

    struct Counts: Decodable, Sendable {
        var numbers: [String: Int] = [:]
        var tables: [String: [String: Int]] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: AnyKey.self)
            for key in container.allKeys {
                if let number = try? container.decode(Int.self, forKey: key) {
                    numbers[key.stringValue] = number
                } else {
                    tables[key.stringValue] = try container.decode([String: Int].self, forKey: key)
                }
            }
        }

        subscript(_ name: String) -> Int { numbers[name] ?? -1 }
    }

    struct Update: Decodable, Sendable {
        struct Expected: Decodable, Sendable {
            var urn: Int
            var action: String
        }

        var expected: [Expected]
        var group_renamed: Int
        var group_closed: Int
        var moved_from_group: Int
        var moved_to_group: Int
    }

    struct Broken: Decodable, Sendable {
        var record: Int
        var verdict: String
        var why: String
    }

    var counts: Counts
    var planted: Planted
    var update: Update
    var broken: [Broken]
}

struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int?

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

/// Reads a whole file at once, in pieces of a given size.
struct WholeFile<File: RegisterFile> {
    var inspection: GiasFileInspection
    var records: [ReadRecord<File.Value>] = []

    init(_ bytes: [UInt8], chunk: Int = 256 * 1024) throws {
        inspection = try Self.inspect(bytes, chunk: chunk)
        var reader = RegisterFileReader<File>(inspection)
        for piece in Self.pieces(bytes, chunk) {
            reader.append(piece)
            while let record = try reader.next() { records.append(record) }
        }
        reader.finish()
        while let record = try reader.next() { records.append(record) }
    }

    static func inspect(_ bytes: [UInt8], chunk: Int = 256 * 1024) throws -> GiasFileInspection {
        var inspector = GiasFileInspector(File.kind)
        for piece in pieces(bytes, chunk) { try inspector.feed(piece) }
        return try inspector.finish(lastByte: bytes.last)
    }

    var values: [File.Value] {
        records.compactMap { if case .row(let row) = $0.outcome { row.value } else { nil } }
    }

    var issues: [(record: Int, issue: GiasIssue)] {
        records.flatMap { record -> [(Int, GiasIssue)] in
            switch record.outcome {
            case .row(let row): row.issues.map { (record.number, $0) }
            case .ignored: []
            case .rejected(let issue): [(record.number, issue)]
            }
        }
    }

    private static func pieces(_ bytes: [UInt8], _ size: Int) -> [[UInt8]] {
        stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    }
}
