/// Splits bytes into the records of RFC 4180, piece by piece: give it a chunk, take the records that
/// are complete, give it the next one.
///
/// Lines end with CRLF, LF or CR. A quoted field may hold line ends and quotes written twice. A quote
/// inside a field that did not begin with one is a letter like any other.
package struct CSVRecordReader {
    /// A longer record is no record: somewhere before it a quote was opened and never closed.
    package static let longestRecord = 64 * 1024

    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Of the record that comes next.
    private var number: Int
    private var line: Int
    private var offset: Int64

    /// `offset`, `line` and `number` are those of the first record that it will be given.
    package init(number: Int = 0, line: Int = 1, offset: Int64 = 0) {
        self.number = number
        self.line = line
        self.offset = offset
    }

    /// Adds the bytes that follow the ones before.
    package mutating func append(_ chunk: some Collection<UInt8>) {
        buffer.removeSubrange(0..<position)
        position = 0
        buffer.append(contentsOf: chunk)
    }

    /// Says that no more bytes follow.
    package mutating func finish() {
        isAtEnd = true
    }

    /// The next record; nil if it needs more bytes, or if there are no more.
    package mutating func next() throws(CSVError) -> CSVRecord? {
        guard position < buffer.count else { return nil }
        guard let found = scan(buffer.span) else {
            if buffer.count - position > Self.longestRecord { throw .recordTooLong(line: line) }
            if isAtEnd { throw .endsInsideQuotes(line: line) }
            return nil
        }
        let length = found.end - position
        guard length <= Self.longestRecord else { throw .recordTooLong(line: line) }
        let record = CSVRecord(
            number: number, line: line, offset: offset, endOffset: offset + Int64(found.next - position),
            bytes: Array(buffer[position..<found.end]), fields: found.fields,
            hasMisplacedQuote: found.hasMisplacedQuote)
        number += 1
        line += found.lines
        offset = record.endOffset
        position = found.next
        return record
    }

    private struct Found {
        var fields: [CSVRecord.Field] = []
        var hasMisplacedQuote = false
        /// Line ends passed, the record's own among them.
        var lines = 0
        /// Where the record ends, and where the next begins, in the buffer.
        var end = 0
        var next = 0
    }

    /// Walks over one record. Nil if the buffer ends before it is known where the record does.
    private func scan(_ bytes: Span<UInt8>) -> Found? {
        var found = Found()
        found.fields.reserveCapacity(144)
        var at = position
        while true {
            guard let next = scanField(bytes, at, &found) else { return nil }
            guard next < bytes.count else {
                // The last record may lack its line end.
                found.end = next
                found.next = next
                return found
            }
            switch bytes[next] {
            case UInt8(ascii: ","):
                at = next + 1
                if at == bytes.count && !isAtEnd { return nil }
            case UInt8(ascii: "\r"):
                if next + 1 == bytes.count && !isAtEnd { return nil }
                found.end = next
                found.next = next + 1 < bytes.count && bytes[next + 1] == UInt8(ascii: "\n") ? next + 2 : next + 1
                found.lines += 1
                return found
            default:
                found.end = next
                found.next = next + 1
                found.lines += 1
                return found
            }
        }
    }

    /// Walks over one field and returns where the byte stands that ended it: a comma, a line end, or
    /// the end of the file.
    private func scanField(_ bytes: Span<UInt8>, _ start: Int, _ found: inout Found) -> Int? {
        var at = start
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else {
            guard let end = plainEnd(bytes, at) else { return nil }
            found.fields.append(.init(start: start - position, end: end - position, isEscaped: false))
            return end
        }
        at += 1
        var isEscaped = false
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "\"") {
                    isEscaped = true
                    at += 2
                    continue
                }
                if at + 1 == bytes.count && !isAtEnd { return nil }
                found.fields.append(.init(start: start + 1 - position, end: at - position, isEscaped: isEscaped))
                guard let end = plainEnd(bytes, at + 1) else { return nil }
                if end > at + 1 { found.hasMisplacedQuote = true }
                return end
            }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                let isPair = byte == UInt8(ascii: "\r") && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "\n")
                found.lines += 1
                at += isPair ? 2 : 1
                continue
            }
            at += 1
        }
        return nil
    }

    private func plainEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
        var at = start
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return at }
            at += 1
        }
        return isAtEnd ? at : nil
    }
}

/// What makes a file unreadable from some place on.
package enum CSVError: Error, Hashable, Sendable {
    case endsInsideQuotes(line: Int)
    case recordTooLong(line: Int)
}
