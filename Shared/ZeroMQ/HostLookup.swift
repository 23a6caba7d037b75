import Glibc

/// Asks the system for the addresses of a host name.
package enum HostLookup {
    /// Why a name has no addresses now.
    package struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
        package init(_ description: String) { self.description = description }
    }

    /// The endpoints at `port` of all addresses of `host`, sorted, each once. Blocks, for seconds if a name server is silent.
    package static func endpoints(of host: String, port: UInt16) throws(Failure) -> [Endpoint] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_family = AF_UNSPEC
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let status = unsafe getaddrinfo(host, nil, &hints, &first)
        guard status == 0 else { throw Failure("\(host): \(unsafe String(cString: gai_strerror(status)))") }
        defer { unsafe freeaddrinfo(first) }
        var texts: Set<String> = []
        var entry = unsafe first
        while let current = unsafe entry {
            if let text = unsafe numeric(current.pointee) { texts.insert(text) }
            unsafe entry = current.pointee.ai_next
        }
        do {
            return try texts.sorted().map { address in
                try Endpoint("tcp://\(address.contains(":") ? "[\(address)]" : address):\(port)")
            }
        } catch {
            throw Failure("\(error)")
        }
    }

    @unsafe
    private static func numeric(_ entry: addrinfo) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
            let status = unsafe getnameinfo(
                entry.ai_addr, entry.ai_addrlen, buffer.baseAddress, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
            return unsafe status == 0 ? buffer.baseAddress.map { unsafe String(cString: $0) } : nil
        }
    }
}
