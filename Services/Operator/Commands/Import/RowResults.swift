package import Contracts
import Foundation
import HTTPClient

/// What became of each row of an import of applications.
enum RowResults {
    private static let pageSize = 1000

    /// Hands over all of them, page by page, in the order of the file.
    static func read(
        of id: String, _ gateway: GatewayAccess, _ receive: ([EnrolmentV1.RowResult]) throws -> Void
    ) async throws {
        var token = ""
        repeat {
            let page: EnrolmentV1.ListRowResultsReply = try await gateway.call(
                "GET",
                "/v1/application-imports/\(HTTPRequest.encoded(id))/rows?pageSize=\(pageSize)&pageToken=\(HTTPRequest.encoded(token))"
            )
            try receive(page.results)
            token = page.nextPageToken
        } while !token.isEmpty
    }
}

/// A CSV file with a line for each row's result.
package struct RowResultFile {
    package static let header = "line,outcome,reference,candidate_id,application_id,issues"

    private let path: String
    private let file: FileHandle

    /// Makes the file, readable for its owner only: references and ids say who applied.
    package init(path: String) throws(Failure) {
        self.path = path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: path)
        else {
            throw Failure(.failure, "cannot write \(path)", advice: "Name a file in a folder that you may write to.")
        }
        self.file = file
        try append(Self.header + "\r\n")
    }

    package func write(_ rows: [EnrolmentV1.RowResult]) throws(Failure) {
        try append(rows.map { Self.line($0) + "\r\n" }.joined())
    }

    private func append(_ text: String) throws(Failure) {
        do {
            try file.write(contentsOf: Data(text.utf8))
        } catch {
            throw Failure(.failure, "cannot write \(path): \(error.localizedDescription)")
        }
    }

    package static func line(_ row: EnrolmentV1.RowResult) -> String {
        let issues = row.issues.map { issue in
            [issue.column, issue.code].filter { !$0.isEmpty }.joined(separator: ": ")
        }
        return [
            "\(row.line)", row.outcome.word, row.reference, row.candidateId, row.applicationId,
            issues.joined(separator: "; "),
        ].map(quoted).joined(separator: ",")
    }

    /// A spreadsheet must not take for a formula what stood in somebody's file.
    private static func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let shown = isFormula ? "'" + text : text
        guard shown.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return shown }
        return "\"" + shown.replacing("\"", with: "\"\"") + "\""
    }
}
