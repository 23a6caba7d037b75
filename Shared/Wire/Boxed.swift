/// A message inside a message of its own kind, which a struct cannot hold directly.
package indirect enum Boxed<Value: Hashable & Sendable>: Hashable, Sendable {
    case absent
    case present(Value)

    package init(_ value: Value?) {
        self = value.map { .present($0) } ?? .absent
    }

    package var value: Value? {
        switch self {
        case .absent: nil
        case .present(let value): value
        }
    }
}
