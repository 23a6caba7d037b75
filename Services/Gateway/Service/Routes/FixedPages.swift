import Contracts
import Hummingbird
import ProtoJSON
import ServiceKit

/// The answers that need no service.
enum FixedPages {
    static func answer(_ endpoint: Route.Endpoint, _ readiness: Readiness) -> Response {
        switch endpoint {
        case .live: Reply.text("alive\n")
        case .ready: ready(readiness.answer)
        case .openAPI: Reply.bytes(openAPI, type: Reply.json)
        case .index, .method, .uploadFile, .watchImport, .watchChanges, .status: Reply.bytes(index, type: Reply.json)
        }
    }

    /// Whoever asks from outside learns that it is not ready, not why.
    private static func ready(_ answer: Readiness.Answer) -> Response {
        answer.isReady ? Reply.text("ready\n") : Reply.text("not ready\n", status: .serviceUnavailable)
    }

    private static let openAPI = Array(OpenAPIDocument.json.utf8)

    /// What there is, for people who come with a browser or curl.
    private static let index: [UInt8] = {
        var json = JSONWriter(isIndented: true)
        json.beginObject()
        json.member("name", "olp gateway")
        json.member("version", Release.version)
        json.member("openapi", "/openapi.json")
        json.member("health", "/readyz")
        json.key("addresses")
        json.beginArray()
        for route in RouteTable.generated(ContractCatalogue.services) + RouteTable.handWritten {
            json.value("\(route.verb.rawValue) \(route.pattern.text)")
        }
        json.endArray()
        json.endObject()
        return json.bytes + [0x0A]
    }()
}
