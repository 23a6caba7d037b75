import Contracts
import RPC
import Values

/// `olp.gateway.v1.Tokens`: who may use the gateways, beside the holder of the token file.
struct TokenCalls: TokensHandlers {
    let store: GatewayStore
    let owners: OwnersOnly
    let wallClock: any WallClock
}

/// `olp.gateway.v1.Audit`: what was changed through the gateways.
struct AuditCalls: AuditHandlers {
    let store: GatewayStore
    let owners: OwnersOnly
}

/// What only the holder of the token file may do, and `olp` on this machine.
struct OwnersOnly: Sendable {
    /// Who has the token file.
    let owner: Caller

    func require(_ context: ServerContext) throws(RPCError) {
        guard context.actorKind == "operator" || (context.actorKind == owner.kind && context.actorID == owner.id) else {
            throw RPCError(
                .permissionDenied, "Only the holder of the gateway's token file may do this. Use that token, or olp.")
        }
    }
}

extension GatewayV1.Token {
    init(_ token: RegisteredToken) {
        self.init(
            id: token.id, label: token.label, registeredAt: .init(microsecondsSince1970: token.registeredAt.microseconds),
            expiresAt: token.expiresAt.map { .init(microsecondsSince1970: $0.microseconds) },
            revokedAt: token.revokedAt.map { .init(microsecondsSince1970: $0.microseconds) })
    }
}
