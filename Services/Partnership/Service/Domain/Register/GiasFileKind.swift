/// The four files of the official register that are imported, in the order in which they are read:
/// each may name what the ones before it brought.
enum GiasFileKind: Int, CaseIterable, Hashable, Sendable, Comparable {
    case establishments = 1
    case groups = 2
    case memberships = 3
    case links = 4

    /// For people.
    var title: String {
        switch self {
        case .establishments: "establishments"
        case .groups: "groups"
        case .memberships: "memberships"
        case .links: "links"
        }
    }

    /// The column whose value names the row.
    var keyColumn: String {
        self == .groups ? "Group UID" : "URN"
    }

    /// Columns without which the file cannot be used. Others may be missing: then what is held stays.
    var requiredColumns: [String] {
        switch self {
        case .establishments: EstablishmentRow.requiredColumns
        case .groups: GroupRow.requiredColumns
        case .memberships: MembershipRow.requiredColumns
        case .links: LinkRow.requiredColumns
        }
    }

    /// Which of the files a header belongs to, for a helpful message; nil if to none.
    static func recognised(_ columns: GiasColumns) -> GiasFileKind? {
        // A membership names its group too, so groups come last.
        [.establishments, .memberships, .links, .groups].first { kind in
            kind.requiredColumns.allSatisfy(columns.contains)
        }
    }

    static func < (left: GiasFileKind, right: GiasFileKind) -> Bool { left.rawValue < right.rawValue }
}
