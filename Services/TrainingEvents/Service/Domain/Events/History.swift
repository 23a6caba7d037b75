import Values

extension EventPlan {
    var contents: [(field: String, value: String)] {
        let parts = parts.map { "\($0.number) \($0.title) \($0.startsAt)/\($0.endsAt)" }.joined(separator: "; ")
        return [
            ("title", title), ("venue.name", venue.name), ("venue.postcode", venue.postcode?.text ?? ""),
            ("venue.schoolUrn", venue.school?.description ?? ""), ("venue.online", "\(venue.isOnline)"),
            ("parts", parts), ("capacity", "\(capacity)"), ("minimum", "\(minimum)"), ("reserved", "\(reserved)"),
            ("blocked", "\(blocked)"),
        ]
    }
}
