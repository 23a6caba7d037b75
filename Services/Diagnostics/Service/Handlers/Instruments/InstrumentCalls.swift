import Contracts

/// `olp.diagnostics.v1.Instruments`: what is asked, and of which competences.
struct InstrumentCalls: InstrumentsHandlers {
    let catalogue: InstrumentCatalogue
}
