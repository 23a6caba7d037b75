import Tabular

/// A row of a file after reading, before its employer is known.
struct FileRow: Hashable, Sendable {
    private var row: JudgedRow
    /// Nil if the row cannot be used.
    let clean: CleanRow?

    /// - Parameter cohort: of the import; stands in where the row names none.
    init(_ record: CSVRecord, _ header: ApplicationHeader, number: Int, cohort: CohortID?) {
        func judged(_ reference: String, _ bytes: [UInt8], _ codes: [RowIssue.Code]) -> JudgedRow {
            JudgedRow(number: number, line: record.line, reference: reference, endOffset: record.endOffset,
                      canonicalBytes: bytes, verdict: .rejected(codes))
        }
        do {
            var form = try FormRow(record, header)
            let bytes = form.canonicalBytes
            if let cohort, form[.cohort].trimmed.isEmpty { form[.cohort] = cohort.text }
            switch RowReader.read(form) {
            case .clean(let row):
                clean = row
                self.row = judged(row.reference, bytes, [])
            case .rejected(let codes):
                clean = nil
                row = judged(form.reference, bytes, codes)
            }
        } catch {
            clean = nil
            row = judged(String(error.reference.prefix(FormRow.longestReference)), [], [error.code])
        }
    }

    func judged(_ findings: EmployerFindings) -> JudgedRow {
        guard let clean else { return row }
        var judged = row
        judged.verdict = .usable(clean, EmployerJudgement(clean, findings))
        return judged
    }
}
