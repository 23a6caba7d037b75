import ServiceKit
import Storage

/// The PostgreSQL database in which a suite keeps its stores, each in a schema of its own.
///
/// Its address may hold a password, so it is given to processes in their environment, which only their owner can read,
/// and is never shown whole.
package struct SuiteDatabase: Hashable, Sendable {
    /// Says where the database is, for those who do not want it in the arguments of `olp up`.
    package static let variable = "OLP_DATABASE"

    private static let schemes = ["postgres://", "postgresql://"]

    /// With the password, if there is one: for environments only.
    let address: String

    /// - Throws: what is wrong with the address, without saying it: it may hold a password.
    package init(_ address: String) throws(Failure) {
        let advice = "Write postgres://USER@HOST:PORT/DATABASE, in --database or the variable \(Self.variable)."
        guard Self.schemes.contains(where: address.hasPrefix) else {
            throw Failure(.usage, "the address of the database is none of PostgreSQL", advice: advice)
        }
        guard !Self.parameters(address).contains(where: { $0.hasPrefix("schema=") }) else {
            throw Failure(
                .usage, "the address of the database names a schema, but each service has one of its own",
                advice: "Leave it out: it is the service's name.")
        }
        self.address = address
        do throws(StoreError) {
            _ = try StoreLocation(store(of: SuitePlan.services[0]))
        } catch {
            throw Failure(.usage, "the address of the database cannot be used: \(error.message)", advice: advice)
        }
    }

    /// The database that a command is told by `--database`, else by the variable; nil: none.
    static func told(_ option: String?, _ surroundings: Surroundings) throws(Failure) -> SuiteDatabase? {
        let address = option ?? surroundings.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        guard let address else { return nil }
        return try SuiteDatabase(address)
    }

    /// Where a service keeps its rows.
    package func store(of service: String) -> String {
        "\(address)\(address.contains("?") ? "&" : "?")schema=\(Self.schema(of: service))"
    }

    /// "training_events" for "training-events".
    package static func schema(of service: String) -> String { service.replacing("-", with: "_") }

    /// The variable by which a process learns it.
    package static func storeVariable(of service: String) -> String { CommonKeys.store.variable(of: service) }

    /// The address without a password or any parameter.
    package var shown: String {
        let bare = address.prefix { $0 != "?" }
        let scheme = Self.schemes.first(where: bare.hasPrefix) ?? ""
        let rest = bare.dropFirst(scheme.count)
        // A password may hold a slash that somebody forgot to escape; what stands before the last @ is no host.
        guard let at = rest.lastIndex(of: "@") else { return String(bare) }
        let user = rest[..<at].prefix { $0 != ":" }
        return "\(scheme)\(user)\(rest[at...])"
    }

    /// Whether the address holds a password, which whoever lists this machine's processes would see among arguments.
    package var holdsPassword: Bool {
        Self.parameters(address).contains { $0.hasPrefix("password=") } || shown != address.prefix { $0 != "?" }
    }

    private static func parameters(_ address: String) -> [Substring] {
        guard let mark = address.firstIndex(of: "?") else { return [] }
        return address[address.index(after: mark)...].split(separator: "&")
    }
}
