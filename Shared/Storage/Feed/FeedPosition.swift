import Sodium

/// A place in a feed: after its `sequence`th event. Opaque to followers, who only keep its text.
///
/// The mark tells the event that was there. A store restored from an older copy goes on with the
/// same feed id and may give a number away again; a follower that has seen the first event with that
/// number is then told so, instead of missing others.
package struct FeedPosition: Hashable, Sendable {
    package let feedID: String
    /// 0 before the first event.
    package let sequence: Int64
    let mark: String

    /// Before the first event of a feed.
    init(startOf feedID: String) {
        self.feedID = feedID
        sequence = 0
        mark = "0"
    }

    init(feedID: String, sequence: Int64, eventID: String) {
        self.feedID = feedID
        self.sequence = sequence
        mark = Hex.text(Array(SHA256.hash(eventID).prefix(4)))
    }

    /// Reads what `text` gave. Nil for an empty text: from the beginning.
    package init?(_ text: String) throws(StoreError) {
        if text.isEmpty { return nil }
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, !parts[2].isEmpty, let sequence = Int64(parts[1]),
              sequence >= 0 else {
            throw StoreError(.feedMismatch, "The position is of no feed of this kind.")
        }
        feedID = String(parts[0])
        self.sequence = sequence
        mark = String(parts[2])
    }

    /// `5f0c9a7be2d41c63-1042-9be01f22`
    package var text: String { "\(feedID)-\(sequence)-\(mark)" }
}

extension FeedPosition: CustomStringConvertible {
    package var description: String { text }
}
