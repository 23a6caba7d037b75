import Foundation
import Logging
internal import Postgres
import Sodium

/// What all of a store's connections have in common.
struct PostgresSetup: Sendable {
    let location: PostgresLocation
    let service: String
    let schema: String
    let limits: StoreLimits
    let rules = PostgresRules()
    let ownWriter = OwnWriter()
    let counts = WriteCounter()
    let log: Logger
    /// From 0 to 1: how much of a back-off is waited for. By chance, so that replicas do not move in step.
    let jitter: @Sendable () -> Double

    /// Of the LISTEN and NOTIFY that tell of new events.
    var channel: String { "store_events.\(schema.suffix(50))" }

    /// Held by whoever migrates.
    var migrationLock: Int64 { Self.lock("migrate \(schema)") }
    /// Held by whoever writes, for the length of a transaction.
    var writeLock: Int64 { Self.writeLock(of: schema) }

    static func writeLock(of schema: String) -> Int64 { lock("write \(schema)") }

    /// Numbers of advisory locks are shared by all that use the database: taken from a hash, they do not meet.
    private static func lock(_ text: String) -> Int64 {
        SHA256.hash("olp store \(text)").prefix(8).reduce(0) { $0 << 8 | Int64($1) }
    }
}

/// One thread's connection: made when it is first needed, and made anew after it broke.
final class PostgresSession {
    enum Role: String {
        case reader, writer, listener, opener

        /// How long a transaction of this kind may stand still before the server ends it.
        func idleLimit(_ limits: StoreLimits) -> Duration {
            switch self {
            case .reader: .seconds(60)
            case .writer: limits.stillTime
            case .listener, .opener: .zero
            }
        }
    }

    /// Waits between attempts to connect begin and end with these.
    static let shortestPause = Duration.milliseconds(50)
    static let longestPause = Duration.seconds(2)
    /// Waits between runs of a transaction that collides are up to these.
    private static let shortestCollisionPause = Duration.milliseconds(2)
    private static let longestCollisionPause = Duration.milliseconds(200)
    /// Beyond the longest statement, before an answer is no longer waited for.
    private static let answerGrace = Duration.seconds(10)

    let setup: PostgresSetup
    private let role: Role
    private var current: PostgresConnection?
    private var failures = 0
    private var lastFailure: StoreError?
    private var notBefore = ContinuousClock.now

    init(_ setup: PostgresSetup, _ role: Role) {
        self.setup = setup
        self.role = role
    }

    /// The open connection, or a new one. Fails at once while it is too early for another attempt: what waits in the
    /// queue behind is answered then, not kept.
    func connection() throws(StoreError) -> PostgresConnection {
        if let current, !current.isBroken { return current }
        current = nil
        if let lastFailure, ContinuousClock.now < notBefore { throw lastFailure }
        do throws(PostgresError) {
            let new = try PostgresConnection(options)
            if role == .writer {
                try Self.makeDurable(new)
                setup.ownWriter.processID = new.processID
            }
            current = new
            failures = 0
            lastFailure = nil
            return new
        } catch {
            let failure = translate(error)
            lastFailure = failure
            notBefore = ContinuousClock.now + pause
            failures += 1
            throw failure
        }
    }

    /// How long to wait before the next attempt.
    var pause: Duration {
        let doubled = Self.shortestPause * (1 << min(failures, 10))
        return min(doubled, Self.longestPause) * (0.5 + setup.jitter() / 2)
    }

    func drop() {
        current = nil
    }

    /// Waits on this thread before a transaction that collided is run again, longer each time.
    func pauseAfterCollision(_ count: Int) {
        let longest = min(Self.shortestCollisionPause * (1 << min(count, 10)), Self.longestCollisionPause)
        Thread.sleep(forTimeInterval: longest * setup.jitter() / .seconds(1))
    }

    func translate(_ error: PostgresError) -> StoreError {
        StoreError(postgres: error, rules: setup.rules, reading: role == .reader)
    }

    private var options: PostgresOptions {
        var options = PostgresOptions(setup.location.url, applicationName: "olp-\(setup.service)-\(role.rawValue)")
        let limits = setup.limits
        let statement = role == .opener ? Duration.zero : limits.statementTime
        options.answerWait = switch role {
        case .opener: PostgresOpening.answerWait
        case .listener: Self.answerGrace
        case .reader, .writer: limits.statementTime + Self.answerGrace
        }
        options.settings = [
            ("search_path", "\"\(setup.schema)\""),
            ("statement_timeout", Self.milliseconds(statement)),
            ("lock_timeout", Self.milliseconds(role == .opener ? PostgresOpening.lockWait : limits.lockWait)),
            ("idle_in_transaction_session_timeout", Self.milliseconds(role.idleLimit(limits))),
            // Compiling a plan costs more than our short statements do.
            ("jit", "off"),
        ]
        return options
    }

    private static func milliseconds(_ duration: Duration) -> String {
        "\(max(0, Int(duration / .milliseconds(1))))ms"
    }

    /// A role or database may be set to acknowledge before the disk has it. Stricter settings stay.
    private static func makeDurable(_ connection: PostgresConnection) throws(PostgresError) {
        _ = try connection.perform("""
            SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') IN ('off', 'local')
            """, keep: false)
    }
}
