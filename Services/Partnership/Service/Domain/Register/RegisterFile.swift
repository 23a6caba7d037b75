import Tabular
import Values

/// One of the register's files, as the importer needs it: how a record is read, and what names it.
protocol RegisterFile: SendableMetatype {
    associatedtype Value: Hashable & Sendable
    static var kind: GiasFileKind { get }
    static func read(
        _ record: CSVRecord, _ columns: GiasColumns, _ encoding: TextEncoding
    ) throws(UnusedRow) -> GiasRow<Value>
    /// Two numbers that no other record of the file has.
    static func key(of value: Value) -> RowKey
}

struct RowKey: Hashable, Sendable {
    var first: Int
    var second = 0

    var text: String { second == 0 ? String(first) : "\(first)/\(second)" }
}

extension EstablishmentRow: RegisterFile {
    static let kind = GiasFileKind.establishments
    static func key(of value: School) -> RowKey { RowKey(first: Int(value.urn.number)) }
}

extension GroupRow: RegisterFile {
    static let kind = GiasFileKind.groups
    static func key(of value: SchoolGroup) -> RowKey { RowKey(first: value.uid) }
}

extension MembershipRow: RegisterFile {
    static let kind = GiasFileKind.memberships
    static func key(of value: GroupMembership) -> RowKey {
        RowKey(first: Int(value.urn.number), second: value.groupUID)
    }
}

extension LinkRow: RegisterFile {
    static let kind = GiasFileKind.links
    static func key(of value: SchoolLink) -> RowKey {
        RowKey(first: Int(value.urn.number), second: Int(value.otherURN.number))
    }
}

/// A record and what became of it before anything held was looked at.
struct ReadRecord<Value: Hashable & Sendable>: Sendable {
    enum Outcome: Sendable {
        case row(GiasRow<Value>)
        case ignored
        case rejected(GiasIssue)
    }

    var outcome: Outcome
    /// The URN or group UID, if the record had one.
    var key: String
    var line: Int
    var number: Int
    /// Where the next record begins.
    var endOffset: Int64
}

/// Reads the rows of a file that was inspected, piece by piece. A row that repeats an earlier one is
/// ignored, or rejected if it says something else: the first one counts.
struct RegisterFileReader<File: RegisterFile> {
    private let inspection: GiasFileInspection
    private var records: CSVRecordReader
    /// Bytes yet to be passed over: mark and header.
    private var skipped: Int64
    private var seen: [RowKey: Int64] = [:]

    init(_ inspection: GiasFileInspection) {
        self.inspection = inspection
        let first = inspection.firstRecord
        records = CSVRecordReader(number: first.record, line: first.line, offset: first.offset)
        skipped = first.offset
        seen.reserveCapacity(inspection.recordCount)
    }

    /// Adds the bytes that follow; the first ones are those at the beginning of the file.
    mutating func append(_ chunk: [UInt8]) {
        let drop = min(skipped, Int64(chunk.count))
        skipped -= drop
        records.append(chunk.dropFirst(Int(drop)))
    }

    mutating func finish() {
        records.finish()
    }

    /// Nil if it needs more bytes, or if there are no more.
    mutating func next() throws(CSVError) -> ReadRecord<File.Value>? {
        guard let record = try records.next() else { return nil }
        var key = ""
        let outcome = read(record, &key)
        return ReadRecord(outcome: outcome, key: key, line: record.line, number: record.number,
                          endOffset: record.endOffset)
    }

    private mutating func read(_ record: CSVRecord, _ key: inout String) -> ReadRecord<File.Value>.Outcome {
        let row: GiasRow<File.Value>
        do throws(UnusedRow) {
            row = try File.read(record, inspection.columns, inspection.encoding)
        } catch {
            switch error {
            case .ignored: return .ignored
            case .rejected(let issue, let rejectedKey):
                key = rejectedKey
                return .rejected(issue)
            }
        }
        let rowKey = File.key(of: row.value)
        key = rowKey.text
        let digest = ContentDigest.of(record.bytes)
        guard let earlier = seen[rowKey] else {
            seen[rowKey] = digest
            return .row(row)
        }
        if earlier == digest { return .ignored }
        return .rejected(GiasIssue(
            severity: .rejected, code: .keyRepeated, column: File.kind.keyColumn,
            message: "\(rowKey.text) stands in the file before, with other content; the first row counts. Not imported."))
    }
}
