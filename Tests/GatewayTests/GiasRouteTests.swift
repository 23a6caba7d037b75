import Contracts
import HTTPClient
import RPC
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import GatewayService

@Suite("Imports of the register over HTTP")
struct GiasRouteTests {
    /// Keeps what is uploaded, as the real service would.
    private static func upload(_ calls: Calls, failing: RPCError? = nil) -> (inout RPC.Router) -> Void {
        { router in
            router.clientStreaming(GiasImportsMethods.uploadGiasFile) {
                (requests: RequestStream<PartnershipV1.UploadGiasFileRequest>, _) -> PartnershipV1.GiasImport in
                var bytes = 0
                var largest = 0
                do {
                    while let request = try await requests.next() {
                        switch request.part {
                        case .head(let head):
                            calls.add("head \(head.importId) \(head.file.name) \(head.name) \(head.bytesTotal)")
                            if let failing { throw failing }
                        case .bytes(let part):
                            bytes += part.count
                            largest = max(largest, part.count)
                        case nil: break
                        }
                    }
                } catch {
                    calls.add("broken off")
                    throw error
                }
                calls.add("complete \(bytes) \(largest <= 256 << 10)")
                return PartnershipV1.GiasImport(id: "i", version: 2)
            }
        }
    }

    private static let fields = [Harness.authorization, ("Content-Type", "text/csv")]

    @Test("a file goes on in parts, with its kind, name and size")
    func file() async throws {
        let calls = Calls()
        try await Harness.run(Self.upload(calls)) { gateway in
            let reply = try await gateway.send(
                "PUT", "/v1/gias-imports/i1/files/memberships?name=all%20links.csv", Self.fields,
                body: .bytes([UInt8](repeating: 65, count: 3_000_000)))
            #expect(reply.status == 200 && reply.field("ETag") == "\"2\"")
            #expect(calls.all == ["head i1 GIAS_FILE_MEMBERSHIPS all links.csv 3000000", "complete 3000000 true"])
        }
    }

    @Test(
        "what is no file of the register, or too large, is refused before the service hears of it",
        arguments: [
            ("/v1/gias-imports/i1/files/other", "400 INVALID_ARGUMENT"),
            ("/v1/gias-imports/i1/files/groups?nam=x", "400 INVALID_ARGUMENT"),
            ("/v1/gias-imports/i1/files/groups?name=" + String(repeating: "x", count: 201), "400 INVALID_ARGUMENT"),
            ("/v1/gias-imports/%zz/files/groups", "400 MALFORMED_REQUEST"),
        ])
    func refused(target: String, expected: String) async throws {
        let calls = Calls()
        try await Harness.run(Self.upload(calls)) { gateway in
            let reply = try await gateway.send("PUT", target, Self.fields, body: .bytes([1]))
            #expect(reply.outcome == expected && calls.all.isEmpty)
        }
    }

    @Test("a file above the limit is 413, declared or found out, and the service does not keep it")
    func tooLarge() async throws {
        var limits = GatewayLimits()
        limits.uploadBytes = 1_000_000
        let calls = Calls()
        try await Harness.run(limits: limits, Self.upload(calls)) { gateway in
            let reply = try await gateway.send(
                "PUT", "/v1/gias-imports/i1/files/groups", Self.fields,
                body: .bytes([UInt8](repeating: 65, count: 1_000_001)))
            #expect(reply.outcome == "413 BODY_TOO_LARGE")
            #expect(reply.field("Connection") == "close")
            try await poll(until: "the service hears of the end") { calls.all.last == "broken off" }
        }
    }

    @Test(
        "a file whose sender goes away is broken off, not complete",
        arguments: ["Content-Length: 1000", "Transfer-Encoding: chunked"])
    func brokenOff(framing: String) async throws {
        let calls = Calls()
        try await Harness.run(Self.upload(calls)) { gateway in
            do {
                let connection = try RawConnection(port: gateway.origin.port)
                let piece = framing.hasPrefix("T") ? "4\r\nURN,\r\n" : "URN,"
                try connection.send(
                    "PUT /v1/gias-imports/i1/files/groups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(Harness.token)\r\n"
                        + "\(framing)\r\n\r\n\(piece)")
                try await poll(until: "the head") { !calls.all.isEmpty }
            }
            try await poll(until: "the end") { calls.all.count == 2 }
            #expect(calls.all.last == "broken off")
        }
    }

