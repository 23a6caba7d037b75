package import ServiceKit

/// The keys of the gateway beside those that every process has.
package enum GatewayKeys {
    package static let host = ConfigurationKey<String>(
        "host", default: "127.0.0.1", "Address at which HTTP is served; 0.0.0.0 or :: for all of the machine's.")
    package static let port = ConfigurationKey<Int>(
        "port", default: 8080, in: 0...65_535, "Port at which HTTP is served; 0: any free one.")
    package static let tokenFile = ConfigurationKey<String?>(
        optional: "token-file",
        "File of the API token, which only its owner may read. Made at the first start. "
            + "Default: gateway.token where the stores are by default.")
    package static let signingKeyFile = ConfigurationKey<String?>(
        optional: "signing-key-file",
        "File of the secret key by which services know that the gateway said who acts (their known-signers); "
            + "`olp keys make gateway --signing` makes one. Without it nothing is signed.")
    package static let headerLimit = ConfigurationKey<ByteCount>(
        "header-limit", default: .kibibytes(16), in: .kibibytes(1) ... .mebibytes(1),
        "Largest sum of a request's header fields.")
    package static let bodyLimit = ConfigurationKey<ByteCount>(
        "body-limit", default: .mebibytes(1), in: .kibibytes(1) ... .mebibytes(3), "Largest JSON body.")
    package static let uploadLimit = ConfigurationKey<ByteCount>(
        "upload-limit", default: .mebibytes(200), in: .mebibytes(1) ... .mebibytes(4096), "Largest file.")
    package static let headerTime = ConfigurationKey<Duration>(
        "header-time", default: .seconds(10), in: .seconds(1) ... .seconds(300),
        "Longest wait for a new connection's first request, and for the next part of a body.")
    package static let idleTime = ConfigurationKey<Duration>(
        "idle-time", default: .seconds(60), in: .seconds(1) ... .seconds(3600),
        "Longest time that a connection is kept between two requests.")
    package static let bodyTime = ConfigurationKey<Duration>(
        "body-time", default: .seconds(30), in: .seconds(1) ... .seconds(600), "Longest time to send a JSON body.")
    package static let uploadTime = ConfigurationKey<Duration>(
        "upload-time", default: .seconds(900), in: .seconds(1) ... .seconds(7200), "Longest time to send a file.")
    package static let requestTime = ConfigurationKey<Duration>(
        "request-time", default: .seconds(15), in: .milliseconds(100) ... .seconds(600),
        "Longest wait for the services' answer. A request may ask for less with the field Request-Timeout, in seconds.")

    package static let watchLimit = ConfigurationKey<Int>(
        "watch-limit", default: 100, in: 1...10_000, "Most readers of server-sent events at once.")

    package static let rateLimit = ConfigurationKey<Int>(
        "rate-limit", default: 0, in: 0...1_000_000,
        "Most requests a second that one token may make, at all gateways that share a store together; 0: as many as it likes.")
    package static let auditTime = ConfigurationKey<Duration>(
        "audit-time", default: .seconds(400 * 86_400), in: .seconds(86_400) ... .seconds(36_500 * 86_400),
        "How long it is kept who asked for which change.")

    package static let all: [any DeclaredKey] = [
        host, port, tokenFile, signingKeyFile, headerLimit, bodyLimit, uploadLimit, headerTime, idleTime, bodyTime,
        uploadTime, requestTime, watchLimit, rateLimit, auditTime,
    ]
}

/// How much and how long the gateway takes.
package struct GatewayLimits: Sendable {
    /// Largest number of header fields.
    static let maximumFields = 100
    /// Longest target, path and query together, in bytes.
    static let maximumTargetBytes = 8 << 10
    /// Parts in which a file goes on to its service.
    static let uploadPartBytes = 256 << 10
    /// Longest name of a file.
    static let maximumFileNameCharacters = 200

    package var headerBytes = 16 << 10
    package var bodyBytes = 1 << 20
    package var uploadBytes = 200 << 20
    package var headerTime = Duration.seconds(10)
    package var idleTime = Duration.seconds(60)
    package var bodyTime = Duration.seconds(30)
    package var uploadTime = Duration.seconds(900)
    package var requestTime = Duration.seconds(15)
    package var watchers = 100

    package init() {}

    init(_ configuration: Configuration) {
        headerBytes = configuration[GatewayKeys.headerLimit].bytes
        bodyBytes = configuration[GatewayKeys.bodyLimit].bytes
        uploadBytes = configuration[GatewayKeys.uploadLimit].bytes
        headerTime = configuration[GatewayKeys.headerTime]
        idleTime = configuration[GatewayKeys.idleTime]
        bodyTime = configuration[GatewayKeys.bodyTime]
        uploadTime = configuration[GatewayKeys.uploadTime]
        requestTime = configuration[GatewayKeys.requestTime]
        watchers = configuration[GatewayKeys.watchLimit]
    }
}
