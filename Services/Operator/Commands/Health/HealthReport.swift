/// What `olp health` makes of the answers.
package struct HealthReport: Sendable {
    private struct JSON: Codable {
        let serves: Bool
        let services: [HealthLine]
    }

    package let lines: [HealthLine]

    package init(_ lines: [HealthLine]) {
        self.lines = lines
    }

    /// A process whose services all say the same is one row; `isDetailed`: a row for each service.
    package func rows(isDetailed: Bool) -> [String] {
        var cells = [["", "STATUS", "SERVICES"]]
        for process in processes {
            let own = lines.filter { $0.process == process }
            let named = own.count { !$0.service.isEmpty }
            if !isDetailed, let first = own.first, own.allSatisfy({ $0.status == first.status }) {
                cells.append([process, first.status, first.reason ?? "\(named)"])
            } else {
                cells += own.map { line in
                    [process, line.status, line.service.isEmpty ? "the process" : line.service]
                        + (line.reason.map { [$0] } ?? [])
                }
            }
        }
        return Table.rows(cells)
    }

    package var json: String { JSONText.encode(JSON(serves: failure == nil, services: lines)) }

    /// Nil if everything serves.
    package var failure: Failure? {
        guard !lines.isEmpty else { return Failure(.failure, "there is nothing to ask") }
        guard let bad = lines.first(where: { !$0.serves }) else { return nil }
        let name = bad.service.isEmpty ? bad.process : "\(bad.service) of \(bad.process)"
        return Failure(
            .failure, "\(name) is \(bad.status)\(bad.reason.map { ": \($0)" } ?? "")",
            advice: "Why it does not serve: olp status")
    }

    /// Names of processes in the order in which they were asked.
    private var processes: [String] {
        var names: [String] = []
        for line in lines where names.last != line.process && !names.contains(line.process) {
            names.append(line.process)
        }
        return names
    }
}
