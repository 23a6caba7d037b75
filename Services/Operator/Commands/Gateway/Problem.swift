import Foundation
import HTTPClient

/// An error of the gateway (RFC 9457), as far as it can be read.
struct Problem: Sendable {
    private struct Document: Decodable {
        struct Item: Decodable {
            var field: String?
            var pointer: String?
            var path: String?
            var message: String?
            var detail: String?
        }
        var title: String?
        var detail: String?
        var code: String?
        var errors: [Item]?
    }

    let status: Int
    /// Sentence by sentence.
    let lines: [String]

    init(_ reply: HTTPReply) {
        status = reply.status
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(reply.body)) else {
            let text = String(reply.text.prefix(200))
            lines = ["HTTP status \(reply.status)" + (text.isEmpty ? "" : ": \(text)")]
            return
        }
        let items = (document.errors ?? []).map { item in
            let place = item.field ?? item.path ?? item.pointer
            let words = item.message ?? item.detail ?? ""
            return place.map { "\($0): \(words)" } ?? words
        }
        lines = [document.detail ?? document.title ?? "HTTP status \(reply.status)"] + items
    }

    func failure(_ request: String) -> Failure {
        let exit: Exit = status == 503 ? .notRunning : .failure
        let advice =
            switch status {
            case 401: "The token is missing, wrong or withdrawn: name the right one with --token-file."
            case 503: "The service behind it is not there now: see `olp status`."
            default: nil as String?
            }
        return Failure(exit, "\(request): \(lines.joined(separator: "\n  "))", advice: advice)
    }
}
