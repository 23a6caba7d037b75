/// Governs schedules, and which declarations a programme allows.
enum CourseGroup: Int, CaseIterable, Hashable, Sendable {
    /// The suite of 2017: NPQML, NPQSL, NPQH, NPQEL.
    case npq2017 = 1
    case leadership = 2
    case specialist = 3
    /// The additional support offer of 2021.
    case support = 4
    /// The early headship coaching offer.
    case ehco = 5
    /// Courses with two declarations, split 60 to 40.
    case twoDeclarations = 6

    var name: String {
        switch self {
        case .npq2017: "npq-2017"
        case .leadership: "leadership"
        case .specialist: "specialist"
        case .support: "support"
        case .ehco: "ehco"
        case .twoDeclarations: "two-declarations"
        }
    }
}

/// A milestone that the provider tells the funder of. In the order of training.
enum DeclarationType: Int, CaseIterable, Hashable, Comparable, Sendable {
    case started = 1
    case retained1 = 2
    case retained2 = 3
    case completed = 4

    var name: String {
        switch self {
        case .started: "started"
        case .retained1: "retained-1"
        case .retained2: "retained-2"
        case .completed: "completed"
        }
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// For whom a programme is.
enum Audience: Hashable, Sendable {
    case middleLeaders, specialists, senior, heads, newHeads, executives

    /// Who is not in charge of a school, or about to be, hardly asks for these.
    var isForHeads: Bool {
        switch self {
        case .heads, .newHeads, .executives: true
        case .middleLeaders, .specialists, .senior: false
        }
    }
}

/// One version of a programme. Versions come with the release, as data; one that was used never changes.
struct Programme: Hashable, Sendable {
    /// "npq-senior-leadership". Stays the same over versions.
    var identifier: String
    var version: Int
    /// "NPQSL".
    var shortCode: String
    var name: String
    var group: CourseGroup
    var audience: Audience
    /// Years of the cohorts that this version is offered to; no last year: still offered.
    var firstCohortYear: Int
    var lastCohortYear: Int?
    /// In order.
    var declarations: [DeclarationType]
    /// Hundredths of what is paid for outcomes that each declaration is worth, in the same order; empty
    /// where contracts say it.
    var declarationSplit: [Int] = []
    /// Whether it ends with an outcome: passed or failed.
    var hasOutcome: Bool
    var taughtMonths: Int
    /// Days in another school; 0: none.
    var placementDays = 0
    /// What has to be declared before a participant can defer or withdraw.
    var deferNeedsDeclaration: Bool
    var withdrawNeedsStarted: Bool
    /// Months after which a deferral cannot be resumed any more; nil: no limit.
    var deferralLimitMonths: Int?
    /// Training events by title, in order.
    var modules: [String]

    func isOffered(toCohortOf year: Int) -> Bool {
        firstCohortYear <= year && year <= lastCohortYear ?? .max
    }
}
