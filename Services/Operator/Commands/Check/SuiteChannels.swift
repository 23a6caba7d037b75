package import RPC

/// Channels to the four services of a suite.
package struct SuiteChannels: Sendable {
    package let partnership: any Channel
    package let enrolment: any Channel
    package let trainingEvents: any Channel
    package let diagnostics: any Channel

    package init(
        partnership: any Channel, enrolment: any Channel, trainingEvents: any Channel, diagnostics: any Channel
    ) {
        self.partnership = partnership
        self.enrolment = enrolment
        self.trainingEvents = trainingEvents
        self.diagnostics = diagnostics
    }

    /// By the services' names, in the order in which they depend on each other.
    var byName: [(name: String, channel: any Channel)] {
        Array(zip(SuitePlan.services, [partnership, enrolment, trainingEvents, diagnostics]))
    }

    /// Lends channels to the services of a suite on this machine.
    static func with<R: Sendable>(
        _ state: SuiteState, _ body: (SuiteChannels) async throws -> R
    ) async throws -> R {
        var connections: [ServiceConnection] = []
        defer { for connection in connections { connection.close() } }
        for name in SuitePlan.services {
            connections.append(try ServiceConnection(to: state.target(name)))
        }
        return try await body(
            SuiteChannels(
                partnership: connections[0].channel, enrolment: connections[1].channel,
                trainingEvents: connections[2].channel, diagnostics: connections[3].channel))
    }
}
