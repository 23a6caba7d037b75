import Contracts
import Values

/// `olp.enrolment.v1.Catalogue`: programmes, cohorts and schedules.
struct CatalogueService: CatalogueHandlers {
    let store: EnrolmentStore
    let wallClock: any WallClock
}
