package import RPC

/// The services behind the gateway, and the way to each.
package struct Targets: Sendable {
    /// Names of processes by the second part of their services' names: "olp.partnership.v1.Partners".
    private static let processes = [
        "partnership": "partnership", "enrolment": "enrolment", "training_events": "training-events",
        "diagnostics": "diagnostics",
    ]

    static let all = processes.values.sorted()

    private let channels: [String: any Channel]

    /// - Parameter channels: by the process's name.
    package init(_ channels: [String: any Channel]) {
        self.channels = channels
    }

    /// The process that has a service, or nil for one that the gateway does not forward to.
    static func name(ofService service: String) -> String? {
        let parts = service.split(separator: ".")
        guard parts.count > 1, parts[0] == "olp" else { return nil }
        return processes[String(parts[1])]
    }

    func channel(for method: MethodDescriptor) throws(Problem) -> any Channel {
        guard let name = Self.name(ofService: method.service), let channel = channels[name] else {
            throw Problem(.status(.unimplemented, isConditional: false), "No service of this installation has it.")
        }
        return channel
    }
}
