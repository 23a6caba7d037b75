/// A service that the gateway calls; the raw value is the name of its process.
package enum PeerService: String, CaseIterable, Sendable {
    case diagnostics
    case enrolment
    case partnership
    case trainingEvents = "training-events"
}
