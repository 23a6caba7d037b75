import Contracts

/// free = capacity − booked − offered − reserved − blocked, and never below nought.
package struct NeverOversold: Invariant {
    package let name = "never-oversold"
    package let claim = "no event is oversold, and its free places are what the others leave"
    package let subjects = "events"

    package init() {}

    package func judge(_ suite: SuiteSnapshot) -> Judgement {
        var judgement = Judgement()
        for event in suite.events { judgement.look(at: event.id, Self.fault(event)) }
        return judgement
    }

    private static func fault(_ event: TrainingEventsV1.Event) -> String? {
        guard let places = event.places else { return "tells nothing of its places" }
        let parts = [places.booked, places.offered, places.reserved, places.blocked]
        guard parts.allSatisfy({ $0 >= 0 }) else { return "counts fewer than no places" }
        let taken = parts.reduce(0, +)
        if taken > places.capacity { return "\(taken) of \(places.capacity) places are taken" }
        let free = places.capacity - taken
        return places.free == free ? nil : "\(places.free) places are free, but should be \(free)"
    }
}
