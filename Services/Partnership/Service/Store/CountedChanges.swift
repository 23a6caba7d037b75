import Storage
import Values

/// What the other services' events do here, each in the transaction of its follower. News that is not newer than what
/// is held changes nothing, so events may come again. Counts are kept beside the records, because counting when somebody
/// asks takes too long: some 40 ms, by a covering index, for a partner whose schools have 500,000 bookings.
extension PartnershipStore {
    /// Takes over where somebody works. Whether they have applied is known from their applications only.
    func apply(_ news: CountedCandidate, _ writer: any Writer) throws(StoreError) {
        let held = try CountedTable.candidate(news.id, writer)
        if let held, held.version >= news.version { return }
        var candidate = news
        candidate.hasApplied = held?.hasApplied ?? false
        try CountedTable.write(candidate, writer)
        try count(from: held?.tally ?? .none, to: candidate.tally, writer)
    }

    func apply(_ news: CountedApplication, _ writer: any Writer) throws(StoreError) {
        let held = try CountedTable.application(news.id, writer)
        if let held, held.version >= news.version { return }
        try CountedTable.write(news, writer)
        try count(from: held?.tally ?? .none, to: news.tally, writer)
        if held == nil { try noteApplied(news.candidateID, writer) }
    }

    func apply(_ news: CountedBooking, _ writer: any Writer) throws(StoreError) {
        let held = try CountedTable.booking(news.id, writer)
        if let held, held.version >= news.version { return }
        try CountedTable.write(news, writer)
        try count(from: held?.tally ?? .none, to: news.tally, writer)
    }

    func apply(_ news: CountedEvent, _ writer: any Writer) throws(StoreError) {
        let held = try CountedTable.event(news.id, writer)
        if let held, held.version >= news.version { return }
        try CountedTable.write(news, writer)
        try count(from: held?.tally ?? .none, to: news.tally, writer)
    }

    private func noteApplied(_ candidateID: String, _ writer: any Writer) throws(StoreError) {
        let held = try CountedTable.candidate(candidateID, writer)
        var candidate = held ?? CountedCandidate(id: candidateID, version: 0)
        guard !candidate.hasApplied else { return }
        candidate.hasApplied = true
        try CountedTable.write(candidate, writer)
        try count(from: held?.tally ?? .none, to: candidate.tally, writer)
    }

    private func count(from old: Tally, to new: Tally, _ writer: any Writer) throws(StoreError) {
        let change = TallyChange(from: old, to: new)
        for (urn, tally) in change.schools.sorted(by: { $0.key < $1.key }) {
            try CountedTable.add(tally, to: urn, writer)
        }
        for (id, tally) in change.partners.sorted(by: { $0.key < $1.key }) {
            try CountedTable.add(tally, to: id, writer)
        }
    }
}
