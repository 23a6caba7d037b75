import Contracts
import RPC
import Sodium
import Storage

/// Hands whole copies of a store to operators.
struct StoreCopyService: StoreCopiesHandlers {
    /// Bytes of the file in one message.
    static let pieceBytes = 64 << 10

    let service: String
    let store: Store

    func copyStore(
        _ request: CommonV1.CopyStoreRequest, to writer: ResponseWriter<CommonV1.StorePiece>, context: ServerContext
    ) async throws {
        guard context.actorKind == "operator" else {
            throw RPCError(.permissionDenied, "Only operators may copy a store. `olp backup` does.")
        }
        let snapshot = try await store.snapshot()
        let end = snapshot.feedEnd
        try await writer.write(CommonV1.StorePiece(part: .outline(CommonV1.StoreOutline(
            service: service, byteCount: Int64(snapshot.byteCount), feedEnd: end.sequence == 0 ? "" : end.text,
            followed: snapshot.followed.map { .init(source: $0.source, position: $0.position) }))))
        var digest = SHA256Stream()
        var offset = 0
        while offset < snapshot.byteCount {
            let bytes = try snapshot.bytes(from: offset, upTo: Self.pieceBytes)
            guard !bytes.isEmpty else { throw RPCError(.dataLoss, "The copy of the store ended early. Try again.") }
            offset += bytes.count
            digest.update(bytes)
            try await writer.write(CommonV1.StorePiece(part: .bytes(bytes)))
        }
        try await writer.write(CommonV1.StorePiece(part: .sha256(digest.finish())))
    }
}
