package import Contracts

/// What an import did, for people.
package enum ImportSummary {
    package static func lines(_ done: PartnershipV1.GiasImport) -> [String] {
        let header = ["", "READ", "NEW", "CHANGED", "SAME", "IGNORED", "REJECTED", "WITH WARNING"]
        let rows = done.files.map { file in
            [file.name]
                + [
                    file.rowsRead, file.inserted, file.updated, file.unchanged, file.ignored, file.rejected,
                    file.warned,
                ].map(Figures.grouped)
        }
        let result = [
            "The import \(done.stateWord)\(done.failure.isEmpty ? "." : ": \(done.failure)")"
        ]
        return Table.rows([header] + rows) + result
    }

    package static func issues(
        _ reply: PartnershipV1.ListGiasImportIssuesReply, of done: PartnershipV1.GiasImport
    ) -> [String] {
        guard !reply.issues.isEmpty else { return [] }
        let names = Dictionary(done.files.map { ($0.file, $0.name) }) { first, _ in first }
        var lines = reply.issues.map { issue in
            let place = "\(names[issue.file] ?? "file"):\(issue.line)"
            let verdict = issue.severity == .rejected ? "rejected" : "warning"
            let column = issue.column.isEmpty ? "" : " \(issue.column):"
            let key = issue.key.isEmpty ? "" : " [\(issue.key)]"
            return "\(place): \(verdict):\(key)\(column) \(issue.message) (\(issue.code))"
        }
        if !reply.nextPageToken.isEmpty {
            lines.append(
                "… and more. All of them:  olp call GiasImports/ListGiasImportIssues "
                    + "'{\"id\": \"\(done.id)\", \"pageSize\": 1000}'")
        }
        return lines
    }
}
