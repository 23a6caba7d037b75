package import RPC
package import Storage
package import Values

/// The right to run an import. Only one import of a kind runs at a time, by one runner; a runner whose right has passed
/// to another is told so at its next checkpoint, which then leaves nothing behind.
package struct ImportClaim: Hashable, Sendable {
    package var importID: UUIDv7
    /// Names the process that runs it.
    package var runner: String
    /// Who asked for it: the changes are theirs.
    package var actor: Actor
    package var requestID: String

    /// What the import changes, for history and feed.
    package func mutation(at now: Instant) -> Mutation {
        Mutation(principal: actor.id, method: "", key: nil, requestDigest: [], actor: actor,
                 reason: "import \(importID.text)", at: now, requestID: requestID)
    }
}

/// Why a runner must leave an import.
package enum ImportInterruption: Error, Hashable, Sendable {
    /// Another runner has taken it over.
    case claimLost
    /// It was cancelled on request; that is written down already.
    case cancelled
}

/// Why something cannot be done with an import.
package enum ImportRefusal: Error, Hashable, Sendable {
    case unknown
    case notReceiving(ImportState)
    case noFile
}

extension RPCError {
    /// How a refusal is told to callers.
    package init(_ refusal: ImportRefusal, importID id: String) {
        switch refusal {
        case .unknown:
            self = .notFound("import", id)
        case .notReceiving(let state):
            self.init(
                .failedPrecondition, "The import is \(state.name) and cannot be changed any more. Open a new one.",
                reason: "IMPORT_NOT_RECEIVING")
        case .noFile:
            self.init(.failedPrecondition, "The import has no file yet. Upload one before it is started.",
                      reason: "IMPORT_WITHOUT_FILE")
        }
    }
}
