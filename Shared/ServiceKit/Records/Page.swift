package import Storage

/// A page of a list and how to get the next.
package struct Page<Element: Sendable>: Sendable {
    package var elements: [Element]
    /// Empty on the last page.
    package var nextToken: String

    package init(elements: [Element] = [], nextToken: String = "") {
        self.elements = elements
        self.nextToken = nextToken
    }
}

extension Page {
    /// Of `size` + 1 rows at most, of which the last only tells that there are more.
    /// - Parameters:
    ///   - filters: everything that chooses and orders the rows; the token is tied to it.
    ///   - keys: the sort values of a row, from which the next page goes on.
    package init(
        _ rows: [Row], size: Int, filters: [SQLValue], element: (Row) throws -> Element,
        keys: (Row) throws -> [SQLValue]
    ) throws {
        self.init(elements: try rows.prefix(size).map(element))
        if rows.count > size, size > 0 {
            nextToken = PageToken.text(after: try keys(rows[size - 1]), filters: filters)
        }
    }
}
