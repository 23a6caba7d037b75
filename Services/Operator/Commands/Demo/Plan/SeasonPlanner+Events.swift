import Contracts
import Values

/// Events of the weeks to come, and who wants places at them.
extension SeasonPlanner {
    /// Modules of each programme that are taught in the season, with the share of participants who want to come.
    private static let shares = [1.0, 0.75, 0.5]
    private static let usualGroup = 28
    /// Most people at an event that begins at once.
    private static let soonGroup = 14
    /// Programmes that have one.
    private static let soonEvents = 3
    /// An event that begins at once begins so late that all can be booked before, and so early that its register is open.
    private static let soonMinutes = 9
    /// The first day of events: before the notice period, in which places are not offered any more.
    private static let firstDay = 5

    /// What follows each other through the events of a season, whatever their programme.
    private struct Turns {
        var events = 0
        var attendance = 0
    }

    func addEvents(to plan: inout SeasonPlan) {
        var random = random("events")
        var turns = Turns()
        for programme in programmes {
            let participants = plan.applications.indices.filter { index in
                plan.applications[index].programme == programme.identifier && plan.applications[index].isActiveEarly
            }.shuffled(using: &random)
            guard !participants.isEmpty else { continue }
            for (number, module) in programme.modules.prefix(Self.shares.count).enumerated() {
                let wishers = participants.prefix(max(1, Int(Self.shares[number] * Double(participants.count))))
                let groups = Self.groups(Array(wishers))
                for group in groups {
                    let event = self.event(programme, module, number, group, plan, &turns, &random)
                    plan.events.append(event)
                }
            }
        }
        addMoves(to: &plan)
        addCancelledEvent(to: &plan)
        addEventsOfToday(to: &plan, &turns, &random)
    }

    /// Equal in size, but for one.
    private static func groups(_ all: [Int]) -> [[Int]] {
        let count = max(1, (all.count + usualGroup - 1) / usualGroup)
        return (0..<count).map { group in all.indices.filter { $0 % count == group }.map { all[$0] } }
    }

    private func event(
        _ programme: EnrolmentV1.Programme, _ module: String, _ number: Int, _ group: [Int], _ plan: SeasonPlan,
        _ turns: inout Turns, _ random: inout SeededGenerator
    ) -> PlannedEvent {
        turns.events += 1
        // Every other one is smaller than the wish for it.
        let isFull = turns.events % 2 == 1
        let open = isFull ? max(1, group.count * 4 / 5) : group.count + max(2, group.count / 3)
        let reserved = random.chance(0.25) ? 2 : 0
        let blocked = random.chance(0.2) ? 1 : 0
        let partner = random.pick(ground.partners.filter { !$0.schools.isEmpty })
        let (venue, place) = Self.venue(random.pick(partner.schools), isOnline: random.chance(0.2))
        var event = PlannedEvent(
            title: "\(programme.shortCode) \(module), \(place)", programme: programme.identifier, module: module,
            cohort: plan.applications[group[0]].cohort, partner: partner.id, venue: venue,
            begins: .at(London.instant(on: day(number, turns.events), hour: 9, minute: 30)),
            parts: Self.day, capacity: open + reserved + blocked, reserved: reserved, blocked: blocked,
            wishes: group.map { wish($0, plan, &turns, &random) })
        if isFull {
            event.cancellations = Array(0..<min(open, max(1, group.count / 8)))
            if turns.events % 4 == 1 { event.growsBy = 1 }
        }
        return event
    }

    private func wish(
        _ application: Int, _ plan: SeasonPlan, _ turns: inout Turns, _ random: inout SeededGenerator
    ) -> PlannedEvent.Wish {
        var wish = PlannedEvent.Wish(application: application, isBookedWithoutAsking: random.chance(0.15))
        switch Double.random(in: 0..<1, using: &random) {
        case ..<0.5: wish.answers = [.accept]
        case ..<0.7: wish.answers = [.decline]
        case ..<0.85: wish.answers = [.declineKeepingPosition, .accept]
        default: break
        }
        // Whoever defers meanwhile cannot take a place, but can decline one.
        if !plan.applications[application].isActiveLate, !wish.answers.isEmpty { wish.answers = [.decline] }
        return wish
    }

