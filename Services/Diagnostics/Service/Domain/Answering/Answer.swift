import Values

/// What somebody says to an item.
enum Choice: Hashable, Sendable {
    /// A point of the instrument's scale.
    case value(Int)
    /// Counts as an answer, and is left out of scores.
    case cannotSay
}

/// An answer as it is given.
struct GivenAnswer: Hashable, Sendable {
    var itemID: String
    /// Nil: nothing was chosen, which is no answer.
    var choice: Choice?
}

/// The latest answer to an item.
struct Answer: Hashable, Sendable {
    var itemID: String
    var choice: Choice
    var answeredAt: Instant
}
