import Synchronization

/// Work on many things, a bounded number of them at a time.
enum Parallel {
    /// The results in the order of `elements`. The first error stops the rest.
    static func map<Element: Sendable, R: Sendable>(
        _ elements: [Element], inFlight: Int, _ body: @escaping @Sendable (Element) async throws -> R
    ) async throws -> [R] {
        try await withThrowingTaskGroup(of: (Int, R).self) { group in
            var results = [R?](repeating: nil, count: elements.count)
            var next = 0
            func start() {
                guard next < elements.count else { return }
                let (index, element) = (next, elements[next])
                next += 1
                group.addTask { (index, try await body(element)) }
            }
            for _ in 0..<inFlight { start() }
            while let (index, result) = try await group.next() {
                results[index] = result
                start()
            }
            return results.compactMap(\.self)
        }
    }
}
