import Contracts
import RPC

/// Which changes a watcher wants to hear of.
struct ChangeFilter: Sendable {
    private static let maximumTypes = 20
    private static let maximumBytes = 200
    static let parameters = ["services", "types", "subject", "after"]

    /// In the order of their names.
    let services: [PeerService]
    /// Names of events, "application.accepted", or their beginnings, "application."; none: all.
    private let exact: Set<String>
    private let beginnings: [String]
    private let subject: String?

    init(_ query: QueryParameters) throws(Problem) {
        var services: Set<PeerService> = []
        for name in try Self.list(query, "services") {
            guard let service = PeerService(rawValue: name) else {
                let known = PeerService.allCases.map(\.rawValue).joined(separator: ", ")
                throw .invalid("services", "must be some of \(known), with commas between them")
            }
            services.insert(service)
        }
        self.services = PeerService.allCases.filter { services.isEmpty || services.contains($0) }
        var (exact, beginnings): (Set<String>, [String]) = ([], [])
        for type in try Self.list(query, "types") {
            let isPattern = type.hasSuffix(".*")
            let name = isPattern ? type.dropLast() : type[...]
            guard !name.isEmpty, name.utf8.count <= Self.maximumBytes, !name.contains("*") else {
                throw .invalid("types", "must be names such as application.accepted or application.*, with commas")
            }
            if isPattern { beginnings.append(String(name)) } else { exact.insert(String(name)) }
        }
        guard exact.count + beginnings.count <= Self.maximumTypes else {
            throw .invalid("types", "must be at most \(Self.maximumTypes)")
        }
        self.exact = exact
        self.beginnings = beginnings
        subject = try query.only("subject")
        guard subject?.utf8.count ?? 1 <= Self.maximumBytes, subject != "" else {
            throw .invalid("subject", "must be the id of a record")
        }
    }

    private static func list(_ query: QueryParameters, _ name: String) throws(Problem) -> [String] {
        guard let text = try query.only(name) else { return [] }
        return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    func takes(_ event: CommonV1.FeedEvent) -> Bool {
        if let subject, event.subject != subject { return false }
        if exact.isEmpty, beginnings.isEmpty { return true }
        return exact.contains(event.type) || beginnings.contains { event.type.hasPrefix($0) }
    }
}
