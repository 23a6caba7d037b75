import Contracts
import RPC

extension CatalogueService {
    func listProgrammes(
        _ request: EnrolmentV1.ListProgrammesRequest, context: ServerContext
    ) async throws -> EnrolmentV1.ListProgrammesReply {
        let programmes = ProgrammeCatalogue.all.filter { programme in
            request.cohortYear.map { programme.isOffered(toCohortOf: Int($0)) } ?? true
        }
        return .init(programmes: programmes.map { .init($0) })
    }
}
