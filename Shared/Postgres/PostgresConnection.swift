internal import CPostgres

/// How a connection is made and used.
package struct PostgresOptions: Sendable {
    package var url: PostgresURL
    /// Shown by the server in its list of sessions.
    package var applicationName: String
    /// For each host, unless the URL says otherwise. libpq takes no less than two seconds.
    package var connectWait: Duration = .seconds(3)
    /// How long an answer may take before the connection is given up.
    package var answerWait: Duration = .seconds(40)
    /// Settings of the session, made with the first exchange: `("statement_timeout", "30s")`.
    package var settings: [(name: String, value: String)] = []
    /// Statements kept prepared at once.
    package var statementLimit = 256

    package init(_ url: PostgresURL, applicationName: String) {
        self.url = url
        self.applicationName = applicationName
    }
}

/// One connection to a server, used on one thread only.
///
/// Statements are queued and sent together: `queue` some, then `run` sends them in one go and waits for all their
/// answers, which is one round trip. A statement is prepared with its first use and kept so.
@safe
package final class PostgresConnection {
    enum Pending {
        case prepare(PreparedStatement, number: Int)
        case statement(PreparedStatement?, number: Int)
        /// Closes what is answered or skipped together.
        case end
    }

    let handle: OpaquePointer
    let options: PostgresOptions
    private let notices = NoticeBox()
    var statements: PostgresStatements
    /// What was given to libpq and is not answered yet.
    var pending: [Pending] = []
    /// How many of `pending` are answered.
    var answered = 0
    var lastNumber = 0
    /// Errors of statements up to this number are of no interest.
    var ignoredUpTo = 0
    package var isBroken = false
    /// How often answers were waited for.
    package internal(set) var roundTrips = 0
    /// Asked now and then during a long wait: whether the statement shall be stopped.
    package var shouldStop: (() -> Bool)?

    package init(_ options: PostgresOptions) throws(PostgresError) {
        self.options = options
        statements = PostgresStatements(limit: options.statementLimit)
        unsafe handle = try Self.connect(options)
        let notices = unsafe Unmanaged.passUnretained(self.notices).toOpaque()
        unsafe PQsetNoticeReceiver(handle, noteNotice, notices)
        // From here on an error ends in `deinit`, which closes the connection.
        guard unsafe PQenterPipelineMode(handle) == 1, unsafe PQsetnonblocking(handle, 1) == 0 else { throw lost() }
        if !options.settings.isEmpty { try applySettings() }
    }

    deinit {
        unsafe PQfinish(handle)
    }

    private static func connect(_ options: PostgresOptions) throws(PostgresError) -> OpaquePointer {
        var parameters = [
            "connect_timeout": "\(max(2, options.connectWait.components.seconds))",
            "application_name": options.applicationName, "target_session_attrs": "read-write",
            // A server that vanished is noticed in some ten seconds, not in two hours.
            "keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3", "tcp_user_timeout": "10000",
        ]
        parameters.merge(options.url.parameters) { _, given in given }
        parameters["client_encoding"] = "UTF8"
        let names = parameters.keys.sorted()
        let handle = unsafe withCStrings(names) { names in
            unsafe withCStrings(parameters.sorted { $0.key < $1.key }.map(\.value)) { values in
                unsafe PQconnectdbParams(names, values, 0)
            }
        }
        guard let handle = unsafe handle else { throw .lost("no memory for a connection") }
        guard unsafe PQstatus(handle) == CONNECTION_OK else {
            // libpq tells hosts, ports, users and the server's words, never the password.
            let error = unsafe PostgresError.lost(PostgresError.line(PQerrorMessage(handle)))
            unsafe PQfinish(handle)
            throw error
        }
        return unsafe handle
    }

    private func applySettings() throws(PostgresError) {
        let calls = options.settings.indices.map { "set_config($\($0 * 2 + 1), $\($0 * 2 + 2), false)" }
        let values = options.settings.flatMap { [PostgresValue.text($0.name), .text($0.value)] }
        _ = try perform("SELECT \(calls.joined(separator: ", "))", values, keep: false)
    }

    /// The server's number for this session, which its notifications bear.
    package var processID: Int32 { unsafe PQbackendPID(handle) }

    /// Whether the server has warned since this was last asked.
    package func takeWarning() -> Bool {
        defer { notices.warned = false }
        return notices.warned
    }

    func lost(statement: Int? = nil) -> PostgresError {
        isBroken = true
        return unsafe .lost(PostgresError.line(PQerrorMessage(handle)), statement: statement)
    }
}

/// What the server remarked beside its answers.
final class NoticeBox {
    var warned = false
}

/// Called by libpq on the connection's own thread, inside a call of the connection.
private func noteNotice(_ box: UnsafeMutableRawPointer?, _ notice: OpaquePointer?) {
    guard let box = unsafe box, let notice = unsafe notice else { return }
    guard let severity = unsafe PQresultErrorField(notice, Int32(UInt8(ascii: "V"))) else { return }
    if unsafe String(cString: severity) == "WARNING" {
        unsafe Unmanaged<NoticeBox>.fromOpaque(box).takeUnretainedValue().warned = true
    }
}

/// A list of C texts that ends with NULL.
private func withCStrings<Value>(
    _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
) -> Value {
    var bytes: [UInt8] = []
    var starts: [Int] = []
    for text in texts {
        starts.append(bytes.count)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }
    return unsafe bytes.withUnsafeBytes { buffer in
        let base = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
        var pointers: [UnsafePointer<CChar>?] = unsafe []
        for start in starts {
            let address = unsafe base?.advanced(by: start)
            unsafe pointers.append(address)
        }
        unsafe pointers.append(nil)
        return unsafe pointers.withUnsafeBufferPointer { pointers in
            guard let start = pointers.baseAddress else { preconditionFailure("an array with a last element") }
            return unsafe body(start)
        }
    }
}
