import Contracts
import ProtoJSON
import Testing

@testable import GatewayService

@Suite("Routes")
struct RouteTableTests {
    private func outcome(_ verb: String, _ path: String) -> String {
        switch RouteTable.standard.match(verb: verb, path: path) {
        case .route(let route, let values):
            "\(route.pattern.text) "
                + values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        case .otherVerbs(let verbs): "405 \(verbs.joined(separator: " "))"
        case .unknown: "404"
        }
    }

    @Test(
        "a path and a verb lead to one route",
        arguments: [
            ("GET", "/v1/partners", "/v1/partners "),
            ("GET", "/v1/partners/p1", "/v1/partners/{id} id=p1"),
            ("HEAD", "/v1/partners/p1", "/v1/partners/{id} id=p1"),
            ("PUT", "/v1/partners/p1/members/m1", "/v1/partners/{partner_id}/members/{id} id=m1 partner_id=p1"),
            ("POST", "/v1/gias-imports/i1:start", "/v1/gias-imports/{id}:start id=i1"),
            ("POST", "/v1/gias-imports/i1:cancel", "/v1/gias-imports/{id}:cancel id=i1"),
            ("PUT", "/v1/gias-imports/i1/files/groups", "/v1/gias-imports/{id}/files/{file} file=groups id=i1"),
            ("GET", "/v1/gias-imports/i1/watch", "/v1/gias-imports/{id}/watch id=i1"),
            ("PUT", "/v1/application-imports/i1/file", "/v1/application-imports/{id}/file id=i1"),
            ("GET", "/v1/application-imports/i1/watch", "/v1/application-imports/{id}/watch id=i1"),
            ("GET", "/v1/candidates/c1/overview", "/v1/candidates/{id}/overview id=c1"),
            ("POST", "/v1/search", "/v1/search "),
            ("GET", "/v1/changes", "/v1/changes "),
            ("GET", "/v1/partners/a%2Fb", "/v1/partners/{id} id=a%2Fb"),
            ("GET", "/", "/ "),
            ("TRACE", "/v1/partners", "405 GET HEAD POST"),
            ("DELETE", "/v1/partners/p1", "405 GET HEAD PUT"),
            ("GET", "/v1/gias-imports/i1:start", "405 POST"),
            ("get", "/v1/partners", "405 GET HEAD POST"),
            ("POST", "/v1/gias-imports/i1:frobnicate", "404"),
            ("GET", "/v1/partners/", "404"),
            ("GET", "/v1//partners", "404"),
            ("GET", "/v1/partners/p1/nothing", "404"),
            ("GET", "/V1/partners", "404"),
            ("GET", "", "404"),
        ])
    func match(verb: String, path: String, expected: String) {
        #expect(outcome(verb, path) == expected)
    }

    @Test("every annotated method of a service behind the gateway has its route, and no other")
    func complete() {
        let annotated = ContractCatalogue.services.filter { $0.name.hasPrefix("olp.") }
            .flatMap(\.methods).flatMap(\.http)
        #expect(RouteTable.generated(ContractCatalogue.services).count == annotated.count)
        #expect(annotated.count > 15)
    }

    @Test("addresses without an annotation are described too")
    func described() {
        let pages: Set = ["/", "/livez", "/readyz", "/openapi.json"]
        for route in RouteTable.handWritten.map(\.pattern.text) where !pages.contains(route) {
            let isDescribed = OpenAPIDocument.json.contains("\"\(route)\": {")
            #expect(isDescribed, "\(route)")
        }
    }

    @Test("variables of a path are fields of its request")
    func variables() {
        for case let route in RouteTable.generated(ContractCatalogue.services) {
            guard case .method(let entry, _) = route.endpoint else { continue }
            for variable in route.pattern.variables {
                #expect(entry.requestFields.contains { $0.name == variable }, "\(route.pattern.text)")
            }
        }
    }

    @Test("only health and the description of the interface are open")
    func open() {
        #expect(RouteTable.handWritten.filter(\.isOpen).map(\.pattern.text) == ["/openapi.json", "/livez", "/readyz"])
        #expect(!RouteTable.generated(ContractCatalogue.services).contains { $0.isOpen })
    }
}
