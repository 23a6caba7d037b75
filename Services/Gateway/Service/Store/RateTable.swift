import Storage
import Values

/// How often one token may ask.
struct RequestRate: Hashable, Sendable {
    /// Requests a second; above 0.
    let perSecond: Int

    /// What may be used at once after a pause: two seconds' worth.
    static let burst = Duration.seconds(2)

    /// How long a number of requests lasts, in microseconds.
    func microseconds(of requests: Int) -> Int64 { Int64(requests) * 1_000_000 / Int64(perSecond) }
}

/// Who has used how much: for each token the moment up to which its requests are paid for, at the pace that it is allowed.
/// It may lie ahead of now by the burst. One statement takes from it, so gateways that ask at once cannot take the same twice.
enum RateTable {
    enum Answer: Hashable, Sendable {
        case granted
        /// How long until the same is granted, if nobody else asks.
        case refused(wait: Duration)
    }

    static func take(
        _ requests: Int, for token: String, _ rate: RequestRate, at now: Instant, _ writer: any Writer
    ) throws(StoreError) -> Answer {
        let cost = rate.microseconds(of: requests)
        let paidUp = Instant(microseconds: now.microseconds + cost)
        let latest = Instant(microseconds: (now + RequestRate.burst).microseconds - cost)
        let changed = try writer.execute("""
            INSERT INTO rates (token_id, due_at) VALUES (\(token), \(paidUp))
            ON CONFLICT (token_id) DO UPDATE
            SET due_at = CASE WHEN rates.due_at > \(now) THEN rates.due_at + \(cost) ELSE \(paidUp) END
            WHERE rates.due_at <= \(latest)
            """)
        if changed > 0 { return .granted }
        let due = try writer.row("SELECT due_at FROM rates WHERE token_id = \(token)")?.instant(0) ?? now
        return .refused(wait: .microseconds(max(1, due.microseconds - latest.microseconds)))
    }
}
