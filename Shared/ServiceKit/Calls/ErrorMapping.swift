import Contracts
package import RPC
package import Storage
import Wire

/// Gives every error that a handler lets through its status. The innermost interceptor.
///
/// What a store or a parser says is for the log; callers learn what they can do.
struct ErrorMapping: ServerInterceptor {
    func intercept(
        _ context: ServerContext, _ next: @Sendable (ServerContext) async throws -> (any Message)?
    ) async throws -> (any Message)? {
        do {
            return try await next(context)
        } catch let error as StoreError {
            throw RPCError(error)
        } catch let error as WireError {
            // Bytes of its own making that it cannot read: whoever called can do nothing about it.
            throw RPCError(.internal, RPCError.blandMessage, cause: error)
        } catch let error as RPCError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            throw RPCError(.internal, RPCError.blandMessage, cause: error)
        }
    }
}

extension RPCError {
    static let blandMessage = "The service failed in a way it did not foresee; its log says how."

    /// What a caller is told of a store's error. Stores catch the constraints that mean something to their callers
    /// before it comes to this.
    package init(_ error: StoreError) {
        switch error.code {
        case .busy:
            self.init(.unavailable, "The store is busy. Try again in a moment.", reason: "STORE_BUSY", cause: error)
            pushback = Self.busyPushback
        case .unavailable, .unreachable, .lockedByOther:
            self.init(
                .unavailable, "The store cannot be written or read now. Nothing was changed; try again later.",
                reason: "STORE_UNAVAILABLE", cause: error)
        case .cancelled:
            self.init(.cancelled, "The call was cancelled before anything was changed.")
        case .staleVersion(let current):
            self.init(
                .aborted, "The record has version \(current) by now. Read it again and repeat the edit.",
                reason: "STALE_VERSION", metadata: ["found": "\(current)"])
        case .keyReused:
            self.init(
                .failedPrecondition,
                "This idempotency key was used before, for another request. Use a new key for a new request.",
                reason: "IDEMPOTENCY_KEY_REUSED")
        case .feedMismatch:
            self.init(
                .failedPrecondition,
                "The position is of another feed. A person has to decide from where to follow this one.",
                reason: "FEED_MISMATCH")
        case .feedAhead:
            self.init(
                .failedPrecondition,
                "The position is ahead of this feed, whose store was restored from an older copy. "
                    + "A person has to decide from where to go on.",
                reason: "FEED_AHEAD")
        case .badPageToken:
            self.init(
                .invalidArgument, "The page token is not of this list with these filters. Begin at the first page.",
                with: GoogleRPC.BadRequest(fieldViolations: [
                    .init(field: "pageToken", description: "is not of this list with these filters")
                ]))
        case .constraint, .followerMoved, .claimLost, .migrationMismatch, .newerRelease, .corrupt, .mismatch, .internal:
            self.init(.internal, Self.blandMessage, cause: error)
        }
    }

    /// How long a caller of a busy store should wait.
    private static let busyPushback = Duration.milliseconds(100)
}
