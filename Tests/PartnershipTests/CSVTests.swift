import Tabular
import Testing
@testable import PartnershipService

@Suite("Records of a file")
struct CSVTests {
    struct Case: Sendable, CustomStringConvertible {
        var text: String
        var records: [[String]]
        var description: String { text.debugDescription }
    }

    static let cases: [Case] = [
        Case(text: "a,b\r\nc,d\r\n", records: [["a", "b"], ["c", "d"]]),
        Case(text: "a,b\nc,d", records: [["a", "b"], ["c", "d"]]),
        Case(text: "a\rb\r", records: [["a"], ["b"]]),
        Case(text: "\"a,\"\"b\"\"\r\nc\",d\r\n", records: [["a,\"b\"\r\nc", "d"]]),
        Case(text: "a,\r\n,b\r\n", records: [["a", ""], ["", "b"]]),
        Case(text: "a,b,", records: [["a", "b", ""]]),
        Case(text: "\"\",\"\"", records: [["", ""]]),
        Case(text: "\r\n\r\na", records: [[""], [""], ["a"]]),
        Case(text: "a\"b,c\r\n", records: [["a\"b", "c"]]),
        Case(text: "", records: []),
    ]

    @Test("are the same in pieces of any size", arguments: cases)
    func pieces(example: Case) throws {
        let bytes = Array(example.text.utf8)
        for size in 1...max(1, bytes.count) {
            var reader = CSVRecordReader()
            var records: [CSVRecord] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                reader.append(bytes[start..<min(start + size, bytes.count)])
                while let record = try reader.next() { records.append(record) }
            }
            reader.finish()
            while let record = try reader.next() { records.append(record) }
            let texts = records.map { record in
                record.fields.indices.map { String(decoding: record.value($0), as: UTF8.self) }
            }
            #expect(texts == example.records, "in pieces of \(size)")
            #expect(records.last?.endOffset ?? 0 == Int64(bytes.count))
        }
    }

    @Test("know their line, also after line breaks inside quotes")
    func lines() throws {
        var reader = CSVRecordReader()
        reader.append(Array("h\r\n\"a\r\nb\nc\"\r\nlast\r\n".utf8))
        reader.finish()
        var lines: [Int] = []
        while let record = try reader.next() { lines.append(record.line) }
        #expect(lines == [1, 2, 5])
    }

    @Test("a quote that is never closed ends the file too early")
    func unclosed() throws {
        var reader = CSVRecordReader()
        reader.append(Array("a\r\n\"b".utf8))
        reader.finish()
        #expect(try reader.next()?.fields.count == 1)
        #expect(throws: CSVError.endsInsideQuotes(line: 2)) { try reader.next() }
    }

    @Test("a record has a longest length")
    func tooLong() throws {
        var reader = CSVRecordReader()
        reader.append([UInt8(ascii: "\"")] + [UInt8](repeating: UInt8(ascii: "x"), count: 70_000))
        #expect(throws: CSVError.recordTooLong(line: 1)) { try reader.next() }
    }

    @Test("text after a closing quote is noticed")
    func misplacedQuote() throws {
        var reader = CSVRecordReader()
        reader.append(Array("\"a\"b,c\n".utf8))
        #expect(try reader.next()?.hasMisplacedQuote == true)
    }
}
