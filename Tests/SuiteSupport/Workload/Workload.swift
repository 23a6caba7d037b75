import Contracts
package import TestSupport
import Values

/// Clients that write everything that people write, through the gateways of a suite and all at once, and that know
/// afterwards what they were told. Whatever becomes of the suite meanwhile, each write is repeated with its key until it
/// is answered.
package struct Workload: Sendable {
    /// How many clients of each kind.
    package struct Crew: Hashable, Sendable {
        package var partners: Int
        package var candidates: Int
        package var places: Int
        package var diagnostics: Int
        /// At most one: an import is refused while another runs.
        package var imports: Int

        package init(partners: Int, candidates: Int, places: Int, diagnostics: Int, imports: Int = 0) {
            self.partners = partners
            self.candidates = candidates
            self.places = places
            self.diagnostics = diagnostics
            self.imports = imports
        }
    }

    package struct Patience: Hashable, Sendable {
        /// Longest wait for one attempt.
        package var attempt: Duration
        /// When there must have been an answer, whatever was done to the suite.
        package var answer: Duration

        package init(attempt: Duration = .seconds(30), answer: Duration = RunningSuite.patience) {
            self.attempt = attempt
            self.answer = answer
        }
    }

    private let clients: [any OfficeClient]
    private let journal: Journal

    /// - Parameters:
    ///   - keyPrefix: What the keys of all clients begin with.
    ///   - suite: The one that runs at present.
    package init(
        _ crew: Crew, keyPrefix: String, office: Office, journal: Journal, patience: Patience = Patience(),
        using random: inout SeededGenerator, suite: @escaping @Sendable () -> RunningSuite
    ) {
        func keyed(_ name: String) -> KeyedClient {
            KeyedClient("\(keyPrefix)\(name)", journal, patience: patience, suite: suite)
        }
        func generator() -> SeededGenerator { SeededGenerator(seed: random.next()) }
        var clients: [any OfficeClient] = []
        for number in 0..<crew.partners {
            clients.append(PartnerClient(client: keyed("partners-\(number)"), office: office, random: generator()))
        }
        for number in 0..<crew.candidates {
            clients.append(CandidateClient(client: keyed("candidates-\(number)"), office: office, random: generator()))
        }
        for number in 0..<crew.places {
            clients.append(
                PlacesClient(
                    client: keyed("places-\(number)"), office: office, share: (number: number, of: crew.places),
                    random: generator()))
        }
        for number in 0..<crew.diagnostics {
            clients.append(DiagnosticClient(client: keyed("diagnostics-\(number)"), office: office, random: generator()))
        }
        for number in 0..<crew.imports {
            clients.append(ImportClient(client: keyed("imports-\(number)")))
        }
        self.clients = clients
        self.journal = journal
    }

    /// Works while `body` runs; returns when everything that was begun is answered. What a client finds wrong is in the
    /// journal, and fails.
    package func run(while body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            for client in clients {
                group.addTask { [journal] in
                    var client = client
                    do {
                        try await client.run()
                    } catch is KeyedClient.Finished {
                    } catch is CancellationError {
                    } catch {
                        journal.violate("\(error)")
                        throw error
                    }
                }
            }
            try await body()
            journal.finish()
            // What fails first ends the rest.
            for try await _ in group {}
        }
    }
}
