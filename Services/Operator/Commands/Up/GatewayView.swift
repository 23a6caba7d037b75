import Foundation
import HTTPClient

/// What the gateway says of the services behind it.
struct GatewayView: Decodable {
    struct Service: Decodable {
        let name: String
        let status: String
    }

    private static let timeout = Duration.seconds(3)
    private static let well = "SERVING"

    let services: [Service]

    /// Why the gateway there cannot do all of its work, in a few words; nil if it can, or does not say.
    static func complaint(_ url: String, _ state: SuiteState) async -> String? {
        guard let token = try? GatewayAccess.readToken(state.tokenFile),
            let access = try? GatewayAccess(url: url, token: token),
            let reply = try? await access.send(HTTPRequest("GET", "/v1/status", timeout: timeout)), reply.isSuccess,
            let view = try? JSONDecoder().decode(GatewayView.self, from: Data(reply.body))
        else { return nil }
        return view.complaint
    }

    var complaint: String? {
        let missing = services.filter { $0.status != Self.well }.map { "\($0.name) (\($0.status))" }
        return missing.isEmpty ? nil : "it cannot use \(missing.joined(separator: ", "))"
    }
}
