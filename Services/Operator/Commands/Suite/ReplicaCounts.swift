/// How many processes of which services there are to be, as people write it: `enrolment=3,gateway=2`.
package struct ReplicaCounts: Hashable, Sendable {
    /// Most processes of one service on one machine.
    package static let most = 32

    package private(set) var byService: [String: Int] = [:]

    /// Of no service: each then has one.
    package init() {}

    /// - Parameter words: each `SERVICE=N`, or several with commas.
    package init(_ words: [String]) throws(Failure) {
        for word in words.flatMap({ $0.split(separator: ",") }) {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let count = Int(parts[1]) else {
                throw Failure(
                    .usage, "\"\(word)\" does not say how many processes of which service",
                    advice: "Write SERVICE=N, or several with commas: enrolment=3,gateway=2")
            }
            try add(String(parts[0]), count)
        }
    }

    package mutating func add(_ service: String, _ count: Int) throws(Failure) {
        guard SuitePlan.all.contains(service) else {
            throw Failure(
                .usage, "there is no service \"\(service)\"", advice: "There are \(SuitePlan.all.joined(separator: ", ")).")
        }
        guard 1...Self.most ~= count else {
            throw Failure(.usage, "\(service)=\(count): a service has 1 to \(Self.most) processes on one machine")
        }
        guard byService.updateValue(count, forKey: service) == nil else {
            throw Failure(.usage, "\(service) is given twice")
        }
    }

    package subscript(service: String) -> Int? { byService[service] }

    /// In the order in which the services depend on each other.
    package var inOrder: [(service: String, count: Int)] {
        SuitePlan.all.compactMap { service in byService[service].map { (service, $0) } }
    }

    package var text: String { inOrder.map { "\($0.service)=\($0.count)" }.joined(separator: ",") }
}
