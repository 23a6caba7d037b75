import Contracts
import Logging
import RPC
import RPCInProcess
import TestSupport
import Testing

@testable import ServiceKit

@Suite("Health and reflection")
struct StandardServiceTests {
    private let readiness = Readiness()

    private var channel: InProcessChannel {
        InProcessChannel(
            to: StandardServices.server(
                Router(), store: nil, readiness: readiness, metrics: MetricsRegistry(), logger: LogCapture().logger()))
    }

    @Test("health follows readiness, for the process and for each service")
    func check() async throws {
        let health = HealthClient(channel)
        #expect(try await health.check(.init()).status == .serving)
        readiness.expect("peer")
        #expect(try await health.check(.init()).status == .notServing)
        #expect(try await health.check(.init(service: "grpc.health.v1.Health")).status == .notServing)
        readiness.isThere("peer")
        #expect(try await health.check(.init(service: "grpc.health.v1.Health")).status == .serving)
        let error = await #expect(throws: RPCError.self) { try await health.check(.init(service: "nobody")) }
        #expect(error?.code == .notFound)
    }

    @Test("the list has every service and the process itself")
    func list() async throws {
        let statuses = try await HealthClient(channel).list(.init()).statuses
        #expect(statuses.keys.sorted() == ["", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"])
    }

    @Test("a watcher sees the status now and at each change, and the end of the process")
    func watch() async throws {
        let stream = HealthClient(channel).watch(.init())
        #expect(try await stream.next()?.status == .serving)
        readiness.expect("peer")
        #expect(try await stream.next()?.status == .notServing)
        readiness.isThere("peer")
        #expect(try await stream.next()?.status == .serving)
        readiness.stop()
        // The last status may be overtaken by the end of the stream, which says the same.
        let error = await #expect(throws: RPCError.self) { while try await stream.next() != nil {} }
        #expect(error?.code == .unavailable)
    }

    @Test("a watcher of an unknown service is told so once, and stays until the process stops")
    func watchUnknown() async throws {
        let stream = HealthClient(channel).watch(.init(service: "nobody"))
        #expect(try await stream.next()?.status == .serviceUnknown)
        readiness.expect("peer")
        readiness.stop()
        let error = await #expect(throws: RPCError.self) {
            while let answer = try await stream.next() { Issue.record("told again: \(answer.status)") }
        }
        #expect(error?.code == .unavailable)
    }

    @Test("other reasons for the same status are no news to a watcher")
    func sameStatus() async throws {
        readiness.expect("one")
        let stream = HealthClient(channel).watch(.init())
        #expect(try await stream.next()?.status == .notServing)
        readiness.expect("two")
        readiness.isThere("two")
        readiness.isThere("one")
        #expect(try await stream.next()?.status == .serving)
    }

    @Test("a list of more than a hundred is refused", arguments: [(99, nil), (100, StatusCode.resourceExhausted)])
    func longList(services: Int, status: StatusCode?) async throws {
        var router = Router()
        HealthService(readiness: readiness, services: (0..<services).map { "s.S\($0)" }).register(with: &router)
        let health = HealthClient(InProcessChannel(to: RPCServer(router: router)))
        let refusal = await statusOf {
            let listed = try await health.list(.init()).statuses
            #expect(listed.count == 100)
        }
        #expect(refusal?.code == status)
    }

    private func reflect(
        _ request: ReflectionV1.ServerReflectionRequest.MessageRequest?
    ) async throws -> ReflectionV1.ServerReflectionResponse.MessageResponse? {
        try await ServerReflectionClient(channel).serverReflectionInfo { writer, answers in
            try await writer.write(.init(host: "h", messageRequest: request))
            writer.finish()
            let answer = try await answers.next()
            #expect(answer?.validHost == "h")
            #expect(try await answers.next() == nil)
            return answer?.messageResponse
        }
    }

    @Test("reflection lists the services")
    func listServices() async throws {
        #expect(
            try await reflect(.listServices(""))
                == .listServicesResponse(
                    .init(service: [
                        .init(name: "grpc.health.v1.Health"), .init(name: "grpc.reflection.v1.ServerReflection"),
                    ])))
    }

    @Test(
        "reflection gives a file with everything it imports",
        arguments: [
            ReflectionV1.ServerReflectionRequest.MessageRequest.fileByFilename("olp/common/v1/feed.proto"),
            .fileContainingSymbol("olp.common.v1.Feed"), .fileContainingSymbol("olp.common.v1.Feed.Follow"),
            .fileContainingSymbol("olp.common.v1.FeedEvent"),
        ])
    func files(request: ReflectionV1.ServerReflectionRequest.MessageRequest) async throws {
        guard case .fileDescriptorResponse(let response) = try await reflect(request) else {
            Issue.record("no files")
            return
        }
        let expected = ["olp/common/v1/feed.proto", "google/protobuf/timestamp.proto", "olp/common/v1/common.proto"]
            .compactMap(DescriptorFiles.file(named:))
        #expect(response.fileDescriptorProto == expected)
    }

    @Test(
        "what reflection does not find is an answer, not the end of the stream",
        arguments: [
            ReflectionV1.ServerReflectionRequest.MessageRequest.fileByFilename("no.proto"),
            .fileContainingSymbol("no.Symbol"), .allExtensionNumbersOfType("no.Type"),
            .fileContainingExtension(.init(containingType: "no.Type", extensionNumber: 1)),
        ])
    func notFound(request: ReflectionV1.ServerReflectionRequest.MessageRequest) async throws {
        guard case .errorResponse(let error) = try await reflect(request) else {
            Issue.record("no error")
            return
        }
        #expect(error.errorCode == 5)
    }

    @Test("a question about nothing is an error of the caller")
    func nothing() async throws {
        guard case .errorResponse(let error) = try await reflect(nil) else {
            Issue.record("no error")
            return
        }
        #expect(error.errorCode == 3)
    }
}
