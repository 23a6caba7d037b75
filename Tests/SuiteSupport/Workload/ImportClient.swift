import Contracts
import HTTPClient
import TestSupport

/// Imports the same register again and again: work that goes on in the background, and that somebody else has to take over
/// when whoever does it is gone. Nothing of it is in the journal; each import has to end with every row taken once.
struct ImportClient: OfficeClient {
    let client: KeyedClient

    static let rows = 1500

    mutating func run() async throws {
        let file = try RegisterFile.establishments(rows: Self.rows)
        var inserted = 0
        for number in 1... {
            if client.journal.isFinished { throw KeyedClient.Finished() }
            let ended = try await imported(file, number)
            guard let counts = ended.files.first, ended.state == .succeeded else {
                return violate(ended, "did not succeed")
            }
            inserted += Int(counts.inserted)
            let taken = counts.inserted + counts.updated + counts.unchanged + counts.ignored + counts.rejected
            if counts.rowsRead != Self.rows || taken != Self.rows { violate(ended, "did not take every row once") }
            // Those of the first import of all were there before.
            if inserted > Self.rows - Office.registerRows { violate(ended, "took in a school for the second time") }
        }
    }

    private func imported(_ file: [UInt8], _ number: Int) async throws -> PartnershipV1.GiasImport {
        let key = "import-\(number)"
        let opened: PartnershipV1.GiasImport = try await client.ask(
            HTTPRequest("POST", "/v1/gias-imports", json: PartnershipV1.CreateGiasImportRequest(), key: key))
        let path = "/v1/gias-imports/\(opened.id)"
        let _: PartnershipV1.GiasImport = try await client.ask(
            HTTPRequest(
                "PUT", "\(path)/files/establishments", fields: [("Content-Type", "text/csv")], body: .bytes(file)))
        let _: PartnershipV1.GiasImport = try await client.ask(
            HTTPRequest("POST", "\(path):start", json: PartnershipV1.StartGiasImportRequest(), key: "\(key)-start"))
        return try await poll(for: "the end of \(key)", timeout: client.patience.answer * 2, interval: .milliseconds(200)) {
            let now: PartnershipV1.GiasImport = try await client.read(path)
            return [.succeeded, .failed, .cancelled].contains(now.state) ? now : nil
        }
    }

    private func violate(_ ended: PartnershipV1.GiasImport, _ what: String) {
        client.journal.violate("import \(ended.id) \(what): \(ended)")
    }
}

extension HTTPRequest {
    fileprivate init(_ method: String, _ target: String, json: any JSONMessage, key: String) {
        self.init(
            method, target, fields: [("Content-Type", "application/json"), ("Idempotency-Key", key)],
            body: .bytes(Array(json.jsonText().utf8)))
    }
}
