import Contracts
import RPC
import ServiceKit
import Sodium
import Values

extension TokenCalls {
    func registerToken(
        _ request: GatewayV1.RegisterTokenRequest, context: ServerContext
    ) async throws -> GatewayV1.Token {
        try owners.require(context)
        let now = wallClock.now()
        var violations = FieldViolations()
        let digest = Hex.bytes(request.sha256)
        violations.require(digest?.count == SHA256.hash("").count, "sha256", "must be 64 hexadecimal digits")
        violations.require(1...200 ~= request.label.count, "label", "must be 1 to 200 characters")
        let end = violations.instant(request.expiresAt, "expiresAt")
        violations.require(end.map { $0 > now } ?? true, "expiresAt", "must be in the future")
        try violations.throwIfAny()
        let bytes = digest ?? []
        let id = Caller(tokenDigest: bytes).id
        guard id != owners.owner.id else {
            throw RPCError(.alreadyExists, "This is the token of the token file.", reason: "TOKEN_REGISTERED")
        }
        let token = RegisteredToken(
            id: id, digest: Hex.text(bytes), label: request.label, registeredAt: now, expiresAt: end)
        do {
            return .init(try await store.register(token, context.mutation(at: now)))
        } catch let refusal as TokenRefusal {
            switch refusal {
            case .registeredBefore:
                throw RPCError(
                    .alreadyExists, "This token was registered before, and it cannot be changed. Make another one.",
                    reason: "TOKEN_REGISTERED")
            case .tooMany:
                throw RPCError(
                    .resourceExhausted, "There are \(RegisteredToken.most) tokens. Revoke those that nobody uses.",
                    reason: "TOO_MANY_TOKENS")
            }
        }
    }
}
