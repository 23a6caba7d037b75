/// The files that reflection serves: serialised FileDescriptorProtos, without comments. What is in them
/// is generated.
package enum DescriptorFiles {
    struct File: Sendable {
        let name: String
        let dependencies: [String]
        /// Full names of messages, enums, services and methods.
        let symbols: [String]
        let extensions: [Extension]
        let bytes: @Sendable () -> [UInt8]
    }

    struct Extension: Sendable {
        /// Full name of the message that is extended.
        let type: String
        let number: Int
    }

    private static let filesByName: [String: File] = .init(uniqueKeysWithValues: files.map { ($0.name, $0) })
    private static let fileOfSymbol: [String: String] = .init(
        uniqueKeysWithValues: files.flatMap { file in file.symbols.map { ($0, file.name) } })

    /// All names, such as "olp/partnership/v1/partners.proto".
    package static var names: [String] { files.map(\.name) }

    package static func file(named name: String) -> [UInt8]? {
        filesByName[name]?.bytes()
    }

    package static func dependencies(ofFile name: String) -> [String] {
        filesByName[name]?.dependencies ?? []
    }

    /// Name of the file that declares a message, enum, service, method, field or value of an enum.
    package static func file(containing symbol: String) -> String? {
        if let name = fileOfSymbol[symbol] { return name }
        // Fields and values are not in the list; what they belong to is.
        return symbol.lastIndex(of: ".").flatMap { fileOfSymbol[String(symbol[..<$0])] }
    }

    /// Name of the file that declares the extension of a message with this number.
    package static func file(extending type: String, number: Int) -> String? {
        files.first { $0.extensions.contains { $0.type == type && $0.number == number } }?.name
    }

    /// Numbers of all extensions of a message.
    package static func extensionNumbers(of type: String) -> [Int] {
        files.flatMap(\.extensions).filter { $0.type == type }.map(\.number).sorted()
    }

    static func copy(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
