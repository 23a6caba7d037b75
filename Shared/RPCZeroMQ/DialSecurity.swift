import Synchronization
import ZeroMQ

/// What each attempt of a channel to connect is secured with.
///
/// While a service's key is changed its name has two. A key that got through is used again; after a failure it is the
/// next one's turn.
final class DialSecurity: Sendable {
    private struct State {
        var turn = 0
        /// Whether the last attempt is not known to have got through.
        var isOpen = false
    }

    private let known: (own: CurveKeyPair, services: KeyListFile, name: String)?
    private let state = Mutex(State())

    /// Nothing is encrypted.
    init() { known = nil }

    init(own: CurveKeyPair, services: KeyListFile, name: String) { known = (own, services, name) }

    /// For one attempt.
    /// - Throws: ``ZeroMQError`` with `untrusted` if the list has no key of the service now.
    func next() throws(ZeroMQError) -> TransportSecurity {
        guard let known else { return .none }
        let keys = known.services.current().keys(of: known.name)
        guard !keys.isEmpty else {
            throw ZeroMQError(code: .untrusted, operation: "look for \(known.name) in \(known.services.path)")
        }
        let turn = state.withLock { state in
            if state.isOpen { state.turn += 1 }
            state.isOpen = true
            return state.turn
        }
        return .client(server: keys[turn % keys.count], own: known.own)
    }

    /// The last attempt got through.
    func succeeded() { state.withLock { $0.isOpen = false } }
}
