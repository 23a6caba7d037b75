import Contracts
import RPC
import ServiceKit
import Values

extension GiasImportsService {
    /// Longest name of a file, in characters.
    private static var longestName: Int { 200 }

    func uploadGiasFile(
        _ requests: RequestStream<PartnershipV1.UploadGiasFileRequest>, context: ServerContext
    ) async throws -> PartnershipV1.GiasImport {
        guard case .head(let head) = try await requests.next()?.part else {
            throw RPCError(.invalidArgument, "The first message must name the import and the file: it must be a head.")
        }
        let kind = try check(head)
        let id = try UUIDv7(head.importId, of: "import")
        return try await ImportErrors.translate(head.importId) {
            let upload = try await store.beginUpload(to: id)
            do {
                let bytes = try await intake.receive(requests, announced: head.bytesTotal) { request in
                    if case .bytes(let bytes) = request.part { bytes } else { nil }
                } keep: { chunk, number in
                    try await store.appendChunk(chunk, number: number, to: upload)
                }
                let found = try await store.completeUpload(upload, of: kind, name: head.name, bytes: bytes, to: id)
                return PartnershipV1.GiasImport(found)
            } catch {
                // In a task of its own: this one may be cancelled already.
                await Task { try? await store.abandonUpload(upload) }.value
                throw error
            }
        }
    }

    private func check(_ head: PartnershipV1.UploadGiasFileRequest.Head) throws(RPCError) -> GiasFileKind {
        let kind = GiasFileKind(rawValue: Int(head.file.rawValue))
        var violations = FieldViolations()
        violations.require(kind != nil, "head.file", "must be one of the register's four files")
        if let fault = PartnerRules.line(head.name, Self.longestName) { violations.add("head.name", fault) }
        violations.require((0...Int64(intake.largest)).contains(head.bytesTotal), "head.bytesTotal",
                           "must be at most \(intake.largest)")
        try violations.throwIfAny()
        guard let kind else { throw RPCError(.invalidArgument, "head.file must be one of the register's four files.") }
        return kind
    }
}
