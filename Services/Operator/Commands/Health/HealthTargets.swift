import Contracts

/// Whom `olp health` asks for what.
package struct HealthTargets: Hashable, Sendable {
    package struct Process: Hashable, Sendable {
        package let name: String
        package let endpoint: String
        /// What it is one of; of a process outside the suite its endpoint.
        package let service: String
        /// Full names; empty: all.
        package var services: [String]

        package init(name: String, endpoint: String, service: String? = nil, services: [String]) {
            self.name = name
            self.endpoint = endpoint
            self.service = service ?? name
            self.services = services
        }
    }

    package private(set) var processes: [Process]

    /// One process that need not be the suite's.
    /// - Parameter process: its name, if that is known.
    package init(endpoint: String, process: String? = nil, words: [String]) {
        processes = [Process(name: process ?? endpoint, endpoint: endpoint, services: words)]
    }

    /// - Parameter words: names of processes or of services, such as "enrolment-2", "enrolment" for all of its replicas,
    ///   "olp.partnership.v1.Partners" or "Partners"; none: every process.
    package init(_ state: SuiteState, words: [String]) throws(Failure) {
        let all = state.services.compactMap { service in
            service.endpoint.map { Process(name: service.name, endpoint: $0, service: service.service, services: []) }
        }
        guard !words.isEmpty else {
            processes = all
            return
        }
        processes = []
        for word in words {
            let meant = all.filter { $0.service == word || $0.name == word }
            guard meant.isEmpty else {
                for process in meant { add(process) }
                continue
            }
            let service = try Self.service(word)
            // Without a process in its name, as health itself: all of them have it.
            let owners = service.methods.first.flatMap(MethodFinder.process(of:)).map { [$0] } ?? all.map(\.service)
            for owner in all where owners.contains(owner.service) {
                var process = owner
                process.services = [service.name]
                add(process)
            }
        }
        if processes.isEmpty { throw Failure(.notRunning, "the suite has no \(words.joined(separator: ", "))") }
    }

    private mutating func add(_ process: Process) {
        guard let index = processes.firstIndex(where: { $0.name == process.name }) else {
            return processes.append(process)
        }
        // Named as a whole, before or now.
        let isWhole = processes[index].services.isEmpty || process.services.isEmpty
        processes[index].services = isWhole ? [] : processes[index].services + process.services
    }

    private static func service(_ word: String) throws(Failure) -> ServiceEntry {
        let wanted = word.lowercased()
        let matches = ContractCatalogue.services.filter { service in
            let name = service.name.lowercased()
            return name == wanted || name.hasSuffix("." + wanted)
        }
        guard matches.count == 1 else {
            throw Failure(
                .usage,
                matches.isEmpty
                    ? "there is no process or service \"\(word)\"" : "\"\(word)\" is the name of several services",
                advice: matches.isEmpty
                    ? "Processes: \(SuitePlan.all.joined(separator: ", ")). "
                        + "Services: olp call --list"
                    : "Write one of: " + matches.map(\.name).joined(separator: ", "))
        }
        return matches[0]
    }
}
