package import Contracts
import Foundation
package import ProtoJSON
import RPC

/// A method that answers a list page by page, as the contracts describe it.
package struct ListMethod: Sendable {
    package let entry: MethodEntry
    /// The process of the suite that serves it.
    package let process: String
    /// The field of the reply with the rows.
    package let rows: FieldInfo
    /// Whose list it is: a field of the path, such as the `id` of "/v1/events/{id}/history".
    package let subject: FieldInfo?
    /// Where the subjects themselves are listed: "/v1/events".
    package let subjectRoute: String?
    package let order: FieldInfo?
    /// Everything else that chooses rows.
    package let filters: [FieldInfo]

    package var name: String { MethodFinder.shortName(entry) }
    /// Full name of what a row is.
    package var rowMessage: String { rows.messageName ?? "" }
    package var route: HTTPRoute? { entry.http.first }

    /// Nil for a method that is no list, or that no process of the suite serves.
    package init?(_ entry: MethodEntry) {
        let fields = entry.requestFields
        let page = fields.filter { $0.name == "page_size" || $0.name == "page_token" }
        let rows = entry.reply.fields.filter { $0.isRepeated && !$0.isMap && $0.kind == .message }
        guard !entry.descriptor.kind.hasRequestStream, !entry.descriptor.kind.hasResponseStream, page.count == 2,
            entry.reply.fields.contains(where: { $0.name == "next_page_token" }), rows.count == 1,
            let process = MethodFinder.process(of: entry)
        else { return nil }
        self.entry = entry
        self.process = process
        self.rows = rows[0]
        let pattern = entry.http.first?.pattern ?? ""
        let named = fields.first { pattern.contains("/{\($0.name)}") }
        subject = named
        subjectRoute = named.flatMap { pattern.range(of: "/{\($0.name)}") }.map { String(pattern[..<$0.lowerBound]) }
        order = fields.first { $0.kind == .enum && !$0.isRepeated && $0.name == "order" }
        let others = Set(page.map(\.name) + [named?.name, order?.name].compactMap(\.self))
        filters = fields.filter { !others.contains($0.name) }
    }

    package static func all(in services: [ServiceEntry] = ContractCatalogue.services) -> [ListMethod] {
        services.flatMap(\.methods).compactMap { ListMethod($0) }
    }
}