    @Test("a refusal of the service is the answer, though the file is not read to its end")
    func serviceRefuses() async throws {
        let calls = Calls()
        let refusal = RPCError(.failedPrecondition, "The import takes no more files.", reason: "NOT_RECEIVING")
        try await Harness.run(Self.upload(calls, failing: refusal)) { gateway in
            let reply = try await gateway.send(
                "PUT", "/v1/gias-imports/i1/files/groups", Self.fields,
                body: .bytes([UInt8](repeating: 65, count: 20_000_000)))
            #expect(reply.outcome == "400 FAILED_PRECONDITION" && reply.text.contains("NOT_RECEIVING"))
        }
    }

    /// Watches of imports that the test drives.
    private static func watch(
        _ states: AsyncStream<PartnershipV1.GiasImport>, failing: RPCError? = nil
    ) -> (inout RPC.Router) -> Void {
        { router in
            router.serverStreaming(GiasImportsMethods.watchGiasImport) {
                (request: PartnershipV1.GetGiasImportRequest, writer: ResponseWriter<PartnershipV1.GiasImport>, _) in
                guard request.id == "i1" else { throw RPCError.notFound("import", request.id) }
                for await state in states { try await writer.write(state) }
                if let failing { throw failing }
            }
        }
    }

    private static let watching = [Harness.authorization, ("Accept", "text/event-stream")]

    @Test("an import is watched as events until it has ended")
    func events() async throws {
        let (states, source) = AsyncStream.makeStream(of: PartnershipV1.GiasImport.self)
        try await Harness.run(Self.watch(states)) { gateway in
            source.yield(.init(id: "i1", state: .running, version: 2))
            source.yield(.init(id: "i1", state: .succeeded, version: 3))
            source.finish()
            let reply = try await gateway.send("GET", "/v1/gias-imports/i1/watch", Self.watching)
            #expect(reply.field("Content-Type") == "text/event-stream")
            let lines = reply.text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(
                lines.filter { $0.hasPrefix("event:") || $0.hasPrefix("id:") }
                    == ["event: import", "id: 2", "event: import", "id: 3"])
            #expect(
                lines.filter { $0.hasPrefix("data: {") && $0.contains(#""state":"GIAS_IMPORT_STATE_SUCCEEDED""#) }.count
                    == 1)
        }
    }

    @Test("what cannot be watched is a problem, and a watch that breaks off says why")
    func problems() async throws {
        let (states, source) = AsyncStream.makeStream(of: PartnershipV1.GiasImport.self)
        try await Harness.run(Self.watch(states, failing: RPCError(.unavailable, "gone"))) { gateway in
            let unknown = try await gateway.send("GET", "/v1/gias-imports/other/watch", Self.watching)
            #expect(unknown.outcome == "404 NOT_FOUND")
            let wrong = try await gateway.send(
                "GET", "/v1/gias-imports/i1/watch", [Harness.authorization, ("Accept", "application/json")])
            #expect(wrong.outcome == "406 NOT_ACCEPTABLE")
            source.yield(.init(id: "i1", state: .running, version: 2))
            source.finish()
            let reply = try await gateway.send("GET", "/v1/gias-imports/i1/watch", Self.watching)
            #expect(reply.text.contains("event: problem\ndata: {") && reply.text.contains("UNAVAILABLE"))
        }
    }

    @Test("a watch ends when the gateway stops")
    func stops() async throws {
        let (states, source) = AsyncStream.makeStream(of: PartnershipV1.GiasImport.self)
        try await Harness.run(Self.watch(states)) { gateway in
            source.yield(.init(id: "i1", state: .running, version: 2))
            async let reply = gateway.send("GET", "/v1/gias-imports/i1/watch", Self.watching)
            try await poll(until: "the watch") { gateway.metrics.text.contains("watch") }
            gateway.readiness.stop()
            #expect(try await reply.text.contains("event: import"))
        }
    }
}
