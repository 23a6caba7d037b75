import Contracts
import Hummingbird
import ProtoJSON
import RPC
import ServiceKit

/// `GET /v1/status`: whether each service can be reached from here and takes work.
struct StatusPage {
    /// Longest wait for a service's answer.
    static let patience = Duration.seconds(1)

    let parts: GatewayParts

    func answer(_ exchange: Exchange, _ caller: Caller) async throws -> Response {
        try QueryParameters(exchange.query).refuseOthers(than: [])
        let scope = exchange.scope(caller, deadline: .after(Self.patience))
        let states = await CallScope.$current.withValue(scope) {
            await withTaskGroup(of: (PeerService, String).self) { group in
                for service in PeerService.allCases {
                    group.addTask { [targets = parts.targets] in (service, await Self.state(of: service, targets)) }
                }
                return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("status", states.values.allSatisfy { $0 == Self.serving } ? "OK" : "DEGRADED")
        json.member("version", Release.version)
        json.key("services")
        json.beginArray()
        for service in PeerService.allCases {
            json.beginObject()
            json.member("name", service.rawValue)
            json.member("status", states[service] ?? StatusCode.unknown.name)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return Reply.bytes(json.bytes, type: Reply.json)
    }

    private static let serving = HealthV1.HealthCheckResponse.ServingStatus.serving.name

    /// What the service says of itself, or the status of asking it.
    private static func state(of service: PeerService, _ targets: Targets) async -> String {
        do {
            let channel = try targets.channel(to: service)
            return try await HealthClient(channel).check(.init()).status.name
        } catch let error as RPCError {
            return error.code.name
        } catch {
            return StatusCode.unimplemented.name
        }
    }
}
