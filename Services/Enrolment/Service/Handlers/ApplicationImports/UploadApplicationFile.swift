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
        violations.require((0...Int64(largestFile)).contains(head.bytesTotal), "head.bytesTotal",
                           "must be at most \(largestFile)")
        try violations.throwIfAny()
        let id = try UUIDv7(head.importId, of: "import")
        return try await ImportErrors.translate(head.importId) {
            let upload = try await store.beginUpload(to: id)
            do {
                let bytes = try await receive(requests, announced: head.bytesTotal, into: upload)
                let found = try await store.completeUpload(upload, name: head.name, bytes: bytes, to: id)
                return EnrolmentV1.ApplicationImport(found)
            } catch {
                // In a task of its own: this one may be cancelled already.
                await Task { try? await store.abandonUpload(upload) }.value
                throw error
            }
        }
    }

    /// Keeps the bytes in chunks of one size, however they come. Returns how many there were.
    private func receive(
        _ requests: RequestStream<EnrolmentV1.UploadApplicationFileRequest>, announced: Int64, into upload: UUIDv7
    ) async throws -> Int64 {
        var total = 0
        var number = 0
        var chunk: [UInt8] = []
        while let request = try await requests.next() {
            guard case .bytes(let bytes) = request.part, bytes.count <= EnrolmentStore.chunkBytes else {
                throw RPCError(.invalidArgument, """
                    After the head each message must bring at most \(EnrolmentStore.chunkBytes) bytes of the file.
                    """)
            }
            total += bytes.count
            guard total <= largestFile else {
                throw RPCError(.invalidArgument, "The file is larger than \(largestFile) bytes. It is not kept.")
            }
            chunk += bytes
            while chunk.count >= EnrolmentStore.chunkBytes {
                try await store.appendChunk(Array(chunk.prefix(EnrolmentStore.chunkBytes)), number: number, to: upload)
                chunk.removeFirst(EnrolmentStore.chunkBytes)
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