    private static func venue(_ school: SeasonGround.School, isOnline: Bool) -> (TrainingEventsV1.Venue, String) {
        guard !isOnline else { return (TrainingEventsV1.Venue(online: true), "online") }
        return (
            TrainingEventsV1.Venue(name: school.name, postcode: school.postcode, schoolUrn: school.urn), school.name
        )
    }

    /// Morning and afternoon.
    private static let day = [
        PlannedEvent.Part(title: "Morning", offset: .zero, length: .seconds(150 * 60)),
        PlannedEvent.Part(title: "Afternoon", offset: .seconds(210 * 60), length: .seconds(150 * 60)),
    ]

    /// A working day, later for later modules.
    private func day(_ module: Int, _ turn: Int) -> CalendarDate {
        let first = ground.today.adding(days: Self.firstDay + 16 * module + turn % 12) ?? ground.today
        let monday = first.adding(days: 8 - first.weekday) ?? first
        return first.weekday > 5 ? monday : first
    }

    // MARK: What changes

    /// From full events to those of the same programme that have room.
    private func addMoves(to plan: inout SeasonPlan) {
        for (index, event) in plan.events.enumerated() where !event.cancellations.isEmpty {
            let target = plan.events.indices.first { other in
                plan.events[other].programme == event.programme && plan.events[other].cancellations.isEmpty
            }
            guard let target else { continue }
            let taken = Set(plan.events[target].wishes.map(\.application) + plan.moves.map(\.application))
            let booked = event.wishes.prefix(event.open).indices.filter { !event.cancellations.contains($0) }
            let mover = booked.map { event.wishes[$0].application }.first { !taken.contains($0) }
            let room = plan.events[target].open - plan.events[target].wishes.count
            guard let mover, plan.moves.count(where: { $0.to == target }) < room else { continue }
            plan.moves.append(.init(application: mover, from: index, to: target))
        }
    }

    /// The last event with room is cancelled, and a smaller one takes its place.
    private func addCancelledEvent(to plan: inout SeasonPlan) {
        let targets = Set(plan.moves.map(\.to))
        let found = plan.events.indices.last { index in
            plan.events[index].cancellations.isEmpty && !targets.contains(index) && plan.events[index].wishes.count > 1
        }
        guard let index = found else { return }
        plan.events[index].isCancelled = true
        var replacement = plan.events[index]
        replacement.isCancelled = false
        replacement.replaces = index
        replacement.title += " (new date)"
        replacement.wishes = replacement.wishes.filter { plan.applications[$0.application].isActiveLate }
        replacement.capacity = max(1, replacement.wishes.count - 1) + replacement.reserved + replacement.blocked
        if case .at(let instant) = replacement.begins { replacement.begins = .at(instant + .seconds(7 * 86_400)) }
        guard !replacement.wishes.isEmpty else { return }
        plan.events.append(replacement)
    }

    /// Events whose register can be taken at once, with every kind of attendance.
    private func addEventsOfToday(to plan: inout SeasonPlan, _ turns: inout Turns, _ random: inout SeededGenerator) {
        let kinds: [TrainingEventsV1.AttendanceKind] = [.late, .part, .remote, .absent, .madeGood, .present]
        for programme in programmes.prefix(Self.soonEvents) {
            let group = plan.applications.indices.filter { index in
                plan.applications[index].programme == programme.identifier && plan.applications[index].isActiveLate
            }.prefix(Self.soonGroup)
            guard group.count > 1 else { continue }
            let partner = random.pick(ground.partners.filter { !$0.schools.isEmpty })
            let (venue, place) = Self.venue(random.pick(partner.schools), isOnline: false)
            let wishes = group.map { application in
                turns.attendance += 1
                let kind = turns.attendance <= kinds.count || random.chance(0.3) ? kinds[turns.attendance % kinds.count] : .present
                return PlannedEvent.Wish(application: application, attendance: kind)
            }
            plan.events.append(
                PlannedEvent(
                    title: "\(programme.shortCode) support day, \(place)", programme: programme.identifier,
                    module: programme.modules[0], cohort: plan.applications[group[0]].cohort, partner: partner.id,
                    venue: venue, begins: .soon(minutes: Self.soonMinutes), parts: Self.day,
                    capacity: wishes.count - 1, wishes: wishes))
        }
    }
}
