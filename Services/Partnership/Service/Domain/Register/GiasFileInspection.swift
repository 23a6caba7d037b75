import Tabular

/// What a first, quick pass over a file finds: whether it is whole, how its letters are written, and
/// where its columns are. Nothing of a file is imported before it.
struct GiasFileInspection: Sendable {
    var kind: GiasFileKind
    var encoding: TextEncoding
    var columns: GiasColumns
    /// Where the first record after the header begins.
    var firstRecord: GiasPlace
    /// Records after the header, blank ones too.
    var recordCount: Int
}

/// A place in a file at which a record begins.
struct GiasPlace: Hashable, Sendable {
    var offset: Int64
    var line: Int
    /// Count of the record that begins there.
    var record: Int
}

/// Why a file cannot be used at all.
struct GiasFileProblem: Error, Hashable, Sendable {
    /// A sentence for people: what is wrong and what to do.
    var message: String
}

/// Inspects a file piece by piece.
struct GiasFileInspector {
    private let kind: GiasFileKind
    private var reader = CSVRecordReader()
    private var detector = TextEncodingDetector()
    private var header: CSVRecord?
    private var columns: GiasColumns?
    private var last: (line: Int, fields: Int)?
    private var recordCount = 0
    private var isFirst = true

    init(_ kind: GiasFileKind) {
        self.kind = kind
    }

    mutating func feed(_ chunk: [UInt8]) throws(GiasFileProblem) {
        detector.feed(chunk)
        if isFirst {
            isFirst = false
            try refuseOtherFormats(chunk)
            if detector.hasByteOrderMark {
                let mark = TextEncoding.byteOrderMark.count
                reader = CSVRecordReader(offset: Int64(mark))
                reader.append(chunk.dropFirst(mark))
            } else {
                reader.append(chunk)
            }
        } else {
            reader.append(chunk)
        }
        try drain()
    }

    /// Call when the last chunk was fed. `endsWithLineEnd` says whether the file's last byte is one.
    mutating func finish(lastByte: UInt8?) throws(GiasFileProblem) -> GiasFileInspection {
        reader.finish()
        try drain()
        guard let header, let columns else {
            throw GiasFileProblem(message: "The \(kind.title) file is empty. Download it again.")
        }
        let isTerminated = lastByte == UInt8(ascii: "\n") || lastByte == UInt8(ascii: "\r")
        if !isTerminated, let last, last.fields < header.fields.count {
            throw truncated(line: last.line)
        }
        return GiasFileInspection(
            kind: kind, encoding: detector.encoding, columns: columns,
            firstRecord: GiasPlace(offset: header.endOffset, line: header.line + 1, record: 1),
            recordCount: recordCount)
    }

    private mutating func drain() throws(GiasFileProblem) {
        let hadHeader = header != nil
        do throws(CSVError) {
            while let record = try reader.next() {
                if header == nil {
                    header = record
                    columns = GiasColumns(record)
                } else {
                    recordCount += 1
                    last = (record.line, record.fields.count)
                }
            }
        } catch {
            throw explained(error)
        }
        if !hadHeader { try columns?.check(for: kind) }
    }

    private func explained(_ error: CSVError) -> GiasFileProblem {
        switch error {
        case .endsInsideQuotes(let line):
            truncated(line: line)
        case .recordTooLong(let line):
            GiasFileProblem(message: """
                The \(kind.title) file has a record of more than \(CSVRecordReader.longestRecord / 1024) KiB on line \
                \(line): a quote is probably not closed. Nothing was imported. Download the file again.
                """)
        }
    }

    private func truncated(line: Int) -> GiasFileProblem {
        GiasFileProblem(message: """
            The \(kind.title) file ends inside the record that begins on line \(line): it was cut off. Nothing was \
            imported. Download the file again.
            """)
    }

    private func refuseOtherFormats(_ chunk: [UInt8]) throws(GiasFileProblem) {
        if chunk.starts(with: [0xFF, 0xFE]) || chunk.starts(with: [0xFE, 0xFF]) {
            throw GiasFileProblem(message: """
                The \(kind.title) file is UTF-16. Save it as CSV in Windows-1252 or UTF-8.
                """)
        }
        if chunk.starts(with: Array("PK\u{3}\u{4}".utf8)) || chunk.starts(with: [0x1F, 0x8B]) {
            throw GiasFileProblem(message: """
                The \(kind.title) file is packed (ZIP, gzip or a spreadsheet). Unpack it or save it as CSV.
                """)
        }
    }
}
