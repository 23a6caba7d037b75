/// One record of a file, as bytes: the encoding is not known here.
package struct CSVRecord: Sendable {
    package struct Field: Sendable {
        package var start: Int
        package var end: Int
        /// Holds quotes written twice.
        package var isEscaped: Bool
    }

    /// Count of the record; the header is 0.
    package var number: Int
    /// Line of the file on which it begins, from 1.
    package var line: Int
    /// Where it begins in the file, and where the next one does.
    package var offset: Int64
    package var endOffset: Int64
    /// The record without its line end.
    package var bytes: [UInt8]
    package var fields: [Field]
    /// Something stands between a closing quote and the comma after it.
    package var hasMisplacedQuote: Bool

    /// A line with nothing on it.
    package var isBlank: Bool {
        fields.count == 1 && bytes.allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    /// The field without its quotes; `index` within `fields`.
    package func value(_ index: Int) -> [UInt8] {
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
