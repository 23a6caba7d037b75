import Contracts
import Foundation

/// A message as JSON, taken apart to find the record that it is about.
package struct Answered {
    private let members: [String: Any]

    package init(json: String) throws {
        let object = try JSONSerialization.jsonObject(with: Data(json.utf8))
        members = object as? [String: Any] ?? [:]
    }

    /// A message of any type of the catalogue.
    package init(_ bytes: [UInt8], ofType name: String) throws {
        let json = try ContractCatalogue.message(name)?.toJSON(bytes, includeDefaults: true) ?? []
        try self.init(json: String(decoding: json, as: UTF8.self))
    }

    private init(members: [String: Any]) { self.members = members }

    /// Fields in which answers and events carry the record that they are about.
    private static let carriers = [
        "partner", "member", "application", "event", "booking", "waiting", "entry", "diagnostic",
    ]

    /// The record: the message itself, or what it carries.
    package var record: Answered {
        Self.carriers.lazy.compactMap { members[$0] as? [String: Any] }.first.map { Answered(members: $0) } ?? self
    }

    package func text(_ field: String) -> String { members[field] as? String ?? "" }
    package var id: String { text("id") }
    package var version: Int64? { Int64(text("version")) }

    package func list(_ field: String) -> [Answered] {
        (members[field] as? [[String: Any]] ?? []).map { Answered(members: $0) }
    }

    /// Equal for equal messages.
    package var canonical: String {
        let data = try? JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])
        return String(decoding: data ?? Data(), as: UTF8.self)
    }
}
