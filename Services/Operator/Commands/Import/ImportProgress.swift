package import Contracts

/// Shows how far an import is.
package final class ImportProgress: Sendable {
    private let line: ProgressLine

    package init(_ console: Console) {
        line = ProgressLine(console)
    }

    package func uploading(_ name: String, _ sent: Int, of total: Int) {
        line.show("sending \(name)", done: sent, of: total, after: Figures.size(sent))
    }

    package func reading(_ progress: PartnershipV1.GiasImport) {
        guard let file = progress.files.first(where: { $0.bytesRead < $0.bytesTotal }) ?? progress.files.last else {
            return
        }
        reading(file.name, Int(file.bytesRead), of: Int(file.bytesTotal), rows: file.rowsRead)
    }

    package func reading(_ progress: EnrolmentV1.ApplicationImport) {
        reading(
            progress.fileName, Int(progress.bytesRead), of: Int(progress.bytesTotal), rows: progress.rowsRead)
    }

    private func reading(_ name: String, _ read: Int, of total: Int, rows: Int64) {
        line.show("reading \(name)", done: read, of: total, after: "\(Figures.grouped(rows)) rows")
    }

    /// Takes the bar away and goes on there.
    package func end() { line.end() }
}
