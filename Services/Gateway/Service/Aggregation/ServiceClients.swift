import Contracts
import RPC

/// The methods that overviews are put together from.
struct ServiceClients: Sendable {
    let partners: PartnersClient
    let schools: SchoolsClient
    let candidates: CandidatesClient
    let applications: ApplicationsClient
    let catalogue: CatalogueClient
    let events: EventsClient
    let bookings: BookingsClient
    let diagnostics: DiagnosticsClient

    init(_ channel: (PeerService) -> any Channel) {
        partners = PartnersClient(channel(.partnership))
        schools = SchoolsClient(channel(.partnership))
        candidates = CandidatesClient(channel(.enrolment))
        applications = ApplicationsClient(channel(.enrolment))
        catalogue = CatalogueClient(channel(.enrolment))
        events = EventsClient(channel(.trainingEvents))
        bookings = BookingsClient(channel(.trainingEvents))
        diagnostics = DiagnosticsClient(channel(.diagnostics))
    }
}
