/// One record of a file, as bytes: the encoding is not known here.
struct CSVRecord: Sendable {
    struct Field: Sendable {
        var start: Int
        var end: Int
        /// Holds quotes written twice.
        var isEscaped: Bool
    }

    /// Count of the record; the header is 0.
    var number: Int
    /// Line of the file on which it begins, from 1.
    var line: Int
    /// Where it begins in the file, and where the next one does.
    var offset: Int64
    var endOffset: Int64
    /// The record without its line end.
    var bytes: [UInt8]
    var fields: [Field]
    /// Something stands between a closing quote and the comma after it.
    var hasMisplacedQuote: Bool

    /// A line with nothing on it.
    var isBlank: Bool {
        fields.count == 1 && bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// The field without its quotes; `index` within `fields`.
    func value(_ index: Int) -> [UInt8] {
        let field = fields[index]
        let slice = bytes[field.start..<field.end]
        guard field.isEscaped else { return Array(slice) }
        var result: [UInt8] = []
        result.reserveCapacity(slice.count)
        var position = slice.startIndex
        while position < slice.endIndex {
            let byte = slice[position]
            result.append(byte)
            let isDoubled = byte == UInt8(ascii: "\"") && position + 1 < slice.endIndex
                && slice[position + 1] == UInt8(ascii: "\"")
            position += isDoubled ? 2 : 1
        }
        return result
    }
}
