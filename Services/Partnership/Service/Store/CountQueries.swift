import Storage
import Values

/// What is asked of the counts.
extension PartnershipStore {
    /// For the schools that are members on a day, and the partner itself; nil if there is no such partner.
    func counts(of id: UUIDv7, asOf: CalendarDate) async throws -> PartnerCounts? {
        try await store.read { reader in
            guard try PartnerTable.find(id, reader) != nil else { return nil }
            // The memberships of one school do not overlap, so that on one day there is one.
            let schools = try reader.rows("""
                SELECT s.urn, s.name, COALESCE(c.candidates, 0), COALESCE(c.participants, 0), COALESCE(c.places, 0),
                       COALESCE(c.events, 0)
                FROM partner_members m JOIN schools s ON s.urn = m.urn LEFT JOIN school_counts c ON c.urn = m.urn
                WHERE m.partner_id = \(id) AND m.from_day <= \(asOf) AND (m.to_day IS NULL OR m.to_day >= \(asOf))
                ORDER BY s.name_key, s.urn
                """).map { row in
                    let tally = SchoolTally(candidates: try row.int(2), participants: try row.int(3),
                                            places: try row.int(4), events: try row.int(5))
                    return PartnerCounts.School(urn: try row.urn(0), name: try row.text(1), tally: tally)
                }
            let own = try CountedTable.own(of: id, reader)
            return PartnerCounts(partnerID: id, asOf: asOf, schools: schools, own: own)
        }
    }
}
