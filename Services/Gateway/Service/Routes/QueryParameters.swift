import Contracts
import ProtoJSON
import RPC

/// The parameters of a URL's query, in order.
struct QueryParameters {
    struct Parameter: Hashable {
        let name: String
        let value: String
    }

    /// More than any form sends.
    private static let maximumCount = 200

    let all: [Parameter]

    /// - Parameter text: what follows the question mark, escaped.
    init(_ text: Substring) throws(Problem) {
        var all: [Parameter] = []
        for part in text.split(separator: "&") {
            let equals = part.firstIndex(of: "=") ?? part.endIndex
            guard let name = PercentEncoding.decoded(part[..<equals], plusIsSpace: true),
                let value = PercentEncoding.decoded(part[equals...].dropFirst(), plusIsSpace: true)
            else {
                throw Problem(
                    .malformedRequest, "The query has an escape that is not %XX of UTF-8 text; write % itself as %25.")
            }
            all.append(Parameter(name: name, value: value))
            guard all.count <= Self.maximumCount else {
                throw Problem(.malformedRequest, "The query has more than \(Self.maximumCount) parameters.")
            }
        }
        self.all = all
    }

    /// The value of a parameter that may be given once.
    func only(_ name: String) throws(Problem) -> String? {
        let values = all.filter { $0.name == name }
        guard values.count < 2 else { throw .invalid(name, "is given \(values.count) times, and may be given once") }
        return values.first?.value
    }

    /// - Throws: a problem that names the first parameter that is not one of `known`.
    func refuseOthers(than known: [String]) throws(Problem) {
        guard let other = all.first(where: { !known.contains($0.name) }) else { return }
        throw Self.unknown(other.name, known)
    }

    static func unknown(_ name: String, _ known: [String]) -> Problem {
        let shown = String(name.prefix(60))
        let detail = known.isEmpty ? "takes none" : "takes \(known.joined(separator: ", "))"
        return Problem(
            .status(.invalidArgument, isConditional: false),
            "Unknown query parameter \"\(shown)\": this address \(detail).",
            errors: [.init(field: shown, detail: "is not a parameter of this address")])
    }
}
