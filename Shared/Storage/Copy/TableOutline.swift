/// A table as its engine describes it: what a copy of its rows needs to know.
struct TableOutline: Hashable, Sendable {
    var name: String
    /// In the order in which they were declared.
    var columns: [String]
    /// Columns of the primary key; empty if there is none.
    var key: [String]
    /// Tables that its rows refer to, itself left out.
    var parents: Set<String>

    /// Parents before those who refer to them.
    static func inOrder(_ tables: [TableOutline]) throws(StoreError) -> [TableOutline] {
        var waiting = tables.sorted { $0.name < $1.name }
        var ordered: [TableOutline] = []
        var done: Set<String> = []
        while !waiting.isEmpty {
            let ready = waiting.filter { $0.parents.isSubset(of: done) }
            guard !ready.isEmpty else {
                throw StoreError(.internal, "These tables refer to each other in a circle, so their rows cannot be copied one "
                    + "table after the other: \(waiting.map(\.name).joined(separator: ", ")).")
            }
            ordered += ready
            done.formUnion(ready.map(\.name))
            waiting.removeAll { done.contains($0.name) }
        }
        return ordered
    }
}
