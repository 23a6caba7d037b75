import Contracts
package import ServiceKit
import Values

extension ServiceDefinition {
    /// Applications, participants and their places on NPQs.
    package static let enrolment = ServiceDefinition(
        name: "enrolment", summary: "Applications, participants and their places on NPQs.", adminPort: 7102,
        keys: EnrolmentKeys.all, peers: ["partnership"], store: StoreDefinition(migrations: Migrations.all)
    ) { environment in
        let store = EnrolmentStore(store: environment.store, identifiers: environment.identifiers,
                                   payloads: ContractPayloads())
        let register = PartnershipRegister(environment.channel(to: "partnership"))
        let wallClock = environment.wallClock
        let progress = ChangeSignal()

        var assembly = ServiceAssembly()
        CatalogueService(store: store, wallClock: wallClock).register(with: &assembly.router)
        CandidatesService(store: store, register: register, wallClock: wallClock).register(with: &assembly.router)
        ApplicationsService(store: store, register: register, wallClock: wallClock).register(with: &assembly.router)
        ApplicationImportsService(
            store: store, progress: progress, wallClock: wallClock, clock: environment.clock,
            intake: FileIntake(largest: environment.configuration[EnrolmentKeys.largestFile].bytes)).register(with: &assembly.router)
        let runner = ImportRunner(
            EnrolmentStore.imports,
            ApplicationImportWork(
                store: store, register: register, progress: progress, wallClock: wallClock,
                batchRows: environment.configuration[EnrolmentKeys.batchRows]),
            store: environment.store, progress: progress, name: environment.identifiers.next().text,
            wallClock: wallClock, clock: environment.clock, logger: environment.logger)
        assembly.services = [Exclusively(environment.claims.right(to: "application-imports"), runner)]
        return assembly
    }
}
