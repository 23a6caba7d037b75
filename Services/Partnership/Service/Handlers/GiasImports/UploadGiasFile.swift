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
                let bytes = try await receive(requests, announced: head.bytesTotal, into: upload)
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
        violations.require((0...Int64(largestFile)).contains(head.bytesTotal), "head.bytesTotal",
                           "must be at most \(largestFile)")
        try violations.throwIfAny()
        guard let kind else { throw RPCError(.invalidArgument, "head.file must be one of the register's four files.") }
        return kind
    }

    /// Keeps the bytes in chunks of one size, however they come. Returns how many there were.
    private func receive(
        _ requests: RequestStream<PartnershipV1.UploadGiasFileRequest>, announced: Int64, into upload: UUIDv7
    ) async throws -> Int64 {
        var total = 0
        var number = 0
        var chunk: [UInt8] = []
        while let request = try await requests.next() {
            guard case .bytes(let bytes) = request.part, bytes.count <= PartnershipStore.chunkBytes else {
                throw RPCError(.invalidArgument, """
                    After the head each message must bring at most \(PartnershipStore.chunkBytes) bytes of the file.
                    """)
            }
            total += bytes.count
            guard total <= largestFile else {
                throw RPCError(.invalidArgument, "The file is larger than \(largestFile) bytes. It is not kept.")
            }
            chunk += bytes
            while chunk.count >= PartnershipStore.chunkBytes {
                try await store.appendChunk(Array(chunk.prefix(PartnershipStore.chunkBytes)), number: number, to: upload)
                chunk.removeFirst(PartnershipStore.chunkBytes)
                number += 1
            }
        }
        guard total > 0 else { throw RPCError(.invalidArgument, "The file is empty. It is not kept.") }
        guard announced == 0 || announced == Int64(total) else {
            throw RPCError(.invalidArgument, """
                The head announced \(announced) bytes, but \(total) came. The file is not kept; upload it again.
                """)
        }
        if !chunk.isEmpty { try await store.appendChunk(chunk, number: number, to: upload) }
        return Int64(total)
    }
}
