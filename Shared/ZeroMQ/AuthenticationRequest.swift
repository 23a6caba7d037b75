/// What libzmq asks about a client that shakes hands (ZAP, RFC 27), and the answer.
struct AuthenticationRequest {
    static let version = Array("1.0".utf8)
    /// Name of the property by which messages tell their sender's key.
    static let keyProperty = "X-Public-Key"

    /// Repeated in the answer.
    let id: [UInt8]
    let domain: String
    /// The client's key; nil unless the mechanism is CURVE.
    let key: CurveKey?

    /// - Parameter frames: the request from its empty frame on.
    /// - Returns: nil if it is no request of version 1.0.
    init?(_ frames: ArraySlice<Frame>) {
        let parts = frames.map(\.array)
        // Empty, version, id, domain, address, routing id, mechanism, credentials.
        guard parts.count >= 7, parts[0].isEmpty, parts[1] == Self.version else { return nil }
        id = parts[2]
        domain = String(decoding: parts[3], as: UTF8.self)
        key =
            parts.count == 8 && parts[6] == Array("CURVE".utf8)
            ? unsafe parts[7].withUnsafeBytes { unsafe CurveKey($0) } : nil
    }

    /// The frames of the answer. It is 200 or 400: with 300 libzmq 4.3.4 would let a client dial again without end.
    /// - Parameter name: whose key it is; nil: refused.
    func answer(_ name: String?) -> [[UInt8]] {
        let allowed = key.flatMap { key in name.map { (key, $0) } }
        return [
            [], Self.version, id, Array((allowed == nil ? "400" : "200").utf8),
            Array((allowed == nil ? "not on the list" : "OK").utf8), Array((allowed?.1 ?? "").utf8),
            allowed.map { Self.property(Self.keyProperty, $0.0.text) } ?? [],
        ]
    }

    /// A property as ZMTP writes it: each text behind its length, in one byte and in four.
    private static func property(_ name: String, _ value: String) -> [UInt8] {
        let count = value.utf8.count
        let length = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> $0) }
        return [UInt8(name.utf8.count)] + Array(name.utf8) + length + Array(value.utf8)
    }
}
