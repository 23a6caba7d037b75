// What generated codecs are written with. Not for use by hand.

extension Arena {
    /// From this size on, byte arrays are packed from where they are instead of being copied first.
    @usableFromInline static let copyLimit = 4096

    /// The UTF-8 of a text.
    @inlinable
    package func bytes(of text: String) -> UnsafeMutableBufferPointer<UInt8> {
        let copy = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe copied($0) }
        if let copy = unsafe copy { return unsafe copy }
        return unsafe bytes(ofForeign: text)
    }

    /// Text that is not stored as UTF-8, which happens on Apple's systems only.
    @usableFromInline
    @inline(never)
    func bytes(ofForeign text: String) -> UnsafeMutableBufferPointer<UInt8> {
        unsafe Array(text.utf8).withUnsafeBufferPointer { unsafe copied($0) }
    }

    /// The bytes of an array. Long ones are not copied: an array keeps its elements in place as long
    /// as it lives and is not changed, and the message that holds it is kept alive by `withPacking`.
    @inlinable
    package func bytes(of array: [UInt8]) -> UnsafeMutableBufferPointer<UInt8> {
        unsafe array.withUnsafeBufferPointer { source in
            source.count < Arena.copyLimit ? unsafe copied(source) : unsafe UnsafeMutableBufferPointer(mutating: source)
        }
    }

    /// A copy of a list of numbers, or nil for an empty one.
    @inlinable
    package func list<Element: BitwiseCopyable>(of array: [Element]) -> UnsafeMutablePointer<Element>? {
        guard !array.isEmpty else { return nil }
        return unsafe array.withUnsafeBufferPointer { unsafe copied($0).baseAddress }
    }

    /// Uninitialised space for a list.
    @inlinable
    package func list<Element>(_ type: Element.Type, count: Int) -> UnsafeMutablePointer<Element> {
        let block = unsafe allocate(byteCount: count * MemoryLayout<Element>.stride)
        return unsafe block.bindMemory(to: type, capacity: count)
    }

    @inlinable
    func copied<Element: BitwiseCopyable>(
        _ source: UnsafeBufferPointer<Element>
    ) -> UnsafeMutableBufferPointer<Element> {
        guard let start = source.baseAddress, source.count > 0 else {
            return unsafe UnsafeMutableBufferPointer(start: nil, count: 0)
        }
        let copy = unsafe list(Element.self, count: source.count)
        unsafe copy.update(from: start, count: source.count)
        return unsafe UnsafeMutableBufferPointer(start: copy, count: source.count)
    }
}

/// Makes Swift values of what protobuf-c unpacked.
package enum Unpacked {
    /// The scan has seen that it is UTF-8.
    @inlinable
    package static func text(_ start: UnsafePointer<UInt8>?, _ count: Int) -> String {
        guard let start = unsafe start, count > 0 else { return "" }
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    @inlinable
    package static func bytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }

    @inlinable
    package static func list<Element: BitwiseCopyable>(
        _ start: UnsafePointer<Element>?, _ count: Int
    ) -> [Element] {
        unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}

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
