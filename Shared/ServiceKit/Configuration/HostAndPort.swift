/// Where to listen for HTTP: `127.0.0.1:7101`, `[::1]:7101`. Port 0 is any free one.
package struct HostAndPort: ConfigurationValue, Hashable, CustomStringConvertible {
    package static var placeholder: String { "HOST:PORT" }

    /// Name or address, without the brackets of an IPv6 address.
    package let host: String
    /// 0 to 65535.
    package let port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package init(configurationText text: String) throws(UnreadableValue) {
        guard let colon = text.lastIndex(of: ":"), colon != text.startIndex,
            let port = UInt16(text[text.index(after: colon)...])
        else { throw UnreadableValue("it must be HOST:PORT with a port of 0 to 65535, such as 127.0.0.1:7101") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            throw UnreadableValue("an IPv6 address stands in brackets, such as [::1]:7101")
        }
        guard !host.isEmpty else { throw UnreadableValue("the host is missing") }
        self.host = String(host)
        self.port = Int(port)
    }

    package var configurationText: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    package var description: String { configurationText }
}
