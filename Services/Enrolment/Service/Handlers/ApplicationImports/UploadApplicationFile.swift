import Contracts
import RPC
import ServiceKit
import Values

extension ApplicationImportsService {
    func uploadApplicationFile(
        _ requests: RequestStream<EnrolmentV1.UploadApplicationFileRequest>, context: ServerContext
    ) async throws -> EnrolmentV1.ApplicationImport {
        guard case .head(let head) = try await requests.next()?.part else {
            throw RPCError(.invalidArgument, "The first message must name the import and the file: it must be a head.")
        }
        var violations = FieldViolations()
        if let fault = TextRules.line(head.name, TextRules.longestName) { violations.add("head.name", fault) }
        violations.require((0...Int64(intake.largest)).contains(head.bytesTotal), "head.bytesTotal",
                           "must be at most \(intake.largest)")
        try violations.throwIfAny()
        let id = try UUIDv7(head.importId, of: "import")
        return try await ImportErrors.translate(head.importId) {
            let upload = try await store.beginUpload(to: id)
            do {
                let bytes = try await intake.receive(requests, announced: head.bytesTotal) { request in
                    if case .bytes(let bytes) = request.part { bytes } else { nil }
                } keep: { chunk, number in
                    try await store.appendChunk(chunk, number: number, to: upload)
                }
                let found = try await store.completeUpload(upload, name: head.name, bytes: bytes, to: id)
                return EnrolmentV1.ApplicationImport(found)
            } catch {
                // In a task of its own: this one may be cancelled already.
                await Task { try? await store.abandonUpload(upload) }.value
                throw error
            }
        }
    }
}
