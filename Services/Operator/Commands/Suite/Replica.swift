/// One process of a service; there may be others that do the same.
package struct Replica: Hashable, Sendable {
    package let service: String
    /// From 1; nil for one that began alone and has its service's name.
    package let number: Int?

    package init(_ service: String, number: Int? = nil) {
        self.service = service
        self.number = number
    }

    /// Reads the name of a process, such as "enrolment" or "enrolment-2"; nil if it is none of a suite.
    package init?(name: String) {
        if SuitePlan.all.contains(name) {
            self.init(name)
        } else if let hyphen = name.lastIndex(of: "-"), let number = Int(name[name.index(after: hyphen)...]), number > 0,
            SuitePlan.all.contains(String(name[..<hyphen]))
        {
            self.init(String(name[..<hyphen]), number: number)
        } else {
            return nil
        }
    }

    /// Of its log, its socket and its line in every table.
    package var name: String { number.map { "\(service)-\($0)" } ?? service }

    /// Its number, which for one that began alone is 1.
    package var place: Int { number ?? 1 }

    /// Those that come when there are to be `count` of a service: the lowest numbers that are free.
    package static func missing(_ service: String, of count: Int, beside there: [Replica]) -> [Replica] {
        let taken = Set(there.map(\.place))
        return Array((1...max(count, 1)).filter { !taken.contains($0) }.prefix(max(0, count - there.count)))
            .map { Replica(service, number: $0) }
    }

    /// Those that go when there are to be `count`: the highest numbers, highest first.
    package static func surplus(over count: Int, among there: [Replica]) -> [Replica] {
        Array(there.sorted { $0.place > $1.place }.prefix(max(0, there.count - count)))
    }
}
