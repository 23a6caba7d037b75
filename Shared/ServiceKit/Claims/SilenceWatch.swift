/// Finds out who is silent: whose beat was the same at so many looks in a row.
struct SilenceWatch {
    private struct Sighting {
        var beat: Int64
        /// Looks since the beat was seen first.
        var looks: Int
    }

    private let limit: Int
    private var seen: [String: Sighting] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a look, and returns who is silent. Who is not there any more is forgotten.
    mutating func look(_ beats: [String: Int64]) -> Set<String> {
        seen = beats.reduce(into: [:]) { now, member in
            let (name, beat) = member
            let before = seen[name]
            now[name] = Sighting(beat: beat, looks: before?.beat == beat ? (before?.looks ?? 0) + 1 : 0)
        }
        return Set(seen.filter { $0.value.looks >= limit }.keys)
    }
}
