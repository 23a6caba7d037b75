import Contracts
package import ServiceKit
import Values

extension ServiceDefinition {
    /// The register of schools, and the partners.
    package static let partnership = ServiceDefinition(
        name: "partnership", summary: "The official register of schools, and the partners that schools belong to.",
        adminPort: 7101, keys: PartnershipKeys.all,
        peers: [EnrolmentNews.source, TrainingNews.source], store: StoreDefinition(migrations: Migrations.all)
    ) { environment in
        let store = PartnershipStore(store: environment.store, identifiers: environment.identifiers,
                                     payloads: ContractPayloads())
        let index = RegisterIndex(store, clock: environment.clock, logger: environment.logger)
        let progress = ChangeSignal()
        let work = GiasImportWork(
            store: store, index: index, progress: progress, wallClock: environment.wallClock,
            batchRows: environment.configuration[PartnershipKeys.batchRows])
        let runner = ImportRunner(
            PartnershipStore.imports, work, store: environment.store, progress: progress,
            name: environment.identifiers.next().text, wallClock: environment.wallClock, clock: environment.clock,
            logger: environment.logger)
        let imports = GiasImportsService(
            store: store, progress: progress, wallClock: environment.wallClock, clock: environment.clock,
            intake: FileIntake(largest: environment.configuration[PartnershipKeys.largestFile].bytes))
        let (enrolmentFollower, followsEnrolment) = environment.follower(
            of: EnrolmentNews.source, apply: EnrolmentNews(store: store).apply)
        let (trainingFollower, followsTraining) = environment.follower(
            of: TrainingNews.source, apply: TrainingNews(store: store).apply)

        var assembly = ServiceAssembly()
        SchoolsService(store: store, search: RegisterSearch(store: store, index: index))
            .register(with: &assembly.router)
        PartnersService(store: store, wallClock: environment.wallClock).register(with: &assembly.router)
        imports.register(with: &assembly.router)
        assembly.services = [
            index, Exclusively(environment.claims.right(to: "gias-imports"), runner), enrolmentFollower, trainingFollower,
        ]
        assembly.readiness = [followsEnrolment, followsTraining]
        return assembly
    }
}
