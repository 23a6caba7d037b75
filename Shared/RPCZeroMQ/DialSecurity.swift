import Synchronization
import ZeroMQ

/// What each attempt of a channel to connect is secured with.
///
/// While a service's key is changed its name has two; attempts take turns, so that one of them gets through.
final class DialSecurity: Sendable {
    private let known: (own: CurveKeyPair, services: KeyListFile, name: String)?
    private let turn = Atomic<Int>(0)

    /// Nothing is encrypted.
    init() { known = nil }

    init(own: CurveKeyPair, services: KeyListFile, name: String) { known = (own, services, name) }

    /// - Throws: ``ZeroMQError`` with `untrusted` if the list has no key of the service now.
    func next() throws(ZeroMQError) -> TransportSecurity {
        guard let known else { return .none }
        let keys = known.services.current().keys(of: known.name)
        guard !keys.isEmpty else {
            throw ZeroMQError(code: .untrusted, operation: "look for \(known.name) in \(known.services.path)")
        }
        let attempt = turn.add(1, ordering: .relaxed).oldValue
        return .client(server: keys[attempt % keys.count], own: known.own)
    }
}
