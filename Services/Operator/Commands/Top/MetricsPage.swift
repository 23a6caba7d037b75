/// A page in Prometheus' text format, read as far as calls are concerned.
package struct MetricsPage: Sendable {
    package struct Sample: Hashable, Sendable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    package let samples: [Sample]

    /// - Parameter prefix: samples with other names are left out.
    package init(_ text: String, prefix: String) {
        samples = text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            guard line.first != UInt8(ascii: "#"), line.starts(with: prefix.utf8) else { return nil }
            return Self.sample(line)
        }
    }

    /// `name{key="value",…} number`; nil for anything else.
    private static func sample(_ line: Substring.UTF8View) -> Sample? {
        guard let end = line.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") })
        else { return nil }
        let name = String(Substring(line[..<end]))
        var rest = line[end...]
        var labels: [String: String] = [:]
        if rest.first == UInt8(ascii: "{") {
            rest = rest.dropFirst()
            while rest.first != UInt8(ascii: "}") {
                guard let (key, value) = label(&rest) else { return nil }
                labels[key] = value
                if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        // A time may follow the number.
        guard let word = rest.split(separator: UInt8(ascii: " ")).first, let value = Double(String(Substring(word)))
        else { return nil }
        return Sample(name: name, labels: labels, value: value)
    }

    /// Takes `key="value"` off the beginning.
    private static func label(_ rest: inout Substring.UTF8View) -> (String, String)? {
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let key = String(Substring(rest[..<equals]))
        rest = rest[equals...].dropFirst()
        guard rest.first == UInt8(ascii: "\"") else { return nil }
        rest = rest.dropFirst()
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return (key, String(decoding: value, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
            default: value.append(byte)
            }
        }
        return nil
    }
}
