package import Contracts
import RPC

/// Finds a method by as much of its name as tells it apart.
package enum MethodFinder {
    /// - Parameter name: "olp.partnership.v1.Partners/GetPartner", "Partners/GetPartner" or "GetPartner", in any case.
    package static func find(_ name: String, in services: [ServiceEntry] = ContractCatalogue.services)
        throws(Failure) -> MethodEntry
    {
        let all = services.flatMap(\.methods)
        let wanted = name.lowercased()
        let matches = all.filter { method in
            let full = method.descriptor.fullName.lowercased()
            return full == wanted || full.hasSuffix("." + wanted) || full.hasSuffix("/" + wanted)
        }
        if matches.count == 1 { return matches[0] }
        guard matches.isEmpty else {
            throw Failure(
                .usage, "\"\(name)\" is the name of \(matches.count) methods",
                advice: "Write one of: " + matches.map(\.descriptor.fullName).joined(separator: ", "))
        }
        let word = String(wanted.split(separator: "/").last ?? "")
        let like = all.map(shortName).filter { $0.lowercased().contains(word) }
        throw Failure(
            .usage, "there is no method \"\(name)\"",
            advice: like.isEmpty ? "All methods: olp call --list" : "Did you mean \(like.joined(separator: " or "))?")
    }

    /// "Partners/GetPartner".
    package static func shortName(_ method: MethodEntry) -> String {
        let service = method.descriptor.service
        let start = service.lastIndex(of: ".").map(service.index(after:)) ?? service.startIndex
        return "\(service[start...])/\(method.descriptor.method)"
    }

    /// Which process of the suite serves it: the area in "olp.training_events.v1.…"; nil for what all of them serve.
    package static func process(of method: MethodEntry) -> String? {
        let parts = method.descriptor.service.split(separator: ".")
        guard parts.count > 2, parts[0] == "olp" else { return nil }
        let area = String(parts[1]).replacing("_", with: "-")
        return SuitePlan.all.contains(area) ? area : nil
    }
}
