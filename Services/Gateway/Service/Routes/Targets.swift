package import RPC

/// The services behind the gateway, and the way to each.
package struct Targets: Sendable {
    /// The gateway itself, for the answers that it puts together.
    package static let own = "gateway"
    /// Names of processes by the second part of their services' names: "olp.partnership.v1.Partners".
    private static let processes = Dictionary(
        uniqueKeysWithValues: (PeerService.allCases.map(\.rawValue) + [own]).map {
            ($0.replacing("-", with: "_"), $0)
        })

    private let channels: [String: any Channel]

    /// - Parameters:
    ///   - peers: The way to each service; one that is left out is not part of this installation.
    ///   - own: The way to the gateway's own methods.
    package init(peers: [PeerService: any Channel], own: any Channel) {
        var channels: [String: any Channel] = [Self.own: own]
        for (peer, channel) in peers { channels[peer.rawValue] = channel }
        self.channels = channels
    }

    /// The process that has a service, or nil for one that the gateway does not forward to.
    static func name(ofService service: String) -> String? {
        let parts = service.split(separator: ".")
        guard parts.count > 1, parts[0] == "olp" else { return nil }
        return processes[String(parts[1])]
    }

    func channel(to peer: PeerService) throws(Problem) -> any Channel {
        guard let channel = channels[peer.rawValue] else {
            throw Problem(
                .status(.unimplemented, isConditional: false), "\(peer.rawValue) is not part of this installation.")
        }
        return channel
    }

    func channel(for method: MethodDescriptor) throws(Problem) -> any Channel {
        guard let name = Self.name(ofService: method.service), let channel = channels[name] else {
            throw Problem(.status(.unimplemented, isConditional: false), "No service of this installation has it.")
        }
        return channel
    }
}
